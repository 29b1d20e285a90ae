import type { CompareOperator, Expression } from "../tree";
import { Op } from "../vm/opcodes";
import type { Label } from "./emitter";
import { discard, expression } from "./expressions";
import type { Generator } from "./generator";
import { isBool, isWide, signed } from "./places";

const INVERSE: Record<CompareOperator, CompareOperator> = {
	"==": "!=",
	"!=": "==",
	"<": ">=",
	">=": "<",
	">": "<=",
	"<=": ">",
};
const MIRROR: Record<CompareOperator, CompareOperator> = {
	"==": "==",
	"!=": "!=",
	"<": ">",
	">=": "<=",
	">": "<",
	"<=": ">=",
};
const IMMEDIATE_SIGNED: Record<CompareOperator, Op> = {
	"==": Op.BeqI,
	"!=": Op.BneI,
	"<": Op.BltI,
	"<=": Op.BleI,
	">": Op.BgtI,
	">=": Op.BgeI,
};
const IMMEDIATE_UNSIGNED: Record<CompareOperator, Op> = {
	"==": Op.BeqI,
	"!=": Op.BneI,
	"<": Op.BltUI,
	"<=": Op.BleUI,
	">": Op.BgtUI,
	">=": Op.BgeUI,
};

/** Jumps to `target` when the scalar's truth is `wanted`, else falls through. */
export function branch(g: Generator, node: Expression, target: Label, wanted: boolean): void {
	const { out } = g;
	const mark = out.next;
	switch (node.kind) {
		case "constant":
			if ((node.value !== 0n) === wanted) out.jump(Op.Jmp, target);
			return;
		case "unary":
			if (node.operator === "!") {
				branch(g, node.operand, target, !wanted);
				return;
			}
			break;
		case "cast": {
			const to = node.type;
			const from = node.operand.type;
			// Widening and conversion to _Bool keep the truth.
			if (isBool(to) || isWide(to) || !isWide(from)) {
				if (isBool(to) || isWide(to) || keepsTruth(node)) {
					branch(g, node.operand, target, wanted);
					return;
				}
			}
			break;
		}
		case "comma":
			discard(g, node.left);
			branch(g, node.right, target, wanted);
			return;
		case "logical": {
			if ((node.operator === "||") === wanted) {
				branch(g, node.left, target, wanted);
				branch(g, node.right, target, wanted);
			} else {
				const skip = out.label();
				branch(g, node.left, skip, !wanted);
				branch(g, node.right, target, wanted);
				out.bind(skip);
			}
			return;
		}
		case "compare":
			compareBranch(g, node, target, wanted);
			return;
		default:
			break;
	}
	const slot = expression(g, node, -1);
	if (isWide(node.type)) out.jump(wanted ? Op.Bnz64 : Op.Bz64, target, slot);
	else out.jump(wanted ? Op.Bnz : Op.Bz, target, slot);
	out.next = mark;
}

/** Whether a cast between values of at most 32 bits keeps zero and non-zero apart. */
function keepsTruth(node: Expression & { kind: "cast" }): boolean {
	return !isWide(node.operand.type) && sizeNarrow(node.type) >= sizeNarrow(node.operand.type);
}

function sizeNarrow(type: Expression["type"]): number {
	return type.kind === "int" ? type.size : 4;
}

function compareBranch(g: Generator, node: Expression & { kind: "compare" }, target: Label, wanted: boolean): void {
	const { out } = g;
	const mark = out.next;
	const type = node.left.type;
	const isSigned = signed(type);
	let { left, right } = node;
	let operator = wanted ? node.operator : INVERSE[node.operator];
	if (left.kind === "constant") {
		[left, right] = [right, left];
		operator = MIRROR[operator];
	}
	const l = expression(g, left, -1);
	if (right.kind === "constant") {
		if (!isWide(type)) {
			const op = (isSigned ? IMMEDIATE_SIGNED : IMMEDIATE_UNSIGNED)[operator];
			out.jump(op, target, l, Number(BigInt.asIntN(32, right.value)));
			out.next = mark;
			return;
		}
		if (right.value === 0n && (operator === "==" || operator === "!=")) {
			out.jump(operator === "==" ? Op.Bz64 : Op.Bnz64, target, l);
			out.next = mark;
			return;
		}
	}
	const r = expression(g, right, -1);
	const [op, swap] = compareOp(operator, isWide(type), isSigned);
	if (swap) out.jump(op, target, r, l);
	else out.jump(op, target, l, r);
	out.next = mark;
}

/** The branch for an operator, and whether its operands change places. */
function compareOp(operator: CompareOperator, wide: boolean, isSigned: boolean): [Op, boolean] {
	const swap = operator === ">" || operator === ">=";
	switch (operator) {
		case "==":
			return [wide ? Op.Beq64 : Op.Beq, false];
		case "!=":
			return [wide ? Op.Bne64 : Op.Bne, false];
		case "<":
		case ">":
			if (wide) return [isSigned ? Op.Blt64 : Op.BltU64, swap];
			return [isSigned ? Op.Blt : Op.BltU, swap];
		default:
			if (wide) return [isSigned ? Op.Ble64 : Op.BleU64, swap];
			return [isSigned ? Op.Ble : Op.BleU, swap];
	}
}

/** A comparison as a value: 0 or 1 in `d`. */
export function compareValue(g: Generator, node: Expression & { kind: "compare" }, d: number): void {
	const { out } = g;
	const mark = out.next;
	const type = node.left.type;
	const wide = isWide(type);
	const isSigned = signed(type);
	const l = expression(g, node.left, -1);
	const r = expression(g, node.right, -1);
	const swap = node.operator === ">" || node.operator === ">=";
	let op: Op;
	switch (node.operator) {
		case "==":
			op = wide ? Op.Seq64 : Op.Seq;
			break;
		case "!=":
			op = wide ? Op.Sne64 : Op.Sne;
			break;
		case "<":
		case ">":
			op = wide ? (isSigned ? Op.Slt64 : Op.SltU64) : isSigned ? Op.Slt : Op.SltU;
			break;
		default:
			op = wide ? (isSigned ? Op.Sle64 : Op.SleU64) : isSigned ? Op.Sle : Op.SleU;
	}
	out.emit(op, d, swap ? r : l, swap ? l : r);
	out.next = mark;
}
