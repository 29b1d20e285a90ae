/** Statements and blocks. */
import { convert, promote, toValue } from "../checker/convert";
import { errorNode, normalize, type Operand } from "../checker/nodes";
import { T, type Token } from "../preprocessor/tokens";
import { printType } from "../print-type";
import type { Place } from "../source";
import type { BlockStatement, CaseStatement, Expression, LabelSymbol, Statement, VariableSymbol } from "../tree";
import { INT, isInteger, VOID } from "../types";
import { attributes, noAttributes } from "./attributes";
import { localDeclaration } from "./declarations";
import { conditionExpression, constantExpression, expression } from "./expressions";
import { newScope, type Parser, type Scope, SyntaxStop } from "./parser";
import { beginsDeclaration } from "./specifiers";

/** `{ … }`; `scope` is given when the block shares its scope with something before it (parameters). */
export function block(p: Parser, scope?: Scope): BlockStatement {
	const place = p.token;
	p.expect(T.LeftBrace, "{", "at the start of a block");
	const outer = p.scope;
	p.scope = scope ?? newScope(outer);
	const statements: Statement[] = [];
	p.enter();
	while (p.token.kind !== T.RightBrace && p.token.kind !== T.End) guarded(p, statements);
	p.leave();
	const end = p.token;
	const made = finishBlock(p, place, statements, end);
	p.scope = outer;
	if (p.token.kind === T.End) {
		p.error("bracesOpen", p.token, [place.line]);
		throw new SyntaxStop();
	}
	p.next();
	return made;
}

function finishBlock(p: Parser, place: Place, statements: Statement[], end: Place): BlockStatement {
	const { locals, cleanups } = p.scope;
	for (const symbol of locals) {
		if (
			!symbol.used &&
			symbol.storage !== "static" &&
			!symbol.cleanup &&
			!p.maybeUnused.has(symbol) &&
			!place.macro &&
			!symbol.place.macro
		) {
			p.error("unusedVariable", symbol.place, [symbol.name]);
		}
	}
	return { kind: "block", statements, locals, cleanups: [...cleanups].reverse(), place, end };
}

/** One statement or declaration; goes on after a syntax error. */
function guarded(p: Parser, into: Statement[]): void {
	const start = p.at;
	const depth = p.depth;
	const scope = p.scope;
	try {
		blockItem(p, into);
	} catch (stop) {
		if (!(stop instanceof SyntaxStop)) throw stop;
		p.scope = scope;
		p.depth = depth;
		p.unevaluated = 0;
		p.recover();
		if (p.at === start) p.next();
	}
}

function blockItem(p: Parser, into: Statement[]): void {
	const token = p.token;
	if (token.kind === T.Extension) p.next();
	if (token.kind === T.Label) {
		while (p.token.kind !== T.Semicolon && p.token.kind !== T.End) p.next();
		p.semicolon("after '__label__'");
		return;
	}
	const isLabel = token.kind === T.Identifier && p.peek().kind === T.Colon;
	if (!isLabel && beginsDeclaration(p, token) && !isFallthrough(p)) {
		localDeclaration(p, into);
		return;
	}
	if (!isLabel && token.kind === T.Identifier && looksLikeDeclaration(p) && p.find(token.text) === null) {
		// "u23 x;": an unknown type, not an expression
		localDeclaration(p, into);
		return;
	}
	statement(p, into);
}

/** `name name` or `name *name` followed by `;`, `,` or `=`. */
function looksLikeDeclaration(p: Parser): boolean {
	let at = 1;
	while (p.peek(at).kind === T.Star) at++;
	if (p.peek(at).kind !== T.Identifier) return false;
	if (at === 1) return true;
	const after = p.peek(at + 1).kind;
	return after === T.Semicolon || after === T.Comma || after === T.Assign;
}

function isFallthrough(p: Parser): boolean {
	return p.token.kind === T.Attribute && /fallthrough/.test(p.peek(3).text);
}

/** A statement that stands alone (the body of an if or loop). */
function single(p: Parser): Statement {
	const place = p.token;
	const list: Statement[] = [];
	p.enter();
	statement(p, list);
	p.leave();
	if (list.length === 1) return list[0]!;
	return { kind: "block", statements: list, locals: [], cleanups: [], place, end: p.previous() };
}

