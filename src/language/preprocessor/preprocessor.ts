/**
 * The preprocessor: files into one list of expanded tokens, with the devicetree source taken out.
 * Behaves as GNU C's; language.md section 1 says what `#include` means here.
 */
import type { Diagnostics } from "../diagnostics";
import type { DtsChunk, Place } from "../source";
import type { Watcher } from "../watch";
import { ConditionError, evaluateCondition } from "./condition";
import { beginsDevicetree, ChunkText, DevicetreeNesting, isWholeName } from "./devicetree-text";
import { Expander, spell, type TokenFeed } from "./expander";
import { hasBuiltinTwin, isBuiltinHeader, resolvePath } from "./headers";
import { lex } from "./lexer";
import { unescapeText } from "./literals";
import type { Macro, MacroTable } from "./macros";
import { isName, T, Token } from "./tokens";

const INCLUDE_DEPTH = 64;
/** bytes (UTF-16 units) of one file */
const FILE_SIZE = 4 * 1024 * 1024;

const DIRECTIVES = new Set(
	"define undef include include_next if ifdef ifndef elif elifdef elifndef else endif error warning line pragma ident import".split(
		" ",
	),
);

export interface PreprocessOptions {
	readonly files: string[];
	readonly diagnostics: Diagnostics;
	readonly macros: MacroTable;
	/** the prelude's macros, which user files may redefine without a word */
	readonly outer: MacroTable | null;
	/** the text of a file, null when there is none */
	readonly readFile: (path: string) => string | null;
	/** more headers that are accepted silently */
	readonly isBuiltin?: ((path: string) => boolean) | undefined;
	/** told of each expansion */
	readonly watcher?: Watcher | undefined;
}

interface Conditional {
	readonly token: Token;
	/** this group's tokens are wanted */
	live: boolean;
	/** a group has been taken already */
	taken: boolean;
	/** the whole conditional is inside a skipped group */
	readonly dead: boolean;
	sawElse: boolean;
}

interface Frame {
	readonly path: string;
	readonly text: string;
	readonly tokens: Token[];
	at: number;
	readonly conditionals: Conditional[];
	/** all groups around are live */
	live: boolean;
}

export class Preprocessor {
	readonly out: Token[] = [];
	readonly dts: DtsChunk[] = [];
	includesBoard: string | null = null;
	private readonly expander: Expander;
	private readonly stack: Frame[] = [];
	private readonly once = new Set<string>();
	private depth = 0;
	private chunk: ChunkText | null = null;

	constructor(private readonly options: PreprocessOptions) {
		this.expander = new Expander(options.macros, options.outer, options.files, options.diagnostics);
		this.expander.watcher = options.watcher ?? null;
	}

	/** Preprocesses the main file; its tokens are in `out`, the last one `End`. */
	run(path: string, text: string): void {
		this.expander.mainFile = path;
		this.file(path, text);
		const end = new Token(T.End, "", 0, 1, 1, 1, 0);
		const frameEnd = this.lastEnd;
		this.out.push(frameEnd ?? end);
	}
	private lastEnd: Token | null = null;

	private file(path: string, text: string): void {
		const { files, diagnostics } = this.options;
		let index = files.indexOf(path);
		if (index < 0) index = files.push(path) - 1;
		const place: Place = { file: index, line: 1, column: 1, length: 1, spelled: null, macro: null };
		if (text.length > FILE_SIZE) {
			diagnostics.report("fileTooLarge", place, [path]);
			text = "";
		}
		const tokens = lex(text, index, (line, column) =>
			diagnostics.report("openComment", { ...place, line, column, length: 2 }),
		);
		const frame: Frame = { path, text, tokens, at: 0, conditionals: [], live: true };
		this.stack.push(frame);
		this.expander.includeLevel = this.stack.length - 1;
		this.read(frame);
		for (const open of frame.conditionals) diagnostics.report("conditionOpen", open.token, [open.token.text]);
		this.stack.pop();
		this.expander.includeLevel = this.stack.length - 1;
		this.lastEnd = tokens[tokens.length - 1]!;
	}

