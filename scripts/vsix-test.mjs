// `npm run test:vsix`: packs the extension, installs it in a clean VS Code server, and runs the workbench's main test
// there: what ships is what is tested.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/** Runs one of our scripts, and ends with its status unless that is 0. */
function run(script, args = [], env = {}) {
	const { status } = spawnSync(process.execPath, [script, ...args], {
		stdio: "inherit",
		env: { ...process.env, ...env },
	});
	if (status !== 0) process.exit(status ?? 1);
}

run("scripts/build.mjs");
run("scripts/package.mjs");
run("scripts/suite.mjs", ["workbench", "--timeout=120000", "--grep=F5 on uart-tx.dma"], {
	VSIX: `dist/dmascope-${version}.vsix`,
});
