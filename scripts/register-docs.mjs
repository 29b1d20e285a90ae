// Writes docs/registers from the models' data. Usage: npm run docs:registers
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const outfile = "out/register-docs.js";
await build({
	entryPoints: ["test/docs/write-register-pages.ts"],
	outfile,
	bundle: true,
	platform: "node",
	target: "node20",
	format: "cjs",
	packages: "external",
	logLevel: "warning",
	loader: { ".dtsi": "text" },
});
process.exitCode = spawnSync(process.execPath, [outfile], { stdio: "inherit" }).status ?? 1;