function statement(p: Parser, into: Statement[]): void {
	const token = p.token;
	switch (token.kind) {
		case T.LeftBrace:
			into.push(block(p));
			return;
		case T.Semicolon:
			p.next();
			into.push({ kind: "empty", place: token });
			return;
		case T.If:
			into.push(ifStatement(p));
			return;
		case T.While: {
			p.next();
			const condition = parenthesized(p, "while");
			into.push({ kind: "while", condition, body: loopBody(p), place: token });
			return;
		}
		case T.Do: {
			p.next();
			const body = loopBody(p);
			p.expect(T.While, "while", "after the body of 'do'");
			const condition = parenthesized(p, "while");
			p.semicolon("after 'do … while (…)'");
			into.push({ kind: "do", body, condition, place: token });
			return;
		}
		case T.For:
			into.push(forStatement(p));
			return;
		case T.Switch:
			into.push(switchStatement(p));
			return;
		case T.Case:
		case T.Default:
			caseLabel(p, into);
			return;
		case T.Break:
		case T.Continue: {
			p.next();
			p.semicolon(`after '${token.text}'`);
			const target = token.kind === T.Break ? p.fn!.breakScope : p.fn!.loopScope;
			if (!target) {
				p.error("outside", token, [token.text, token.kind === T.Break ? "a loop or switch" : "a loop"]);
				return;
			}
			into.push({
				kind: token.kind === T.Break ? "break" : "continue",
				cleanups: cleanupsTo(p.scope, target),
				place: token,
			});
			return;
		}
		case T.Goto:
			gotoStatement(p, into);
			return;
		case T.Return:
			returnStatement(p, into);
			return;
		case T.Else:
			p.error("elseStray", token);
			p.next();
			statement(p, into);
			return;
		case T.Asm:
			p.stop("notC", token, ["inline assembly is not supported: use C or the kernel's functions"]);
			break;
		case T.Attribute:
			attributes(p, noAttributes());
			p.semicolon("after the attribute");
			into.push({ kind: "empty", place: token });
			return;
		case T.Identifier:
			if (p.peek().kind === T.Colon) {
				labelStatement(p, into);
				return;
			}
	}
	if (token.kind === T.StaticAssert) {
		p.staticAssert();
		return;
	}
	const value = expressionValue(p, expression(p));
	p.semicolon("after the statement");
	const isResult = p.is(T.RightBrace) && p.peek().kind === T.RightParen;
	if (!token.macro && !isResult && hasNoEffect(value)) p.error("unusedValue", token);
	into.push({ kind: "expression", expression: value, place: token });
}

/** A value not used: records and voids included. */
function expressionValue(p: Parser, node: Operand): Expression {
	return toValue(p, node);
}

function hasNoEffect(value: Expression): boolean {
	switch (value.kind) {
		case "compare":
		case "binary":
		case "unary":
			return value.type.kind !== "error";
		case "load":
			return value.operand.kind === "variable";
		default:
			return false;
	}
}

function parenthesized(p: Parser, word: string): Expression {
	const open = p.expect(T.LeftParen, "(", `after '${word}'`);
	const condition = conditionExpression(p, `the condition of '${word}'`);
	p.expect(T.RightParen, ")", `to close the '(' of '${word}' in line ${open.line}`);
	return condition;
}

function ifStatement(p: Parser): Statement {
	const place = p.next();
	const condition = parenthesized(p, "if");
	const then = single(p);
	const otherwise = p.accept(T.Else) ? single(p) : null;
	return { kind: "if", condition, then, otherwise, place };
}

function loopBody(p: Parser): Statement {
	const fn = p.fn!;
	const { loopScope, breakScope } = fn;
	fn.loopScope = fn.breakScope = p.scope;
	try {
		return single(p);
	} finally {
		fn.loopScope = loopScope;
		fn.breakScope = breakScope;
	}
}

