/** A whole translation unit: declarations to the end, then what can only be checked there. */
import { nearest } from "../diagnostics";
import { T } from "../preprocessor/tokens";
import { printType } from "../print-type";
import type { FunctionDefinition, FunctionSymbol, UndefinedSymbol, VariableSymbol } from "../tree";
import { arrayOf, isComplete } from "../types";
import { externalDeclaration } from "./declarations";
import { moduleItem } from "./module-items";
import { type Parser, SyntaxStop } from "./parser";

/** Parses and checks everything up to the end of the tokens. */
export function translationUnit(p: Parser): void {
	while (p.token.kind !== T.End) {
		const start = p.at;
		const file = p.scope;
		try {
			topLevel(p);
		} catch (stop) {
			if (!(stop instanceof SyntaxStop)) throw stop;
			p.scope = file;
			p.fn = null;
			p.depth = 0;
			p.unevaluated = 0;
			p.inParameters = false;
			recoverTopLevel(p, start);
		}
	}
}

const STATEMENTS = new Set([
	T.If,
	T.While,
	T.For,
	T.Do,
	T.Switch,
	T.Return,
	T.Goto,
	T.Break,
	T.Continue,
	T.Case,
	T.Default,
	T.Else,
]);

function topLevel(p: Parser): void {
	const token = p.token;
	switch (token.kind) {
		case T.Semicolon:
		case T.Extension:
			p.next();
			return;
		case T.RightBrace:
			p.error("strayBrace", token);
			p.next();
			p.accept(T.Semicolon);
			return;
		case T.Asm:
			p.stop("notC", token, ["inline assembly is not supported: use C"]);
			break;
		case T.Other:
			p.stop("strayCharacter", token, [token.text]);
			break;
	}
	if (STATEMENTS.has(token.kind)) p.stop("statementOutside", token, [p.found()]);
	if (moduleItem(p)) return;
	if (token.kind === T.Identifier && p.find(token.text)?.kind !== "typedef") {
		const next = p.peek();
		if (next.kind === T.LeftParen) {
			p.error("notBuilt", token, [token.text, p.suggestion(token.text, p.names())]);
			throw new SyntaxStop();
		}
		if (next.kind !== T.Identifier && next.kind !== T.Star) p.stop("expectedDeclaration", token, [p.found()]);
	}
	if (
		token.kind === T.Number ||
		token.kind === T.String ||
		(token.kind >= T.Hash && token.kind < T.FirstKeyword && token.kind !== T.LeftParen)
	) {
		p.stop("expectedDeclaration", token, [p.found()]);
	}
	externalDeclaration(p);
}

/** Goes on at the next declaration: after a `;`, after a `}` in column 1, or at a word in column 1 that begins one. */
function recoverTopLevel(p: Parser, start: number): void {
	if (p.at === start) p.next();
	let depth = 0;
	while (p.token.kind !== T.End) {
		const token = p.token;
		if (token.kind === T.LeftBrace) depth++;
		else if (token.kind === T.RightBrace) {
			depth--;
			if (depth <= 0) {
				p.next();
				p.accept(T.Semicolon);
				return;
			}
		} else if (token.kind === T.Semicolon && depth <= 0) {
			p.next();
			return;
		} else if (token.bol && token.column === 1 && token.kind > T.FirstKeyword && depth <= 0) return;
		p.next();
	}
}

/** Errors and warnings that need the whole file: link errors, unused statics, tentative arrays. */
export function finishUnit(p: Parser): void {
	const names = [...p.names()].filter((name) => p.find(name)?.kind === "function");
	for (const { token } of p.implicitUses) {
		// defined further down: C wants a declaration before the call
		const later = p.scope.ordinary.get(token.text);
		if (later)
			p.error("undeclared", token, [token.text, `: it is declared at line ${later.place.line}, after this call`]);
		else {
			const near = nearest(token.text, names);
			const fix = near === null ? undefined : { title: `Change to '${near}'`, text: near };
			p.diagnostics.report("notBuilt", token, [token.text, near === null ? "" : `; did you mean '${near}'?`], fix);
		}
	}
	for (const { symbol } of p.globals) {
		if (symbol.type.kind === "array" && symbol.type.length < 0) symbol.type = arrayOf(symbol.type.element, 1);
		else if (!isComplete(symbol.type) && symbol.type.kind !== "error")
			p.error("incomplete", symbol.place, [printType(symbol.type)]);
		if (symbol.aliasOf !== null && !p.scope.ordinary.has(symbol.aliasOf))
			p.error("aliasMissing", symbol.place, [symbol.name, symbol.aliasOf]);
		if (
			symbol.storage === "static" &&
			!symbol.used &&
			!p.maybeUnused.has(symbol) &&
			!symbol.place.macro &&
			!symbol.name.startsWith(".")
		) {
			p.error("unusedVariable", symbol.place, [symbol.name]);
		}
	}
	for (const symbol of p.scope.ordinary.values()) {
		if (symbol.kind !== "function") continue;
		if (symbol.aliasOf !== null && !p.scope.ordinary.has(symbol.aliasOf))
			p.error("aliasMissing", symbol.place, [symbol.name, symbol.aliasOf]);
		if (symbol.storage !== "static") continue;
		if (!symbol.definition && symbol.used && symbol.aliasOf === null)
			p.error("undefinedStatic", p.references.get(symbol) ?? symbol.place, [symbol.name]);
		else if (symbol.definition && !symbol.used && !symbol.inline && !p.maybeUnused.has(symbol) && !symbol.place.macro) {
			p.error("unusedFunction", symbol.place, [symbol.name]);
		}
	}
}

/** What the unit uses but neither defines nor finds in the kernel. */
export function undefinedSymbols(p: Parser): UndefinedSymbol[] {
	const list: UndefinedSymbol[] = [];
	for (const [symbol, place] of p.references) {
		if (symbol.kernel || symbol.storage !== "extern" || symbol.aliasOf !== null) continue;
		if (symbol.kind === "function" && symbol.definition) continue;
		list.push({ symbol, place });
	}
	return list;
}

/** The kernel's own C functions that the unit reaches, to be compiled with it. */
export function reachedKernelFunctions(
	used: Iterable<FunctionSymbol | VariableSymbol>,
	references: ReadonlyMap<FunctionSymbol, readonly FunctionSymbol[]>,
): FunctionDefinition[] {
	const done = new Set<FunctionSymbol>();
	const list: FunctionDefinition[] = [];
	const todo = [...used];
	for (let symbol = todo.pop(); symbol; symbol = todo.pop()) {
		if (symbol.kind !== "function" || !symbol.definition?.kernelText || done.has(symbol)) continue;
		done.add(symbol);
		list.push(symbol.definition);
		todo.push(...(references.get(symbol) ?? []));
	}
	return list;
}
