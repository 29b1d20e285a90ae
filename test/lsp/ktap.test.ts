import assert from "node:assert/strict";
import { parseKtap } from "../../src/extension/ktap";

describe("KTAP", () => {
	const failed = {
		suite: "my-suite",
		name: "bad",
		status: "failed",
		reason: "",
		failures: [
			{ file: "/tmp/x.dma", line: 3, message: "Expected 1 + 1 == 3, but 1 + 1 == 2 (0x2)" },
			{ file: "/tmp/x.dma", line: 5, message: "Expected 0 to be true, but is false\n\nhello 4" },
		],
		log: ["before"],
	};

	it("of the command: results, reasons, failures with their lines", () => {
		const text = `KTAP version 1
1..1
    KTAP version 1
    # Subtest: my-suite
    1..3
    ok 1 good
    # before
    # bad: EXPECTATION FAILED at /tmp/x.dma:3
    # Expected 1 + 1 == 3, but
    # 1 + 1 == 2 (0x2)
    # bad: ASSERTION FAILED at /tmp/x.dma:5
    # Expected 0 to be true, but is false
    # 
    # hello 4
    not ok 2 bad
    ok 3 skipped # SKIP no hardware
not ok 1 my-suite
# Totals: pass:1 fail:1 skip:1 total:3
`;
		const [good, bad, skipped, ...rest] = parseKtap(text);
		assert.deepEqual([good?.name, good?.status, good?.failures], ["good", "passed", []]);
		assert.deepEqual(bad, failed);
		assert.deepEqual([skipped?.name, skipped?.status, skipped?.reason], ["skipped", "skipped", "no hardware"]);
		assert.deepEqual(rest, []);
	});

	it("of a debug session's console, in colours, with subtests of parameters", () => {
		const colour = (text: string) => `\u001b[90m${text}\u001b[0m\n`;
		const text = [
			"dw_axi_dmac_platform 80000.dma-controller: DesignWare AXI DMA Controller, 4 channels",
			"KTAP version 1",
			"1..1",
			"    KTAP version 1",
			"    # Subtest: my-suite",
			"    # module: x",
			"    1..2",
			"        KTAP version 1",
			"        # Subtest: each",
			"        ok 1 first",
			"    ok 1 each",
			"    # bad: EXPECTATION FAILED at /tmp/x.dma:3\n    Expected 1 + 1 == 3, but\n        1 + 1 == 2 (0x2)",
			"    not ok 2 bad",
			"not ok 1 my-suite",
		]
			.map(colour)
			.join("");
		const [each, bad, ...rest] = parseKtap(text);
		assert.deepEqual([each?.suite, each?.name, each?.status], ["my-suite", "each", "passed"]);
		assert.deepEqual(bad?.failures, [failed.failures[0]]);
		assert.deepEqual(rest, []);
	});

	it("of anything else is nothing", () => {
		assert.deepEqual(parseKtap("hello\n\n\tok then\n"), []);
	});
});
