import assert from "node:assert/strict";
import fc from "fast-check";
import { bits, divide64, mul64, overflow, pair } from "../../../src/language/vm/arithmetic";
import { bindPlain, decodeValue, encodeValue } from "../../../src/language/vm/host-call";
import { BitOperation } from "../../../src/language/vm/opcodes";

const lo = (value: bigint): number => Number(BigInt.asIntN(32, value));
const hi = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));
const result = (): bigint => (BigInt(pair[1]) << 32n) | BigInt(pair[0] >>> 0);
/** Values near the edges as well as anywhere. */
const wide = fc.oneof(
	fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
	fc.bigInt({ min: -5n, max: 5n }),
	fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n, 2n ** 32n - 1n, 2n ** 53n, -(2n ** 53n) - 1n),
);

describe("64-bit arithmetic", () => {
	it("multiplies modulo 2^64", () => {
		fc.assert(
			fc.property(wide, wide, (a, b) => {
				mul64(lo(a), hi(a), lo(b), hi(b));
				assert.equal(result(), BigInt.asIntN(64, a * b));
			}),
		);
	});

	it("divides as C does, by zero as arm64 does", () => {
		fc.assert(
			fc.property(wide, wide, fc.boolean(), fc.boolean(), (a, b, signed, remainder) => {
				divide64(lo(a), hi(a), lo(b), hi(b), signed, remainder);
				const x = signed ? a : BigInt.asUintN(64, a);
				const y = signed ? b : BigInt.asUintN(64, b);
				const want = y === 0n ? (remainder ? x : 0n) : remainder ? x % y : x / y;
				assert.equal(result(), BigInt.asIntN(64, want));
			}),
		);
	});

	it("finds overflow exactly", () => {
		const r = new Int32Array(16);
		fc.assert(
			fc.property(wide, wide, (a, b) => {
				r.set([lo(a), hi(a), lo(b), hi(b)]);
				// signed + signed into s64: all flags of signedness, 64 bits
				overflow(r, 4, 0, 2, 4 | 8 | 16 | (64 << 8));
				assert.equal(r[4], BigInt.asIntN(64, a + b) === a + b ? 0 : 1);
				assert.equal((BigInt(r[7]) << 32n) | BigInt(r[6] >>> 0), BigInt.asIntN(64, a + b));
			}),
		);
	});

	it("counts bits", () => {
		const r = new Int32Array(8);
		const count = (operation: number, value: bigint): number => {
			r.set([lo(value), hi(value)]);
			bits(r, 4, 0, operation);
			return r[4];
		};
		assert.equal(count(BitOperation.Clz, 1n), 31);
		assert.equal(count(BitOperation.Clz | BitOperation.Wide, 1n), 63);
		assert.equal(count(BitOperation.Ctz | BitOperation.Wide, 1n << 40n), 40);
		assert.equal(count(BitOperation.Ffs, 0n), 0);
		assert.equal(count(BitOperation.Ffs, 8n), 4);
		assert.equal(count(BitOperation.Popcount | BitOperation.Wide, 2n ** 64n - 1n), 64);
		assert.equal(count(BitOperation.Parity, 7n), 1);
		assert.equal(count(BitOperation.Clrsb, -1n), 31);
		assert.equal(count(BitOperation.Bswap16, 0x1234n), 0x3412);
		assert.equal(count(BitOperation.Bswap32, 0x12345678n), 0x78563412);
		assert.equal(count(BitOperation.Bswap64 | BitOperation.Wide, 0x0102030405060708n), 0x04030201);
		assert.equal(r[5], 0x08070605);
	});
});

describe("host calls", () => {
	it("decodes each kind", () => {
		assert.equal(decodeValue("s32", -5, -1), -5);
		assert.equal(decodeValue("u32", -5, 0), 4294967291);
		assert.equal(decodeValue("s64", -5, -1), -5);
		assert.equal(decodeValue("ptr", 0x1000, -65536), -281474976710656 + 4096);
		assert.equal(decodeValue("u64", -1, 0), 4294967295);
		assert.equal(decodeValue("bool", 2, 0), 1);
	});

	it("encodes results sign- or zero-extended", () => {
		const regs = new Int32Array(2);
		encodeValue("s32", -22, regs, 0);
		assert.deepEqual([...regs], [-22, -1]);
		encodeValue("u32", 4294967295, regs, 0);
		assert.deepEqual([...regs], [-1, 0]);
		encodeValue("ptr", -281474976710656 + 8, regs, 0);
		assert.deepEqual([...regs], [8, -65536]);
		encodeValue("u64", 0xffff_ffff_ffff_fffen, regs, 0);
		assert.deepEqual([...regs], [-2, -1]);
		encodeValue("bool", true, regs, 0);
		assert.deepEqual([...regs], [1, 0]);
		encodeValue("s64", undefined, regs, 0);
		assert.deepEqual([...regs], [0, 0]);
	});

	it("binds a function by argument kinds", () => {
		const regs = Int32Array.from([-1, 0, 7, 0, 0, 0]);
		bindPlain({ args: ["u32", "s32"], result: "s64" }, (a, b) => a + b)(regs, 0, 2);
		assert.equal(decodeValue("s64", regs[0], regs[1]), 4294967295 + 7);
		bindPlain({ args: ["u32"], result: "s64", variadic: true }, (...args) => args.length)(regs, 0, 3);
		assert.equal(regs[0], 3);
	});
});
