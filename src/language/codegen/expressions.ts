import type { BinaryOperator, Expression, LValue } from "../tree";
import { type CType, sizeOf } from "../types";
import { FaultKind } from "../vm/fault";
import { FRAME_OVERHEAD } from "../vm/frame-layout";
import { Op } from "../vm/opcodes";
import { assign, compoundAssign, increment } from "./assignments";
import { branch, compareValue } from "./branches";
import { bitOperation, overflowValue } from "./builtins";
import { callInto } from "./calls";
import { bitFieldOf, type Generator } from "./generator";
import { lvalue, pointerAdd } from "./lvalues";
import { load } from "./memory-access";
import { displaced, high, isBool, isRecord, isWide, type Location, low, signed, slotsOf } from "./places";
import { nextVariableSlot, recordPlace, storeWide } from "./records";

import { statementExpression } from "./statements";

/** Evaluates for the effects only. */
export function discard(g: Generator, node: Expression): void {
	const mark = g.out.next;
	switch (node.kind) {
		case "constant":
		case "function":
			break;
		case "cast":
			discard(g, node.operand);
			break;
		case "comma":
			discard(g, node.left);
			discard(g, node.right);
			break;
		case "assign":
			assign(g, node, -1);
			break;
		case "compound-assign":
			compoundAssign(g, node, -1, false);
			break;
		case "increment":
			increment(g, node, -1, false);
			break;
		case "call":
			callInto(g, node, isRecord(node.type) ? g.temporary(node.type) : null, -1);
			break;
		case "statement-expression":
			statementExpression(g, node, (result) => discard(g, result));
			break;
		case "logical": {
			const end = g.out.label();
			branch(g, node.left, end, node.operator === "||");
			discard(g, node.right);
			g.out.bind(end);
			break;
		}
		case "conditional": {
			const otherwise = g.out.label();
			const end = g.out.label();
			branch(g, node.condition, otherwise, false);
			discard(g, node.then);
			g.out.jump(Op.Jmp, end);
			g.out.bind(otherwise);
			discard(g, node.otherwise);
			g.out.bind(end);
			break;
		}
		case "load":
			if (isRecord(node.type) || node.type.kind === "void") lvalue(g, node.operand);
			else expression(g, node, -1);
			break;
		default:
			if (isRecord(node.type)) recordPlace(g, node);
			else expression(g, node, -1);
	}
	g.out.next = mark;
}

/**
 * Evaluates a scalar into registers: into `dst`, or with -1 anywhere (a variable's own register, or a new temporary
 * that stays allocated). Values narrower than 32 bits are kept extended. Of a record, gives its address.
 * `dst` is only written when everything that the expression reads has been read, so it may be a variable in it.
 */
export function expression(g: Generator, node: Expression, dst: number): number {
	const { out } = g;
	if (isRecord(node.type)) return g.addressOf(recordPlace(g, node), dst);
	switch (node.kind) {
		case "load": {
			const { operand } = node;
			if (operand.kind === "variable") return load(g, lvalue(g, operand), node.type, null, dst);
			const d = dst >= 0 ? dst : out.alloc(slotsOf(node.type));
			const mark = out.next;
			if (!loadIndexed(g, node, d)) load(g, lvalue(g, operand), node.type, bitFieldOf(operand), d);
			out.next = mark;
			return d;
		}
		case "assign":
			return assign(g, node, dst);
		case "increment":
			return increment(g, node, dst, true);
		case "compound-assign":
			return compoundAssign(g, node, dst, true);
		case "cast":
			return cast(g, node.operand, node.type, dst);
		case "comma":
			discard(g, node.left);
			return expression(g, node.right, dst);
		case "call":
			return callInto(g, node, null, dst);
		case "pointer-add":
			return pointerAdd(g, node, dst);
		default:
			break;
	}
	const d = dst >= 0 ? dst : out.alloc(slotsOf(node.type));
	const mark = out.next;
	compute(g, node, d);
	out.next = mark;
	return d;
}

