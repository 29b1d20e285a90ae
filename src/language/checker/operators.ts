/** The operators of expressions: types, conversions, folding. */
import type { Parser } from "../parser/parser";
import { printType } from "../print-type";
import type { Place } from "../source";
import type { BinaryOperator, CompareOperator, Expression, LValue } from "../tree";
import {
	type CType,
	INT,
	type IntType,
	integerOf,
	isComplete,
	isInteger,
	isScalar,
	isSigned,
	LONG,
	pointerTo,
	qualifiersOf,
	sameType,
	sizeOf,
	ULONG,
	unqualified,
	VOID,
} from "../types";
import {
	arithmetic,
	castTo,
	compatibleTargets,
	convert,
	isNullConstant,
	memory,
	promote,
	toScalar,
	toValue,
	truth,
} from "./convert";
import { constant, describe, errorNode, isConst, isLValue, type Operand } from "./nodes";

/** Exact result wrapped to the type; null when undefined (division by zero). */
export function fold(operator: BinaryOperator, type: IntType, a: bigint, b: bigint): bigint | null {
	const bits = BigInt(type.size * 8);
	switch (operator) {
		case "+":
			return a + b;
		case "-":
			return a - b;
		case "*":
			return a * b;
		case "/":
			return b === 0n ? null : a / b;
		case "%":
			return b === 0n ? null : a % b;
		case "&":
			return a & b;
		case "|":
			return a | b;
		case "^":
			return a ^ b;
		case "<<":
			return a << (b & (bits - 1n));
		case ">>":
			return a >> (b & (bits - 1n));
	}
}

/** Size of what a pointer steps over; reports incomplete types. */
function stepSize(p: Parser, type: CType, place: Place): number {
	if (type.kind !== "pointer") return 1;
	const target = type.target;
	if (target.kind === "void" || target.kind === "function") return 1;
	if (!isComplete(target) && target.kind !== "error") {
		p.error("voidPointerArithmetic", place, [printType(type)]);
		return 1;
	}
	return sizeOf(target);
}

export function pointerAdd(
	p: Parser,
	pointer: Expression,
	index: Expression,
	subtract: boolean,
	place: Place,
): Expression {
	const scale = stepSize(p, pointer.type, place);
	const integer = integerOf(index.type)!;
	const wide = castTo(index, integer.signed ? LONG : ULONG);
	if (wide.kind === "constant") {
		if (pointer.kind === "constant") {
			const by = wide.value * BigInt(scale);
			return constant(subtract ? pointer.value - by : pointer.value + by, pointer.type, place);
		}
	}
	return { kind: "pointer-add", pointer, index: wide, scale, subtract, type: pointer.type, place };
}

export function binary(
	p: Parser,
	operator: BinaryOperator,
	leftNode: Operand,
	rightNode: Operand,
	place: Place,
): Expression {
	const left = toValue(p, leftNode);
	const right = toValue(p, rightNode);
	if (left.type.kind === "error" || right.type.kind === "error") return errorNode(place);
	if (operator === "+" || operator === "-") {
		const lp = left.type.kind === "pointer";
		const rp = right.type.kind === "pointer";
		if (lp && isInteger(right.type)) return pointerAdd(p, left, right, operator === "-", place);
		if (rp && operator === "+" && isInteger(left.type)) return pointerAdd(p, right, left, false, place);
		if (left.type.kind === "pointer" && right.type.kind === "pointer" && operator === "-") {
			if (!compatibleTargets(left.type.target, right.type.target)) {
				p.error("operandTypes", place, [operator, printType(left.type), printType(right.type)]);
				return errorNode(place);
			}
			const scale = stepSize(p, left.type, place);
			if (left.kind === "constant" && right.kind === "constant" && scale > 0) {
				return constant(BigInt.asIntN(64, left.value - right.value) / BigInt(scale), LONG, place);
			}
			return { kind: "pointer-difference", left, right, scale: Math.max(1, scale), type: LONG, place };
		}
	}
	if (!isInteger(left.type) || !isInteger(right.type)) {
		p.error("operandTypes", place, [operator, printType(left.type), printType(right.type)]);
		return errorNode(place);
	}
	if (operator === "<<" || operator === ">>") {
		const a = promote(left);
		const b = promote(right);
		const type = integerOf(a.type)!;
		if (b.kind === "constant" && (b.value < 0n || b.value >= BigInt(type.size * 8))) {
			if (!place.macro) p.error("shiftCount", place, [String(b.value), printType(type), type.size * 8]);
		}
		if (a.kind === "constant" && b.kind === "constant")
			return constant(fold(operator, type, a.value, b.value)!, type, place);
		return { kind: "binary", operator, left: a, right: b, type, place };
	}
	const [a, b, type] = arithmetic(left, right)!;
	if ((operator === "/" || operator === "%") && b.kind === "constant" && b.value === 0n) {
		if (!place.macro && p.unevaluated === 0) p.error("divisionByZero", place);
	} else if (a.kind === "constant" && b.kind === "constant") {
		return constant(fold(operator, type, a.value, b.value)!, type, place);
	}
	return { kind: "binary", operator, left: a, right: b, type, place };
}

