/** GCC's `__builtin_` functions and offsetof. */
import { castTo, convert, promote, toScalar, toValue, truth } from "../checker/convert";
import { constant, errorNode, isLValue, type Operand } from "../checker/nodes";
import { T, type Token } from "../preprocessor/tokens";
import { printType } from "../print-type";
import type { BitExpression, Expression } from "../tree";
import {
	BOOL,
	type CType,
	findMember,
	INT,
	integerOf,
	isInteger,
	LONG,
	sameType,
	sizeOf,
	UINT,
	ULONG,
	USHORT,
	unqualified,
	VOID,
	VOID_POINTER,
} from "../types";
import { callByName } from "./calls";
import { assignment, constantExpression, expression, typeName } from "./expressions";
import type { Parser } from "./parser";

const BITS = new Map<string, [BitExpression["operation"], CType]>();
for (const operation of ["clz", "ctz", "ffs", "popcount", "parity", "clrsb"] as const) {
	BITS.set(`__builtin_${operation}`, [operation, operation === "ffs" || operation === "clrsb" ? INT : UINT]);
	for (const suffix of ["l", "ll"])
		BITS.set(`__builtin_${operation}${suffix}`, [
			operation,
			operation === "ffs" || operation === "clrsb" ? LONG : ULONG,
		]);
}
BITS.set("__builtin_bswap16", ["bswap", USHORT]);
BITS.set("__builtin_bswap32", ["bswap", UINT]);
BITS.set("__builtin_bswap64", ["bswap", ULONG]);

/** The builtin at the cursor, or null when the name is none. */
export function builtin(p: Parser, token: Token): Operand | null {
	const name = token.text;
	if (!name.startsWith("__") || p.peek().kind !== T.LeftParen) return null;
	const bits = BITS.get(name);
	if (bits) {
		open(p);
		const operand = convert(p, assignment(p), bits[1], `'${name}'`);
		close(p);
		return bitOperation(bits[0], operand, bits[0] === "bswap" ? bits[1] : INT, token);
	}
	switch (name) {
		case "__builtin_offsetof":
			return offsetOf(p, token);
		case "__builtin_types_compatible_p": {
			open(p);
			const a = typeName(p);
			comma(p);
			const b = typeName(p);
			close(p);
			return truth(sameType(unqualified(a), unqualified(b)), token);
		}
		case "__builtin_choose_expr": {
			open(p);
			const first = constantExpression(p, "the first argument of __builtin_choose_expr");
			comma(p);
			const a = assignment(p);
			comma(p);
			const b = assignment(p);
			close(p);
			return first !== 0n ? a : b;
		}
		case "__builtin_constant_p": {
			open(p);
			p.unevaluated++;
			const value = toValue(p, expression(p));
			p.unevaluated--;
			close(p);
			const isString = value.kind === "decay" && value.operand.kind === "string";
			return truth(value.kind === "constant" || isString, token);
		}
		case "__builtin_expect":
		case "__builtin_expect_with_probability": {
			open(p);
			const value = toScalar(p, assignment(p), "__builtin_expect");
			while (p.accept(T.Comma)) toValue(p, assignment(p));
			close(p);
			return castTo(value, LONG);
		}
		case "__builtin_object_size":
		case "__builtin_dynamic_object_size":
			open(p);
			skipArguments(p);
			return constant(-1n, ULONG, token);
		case "__builtin_prefetch":
		case "__builtin_va_end":
		case "__builtin___clear_cache": {
			open(p);
			skipArguments(p);
			return { kind: "cast", operand: constant(0n, INT, token), type: VOID, place: token };
		}
		case "__builtin_unreachable":
		case "__builtin_trap":
			open(p);
			close(p);
			return { kind: "trap", type: VOID, place: token };
		case "__builtin_return_address":
		case "__builtin_frame_address":
		case "__builtin_extract_return_addr": {
			open(p);
			skipArguments(p);
			const what = name === "__builtin_frame_address" ? "frame-address" : "return-address";
			return { kind: "caller", what, type: VOID_POINTER, place: token };
		}
		case "__builtin_add_overflow":
		case "__builtin_sub_overflow":
		case "__builtin_mul_overflow":
			return overflow(p, token, name.startsWith("__builtin_a") ? "+" : name.startsWith("__builtin_s") ? "-" : "*");
		case "__builtin_va_start": {
			open(p);
			const list = vaListOperand(p, token);
			while (p.accept(T.Comma)) toValue(p, assignment(p));
			close(p);
			return list ? { kind: "va-start", list, type: VOID, place: token } : errorNode(token);
		}
		case "__builtin_va_copy": {
			open(p);
			const to = vaListOperand(p, token);
			comma(p);
			const from = vaListOperand(p, token);
			close(p);
			if (!to || !from) return errorNode(token);
			const value = toValue(p, from);
			const copy: Expression = { kind: "assign", target: to, value, type: value.type, place: token };
			return { kind: "cast", operand: copy, type: VOID, place: token };
		}
		case "__builtin_va_arg": {
			open(p);
			const list = vaListOperand(p, token);
			comma(p);
			const type = typeName(p);
			close(p);
			return list ? { kind: "va-arg", list, type: unqualified(type), place: token } : errorNode(token);
		}
	}
	if (name.startsWith("__builtin_")) {
		p.next();
		return callByName(p, name.slice(10), token);
	}
	return null;
}

