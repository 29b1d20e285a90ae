import assert from "node:assert/strict";
import { hexLine } from "../../../src/kernel/printk/hex-dump";
import { flushLog, LOG_RECORDS, logRecords, printk, printkMessage } from "../../../src/kernel/printk/log";
import { logTexts, standIn } from "../lib/stand-in";

describe("printk", () => {
	it("takes the level from the prefix", () => {
		const k = standIn();
		assert.equal(printkMessage(k, "\x013bad\n"), 4);
		printkMessage(k, "plain\n");
		assert.deepEqual(
			logRecords(k).map((r) => [r.level, r.text]),
			[
				[3, "bad"],
				[4, "plain"],
			],
		);
	});

	it("joins continuation lines and closes open ones", () => {
		const k = standIn();
		printkMessage(k, "\x016a");
		printkMessage(k, "\x01cb");
		printkMessage(k, "\x01cc\n");
		printkMessage(k, "\x016open");
		printkMessage(k, "\x014next\n");
		printkMessage(k, "\x016last");
		assert.deepEqual(logTexts(k), ["abc", "open", "next"]);
		flushLog(k);
		assert.deepEqual(logTexts(k), ["abc", "open", "next", "last"]);
	});

	it("tells observers, bytes as UTF-8", () => {
		const k = standIn();
		const heard: unknown[] = [];
		k.machine.observers.add({ record: (kind, fields) => heard.push([kind, fields.level, fields.text]) });
		printk(k, 6, "\u00c2\u00b5s\n");
		assert.deepEqual(heard, [["printk", 6, "µs"]]);
	});

	it("keeps the newest records", () => {
		const k = standIn();
		for (let i = 0; i < LOG_RECORDS + 5; i++) printk(k, 6, `${i}\n`);
		const texts = logTexts(k);
		assert.equal(texts.length, LOG_RECORDS);
		assert.equal(texts[0], "5");
		assert.equal(texts.at(-1), `${LOG_RECORDS + 4}`);
	});
});

describe("print_hex_dump", () => {
	it("groups bytes as little-endian numbers and puts characters in their column", () => {
		const bytes = Uint8Array.from({ length: 16 }, (_, i) => 0x40 + i);
		assert.equal(hexLine(bytes, 16, 1, true), "40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO");
		assert.equal(hexLine(bytes.subarray(0, 8), 16, 4, false), "43424140 47464544");
		assert.equal(hexLine(bytes.subarray(0, 3), 16, 4, false), "40 41 42");
		assert.equal(hexLine(Uint8Array.of(0, 0x41), 16, 1, true), `${"00 41".padEnd(49)}.A`);
	});
});
