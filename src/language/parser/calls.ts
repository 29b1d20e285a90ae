/** Names and calls. */
import { convert, promote, toValue } from "../checker/convert";
import { constant, describe, errorNode, type Operand } from "../checker/nodes";
import { T, type Token } from "../preprocessor/tokens";
import { printType } from "../print-type";
import type { Expression } from "../tree";
import { arrayOf, CHAR, CONST, ERROR, type FunctionType } from "../types";
import { assignment, typeName } from "./expressions";
import type { Parser } from "./parser";
import { beginsDeclaration } from "./specifiers";

/** A name used as an expression. */
export function identifier(p: Parser): Operand {
	const token = p.next();
	const symbol = p.find(token.text);
	if (!symbol) {
		if (token.text === "__func__" || token.text === "__FUNCTION__" || token.text === "__PRETTY_FUNCTION__") {
			const bytes = new TextEncoder().encode(`${p.fn?.symbol.name ?? ""}\0`);
			return { kind: "string", bytes, type: arrayOf({ ...CHAR, qualifiers: CONST }, bytes.length), place: token };
		}
		if (p.token.kind === T.LeftParen) return implicitFunction(p, token);
		undeclared(p, token);
		return errorNode(token);
	}
	p.watcher?.name(token, symbol);
	switch (symbol.kind) {
		case "enum-constant":
			return constant(symbol.value, symbol.type, token);
		case "typedef":
			return p.stop("expectedExpression", token, [`the type '${token.text}'`]);
		case "function":
			p.use(symbol, token);
			return { kind: "function", symbol, type: symbol.type, place: token };
		case "variable":
			p.use(symbol, token);
			return { kind: "variable", symbol, type: symbol.type, place: token };
	}
}

function undeclared(p: Parser, token: Token): void {
	const known = p.fn?.undeclared ?? p.undeclaredAtTop;
	if (known.has(token.text)) return;
	known.add(token.text);
	p.error("undeclared", token, [token.text, p.suggestion(token.text, p.names())]);
}

/** A function that nobody declared: a link error, once for each name, at its first call. */
function implicitFunction(p: Parser, token: Token): Operand {
	let symbol = p.implicit.get(token.text);
	if (!symbol) {
		const type: FunctionType = {
			kind: "function",
			result: ERROR,
			parameters: [],
			variadic: true,
			unspecified: true,
			qualifiers: 0,
		};
		symbol = p.newFunction(token.text, type, token);
		p.implicit.set(token.text, symbol);
		p.implicitUses.push({ token, hint: "" });
	}
	return { kind: "function", symbol, type: symbol.type, place: token };
}

/** `callee(…)`; the cursor is on the parenthesis. */
export function call(p: Parser, node: Operand): Operand {
	const open = p.next();
	const list: Operand[] = [];
	const places: Token[] = [];
	while (p.token.kind !== T.RightParen) {
		places.push(p.token);
		if (node.kind === "function" && p.implicit.get(node.symbol.name) === node.symbol && beginsDeclaration(p, p.token)) {
			// perhaps a macro that is not there and takes a type: min_t(int, a, b)
			typeName(p);
			list.push(errorNode(places[places.length - 1]!));
		} else list.push(assignment(p));
		if (!p.accept(T.Comma)) break;
	}
	p.expect(T.RightParen, ")", "after the arguments");
	const callee = toValue(p, node);
	if (callee.type.kind === "error") {
		for (const argument of list) toValue(p, argument);
		return errorNode(node.place);
	}
	if (callee.type.kind !== "pointer" || callee.type.target.kind !== "function") {
		p.error("notFunction", node.place, [describe(node).replace(/'/g, ""), printType(callee.type)]);
		return errorNode(node.place);
	}
	const name = callee.kind === "function" ? callee.symbol.name : describe(node).replace(/'/g, "");
	return finishCall(p, callee, callee.type.target, list, places, name, node.place as Token, open);
}

function finishCall(
	p: Parser,
	callee: Expression,
	signature: FunctionType,
	list: Operand[],
	places: Token[],
	name: string,
	place: Token,
	open: Token,
): Expression {
	const wanted = signature.parameters.length;
	if (!signature.unspecified && (list.length < wanted || (list.length > wanted && !signature.variadic))) {
		const takes = `${signature.variadic ? "at least " : ""}${wanted} argument${wanted === 1 ? "" : "s"}`;
		p.error("argumentCount", list.length > wanted ? (places[wanted] ?? open) : place, [name, takes, list.length]);
		return { ...errorNode(place), type: signature.result.kind === "void" ? signature.result : ERROR };
	}
	const values = list.map((argument, i) => {
		const parameter = signature.parameters[i];
		if (!parameter) return promote(toValue(p, argument));
		return convert(p, argument, parameter.type, `argument ${i + 1} of '${name}'`, places[i]!);
	});
	for (let i = wanted; i < values.length; i++) {
		if (values[i]!.type.kind === "void") p.error("voidValue", places[i]!);
	}
	const type = signature.result.qualifiers === 0 ? signature.result : { ...signature.result, qualifiers: 0 };
	return { kind: "call", callee, signature, arguments: values, fixed: wanted, type, place };
}

/** A call by name of a function that must be declared (memcpy for __builtin_memcpy). */
export function callByName(p: Parser, name: string, token: Token): Operand {
	const symbol = p.find(name);
	if (symbol?.kind !== "function") {
		p.error("notBuilt", token, [name, ""]);
		return errorNode(token);
	}
	p.use(symbol, token);
	return { kind: "function", symbol, type: symbol.type, place: token };
}
