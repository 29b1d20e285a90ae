/** Which names of a C text are shown with their values at the ends of their lines when the machine stops there. */

export interface NamePlace {
	readonly name: string;
	/** 0-based, as is `column`. */
	readonly line: number;
	readonly column: number;
}

const KEYWORDS = new Set(
	`auto bool break case char const continue default do double else enum extern float for goto if inline int long
	register restrict return short signed sizeof static struct switch typedef typeof union unsigned void volatile while
	true false NULL`.split(/\s+/),
);

/**
 * The names on lines of the function that holds `stopped`, from its head to that line: each once a line, no members, no
 * function calls, no tags. Whether there is a variable of such a name is for the debugger to say.
 */
export function inlineNames(text: string, stopped: number, first: number, last: number): NamePlace[] {
	const lines = withoutComments(text).split(/\r?\n/);
	const from = Math.max(functionHead(lines, stopped), first);
	const found: NamePlace[] = [];
	for (let line = from; line <= Math.min(stopped, last, lines.length - 1); line++) {
		const code = lines[line] ?? "";
		if (/^\s*#/.test(code)) continue;
		const seen = new Set<string>();
		for (const match of code.matchAll(/(?<![\w.]|->)[A-Za-z_]\w*/g)) {
			const [name] = match;
			const before = code.slice(0, match.index);
			const after = code.slice(match.index + name.length);
			if (KEYWORDS.has(name) || seen.has(name) || /(\.|->)\s*$/.test(before)) continue;
			if (/^\s*\(/.test(after) || /\b(struct|union|enum|goto)\s+$/.test(before)) continue;
			seen.add(name);
			found.push({ name, line, column: match.index });
		}
	}
	return found;
}

/** First line of the function around a line: kernel code has its head in column 0. */
function functionHead(lines: readonly string[], stopped: number): number {
	let line = Math.min(stopped, lines.length - 1);
	while (line > 0 && !/^(\{|[A-Za-z_].*\{\s*$)/.test(lines[line] ?? "")) line--;
	while (line > 0 && /^[{\s]/.test(lines[line] ?? "") && !/^\s*$/.test(lines[line - 1] ?? "")) line--;
	return line;
}

/** The text with comments and literals blanked: places stay what they are. */
function withoutComments(text: string): string {
	return text.replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (part) =>
		part.replace(/[^\n]/g, " "),
	);
}
