/** The lexer: a file's text into tokens, one pass over char codes. */
import { KEYWORDS, T, Token } from "./tokens";

enum C {
	Other,
	Space,
	Name,
	Digit,
	Quote,
	Punctuator,
}

const CLASS = new Uint8Array(128);
for (const c of " \t\r\f\v") CLASS[c.charCodeAt(0)] = C.Space;
for (let c = 0; c < 26; c++) CLASS[65 + c] = CLASS[97 + c] = C.Name;
CLASS[95] = CLASS[36] = C.Name;
for (let c = 48; c < 58; c++) CLASS[c] = C.Digit;
CLASS[34] = CLASS[39] = C.Quote;
for (const c of "#()[]{};,:?.+-*/%&|^~!<>=") CLASS[c.charCodeAt(0)] = C.Punctuator;

/** Longest first within one leading character. */
const PUNCTUATORS: readonly (readonly [string, T])[] = [
	["...", T.Ellipsis],
	["<<=", T.ShiftLeftAssign],
	[">>=", T.ShiftRightAssign],
	["->", T.Arrow],
	["++", T.PlusPlus],
	["--", T.MinusMinus],
	["<<", T.ShiftLeft],
	[">>", T.ShiftRight],
	["<=", T.LessEqual],
	[">=", T.GreaterEqual],
	["==", T.EqualEqual],
	["!=", T.NotEqual],
	["&&", T.AmpAmp],
	["||", T.PipePipe],
	["+=", T.PlusAssign],
	["-=", T.MinusAssign],
	["*=", T.StarAssign],
	["/=", T.SlashAssign],
	["%=", T.PercentAssign],
	["&=", T.AmpAssign],
	["|=", T.PipeAssign],
	["^=", T.CaretAssign],
	["##", T.HashHash],
	["#", T.Hash],
	["(", T.LeftParen],
	[")", T.RightParen],
	["[", T.LeftBracket],
	["]", T.RightBracket],
	["{", T.LeftBrace],
	["}", T.RightBrace],
	[";", T.Semicolon],
	[",", T.Comma],
	[":", T.Colon],
	["?", T.Question],
	[".", T.Dot],
	["+", T.Plus],
	["-", T.Minus],
	["*", T.Star],
	["/", T.Slash],
	["%", T.Percent],
	["&", T.Amp],
	["|", T.Pipe],
	["^", T.Caret],
	["~", T.Tilde],
	["!", T.Not],
	["<", T.Less],
	[">", T.Greater],
	["=", T.Assign],
];
const BY_FIRST: (readonly (readonly [string, T])[])[] = [];
for (const entry of PUNCTUATORS) {
	const first = entry[0].charCodeAt(0);
	BY_FIRST[first] = PUNCTUATORS.filter((other) => other[0].charCodeAt(0) === first);
}

function isNameCode(c: number): boolean {
	return c < 128
		? CLASS[c] === C.Name || CLASS[c] === C.Digit
		: c !== 0x2028 && c !== 0x2029 && c !== 0xa0 && c !== 0xfeff;
}

/** Called for an unterminated comment; unterminated literals are tokens without their closing quote. */
export type LexError = (line: number, column: number) => void;

