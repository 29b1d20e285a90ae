/** What may stand at the cursor: the file is compiled with a name put in there that the compiler reports back. */
import { compile } from "../language/compile";
import type { Scope } from "../language/parser/parser";
import type { MacroTable } from "../language/preprocessor/macros";
import type { RecordDefinition } from "../language/types";
import { CURSOR_NAME } from "../language/watch";
import { type Surroundings, surroundings } from "./scan";
import type { Services } from "./services";

export type Wanted =
	| { readonly kind: "member"; readonly record: RecordDefinition }
	| { readonly kind: "name"; readonly scope: Scope; readonly macros: MacroTable };

/** Compiles with the cursor's name in place of `text` from `start` to `end`; null when the compiler never got there. */
export function probe(
	services: Services,
	path: string,
	text: string,
	start: number,
	end: number,
	readFile: Services["readFile"],
): Wanted | null {
	const around = surroundings(text, start);
	const before = text.slice(0, start);
	const after = text.slice(end);
	const name = isDesignator(before) ? designator(after) : CURSOR_NAME;
	// As it is; then with what is open closed; then the statement alone
	for (const filled of [name, `${name}${closing(around)};`, `${name};`]) {
		const wanted = attempt(services, path, before + filled + after, readFile);
		if (wanted) return wanted;
	}
	return null;
}

function attempt(services: Services, path: string, text: string, readFile: Services["readFile"]): Wanted | null {
	let scope: Scope | null = null;
	let record: RecordDefinition | null = null;
	const { macros } = compile({
		prelude: services.prelude,
		files: [{ path, text }],
		readFile,
		watcher: {
			name: () => {},
			macro: () => {},
			member: (_place, name, definition) => {
				if (name === CURSOR_NAME) record ??= definition;
			},
			scope: (found) => {
				scope ??= frozen(found);
			},
		},
	});
	if (record) return { kind: "member", record };
	return scope ? { kind: "name", scope, macros } : null;
}

/** The blocks of a function as they are now: later declarations do not count. */
function frozen(scope: Scope): Scope {
	if (scope.file) return scope;
	return { ...scope, ordinary: new Map(scope.ordinary), parent: scope.parent ? frozen(scope.parent) : null };
}

/** `.name` right behind `{` or `,` begins a member's initialiser. */
function isDesignator(before: string): boolean {
	return /[{,]\s*\.$/.test(before.slice(-200));
}

/** With what a designator needs to be one. */
function designator(after: string): string {
	const next = /^\s*(\S?)/.exec(after)?.[1] ?? "";
	if (next === "=" || next === "." || next === "[") return CURSOR_NAME;
	return next === "," || next === "}" ? `${CURSOR_NAME} = 0` : `${CURSOR_NAME} = 0,`;
}

/** What closes the brackets that are open inside the innermost block. */
function closing({ brackets }: Surroundings): string {
	let text = "";
	for (let i = brackets.length - 1; i >= 0 && brackets[i]!.character !== "{"; i--)
		text += brackets[i]!.character === "(" ? ")" : "]";
	return text;
}
