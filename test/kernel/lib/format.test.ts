import assert from "node:assert/strict";
import { readString } from "../../../src/kernel/lib/bytes";
import { formatString, storeFormatted } from "../../../src/kernel/lib/format";
import { cString, SCRATCH, standIn, varArgs } from "./stand-in";

/** Format, arguments, text. Expected texts by C11 7.21.6.1 and Documentation/core-api/printk-formats.rst. */
const NUMBERS: readonly (readonly [string, readonly (number | bigint)[], string])[] = [
	["%d", [0], "0"],
	["%d", [-1], "-1"],
	["%i", [2147483647], "2147483647"],
	["%d", [0x80000000], "-2147483648"],
	["%u", [-1], "4294967295"],
	["%x", [-1], "ffffffff"],
	["%X", [0xabc], "ABC"],
	["%o", [8], "10"],
	["%#x", [255], "0xff"],
	["%#X", [255], "0XFF"],
	["%#o", [8], "010"],
	["%5d|", [42], "   42|"],
	["%-5d|", [42], "42   |"],
	["%05d|", [42], "00042|"],
	["%05d|", [-42], "-0042|"],
	["%+d", [42], "+42"],
	["% d", [42], " 42"],
	["%+d", [-42], "-42"],
	["%.3d", [7], "007"],
	["%6.3d|", [7], "   007|"],
	["%-6.3d|", [7], "007   |"],
	["%#06x", [255], "0x00ff"],
	["%#010x", [0x10000000], "0x10000000"],
	["%08x", [0xbeef], "0000beef"],
	["%*d|", [5, 42], "   42|"],
	["%*d|", [-5, 42], "42   |"],
	["%.*d", [4, 42], "0042"],
	["%ld", [-5000000000], "-5000000000"],
	["%lu", [5000000000], "5000000000"],
	["%llx", [0xffffffffffffffffn], "ffffffffffffffff"],
	["%lld", [0x8000000000000000n], "-9223372036854775808"],
	["%llu", [18446744073709551615n], "18446744073709551615"],
	["%zu", [123456789012], "123456789012"],
	["%zd", [-1], "-1"],
	["%td", [-8], "-8"],
	["%hd", [0x18000], "-32768"],
	["%hu", [0x1ffff], "65535"],
	["%hhd", [0x1ff], "-1"],
	["%hhx", [0x1ab], "ab"],
	["%Lx", [0x123456789an], "123456789a"],
	["%c%c", [65, 66], "AB"],
	["%3c|", [65], "  A|"],
	["%-3c|", [65], "A  |"],
	["100%%", [], "100%"],
	["%d %d %d", [1, 2, 3], "1 2 3"],
	["a%db", [5], "a5b"],
	["%d%", [5], "5"],
	["%p", [-281474976710656 + 0x1000], "ffff000000001000"],
	["%px", [-281474976710656 + 0x1000], "ffff000000001000"],
	["%pK", [0x1000], "0000000000001000"],
	["%p", [0], "0000000000000000"],
	["%20p|", [0x1000], "                1000|"],
	["%pe", [-12], "-ENOMEM"],
	["%pe", [-517], "-EPROBE_DEFER"],
	["%pe", [-4000], "-4000"],
	["%pe", [0], "0000000000000000"],
	["%s", [0], "(null)"],
	["%10s|", [0], "    (null)|"],
	["%s", [16], "(efault)"],
	["%s", [-22], "(efault)"],
	["%pad", [0], "(null)"],
];