export function compare(
	p: Parser,
	operator: CompareOperator,
	leftNode: Operand,
	rightNode: Operand,
	place: Place,
): Expression {
	let left = toScalar(p, leftNode, `'${operator}'`);
	let right = toScalar(p, rightNode, `'${operator}'`);
	if (left.type.kind === "error" || right.type.kind === "error") return errorNode(place);
	if (left.type.kind === "pointer" || right.type.kind === "pointer") {
		if (left.type.kind === "pointer" && right.type.kind === "pointer") {
			const fits =
				compatibleTargets(left.type.target, right.type.target) || isNullConstant(left) || isNullConstant(right);
			if (!fits) p.error("comparePointers", place, [printType(left.type), printType(right.type)]);
		} else {
			const [pointer, integer] = left.type.kind === "pointer" ? [left, right] : [right, left];
			if (!isNullConstant(integer))
				p.error("comparePointerInteger", place, [printType(pointer.type), printType(integer.type)]);
		}
		if (left.type.kind !== "pointer") left = castTo(left, right.type);
		else if (right.type.kind !== "pointer") right = castTo(right, left.type);
	} else {
		const both = arithmetic(left, right)!;
		left = both[0];
		right = both[1];
	}
	if (left.kind === "constant" && right.kind === "constant") {
		const a = left.value;
		const b = right.value;
		switch (operator) {
			case "==":
				return truth(a === b, place);
			case "!=":
				return truth(a !== b, place);
			case "<":
				return truth(a < b, place);
			case ">":
				return truth(a > b, place);
			case "<=":
				return truth(a <= b, place);
			case ">=":
				return truth(a >= b, place);
		}
	}
	return { kind: "compare", operator, left, right, type: INT, place };
}

export function logical(
	p: Parser,
	operator: "&&" | "||",
	leftNode: Operand,
	rightNode: Operand,
	place: Place,
): Expression {
	const left = toScalar(p, leftNode, `'${operator}'`);
	const right = toScalar(p, rightNode, `'${operator}'`);
	if (left.type.kind === "error" || right.type.kind === "error") return errorNode(place);
	if (left.kind === "constant") {
		const decided = (left.value !== 0n) === (operator === "||");
		if (decided) return truth(operator === "||", place);
		if (right.kind === "constant") return truth(right.value !== 0n, place);
	}
	return { kind: "logical", operator, left, right, type: INT, place };
}

export function unary(p: Parser, operator: "-" | "~" | "!" | "+", node: Operand, place: Place): Expression {
	if (operator === "!") {
		const value = toScalar(p, node, "'!'");
		if (value.type.kind === "error") return value;
		if (value.kind === "constant") return truth(value.value === 0n, place);
		return { kind: "unary", operator, operand: value, type: INT, place };
	}
	const value = toValue(p, node);
	if (value.type.kind === "error") return value;
	if (!isInteger(value.type)) {
		p.error("operandType", place, [operator, printType(value.type)]);
		return errorNode(place);
	}
	const operand = promote(value);
	if (operator === "+") return operand;
	if (operand.kind === "constant")
		return constant(operator === "-" ? -operand.value : ~operand.value, operand.type, place);
	return { kind: "unary", operator, operand, type: operand.type, place };
}

