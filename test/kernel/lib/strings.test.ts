import assert from "node:assert/strict";
import { refcountAdd, refcountSub } from "../../../src/kernel/lib/atomic";
import { bitFunctions } from "../../../src/kernel/lib/bitops";
import { readString } from "../../../src/kernel/lib/bytes";
import { kfifoFunctions } from "../../../src/kernel/lib/kfifo";
import { numberFunctions } from "../../../src/kernel/lib/numbers";
import { random32, randomBelow, seedRandom } from "../../../src/kernel/lib/random";
import { crcForward, crcReflected } from "../../../src/kernel/lib/sort";
import { stringFunctions } from "../../../src/kernel/lib/string";
import { MemoryFault } from "../../../src/language/vm/fault";
import { cString, invoke, logTexts, SCRATCH, standIn, varArgs } from "./stand-in";

const OUT = SCRATCH + 4096;

describe("strings", () => {
	const k = standIn();
	const str = (name: string, ...args: number[]): number => Number(invoke(k, stringFunctions, name, ...args));

	it("copy with strscpy and say when they were cut", () => {
		assert.equal(str("sized_strscpy", OUT, cString(k, "hello"), 6), 5);
		assert.equal(str("sized_strscpy", OUT, cString(k, "hello"), 5), -7);
		assert.equal(readString(k, OUT), "hell");
		assert.equal(str("sized_strscpy", OUT, cString(k, "hello"), 0), -7);
	});

	it("compare", () => {
		const [a, b] = [cString(k, "dma0", 0), cString(k, "dma1", 64)];
		assert.equal(str("strcmp", a, b), -1);
		assert.equal(str("strcmp", b, a), 1);
		assert.equal(str("strncmp", a, b, 3), 0);
		assert.equal(str("strcasecmp", a, cString(k, "DMA0", 128)), 0);
		assert.equal(str("memcmp", a, b, 4), -1);
	});

	it("search", () => {
		const s = cString(k, "/soc/dma@80000");
		assert.equal(str("strchr", s, 64), s + 8);
		assert.equal(str("strchr", s, 0), s + 14);
		assert.equal(str("strchr", s, 33), 0);
		assert.equal(str("strrchr", s, 47), s + 4);
		assert.equal(str("strstr", s, cString(k, "dma", 64)), s + 5);
		assert.equal(str("kbasename", s), s + 5);
		assert.equal(str("strspn", s, cString(k, "/os", 128)), 3);
		assert.equal(str("strcspn", s, cString(k, "@", 192)), 8);
	});

	it("split with strsep and trim", () => {
		const s = cString(k, "a,b,,c");
		k.space.w64(OUT, s);
		const parts: string[] = [];
		const set = cString(k, ",", 64);
		for (let part = str("strsep", OUT, set); part !== 0; part = str("strsep", OUT, set))
			parts.push(readString(k, part));
		assert.deepEqual(parts, ["a", "b", "", "c"]);
		assert.equal(readString(k, str("strim", cString(k, "  x y \n"))), "x y");
	});

	it("fault instead of hanging on a negative length", () => {
		assert.throws(() => str("memset", SCRATCH, 0, 2 ** 64 - 16), MemoryFault);
	});
});

describe("numbers from text", () => {
	const k = standIn();
	const parse = (name: string, text: string, base: number): [number, number] => {
		k.space.w64(OUT, 0);
		const error = Number(invoke(k, numberFunctions, name, cString(k, text), base, OUT));
		return [error, k.space.r64(OUT)];
	};
	it("follow kstrtox.c", () => {
		assert.deepEqual(parse("kstrtouint", "42", 0), [0, 42]);
		assert.deepEqual(parse("kstrtouint", "0x2a\n", 0), [0, 42]);
		assert.deepEqual(parse("kstrtouint", "052", 0), [0, 42]);
		assert.deepEqual(parse("kstrtouint", "2a", 16), [0, 42]);
		assert.deepEqual(parse("kstrtouint", "+7", 10), [0, 7]);
		assert.deepEqual(parse("kstrtouint", "-7", 10), [-22, 0]);
		assert.deepEqual(parse("kstrtouint", "", 10), [-22, 0]);
		assert.deepEqual(parse("kstrtouint", "7 ", 10), [-22, 0]);
		assert.deepEqual(parse("kstrtouint", "7\n\n", 10), [-22, 0]);
		assert.deepEqual(parse("kstrtouint", "4294967296", 10), [-34, 0]);
		assert.deepEqual(parse("kstrtoint", "-2147483648", 10), [0, 0x80000000]);
		assert.deepEqual(parse("kstrtoint", "2147483648", 10), [-34, 0]);
		assert.deepEqual(parse("kstrtoll", "-1", 10), [0, -1]);
		assert.deepEqual(parse("kstrtou8", "256", 10), [-34, 0]);
	});
	it("read booleans", () => {
		const bool = (text: string): number => Number(invoke(k, numberFunctions, "kstrtobool", cString(k, text), OUT));
		for (const [text, value] of [
			["y", 1],
			["N", 0],
			["1", 1],
			["0", 0],
			["on", 1],
			["off", 0],
			["true", 1],
		] as const) {
			assert.equal(bool(text), 0);
			assert.equal(k.space.r8(OUT), value);
		}
		assert.equal(bool("maybe"), -22);
	});
	it("scan", () => {
		const scan = numberFunctions.find((f) => f.signature.name === "sscanf");
		assert.ok(scan?.kind === "variadic");
		const run = (text: string, format: string): number =>
			Number(scan.run(k, [cString(k, text), cString(k, format, 256)], varArgs(OUT, OUT + 8, OUT + 16)));
		assert.equal(run("dma 3 0x1f", "dma %d %x"), 2);
		assert.deepEqual([k.space.s32(OUT), k.space.s32(OUT + 8)], [3, 31]);
		assert.equal(run("-5:abc", "%d:%s"), 2);
		assert.deepEqual([k.space.s32(OUT), readString(k, OUT + 8)], [-5, "abc"]);
		assert.equal(run("x", "%d"), 0);
		assert.equal(run("12345", "%2d%3d"), 2);
		assert.deepEqual([k.space.s32(OUT), k.space.s32(OUT + 8)], [12, 345]);
	});
});

