// Bundles and runs one of the suites that have a folder of their own. Usage: node scripts/suite.mjs NAME [mocha options]
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";

const [name, ...options] = process.argv.slice(2);
const out = `out/suites/${name}`;

/** Runs a program of this Node and ends with its status unless that is 0. */
function run(script, args, env = {}) {
	const { status } = spawnSync(process.execPath, [script, ...args], {
		stdio: "inherit",
		env: { ...process.env, ...env },
	});
	if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync("dist/extension.js")) run("scripts/build.mjs", []);
run("scripts/build-tests.mjs", [`test/${name}/`], { OUT: out });
if (globSync(`${out}/**/*.test.js`).length === 0) {
	console.error(`test/${name} holds no test`);
	process.exit(1);
}
run("node_modules/mocha/bin/mocha.js", [
	"--no-config",
	"--reporter=scripts/mocha-reporter.cjs",
	"--enable-source-maps",
	"--timeout=60000",
	...options,
	`${out}/**/*.test.js`,
]);