/** `p[i]` with a 32-bit index in one instruction. */
function loadIndexed(g: Generator, node: Expression & { kind: "load" }, d: number): boolean {
	const { operand } = node;
	if (operand.kind !== "deref" || operand.pointer.kind !== "pointer-add") return false;
	const add = operand.pointer;
	const size = sizeOf(node.type);
	if (add.subtract || add.scale !== size || add.index.kind !== "cast" || !isWide(add.index.type)) return false;
	const index = add.index.operand;
	if (isWide(index.type) || (size !== 4 && (size !== 1 || signed(node.type)))) return false;
	const base = expression(g, add.pointer, -1);
	const i = expression(g, index, -1);
	g.out.emit(size === 4 ? Op.Ld32X : Op.Ld8UX, d, base, i);
	return true;
}

function compute(g: Generator, node: Expression, d: number): void {
	const { out } = g;
	switch (node.kind) {
		case "constant":
			if (isWide(node.type)) out.emit(Op.Li64, d, low(node.value), high(node.value));
			else out.emit(Op.Li, d, low(node.value));
			break;
		case "address-constant":
			out.address(d, node.base.kind === "string" ? { kind: "string", bytes: node.base.bytes } : node.base, node.offset);
			break;
		case "address":
		case "decay":
			addressInto(g, node.operand, d);
			break;
		case "function":
			out.address(d, node.symbol, 0);
			break;
		case "unary":
			unary(g, node, d);
			break;
		case "binary":
			binary(g, node.operator, node.type, node.left, node.right, d);
			break;
		case "compare":
			compareValue(g, node, d);
			break;
		case "logical": {
			const yes = out.label();
			const end = out.label();
			branch(g, node, yes, true);
			out.emit(Op.Li, d, 0);
			out.jump(Op.Jmp, end);
			out.bind(yes);
			out.emit(Op.Li, d, 1);
			out.bind(end);
			break;
		}
		case "conditional": {
			const otherwise = out.label();
			const end = out.label();
			branch(g, node.condition, otherwise, false);
			expression(g, node.then, d);
			out.jump(Op.Jmp, end);
			out.bind(otherwise);
			expression(g, node.otherwise, d);
			out.bind(end);
			break;
		}
		case "elvis": {
			const end = out.label();
			const t = out.alloc(slotsOf(node.type));
			expression(g, node.value, t);
			out.jump(isWide(node.type) ? Op.Bnz64 : Op.Bnz, end, t);
			expression(g, node.otherwise, t);
			out.bind(end);
			out.emit(isWide(node.type) ? Op.Mov64 : Op.Mov, d, t);
			break;
		}
		case "pointer-difference": {
			const l = expression(g, node.left, -1);
			const r = expression(g, node.right, -1);
			out.emit(Op.Sub64, d, l, r);
			if (node.scale > 1) {
				if ((node.scale & (node.scale - 1)) === 0) out.emit(Op.SarI64, d, d, 31 - Math.clz32(node.scale));
				else {
					const t = out.alloc(2);
					out.emit(Op.Li64, t, node.scale, 0);
					out.emit(Op.DivS64, d, d, t);
				}
			}
			break;
		}
		case "statement-expression":
			statementExpression(g, node, (result) => expression(g, result, d));
			break;
		case "bit":
			bitOperation(g, node, d);
			break;
		case "overflow":
			overflowValue(g, node, d);
			break;
		case "va-start": {
			const list = lvalue(g, node.list);
			const t = out.alloc(2);
			out.emit(Op.VaStart, t, FRAME_OVERHEAD + 8);
			out.frameFixups.push(out.pc - 1);
			storeWide(g, list, t);
			out.emit(Op.Ld64, t, t, -8);
			storeWide(g, displaced(list, 8), t);
			break;
		}
		case "va-arg":
			convert(g, nextVariableSlot(g, node), isWide(node.type), d);
			break;
		case "trap":
			out.emit(Op.Trap, FaultKind.Bug);
			break;
		case "caller":
			if (node.what === "frame-address") out.emit(Op.Lea, d, 0);
			else out.emit(Op.Caller, d);
			break;
		default:
			throw new Error(`no value: ${node.kind}`);
	}
}

