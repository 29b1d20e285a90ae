/** Expressions, by precedence climbing; nodes come out checked. */
import { explicitCast, toScalar, toValue } from "../checker/convert";
import { flatten } from "../checker/initializers";
import { constant, errorNode, type Operand } from "../checker/nodes";
import {
	addressOf,
	assign,
	binary,
	compare,
	compoundAssign,
	conditional,
	dereference,
	elvis,
	increment,
	index,
	logical,
	unary,
} from "../checker/operators";
import { parseInteger, unescapeText } from "../preprocessor/literals";
import { T, type Token } from "../preprocessor/tokens";
import { printType } from "../print-type";
import type { Place } from "../source";
import type { BinaryOperator, CompareOperator, Expression, StringLValue } from "../tree";
import {
	alignOf,
	arrayOf,
	CHAR,
	type CType,
	INT,
	isComplete,
	isInteger,
	LLONG,
	LONG,
	sizeOf,
	UINT,
	ULLONG,
	ULONG,
} from "../types";
import { noAttributes } from "./attributes";
import { builtin } from "./builtins";
import { call, identifier } from "./calls";
import { declarator } from "./declarators";
import { initializer } from "./initializer";
import type { Parser } from "./parser";
import { beginsDeclaration, specifiers } from "./specifiers";
import { statementExpression } from "./statements";

/** With commas. */
export function expression(p: Parser): Operand {
	let left = assignment(p);
	while (p.token.kind === T.Comma) {
		const place = p.next();
		const value = toValue(p, left);
		const right = toValue(p, assignment(p));
		left = { kind: "comma", left: value, right, type: right.type, place };
	}
	return left;
}

const COMPOUND = new Map<T, BinaryOperator>([
	[T.PlusAssign, "+"],
	[T.MinusAssign, "-"],
	[T.StarAssign, "*"],
	[T.SlashAssign, "/"],
	[T.PercentAssign, "%"],
	[T.AmpAssign, "&"],
	[T.PipeAssign, "|"],
	[T.CaretAssign, "^"],
	[T.ShiftLeftAssign, "<<"],
	[T.ShiftRightAssign, ">>"],
]);

export function assignment(p: Parser): Operand {
	p.enter();
	const left = ternary(p);
	const kind = p.token.kind;
	let result = left;
	if (kind === T.Assign) {
		const place = p.next();
		result = assign(p, left, assignment(p), place);
	} else if (kind >= T.PlusAssign && kind <= T.ShiftRightAssign) {
		const place = p.next();
		result = compoundAssign(p, COMPOUND.get(kind)!, left, assignment(p), place);
	}
	p.leave();
	return result;
}

function ternary(p: Parser): Operand {
	const condition = climb(p, 1);
	if (p.token.kind !== T.Question) return condition;
	const place = p.next();
	if (p.accept(T.Colon)) return elvis(p, condition, ternary(p), place);
	const then = expression(p);
	p.expect(T.Colon, ":", "in '?:'");
	const otherwise = ternary(p);
	return conditional(p, condition, then, otherwise, place);
}

const LEVEL = new Uint8Array(T.FirstKeyword);
for (const [level, kinds] of [
	[1, [T.PipePipe]],
	[2, [T.AmpAmp]],
	[3, [T.Pipe]],
	[4, [T.Caret]],
	[5, [T.Amp]],
	[6, [T.EqualEqual, T.NotEqual]],
	[7, [T.Less, T.Greater, T.LessEqual, T.GreaterEqual]],
	[8, [T.ShiftLeft, T.ShiftRight]],
	[9, [T.Plus, T.Minus]],
	[10, [T.Star, T.Slash, T.Percent]],
] as const) {
	for (const kind of kinds) LEVEL[kind] = level;
}

function climb(p: Parser, lowest: number): Operand {
	let left = castExpression(p);
	for (;;) {
		const kind = p.token.kind;
		const level = kind < T.FirstKeyword ? LEVEL[kind]! : 0;
		if (level < lowest) return left;
		const token = p.next();
		const right = climb(p, level + 1);
		if (level <= 2) left = logical(p, kind === T.AmpAmp ? "&&" : "||", left, right, token);
		else if (level === 6 || level === 7) left = compare(p, token.text as CompareOperator, left, right, token);
		else left = binary(p, token.text as BinaryOperator, left, right, token);
		if (lowest > 10) return left;
	}
}

export function typeName(p: Parser): CType {
	const base = specifiers(p);
	return declarator(p, base.type, noAttributes(), true).type;
}

