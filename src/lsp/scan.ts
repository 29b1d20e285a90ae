/** What surrounds a place in a C text, found without parsing: works however broken the text is. */

export interface Bracket {
	readonly character: "(" | "[" | "{";
	/** offset of the bracket */
	readonly at: number;
	/** commas right inside it, up to the place */
	commas: number;
}

export interface Surroundings {
	readonly inside: "code" | "comment" | "string" | "character";
	/** offset of the opening quote or comment sign; the place itself in code */
	readonly start: number;
	/** open brackets, outermost first */
	readonly brackets: readonly Bracket[];
}

const OPENING: Readonly<Record<string, "(" | "[" | "{">> = { ")": "(", "]": "[", "}": "{" };

/** Looks from the start of the text to `offset`. */
export function surroundings(text: string, offset: number): Surroundings {
	const brackets: Bracket[] = [];
	let at = 0;
	const upTo = (end: number, inside: Surroundings["inside"], start: number): Surroundings | null => {
		at = end;
		return end > offset ? { inside, start, brackets } : null;
	};
	while (at < offset) {
		const c = text[at]!;
		let found: Surroundings | null = null;
		if (c === "/" && text[at + 1] === "/") {
			const end = text.indexOf("\n", at);
			found = upTo(end < 0 ? Number.POSITIVE_INFINITY : end + 1, "comment", at);
		} else if (c === "/" && text[at + 1] === "*") {
			const end = text.indexOf("*/", at + 2);
			found = upTo(end < 0 ? Number.POSITIVE_INFINITY : end + 2, "comment", at);
		} else if (c === '"' || c === "'") {
			const start = at;
			found = upTo(endOfQuoted(text, at), c === '"' ? "string" : "character", start);
		} else {
			bracket(brackets, c, at);
			at++;
		}
		if (found) return found;
	}
	return { inside: "code", start: offset, brackets };
}

/** Offset behind a literal, which ends on its line at the latest. */
function endOfQuoted(text: string, from: number): number {
	const quote = text[from];
	let at = from + 1;
	while (at < text.length) {
		const c = text[at];
		if (c === "\n") return at;
		if (c === quote) return at + 1;
		at += c === "\\" ? 2 : 1;
	}
	return Number.POSITIVE_INFINITY;
}

function bracket(brackets: Bracket[], c: string, at: number): void {
	if (c === "(" || c === "[" || c === "{") {
		brackets.push({ character: c, at, commas: 0 });
		return;
	}
	if (c === ",") {
		const last = brackets[brackets.length - 1];
		if (last) last.commas++;
		return;
	}
	const opening = OPENING[c];
	if (opening === undefined) return;
	const index = brackets.findLastIndex(({ character }) => character === opening);
	// a brace closes what was left open inside it; a stray parenthesis closes nothing
	if (index >= 0 && (c === "}" || index === brackets.length - 1)) brackets.length = index;
}

export interface Word {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** The C name around an offset; empty when there is none. */
export function wordAt(text: string, offset: number): Word {
	let start = offset;
	let end = offset;
	while (start > 0 && /\w/.test(text[start - 1]!)) start--;
	while (end < text.length && /\w/.test(text[end]!)) end++;
	return { text: text.slice(start, end), start, end };
}

/** The text of the line up to the offset. */
export function lineBefore(text: string, offset: number): string {
	return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

/** The whole line around an offset. */
export function lineAround(text: string, offset: number): { text: string; start: number } {
	const start = text.lastIndexOf("\n", offset - 1) + 1;
	const end = text.indexOf("\n", offset);
	return { text: text.slice(start, end < 0 ? text.length : end), start };
}

/** The goto labels of the function around an offset, with their offsets; none outside of functions. */
export function gotoLabels(text: string, offset: number): Map<string, number> {
	const found = new Map<string, number>();
	const start = surroundings(text, offset).brackets.find(({ character }) => character === "{")?.at;
	if (start === undefined) return found;
	const end = text.indexOf("\n}", start);
	const label = /^[ \t]*([A-Za-z_]\w*)[ \t]*:(?!:)/gm;
	label.lastIndex = start;
	for (let match = label.exec(text); match && (end < 0 || match.index < end); match = label.exec(text)) {
		const name = match[1] ?? "";
		if (name !== "default") found.set(name, match.index + match[0].indexOf(name));
	}
	return found;
}