/** The address of an lvalue in `d`; that of a static object or string without a detour. */
function addressInto(g: Generator, operand: LValue, d: number): void {
	if (operand.kind === "string") g.out.address(d, { kind: "string", bytes: operand.bytes }, 0);
	else if (operand.kind === "variable" && operand.symbol.storage !== "local" && operand.symbol.storage !== "parameter")
		g.out.address(d, operand.symbol, 0);
	else g.addressOf(lvalue(g, operand), d);
}

/** Moves a 64-bit slot, or its low half, into d. */
function convert(g: Generator, slot: number, wide: boolean, d: number): void {
	g.out.emit(wide ? Op.Mov64 : Op.Mov, d, slot);
}

function unary(g: Generator, node: Expression & { kind: "unary" }, d: number): void {
	const s = expression(g, node.operand, -1);
	const wide = isWide(node.operand.type);
	switch (node.operator) {
		case "-":
			g.out.emit(wide ? Op.Neg64 : Op.Neg, d, s);
			break;
		case "~":
			g.out.emit(wide ? Op.Not64 : Op.Not, d, s);
			break;
		default:
			g.out.emit(wide ? Op.Lnot64 : Op.Lnot, d, s);
	}
}

const PLAIN: Record<BinaryOperator, [Op, Op]> = {
	"+": [Op.Add, Op.Add64],
	"-": [Op.Sub, Op.Sub64],
	"*": [Op.Mul, Op.Mul64],
	"/": [Op.DivU, Op.DivU64],
	"%": [Op.ModU, Op.ModU64],
	"&": [Op.And, Op.And64],
	"|": [Op.Or, Op.Or64],
	"^": [Op.Xor, Op.Xor64],
	"<<": [Op.Shl, Op.Shl64],
	">>": [Op.Shr, Op.Shr64],
};
const SIGNED: Partial<Record<BinaryOperator, [Op, Op]>> = {
	"/": [Op.DivS, Op.DivS64],
	"%": [Op.ModS, Op.ModS64],
	">>": [Op.Sar, Op.Sar64],
};
const IMMEDIATE: Partial<Record<BinaryOperator, Op>> = {
	"+": Op.AddI,
	"*": Op.MulI,
	"&": Op.AndI,
	"|": Op.OrI,
	"^": Op.XorI,
	"<<": Op.ShlI,
};
const IMMEDIATE64: Partial<Record<BinaryOperator, Op>> = {
	"+": Op.AddI64,
	"&": Op.AndI64,
	"|": Op.OrI64,
	"<<": Op.ShlI64,
};

/** d = left op right in `type`. */
export function binary(
	g: Generator,
	operator: BinaryOperator,
	type: CType,
	left: Expression,
	right: Expression,
	d: number,
): void {
	const [l, r] =
		left.kind === "constant" && (operator === "+" || operator === "*" || operator === "&" || operator === "|")
			? [right, left]
			: [left, right];
	const a = expression(g, l, -1);
	operate(g, operator, type, a, r, d);
}