/** `&node` */
export function addressOf(p: Parser, node: Operand, place: Place): Expression {
	if (node.kind === "function") return toValue(p, node);
	if (!isLValue(node)) {
		if (node.type.kind !== "error") p.error("addressOf", place, ["a value that is not stored anywhere"]);
		return errorNode(place);
	}
	if (node.kind === "member" && node.bitField) {
		p.error("addressOf", place, [`bit-field '${node.member.name ?? ""}'`]);
		return errorNode(place);
	}
	memory(p, node);
	const type = pointerTo(node.type);
	if (node.type.kind === "error") return errorNode(place);
	if (node.kind === "deref") return castTo(node.pointer, type);
	let offset = 0;
	let at: LValue = node;
	while (at.kind === "member") {
		offset += at.offset;
		at = at.object;
	}
	if (at.kind === "deref" && at.pointer.kind === "constant")
		return constant(at.pointer.value + BigInt(offset), type, place);
	return { kind: "address", operand: node, type, place };
}

/** `*node` */
export function dereference(p: Parser, node: Operand, place: Place): Operand {
	const pointer = toValue(p, node);
	if (pointer.type.kind === "error") return pointer;
	if (pointer.type.kind !== "pointer") {
		p.error("notPointer", place, [printType(pointer.type)]);
		return errorNode(place);
	}
	return { kind: "deref", pointer, type: pointer.type.target, place };
}

/** `array[index]` */
export function index(p: Parser, base: Operand, at: Operand, place: Place): Operand {
	const left = toValue(p, base);
	const right = toValue(p, at);
	if (left.type.kind === "error" || right.type.kind === "error") return errorNode(place);
	const [pointer, offset] = left.type.kind === "pointer" ? [left, right] : [right, left];
	if (pointer.type.kind !== "pointer" || !isInteger(offset.type)) {
		p.error("operandTypes", place, ["[]", printType(left.type), printType(right.type)]);
		return errorNode(place);
	}
	return { kind: "deref", pointer: pointerAdd(p, pointer, offset, false, place), type: pointer.type.target, place };
}

/** Something that can be stored to; null (reported) otherwise. */
function modifiable(p: Parser, node: Operand, what: string): LValue | null {
	if (node.type.kind === "error") return null;
	if (!isLValue(node) || node.kind === "temporary" || node.type.kind === "array" || node.type.kind === "function") {
		p.error("notLvalue", node.place, [what]);
		return null;
	}
	if (isConst(node.type)) {
		p.error("constStore", node.place, [describe(node)]);
		return null;
	}
	return node;
}

export function assign(p: Parser, target: Operand, value: Operand, place: Place): Expression {
	const lvalue = modifiable(p, target, "'='");
	if (!lvalue) {
		toValue(p, value);
		return errorNode(place);
	}
	const converted = convert(p, value, lvalue.type, "this assignment", value.place);
	return { kind: "assign", target: lvalue, value: converted, type: unqualified(lvalue.type), place };
}

export function compoundAssign(
	p: Parser,
	operator: BinaryOperator,
	target: Operand,
	node: Operand,
	place: Place,
): Expression {
	const lvalue = modifiable(p, target, `'${operator}='`);
	const value = toValue(p, node);
	if (!lvalue || value.type.kind === "error") return errorNode(place);
	const type = unqualified(lvalue.type);
	if (type.kind === "pointer" && (operator === "+" || operator === "-") && isInteger(value.type)) {
		const wide = castTo(value, isSigned(value.type) ? LONG : ULONG);
		const scale = stepSize(p, type, place);
		return { kind: "compound-assign", operator, target: lvalue, value: wide, computation: type, scale, type, place };
	}
	if (!isInteger(type) || !isInteger(value.type)) {
		p.error("operandTypes", place, [`${operator}=`, printType(lvalue.type), printType(value.type)]);
		return errorNode(place);
	}
	const left = promote({ kind: "load", operand: lvalue, type, place });
	if (operator === "<<" || operator === ">>") {
		const computation = integerOf(left.type)!;
		return {
			kind: "compound-assign",
			operator,
			target: lvalue,
			value: promote(value),
			computation,
			scale: 0,
			type,
			place,
		};
	}
	const [, right, computation] = arithmetic(left, value)!;
	if ((operator === "/" || operator === "%") && right.kind === "constant" && right.value === 0n)
		p.error("divisionByZero", place);
	return { kind: "compound-assign", operator, target: lvalue, value: right, computation, scale: 0, type, place };
}

