/** Files that are wrong in every way: each error at its place, all at once, exit status 2 and nothing runs. */
import assert from "node:assert/strict";
import { dmascope } from "../cli/support";

interface Wrong {
	readonly name: string;
	readonly text: string;
	/** "line:column words of the message", one for each error, in order. */
	readonly errors: readonly string[];
}

const BOARD = "#include <board/generic-axi-dmac.dtsi>\n";

const files: readonly Wrong[] = [
	{
		name: "names that nobody declares",
		text: `int a(void) { undeclared_fn(3); return y; }
struct s { int a; };
int b(struct s *p) { return p->b + p.a; }
int c(void) { struct nosuch x; return sizeof(struct other) + NOSUCH; }
int d(void) { goto nowhere; }
module_init(nofunc);
`,
		errors: [
			"1:15 undeclared_fn",
			"1:40 'y'",
			"3:32 no member 'b'",
			"3:37 '->'",
			"4:29 struct nosuch",
			"4:39 struct other",
			"4:62 NOSUCH",
			"5:20 label 'nowhere'",
			"6:13 nofunc",
		],
	},
	{
		name: "syntax, going on at ; and }",
		text: `int a(void) { int x = 1 return x; }
int b(void) { if (1 { return 0; } return 1; }
int c(int x { return x; }
int d(void) { return 1 +; }
int e[3] = { 1, 2;
int f(void) { return 0; }
`,
		errors: ["1:25 ';'", "2:21 ')'", "3:13 ')'", "4:25 expression", "5:18 '}'"],
	},
	{
		name: "types",
		text: `static int f(int a, int b) { return a + b; }
int g(void) { return f(1) + f(1, 2, 3); }
int h(struct dma_chan *c) { return c + c; }
static const int k = 3;
void i(void) { k = 4; 1 = 2; f(1, 2)++; return 1; }
int j(struct dma_slave_config cfg) { return cfg; }
int l(int v) { return *v + v[1] + v->x + v(); }
struct dma_chan *m(void) { return dma_request_chan("uart0", "tx"); }
int n(struct dma_chan *c) { struct device *d = c; return !d; }
int o(void) { int x = 1; return x.y; }
`,
		errors: [
			"2:22 2 arguments, but 1",
			"2:37 2 arguments, but 3",
			"3:38 '+'",
			"5:16 read-only",
			"5:23 lvalue",
			"5:30 lvalue",
			"5:48 returns nothing",
			"6:45 struct dma_slave_config",
			"7:23 pointer",
			"7:29 ",
			"7:35 ",
			"7:42 function",
			"8:52 incompatible pointer types",
			"9:48 incompatible pointer types",
			"10:33 '.y'",
		],
	},
	{
		name: "declarations",
		text: `int a(void) { return 1; }
int a(void) { return 2; }
enum e { A, A };
typedef int t; typedef long t;
int b(void) { int x; int x; return 0; }
int c[-1];
static struct unknown u;
struct s { int a; int a; };
struct s { int b; };
int d(int x) { switch (x) { case 1: case 1: return 0; default: default: break; } continue; }
int e(void) { break; }
case 3: ;
`,
		errors: [
			"2:5 'a' is defined already",
			"3:13 'A'",
			"4:29 't'",
			"5:26 'x'",
			"6:7 negative",
			"7:23 not complete",
			"8:23 'a'",
			"9:8 struct s",
			"10:37 case 1",
			"10:64 default",
			"10:82 continue",
			"11:15 break",
			"12:1 ",
		],
	},
	{
		name: "what is not C here",
		text: `int a(void) { float f = 1.5; return f; }
int b(int n) { int v[n]; return v[0]; }
void c(void) { asm volatile("nop"); }
double d;
int e __attribute__((section("x"), vector_size(16)));
`,
		errors: [
			"1:15 floating point",
			"1:25 floating point",
			"2:22 variable-length",
			"3:16 assembly",
			"4:1 floating point",
			"5:36 vector_size",
		],
	},
	{
		name: "preprocessor",
		text: `#define F(a, b) a + b
int y = F(1);
int z = 08 + 0xg;
#error custom message
#elif 1
#endif
char *s = "unterminated;
int x = 'ab;
#include "missing.h"
#define
#if 1
int w;
`,
		errors: [
			"2:9 'F' takes 2",
			"2:13 expression",
			"3:9 '08'",
			"3:14 '0xg'",
			"4:2 custom message",
			"5:2 #elif",
			"6:2 #endif",
			"7:11 closing",
			"7:25 ';'",
			"8:9 closing",
			"8:13 ';'",
			"9:10 missing.h",
			"10:2 macro name",
			"11:2 #endif",
		],
	},
	{
		name: "devicetree",
		text: `${BOARD}/ {
	a { x = <1 2; y = "ok"; };
	b { reg = [0g]; };
	c { } d { };
	e: e { }; e: f { };
	g { p = <(1 + )>; };
};
&nolabel { x; };
&{/no/path} { x; };
/delete-node/ &missing;
int ok(void) { return bad; }
`,
		errors: [
			"3:14 list of cells",
			"4:13 hexadecimal",
			"5:8 ;",
			"6:12 label e",
			"7:16 number",
			"9:1 nolabel",
			"10:1 /no/path",
			"11:15 missing",
			"12:23 'bad'",
		],
	},
	{
		name: "devicetree that cannot be a machine",
		text: `${BOARD}&uart0 { dmas = <&dmac>; };
&fifo0 { reg = <0x10001000>; };
/ { overlap@80000000 { compatible = "ns16550a"; reg = <0x10000010 0x10>; interrupts = <30>; }; };
`,
		errors: ["2:17 #dma-cells", "3:16 #address-cells", "4:55 overlaps"],
	},
	{
		name: "a board that is not there",
		text: `#include <board/nosuch.dtsi>
/ { foo { bar = <1 2; }; };
int f(void) { return bad; }
`,
		errors: ["1:10 nosuch", "2:21 list of cells", "3:22 'bad'"],
	},
];

async function check(text: string): Promise<{ status: number; lines: string[]; out: string }> {
	const { status, out, err } = await dmascope(["run", "wrong.dma"], { "wrong.dma": text });
	const lines = err.split("\n").filter((line) => /^wrong\.dma:\d+:\d+: error: /.test(line));
	return { status, lines, out };
}

describe("wrong files", () => {
	for (const { name, text, errors } of files) {
		it(name, async () => {
			const { status, lines, out } = await check(text);
			assert.equal(status, 2);
			assert.equal(out, "");
			const shown = lines.join("\n");
			errors.forEach((error, i) => {
				const [place = "", ...words] = error.split(" ");
				const line = lines[i] ?? "";
				assert.ok(line.startsWith(`wrong.dma:${place}`), `${i}: ${error}\n${shown}`);
				assert.ok(line.includes(words.join(" ")), `${i}: ${error}\n${shown}`);
			});
			assert.equal(lines.length, errors.length, shown);
		});
	}
});
