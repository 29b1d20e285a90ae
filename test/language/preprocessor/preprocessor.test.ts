import assert from "node:assert/strict";
import { build, codes, expand } from "../support";

describe("language/preprocessor macros", () => {
	it("expands the examples of C11 6.10.3.5", () => {
		// example 3 of the standard
		const defines =
			"#define x 3\n#define f(a) f(x * (a))\n#undef x\n#define x 2\n#define g f\n#define z z[0]\n#define h g(~\n#define m(a) a(w)\n#define w 0,1\n#define t(a) a";
		assert.equal(
			expand(defines, "f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);"),
			"f(2 * (y+1)) + f(2 * (f(2 * (z[0])))) % f(2 * (0)) + t(1);",
		);
	});
	it("keeps or drops the comma before ## arguments as GNU C does", () => {
		const p =
			"#define P(f, ...) k(f, ##__VA_ARGS__)\n#define Q(f, a...) k(f, ##a)\n#define O(f, ...) k(f __VA_OPT__(,) __VA_ARGS__)";
		assert.equal(expand(p, 'P("a")'), 'k("a")');
		assert.equal(expand(p, 'P("a", 1, 2)'), 'k("a", 1, 2)');
		assert.equal(expand(p, "Q(x)"), "k(x)");
		assert.equal(expand(p, "Q(x, 1)"), "k(x, 1)");
		assert.equal(expand(p, "O(x)").replace(/ /g, ""), "k(x)");
		assert.equal(expand(p, "O(x, 1)").replace(/ /g, ""), "k(x,1)");
	});
	it("pastes and stringifies", () => {
		assert.equal(expand("#define C(a, b) a##b", "C(x, 1) C(, y) C(<, <=)"), "x1 y <<=");
		assert.equal(expand("#define S(a) #a", 'S( a  +  "q\\n" )'), '"a + \\"q\\\\n\\""');
		assert.deepEqual(codes("#define C(a, b) a##b\nint x = C(+, 1);").slice(0, 1), ["2:C0022"]);
	});
	it("knows __LINE__ of the outermost use, __COUNTER__, IS_ENABLED", () => {
		assert.equal(expand("#define L __LINE__", "L"), "4");
		assert.equal(expand("", "__COUNTER__ __COUNTER__"), "0 1");
		assert.equal(expand("", "IS_ENABLED(CONFIG_DMA_ENGINE) IS_ENABLED(CONFIG_NOTHING)"), "1 0");
	});
	it("lets a user redefine the kernel's macros, and warns of his own", () => {
		assert.deepEqual(codes("#define BIT(x) x\n"), []);
		assert.deepEqual(codes("#define A 1\n#define A 2\n"), ["2:C0019"]);
	});
	it("reports wrong argument counts", () => {
		assert.deepEqual(codes("#define M(a, b) a\nint x = M(1);"), ["2:C0020"]);
	});
});

describe("language/preprocessor conditionals and includes", () => {
	it("evaluates #if in 64 bits", () => {
		const cases: [string, boolean][] = [
			["1 ? 2 : 0", true],
			["defined(BIT) && !defined NOPE", true],
			["-1 > 0u", true],
			["0x8000000000000000 > 0", true],
			["(1 << 62) == 0x4000000000000000", true],
			["0 && (1 / 0)", false],
			["IS_ENABLED(CONFIG_DMA_ENGINE)", true],
		];
		for (const [text, expected] of cases) {
			const result = build(`#if ${text}\nint yes;\n#else\nint no;\n#endif\n`);
			assert.equal(result.unit.globals[0]?.symbol.name, expected ? "yes" : "no", text);
		}
	});
	it("reports what is open, stray or wrong", () => {
		assert.deepEqual(codes("#if 1\nint a;\n"), ["1:C0026"]);
		assert.deepEqual(codes("#endif\n#error no way\n#nonsense\n"), ["1:C0027", "2:C0029", "3:C0016"]);
		assert.deepEqual(codes("#if 1 +\n#endif\n"), ["1:C0025"]);
	});
	it("answers #include as language.md section 1 says", () => {
		const files = {
			"a.h": '#include "b.h"\n',
			"b.h": "int b;\n",
			"c.h": '#include "c.h"\n',
			"sub/x.h": '#include "y.h"\n',
			"sub/y.h": "int y;",
		};
		assert.deepEqual(codes("#include <linux/slab.h>\n#include <strange/x.h>\n", files), ["2:C0014"]);
		assert.deepEqual(codes('#include "a.h"\n#include "sub/x.h"\n#include "virt-dma.h"\nint z = 1;', files), []);
		assert.deepEqual(codes('#include "nowhere.h"\n', files), ["1:C0011"]);
		assert.deepEqual(codes('#include "c.h"\n', files), ["1:C0012"]);
		const board = build("#include <board/generic-axi-dmac.dtsi>\n");
		assert.equal(board.includesBoard, "generic-axi-dmac");
		assert.equal(build('#include "sub/x.h"\n', files).unit.globals[0]?.symbol.place.file !== 1, true);
	});
	it("puts errors in macros at the outermost use, those in arguments at the argument", () => {
		const [body] = build("#define M(x) (undeclared_name + x)\nint f(void) { return M(1); }").diagnostics;
		assert.deepEqual([body?.line, body?.column, body?.notes], [2, 22, ["in expansion of macro 'M'"]]);
		const [argument] = build("#define M(x) (1 + x)\nint f(void) { return M(other); }").diagnostics;
		assert.deepEqual([argument?.line, argument?.column], [2, 24]);
	});
});

describe("language/preprocessor devicetree", () => {
	it("takes nodes out, keeps their lines and columns, and applies macros and #if", () => {
		const text = [
			"#define SIZE 0x100",
			"int a;",
			"/ { /* node */",
			"\t#address-cells = <1>;",
			"#if 0",
			"\tgone;",
			"#endif",
			"\tdev@10 { reg = <0x10 SIZE>; SIZE-x; p = <BIT(3)>; };",
			"};",
			'&uart0 { status = "okay"; };',
			"int b;",
		].join("\n");
		const result = build(text);
		assert.deepEqual(result.diagnostics, []);
		assert.deepEqual(
			result.unit.globals.map((g) => g.symbol.name),
			["a", "b"],
		);
		assert.deepEqual(
			result.dts.map((d) => d.line),
			[3, 10],
		);
		const lines = result.dts[0]?.text.split("\n") ?? [];
		assert.equal(lines[1]?.trim(), "#address-cells = <1>;");
		assert.equal(lines[1]?.indexOf("#"), 1);
		assert.equal(lines[2], "");
		assert.equal(lines[5], " dev@10 { reg = <0x10 0x100>; SIZE-x; p = <(1UL << (3))>; };");
	});
	it("takes files of devicetree source", () => {
		const result = build('#include "x.dtsi"\nint a;', { "x.dtsi": "/dts-v1/;\n/ { n { }; };\n/delete-node/ &foo;\n" });
		assert.deepEqual(result.diagnostics, []);
		assert.deepEqual(
			result.dts.map((d) => [d.file, d.line]),
			[
				["x.dtsi", 1],
				["x.dtsi", 2],
				["x.dtsi", 3],
			],
		);
	});
});
