/** Small constructors and questions about nodes of the tree. */
import type { Place } from "../source";
import type { ConstantExpression, Expression, LValue } from "../tree";
import { CONST, type CType, ERROR, integerOf, qualifiersOf } from "../types";

export type Operand = LValue | Expression;

export function isLValue(node: Operand): node is LValue {
	switch (node.kind) {
		case "variable":
		case "deref":
		case "member":
		case "string":
		case "compound-literal":
		case "temporary":
			return true;
		default:
			return false;
	}
}

export function constant(value: bigint, type: CType, place: Place): ConstantExpression {
	return { kind: "constant", value: normalize(value, type), type, place };
}

/** Stands for what could not be checked. */
export function errorNode(place: Place): Expression {
	return { kind: "constant", value: 0n, type: ERROR, place };
}

/** The value as the type holds it: wrapped to its width and signedness. */
export function normalize(value: bigint, type: CType): bigint {
	const integer = integerOf(type);
	if (!integer) return BigInt.asUintN(64, value);
	if (integer.name === "_Bool") return value === 0n ? 0n : 1n;
	return integer.signed ? BigInt.asIntN(integer.size * 8, value) : BigInt.asUintN(integer.size * 8, value);
}

export function isConst(type: CType): boolean {
	if (qualifiersOf(type) & CONST) return true;
	return type.kind === "record" && type.definition.members.some((m) => isConst(m.type));
}

/** What the user would call it, for messages. */
export function describe(node: Operand): string {
	switch (node.kind) {
		case "variable":
			return `'${node.symbol.name}'`;
		case "member":
			return node.member.name === null ? "this" : `member '${node.member.name}'`;
		case "string":
			return "a string literal";
		case "load":
			return describe(node.operand);
		default:
			return "this";
	}
}
