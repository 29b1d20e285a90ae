// Runs recordings of a real kernel: node scripts/conformance.mjs RECORDING.json… [FILE.c…]. See test/conformance.
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const outfile = "out/conformance/main.js";
await build({
	entryPoints: ["test/conformance/main.ts"],
	outfile,
	bundle: true,
	platform: "node",
	target: "node20",
	format: "cjs",
	minifySyntax: true,
	keepNames: true,
	logLevel: "warning",
	loader: { ".dtsi": "text", ".dma": "text", ".c": "text" },
});
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
