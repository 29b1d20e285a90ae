// Bundles bench/*.bench.ts like the shipped code and runs them one after the other; each prints JSON lines
// {"name","value","unit","baseline","ratio"}. Usage: node scripts/bench.mjs [path filter]
import { spawnSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { build } from "esbuild";

const filter = process.argv[2] ?? "";
const out = "out/bench";
const entryPoints = globSync("bench/*.bench.ts")
	.filter((file) => file.includes(filter))
	.sort();
rmSync(out, { recursive: true, force: true });
await build({
	entryPoints,
	outdir: out,
	outbase: "bench",
	bundle: true,
	platform: "node",
	target: "node22",
	format: "cjs",
	packages: "external",
	minify: true,
	logLevel: "warning",
	loader: { ".dtsi": "text", ".dma": "text", ".c": "text" },
});
for (const file of globSync(`${out}/**/*.js`).sort()) {
	const { status } = spawnSync(process.execPath, ["--expose-gc", file], { stdio: "inherit" });
	if (status !== 0) process.exitCode = status ?? 1;
}
