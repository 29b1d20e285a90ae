// Bundles every unit test (test/**/*.test.ts) into out/test, the way the shipped code is bundled,
// so that what is measured and tested is what runs. Usage: node scripts/build-tests.mjs [path filter]
import { globSync } from "node:fs";
import { rmSync } from "node:fs";
import { build } from "esbuild";

const out = process.env.OUT ?? "out/test";
const filter = process.argv[2] ?? "";
const entryPoints = globSync("test/**/*.test.ts").filter((file) => file.includes(filter)).sort();
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
	sourcemap: "inline",
	minifySyntax: true,
	keepNames: true,
	logLevel: "warning",
	loader: { ".dtsi": "text", ".dma": "text", ".c": "text" },
});