/** d = a op right, where `a` is in a register already. */
export function operate(
	g: Generator,
	operator: BinaryOperator,
	type: CType,
	a: number,
	right: Expression,
	d: number,
): void {
	const { out } = g;
	const wide = isWide(type);
	if (right.kind === "constant") {
		const value = right.value;
		if (!wide) {
			const imm = low(value);
			if (operator === "-") {
				out.emit(Op.AddI, d, a, -imm | 0);
				return;
			}
			if (!signed(type) && imm > 0 && (imm & (imm - 1)) === 0 && (operator === "/" || operator === "%")) {
				if (operator === "/") out.emit(Op.ShrI, d, a, 31 - Math.clz32(imm));
				else out.emit(Op.AndI, d, a, imm - 1);
				return;
			}
			const op = operator === ">>" ? (signed(type) ? Op.SarI : Op.ShrI) : IMMEDIATE[operator];
			if (op !== undefined) {
				out.emit(op, d, a, imm);
				return;
			}
		} else {
			const asSigned = BigInt.asIntN(64, operator === "-" ? -value : value);
			const fits = asSigned >= -0x80000000n && asSigned <= 0x7fffffffn;
			const op =
				operator === ">>" ? (signed(type) ? Op.SarI64 : Op.ShrI64) : IMMEDIATE64[operator === "-" ? "+" : operator];
			if (op !== undefined && fits) {
				out.emit(op, d, a, Number(asSigned));
				return;
			}
		}
	}
	const b = expression(g, right, -1);
	operateRegisters(g, operator, type, a, b, d);
}

function operateRegisters(g: Generator, operator: BinaryOperator, type: CType, a: number, b: number, d: number): void {
	const pair = (signed(type) ? SIGNED[operator] : undefined) ?? PLAIN[operator];
	g.out.emit(pair[isWide(type) ? 1 : 0], d, a, b);
}

/** A conversion between scalars. Often nothing has to be done but to look at the same register. */
export function cast(g: Generator, operand: Expression, to: CType, dst: number): number {
	const { out } = g;
	if (to.kind === "void") {
		discard(g, operand);
		return dst >= 0 ? dst : out.alloc(2);
	}
	const from = operand.type;
	if (from.kind === "void") return expression(g, operand, dst);
	if (operand.kind === "constant" && !isBool(to)) {
		const value = convertConstant(operand.value, to);
		return expression(g, { ...operand, type: to, value }, dst);
	}
	const op = castOp(from, to);
	if (op === Op.Nop) {
		if (isWide(from) === isWide(to)) return expression(g, operand, dst);
		// 64 to 32 bits: the low word.
		const s = expression(g, operand, -1);
		if (dst < 0 || dst === s) return s;
		out.emit(Op.Mov, dst, s);
		return dst;
	}
	const d = dst >= 0 ? dst : out.alloc(slotsOf(to));
	const mark = out.next;
	const s = expression(g, operand, -1);
	out.emit(op, d, s);
	out.next = mark;
	return d;
}

/** The same conversion of a register. */
export function castRegister(g: Generator, s: number, from: CType, to: CType): number {
	const op = castOp(from, to);
	if (op === Op.Nop) return s;
	const d = g.out.alloc(slotsOf(to));
	g.out.emit(op, d, s);
	return d;
}

function castOp(from: CType, to: CType): Op {
	if (isBool(to)) return isBool(from) ? Op.Nop : isWide(from) ? Op.Bool64 : Op.Bool;
	if (isWide(to)) return isWide(from) ? Op.Nop : signed(from) ? Op.Sx : Op.Zx;
	const size = sizeOf(to);
	if (size === 4) return Op.Nop;
	const sourceSize = sizeOf(from);
	const toSigned = signed(to);
	// A narrower unsigned source always fits, and so does one of the same size and sign.
	if (sourceSize < size && (toSigned || !signed(from))) return Op.Nop;
	if (sourceSize === size && toSigned === signed(from)) return Op.Nop;
	if (size === 1) return toSigned ? Op.Sx8 : Op.Zx8;
	return toSigned ? Op.Sx16 : Op.Zx16;
}

/** A constant in the range of a type. */
function convertConstant(value: bigint, to: CType): bigint {
	const size = 8 * sizeOf(to);
	return signed(to) ? BigInt.asIntN(size, value) : BigInt.asUintN(size, value);
}

/** The address that a pointer-valued expression gives, as a memory place. */
export function placeAt(g: Generator, node: Expression): Location {
	return { kind: "memory", slot: expression(g, node, -1), disp: 0 };
}
