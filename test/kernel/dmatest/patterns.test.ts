import { deepEqual, equal } from "node:assert/strict";
import { ratesText, smallerOdd } from "../../../src/kernel/dmatest/numbers";
import {
	fillPattern,
	mismatchText,
	PATTERN_COPY,
	PATTERN_DST,
	PATTERN_OVERWRITE,
	PATTERN_SRC,
	verifyRange,
} from "../../../src/kernel/dmatest/patterns";
import { logRecords } from "../../../src/kernel/printk/log";
import { machineWith } from "../harness";

describe("dmatest's patterns and numbers", () => {
	it("fact 72: the first bytes of each pattern", () => {
		equal(fillPattern(4, 0, 4, PATTERN_SRC, PATTERN_COPY, false)[0], 0xdf);
		equal(fillPattern(4, 2, 2, PATTERN_SRC, PATTERN_COPY, false)[0], 0x9f);
		equal(fillPattern(4, 0, 4, PATTERN_DST, PATTERN_OVERWRITE, false)[0], 0x3f);
		equal(fillPattern(4, 2, 2, PATTERN_DST, PATTERN_OVERWRITE, false)[0], 0x1f);
		deepEqual([...fillPattern(3, 0, 3, PATTERN_SRC, PATTERN_COPY, true)], [0xde, 0xde, 0xde]);
		const region = fillPattern(64, 0, 64, PATTERN_SRC, PATTERN_COPY, false);
		deepEqual(
			[0, 1, 2, 3, 31, 32].map((i) => region[i]),
			[0xdf, 0xde, 0xdd, 0xdc, 0xc0, 0xdf],
		);
	});

	it("fact 73: unchanged in the region is not copied, bit 7 outside was copied", () => {
		const inside = PATTERN_SRC | PATTERN_COPY;
		equal(mismatchText(0x3f, inside, 0, 0, false, false), "dstbuf[0x0] not copied! Expected df, got 3f");
		equal(mismatchText(0xdf, PATTERN_DST, 0, 0, false, false), "dstbuf[0x0] was copied! Expected 1f, got df");
		equal(mismatchText(0x1e, PATTERN_DST, 0x10, 0, false, false), "dstbuf[0x10] mismatch! Expected 1f, got 1e");
		equal(mismatchText(0x00, PATTERN_SRC, 0xab, 0, true, false), "srcbuf[0xab] overwritten! Expected 9f, got 00");
	});

	it("fact 74: 32 lines a range, then how many were left out", () => {
		const { k } = machineWith({});
		const zero = new Uint8Array(100);
		const range = { start: 0, end: 100, counter: 0, pattern: PATTERN_SRC };
		equal(verifyRange(k, "t", [zero], range, true, false), 100);
		const texts = logRecords(k).map(({ text }) => text);
		equal(texts.filter((text) => text.includes("overwritten!")).length, 32);
		equal(texts.at(-1), "dmatest: t: 68 errors suppressed");
	});

	it("rates (golden trace G9)", () => {
		equal(ratesText(30_000, 10, 10 * 16384), "333.33 iops 5333 KB/s");
		equal(ratesText(0, 10, 1 << 20), "0.00 iops 0 KB/s");
	});

	it("an odd number of sources", () => {
		deepEqual([smallerOdd(3, 8), smallerOdd(5, 4), smallerOdd(3, 3), smallerOdd(7, 0)], [3, 3, 3, -1]);
	});
});
