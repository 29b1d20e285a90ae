// Bundles test/extension and runs it inside the extension host of a real VS Code: the server with Chromium, or with
// --desktop the VS Code that @vscode/test-electron finds. Usage: node scripts/extension-tests.mjs [--build-only] [--desktop]
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { chromiumArguments, findChromium, startServer } from "./vscode-server.mjs";

const out = "out/suites/extension";
const workspace = "out/extension-workspace";
const results = resolve(process.env.RESULTS ?? "out/results/extension.json");
const limit = 180_000;

rmSync(out, { recursive: true, force: true });
await build({
	entryPoints: ["test/extension/index.ts"],
	outfile: `${out}/index.js`,
	bundle: true,
	platform: "node",
	target: "node22",
	format: "cjs",
	external: ["vscode", "mocha"],
	sourcemap: "inline",
	logLevel: "warning",
});
if (!process.argv.includes("--build-only")) process.exitCode = await runSuite();

async function runSuite() {
	if (!existsSync("dist/extension.js")) spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
	// A workspace of its own, without launch.json: F5 has to do without.
	rmSync(workspace, { recursive: true, force: true });
	mkdirSync(workspace, { recursive: true });
	cpSync("samples", workspace, { recursive: true });
	rmSync(results, { force: true });
	mkdirSync("out/results", { recursive: true });
	writeFileSync("out/results/extension.target", results);
	return process.argv.includes("--desktop") ? desktop() : server();
}

/** The suite in the VS Code server; its report is printed when it is there. */
async function server() {
	const vscode = await startServer({ dataFolder: ".vscode-test/extension-data" });
	const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumArguments });
	try {
		const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
		await page.goto(vscode.address({ folder: workspace, tests: `${out}/index.js` }));
		const end = performance.now() + limit;
		while (!existsSync(results) && performance.now() < end) await new Promise((settle) => setTimeout(settle, 200));
		if (!existsSync(results)) {
			mkdirSync("screenshots", { recursive: true });
			await page.screenshot({ path: "screenshots/extension-suite-stuck.png" });
			console.error(`The suite gave no result in ${limit / 1000} s; see screenshots/extension-suite-stuck.png`);
			return 1;
		}
	} finally {
		await browser.close();
		await vscode.stop();
	}
	const { report, failed } = JSON.parse(readFileSync(results, "utf8"));
	console.log(report);
	return failed ? 1 : 0;
}

/** The same suite in a desktop VS Code, for people whose machine can download one. */
async function desktop() {
	const { runTests } = await import("@vscode/test-electron").catch(() => {
		throw new Error("npm install --no-save @vscode/test-electron first");
	});
	return runTests({
		extensionDevelopmentPath: resolve("."),
		extensionTestsPath: resolve(out, "index.js"),
		launchArgs: [resolve(workspace)],
	}).catch(() => 1);
}
