/** Conversions: to values, promotions, the usual arithmetic ones, casts, and those of an assignment. */

import type { Parser } from "../parser/parser";
import { printType } from "../print-type";
import type { Place } from "../source";
import type { Expression, LValue } from "../tree";
import {
	CONST,
	type CType,
	ERROR,
	INT,
	type IntType,
	integerOf,
	isInteger,
	isScalar,
	pointerTo,
	qualifiersOf,
	sameType,
	UINT,
	ULLONG,
	ULONG,
	unqualified,
	VOLATILE,
} from "../types";
import { constant, errorNode, isLValue, normalize, type Operand } from "./nodes";

/** The value of an operand: loads, arrays and functions as pointers. */
export function toValue(p: Parser, node: Operand): Expression {
	if (node.kind === "function") {
		return node.type.kind === "function" ? { ...node, type: pointerTo(node.type) } : node;
	}
	if (!isLValue(node)) return node;
	const type = node.type;
	switch (type.kind) {
		case "array":
			return { kind: "decay", operand: memory(p, node), type: pointerTo(type.element), place: node.place };
		case "function":
			return node.kind === "deref" ? node.pointer : errorNode(node.place);
		case "error":
			return errorNode(node.place);
		case "record":
			if (!type.definition.complete) {
				p.error("incomplete", node.place, [printType(type)]);
				return errorNode(node.place);
			}
			return { kind: "load", operand: node, type: unqualified(type), place: node.place };
		case "void":
			return {
				kind: "cast",
				operand: node.kind === "deref" ? node.pointer : errorNode(node.place),
				type,
				place: node.place,
			};
		default:
			return { kind: "load", operand: node, type: unqualified(type), place: node.place };
	}
}

/** Marks the variable below an lvalue as living in memory. */
export function memory(p: Parser, node: LValue): LValue {
	let at: LValue = node;
	while (at.kind === "member") at = at.object;
	if (at.kind === "variable" && p.unevaluated === 0) at.symbol.inMemory = true;
	return node;
}

/** A value that must be a number or pointer (a condition, an operand of `!`). */
export function toScalar(p: Parser, node: Operand, what: string): Expression {
	const value = toValue(p, node);
	if (value.type.kind === "error" || isScalar(value.type)) return value;
	if (value.type.kind === "void") p.error("voidValue", value.place);
	else p.error("notScalar", value.place, [what, printType(value.type)]);
	return errorNode(value.place);
}

/** Casts with folding; no check. */
export function castTo(value: Expression, type: CType): Expression {
	const target = type.qualifiers === 0 ? type : unqualified(type);
	if (value.type.kind === "error") return value;
	if (value.kind === "constant" && isScalar(target)) {
		return { kind: "constant", value: normalize(value.value, target), type: target, place: value.place };
	}
	if (target.kind === value.type.kind) {
		if (target.kind === "int" && (value.type as IntType).name === target.name) return value;
		if (target.kind === "record") return value;
		if (target.kind === "pointer" && value.kind !== "cast")
			return { kind: "cast", operand: value, type: target, place: value.place };
	}
	return { kind: "cast", operand: value, type: target, place: value.place };
}

/** Integer promotion; a bit-field narrower than int becomes int. */
export function promote(value: Expression): Expression {
	const integer = integerOf(value.type);
	if (!integer) return value;
	if (value.kind === "load" && value.operand.kind === "member" && value.operand.bitField) {
		const { width, signed } = value.operand.bitField;
		if (width < 32 || (width === 32 && signed)) return castTo(value, INT);
		if (width === 32) return castTo(value, UINT);
	}
	if (integer.rank < INT.rank) return castTo(value, INT);
	return value.type.kind === "enum" ? castTo(value, integer) : value;
}

function commonType(a: IntType, b: IntType): IntType {
	if (a.name === b.name) return a;
	if (a.signed === b.signed) return a.rank >= b.rank ? a : b;
	const [unsigned, signed] = a.signed ? [b, a] : [a, b];
	if (unsigned.rank >= signed.rank) return unsigned;
	if (signed.size > unsigned.size) return signed;
	return signed.rank === 5 ? ULLONG : signed.rank === 4 ? ULONG : UINT;
}

/** Both operands in their common type; null when one of them is no integer. */
export function arithmetic(left: Expression, right: Expression): [Expression, Expression, IntType] | null {
	const a = promote(left);
	const b = promote(right);
	const ta = integerOf(a.type);
	const tb = integerOf(b.type);
	if (!ta || !tb) return null;
	const type = commonType(ta, tb);
	const plain = type.alias === undefined ? type : { ...type };
	return [castTo(a, plain), castTo(b, plain), plain];
}

export function isNullConstant(value: Expression): boolean {
	return (
		value.kind === "constant" &&
		value.value === 0n &&
		(isInteger(value.type) || (value.type.kind === "pointer" && value.type.target.kind === "void"))
	);
}