/** All tokens of a text, the last one `End`. Lines and columns are 1-based, columns in UTF-16 units. */
export function lex(text: string, file: number, onOpenComment?: LexError, firstLine = 1): Token[] {
	const tokens: Token[] = [];
	const end = text.length;
	let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
	let line = firstLine;
	let lineStart = at;
	let bol = true;
	let space = false;

	function push(kind: T, start: number, stop: number, body = text.slice(start, stop)): void {
		const token = new Token(kind, body, file, line, start - lineStart + 1, stop - start, start);
		token.bol = bol;
		token.space = space;
		tokens.push(token);
		bol = false;
		space = false;
	}

	while (at < end) {
		const c = text.charCodeAt(at);
		if (c === 10) {
			at++;
			line++;
			lineStart = at;
			bol = true;
			continue;
		}
		const group = c < 128 ? CLASS[c]! : isNameCode(c) ? C.Name : C.Space;
		switch (group) {
			case C.Space:
				at++;
				space = true;
				continue;
			case C.Name: {
				const start = at++;
				while (at < end && isNameCode(text.charCodeAt(at))) at++;
				const name = text.slice(start, at);
				push(KEYWORDS.get(name) ?? T.Identifier, start, at, name);
				continue;
			}
			case C.Digit:
				at = number(at);
				continue;
			case C.Quote: {
				at = literal(at, c);
				continue;
			}
			case C.Punctuator: {
				if (c === 47) {
					const next = text.charCodeAt(at + 1);
					if (next === 47) {
						lineComment();
						continue;
					}
					if (next === 42) {
						blockComment();
						continue;
					}
				}
				if (c === 46 && CLASS[text.charCodeAt(at + 1)] === C.Digit) {
					at = number(at);
					continue;
				}
				for (const [spelling, kind] of BY_FIRST[c]!) {
					if (spelling.length === 1 || text.startsWith(spelling, at)) {
						push(kind, at, at + spelling.length, spelling);
						at += spelling.length;
						break;
					}
				}
				// ".." leaves the loop on "."
				continue;
			}
			default: {
				if (c === 92) {
					const splice = spliceLength(at);
					if (splice > 0) {
						at += splice;
						line++;
						lineStart = at;
						space = true;
						continue;
					}
				}
				push(T.Other, at, at + 1);
				at++;
			}
		}
	}
	bol = true;
	push(T.End, end, end, "");
	return tokens;

	/** Length of a backslash-newline here, 0 when there is none. */
	function spliceLength(position: number): number {
		let p = position + 1;
		while (text.charCodeAt(p) === 32 || text.charCodeAt(p) === 9 || text.charCodeAt(p) === 13) p++;
		return text.charCodeAt(p) === 10 ? p + 1 - position : 0;
	}

	function number(start: number): number {
		let p = start;
		const hex = text.charCodeAt(p) === 48 && (text.charCodeAt(p + 1) | 32) === 120;
		for (; p < end; p++) {
			const c = text.charCodeAt(p);
			if (c === 46) continue;
			if (!(c < 128 && (CLASS[c] === C.Name || CLASS[c] === C.Digit))) break;
			const lower = c | 32;
			if ((lower === 101 && !hex) || lower === 112) {
				const sign = text.charCodeAt(p + 1);
				if (sign === 43 || sign === 45) p++;
			}
		}
		push(T.Number, start, p);
		return p;
	}

	/** A literal ends at its quote or, broken, at the end of the line. Backslash-newlines inside are removed. */
	function literal(start: number, quote: number): number {
		let p = start + 1;
		let splices = 0;
		let newStart = lineStart;
		while (p < end) {
			const c = text.charCodeAt(p);
			if (c === quote) {
				p++;
				break;
			}
			if (c === 10) break;
			if (c === 92) {
				const splice = spliceLength(p);
				if (splice > 0) {
					splices++;
					p += splice;
					newStart = p;
					continue;
				}
				p++;
			}
			p++;
		}
		if (p > end) p = end;
		const body = text.slice(start, p);
		push(quote === 34 ? T.String : T.Char, start, p, splices > 0 ? body.replace(/\\[ \t\r]*\n/g, "") : body);
		line += splices;
		lineStart = newStart;
		return p;
	}

	function lineComment(): void {
		at += 2;
		while (at < end) {
			const c = text.charCodeAt(at);
			if (c === 10) break;
			if (c === 92) {
				const splice = spliceLength(at);
				if (splice > 0) {
					at += splice;
					line++;
					lineStart = at;
					continue;
				}
			}
			at++;
		}
		space = true;
	}

	function blockComment(): void {
		const startLine = line;
		const startColumn = at - lineStart + 1;
		at += 2;
		for (;;) {
			if (at >= end) {
				onOpenComment?.(startLine, startColumn);
				return;
			}
			const c = text.charCodeAt(at);
			if (c === 42 && text.charCodeAt(at + 1) === 47) break;
			if (c === 10) {
				line++;
				lineStart = at + 1;
			}
			at++;
		}
		at += 2;
		space = true;
	}
}