function forStatement(p: Parser): Statement {
	const place = p.next();
	p.expect(T.LeftParen, "(", "after 'for'");
	const outer = p.scope;
	p.scope = newScope(outer);
	const init: Statement[] = [];
	const first = p.token;
	if (first.kind === T.Semicolon) p.next();
	else if (beginsDeclaration(p, first)) localDeclaration(p, init);
	else {
		init.push({ kind: "expression", expression: toValue(p, expression(p)), place: first });
		p.expect(T.Semicolon, ";", "after the first part of 'for'");
	}
	const condition = p.token.kind === T.Semicolon ? null : conditionExpression(p, "the condition of 'for'");
	p.expect(T.Semicolon, ";", "after the condition of 'for'");
	const step = p.token.kind === T.RightParen ? null : toValue(p, expression(p));
	p.expect(T.RightParen, ")", "after the parts of 'for'");
	const body = loopBody(p);
	const loop: Statement = { kind: "for", init, condition, step, body, place };
	const scope = p.scope;
	let made: Statement = loop;
	if (scope.locals.length > 0) made = finishBlock(p, place, [loop], p.previous());
	p.scope = outer;
	return made;
}

function switchStatement(p: Parser): Statement {
	const place = p.next();
	p.expect(T.LeftParen, "(", "after 'switch'");
	let value = promote(toValue(p, expression(p)));
	if (!isInteger(value.type)) {
		if (value.type.kind !== "error") p.error("notInteger", value.place, ["'switch'", printType(value.type)]);
		value = { ...errorNode(place), type: INT };
	}
	p.expect(T.RightParen, ")", "after the value of 'switch'");
	const fn = p.fn!;
	const { breakScope, switchCases } = fn;
	const statement = {
		kind: "switch" as const,
		value,
		body: { kind: "empty", place } as Statement,
		cases: [] as CaseStatement[],
		fallback: null as CaseStatement | null,
		place,
	};
	fn.breakScope = p.scope;
	fn.switchCases = { statement, type: value.type, scope: p.scope };
	try {
		statement.body = single(p);
	} finally {
		fn.breakScope = breakScope;
		fn.switchCases = switchCases;
	}
	return statement;
}

function caseLabel(p: Parser, into: Statement[]): void {
	const place = p.next();
	const current = p.fn!.switchCases;
	let low: bigint | null = null;
	let high: bigint | null = null;
	if (place.kind === T.Case) {
		const at = p.token;
		low = constantExpression(p, "the value of 'case'");
		high = p.accept(T.Ellipsis) ? constantExpression(p, "the end of a case range") : low;
		if (current) {
			low = normalize(low, current.type);
			high = normalize(high, current.type);
		}
		if (high < low) p.error("emptyRange", at, [String(low), String(high)]);
	}
	p.expect(T.Colon, ":", `after '${place.text}'`);
	if (!current) p.error("outside", place, [place.text, "a switch"]);
	else {
		const made: CaseStatement = { kind: "case", low, high, place };
		const { statement } = current;
		if (low === null) {
			if (statement.fallback) p.error("duplicateCase", place, ["default", statement.fallback.place.line]);
			(statement as { fallback: CaseStatement | null }).fallback = made;
		} else {
			const twin = statement.cases.find((c) => c.low! <= high! && low! <= c.high!);
			if (twin) p.error("duplicateCase", place, [String(low), twin.place.line]);
			statement.cases.push(made);
		}
		into.push(made);
	}
	afterLabel(p, into);
}

/** A label may stand before `}` and before a declaration. */
function afterLabel(p: Parser, into: Statement[]): void {
	if (p.token.kind === T.RightBrace) return;
	p.enter();
	blockItem(p, into);
	p.leave();
}

function label(p: Parser, token: Token): LabelSymbol {
	const labels = p.fn!.labels;
	let symbol = labels.get(token.text);
	if (!symbol) {
		symbol = { name: token.text, defined: false, used: false, place: token };
		labels.set(token.text, symbol);
	}
	return symbol;
}

function labelStatement(p: Parser, into: Statement[]): void {
	const token = p.next();
	p.next();
	const own = noAttributes();
	attributes(p, own);
	const symbol = label(p, token);
	if (symbol.defined) p.error("labelTwice", token, [token.text, symbol.place.line]);
	symbol.defined = true;
	symbol.place = token;
	if (own.unused) symbol.used = true;
	p.fn!.labelScopes.set(token.text, { scope: p.scope, count: p.scope.cleanups.length });
	into.push({ kind: "label", label: symbol, place: token });
	afterLabel(p, into);
}