describe("bits", () => {
	it("set, test, find and count", () => {
		const k = standIn();
		const bit = (name: string, ...args: number[]): number => Number(invoke(k, bitFunctions, name, ...args));
		bit("bitmap_zero", SCRATCH, 100);
		bit("set_bit", 70, SCRATCH);
		assert.equal(k.space.r32(SCRATCH + 8), 0x40);
		assert.equal(bit("test_and_set_bit", 70, SCRATCH), 1);
		bit("bitmap_set", SCRATCH, 3, 5);
		assert.equal(bit("find_first_bit", SCRATCH, 100), 3);
		assert.equal(bit("find_next_bit", SCRATCH, 100, 8), 70);
		assert.equal(bit("find_next_bit", SCRATCH, 100, 71), 100);
		assert.equal(bit("find_next_zero_bit", SCRATCH, 100, 3), 8);
		assert.equal(bit("bitmap_weight", SCRATCH, 100), 6);
		assert.equal(bit("find_last_bit", SCRATCH, 100), 70);
		assert.equal(bit("bitmap_find_next_zero_area", SCRATCH, 100, 0, 4, 3), 8);
	});
});

describe("check sums", () => {
	it("have the values of the catalogue of CRCs for 123456789", () => {
		const bytes = new TextEncoder().encode("123456789");
		assert.equal((crcReflected(0xffffffff, bytes, 0xedb88320) ^ 0xffffffff) >>> 0, 0xcbf43926);
		assert.equal((crcReflected(0xffffffff, bytes, 0x82f63b78) ^ 0xffffffff) >>> 0, 0xe3069283);
		assert.equal(crcReflected(0, bytes, 0xa001), 0xbb3d);
		assert.equal(crcForward(0, bytes, 0x1021, 16), 0x31c3);
	});
});

describe("refcount_t", () => {
	it("saturates with Linux's warnings", () => {
		const k = standIn();
		k.space.w32(SCRATCH, 1);
		assert.equal(refcountSub(k, SCRATCH, 1), true);
		refcountAdd(k, SCRATCH, 1);
		assert.equal(k.space.r32(SCRATCH), 0xc0000000);
		assert.ok(logTexts(k).includes("refcount_t: addition on 0; use-after-free."));
	});
});

describe("kfifo", () => {
	it("wraps around", () => {
		const k = standIn();
		const fifo = (name: string, ...args: number[]): number => Number(invoke(k, kfifoFunctions, name, ...args));
		assert.equal(fifo("__kfifo_alloc", SCRATCH, 5, 1, 0xcc0), 0);
		assert.equal(k.space.r32(SCRATCH + 8), 7);
		const text = cString(k, "abcdefghij", 256);
		assert.equal(fifo("__kfifo_in", SCRATCH, text, 6), 6);
		assert.equal(fifo("__kfifo_out", SCRATCH, OUT, 4), 4);
		assert.equal(fifo("__kfifo_in", SCRATCH, text, 10), 6);
		assert.equal(fifo("__kfifo_len", SCRATCH), 8);
		assert.equal(fifo("__kfifo_out", SCRATCH, OUT, 20), 8);
		assert.equal(readString(k, OUT, 8), "efabcdef");
		assert.equal(fifo("__kfifo_alloc", SCRATCH, 1, 1, 0xcc0), -22);
	});
});

describe("random numbers", () => {
	it("are the same for the same seed", () => {
		const k = standIn();
		const draw = (seed: number): number[] => {
			seedRandom(k, seed);
			return [random32(k), random32(k), random32(k)];
		};
		assert.deepEqual(draw(7), draw(7));
		assert.notDeepEqual(draw(7), draw(8));
		for (let i = 0; i < 100; i++) assert.ok(randomBelow(k, 10) < 10);
	});
});