export function increment(p: Parser, node: Operand, by: 1 | -1, prefix: boolean, place: Place): Expression {
	const lvalue = modifiable(p, node, by > 0 ? "'++'" : "'--'");
	if (!lvalue) return errorNode(place);
	if (!isScalar(lvalue.type)) {
		p.error("operandType", place, [by > 0 ? "++" : "--", printType(lvalue.type)]);
		return errorNode(place);
	}
	const delta = by * (lvalue.type.kind === "pointer" ? stepSize(p, lvalue.type, place) : 1);
	return { kind: "increment", target: lvalue, delta, prefix, type: unqualified(lvalue.type), place };
}

/** Type and converted arms of `?:`. */
function arms(p: Parser, a: Expression, b: Expression, place: Place): [Expression, Expression, CType] | null {
	if (a.type.kind === "error" || b.type.kind === "error") return null;
	if (a.type.kind === "void" || b.type.kind === "void") return [castTo(a, VOID), castTo(b, VOID), VOID];
	const both = arithmetic(a, b);
	if (both) return both;
	if (a.type.kind === "record" && b.type.kind === "record" && sameType(a.type, b.type)) return [a, b, a.type];
	if (a.type.kind === "pointer" && b.type.kind === "pointer") {
		if (isNullConstant(a) && a.type.target.kind === "void") return [castTo(a, b.type), b, b.type];
		if (isNullConstant(b) && b.type.target.kind === "void") return [a, castTo(b, a.type), a.type];
		const qualifiers = qualifiersOf(a.type.target) | qualifiersOf(b.type.target);
		if (!compatibleTargets(a.type.target, b.type.target)) {
			p.error("pointerTypes", place, ["'?:'", printType(a.type), printType(b.type)]);
		}
		const target =
			a.type.target.kind === "void" ? a.type.target : b.type.target.kind === "void" ? b.type.target : a.type.target;
		const type =
			target.kind === "function"
				? a.type
				: pointerTo({ ...target, qualifiers: target.kind === "array" ? 0 : qualifiers });
		return [castTo(a, type), castTo(b, type), type];
	}
	if (a.type.kind === "pointer" && isInteger(b.type)) {
		if (!isNullConstant(b))
			p.error("pointerInteger", place, ["'?:'", "a pointer from an integer", printType(a.type), printType(b.type)]);
		return [a, castTo(b, a.type), a.type];
	}
	if (b.type.kind === "pointer" && isInteger(a.type)) {
		if (!isNullConstant(a))
			p.error("pointerInteger", place, ["'?:'", "a pointer from an integer", printType(b.type), printType(a.type)]);
		return [castTo(a, b.type), b, b.type];
	}
	p.error("operandTypes", place, ["?:", printType(a.type), printType(b.type)]);
	return null;
}

export function conditional(p: Parser, test: Operand, thenNode: Operand, otherNode: Operand, place: Place): Expression {
	const condition = toScalar(p, test, "the condition of '?:'");
	const chosen = arms(p, toValue(p, thenNode), toValue(p, otherNode), place);
	if (!chosen || condition.type.kind === "error") return errorNode(place);
	const [then, otherwise, type] = chosen;
	if (condition.kind === "constant") return condition.value !== 0n ? then : otherwise;
	return { kind: "conditional", condition, then, otherwise, type, place };
}

export function elvis(p: Parser, valueNode: Operand, otherNode: Operand, place: Place): Expression {
	const chosen = arms(p, toScalar(p, valueNode, "'?:'"), toValue(p, otherNode), place);
	if (!chosen) return errorNode(place);
	const [value, otherwise, type] = chosen;
	if (value.kind === "constant") return value.value !== 0n ? value : otherwise;
	return { kind: "elvis", value, otherwise, type, place };
}
