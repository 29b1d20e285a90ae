import assert from "node:assert/strict";
import type { DocumentSymbol } from "vscode-languageserver";
import { outline } from "../../src/lsp/outline";
import { fixesOf, problemsOf } from "../../src/lsp/problems";
import { surroundings } from "../../src/lsp/scan";
import { findTests } from "../../src/lsp/tests";
import { pathOf, uriOf } from "../../src/lsp/uri";
import type { TestsMessage } from "../../src/messages/language";
import { edit } from "./support";

function tree(symbols: readonly DocumentSymbol[]): unknown[] {
	return symbols.map(({ name, range, children }) =>
		children ? [name, range.start.line, range.end.line, tree(children)] : [name, range.start.line, range.end.line],
	);
}

describe("outline", () => {
	it("lists functions, types, variables and nodes in the order of the file", () => {
		const { workspace, document, path } = edit(`struct s {
	int a;
};
/ {
	soc {
		w: widget@4000 {
			reg = <0x4000 0x100>;
		};
	};
};
static int x;
static int f(void)
{
	return x;
}
module_init(f);
`);
		const analysis = workspace.analysis(path);
		assert.ok(analysis);
		assert.deepEqual(tree(outline(analysis, document, path)), [
			["struct s", 0, 2, [["a", 1, 1]]],
			["/", 3, 9, [["soc", 4, 8, [["widget@4000", 5, 7]]]]],
			["x", 10, 10],
			["f", 11, 14],
		]);
	});
	it("keeps each name inside its range", () => {
		const { workspace, document, path } = edit(
			"int a; int b; struct t { int c; } d;\nint g(void) { return 1; }\n&uart0 { x; };\n",
		);
		const analysis = workspace.analysis(path);
		assert.ok(analysis);
		const inside = ({ range, selectionRange, children }: DocumentSymbol): void => {
			assert.ok(document.offsetAt(range.start) <= document.offsetAt(selectionRange.start));
			assert.ok(document.offsetAt(range.end) >= document.offsetAt(selectionRange.end));
			children?.forEach(inside);
		};
		outline(analysis, document, path).forEach(inside);
	});
});

describe("tests of a scenario", () => {
	it("finds suites, cases and init functions at their functions", () => {
		const { workspace, path } = edit(`static void one(struct kunit *test)
{
}
static void two(struct kunit *test)
{
}
static struct kunit_case cases[] = {
	KUNIT_CASE(one),
	KUNIT_CASE(two),
	{}
};
static struct kunit_suite suite = {
	.name = "my-suite",
	.test_cases = cases,
};
kunit_test_suite(suite);
static int start(void)
{
	return 0;
}
module_init(start);
`);
		const analysis = workspace.analysis(path);
		assert.ok(analysis);
		const found: TestsMessage = findTests(analysis);
		assert.deepEqual(found, {
			suites: [
				{
					name: "my-suite",
					line: 11,
					character: 26,
					cases: [
						{ name: "one", line: 0, character: 12 },
						{ name: "two", line: 3, character: 12 },
					],
				},
			],
			inits: [{ name: "start", line: 16, character: 11 }],
		});
	});
});

describe("problems", () => {
	it("are those of the check command, by file, with their fixes", () => {
		const { workspace, document, path } = edit('#include "own.h"\nint f(struct s *p)\n{\n\treturn p->lenght;\n}\n', {
			"/scenarios/own.h": "struct s { int length; };\nint g(void) { return h; }\n",
		});
		const found = problemsOf(workspace, path);
		assert.deepEqual([...found.keys()].sort(), ["file:///scenarios/main.dma", "file:///scenarios/own.h"]);
		const here = found.get(document.uri) ?? [];
		assert.equal(here.length, 1);
		assert.deepEqual(here[0]?.range, { start: { line: 3, character: 11 }, end: { line: 3, character: 17 } });
		const [fix] = fixesOf(document.uri, here);
		assert.equal(fix?.edit?.changes?.[document.uri]?.[0]?.newText, "length");
	});
	it("include link errors and devicetree errors", () => {
		const { workspace, document, path } = edit(
			"extern int nowhere(int);\nint f(void) { return nowhere(1); }\n/ { a = <&none>; };\n",
		);
		const codes = (problemsOf(workspace, path).get(document.uri) ?? []).map(({ code }) => String(code));
		assert.ok(
			codes.some((code) => code.startsWith("DT")),
			codes.join(),
		);
	});
	it("say nothing about a good file, but do say so", () => {
		const { workspace, document, path } = edit("int f(void) { return 1; }\n");
		assert.deepEqual([...problemsOf(workspace, path)], [[document.uri, []]]);
	});
});

describe("surroundings", () => {
	const at = (marked: string) => surroundings(marked.replace("<|>", ""), marked.indexOf("<|>"));
	it("knows comments, strings and open brackets", () => {
		assert.equal(at("a /* <|> */").inside, "comment");
		assert.equal(at("a // <|>\nb").inside, "comment");
		assert.equal(at("a // x\n<|>b").inside, "code");
		assert.equal(at('f("a\\"<|>b")').inside, "string");
		assert.equal(at("'\"'<|>").inside, "code");
		assert.deepEqual(
			at("f(a, g(b, <|>").brackets.map(({ at: offset, commas }) => [offset, commas]),
			[
				[1, 1],
				[6, 1],
			],
		);
		assert.deepEqual(at("{ f(a; } <|>").brackets, []);
	});
});

describe("URIs", () => {
	it("of files there and back, on every system", () => {
		for (const path of ["/a/b c.dma", "/a/ü#?%.dma", "c:/Users/x/y.dma"]) assert.equal(pathOf(uriOf(path)), path);
		assert.equal(pathOf("file:///c%3A/x.dma"), "c:/x.dma");
		assert.equal(uriOf("C:\\x\\y.dma"), "file:///c%3A/x/y.dma");
		assert.equal(pathOf("untitled:Untitled-1"), "untitled:Untitled-1");
	});
});