	private read(frame: Frame): void {
		const tokens = frame.tokens;
		const feed: TokenFeed = {
			peek: () => {
				const token = tokens[frame.at]!;
				return token.kind === T.End || (token.kind === T.Hash && token.bol && this.isDirective(frame, frame.at))
					? null
					: token;
			},
			next: () => {
				// directives among a macro's arguments work as everywhere
				while (tokens[frame.at]!.kind === T.Hash && tokens[frame.at]!.bol && this.isDirective(frame, frame.at)) {
					this.directive(frame);
					if (!frame.live) this.skip(frame);
				}
				const token = tokens[frame.at]!;
				if (token.kind === T.End) return null;
				frame.at++;
				return token;
			},
		};
		for (;;) {
			const token = tokens[frame.at]!;
			if (token.kind === T.End) return;
			if (token.kind === T.Hash && token.bol) {
				this.directive(frame);
				if (!frame.live) this.skip(frame);
				continue;
			}
			if (
				this.depth === 0 &&
				(token.kind === T.Slash || token.kind === T.Amp) &&
				this.betweenDeclarations() &&
				beginsDevicetree(tokens, frame.at)
			) {
				this.devicetree(frame, feed);
				continue;
			}
			frame.at++;
			if ((token.kind === T.Identifier || token.kind >= T.FirstKeyword) && this.expander.isMacro(token)) {
				const from = this.out.length;
				this.expander.expandUse(token, feed, this.out);
				for (let i = from; i < this.out.length; i++) this.count(this.out[i]!);
				continue;
			}
			this.count(token);
			this.out.push(token);
		}
	}

	/** The C before here is complete (macros such as EXPORT_SYMBOL(x) need no semicolon). */
	private betweenDeclarations(): boolean {
		const last = this.out[this.out.length - 1];
		if (!last) return true;
		return last.kind === T.Semicolon || last.kind === T.RightBrace || last.kind === T.RightParen;
	}

	private count(token: Token): void {
		const kind = token.kind;
		if (kind === T.LeftBrace || kind === T.LeftParen || kind === T.LeftBracket) this.depth++;
		else if (kind === T.RightBrace || kind === T.RightParen || kind === T.RightBracket) {
			if (this.depth > 0) this.depth--;
		}
	}

	/** Passes over a group that is not wanted, up to the directive that ends it. */
	private skip(frame: Frame): void {
		const tokens = frame.tokens;
		while (!frame.live) {
			const token = tokens[frame.at]!;
			if (token.kind === T.End) return;
			if (token.kind === T.Hash && token.bol) this.directive(frame);
			else frame.at++;
		}
	}

	// ------------------------------------------------------------ devicetree

	private devicetree(frame: Frame, feed: TokenFeed): void {
		const nesting = new DevicetreeNesting();
		const text = new ChunkText();
		this.chunk = text;
		const tokens = frame.tokens;
		for (;;) {
			const token = tokens[frame.at]!;
			if (token.kind === T.End) break;
			if (token.kind === T.Hash && token.bol && this.isDirective(frame, frame.at)) {
				this.directive(frame);
				if (!frame.live) this.skip(frame);
				this.chunk = text;
				continue;
			}
			frame.at++;
			if (isName(token) && this.expandsInDevicetree(frame, token, nesting)) {
				const made: Token[] = [];
				this.expander.expandUse(token, feed, made);
				text.add(token, spell(made));
				text.replacedTo(tokens[frame.at - 1]!);
				for (const t of made) nesting.feed(t);
				continue;
			}
			text.add(token);
			if (nesting.feed(token)) break;
		}
		this.flush(frame);
		this.chunk = null;
	}

	private flush(frame: Frame): void {
		const chunk = this.chunk?.take(frame.path);
		if (chunk) this.dts.push(chunk);
	}

	/** The user's macros replace whole names; those of the kernel's headers only constants in cells, in capitals. */
	private expandsInDevicetree(frame: Frame, token: Token, nesting: DevicetreeNesting): boolean {
		if (!this.expander.isMacro(token)) return false;
		const inValue = nesting.cells || nesting.parens > 0;
		if (!inValue && !isWholeName(frame.text, token)) return false;
		if (this.options.macros.has(token.text)) return frame.text[token.start - 1] !== "&" || nesting.parens > 0;
		return inValue && /^[A-Z_0-9]+$/.test(token.text) && frame.text[token.start - 1] !== "&";
	}

