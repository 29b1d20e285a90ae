import assert from "node:assert/strict";
import { checkExpression, printType } from "../../../src/language/compile";
import { build, codes, returned, TEST_PRELUDE } from "../support";

describe("language/parser accepts GNU C as drivers write it", () => {
	const sound: Record<string, string> = {
		designators:
			"struct s { int a; u8 b[4]; struct { int x, y; } c; };\nstruct s v[3] = { [1] = { .a = 1, .b = { [1 ... 2] = 7 }, .c.y = 3 }, { 5, { 1, 2 }, { 3, 4 } } };",
		"compound literals":
			"struct s { int a, b; };\nstatic struct s *g = &(struct s){ .a = 1 };\nint f(void) { struct s x = (struct s){ 1, 2 }; return x.a + ((struct s){ .b = 3 }).b + g->a; }",
		"statement expressions": "int f(int a) { return min(a, 3) + ({ int x = a; x + 1; }); }",
		container_of:
			"struct s { int a; struct list_head l; };\nint f(struct list_head *p) { return container_of(p, struct s, l)->a; }",
		"function pointers":
			"int (*table[2])(int);\nint (*pick(int i))(int) { return table[i]; }\nint f(void) { return pick(1)(2) + (*table[0])(3) + (**pick(0))(1); }",
		"switch ranges": "int f(int a) { switch (a) { case 0 ... 9: return 1; case 10: default: break; } return 0; }",
		elvis: 'char *f(char *p) { return p ?: "none"; }',
		goto: "int f(int a) { if (a) goto out; a = 2; out: return a; }",
		attributes:
			"static int __attribute__((unused)) a;\nstruct __attribute__((packed)) s { u8 x; u32 y; };\nint f(void) __attribute__((noinline, cold));\nint f(void) { return sizeof(struct s); }",
		cleanup:
			"static void drop(char **p) { kfree(*p); }\nint f(void) { char *p __attribute__((cleanup(drop))) = NULL; return 0; }",
		varargs:
			"int f(int n, ...) { va_list ap; int v; __builtin_va_start(ap, n); v = __builtin_va_arg(ap, int); __builtin_va_end(ap); return v; }",
		"bit-fields": "struct s { u32 a:3, :2, b:5; };\nint f(struct s *p) { p->a = 2; p->b++; return p->a + p->b; }",
		typeof: "int f(int a) { typeof(a) b = a; __auto_type c = &b; return *c; }",
		strings: 'char s[] = "a" "b\\x41" "\\101";',
		"static assert": '_Static_assert(sizeof(s64) == 8, "LP64");\nint x;',
		shadowing: "struct list_head { int mine; };\nint jiffies;\nint printk(void);\nint printk(void) { return jiffies; }",
		overflow: "bool f(size_t a, int *r) { return __builtin_mul_overflow(a, 3, r); }",
		tentative: "int a; int a; extern int a; int a = 3;",
		"local extern": "int f(void) { extern int other(void); return other(); }",
		"prelude inline": "int f(void) { return prelude_twice(2); }",
		"empty initialiser": "struct s { int a; };\nstruct s f(void) { struct s v = {}; return v; }",
		volatile: "int f(volatile u32 *r) { volatile int x = 1; *r = 1; return *r + x; }",
		"nested macros in loops":
			"#define each(i, n) for (int i = 0; i < (n); i++)\nint f(void) { int s = 0; each(i, 3) each(j, 4) s += i * j; return s; }",
	};
	for (const [name, text] of Object.entries(sound)) {
		it(name, () => assert.deepEqual(build(text).diagnostics, []));
	}
});

