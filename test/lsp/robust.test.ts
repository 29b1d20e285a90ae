import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { completion } from "../../src/lsp/completion";
import { definition } from "../../src/lsp/definition";
import { hover } from "../../src/lsp/hover";
import { outline } from "../../src/lsp/outline";
import { problemsOf } from "../../src/lsp/problems";
import { signatureHelp } from "../../src/lsp/signature-help";
import { findTests } from "../../src/lsp/tests";
import { edit } from "./support";

const samples = globSync("samples/*.dma")
	.sort()
	.map((file) => readFileSync(file, "utf8"));

/** Asks everything at one place. */
function ask(text: string, offset: number): void {
	const { workspace, document, path } = edit(text);
	completion(workspace, path, offset);
	for (const answer of [hover, definition, signatureHelp]) answer(workspace, path, offset);
	const analysis = workspace.analysis(path);
	assert.ok(analysis);
	outline(analysis, document, path);
	findTests(analysis);
}

describe("broken scenarios", function () {
	this.timeout(60_000);
	it("answer at every place, whatever is missing or doubled", () => {
		const cut = fc.record({
			sample: fc.constantFrom(...samples),
			from: fc.nat({ max: 1000 }),
			length: fc.nat({ max: 60 }),
			put: fc.constantFrom(
				"",
				"{",
				"}",
				"(",
				")",
				'"',
				"/*",
				"#",
				"&",
				"->",
				".",
				";",
				"\\",
				"<",
				"\n#define A(",
				"/ {",
			),
			at: fc.nat({ max: 1000 }),
		});
		fc.assert(
			fc.property(cut, ({ sample, from, length, put, at }) => {
				const start = Math.floor((from / 1000) * sample.length);
				const text = sample.slice(0, start) + put + sample.slice(start + length);
				ask(text, start + put.length);
				ask(text, Math.floor((at / 1000) * text.length));
			}),
			{ numRuns: 60, seed: 7 },
		);
	});
	it("find nothing wrong in the samples", () => {
		for (const sample of samples) {
			const { workspace, path } = edit(sample);
			assert.deepEqual([...problemsOf(workspace, path).values()].flat(), []);
		}
	});
});
