/** KUnit results as KTAP version 1. */
import type { FileResult } from "../session/kunit-run";

/** The whole report of one or more files: a plan over suites, each a plan over cases. */
export function ktap(files: readonly FileResult[]): string {
	const suites = files.flatMap(({ cases }) => {
		const names = [...new Set(cases.map((test) => test.suite))];
		return names.map((suite) => ({ suite, cases: cases.filter((test) => test.suite === suite) }));
	});
	let text = `KTAP version 1\n1..${suites.length}\n`;
	suites.forEach(({ suite, cases }, index) => {
		text += `    KTAP version 1\n    # Subtest: ${suite}\n    1..${cases.length}\n`;
		cases.forEach((test, number) => {
			for (const line of test.log) text += `    # ${line}\n`;
			text += `    ${test.status === "failed" ? "not ok" : "ok"} ${number + 1} ${test.name}${test.status === "skipped" ? ` # SKIP${test.reason ? ` ${test.reason}` : ""}` : ""}\n`;
		});
		const failed = cases.some((test) => test.status === "failed");
		text += `${failed ? "not ok" : "ok"} ${index + 1} ${suite}\n`;
	});
	const count = (status: string) =>
		files.reduce((n, { cases }) => n + cases.filter((test) => test.status === status).length, 0);
	const total = files.reduce((n, { cases }) => n + cases.length, 0);
	return `${text}# Totals: pass:${count("passed")} fail:${count("failed")} skip:${count("skipped")} total:${total}\n`;
}