function open(p: Parser): void {
	p.next();
	p.expect(T.LeftParen, "(", "after the builtin's name");
}
function close(p: Parser): void {
	p.expect(T.RightParen, ")", "after the builtin's arguments");
}
function comma(p: Parser): void {
	p.expect(T.Comma, ",", "between the builtin's arguments");
}
function skipArguments(p: Parser): void {
	while (p.token.kind !== T.RightParen) {
		toValue(p, assignment(p));
		if (!p.accept(T.Comma)) break;
	}
	close(p);
}

function vaListOperand(p: Parser, token: Token) {
	const node = assignment(p);
	if (node.type.kind === "record" && isLValue(node)) {
		const list = p.vaList();
		if (sameType(unqualified(node.type), list)) return node;
	}
	// a va_list parameter of pointer type: *ap
	if (node.type.kind !== "error")
		p.error("builtin", token, [token.text, `a va_list is expected, but this is '${printType(node.type)}'`]);
	return null;
}

function overflow(p: Parser, token: Token, operator: "+" | "-" | "*"): Operand {
	open(p);
	const left = toValue(p, assignment(p));
	comma(p);
	const right = toValue(p, assignment(p));
	comma(p);
	const result = toValue(p, assignment(p));
	close(p);
	if (left.type.kind === "error" || right.type.kind === "error" || result.type.kind === "error")
		return errorNode(token);
	const target = result.type.kind === "pointer" ? integerOf(result.type.target) : null;
	if (!target || !isInteger(left.type) || !isInteger(right.type)) {
		p.error("builtin", token, [token.text, "two integers and a pointer to an integer expected"]);
		return errorNode(token);
	}
	return {
		kind: "overflow",
		operator,
		left: promote(left),
		right: promote(right),
		result,
		resultType: target,
		type: BOOL,
		place: token,
	};
}

function offsetOf(p: Parser, token: Token): Operand {
	open(p);
	let type = typeName(p);
	comma(p);
	let offset = 0;
	let first = true;
	while (p.token.kind !== T.RightParen) {
		if (p.accept(T.LeftBracket)) {
			const at = Number(constantExpression(p, "the index in offsetof"));
			p.expect(T.RightBracket, "]", "after the index");
			if (type.kind !== "array") {
				if (type.kind !== "error") p.error("notPointer", p.previous(), [printType(type)]);
				return errorNode(token);
			}
			type = type.element;
			offset += at * sizeOf(type);
			continue;
		}
		if (!first && !p.accept(T.Dot)) p.expect(T.RightParen, ")", "after offsetof");
		first = false;
		const name = p.next();
		if (type.kind === "error") continue;
		if (type.kind !== "record") p.error("notRecord", name, [name.text, printType(type)]);
		else {
			const found = type.definition.complete ? findMember(type.definition, name.text) : null;
			p.watcher?.member(name, name.text, type.definition, found);
			if (found) {
				type = found.member.type;
				offset += found.offset;
				continue;
			}
			if (type.definition.complete) p.noMember(type, name.text, name);
			else p.error("incomplete", token, [printType(type)]);
		}
		type = { kind: "error", qualifiers: 0 };
	}
	close(p);
	return type.kind === "error" ? errorNode(token) : constant(BigInt(offset), ULONG, token);
}

function bitOperation(
	operation: BitExpression["operation"],
	operand: Expression,
	type: CType,
	token: Token,
): Expression {
	if (operand.kind === "constant") {
		const folded = foldBits(operation, operand.value, sizeOf(operand.type) * 8);
		if (folded !== null) return constant(folded, type, token);
	}
	if (operand.type.kind === "error") return errorNode(token);
	return { kind: "bit", operation, operand, type, place: token };
}

/** null: undefined (clz and ctz of 0). */
function foldBits(operation: BitExpression["operation"], value: bigint, width: number): bigint | null {
	const bits = BigInt.asUintN(width, value).toString(2).padStart(width, "0");
	const lowest = bits.length - 1 - bits.lastIndexOf("1");
	const ones = bits.split("1").length - 1;
	switch (operation) {
		case "clz":
			return ones === 0 ? null : BigInt(bits.indexOf("1"));
		case "ctz":
			return ones === 0 ? null : BigInt(lowest);
		case "ffs":
			return ones === 0 ? 0n : BigInt(lowest + 1);
		case "popcount":
			return BigInt(ones);
		case "parity":
			return BigInt(ones & 1);
		case "clrsb": {
			const rest = bits.slice(1);
			const at = rest.indexOf(bits[0] === "1" ? "0" : "1");
			return BigInt(at < 0 ? width - 1 : at);
		}
		case "bswap":
			return BigInt(`0b${(bits.match(/.{8}/g) ?? []).reverse().join("")}`);
	}
}
