/**
 * Macro expansion. Works like GCC's: a stack of token lists, a macro being disabled while its list is on the stack;
 * arguments are expanded on their own before they are put in.
 */
import type { Diagnostics } from "../diagnostics";
import type { MacroUse, Place } from "../source";
import type { Watcher } from "../watch";
import { lex } from "./lexer";
import type { Macro, MacroTable } from "./macros";
import { isName, T, Token } from "./tokens";

/** Tokens that one outermost use may give: keeps macro bombs from eating the host. */
const EXPANSION_LIMIT = 2_000_000;

interface Context {
	readonly tokens: readonly Token[];
	index: number;
	readonly macro: Macro | null;
}

/** Where more tokens come from when a macro's name is last in an expansion: the rest of the file. */
export interface TokenFeed {
	peek(): Token | null;
	next(): Token | null;
}

export class Expander {
	private stack: Context[] = [];
	private produced = 0;
	private counter = 0;
	/** file names for __FILE__ and __BASE_FILE__ */
	mainFile = "";
	/** an editor that wants to know of each expansion */
	watcher: Watcher | null = null;
	includeLevel = 0;

	constructor(
		private readonly macros: MacroTable,
		private readonly outer: MacroTable | null,
		private readonly files: readonly string[],
		private readonly diagnostics: Diagnostics,
	) {}

	lookup(name: string): Macro | null {
		const own = this.macros.get(name);
		if (own !== undefined) return own;
		return this.outer?.get(name) ?? null;
	}

	/** True when the token is the name of a macro that can be expanded here. */
	isMacro(token: Token): boolean {
		return isName(token) && !token.painted && this.lookup(token.text) !== null;
	}

	/** Expands the macro use at `token` (just taken from `feed`); what comes out is appended to `out`. */
	expandUse(token: Token, feed: TokenFeed | null, out: Token[]): void {
		this.produced = 0;
		this.stack.push({ tokens: [token], index: 0, macro: null });
		this.drain(0, feed, out);
	}

	/** Expands a list on its own. */
	expandList(tokens: readonly Token[]): Token[] {
		const out: Token[] = [];
		const base = this.stack.length;
		this.stack.push({ tokens, index: 0, macro: null });
		this.drain(base, null, out);
		return out;
	}

	private drain(base: number, feed: TokenFeed | null, out: Token[]): void {
		const stack = this.stack;
		while (stack.length > base) {
			const top = stack[stack.length - 1]!;
			if (top.index >= top.tokens.length) {
				this.pop();
				continue;
			}
			const token = top.tokens[top.index++]!;
			if (isName(token) && !token.painted) {
				const macro = this.lookup(token.text);
				if (macro) {
					if (macro.disabled) token.painted = true;
					else if (this.invoke(macro, token, base, feed)) continue;
				}
			}
			if (++this.produced > EXPANSION_LIMIT) {
				if (this.produced === EXPANSION_LIMIT + 1) this.diagnostics.report("expansionDepth", token, [EXPANSION_LIMIT]);
				while (stack.length > base) this.pop();
				return;
			}
			out.push(token);
		}
	}

	private pop(): void {
		const context = this.stack.pop()!;
		if (context.macro) context.macro.disabled = false;
	}

	/** Next token without taking it; null at the end of an isolated list. */
	private peek(base: number, feed: TokenFeed | null): Token | null {
		for (let i = this.stack.length - 1; i >= base; i--) {
			const context = this.stack[i]!;
			if (context.index < context.tokens.length) return context.tokens[context.index]!;
		}
		return feed ? feed.peek() : null;
	}

	private next(base: number, feed: TokenFeed | null): Token | null {
		while (this.stack.length > base) {
			const top = this.stack[this.stack.length - 1]!;
			if (top.index < top.tokens.length) return top.tokens[top.index++]!;
			this.pop();
		}
		return feed ? feed.next() : null;
	}

	/** False: the name is not followed by `(`, so it is no use of the macro. */
	private invoke(macro: Macro, use: Token, base: number, feed: TokenFeed | null): boolean {
		if (this.watcher !== null) this.watcher.macro(use, macro);
		if (macro.special && macro.parameters === null) {
			this.stack.push({ tokens: [this.special(macro, use)], index: 0, macro: null });
			return true;
		}
		if (macro.parameters === null) {
			if (macro.body.length > 0) this.enter(macro, this.finish(this.substitute(macro, macro.body, [], use), use));
			return true;
		}
		const open = this.peek(base, feed);
		if (open?.kind !== T.LeftParen) return false;
		this.next(base, feed);
		const raw = this.collect(macro, use, base, feed);
		if (raw === null) return true;
		if (macro.special) {
			if (macro.special !== "pragma") {
				this.stack.push({ tokens: [this.option(macro, raw, use)], index: 0, macro: null });
			}
			return true;
		}
		const list = raw.map((tokens): Argument => ({ raw: tokens, expanded: null }));
		this.enter(macro, this.finish(this.substitute(macro, macro.body, list, use), use));
		return true;
	}

