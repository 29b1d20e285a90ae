// Takes the pictures of README and walkthrough, and screenshots of every view in three themes, from a real VS Code.
// Usage: npm run build && node scripts/pictures.mjs [light] [dark] [contrast]
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const outfile = "out/pictures/main.js";
await build({
	entryPoints: ["test/workbench/pictures.ts"],
	outfile,
	bundle: true,
	platform: "node",
	target: "node20",
	format: "cjs",
	packages: "external",
	logLevel: "warning",
});
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
