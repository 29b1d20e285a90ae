/** C text to a checked unit, with a prelude of a few declarations. */
import { compile, createPrelude } from "../../../src/language/compile";
import type { CheckedUnit } from "../../../src/language/tree";

const PRELUDE = `
typedef __builtin_va_list va_list;
#define va_start(list, last) __builtin_va_start(list, last)
#define va_arg(list, type) __builtin_va_arg(list, type)
#define va_end(list) __builtin_va_end(list)
#define va_copy(to, from) __builtin_va_copy(to, from)
#define NULL ((void *)0)
int kernel_add(int a, int b);
`;

export const testPrelude = createPrelude(PRELUDE);

export function compileC(text: string): CheckedUnit {
	const { unit, diagnostics } = compile({
		prelude: testPrelude,
		files: [{ path: "test.c", text }],
		readFile: () => null,
		isBuiltinHeader: () => true,
	});
	const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
	if (errors.length > 0) throw new Error(errors.map((e) => `${e.line}:${e.column} ${e.message}`).join("\n"));
	return unit;
}