	private enter(macro: Macro, tokens: Token[]): void {
		if (tokens.length === 0) return;
		macro.disabled = true;
		this.stack.push({ tokens, index: 0, macro });
	}

	private finish(tokens: Token[], use: Token): Token[] {
		const list = tokens.some((t) => t.kind === T.Nothing) ? tokens.filter((t) => t.kind !== T.Nothing) : tokens;
		const first = list[0];
		if (first) {
			first.space = use.space;
			first.bol = use.bol;
		}
		return list;
	}

	/** Reads the arguments after `(`; null after an error. */
	private collect(macro: Macro, use: Token, base: number, feed: TokenFeed | null): Token[][] | null {
		const parameters = macro.parameters!;
		const list: Token[][] = [];
		let current: Token[] = [];
		let depth = 0;
		for (;;) {
			const token = this.next(base, feed);
			if (token === null || token.kind === T.End) {
				this.diagnostics.report("macroOpen", use, [macro.name]);
				return null;
			}
			if (depth === 0) {
				if (token.kind === T.RightParen) break;
				if (token.kind === T.Comma && !(macro.variadic && list.length === parameters.length - 1)) {
					list.push(current);
					current = [];
					continue;
				}
			}
			if (token.kind === T.LeftParen) depth++;
			else if (token.kind === T.RightParen) depth--;
			current.push(token);
		}
		if (parameters.length > 0 || current.length > 0 || list.length > 0) list.push(current);
		if (macro.variadic && list.length === parameters.length - 1) list.push([]);
		if (list.length !== parameters.length) {
			const wanted = macro.variadic ? parameters.length - 1 : parameters.length;
			const takes = `${macro.variadic ? "at least " : ""}${wanted} argument${wanted === 1 ? "" : "s"}`;
			this.diagnostics.report("macroArguments", use, [macro.name, takes, list.length]);
			if (list.length < parameters.length) while (list.length < parameters.length) list.push([]);
			else list.length = parameters.length;
		}
		return list;
	}

	private substitute(macro: Macro, body: readonly Token[], list: Argument[], use: Token): Token[] {
		const chain: MacroUse = { name: macro.name, parent: use.macro };
		const out: Token[] = [];
		this.substituteRange(macro, body, 0, body.length, list, use, chain, out);
		return out;
	}

	private substituteRange(
		macro: Macro,
		body: readonly Token[],
		from: number,
		to: number,
		list: Argument[],
		use: Token,
		chain: MacroUse,
		out: Token[],
	): void {
		const parameters = macro.parameters ?? [];
		for (let i = from; i < to; i++) {
			const token = body[i]!;
			if (token.kind === T.Hash && macro.parameters !== null && i + 1 < to) {
				const index = parameters.indexOf(body[i + 1]!.text);
				if (index >= 0) {
					const text = stringify(list[index]!.raw);
					const made = copy(token, use, chain);
					made.kind = T.String;
					made.text = text;
					this.place(out, made, token.space);
					i++;
					continue;
				}
			}
			if (token.kind === T.HashHash && out.length > 0 && i > from && i + 1 < to) {
				i = this.pasteNext(macro, body, i + 1, to, list, use, chain, out);
				continue;
			}
			if (isName(token)) {
				if (macro.variadic && token.text === "__VA_OPT__" && body[i + 1]?.kind === T.LeftParen) {
					const close = matching(body, i + 1, to);
					const present = this.expanded(list[parameters.length - 1]!).length > 0;
					if (present) this.substituteRange(macro, body, i + 2, close, list, use, chain, out);
					else out.push(nothing(token));
					i = close;
					continue;
				}
				const index = parameters.indexOf(token.text);
				if (index >= 0) {
					const beforePaste = i + 1 < to && body[i + 1]!.kind === T.HashHash;
					const argument = list[index]!;
					const tokens = beforePaste ? argument.raw : this.expanded(argument);
					if (tokens.length === 0) {
						out.push(nothing(token));
						continue;
					}
					for (let k = 0; k < tokens.length; k++) {
						const made = copy(tokens[k]!, use, chain);
						if (k === 0) made.space = token.space;
						out.push(made);
					}
					continue;
				}
			}
			out.push(copy(token, use, chain));
		}
	}

	private place(out: Token[], token: Token, space: boolean): void {
		token.space = space;
		out.push(token);
	}