	// ------------------------------------------------------------ directives

	/** In devicetree source `#address-cells` begins a line and is no directive. */
	private isDirective(frame: Frame, at: number): boolean {
		const name = frame.tokens[at + 1];
		if (!name || name.bol || !DIRECTIVES.has(name.text)) return false;
		const after = frame.text[name.start + name.length] ?? "\n";
		return after !== "-" && after !== ",";
	}

	private directive(frame: Frame): void {
		const { diagnostics } = this.options;
		const tokens = frame.tokens;
		const from = ++frame.at;
		let to = from;
		while (!tokens[to]!.bol) to++;
		frame.at = to;
		if (to === from) return;
		const name = tokens[from]!;
		const rest = tokens.slice(from + 1, to);
		switch (name.text) {
			case "if":
			case "ifdef":
			case "ifndef":
				this.open(frame, name, rest);
				return;
			case "elif":
			case "elifdef":
			case "elifndef":
			case "else":
				this.another(frame, name, rest);
				return;
			case "endif": {
				const closed = frame.conditionals.pop();
				if (!closed) diagnostics.report("conditionStray", name, [name.text]);
				frame.live = frame.conditionals.every((c) => c.live);
				return;
			}
		}
		if (!frame.live) return;
		switch (name.text) {
			case "define":
				this.define(name, rest);
				return;
			case "undef":
				if (!rest[0] || !isName(rest[0])) diagnostics.report("macroName", name, ["undef"]);
				else this.options.macros.set(rest[0].text, null);
				return;
			case "include":
			case "include_next":
			case "import":
				this.include(frame, name, rest);
				return;
			case "error":
				diagnostics.report("userError", name, [lineText(frame, rest)]);
				return;
			case "warning":
				diagnostics.report("userWarning", name, [lineText(frame, rest)]);
				return;
			case "line":
				this.line(frame, name, rest);
				return;
			case "pragma":
				if (rest[0]?.text === "once") this.once.add(frame.path);
				return;
			case "ident":
				return;
			default:
				if (name.kind === T.Number) return;
				diagnostics.report("directiveUnknown", name, [name.text]);
		}
	}

	private open(frame: Frame, name: Token, rest: Token[]): void {
		const dead = !frame.live;
		const live = !dead && this.condition(name, rest);
		frame.conditionals.push({ token: name, live, taken: live, dead, sawElse: false });
		frame.live = live;
	}

	private another(frame: Frame, name: Token, rest: Token[]): void {
		const { diagnostics } = this.options;
		const current = frame.conditionals[frame.conditionals.length - 1];
		if (!current) {
			diagnostics.report("conditionStray", name, [name.text]);
			return;
		}
		if (current.sawElse) diagnostics.report("conditionAfterElse", name, [name.text]);
		if (name.text === "else") current.sawElse = true;
		if (current.dead) return;
		current.live = !current.taken && (name.text === "else" || this.condition(name, rest));
		if (current.live) current.taken = true;
		frame.live = current.live;
	}

	private condition(name: Token, rest: Token[]): boolean {
		const { diagnostics } = this.options;
		if (name.text.endsWith("def")) {
			if (!rest[0] || !isName(rest[0])) {
				diagnostics.report("macroName", name, [name.text]);
				return false;
			}
			return (this.expander.lookup(rest[0].text) !== null) !== name.text.endsWith("ndef");
		}
		try {
			return evaluateCondition(this.expander.expandList(this.answerDefined(rest)));
		} catch (error) {
			if (!(error instanceof ConditionError)) throw error;
			diagnostics.report("conditionBad", error.token ?? name, [name.text, error.message]);
			return false;
		}
	}

