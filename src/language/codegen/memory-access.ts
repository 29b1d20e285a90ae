import { type BitField, type CType, sizeOf } from "../types";
import { Op } from "../vm/opcodes";
import type { Generator } from "./generator";
import { isBool, isWide, type Location, signed } from "./places";

function loadOp(size: number, isSigned: boolean): Op {
	switch (size) {
		case 1:
			return isSigned ? Op.Ld8S : Op.Ld8U;
		case 2:
			return isSigned ? Op.Ld16S : Op.Ld16U;
		case 4:
			return Op.Ld32;
		default:
			return Op.Ld64;
	}
}

function storeOp(size: number): Op {
	return size === 1 ? Op.St8 : size === 2 ? Op.St16 : size === 4 ? Op.St32 : Op.St64;
}

/** Loads `size` bytes into `d`. */
export function loadMemory(g: Generator, location: Location, size: number, isSigned: boolean, d: number): void {
	const { out } = g;
	if (location.kind === "local" && size >= 4) {
		out.emit(size === 4 ? Op.LdL32 : Op.LdL64, d, location.offset);
		return;
	}
	if (location.kind === "memory") {
		out.emit(loadOp(size, isSigned), d, location.slot, location.disp);
		return;
	}
	const mark = out.next;
	out.emit(loadOp(size, isSigned), d, g.addressOf(location, -1), 0);
	out.next = mark;
}

export function storeMemory(g: Generator, location: Location, size: number, s: number): void {
	const { out } = g;
	if (location.kind === "local" && size >= 4) {
		out.emit(size === 4 ? Op.StL32 : Op.StL64, s, location.offset);
		return;
	}
	if (location.kind === "memory") {
		out.emit(storeOp(size), s, location.slot, location.disp);
		return;
	}
	const mark = out.next;
	out.emit(storeOp(size), s, g.addressOf(location, -1), 0);
	out.next = mark;
}

/** The value of an object as a register operand: in `dst`, or anywhere when that is -1. */
export function load(g: Generator, location: Location, type: CType, bitField: BitField | null, dst: number): number {
	const { out } = g;
	if (location.kind === "register") {
		if (dst < 0 || dst === location.slot) return location.slot;
		out.emit(isWide(type) ? Op.Mov64 : Op.Mov, dst, location.slot);
		return dst;
	}
	const d = dst >= 0 ? dst : out.alloc(isWide(type) ? 2 : 1);
	if (bitField) loadBits(g, location, type, bitField, d);
	else loadMemory(g, location, sizeOf(type), signed(type), d);
	return d;
}

function loadBits(g: Generator, location: Location, type: CType, field: BitField, d: number): void {
	const mark = g.out.next;
	const unit = g.out.alloc(2);
	loadMemory(g, location, field.unit, false, unit);
	partial(g, field, true);
	extractBits(g, type, field, unit, field.bit, d);
	g.out.next = mark;
}

/** The access just generated is to the unit of a bit-field: only the field's own bytes matter, or (to be rewritten) none. */
function partial(g: Generator, field: BitField, matters: boolean): void {
	const first = field.bit >> 3;
	const count = matters ? ((field.bit + field.width - 1) >> 3) - first + 1 : 0;
	g.out.partial.push({ pc: g.out.latest, first, count });
}

/** d = bits [bit, bit + width) of the unit, extended as the field wants. */
function extractBits(g: Generator, type: CType, field: BitField, unit: number, bit: number, d: number): void {
	const { out } = g;
	const { width } = field;
	const isSigned = field.signed;
	if (field.unit === 8) {
		const left = 64 - width - bit;
		if (left > 0) out.emit(Op.ShlI64, unit, unit, left);
		if (width < 64) out.emit(isSigned ? Op.SarI64 : Op.ShrI64, unit, unit, 64 - width);
		out.emit(isWide(type) ? Op.Mov64 : Op.Mov, d, unit);
		return;
	}
	const left = 32 - width - bit;
	if (isSigned || bit + width < 32) {
		if (!isSigned && bit === 0) out.emit(Op.AndI, unit, unit, width === 32 ? -1 : (1 << width) - 1);
		else {
			if (left > 0) out.emit(Op.ShlI, unit, unit, left);
			if (width < 32) out.emit(isSigned ? Op.SarI : Op.ShrI, unit, unit, 32 - width);
		}
	} else if (bit > 0) {
		out.emit(Op.ShrI, unit, unit, bit);
	}
	if (isWide(type)) out.emit(isSigned ? Op.Sx : Op.Zx, d, unit);
	else out.emit(Op.Mov, d, unit);
}

/**
 * Stores a register operand. With `dst` >= 0 the value as stored (a bit-field truncated) is put there.
 * Returns the slot of the value as stored.
 */
export function store(
	g: Generator,
	location: Location,
	type: CType,
	bitField: BitField | null,
	value: number,
	dst: number,
): number {
	const { out } = g;
	if (bitField && location.kind !== "register") {
		storeBits(g, location, type, bitField, value);
		if (dst < 0) return value;
		const mark = out.next;
		const copy = out.alloc(2);
		if (bitField.unit === 8 && !isWide(type)) out.emit(Op.Zx, copy, value);
		else out.emit(isWide(type) ? Op.Mov64 : Op.Mov, copy, value);
		extractBits(g, type, bitField, copy, 0, dst);
		out.next = mark;
		return dst;
	}
	if (location.kind === "register") {
		if (location.slot !== value) out.emit(isWide(type) ? Op.Mov64 : Op.Mov, location.slot, value);
	} else {
		storeMemory(g, location, sizeOf(type), value);
	}
	if (dst >= 0 && dst !== value) out.emit(isWide(type) ? Op.Mov64 : Op.Mov, dst, value);
	return dst >= 0 ? dst : value;
}

function storeBits(g: Generator, location: Location, type: CType, field: BitField, value: number): void {
	const { out } = g;
	const mark = out.next;
	const old = out.alloc(2);
	const bits = out.alloc(2);
	loadMemory(g, location, field.unit, false, old);
	partial(g, field, false);
	if (field.unit === 8) {
		const mask = ((1n << BigInt(field.width)) - 1n) << BigInt(field.bit);
		const m = out.alloc(2);
		if (isWide(type)) out.emit(Op.ShlI64, bits, value, field.bit);
		else {
			out.emit(isBool(type) || !signed(type) ? Op.Zx : Op.Sx, bits, value);
			out.emit(Op.ShlI64, bits, bits, field.bit);
		}
		out.emit(Op.Li64, m, Number(BigInt.asIntN(32, mask)), Number(BigInt.asIntN(32, mask >> 32n)));
		out.emit(Op.And64, bits, bits, m);
		out.emit(Op.Not64, m, m);
		out.emit(Op.And64, old, old, m);
		out.emit(Op.Or64, old, old, bits);
	} else {
		const ones = field.width === 32 ? -1 : (1 << field.width) - 1;
		out.emit(Op.ShlI, bits, value, field.bit);
		out.emit(Op.AndI, bits, bits, ones << field.bit);
		out.emit(Op.AndI, old, old, ~(ones << field.bit));
		out.emit(Op.Or, old, old, bits);
	}
	storeMemory(g, location, field.unit, old);
	partial(g, field, true);
	out.next = mark;
}