describe("vsnprintf", () => {
	for (const [format, args, text] of NUMBERS)
		it(`${JSON.stringify(format)} of ${args.join(", ")}`, () => {
			assert.equal(formatString(standIn(), format, varArgs(...args)), text);
		});

	it("prints strings with width and precision", () => {
		const k = standIn();
		const s = cString(k, "channel");
		const format = (f: string, ...args: number[]): string => formatString(k, f, varArgs(...args));
		assert.equal(format("%s", s), "channel");
		assert.equal(format("%10s|", s), "   channel|");
		assert.equal(format("%-10s|", s), "channel   |");
		assert.equal(format("%.4s|", s), "chan|");
		assert.equal(format("%.*s|", 2, s), "ch|");
		assert.equal(format("%.0s|", s), "|");
	});

	it("does not read a string behind its precision", () => {
		const k = standIn();
		const last = SCRATCH + 64 * 1024 * 1024 - 3;
		k.space.writeBytes(last, Uint8Array.of(97, 98, 99));
		assert.equal(formatString(k, "%.3s", varArgs(last)), "abc");
	});

	it("prints addresses by reference", () => {
		const k = standIn();
		k.space.w64(SCRATCH + 64, 0x80001000);
		assert.equal(formatString(k, "%pad", varArgs(SCRATCH + 64)), "0x0000000080001000");
		assert.equal(formatString(k, "%pa", varArgs(SCRATCH + 64)), "0x0000000080001000");
		assert.equal(formatString(k, "%pap", varArgs(SCRATCH + 64)), "0x0000000080001000");
	});

	it("prints bytes in hexadecimal", () => {
		const k = standIn();
		k.space.writeBytes(SCRATCH, Uint8Array.of(0, 1, 0xfe, 0xff));
		const format = (f: string): string => formatString(k, f, varArgs(4, SCRATCH));
		assert.equal(format("%*ph"), "00 01 fe ff");
		assert.equal(format("%*phC"), "00:01:fe:ff");
		assert.equal(format("%*phD"), "00-01-fe-ff");
		assert.equal(format("%*phN"), "0001feff");
		assert.equal(formatString(k, "%3phN", varArgs(SCRATCH)), "0001fe");
		assert.equal(formatString(k, "[%4ph] %d", varArgs(SCRATCH, 7)), "[00 01 fe ff] 7");
	});

	it("prints bitmaps as words and as lists", () => {
		const k = standIn();
		k.space.fill(SCRATCH, 16, 0);
		k.space.w32(SCRATCH, 0x0000f00b);
		k.space.w32(SCRATCH + 4, 1);
		assert.equal(formatString(k, "%*pb", varArgs(16, SCRATCH)), "f00b");
		assert.equal(formatString(k, "%*pb", varArgs(36, SCRATCH)), "1,0000f00b");
		assert.equal(formatString(k, "%*pbl", varArgs(36, SCRATCH)), "0-1,3,12-15,32");
	});

	it("prints four-character codes", () => {
		const k = standIn();
		// Both examples are those of printk-formats.rst.
		k.space.w32(SCRATCH, 0x32314742);
		assert.equal(formatString(k, "%p4cc", varArgs(SCRATCH)), "BG12 little-endian (0x32314742)");
		k.space.w32(SCRATCH, 0xb2314742);
		assert.equal(formatString(k, "%p4cc", varArgs(SCRATCH)), "BG12 big-endian (0xb2314742)");
	});

	it("prints MAC addresses and UUIDs", () => {
		const k = standIn();
		k.space.writeBytes(SCRATCH, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
		const format = (f: string): string => formatString(k, f, varArgs(SCRATCH));
		assert.equal(format("%pM"), "00:01:02:03:04:05");
		assert.equal(format("%pMF"), "00-01-02-03-04-05");
		assert.equal(format("%pMR"), "05:04:03:02:01:00");
		assert.equal(format("%pm"), "000102030405");
		assert.equal(format("%pUb"), "00010203-0405-0607-0809-0a0b0c0d0e0f");
		assert.equal(format("%pUB"), "00010203-0405-0607-0809-0A0B0C0D0E0F");
		assert.equal(format("%pUl"), "03020100-0504-0706-0809-0a0b0c0d0e0f");
		assert.equal(format("%pI4"), "0.1.2.3");
	});

	it("prints a nested format with %pV", () => {
		const k = standIn();
		const inner = cString(k, "len=%u %s", 0);
		const text = cString(k, "ok", 64);
		const slots = SCRATCH + 128;
		k.space.w64(slots, 256);
		k.space.w64(slots + 8, text);
		const list = SCRATCH + 192;
		k.space.w64(list, slots);
		k.space.w64(list + 8, 2);
		const format = SCRATCH + 256;
		k.space.w64(format, inner);
		k.space.w64(format + 8, list);
		assert.equal(formatString(k, "<%pV> %d", varArgs(format, 9)), "<len=256 ok> 9");
	});

	it("names functions", () => {
		const k = standIn();
		k.vm.addFunction({ kind: "plain", name: "complete", invoke: () => {}, cost: 0 });
		const address = -140737488355328 + 0x70000000;
		assert.equal(formatString(k, "%ps", varArgs(address)), "complete");
		assert.equal(formatString(k, "%pS", varArgs(address)), "complete+0x0/0x10");
	});

	it("gives up at a conversion that it does not know", () => {
		assert.equal(formatString(standIn(), "a %d %f %d", varArgs(1, 2, 3)), "a 1 ");
	});

	it("cuts what it stores and returns the whole length", () => {
		const k = standIn();
		k.space.fill(SCRATCH, 16, 0xee);
		assert.equal(storeFormatted(k, SCRATCH, 5, "abcdefgh"), 8);
		assert.equal(readString(k, SCRATCH), "abcd");
		assert.equal(k.space.r8(SCRATCH + 5), 0xee);
		assert.equal(storeFormatted(k, SCRATCH, 0, "xyz"), 3);
		assert.equal(readString(k, SCRATCH), "abcd");
	});

	it("prints a huge width without making a huge text", () => {
		assert.ok(formatString(standIn(), "%99999999999d", varArgs(1)).length <= 1 << 23);
	});
});
