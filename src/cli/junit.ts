/** KUnit results as JUnit XML. */
import type { FileResult } from "../session/kunit-run";

export function junitXml(files: readonly FileResult[]): string {
	const suites = files.flatMap(({ file, cases }) => {
		const names = [...new Set(cases.map((test) => test.suite))];
		return names.map((suite) => ({ file, suite, cases: cases.filter((test) => test.suite === suite) }));
	});
	const body = suites.map(({ file, suite, cases }) => {
		const failures = cases.filter((test) => test.status === "failed").length;
		const skipped = cases.filter((test) => test.status === "skipped").length;
		const tests = cases.map((test) => {
			const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(test.name)}" time="${(test.time / 1e12).toFixed(6)}"`;
			if (test.status === "failed")
				return `${open}><failure message="${escapeXml(test.log[0] ?? "failed")}">${escapeXml(test.log.join("\n"))}</failure></testcase>`;
			return test.status === "skipped" ? `${open}><skipped/></testcase>` : `${open}/>`;
		});
		return `  <testsuite name="${escapeXml(suite)}" file="${escapeXml(file)}" tests="${cases.length}" failures="${failures}" skipped="${skipped}">\n${tests.join("\n")}\n  </testsuite>`;
	});
	return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${body.join("\n")}\n</testsuites>\n`;
}

function escapeXml(text: string): string {
	return text
		.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c)
		.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "?");
}
