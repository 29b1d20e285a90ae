/** Devicetree source as one text with the way back to files, and a scanner over it. */

import type { DtDiagnostic, DtRange } from "./tree";

/** A piece of devicetree source. Its newlines are those of the file, so positions inside follow. */
export interface DtsChunk {
	text: string;
	file: string;
	/** 1-based line of the first character. */
	line: number;
	/** 1-based column of the first character; 1 when missing. */
	column?: number;
}

/** Unwinds to the statement that is being parsed; the diagnostic has been recorded. */
export class SyntaxStop extends Error {}

const NAME = /[A-Za-z0-9,._+*#?@-]+/y;
const LABEL = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<=^|\n)#[ \t]+\d+[^\n]*)+/y;

export class Scanner {
	readonly text: string;
	readonly diagnostics: DtDiagnostic[] = [];
	at = 0;
	private readonly starts: number[] = [];

	constructor(private readonly chunks: readonly DtsChunk[]) {
		let text = "";
		for (const chunk of chunks) {
			this.starts.push(text.length);
			text += `${chunk.text}\n`;
		}
		this.text = text;
	}

	get done(): boolean {
		this.space();
		return this.at >= this.text.length;
	}

	/** Skips white space, comments and line markers. */
	space(): void {
		SPACE.lastIndex = this.at;
		if (SPACE.test(this.text)) this.at = SPACE.lastIndex;
		if (this.text.startsWith("/*", this.at)) {
			this.report("DT002", "this comment is never closed: expected */", this.at, this.at + 2);
			this.at = this.text.length;
		}
	}

	/** Is the next thing this text? */
	looksAt(text: string): boolean {
		this.space();
		return this.text.startsWith(text, this.at);
	}

	/** Takes the text when it is next. */
	take(text: string): boolean {
		if (!this.looksAt(text)) return false;
		this.at += text.length;
		return true;
	}

	/** Takes the text or stops with "expected …". */
	expect(text: string, where: string): void {
		if (!this.take(text)) this.stop("DT001", `expected ${text} ${where}, found ${this.found()}`);
	}

	/** A node or property name, or undefined. */
	name(): string | undefined {
		return this.match(NAME);
	}

	/** A label's name, or undefined. */
	label(): string | undefined {
		return this.match(LABEL);
	}

	match(pattern: RegExp): string | undefined {
		this.space();
		pattern.lastIndex = this.at;
		const match = pattern.exec(this.text);
		if (match === null) return undefined;
		this.at += match[0].length;
		return match[0];
	}

	/** What stands here, for a message. */
	found(): string {
		this.space();
		if (this.at >= this.text.length) return "the end of the devicetree source";
		const match = /[A-Za-z0-9,._+*#?@-]+|"|[^\s]/y;
		match.lastIndex = this.at;
		const word = match.exec(this.text)?.[0] ?? "";
		return word === '"' ? "a string" : `"${word.length > 40 ? `${word.slice(0, 40)}…` : word}"`;
	}

	/** Records an error at what stands here and unwinds. */
	stop(code: string, message: string): never {
		this.space();
		const word = /[A-Za-z0-9,._+*#?@-]+/y;
		word.lastIndex = this.at;
		const length = word.exec(this.text)?.[0].length ?? 1;
		this.report(code, message, this.at, this.at + length);
		throw new SyntaxStop();
	}

	report(code: string, message: string, from: number, to: number, notes?: string[]): void {
		const range = this.range(from, to);
		this.diagnostics.push({ code, severity: "error", message, ...range, ...(notes ? { notes } : {}) });
	}

	range(from: number, to: number): DtRange {
		const start = this.place(Math.min(from, Math.max(0, this.text.length - 1)));
		const end = this.place(Math.min(Math.max(to, from), this.text.length));
		const same = start.file === end.file;
		return {
			file: start.file,
			line: start.line,
			column: start.column,
			endLine: same ? end.line : start.line,
			endColumn: same ? end.column : start.column + 1,
		};
	}

	private place(at: number): { file: string; line: number; column: number } {
		let low = 0;
		let high = this.starts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.starts[middle]! <= at) low = middle;
			else high = middle - 1;
		}
		const chunk = this.chunks[low];
		if (chunk === undefined) return { file: "", line: 1, column: 1 };
		const start = this.starts[low]!;
		let line = 0;
		let lineStart = start;
		for (let next = this.text.indexOf("\n", start); next >= 0 && next < at; next = this.text.indexOf("\n", next + 1)) {
			line++;
			lineStart = next + 1;
		}
		const column = at - lineStart + (line === 0 ? (chunk.column ?? 1) : 1);
		return { file: chunk.file, line: chunk.line + line, column };
	}
}