describe("language/parser reports each error once and goes on", () => {
	it("syntax", () => {
		assert.deepEqual(
			codes(
				"int a = 1\nint b;\nint f(void)\n{\n\tint x = ;\n\tx = 3\n\treturn x;\n}\nint g(void) { return 1 +; }\nint c = d;",
			),
			["1:C0101", "5:C0102", "6:C0101", "9:C0102", "10:C0201"],
		);
	});
	it("missing semicolons carry a fix", () => {
		const [first] = build("int a = 1\nint b;").diagnostics;
		assert.deepEqual([first?.line, first?.column, first?.fix?.text], [1, 10, ";"]);
	});
	it("names", () => {
		const { diagnostics } = build(
			"struct s { int residue; };\nint f(struct s *p) { p->residu = 1; kfre(p); return valu; }",
		);
		assert.deepEqual(
			diagnostics.map((d) => d.code),
			["C0206", "C0202", "C0201"],
		);
		assert.match(diagnostics[0]?.message ?? "", /did you mean 'residue'/);
		assert.match(diagnostics[1]?.message ?? "", /'kfre' is not built into DMAscope's kernel.*did you mean 'kfree'/);
	});
	it("types", () => {
		assert.deepEqual(
			codes("struct s { int a; };\nint f(struct s v, int *p)\n{\n\tp = v;\n\tv.a();\n\tp->x = 1;\n\treturn v;\n}"),
			["4:C0305", "5:C0311", "6:C0314", "7:C0305"],
		);
		assert.deepEqual(
			codes(
				"const int a = 1;\nvoid f(const char *s, long *l) { a = 2; *s = 1; int *p = l; p = 5; char *q = s; kfree(p); kfree(q); }",
			),
			["2:C0304", "2:C0304", "2:C0306", "2:C0307", "2:C0308"],
		);
	});
	it("statements", () => {
		assert.deepEqual(
			codes(
				"void f(int a)\n{\n\tbreak;\n\tgoto nowhere;\n\tswitch (a) { case 1: case 1: ; }\n\treturn 1;\n}\nint g(int a) { if (a) return 1; }",
			),
			["3:C0331", "4:C0209", "5:C0329", "6:C0332", "8:C0401"],
		);
	});
	it("what is not C here", () => {
		assert.deepEqual(codes('double d;\nint f(int n)\n{\n\tint a[n];\n\tasm("nop");\n\treturn a[0] + 1.5;\n}'), [
			"1:C0113",
			"4:C0113",
			"5:C0113",
			"6:C0113",
		]);
		assert.deepEqual(codes("int f(void) { void *p = &&x; goto *p; x: return 0; }").length > 0, true);
	});
	it("nesting ends in a message", () => {
		const deep = "(".repeat(5000);
		assert.ok(codes(`int a = ${deep}1;`).includes("1:C0109"));
		assert.ok(codes(`int f(void) { ${"{".repeat(5000)} }`).length > 0);
		assert.ok(codes(`int ${"(".repeat(5000)}a;`).length > 0);
		assert.ok(codes(`#if ${"(".repeat(5000)}\n#endif\n`).length > 0);
	});
});

describe("language/parser module items", () => {
	it("lists them in order", () => {
		const text =
			'static int n = 1; static char name[8];\nmodule_param(n, int, 0644);\nMODULE_PARM_DESC(n, "how many");\nmodule_param_string(label, name, sizeof(name), 0444);\nint go(void) { return n; }\nEXPORT_SYMBOL_GPL(go);\nmodule_init(go);\nSIM_MODULE("other.c", "a=1")\nSIM_RULES("-DS02");\nMODULE_LICENSE("GPL");';
		const { unit, diagnostics } = build(text);
		assert.deepEqual(diagnostics, []);
		assert.deepEqual(
			unit.items.map((i) => i.kind),
			["param", "info", "param", "export", "init", "sim-module", "sim-rules", "info"],
		);
		const label = unit.items[2];
		assert.deepEqual(label?.kind === "param" && [label.name, label.type, label.length, label.perm], [
			"label",
			"string",
			8,
			0o444,
		]);
	});
});

describe("language/checker tree", () => {
	it("makes every conversion explicit", () => {
		const value = returned("long f(u8 a, int b) { return a + b; }");
		assert.equal(value.kind, "cast");
		assert.equal(value.kind === "cast" && value.operand.kind === "binary" && value.operand.left.kind, "cast");
		assert.equal(printType(value.type), "long");
	});
	it("keeps locals in registers unless their address is taken", () => {
		const { unit } = build(
			"void g(int *);\nint f(void) { int a = 1, b = 2; int c[2] = { 0 }; g(&b); return a + b + c[0]; }",
		);
		const fn = unit.functions.find((f) => f.symbol.name === "f");
		assert.deepEqual(
			fn?.locals.map((l) => [l.name, l.inMemory]),
			[
				["a", false],
				["b", true],
				["c", true],
			],
		);
	});
	it("lists the cleanups of every way out", () => {
		const { unit } = build(
			"static void d(int *p) { (void)p; }\n#define A __attribute__((cleanup(d)))\nint f(int x) { int a A = 1; while (x) { int b A = 2; if (x == 1) break; if (x == 2) return 3; goto out; } out: return 0; }",
		);
		const text = JSON.stringify(unit.functions.find((f) => f.symbol.name === "f")?.body, (key, value) =>
			typeof value === "bigint"
				? String(value)
				: key === "cleanups"
					? value.map((v: { name: string }) => v.name).join()
					: key === "symbol" || key === "place" || key === "end" || key === "locals"
						? undefined
						: value,
		);
		const lists = [...text.matchAll(/"kind":"(break|return|goto)"[^{}]*?"cleanups":"([^"]*)"/g)].map(
			(m) => `${m[1]}:${m[2]}`,
		);
		assert.ok(lists.includes("break:b"), text);
		assert.ok(text.includes('"cleanups":"b,a"'), text);
	});
	it("checks expressions for a debugger", () => {
		const { unit } = build("struct s { int a[3]; } v;\nint twice(int x) { return x + x; }");
		const check = (text: string) => checkExpression(text, { unit: unit.scope, macros: TEST_PRELUDE.macros });
		assert.equal(check("v.a[1]").node?.kind, "deref");
		assert.equal(printType(check("&v").expression!.type), "struct s *");
		assert.equal(check("twice(2) + BIT(3)").expression?.kind, "binary");
		assert.equal(check("v.b").diagnostics[0]?.code, "C0206");
		assert.equal(check("v +").diagnostics.length, 1);
	});
});