function castExpression(p: Parser): Operand {
	if (p.token.kind === T.LeftParen && beginsDeclaration(p, p.peek())) {
		const open = p.next();
		const type = typeName(p);
		p.expect(T.RightParen, ")", "after the type");
		if (p.is(T.LeftBrace)) return postfix(p, compoundLiteral(p, type, open));
		p.enter();
		const operand = castExpression(p);
		p.leave();
		return explicitCast(p, operand, type, open);
	}
	return unaryOperand(p);
}

function compoundLiteral(p: Parser, type: CType, place: Place): Operand {
	if (type.kind === "function" || type.kind === "void" || (!isComplete(type) && type.kind !== "array")) {
		p.error("incomplete", place, [printType(type)]);
		initializer(p);
		return errorNode(place);
	}
	const statics = p.fn === null;
	const made = flatten(p, type, initializer(p), statics);
	const symbol = p.newHidden(made.type, place);
	if (statics) {
		if (p.unevaluated === 0) p.globals.push({ symbol, initializer: made.initializer });
		p.literals.set(symbol, made.initializer);
		return { kind: "variable", symbol, type: made.type, place };
	}
	return { kind: "compound-literal", symbol, initializer: made.initializer, type: made.type, place };
}

function unaryOperand(p: Parser): Operand {
	const token = p.token;
	switch (token.kind) {
		case T.PlusPlus:
		case T.MinusMinus:
			p.next();
			return increment(p, unaryOperand(p), token.kind === T.PlusPlus ? 1 : -1, true, token);
		case T.Amp:
			p.next();
			return addressOf(p, nested(p), token);
		case T.Star:
			p.next();
			return dereference(p, nested(p), token);
		case T.Plus:
		case T.Minus:
		case T.Tilde:
		case T.Not:
			p.next();
			return unary(p, token.text as "+" | "-" | "~" | "!", nested(p), token);
		case T.AmpAmp:
			return p.stop("notC", token, ["addresses of labels (computed goto) are not supported"]);
		case T.Sizeof:
		case T.Alignof:
			return sizeofOperand(p);
		case T.Extension:
			p.next();
			return castExpression(p);
		default:
			return postfix(p, primary(p));
	}
}

function nested(p: Parser): Operand {
	p.enter();
	const operand = castExpression(p);
	p.leave();
	return operand;
}

function sizeofOperand(p: Parser): Operand {
	const token = p.next();
	const isSize = token.kind === T.Sizeof;
	p.unevaluated++;
	let type: CType;
	try {
		if (p.token.kind === T.LeftParen && beginsDeclaration(p, p.peek())) {
			const open = p.next();
			type = typeName(p);
			p.expect(T.RightParen, ")", "after the type");
			if (p.is(T.LeftBrace)) type = postfix(p, compoundLiteral(p, type, open)).type;
		} else {
			const node = unaryOperand(p);
			if (node.kind === "member" && node.bitField)
				p.error("bitField", token, [node.member.name ?? "", "it has no size in bytes"]);
			type = node.type;
		}
	} finally {
		p.unevaluated--;
	}
	if (type.kind === "error") return errorNode(token);
	if (!isComplete(type) && type.kind !== "void" && type.kind !== "function") {
		p.error("incomplete", token, [printType(type)]);
		return errorNode(token);
	}
	return constant(BigInt(isSize ? sizeOf(type) : alignOf(type)), ULONG, token);
}

function postfix(p: Parser, first: Operand): Operand {
	let node = first;
	for (;;) {
		const token = p.token;
		switch (token.kind) {
			case T.LeftBracket: {
				p.next();
				const at = expression(p);
				p.expect(T.RightBracket, "]", "after the index");
				node = index(p, node, at, token);
				continue;
			}
			case T.LeftParen:
				node = call(p, node);
				continue;
			case T.Dot:
			case T.Arrow: {
				p.next();
				const name = p.token;
				if (name.kind !== T.Identifier && name.kind < T.FirstKeyword) p.stop("expectedName", name, [p.found()]);
				p.next();
				node = p.memberOf(node, name.text, token.kind === T.Arrow, node.place, name);
				continue;
			}
			case T.PlusPlus:
			case T.MinusMinus:
				p.next();
				node = increment(p, node, token.kind === T.PlusPlus ? 1 : -1, false, token);
				continue;
			default:
				return node;
		}
	}
}