/** Pointers to these may be used for each other. char and the signedness of integers are forgiven as the kernel's -Wno-pointer-sign does. */
export function compatibleTargets(a: CType, b: CType): boolean {
	if (a.kind === "void" || b.kind === "void") return true;
	const ia = integerOf(a);
	const ib = integerOf(b);
	if (ia && ib)
		return ia.size === ib.size && (ia.size === 1 || ia.rank === ib.rank || a.kind === "enum" || b.kind === "enum");
	if (a.kind === "pointer" && b.kind === "pointer")
		return sameType(unqualified(a.target), unqualified(b.target)) || sameType(a, b);
	return sameType(unqualified(a), unqualified(b));
}

/** A platform driver's `remove` that returns int, as before 6.11: it is taken, and what it returns is ignored. */
function isOldRemove(type: CType, from: CType): boolean {
	if (type.kind !== "function" || from.kind !== "function") return false;
	if (type.result.kind !== "void" || !isInteger(from.result) || from.parameters.length !== 1) return false;
	const [wanted, given] = [type.parameters[0]?.type, from.parameters[0]?.type];
	if (
		wanted?.kind !== "pointer" ||
		wanted.target.kind !== "record" ||
		wanted.target.definition.tag !== "platform_device"
	)
		return false;
	return given !== undefined && sameType(wanted, given);
}

/** Converts as an assignment to `type` does, with the errors and warnings of GCC. `what` begins the message. */
export function convert(p: Parser, node: Operand, type: CType, what: string, at?: Place): Expression {
	const value = toValue(p, node);
	const place = at ?? value.place;
	const from = value.type;
	if (from.kind === "error" || type.kind === "error") return { ...errorNode(place), type: ERROR };
	if (from.kind === "void") {
		p.error("voidValue", place);
		return errorNode(place);
	}
	if (isInteger(type) && isInteger(from)) {
		if (value.kind === "constant") warnOverflow(p, value.value, type, place);
		return castTo(value, type);
	}
	if (type.kind === "pointer" && from.kind === "pointer") {
		if (isNullConstant(value)) return castTo(value, type);
		if (!compatibleTargets(type.target, from.target) && !isOldRemove(type.target, from.target)) {
			// As the kernel's -Werror=incompatible-pointer-types; integers and functions are forgiven with a warning.
			const [to, of] = [type.target, from.target];
			// A struct that is first named among parameters is another one: GCC warns, and so do we.
			const sameTag = to.kind === "record" && of.kind === "record" && to.definition.tag === of.definition.tag;
			const records = (to.kind === "record" || of.kind === "record") && !sameTag;
			p.error(records ? "pointerRecords" : "pointerTypes", place, [what, printType(type), printType(from)]);
		} else {
			const lost = qualifiersOf(from.target) & ~qualifiersOf(type.target) & (CONST | VOLATILE);
			if (lost && type.target.kind !== "function") {
				p.error("discardsQualifiers", place, [
					what,
					lost & CONST ? "const" : "volatile",
					printType(type),
					printType(from),
				]);
			}
		}
		return castTo(value, type);
	}
	if (type.kind === "pointer" && isInteger(from)) {
		if (!isNullConstant(value))
			p.error("pointerInteger", place, [what, "a pointer from an integer", printType(type), printType(from)]);
		return castTo(value, type);
	}
	if (isInteger(type) && from.kind === "pointer") {
		if (integerOf(type)!.name !== "_Bool") {
			p.error("pointerInteger", place, [what, "an integer from a pointer", printType(type), printType(from)]);
		}
		return castTo(value, type);
	}
	if (type.kind === "record" && from.kind === "record" && type.definition === from.definition) return value;
	p.error("incompatible", place, [what, printType(type), printType(from)]);
	return errorNode(place);
}

function warnOverflow(p: Parser, value: bigint, type: CType, place: Place): void {
	const integer = integerOf(type)!;
	if (integer.name === "_Bool" || integer.size === 8) return;
	const bits = BigInt(integer.size * 8);
	if (value >= 1n << bits || value < -(1n << (bits - 1n))) {
		p.error("overflow", place, [String(value), printType(type), String(normalize(value, type))]);
	}
}

/** An explicit cast `(type)node`. */
export function explicitCast(p: Parser, node: Operand, type: CType, place: Place): Expression {
	const value = toValue(p, node);
	if (type.kind === "void") return { kind: "cast", operand: value, type, place };
	if (value.type.kind === "error" || type.kind === "error") return errorNode(place);
	if (value.type.kind === "void") {
		p.error("voidValue", place);
		return errorNode(place);
	}
	if (isScalar(type) && isScalar(value.type)) {
		const result = castTo(value, type);
		if (result.kind === "constant") return { ...result, place };
		return result === value ? { kind: "cast", operand: value, type: unqualified(type), place } : result;
	}
	if (type.kind === "record" && value.type.kind === "record" && sameType(type, value.type)) return value;
	p.error("badCast", place, [printType(value.type), printType(type)]);
	return errorNode(place);
}

export function truth(value: boolean, place: Place): Expression {
	return constant(value ? 1n : 0n, INT, place);
}
