import { FaultKind, MemoryFault } from "./fault";
import { Op } from "./opcodes";
import { copyUninitialised, findBadAccess, readShadow } from "./shadow";
import { WINDOW_HIGH } from "./stack";
import type { Vm } from "./vm";

const TWO32 = 4294967296;

function pointer(r: Int32Array, slot: number): number {
	return r[slot + 1] * TWO32 + (r[slot] >>> 0);
}

/**
 * A memory instruction by the general way: pages not yet known to the fast path, device memory, unaligned
 * accesses, faults (thrown). Returns the pc of the next instruction.
 */
export function slowMemory(vm: Vm, op: number, pc: number, r: Int32Array, base: number, sp: number): number {
	if (vm.space.pool.shadow === null) return access(vm, op, pc, r, base, sp);
	const rest = checkAccess(vm, op, pc, r, base, sp);
	const next = access(vm, op, pc, r, base, sp);
	if (rest !== null) copyUninitialised(vm.space, rest.address, rest.bytes);
	return next;
}

function access(vm: Vm, op: number, pc: number, r: Int32Array, base: number, sp: number): number {
	const { space, code } = vm;
	const a = base + code[pc + 1];
	const local = WINDOW_HIGH * TWO32 + (sp >>> 0) + code[pc + 2];
	const address = op === Op.Zero || op === Op.Copy ? 0 : pointer(r, base + code[pc + 2]) + code[pc + 3];
	switch (op) {
		case Op.Ld8U:
			r[a] = space.r8(address);
			return pc + 4;
		case Op.Ld8S:
			r[a] = space.s8(address);
			return pc + 4;
		case Op.Ld16U:
			r[a] = space.r16(address);
			return pc + 4;
		case Op.Ld16S:
			r[a] = space.s16(address);
			return pc + 4;
		case Op.Ld32:
			r[a] = space.s32(address);
			return pc + 4;
		case Op.Ld64:
			load64(vm, r, a, address);
			return pc + 4;
		case Op.St8:
			space.w8(address, r[a] & 0xff);
			return pc + 4;
		case Op.St16:
			space.w16(address, r[a] & 0xffff);
			return pc + 4;
		case Op.St32:
			space.w32(address, r[a]);
			return pc + 4;
		case Op.St64:
			store64(vm, r, a, address);
			return pc + 4;
		case Op.Ld8UX:
			r[a] = space.r8(indexed(vm, r, pc, base, 1));
			return pc + 4;
		case Op.Ld32X:
			r[a] = space.s32(indexed(vm, r, pc, base, 4));
			return pc + 4;
		case Op.St8X:
			space.w8(indexed(vm, r, pc, base, 1), r[a] & 0xff);
			return pc + 4;
		case Op.St32X:
			space.w32(indexed(vm, r, pc, base, 4), r[a]);
			return pc + 4;
		case Op.LdL32:
			r[a] = space.s32(local);
			return pc + 3;
		case Op.LdL64:
			load64(vm, r, a, local);
			return pc + 3;
		case Op.StL32:
			space.w32(local, r[a]);
			return pc + 3;
		case Op.StL64:
			store64(vm, r, a, local);
			return pc + 3;
		case Op.Copy:
			space.copy(pointer(r, a), pointer(r, base + code[pc + 2]), code[pc + 3]);
			return pc + 4;
		case Op.Zero:
			space.fill(pointer(r, a), code[pc + 2], 0);
			return pc + 3;
		default:
			throw new Error(`no memory instruction: ${op} at ${pc}`);
	}
}

function indexed(vm: Vm, r: Int32Array, pc: number, base: number, scale: number): number {
	return pointer(r, base + vm.code[pc + 2]) + r[base + vm.code[pc + 3]] * scale;
}

/** Two words; in device memory the low one first. */
function load64(vm: Vm, r: Int32Array, slot: number, address: number): void {
	check64(vm, address, false);
	const lo = vm.space.s32(address);
	r[slot + 1] = vm.space.s32(address + 4);
	r[slot] = lo;
}

function store64(vm: Vm, r: Int32Array, slot: number, address: number): void {
	check64(vm, address, true);
	vm.space.w32(address, r[slot]);
	vm.space.w32(address + 4, r[slot + 1]);
}

function check64(vm: Vm, address: number, write: boolean): void {
	if (address % 8 !== 0 && !vm.space.isMapped(address, 8) && vm.space.toPhys(address) >= 0)
		throw new MemoryFault(address, 8, write, FaultKind.Misaligned);
}

/** Bytes of the scalar accesses; negative for stores. */
const ACCESS: Readonly<Partial<Record<Op, number>>> = {
	[Op.Ld8U]: 1,
	[Op.Ld8S]: 1,
	[Op.Ld16U]: 2,
	[Op.Ld16S]: 2,
	[Op.Ld32]: 4,
	[Op.Ld64]: 8,
	[Op.St8]: -1,
	[Op.St16]: -2,
	[Op.St32]: -4,
	[Op.St64]: -8,
	[Op.Ld8UX]: 1,
	[Op.Ld32X]: 4,
	[Op.St8X]: -1,
	[Op.St32X]: -4,
	[Op.LdL32]: 4,
	[Op.LdL64]: 8,
	[Op.StL32]: -4,
	[Op.StL64]: -8,
};

/**
 * Tells of an access that the shadow forbids. Copies of whole objects may copy what is not initialised (padding). For a
 * store to a bit-field it gives the shadow of the unit's other bytes, which the store does not initialise.
 */
function checkAccess(
	vm: Vm,
	op: number,
	pc: number,
	r: Int32Array,
	base: number,
	sp: number,
): { address: number; bytes: Uint8Array } | null {
	const { code } = vm;
	const to = pointer(r, base + code[pc + 1]);
	if (op === Op.Copy) {
		check(vm, pointer(r, base + code[pc + 2]), code[pc + 3], false, false);
		check(vm, to, code[pc + 3], true, false);
		return null;
	}
	if (op === Op.Zero) {
		check(vm, to, code[pc + 2], true, false);
		return null;
	}
	const bytes = ACCESS[op as Op] ?? 0;
	const size = Math.abs(bytes);
	const write = bytes < 0;
	let at: number;
	if (op === Op.LdL32 || op === Op.LdL64 || op === Op.StL32 || op === Op.StL64)
		at = WINDOW_HIGH * TWO32 + (sp >>> 0) + code[pc + 2];
	else if (op === Op.Ld8UX || op === Op.Ld32X || op === Op.St8X || op === Op.St32X) at = indexed(vm, r, pc, base, size);
	else at = pointer(r, base + code[pc + 2]) + code[pc + 3];
	const field = vm.partial.get(pc);
	if (!field) {
		check(vm, at, size, write, !write);
		return null;
	}
	check(vm, at + field.first, field.count, write, !write);
	if (!write) return null;
	const rest = readShadow(vm.space, at, size);
	if (rest === null) return null;
	rest.fill(0, field.first, field.first + field.count);
	return { address: at, bytes: rest };
}

function check(vm: Vm, address: number, size: number, write: boolean, initialised: boolean): void {
	const bad = findBadAccess(vm.space, address, size, write, initialised);
	if (bad !== null) vm.onBadAccess?.(bad);
}
