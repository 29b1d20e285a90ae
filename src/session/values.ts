/** Values of C objects as the debugger handles them: where they are, what they are, and how they are read and written. */

import { type BitField, type CType, isSigned, sizeOf } from "../language/types";
import type { AddressSpace } from "../language/vm/address-space";

/** An object or a value: in memory, in a register pair of a stack, or just computed. */
export type Value =
	| { readonly at: "memory"; readonly type: CType; readonly address: number; readonly bitField: BitField | null }
	| { readonly at: "register"; readonly type: CType; readonly regs: Int32Array; readonly slot: number }
	| { readonly at: "result"; readonly type: CType; readonly bits: bigint };

export function inMemory(type: CType, address: number, bitField: BitField | null = null): Value {
	return { at: "memory", type, address, bitField };
}

export function result(type: CType, bits: bigint): Value {
	return { at: "result", type, bits: BigInt.asUintN(64, bits) };
}

/** Reads a scalar with its sign. Throws MemoryFault when nothing is mapped there. */
export function readScalar(space: AddressSpace, value: Value): bigint {
	const { type } = value;
	if (value.at === "result") return extend(value.bits, type);
	if (value.at === "register") {
		const bits = (BigInt(value.regs[value.slot + 1] ?? 0) << 32n) | BigInt((value.regs[value.slot] ?? 0) >>> 0);
		return extend(bits, type);
	}
	const { bitField } = value;
	if (bitField) {
		const field = (readBits(space, value.address, bitField.unit) >> BigInt(bitField.bit)) & mask(bitField.width);
		return bitField.signed ? BigInt.asIntN(bitField.width, field) : field;
	}
	return extend(readBits(space, value.address, sizeOf(type)), type);
}

/** Writes a scalar; bits that do not fit are lost, as in C. Throws MemoryFault. */
export function writeScalar(space: AddressSpace, value: Value, bits: bigint): void {
	if (value.at === "result") throw new Error("this value has no place in memory");
	if (value.at === "register") {
		const extended = extend(bits, value.type);
		value.regs[value.slot] = Number(BigInt.asIntN(32, extended));
		if (sizeOf(value.type) === 8) value.regs[value.slot + 1] = Number(BigInt.asIntN(32, extended >> 32n));
		return;
	}
	const { bitField } = value;
	if (bitField) {
		const field = mask(bitField.width) << BigInt(bitField.bit);
		const old = readBits(space, value.address, bitField.unit);
		writeBits(space, value.address, bitField.unit, (old & ~field) | ((bits << BigInt(bitField.bit)) & field));
		return;
	}
	const stored = value.type.kind === "int" && value.type.name === "_Bool" ? (bits === 0n ? 0n : 1n) : bits;
	writeBits(space, value.address, sizeOf(value.type), stored);
}

/** Value of a pointer as the signed number that the address space takes. */
export function asPointer(bits: bigint): number {
	return Number(BigInt.asIntN(64, bits));
}

function extend(bits: bigint, type: CType): bigint {
	const width = 8 * sizeOf(type);
	if (type.kind === "int" && type.name === "_Bool") return (bits & 0xffn) === 0n ? 0n : 1n;
	return isSigned(type) ? BigInt.asIntN(width, bits) : BigInt.asUintN(width, bits);
}

function mask(width: number): bigint {
	return (1n << BigInt(width)) - 1n;
}

function readBits(space: AddressSpace, address: number, size: number): bigint {
	switch (size) {
		case 1:
			return BigInt(space.r8(address));
		case 2:
			return BigInt(space.r16(address));
		case 4:
			return BigInt(space.r32(address));
		default:
			return (BigInt(space.r32(address + 4)) << 32n) | BigInt(space.r32(address));
	}
}

function writeBits(space: AddressSpace, address: number, size: number, bits: bigint): void {
	const low = Number(BigInt.asUintN(32, bits));
	if (size === 1) space.w8(address, low & 0xff);
	else if (size === 2) space.w16(address, low & 0xffff);
	else space.w32(address, low | 0);
	if (size === 8) space.w32(address + 4, Number(BigInt.asUintN(32, bits >> 32n)) | 0);
}
