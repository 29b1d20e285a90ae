import { type CompileResult, compile, createPrelude, type Prelude } from "../../src/language/compile";
import type { Expression } from "../../src/language/tree";
import type { RecordDefinition } from "../../src/language/types";

/** A few declarations as the kernel's headers give them. */
export const TEST_PRELUDE: Prelude = createPrelude(`
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef unsigned int u32; typedef int s32;
typedef unsigned long u64; typedef long s64; typedef unsigned long size_t; typedef _Bool bool; typedef __builtin_va_list va_list;
enum { false, true };
#define NULL ((void *)0)
#define CONFIG_DMA_ENGINE 1
#define BIT(n) (1UL << (n))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define offsetof(t, m) __builtin_offsetof(t, m)
#define container_of(p, t, m) ({ void *__m = (void *)(p); ((t *)(__m - offsetof(t, m))); })
#define min(a, b) ({ __auto_type _a = (a); __auto_type _b = (b); _a < _b ? _a : _b; })
struct list_head { struct list_head *next, *prev; };
extern unsigned long jiffies;
int printk(const char *fmt, ...);
void *memcpy(void *to, const void *from, size_t len);
void kfree(const void *p);
static inline int prelude_twice(int x) { return x + x; }
`);

export function build(text: string, files: Record<string, string> = {}): CompileResult {
	return compile({
		prelude: TEST_PRELUDE,
		files: [{ path: "main.c", text }],
		readFile: (path) => files[path] ?? null,
	});
}

/** Diagnostics as `line:code`. */
export function codes(text: string, files: Record<string, string> = {}): string[] {
	return build(text, files).diagnostics.map((d) => `${d.line}:${d.code}`);
}

/** The value of constant expressions, through enumeration constants. */
export function constantValue(expression: string, before = ""): bigint {
	const result = build(`${before}\nenum { THE_VALUE = (${expression}) };`);
	const errors = result.diagnostics.filter((d) => d.severity === "error");
	if (errors.length > 0) throw new Error(errors.map((d) => d.message).join("; "));
	const symbol = result.unit.scope.ordinary.get("THE_VALUE");
	if (symbol?.kind !== "enum-constant") throw new Error("no value");
	return symbol.value;
}

export function recordOf(text: string, tag: string): RecordDefinition {
	const result = build(text);
	const type = result.unit.scope.tags.get(tag);
	if (type?.kind !== "record") throw new Error(result.diagnostics.map((d) => d.message).join("; "));
	return type.definition;
}

/** The tokens of a macro text after preprocessing, through a string made of them. */
export function expand(defines: string, text: string): string {
	const result = build(
		`${defines}\n#define STR_(...) #__VA_ARGS__\n#define STR(...) STR_(__VA_ARGS__)\nchar s[] = STR(${text});`,
	);
	const bytes = result.unit.globals.find((g) => g.symbol.name === "s")?.initializer?.items[0]?.bytes;
	if (!bytes) throw new Error(result.diagnostics.map((d) => d.message).join("; "));
	return new TextDecoder().decode(bytes.subarray(0, -1));
}

/** The expression that the first `return` of function `f` gives. */
export function returned(text: string): Expression {
	const result = build(text);
	const fn = result.unit.functions.find((f) => f.symbol.name === "f");
	for (const statement of fn?.body.statements ?? []) {
		if (statement.kind === "return" && statement.value) return statement.value;
	}
	throw new Error(result.diagnostics.map((d) => d.message).join("; ") || "no return");
}
