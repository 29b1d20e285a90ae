/**
 * Takes top-level devicetree source out of a file: which tokens begin it, and the text of it, rebuilt line by line so
 * that positions inside a chunk are those of the file. Comments become white space, macros their expansion.
 */
import type { DtsChunk } from "../source";
import { isName, T, type Token } from "./tokens";

/** Words after a `/` that begin a devicetree statement. */
const SLASH_WORDS = new Set(["dts", "plugin", "delete", "memreserve", "bits", "omit", "include"]);

/** True when devicetree source begins at tokens[at] (at the top level of the file, where no C can begin so). */
export function beginsDevicetree(tokens: readonly Token[], at: number): boolean {
	const first = tokens[at]!;
	const second = tokens[at + 1];
	if (!second) return false;
	if (first.kind === T.Slash) return second.kind === T.LeftBrace || SLASH_WORDS.has(second.text);
	if (first.kind === T.Amp) {
		if (second.kind === T.LeftBrace) return true;
		if (!isName(second)) return false;
		let i = at + 2;
		while (tokens[i]!.kind !== T.End && !tokens[i]!.bol && tokens[i]!.kind !== T.LeftBrace && i < at + 12) i++;
		return second.kind !== T.End && tokens[i]!.kind === T.LeftBrace;
	}
	return false;
}

/** Follows the nesting of devicetree source token by token. */
export class DevicetreeNesting {
	braces = 0;
	parens = 0;
	/** inside `<…>` */
	cells = false;

	/** True when this token is the last of the statement. */
	feed(token: Token): boolean {
		switch (token.kind) {
			case T.LeftBrace:
				this.braces++;
				break;
			case T.RightBrace:
				this.braces--;
				break;
			case T.LeftParen:
				this.parens++;
				break;
			case T.RightParen:
				this.parens--;
				break;
			case T.Less:
				if (this.parens <= 0) this.cells = true;
				break;
			case T.Greater:
			case T.ShiftRight:
				if (this.parens <= 0) this.cells = false;
				break;
			case T.Semicolon:
				this.parens = 0;
				this.cells = false;
				return this.braces <= 0;
		}
		return false;
	}
}

/** True when the token is not part of a longer devicetree name such as `dma-names` or `snps,nr-masters`. */
export function isWholeName(text: string, token: Token): boolean {
	const part = /[A-Za-z0-9,._+?#@-]/;
	const before = text[token.start - 1] ?? " ";
	const after = text[token.start + token.length] ?? " ";
	return !part.test(before) && !part.test(after);
}

/** Builds the text of one chunk. */
export class ChunkText {
	private text = "";
	private firstLine = 0;
	private line = 0;
	private end = 0;

	/** Adds a token as it stands, or `replacement` in its place. */
	add(token: Token, replacement = token.text): void {
		if (this.firstLine === 0) {
			this.firstLine = this.line = token.line;
			this.text = " ".repeat(token.column - 1);
		} else if (token.line > this.line) {
			this.text += "\n".repeat(token.line - this.line) + " ".repeat(token.column - 1);
			this.line = token.line;
		} else if (token.start > this.end) this.text += " ".repeat(token.start - this.end);
		this.text += replacement;
		this.end = token.start + token.length;
	}

	/** Text up to the end of this token has been replaced (the arguments of a macro). */
	replacedTo(token: Token): void {
		this.end = token.start + token.length;
	}

	/** Ends the chunk; null when nothing was added. */
	take(file: string): DtsChunk | null {
		if (this.firstLine === 0) return null;
		const chunk = { text: `${this.text}\n`, file, line: this.firstLine };
		this.text = "";
		this.firstLine = 0;
		return chunk;
	}
}
