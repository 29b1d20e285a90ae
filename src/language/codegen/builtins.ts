import type { Expression } from "../tree";
import { sizeOf } from "../types";
import {
	OVERFLOW_BITS_SHIFT,
	OVERFLOW_LEFT_SIGNED,
	OVERFLOW_MUL,
	OVERFLOW_RESULT_SIGNED,
	OVERFLOW_RIGHT_SIGNED,
	OVERFLOW_SUB,
} from "../vm/arithmetic";
import { BitOperation, Op } from "../vm/opcodes";
import { expression } from "./expressions";
import type { Generator } from "./generator";
import { pointee } from "./lvalues";
import { storeMemory } from "./memory-access";
import { isWide, signed } from "./places";

/** __builtin_clz and relatives. */
export function bitOperation(g: Generator, node: Expression & { kind: "bit" }, d: number): void {
	const s = expression(g, node.operand, -1);
	g.out.emit(Op.Bits, d, s, operationOf(node));
}

function operationOf(node: Expression & { kind: "bit" }): number {
	const wide = isWide(node.operand.type) ? BitOperation.Wide : 0;
	switch (node.operation) {
		case "clz":
			return BitOperation.Clz | wide;
		case "ctz":
			return BitOperation.Ctz | wide;
		case "ffs":
			return BitOperation.Ffs | wide;
		case "popcount":
			return BitOperation.Popcount | wide;
		case "parity":
			return BitOperation.Parity | wide;
		case "clrsb":
			return BitOperation.Clrsb | wide;
		default: {
			const size = sizeOf(node.operand.type);
			if (size === 8) return BitOperation.Bswap64 | wide;
			return size === 4 ? BitOperation.Bswap32 : BitOperation.Bswap16;
		}
	}
}

/** An operand as a pair, extended by its own type. */
function extended(g: Generator, node: Expression): number {
	const pair = g.out.alloc(2);
	if (isWide(node.type)) return expression(g, node, pair);
	const mark = g.out.next;
	const s = expression(g, node, -1);
	g.out.emit(signed(node.type) ? Op.Sx : Op.Zx, pair, s);
	g.out.next = mark;
	return pair;
}

export function overflowValue(g: Generator, node: Expression & { kind: "overflow" }, d: number): void {
	const { out } = g;
	const left = extended(g, node.left);
	const right = extended(g, node.right);
	const t = out.alloc(4);
	const descriptor =
		(node.operator === "-" ? OVERFLOW_SUB : node.operator === "*" ? OVERFLOW_MUL : 0) |
		(signed(node.left.type) ? OVERFLOW_LEFT_SIGNED : 0) |
		(signed(node.right.type) ? OVERFLOW_RIGHT_SIGNED : 0) |
		(node.resultType.signed ? OVERFLOW_RESULT_SIGNED : 0) |
		((8 * node.resultType.size) << OVERFLOW_BITS_SHIFT);
	out.emit(Op.Overflow, t, left, right, descriptor);
	storeMemory(g, pointee(g, node.result), node.resultType.size, t + 2);
	out.emit(Op.Mov, d, t);
}
