// Bundles unit tests (test/**/*.test.ts) into out/test, the way the shipped code is bundled, so that what is
// measured and tested is what runs. Usage: node scripts/build-tests.mjs [path filter]
// Without a filter the suites that have a command of their own are left out. OUT names another folder.
import { globSync, rmSync } from "node:fs";
import { build } from "esbuild";

const out = process.env.OUT ?? "out/test";
const filter = process.argv[2] ?? "";
const apart = /^test[\\/](dap|extension|workbench)[\\/]/;
const entryPoints = globSync("test/**/*.test.ts")
	.filter((file) => (filter ? file.includes(filter) : !apart.test(file)))
	.sort();
rmSync(out, { recursive: true, force: true });
await build({
	entryPoints,
	outdir: out,
	outbase: "test",
	bundle: true,
	platform: "node",
	target: "node20",
	format: "cjs",
	packages: "external",
	external: ["vscode"],
	sourcemap: "inline",
	minifySyntax: true,
	keepNames: true,
	logLevel: "warning",
	loader: { ".dtsi": "text", ".dma": "text", ".c": "text", ".dts": "text", ".log": "text" },
});
