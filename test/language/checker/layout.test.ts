import assert from "node:assert/strict";
import { build, constantValue, recordOf } from "../support";

function offsets(text: string): [number, number, Record<string, number>] {
	const record = recordOf(text, "s");
	return [record.size, record.align, Object.fromEntries(record.members.map((m) => [m.name ?? "", m.offset]))];
}

describe("language/types layout (AAPCS64)", () => {
	it("aligns members and pads the end", () => {
		assert.deepEqual(offsets("struct s { char a; int b; char c; long d; char e; };"), [
			32,
			8,
			{ a: 0, b: 4, c: 8, d: 16, e: 24 },
		]);
		assert.deepEqual(offsets("struct s { char a; int b; } __attribute__((packed));"), [5, 1, { a: 0, b: 1 }]);
		assert.deepEqual(offsets("struct s { char a; int b __attribute__((aligned(16))); };"), [32, 16, { a: 0, b: 16 }]);
		assert.deepEqual(offsets("struct s { int n; char tail[]; };"), [4, 4, { n: 0, tail: 4 }]);
	});
	it("resolves anonymous members", () => {
		const text = "struct s { int a; union { struct { char b, c; }; long d; }; };";
		assert.equal(constantValue("offsetof(struct s, c)", text), 9n);
		assert.equal(constantValue("sizeof(struct s)", text), 16n);
	});
	it("packs bit-fields into units of their type", () => {
		const record = recordOf(
			"struct s { unsigned a:3; unsigned b:30; unsigned char c:4; unsigned char d:5; int :0; short e:2; };",
			"s",
		);
		// a: bits 0-2; b would cross 32: bits 32-61; c: 62-65 would cross 64: bits 64-67; d: 68-72 would cross: bits 72-76
		const bits = Object.fromEntries(record.members.map((m) => [m.name, m.offset * 8 + (m.bitField?.bit ?? 0)]));
		assert.deepEqual(bits, { a: 0, b: 32, c: 64, d: 72, e: 96 });
		assert.equal(record.size, 16);
	});
	it("lets packed bit-fields cross units", () => {
		const record = recordOf(
			"struct s { unsigned char a:4; unsigned b:12; unsigned c:20; } __attribute__((packed));",
			"s",
		);
		const bits = record.members.map((m) => m.offset * 8 + (m.bitField?.bit ?? 0));
		assert.deepEqual(bits, [0, 4, 16]);
		assert.equal(record.size, 5);
	});
});

describe("language/checker constants", () => {
	it("computes as LP64 does, exact in 64 bits", () => {
		assert.equal(constantValue("sizeof(long) * 10 + sizeof(int)"), 84n);
		assert.equal(constantValue("(char)-1"), 255n);
		assert.equal(constantValue("(signed char)0x80"), -128n);
		assert.equal(constantValue("0xffffffffffffffffUL"), 0xffffffffffffffffn);
		assert.equal(constantValue("0x7fffffff + 1U"), 0x80000000n);
		assert.equal(constantValue("-1 < 0u"), 0n);
		assert.equal(constantValue("-1L < 0u"), 1n);
		assert.equal(constantValue("1 ? -1 : 0u"), 0xffffffffn);
		assert.equal(constantValue("-7 / 2 * 100 + -7 % 2"), -301n);
		assert.equal(constantValue("BIT(63) >> 3"), 1n << 60n);
		assert.equal(constantValue("'\\xff'"), 255n);
		assert.equal(constantValue("'\\n' + 010 + 0b11"), 21n);
	});
	it("answers the builtins", () => {
		assert.equal(constantValue("__builtin_types_compatible_p(unsigned int, u32)"), 1n);
		assert.equal(constantValue("__builtin_choose_expr(0, 1, 2)"), 2n);
		assert.equal(constantValue("__builtin_clz(1) * 100 + __builtin_ctzl(8)"), 3103n);
		assert.equal(constantValue("__builtin_popcountll(0xf0f0ULL)"), 8n);
		assert.equal(constantValue("__builtin_bswap32(0x11223344)"), 0x44332211n);
		assert.equal(constantValue("_Generic(1UL, int: 1, unsigned long: 2, default: 3)"), 2n);
		assert.equal(constantValue("__builtin_constant_p(3) + ARRAY_SIZE(((int *[7]){ 0 }))"), 8n);
	});
	it("computes addresses in static initialisers", () => {
		const { unit, diagnostics } = build(
			'struct p { int a, b[4]; } v;\nint *q = &v.b[2] + 1;\nint (*fn)(const char *, ...) = printk;\nchar *s = "abc" + 1;',
		);
		assert.deepEqual(diagnostics, []);
		const value = (name: string) => unit.globals.find((g) => g.symbol.name === name)?.initializer?.items[0]?.value;
		const q = value("q");
		assert.equal(q?.kind === "address-constant" && q.offset, 16);
		const fn = value("fn");
		assert.equal(fn?.kind === "address-constant" && fn.base.kind === "function" && fn.base.name, "printk");
		const s = value("s");
		assert.equal(s?.kind === "address-constant" && s.offset, 1);
	});
});
