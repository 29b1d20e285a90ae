// Bundles what ships: dist/extension.js, dist/client.js, dist/adapter.js, dist/server.js, dist/cli.js, dist/webview.js.
// Usage: node scripts/build.mjs [--dev] [--watch]   (--dev: readable code with source maps)
import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { build, context } from "esbuild";

const dev = process.argv.includes("--dev") || process.argv.includes("--watch");
const watch = process.argv.includes("--watch");

const node = { platform: "node", format: "cjs", target: "node22" };
const bundles = [
	{ entry: "src/entry/extension.ts", out: "dist/extension.js", ...node, external: ["vscode"] },
	{ entry: "src/entry/client.ts", out: "dist/client.js", ...node, external: ["vscode"] },
	{ entry: "src/entry/adapter.ts", out: "dist/adapter.js", ...node },
	{ entry: "src/entry/server.ts", out: "dist/server.js", ...node },
	{ entry: "src/entry/cli.ts", out: "dist/cli.js", ...node },
	{ entry: "src/entry/webview.ts", out: "dist/webview.js", platform: "browser", format: "iife", target: "es2022" },
];

/** What every bundle has in common; the unit tests are bundled with the same loaders. */
function options({ entry, out, ...special }) {
	return {
		entryPoints: [entry],
		outfile: out,
		bundle: true,
		minify: !dev,
		keepNames: false,
		sourcemap: dev ? "linked" : false,
		legalComments: "none",
		logLevel: "warning",
		loader: { ".dtsi": "text", ".dma": "text", ".c": "text" },
		...special,
	};
}

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });
for (const bundle of bundles) {
	if (!existsSync(bundle.entry)) {
		console.log(`${bundle.out}: skipped, there is no ${bundle.entry}`);
		continue;
	}
	if (watch) await (await context(options(bundle))).watch();
	else if (!(await build(options(bundle)).catch(() => null))) process.exitCode = 1;
	else console.log(`${bundle.out}: ${(statSync(bundle.out).size / 1000).toFixed(1)} kB`);
}
if (watch) console.log("watching");
