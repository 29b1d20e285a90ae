// `npm test`: builds, runs every check and every suite even when one fails, and ends with `N passed, N failed`.
// Usage: node scripts/test.mjs [step…]
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const steps = [
	{ name: "build", command: "build" },
	{ name: "typecheck", command: "typecheck" },
	{ name: "lint", command: "lint" },
	{ name: "imports", command: "check:imports" },
	{ name: "unit", command: "test:unit", counts: true },
	{ name: "dap", command: "test:dap", counts: true },
	{ name: "syntaxes", command: "test:syntaxes" },
	{ name: "extension", command: "test:extension", counts: true },
	{ name: "workbench", command: "test:workbench", counts: true },
	{ name: "vsix", command: "test:vsix", counts: true },
];
const wanted = process.argv.slice(2);

rmSync("out/results", { recursive: true, force: true });
mkdirSync("out/results", { recursive: true });
const total = { passed: 0, failed: 0 };
const lines = [];
for (const { name, command, counts } of steps.filter((step) => !wanted.length || wanted.includes(step.name))) {
	console.log(`\n=== ${name}`);
	const file = `out/results/${name}.json`;
	const start = process.hrtime.bigint();
	const { status } = spawnSync(`npm run --silent ${command}`, {
		shell: true,
		stdio: "inherit",
		env: { ...process.env, RESULTS: file },
	});
	const result = outcome(status === 0, counts ? file : null);
	total.passed += result.passed;
	total.failed += result.failed;
	const seconds = Number(process.hrtime.bigint() - start) / 1e9;
	lines.push(
		`${name.padEnd(10)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(4)} failed ${seconds.toFixed(1).padStart(7)} s`,
	);
}

/** What a step counts for: a suite its tests, anything else one. A suite that died without a count failed once. */
function outcome(good, file) {
	if (!file) return { passed: good ? 1 : 0, failed: good ? 0 : 1 };
	try {
		const { passed, failed } = JSON.parse(readFileSync(file, "utf8"));
		return { passed, failed: failed || (good ? 0 : 1) };
	} catch {
		return { passed: 0, failed: 1 };
	}
}

const summary = `${total.passed} passed, ${total.failed} failed`;
writeFileSync("out/results/summary.txt", `${summary}\n`);
console.log(`\n${lines.join("\n")}\n${summary}`);
process.exitCode = total.failed ? 1 : 0;
