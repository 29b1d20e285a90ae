import type { Expression } from "../tree";
import { sizeOf } from "../types";
import { Op } from "../vm/opcodes";
import { castRegister, expression, operate } from "./expressions";
import { bitFieldOf, type Generator } from "./generator";
import { lvalue, scaledAdd } from "./lvalues";
import { load, store } from "./memory-access";
import { isBool, isRecord, isWide, slotsOf } from "./places";
import { recordPlace } from "./records";

/** `dst` -1: the result may be anywhere. */
export function assign(g: Generator, node: Expression & { kind: "assign" }, dst: number): number {
	const { out } = g;
	if (isRecord(node.type)) return g.addressOf(recordPlace(g, node), dst);
	const { target } = node;
	const field = bitFieldOf(target);
	if (target.kind === "variable") {
		const location = lvalue(g, target);
		if (location.kind === "register") {
			expression(g, node.value, location.slot);
			if (dst < 0) return location.slot;
			store(g, { kind: "register", slot: dst }, node.type, null, location.slot, -1);
			return dst;
		}
	}
	const result = dst >= 0 ? dst : out.alloc(slotsOf(node.type));
	const mark = out.next;
	// C leaves the order of the two sides open; the value first needs fewer registers.
	const value = expression(g, node.value, -1);
	if (storeIndexed(g, node, value)) {
		if (dst >= 0) out.emit(isWide(node.type) ? Op.Mov64 : Op.Mov, dst, value);
		else return value;
	} else {
		const location = lvalue(g, target);
		const stored = store(g, location, node.type, field, value, dst >= 0 || field ? result : -1);
		if (dst < 0 && !field) return stored;
	}
	out.next = mark;
	return result;
}

/** `p[i] = v` with a 32-bit index in one instruction. */
function storeIndexed(g: Generator, node: Expression & { kind: "assign" }, value: number): boolean {
	const { target } = node;
	if (target.kind !== "deref" || target.pointer.kind !== "pointer-add") return false;
	const add = target.pointer;
	const size = sizeOf(node.type);
	if (add.subtract || add.scale !== size || add.index.kind !== "cast" || !isWide(add.index.type)) return false;
	if (isWide(add.index.operand.type) || (size !== 4 && size !== 1)) return false;
	const base = expression(g, add.pointer, -1);
	const i = expression(g, add.index.operand, -1);
	g.out.emit(size === 4 ? Op.St32X : Op.St8X, value, base, i);
	return true;
}

/** `op=`; with `wanted` false the value is not needed. */
export function compoundAssign(
	g: Generator,
	node: Expression & { kind: "compound-assign" },
	dst: number,
	wanted: boolean,
): number {
	const { out } = g;
	const { target, computation } = node;
	const field = bitFieldOf(target);
	const type = target.type;
	const result = dst >= 0 ? dst : out.alloc(slotsOf(type));
	const mark = out.next;
	const location = lvalue(g, target);
	const direct = location.kind === "register" && sizeOf(type) >= 4 && isWide(type) === isWide(computation);
	if (direct) {
		if (node.scale > 0) scaledAdd(g, location.slot, location.slot, node.value, node.scale, node.operator === "-");
		else operate(g, node.operator, computation, location.slot, node.value, location.slot);
		out.next = mark;
		if (dst >= 0) store(g, { kind: "register", slot: dst }, type, null, location.slot, -1);
		return dst >= 0 ? dst : location.slot;
	}
	const old = castRegister(g, load(g, location, type, field, -1), type, computation);
	const sum = out.alloc(2);
	if (node.scale > 0) scaledAdd(g, sum, old, node.value, node.scale, node.operator === "-");
	else operate(g, node.operator, computation, old, node.value, sum);
	const value = castRegister(g, sum, computation, type);
	store(g, location, type, field, value, wanted ? result : -1);
	out.next = mark;
	return result;
}

/** `++` and `--`; with `wanted` false the value is not needed. */
export function increment(
	g: Generator,
	node: Expression & { kind: "increment" },
	dst: number,
	wanted: boolean,
): number {
	const { out } = g;
	const { target, delta, prefix } = node;
	const type = target.type;
	const wide = isWide(type);
	const field = bitFieldOf(target);
	const result = dst >= 0 ? dst : out.alloc(slotsOf(type));
	const mark = out.next;
	const location = lvalue(g, target);
	if (location.kind === "register" && sizeOf(type) >= 4) {
		const move = wide ? Op.Mov64 : Op.Mov;
		if (wanted && !prefix) out.emit(move, result, location.slot);
		out.emit(wide ? Op.AddI64 : Op.AddI, location.slot, location.slot, delta);
		if (wanted && prefix) out.emit(move, result, location.slot);
		out.next = mark;
		return result;
	}
	const old = out.alloc(2);
	load(g, location, type, field, old);
	const sum = out.alloc(2);
	if (isBool(type)) {
		if (delta > 0) out.emit(Op.Li, sum, 1);
		else out.emit(Op.XorI, sum, old, 1);
	} else out.emit(wide ? Op.AddI64 : Op.AddI, sum, old, delta);
	const narrow = !wide && sizeOf(type) < 4 && !isBool(type) ? narrowed(g, sum, type) : sum;
	store(g, location, type, field, narrow, wanted && prefix ? result : -1);
	if (wanted && !prefix) out.emit(wide ? Op.Mov64 : Op.Mov, result, old);
	out.next = mark;
	return result;
}

function narrowed(g: Generator, slot: number, type: Expression["type"]): number {
	const isSigned = type.kind === "int" && type.signed;
	const op = sizeOf(type) === 1 ? (isSigned ? Op.Sx8 : Op.Zx8) : isSigned ? Op.Sx16 : Op.Zx16;
	g.out.emit(op, slot, slot);
	return slot;
}