	/** Pastes what stands at body[at] to the last token of `out`; gives the index of the last token used. */
	private pasteNext(
		macro: Macro,
		body: readonly Token[],
		at: number,
		to: number,
		list: Argument[],
		use: Token,
		chain: MacroUse,
		out: Token[],
	): number {
		const parameters = macro.parameters ?? [];
		const token = body[at]!;
		let right: Token[];
		let last = at;
		if (token.kind === T.Hash && macro.parameters !== null && at + 1 < to && parameters.includes(body[at + 1]!.text)) {
			const made = copy(token, use, chain);
			made.kind = T.String;
			made.text = stringify(list[parameters.indexOf(body[at + 1]!.text)]!.raw);
			right = [made];
			last = at + 1;
		} else {
			const index = isName(token) ? parameters.indexOf(token.text) : -1;
			if (index >= 0) {
				const argument = list[index]!;
				const left = out[out.length - 1]!;
				if (
					macro.variadic &&
					index === parameters.length - 1 &&
					left.kind === T.Comma &&
					body[at - 2]?.kind === T.Comma
				) {
					// GNU: ", ## args" keeps the comma only when there are arguments, and does not paste
					if (argument.raw.length === 0) {
						out.pop();
						out.push(nothing(token));
					} else for (const t of this.expanded(argument)) out.push(copy(t, use, chain));
					return last;
				}
				right = argument.raw.map((t) => copy(t, use, chain));
			} else if (macro.variadic && token.text === "__VA_OPT__" && body[at + 1]?.kind === T.LeftParen) {
				last = matching(body, at + 1, to);
				right = [];
				if (this.expanded(list[parameters.length - 1]!).length > 0) {
					this.substituteRange(macro, body, at + 2, last, list, use, chain, right);
				}
			} else right = [copy(token, use, chain)];
		}
		const left = out[out.length - 1]!;
		const first = right[0];
		if (!first || first.kind === T.Nothing) return last;
		if (left.kind === T.Nothing) out.pop();
		else {
			out.pop();
			out.push(this.paste(left, first));
			right.shift();
		}
		for (const t of right) out.push(t);
		return last;
	}

	private paste(left: Token, right: Token): Token {
		const text = left.text + right.text;
		const made = lex(text, left.file);
		if (made.length !== 2) {
			this.diagnostics.report("macroPaste", left, [left.text, right.text]);
			return left;
		}
		const token = copyAt(made[0]!, left);
		token.spelled = left.spelled;
		token.macro = left.macro;
		token.space = left.space;
		return token;
	}

	private expanded(argument: Argument): Token[] {
		argument.expanded ??= argument.raw.length === 0 ? [] : this.expandList(argument.raw);
		return argument.expanded;
	}

	private special(macro: Macro, use: Token): Token {
		let kind = T.Number;
		let text = "0";
		switch (macro.special) {
			case "file":
				kind = T.String;
				text = quote(this.files[use.file] ?? "");
				break;
			case "base-file":
				kind = T.String;
				text = quote(this.mainFile);
				break;
			case "line":
				text = String(use.line);
				break;
			case "counter":
				text = String(this.counter++);
				break;
			case "include-level":
				text = String(this.includeLevel);
				break;
		}
		return made(kind, text, use);
	}

	private option(macro: Macro, list: Token[][], use: Token): Token {
		let name = list[0]?.[0]?.text ?? "";
		let value: string | undefined;
		for (let i = 0; i < 16; i++) {
			const option = this.lookup(name);
			if (!option || option.parameters !== null) break;
			value = option.body.length === 1 ? option.body[0]!.text : "";
			name = value;
		}
		return made(T.Number, macro.special === "is-enabled" && value === "1" ? "1" : "0", use);
	}
}

interface Argument {
	readonly raw: Token[];
	expanded: Token[] | null;
}

function made(kind: T, text: string, use: Token): Token {
	const token = new Token(kind, text, use.file, use.line, use.column, use.length, use.start);
	token.spelled = use.spelled;
	token.macro = use.macro;
	token.space = use.space;
	token.bol = use.bol;
	return token;
}

/** `token` as it comes out of an expansion at `use`. */
function copy(token: Token, use: Token, chain: MacroUse): Token {
	const result = new Token(token.kind, token.text, use.file, use.line, use.column, use.length, token.start);
	result.spelled = token.spelled ?? token;
	result.macro = chain;
	result.space = token.space;
	result.painted = token.painted;
	return result;
}

function copyAt(token: Token, at: Place): Token {
	return new Token(token.kind, token.text, at.file, at.line, at.column, at.length, token.start);
}

function nothing(token: Token): Token {
	return new Token(T.Nothing, "", token.file, token.line, token.column, token.length, token.start);
}

function matching(body: readonly Token[], open: number, to: number): number {
	let depth = 0;
	for (let i = open; i < to; i++) {
		if (body[i]!.kind === T.LeftParen) depth++;
		else if (body[i]!.kind === T.RightParen && --depth === 0) return i;
	}
	return to - 1;
}

/** The text of tokens with single spaces where there was white space. */
export function spell(tokens: readonly Token[]): string {
	let text = "";
	tokens.forEach((token, i) => {
		if (i > 0 && (token.space || token.bol)) text += " ";
		text += token.text;
	});
	return text;
}

function stringify(tokens: readonly Token[]): string {
	let text = '"';
	tokens.forEach((token, i) => {
		if (i > 0 && (token.space || token.bol)) text += " ";
		text += token.kind === T.String || token.kind === T.Char ? token.text.replace(/[\\"]/g, "\\$&") : token.text;
	});
	return `${text}"`;
}

export function quote(text: string): string {
	return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