	/** Replaces `defined X`, `__has_attribute(X)` and relatives by 0 or 1. */
	private answerDefined(tokens: Token[]): Token[] {
		const out: Token[] = [];
		for (let i = 0; i < tokens.length; i++) {
			const token = tokens[i]!;
			const isDefined = token.text === "defined";
			if (!isDefined && !(token.text.startsWith("__has_") && isName(token))) {
				out.push(token);
				continue;
			}
			const paren = tokens[i + 1]?.kind === T.LeftParen;
			let end = i + 1;
			if (paren) while (end < tokens.length && tokens[end]!.kind !== T.RightParen) end++;
			const name = tokens[i + (paren ? 2 : 1)];
			if (!name || (isDefined && !isName(name)) || (paren && end >= tokens.length)) {
				throw new ConditionError(`'${token.text}' expects a name`, token);
			}
			let answer = this.expander.lookup(name.text) !== null;
			if (!isDefined) {
				answer =
					token.text === "__has_include" ? this.hasInclude(tokens.slice(i + 2, end)) : token.text !== "__has_feature";
			}
			const value = new Token(
				T.Number,
				answer ? "1" : "0",
				token.file,
				token.line,
				token.column,
				token.length,
				token.start,
			);
			out.push(value);
			i = end;
		}
		return out;
	}

	private hasInclude(tokens: Token[]): boolean {
		const first = tokens[0];
		if (first?.kind === T.String) {
			const path = first.text.slice(1, -1);
			const from = this.stack[this.stack.length - 1]!.path;
			return this.options.readFile(resolvePath(from, path)) !== null || hasBuiltinTwin(path);
		}
		return isBuiltinHeader(
			tokens
				.slice(1, -1)
				.map((t) => t.text)
				.join(""),
		);
	}

	private define(directive: Token, rest: Token[]): void {
		const { diagnostics, macros } = this.options;
		const name = rest[0];
		if (!name || !isName(name) || name.text === "defined") {
			diagnostics.report("macroName", name ?? directive, ["define"]);
			return;
		}
		let at = 1;
		let parameters: string[] | null = null;
		let variadic = false;
		if (rest[1]?.kind === T.LeftParen && !rest[1].space) {
			parameters = [];
			at = 2;
			const bad = (why: string): void => {
				diagnostics.report("macroParameters", rest[at] ?? name, [name.text, why]);
			};
			if (rest[at]?.kind === T.RightParen) at++;
			else
				for (;;) {
					const token = rest[at];
					if (token?.kind === T.Ellipsis) {
						parameters.push("__VA_ARGS__");
						variadic = true;
						at++;
					} else if (token && isName(token)) {
						if (parameters.includes(token.text)) {
							bad(`'${token.text}' appears twice`);
							return;
						}
						parameters.push(token.text);
						at++;
						if (rest[at]?.kind === T.Ellipsis) {
							variadic = true;
							at++;
						}
					} else {
						bad("a parameter name expected");
						return;
					}
					if (rest[at]?.kind === T.RightParen) {
						at++;
						break;
					}
					if (variadic || rest[at]?.kind !== T.Comma) {
						bad("',' or ')' expected");
						return;
					}
					at++;
				}
		}
		const body = rest.slice(at);
		if (body[0]?.kind === T.HashHash || body[body.length - 1]?.kind === T.HashHash) {
			diagnostics.report("macroPasteEnd", name, [name.text]);
			return;
		}
		if (parameters) {
			for (let i = 0; i < body.length; i++) {
				const next = body[i + 1]?.text ?? "";
				if (body[i]!.kind === T.Hash && !parameters.includes(next) && next !== "__VA_OPT__") {
					diagnostics.report("macroHash", body[i]!, [name.text]);
					return;
				}
			}
		}
		const before = macros.get(name.text);
		if (before && !before.special && !sameMacro(before, parameters, body)) {
			diagnostics.report("macroRedefined", name, [name.text]);
		}
		macros.set(name.text, { name: name.text, parameters, variadic, body, place: name, special: null, disabled: false });
	}

	private line(frame: Frame, name: Token, rest: Token[]): void {
		const expanded = this.expander.expandList(rest);
		const number = expanded[0];
		if (number?.kind !== T.Number || !/^[0-9]+$/.test(number.text) || (expanded[1] && expanded[1].kind !== T.String)) {
			this.options.diagnostics.report("lineForm", name);
			return;
		}
		const shift = Number(number.text) - (name.line + 1);
		let file = name.file;
		if (expanded[1]) {
			const path = expanded[1].text.slice(1, -1);
			file = this.options.files.indexOf(path);
			if (file < 0) file = this.options.files.push(path) - 1;
		}
		for (let i = frame.at; i < frame.tokens.length; i++) {
			frame.tokens[i]!.line += shift;
			frame.tokens[i]!.file = file;
		}
	}

	// ------------------------------------------------------------ #include

