import assert from "node:assert/strict";
import { countDiagnostics, printDiagnostics } from "../../src/cli/diagnostics";

const diagnostic = {
	code: "C0201",
	severity: "error",
	message: "'x' is not declared",
	file: "a.c",
	line: 2,
	column: 2,
	endLine: 2,
	endColumn: 4,
} as const;

describe("diagnostics on a terminal", () => {
	it("show file, line, column, the source line and a caret", () => {
		const text = printDiagnostics([diagnostic], () => "int f;\n\txy = 1;\n");
		assert.equal(text, "a.c:2:2: error: 'x' is not declared [C0201]\n    2 | \txy = 1;\n      | \t^~\n");
	});

	it("do without the line when the file cannot be read", () => {
		assert.equal(
			printDiagnostics([diagnostic], () => null),
			"a.c:2:2: error: 'x' is not declared [C0201]\n",
		);
	});

	it("are counted at the end", () => {
		assert.equal(
			countDiagnostics([diagnostic, diagnostic, { ...diagnostic, severity: "warning" }]),
			"2 errors and 1 warning.\n",
		);
		assert.equal(countDiagnostics([]), "");
	});
});