function gotoStatement(p: Parser, into: Statement[]): void {
	const place = p.next();
	if (p.token.kind === T.Star) p.stop("notC", p.token, ["computed goto is not supported: use 'switch'"]);
	const token = p.token;
	if (token.kind !== T.Identifier) p.stop("expectedName", token, [p.found()]);
	p.next();
	p.semicolon("after 'goto'");
	const symbol = label(p, token);
	if (!symbol.used && !symbol.defined) symbol.place = token;
	symbol.used = true;
	const cleanups: VariableSymbol[] = [];
	const chain: { scope: Scope; count: number }[] = [];
	for (let s: Scope | null = p.scope; s && !s.file; s = s.parent) chain.push({ scope: s, count: s.cleanups.length });
	p.fn!.gotos.push({ label: symbol, cleanups, chain });
	into.push({ kind: "goto", label: symbol, cleanups, place });
}

/** Fills in what each goto leaves, once all labels are known. */
export function resolveGotos(p: Parser): void {
	const fn = p.fn!;
	for (const { label: symbol, cleanups, chain } of fn.gotos) {
		const target = fn.labelScopes.get(symbol.name);
		if (!target) continue;
		const around = new Set<Scope>();
		for (let s: Scope | null = target.scope; s; s = s.parent) around.add(s);
		for (const { scope, count } of chain) {
			const from = scope === target.scope ? target.count : 0;
			if (around.has(scope) && scope !== target.scope) break;
			for (let i = count - 1; i >= from; i--) cleanups.push(scope.cleanups[i]!);
			if (scope === target.scope) break;
		}
	}
	for (const symbol of fn.labels.values()) {
		if (!symbol.defined) p.error("labelUndefined", symbol.place, [symbol.name]);
		else if (!symbol.used && !symbol.place.macro) p.error("unusedLabel", symbol.place, [symbol.name]);
	}
}

/** The cleanups of the scopes from `from` up to, not including, `target`; null: the whole function. */
function cleanupsTo(from: Scope, target: Scope | null): VariableSymbol[] {
	const list: VariableSymbol[] = [];
	for (let s: Scope | null = from; s && s !== target && !s.file; s = s.parent) {
		for (let i = s.cleanups.length - 1; i >= 0; i--) list.push(s.cleanups[i]!);
	}
	return list;
}

function returnStatement(p: Parser, into: Statement[]): void {
	const place = p.next();
	const result = p.fn!.symbol.type.result;
	const name = p.fn!.symbol.name;
	let value: Expression | null = null;
	if (p.token.kind !== T.Semicolon) {
		const at = p.token;
		const node = expression(p);
		const plain = toValue(p, node);
		if (result.kind === "void") {
			if (plain.type.kind !== "void" && plain.type.kind !== "error") {
				p.error("returnValue", at, [`'${name}' returns nothing (void), but this 'return' gives a value`]);
			} else value = plain;
		} else {
			value = convert(p, plain, result, `the result of '${name}'`, at);
			if (plain.kind === "address" && plain.operand.kind === "variable" && isLocal(plain.operand.symbol)) {
				p.error("returnLocal", at, [plain.operand.symbol.name]);
			}
		}
	} else if (result.kind !== "void" && result.kind !== "error") {
		p.error("returnValue", place, [`'${name}' returns '${printType(result)}': 'return' needs a value`]);
	}
	p.semicolon("after 'return'");
	into.push({ kind: "return", value, cleanups: cleanupsTo(p.scope, null), place });
}

function isLocal(symbol: VariableSymbol): boolean {
	return symbol.storage === "local" || symbol.storage === "parameter";
}

/** `({ … })`; the cursor is on the brace. */
export function statementExpression(p: Parser, place: Token): Expression {
	if (!p.fn) p.stop("notC", place, ["a statement expression can stand in a function only"]);
	const open = p.next();
	const outer = p.scope;
	p.scope = newScope(outer);
	const statements: Statement[] = [];
	p.enter();
	while (p.token.kind !== T.RightBrace && p.token.kind !== T.End) guarded(p, statements);
	p.leave();
	const end = p.token;
	p.expect(T.RightBrace, "}", `to close the '({' of line ${open.line}`);
	const last = statements[statements.length - 1];
	let result: Expression | null = null;
	if (last?.kind === "expression" && last.expression.type.kind !== "void") {
		result = last.expression;
		statements.pop();
	}
	const body = finishBlock(p, open, statements, end);
	p.scope = outer;
	return { kind: "statement-expression", body, result, type: result?.type ?? VOID, place };
}