	private include(frame: Frame, name: Token, rest: Token[]): void {
		const { diagnostics } = this.options;
		let tokens = rest;
		if (tokens[0] && tokens[0].kind !== T.String && tokens[0].kind !== T.Less)
			tokens = this.expander.expandList(tokens);
		const first = tokens[0];
		if (first?.kind === T.String) {
			const path = new TextDecoder().decode(unescapeText(first.text.slice(1, -1), () => {}));
			if (tokens.length > 1) diagnostics.report("extraTokens", tokens[1]!, ["include"]);
			this.quoted(frame, first, path);
			return;
		}
		const close = tokens.findIndex((t) => t.kind === T.Greater);
		if (first?.kind !== T.Less || close < 0) {
			diagnostics.report("includeForm", first ?? name);
			return;
		}
		// the path is the text between the brackets: "linux/8250.h" is not one token
		const last = tokens[close]!;
		const written = first.spelled === null ? frame.text.slice(first.start + 1, last.start) : null;
		this.angled(
			path(first, last),
			(
				written ??
				tokens
					.slice(1, close)
					.map((t) => t.text)
					.join("")
			).trim(),
		);
		function path(a: Token, b: Token): Place {
			return {
				file: a.file,
				line: a.line,
				column: a.column,
				length: Math.max(1, b.column + 1 - a.column),
				spelled: null,
				macro: null,
			};
		}
	}

	private angled(place: Place, path: string): void {
		const { diagnostics } = this.options;
		const board = /^board\/(.+)\.dtsi$/.exec(path);
		if (board) {
			if (this.includesBoard !== null && this.includesBoard !== board[1]) {
				diagnostics.report("boardTwice", place, [board[1]!, this.includesBoard]);
			} else this.includesBoard = board[1]!;
			return;
		}
		if (!isBuiltinHeader(path) && !this.options.isBuiltin?.(path)) diagnostics.report("includeUnknown", place, [path]);
	}

	private quoted(frame: Frame, token: Token, path: string): void {
		const { diagnostics } = this.options;
		const full = resolvePath(frame.path, path);
		if (this.once.has(full)) return;
		const text = this.options.readFile(full);
		if (text === null) {
			if (!hasBuiltinTwin(path) && !this.options.isBuiltin?.(path)) diagnostics.report("includeMissing", token, [path]);
			return;
		}
		const active = this.stack.findIndex((f) => f.path === full);
		if (active >= 0) {
			if (this.isGuarded(this.stack[active]!)) return;
			const chain = [...this.stack.slice(active).map((f) => f.path), full].join(" includes ");
			diagnostics.report("includeCycle", token, [path, chain]);
			return;
		}
		if (this.stack.length > INCLUDE_DEPTH) {
			diagnostics.report("includeDepth", token, [INCLUDE_DEPTH]);
			return;
		}
		const chunk = this.chunk;
		if (chunk) this.flush(frame);
		this.chunk = null;
		if (chunk) this.insideDevicetree(full, text);
		else this.file(full, text);
		this.chunk = chunk;
	}

	/** A file included inside a node is devicetree source from its first character. */
	private insideDevicetree(path: string, text: string): void {
		let index = this.options.files.indexOf(path);
		if (index < 0) index = this.options.files.push(path) - 1;
		if (text.length > 0) this.dts.push({ text: text.endsWith("\n") ? text : `${text}\n`, file: path, line: 1 });
	}

	/** The file begins with `#ifndef X` and X is defined by now: including it again gives nothing. */
	private isGuarded(frame: Frame): boolean {
		const [hash, word, name] = frame.tokens;
		return (
			hash?.kind === T.Hash && word?.text === "ifndef" && name !== undefined && this.expander.lookup(name.text) !== null
		);
	}
}

function lineText(frame: Frame, rest: Token[]): string {
	const first = rest[0];
	const last = rest[rest.length - 1];
	return first && last ? frame.text.slice(first.start, last.start + last.length) : "";
}

function sameMacro(macro: Macro, parameters: readonly string[] | null, body: readonly Token[]): boolean {
	return (
		(macro.parameters === null) === (parameters === null) &&
		(macro.parameters ?? []).join() === (parameters ?? []).join() &&
		spell(macro.body) === spell(body)
	);
}