function primary(p: Parser): Operand {
	const token = p.token;
	switch (token.kind) {
		case T.Number:
			p.next();
			return number(p, token);
		case T.Char:
			p.next();
			return character(p, token);
		case T.String:
			return strings(p);
		case T.LeftParen: {
			p.next();
			if (p.is(T.LeftBrace)) {
				const value = statementExpression(p, token);
				p.expect(T.RightParen, ")", "after the statement expression");
				return value;
			}
			p.enter();
			const inner = expression(p);
			p.leave();
			p.expect(T.RightParen, ")", `to close the '(' of line ${token.line}`);
			// remembered for "assignment used as a condition"
			p.parenthesized = inner;
			return inner;
		}
		case T.Generic:
			return generic(p);
		case T.Identifier:
			return builtin(p, token) ?? identifier(p);
		case T.Other:
			return p.stop("strayCharacter", token, [token.text]);
	}
	p.stop("expectedExpression", token, [p.found()]);
}

function number(p: Parser, token: Token): Expression {
	const parsed = parseInteger(token.text);
	if (typeof parsed === "string") {
		if (parsed === "float") p.error("notC", token, ["floating point is not supported: the kernel has none"]);
		else p.error("badNumber", token, [token.text, parsed]);
		return errorNode(token);
	}
	const { value, unsigned, long, decimal } = parsed;
	if (value > 0xffffffffffffffffn) {
		p.error("numberTooLarge", token, [token.text]);
		return errorNode(token);
	}
	let type: CType = INT;
	const big = value > 0x7fffffffffffffffn;
	if (long === 0 && value <= 0x7fffffffn) type = unsigned ? UINT : INT;
	else if (long === 0 && value <= 0xffffffffn && (unsigned || !decimal)) type = UINT;
	else if (long < 2) type = unsigned || big ? ULONG : LONG;
	else type = unsigned || big ? ULLONG : LLONG;
	return { kind: "constant", value, type, place: token };
}

function character(p: Parser, token: Token): Expression {
	const text = token.text;
	if (text.length < 2 || !text.endsWith("'")) {
		p.error("openChar", token);
		return errorNode(token);
	}
	const bytes = unescapeText(text.slice(1, -1), (letter) => p.error("badEscape", token, [letter]));
	if (bytes.length === 0) p.error("emptyChar", token);
	if (bytes.length > 1) p.error("longChar", token);
	let value = 0;
	for (const byte of bytes) value = (value << 8) | byte;
	return constant(BigInt(value | 0), INT, token);
}

/** Adjacent string literals as one. */
export function strings(p: Parser): StringLValue {
	const first = p.token;
	const parts: Uint8Array[] = [];
	let length = 1;
	while (p.token.kind === T.String) {
		const token = p.next();
		if (token.text.length < 2 || !token.text.endsWith('"')) p.error("openString", token);
		const body = token.text.endsWith('"') && token.text.length > 1 ? token.text.slice(1, -1) : token.text.slice(1);
		const bytes = unescapeText(body, (letter) => p.error("badEscape", token, [letter]));
		parts.push(bytes);
		length += bytes.length;
	}
	const all = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return { kind: "string", bytes: all, type: arrayOf(CHAR, length), place: first };
}

function generic(p: Parser): Operand {
	const token = p.next();
	p.expect(T.LeftParen, "(", "after '_Generic'");
	const control = toValue(p, assignment(p));
	let chosen: Operand | null = null;
	let fallback: Operand | null = null;
	while (p.accept(T.Comma)) {
		let type: CType | null = null;
		if (!p.accept(T.Default)) type = typeName(p);
		p.expect(T.Colon, ":", "after the type in '_Generic'");
		const value = assignment(p);
		if (type === null) fallback = value;
		else if (!chosen && p.exactlySame(type, control.type)) chosen = value;
	}
	p.expect(T.RightParen, ")", "after '_Generic'");
	const result = chosen ?? fallback;
	if (!result) {
		p.error("generic", token, [printType(control.type)]);
		return errorNode(token);
	}
	return result;
}

/** An integer constant expression; reports and gives 0 when it is none. */
export function constantExpression(p: Parser, what: string): bigint {
	const place = p.token;
	const value = toValue(p, ternary(p));
	if (value.type.kind === "error") return 0n;
	if (value.kind !== "constant" || !isInteger(value.type)) {
		p.error("notConstant", place, [what]);
		return 0n;
	}
	return value.value;
}

/** A condition of if, while, for, do. */
export function conditionExpression(p: Parser, what: string): Expression {
	const node = expression(p);
	if (node.kind === "assign" && p.parenthesized !== node && !node.place.macro) p.error("assignCondition", node.place);
	return toScalar(p, node, what);
}
