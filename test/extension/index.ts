import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Mocha from "mocha";
import { extensions } from "vscode";
import { contributionSuite } from "./contributions";
import { debuggingSuite } from "./debugging";
import { languageSuite } from "./language";
import { launchSuite } from "./launch";
import { sampleSuite } from "./samples";

/** The report goes to a file instead, see below. */
class Silent extends Mocha.reporters.Base {
	override epilogue(): void {}
}

/** Called by VS Code in its extension host. Runs the suite, and writes the report where the runner looks for it. */
export async function run(): Promise<void> {
	const root = extensions.getExtension("dmascope.dmascope")?.extensionPath ?? "";
	const lines: string[] = [];
	const mocha = new Mocha({ ui: "bdd", timeout: 30_000, color: false, reporter: Silent });
	// Suites are functions in one bundle: they are called with mocha's globals in place instead of being loaded by path.
	mocha.suite.emit("pre-require", globalThis, "", mocha);
	contributionSuite();
	launchSuite();
	sampleSuite();
	debuggingSuite(existsSync(join(root, "dist/adapter.js")));
	languageSuite(existsSync(join(root, "dist/server.js")));

	const counts = await new Promise<{ passed: number; failed: number }>((settle) => {
		const runner = mocha.run(() => settle({ passed: runner.stats?.passes ?? 0, failed: runner.stats?.failures ?? 1 }));
		runner.on("suite", (suite) => suite.title && lines.push(`  ${suite.title}`));
		runner.on("pass", (test) => lines.push(`    ✔ ${test.title} (${test.duration} ms)`));
		runner.on("pending", (test) => lines.push(`    - ${test.title}`));
		runner.on("fail", (test, error) => lines.push(`    ✘ ${test.fullTitle()}\n${error.stack ?? error.message}`));
	});
	lines.push(`  ${counts.passed} passing, ${counts.failed} failing`);

	const target = readFileSync(join(root, "out/results/extension.target"), "utf8");
	mkdirSync(dirname(target), { recursive: true });
	writeFileSync(`${target}.part`, JSON.stringify({ ...counts, report: lines.join("\n") }));
	renameSync(`${target}.part`, target);
	if (counts.failed) throw new Error(lines.join("\n"));
}
