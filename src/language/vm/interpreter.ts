import { bits, divide64, divS, divU, modS, modU, mul64, overflow, pair } from "./arithmetic";
import { Exit } from "./exit";
import { FaultKind } from "./fault";
import { FRAME_OVERHEAD } from "./frame-layout";
import { BREAKPOINT, OP_MASK, Op, STATEMENT, STATEMENT_PS } from "./opcodes";
import { SHADOW_UNINIT, SHADOW_UNINIT_WORD } from "./shadow";
import { slowMemory } from "./slow-memory";
import { FRAME_BASE, FRAME_INTS, FRAME_PC, FRAME_SP, popFrame, type Stack, WINDOW_HIGH } from "./stack";
import { functionAddress, functionIndexAt, NOT_C, TABLE_INTS, type Vm } from "./vm";

const LINEAR_HIGH = -65536;
const TWO32 = 4294967296;
/** Statements counted at a stretch at most, so that the counter stays a small integer. */
const MAX_STRETCH = 0x3fffffff;

/** How many statements may begin before the slack is used up. */
function stretch(vm: Vm): number {
	const left = Math.ceil((vm.slack - vm.used) / STATEMENT_PS);
	return Math.min(Math.max(left, 0), MAX_STRETCH);
}

/** What `loop` gives when an array that it holds was replaced by a larger one. */
const AGAIN = -1;

/**
 * Whether a store may go on although the shadow is not 0: nothing is wrong but that the bytes were never written, which
 * ends now. Stores to bit-fields, which write a part of their unit, go the general way.
 */
function firstWrite8(vm: Vm, shadow: Uint8Array, at: number, pc: number): boolean {
	if (shadow[at] !== SHADOW_UNINIT || vm.partial.has(pc)) return false;
	shadow[at] = 0;
	return true;
}

function firstWrite32(vm: Vm, shadow: Int32Array, at: number, pc: number): boolean {
	if (shadow[at] !== SHADOW_UNINIT_WORD || vm.partial.has(pc)) return false;
	shadow[at] = 0;
	return true;
}

function firstWrite64(vm: Vm, shadow: Int32Array, at: number, pc: number): boolean {
	const lo = shadow[at];
	const hi = shadow[at + 1];
	if ((lo !== 0 && lo !== SHADOW_UNINIT_WORD) || (hi !== 0 && hi !== SHADOW_UNINIT_WORD) || vm.partial.has(pc))
		return false;
	shadow[at] = 0;
	shadow[at + 1] = 0;
	return true;
}

/** Runs the C frames on top of the stack: see Vm.run. */
export function interpret(vm: Vm, stack: Stack): Exit {
	for (;;) {
		const exit = loop(vm, stack);
		if (exit !== AGAIN) return exit;
	}
}

/**
 * The interpreter's loop. It is one long switch on purpose: everything it touches is a local, the arrays are constants
 * (which is what makes accesses to them cheap), and the common cases of memory accesses are written out in place.
 * `continue` goes on with the next instruction; `break` leaves the switch for the general way behind it, where host
 * code may run. When that replaced an array, the loop is entered again.
 */
function loop(vm: Vm, stack: Stack): Exit | typeof AGAIN {
	const space = vm.space;
	const pool = space.pool;
	const linear = space.linear;
	const window = space.window;
	const { u8, u16, i32, writable } = pool;
	// The shadow is looked at only while accesses are checked; its word is 0 where there is nothing to say.
	const unchecked = pool.shadow === null;
	const shadow = pool.shadow ?? u8;
	const shadow32 = pool.shadow32 ?? i32;
	const code = vm.code;
	const table = vm.table;
	const bottom = stack.memoryBottom - WINDOW_HIGH * TWO32;
	const frames = stack.frames;
	const r = stack.regs;
	let at = (stack.depth - 1) * FRAME_INTS;
	let pc = frames[at + FRAME_PC];
	let base = frames[at + FRAME_BASE];
	let sp = frames[at + FRAME_SP];
	let count = stretch(vm);
	let counted = count;
	let pass = -1;
	if (vm.passBreak && count > 0) {
		vm.passBreak = false;
		if ((code[pc] & BREAKPOINT) !== 0) pass = pc;
	}
	try {
		for (;;) {
			let op = code[pc];
			if (op >= STATEMENT) {
				if (count <= 0) {
					vm.used += counted * STATEMENT_PS;
					vm.statements += counted;
					counted = 0;
					count = stretch(vm);
					counted = count;
					if (count <= 0) {
						frames[at + FRAME_PC] = pc;
						return Exit.Slack;
					}
				}
				if (op >= BREAKPOINT) {
					if (pc !== pass) {
						vm.used += (counted - count) * STATEMENT_PS;
						vm.statements += counted - count;
						counted = count;
						frames[at + FRAME_PC] = pc;
						return Exit.Break;
					}
					pass = -1;
					// The marker of a function's entry is no statement.
					if ((op & STATEMENT) === 0) count++;
				}
				count--;
				op &= OP_MASK;
			}
			switch (op) {
				case Op.Nop:
					pc++;
					continue;
				case Op.Mov:
					r[base + code[pc + 1]] = r[base + code[pc + 2]];
					pc += 3;
					continue;
				case Op.Mov64: {
					const d = base + code[pc + 1];
					const s = base + code[pc + 2];
					const lo = r[s];
					r[d + 1] = r[s + 1];
					r[d] = lo;
					pc += 3;
					continue;
				}
				case Op.Li:
					r[base + code[pc + 1]] = code[pc + 2];
					pc += 3;
					continue;
				case Op.Li64:
					r[base + code[pc + 1]] = code[pc + 2];
					r[base + code[pc + 1] + 1] = code[pc + 3];
					pc += 4;
					continue;
				case Op.Sx: {
					const d = base + code[pc + 1];
					const value = r[base + code[pc + 2]];
					r[d] = value;
					r[d + 1] = value >> 31;
					pc += 3;
					continue;
				}
				case Op.Zx: {
					const d = base + code[pc + 1];
					r[d] = r[base + code[pc + 2]];
					r[d + 1] = 0;
					pc += 3;
					continue;
				}
				case Op.Sx8:
					r[base + code[pc + 1]] = (r[base + code[pc + 2]] << 24) >> 24;
					pc += 3;
					continue;
				case Op.Zx8:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] & 0xff;
					pc += 3;
					continue;
				case Op.Sx16:
					r[base + code[pc + 1]] = (r[base + code[pc + 2]] << 16) >> 16;
					pc += 3;
					continue;
				case Op.Zx16:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] & 0xffff;
					pc += 3;
					continue;
				case Op.Bool:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] !== 0 ? 1 : 0;
					pc += 3;
					continue;
				case Op.Bool64:
					r[base + code[pc + 1]] = (r[base + code[pc + 2]] | r[base + code[pc + 2] + 1]) !== 0 ? 1 : 0;
					pc += 3;
					continue;
				case Op.Lnot:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] === 0 ? 1 : 0;
					pc += 3;
					continue;
				case Op.Lnot64:
					r[base + code[pc + 1]] = (r[base + code[pc + 2]] | r[base + code[pc + 2] + 1]) === 0 ? 1 : 0;
					pc += 3;
					continue;
				case Op.Neg:
					r[base + code[pc + 1]] = -r[base + code[pc + 2]];
					pc += 3;
					continue;
				case Op.Not:
					r[base + code[pc + 1]] = ~r[base + code[pc + 2]];
					pc += 3;
					continue;
				case Op.Neg64: {
					const d = base + code[pc + 1];
					const s = base + code[pc + 2];
					const lo = r[s];
					r[d + 1] = -r[s + 1] - (lo !== 0 ? 1 : 0);
					r[d] = -lo;
					pc += 3;
					continue;
				}
				case Op.Not64: {
					const d = base + code[pc + 1];
					const s = base + code[pc + 2];
					r[d] = ~r[s];
					r[d + 1] = ~r[s + 1];
					pc += 3;
					continue;
				}
				case Op.Add: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = (a + b) | 0;
					pc += 4;
					continue;
				}
				case Op.Sub: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = (a - b) | 0;
					pc += 4;
					continue;
				}
				case Op.Mul: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = Math.imul(a, b);
					pc += 4;
					continue;
				}
				case Op.DivS: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = divS(a, b);
					pc += 4;
					continue;
				}
				case Op.DivU: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = divU(a, b);
					pc += 4;
					continue;
				}
				case Op.ModS: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = modS(a, b);
					pc += 4;
					continue;
				}
				case Op.ModU: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = modU(a, b);
					pc += 4;
					continue;
				}
				case Op.And: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = a & b;
					pc += 4;
					continue;
				}
				case Op.Or: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = a | b;
					pc += 4;
					continue;
				}
				case Op.Xor: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = a ^ b;
					pc += 4;
					continue;
				}
				case Op.Shl: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = a << b;
					pc += 4;
					continue;
				}
				case Op.Shr: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = a >>> b;
					pc += 4;
					continue;
				}
				case Op.Sar: {
					const a = r[base + code[pc + 2]];
					const b = r[base + code[pc + 3]];
					r[base + code[pc + 1]] = a >> b;
					pc += 4;
					continue;
				}
				case Op.AddI:
					r[base + code[pc + 1]] = (r[base + code[pc + 2]] + code[pc + 3]) | 0;
					pc += 4;
					continue;
				case Op.MulI:
					r[base + code[pc + 1]] = Math.imul(r[base + code[pc + 2]], code[pc + 3]);
					pc += 4;
					continue;
				case Op.AndI:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] & code[pc + 3];
					pc += 4;
					continue;
				case Op.OrI:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] | code[pc + 3];
					pc += 4;
					continue;
				case Op.XorI:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] ^ code[pc + 3];
					pc += 4;
					continue;
				case Op.ShlI:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] << code[pc + 3];
					pc += 4;
					continue;
				case Op.ShrI:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] >>> code[pc + 3];
					pc += 4;
					continue;
				case Op.SarI:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] >> code[pc + 3];
					pc += 4;
					continue;
				case Op.Add64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					const al = r[a];
					const lo = (al + r[b]) | 0;
					r[d + 1] = r[a + 1] + r[b + 1] + (lo >>> 0 < al >>> 0 ? 1 : 0);
					r[d] = lo;
					pc += 4;
					continue;
				}
				case Op.Sub64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					const al = r[a];
					const bl = r[b];
					r[d + 1] = r[a + 1] - r[b + 1] - (al >>> 0 < bl >>> 0 ? 1 : 0);
					r[d] = al - bl;
					pc += 4;
					continue;
				}
				case Op.Mul64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					mul64(r[a], r[a + 1], r[b], r[b + 1]);
					r[d] = pair[0];
					r[d + 1] = pair[1];
					pc += 4;
					continue;
				}
				case Op.DivS64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					divide64(r[a], r[a + 1], r[b], r[b + 1], true, false);
					r[d] = pair[0];
					r[d + 1] = pair[1];
					pc += 4;
					continue;
				}
				case Op.DivU64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					divide64(r[a], r[a + 1], r[b], r[b + 1], false, false);
					r[d] = pair[0];
					r[d + 1] = pair[1];
					pc += 4;
					continue;
				}
				case Op.ModS64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					divide64(r[a], r[a + 1], r[b], r[b + 1], true, true);
					r[d] = pair[0];
					r[d + 1] = pair[1];
					pc += 4;
					continue;
				}
				case Op.ModU64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					divide64(r[a], r[a + 1], r[b], r[b + 1], false, true);
					r[d] = pair[0];
					r[d + 1] = pair[1];
					pc += 4;
					continue;
				}
				case Op.And64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[d] = r[a] & r[b];
					r[d + 1] = r[a + 1] & r[b + 1];
					pc += 4;
					continue;
				}
				case Op.Or64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[d] = r[a] | r[b];
					r[d + 1] = r[a + 1] | r[b + 1];
					pc += 4;
					continue;
				}
				case Op.Xor64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[d] = r[a] ^ r[b];
					r[d + 1] = r[a + 1] ^ r[b + 1];
					pc += 4;
					continue;
				}
				case Op.Shl64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const s = r[base + code[pc + 3]] & 63;
					const lo = r[a];
					const hi = r[a + 1];
					if (s >= 32) {
						r[d] = 0;
						r[d + 1] = lo << (s - 32);
					} else if (s === 0) {
						r[d] = lo;
						r[d + 1] = hi;
					} else {
						r[d] = lo << s;
						r[d + 1] = (hi << s) | (lo >>> (32 - s));
					}
					pc += 4;
					continue;
				}
				case Op.Shr64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const s = r[base + code[pc + 3]] & 63;
					const lo = r[a];
					const hi = r[a + 1];
					if (s >= 32) {
						r[d] = hi >>> (s - 32);
						r[d + 1] = 0;
					} else if (s === 0) {
						r[d] = lo;
						r[d + 1] = hi;
					} else {
						r[d] = (lo >>> s) | (hi << (32 - s));
						r[d + 1] = hi >>> s;
					}
					pc += 4;
					continue;
				}
				case Op.Sar64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const s = r[base + code[pc + 3]] & 63;
					const lo = r[a];
					const hi = r[a + 1];
					if (s >= 32) {
						r[d] = hi >> (s - 32);
						r[d + 1] = hi >> 31;
					} else if (s === 0) {
						r[d] = lo;
						r[d + 1] = hi;
					} else {
						r[d] = (lo >>> s) | (hi << (32 - s));
						r[d + 1] = hi >> s;
					}
					pc += 4;
					continue;
				}
				case Op.AddI64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const imm = code[pc + 3];
					const al = r[a];
					const lo = (al + imm) | 0;
					r[d + 1] = r[a + 1] + (imm >> 31) + (lo >>> 0 < al >>> 0 ? 1 : 0);
					r[d] = lo;
					pc += 4;
					continue;
				}
				case Op.AndI64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const imm = code[pc + 3];
					r[d] = r[a] & imm;
					r[d + 1] = r[a + 1] & (imm >> 31);
					pc += 4;
					continue;
				}
				case Op.OrI64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const imm = code[pc + 3];
					r[d] = r[a] | imm;
					r[d + 1] = r[a + 1] | (imm >> 31);
					pc += 4;
					continue;
				}
				case Op.ShlI64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const s = code[pc + 3] & 63;
					const lo = r[a];
					const hi = r[a + 1];
					if (s >= 32) {
						r[d] = 0;
						r[d + 1] = lo << (s - 32);
					} else if (s === 0) {
						r[d] = lo;
						r[d + 1] = hi;
					} else {
						r[d] = lo << s;
						r[d + 1] = (hi << s) | (lo >>> (32 - s));
					}
					pc += 4;
					continue;
				}
				case Op.ShrI64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const s = code[pc + 3] & 63;
					const lo = r[a];
					const hi = r[a + 1];
					if (s >= 32) {
						r[d] = hi >>> (s - 32);
						r[d + 1] = 0;
					} else if (s === 0) {
						r[d] = lo;
						r[d + 1] = hi;
					} else {
						r[d] = (lo >>> s) | (hi << (32 - s));
						r[d + 1] = hi >>> s;
					}
					pc += 4;
					continue;
				}
				case Op.SarI64: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const s = code[pc + 3] & 63;
					const lo = r[a];
					const hi = r[a + 1];
					if (s >= 32) {
						r[d] = hi >> (s - 32);
						r[d + 1] = hi >> 31;
					} else if (s === 0) {
						r[d] = lo;
						r[d + 1] = hi;
					} else {
						r[d] = (lo >>> s) | (hi << (32 - s));
						r[d + 1] = hi >> s;
					}
					pc += 4;
					continue;
				}
				case Op.LeaX: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const offset = r[base + code[pc + 3]] * code[pc + 4];
					const al = r[a];
					const lo = (al + offset) | 0;
					const small = offset | 0;
					const high = small === offset ? small >> 31 : Math.floor(offset / 4294967296);
					r[d + 1] = r[a + 1] + high + (lo >>> 0 < al >>> 0 ? 1 : 0);
					r[d] = lo;
					pc += 5;
					continue;
				}
				case Op.LeaXU: {
					const d = base + code[pc + 1];
					const a = base + code[pc + 2];
					const offset = (r[base + code[pc + 3]] >>> 0) * code[pc + 4];
					const al = r[a];
					const lo = (al + offset) | 0;
					const small = offset | 0;
					const high = small === offset ? small >> 31 : Math.floor(offset / 4294967296);
					r[d + 1] = r[a + 1] + high + (lo >>> 0 < al >>> 0 ? 1 : 0);
					r[d] = lo;
					pc += 5;
					continue;
				}
				case Op.Seq:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] === r[base + code[pc + 3]] ? 1 : 0;
					pc += 4;
					continue;
				case Op.Sne:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] !== r[base + code[pc + 3]] ? 1 : 0;
					pc += 4;
					continue;
				case Op.Slt:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] < r[base + code[pc + 3]] ? 1 : 0;
					pc += 4;
					continue;
				case Op.Sle:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] <= r[base + code[pc + 3]] ? 1 : 0;
					pc += 4;
					continue;
				case Op.SltU:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] >>> 0 < r[base + code[pc + 3]] >>> 0 ? 1 : 0;
					pc += 4;
					continue;
				case Op.SleU:
					r[base + code[pc + 1]] = r[base + code[pc + 2]] >>> 0 <= r[base + code[pc + 3]] >>> 0 ? 1 : 0;
					pc += 4;
					continue;
				case Op.Seq64: {
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[base + code[pc + 1]] = r[a] === r[b] && r[a + 1] === r[b + 1] ? 1 : 0;
					pc += 4;
					continue;
				}
				case Op.Sne64: {
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[base + code[pc + 1]] = r[a] !== r[b] || r[a + 1] !== r[b + 1] ? 1 : 0;
					pc += 4;
					continue;
				}
				case Op.Slt64: {
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[base + code[pc + 1]] = (r[a + 1] === r[b + 1] ? r[a] >>> 0 < r[b] >>> 0 : r[a + 1] < r[b + 1]) ? 1 : 0;
					pc += 4;
					continue;
				}
				case Op.Sle64: {
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[base + code[pc + 1]] = (r[a + 1] === r[b + 1] ? r[a] >>> 0 <= r[b] >>> 0 : r[a + 1] < r[b + 1]) ? 1 : 0;
					pc += 4;
					continue;
				}
				case Op.SltU64: {
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[base + code[pc + 1]] = (r[a + 1] === r[b + 1] ? r[a] >>> 0 < r[b] >>> 0 : r[a + 1] >>> 0 < r[b + 1] >>> 0)
						? 1
						: 0;
					pc += 4;
					continue;
				}
				case Op.SleU64: {
					const a = base + code[pc + 2];
					const b = base + code[pc + 3];
					r[base + code[pc + 1]] = (r[a + 1] === r[b + 1] ? r[a] >>> 0 <= r[b] >>> 0 : r[a + 1] >>> 0 < r[b + 1] >>> 0)
						? 1
						: 0;
					pc += 4;
					continue;
				}
				case Op.Jmp:
					pc += code[pc + 1];
					continue;
				case Op.Bz:
					pc += r[base + code[pc + 1]] === 0 ? code[pc + 2] : 3;
					continue;
				case Op.Bnz:
					pc += r[base + code[pc + 1]] !== 0 ? code[pc + 2] : 3;
					continue;
				case Op.Bz64:
					pc += (r[base + code[pc + 1]] | r[base + code[pc + 1] + 1]) === 0 ? code[pc + 2] : 3;
					continue;
				case Op.Bnz64:
					pc += (r[base + code[pc + 1]] | r[base + code[pc + 1] + 1]) !== 0 ? code[pc + 2] : 3;
					continue;
				case Op.Beq:
					pc += r[base + code[pc + 1]] === r[base + code[pc + 2]] ? code[pc + 3] : 4;
					continue;
				case Op.Bne:
					pc += r[base + code[pc + 1]] !== r[base + code[pc + 2]] ? code[pc + 3] : 4;
					continue;
				case Op.Blt:
					pc += r[base + code[pc + 1]] < r[base + code[pc + 2]] ? code[pc + 3] : 4;
					continue;
				case Op.Ble:
					pc += r[base + code[pc + 1]] <= r[base + code[pc + 2]] ? code[pc + 3] : 4;
					continue;
				case Op.BltU:
					pc += r[base + code[pc + 1]] >>> 0 < r[base + code[pc + 2]] >>> 0 ? code[pc + 3] : 4;
					continue;
				case Op.BleU:
					pc += r[base + code[pc + 1]] >>> 0 <= r[base + code[pc + 2]] >>> 0 ? code[pc + 3] : 4;
					continue;
				case Op.BeqI:
					pc += r[base + code[pc + 1]] === code[pc + 2] ? code[pc + 3] : 4;
					continue;
				case Op.BneI:
					pc += r[base + code[pc + 1]] !== code[pc + 2] ? code[pc + 3] : 4;
					continue;
				case Op.BltI:
					pc += r[base + code[pc + 1]] < code[pc + 2] ? code[pc + 3] : 4;
					continue;
				case Op.BleI:
					pc += r[base + code[pc + 1]] <= code[pc + 2] ? code[pc + 3] : 4;
					continue;
				case Op.BgtI:
					pc += r[base + code[pc + 1]] > code[pc + 2] ? code[pc + 3] : 4;
					continue;
				case Op.BgeI:
					pc += r[base + code[pc + 1]] >= code[pc + 2] ? code[pc + 3] : 4;
					continue;
				case Op.BltUI:
					pc += r[base + code[pc + 1]] >>> 0 < code[pc + 2] >>> 0 ? code[pc + 3] : 4;
					continue;
				case Op.BleUI:
					pc += r[base + code[pc + 1]] >>> 0 <= code[pc + 2] >>> 0 ? code[pc + 3] : 4;
					continue;
				case Op.BgtUI:
					pc += r[base + code[pc + 1]] >>> 0 > code[pc + 2] >>> 0 ? code[pc + 3] : 4;
					continue;
				case Op.BgeUI:
					pc += r[base + code[pc + 1]] >>> 0 >= code[pc + 2] >>> 0 ? code[pc + 3] : 4;
					continue;
				case Op.Beq64: {
					const a = base + code[pc + 1];
					const b = base + code[pc + 2];
					pc += r[a] === r[b] && r[a + 1] === r[b + 1] ? code[pc + 3] : 4;
					continue;
				}
				case Op.Bne64: {
					const a = base + code[pc + 1];
					const b = base + code[pc + 2];
					pc += r[a] !== r[b] || r[a + 1] !== r[b + 1] ? code[pc + 3] : 4;
					continue;
				}
				case Op.Blt64: {
					const a = base + code[pc + 1];
					const b = base + code[pc + 2];
					pc += (r[a + 1] === r[b + 1] ? r[a] >>> 0 < r[b] >>> 0 : r[a + 1] < r[b + 1]) ? code[pc + 3] : 4;
					continue;
				}
				case Op.Ble64: {
					const a = base + code[pc + 1];
					const b = base + code[pc + 2];
					pc += (r[a + 1] === r[b + 1] ? r[a] >>> 0 <= r[b] >>> 0 : r[a + 1] < r[b + 1]) ? code[pc + 3] : 4;
					continue;
				}
				case Op.BltU64: {
					const a = base + code[pc + 1];
					const b = base + code[pc + 2];
					pc += (r[a + 1] === r[b + 1] ? r[a] >>> 0 < r[b] >>> 0 : r[a + 1] >>> 0 < r[b + 1] >>> 0) ? code[pc + 3] : 4;
					continue;
				}
				case Op.BleU64: {
					const a = base + code[pc + 1];
					const b = base + code[pc + 2];
					pc += (r[a + 1] === r[b + 1] ? r[a] >>> 0 <= r[b] >>> 0 : r[a + 1] >>> 0 < r[b + 1] >>> 0) ? code[pc + 3] : 4;
					continue;
				}
				case Op.Switch: {
					const i = (r[base + code[pc + 1]] - code[pc + 2]) >>> 0;
					pc += i < code[pc + 3] ? code[pc + 5 + i] : code[pc + 4];
					continue;
				}
				case Op.Ld8U: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (p >= 0 && (unchecked || shadow[p + (lo & 4095)] === 0)) {
						r[base + code[pc + 1]] = u8[p + (lo & 4095)];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.Ld8S: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (p >= 0 && (unchecked || shadow[p + (lo & 4095)] === 0)) {
						r[base + code[pc + 1]] = (u8[p + (lo & 4095)] << 24) >> 24;
						pc += 4;
						continue;
					}
					break;
				}
				case Op.Ld16U: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						(lo & 1) === 0 &&
						(unchecked || (shadow[p + (lo & 4095)] | shadow[p + (lo & 4095) + 1]) === 0)
					) {
						r[base + code[pc + 1]] = u16[(p + (lo & 4095)) >> 1];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.Ld16S: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						(lo & 1) === 0 &&
						(unchecked || (shadow[p + (lo & 4095)] | shadow[p + (lo & 4095) + 1]) === 0)
					) {
						r[base + code[pc + 1]] = (u16[(p + (lo & 4095)) >> 1] << 16) >> 16;
						pc += 4;
						continue;
					}
					break;
				}
				case Op.Ld32: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (p >= 0 && (lo & 3) === 0 && (unchecked || shadow32[(p + (lo & 4095)) >> 2] === 0)) {
						r[base + code[pc + 1]] = i32[(p + (lo & 4095)) >> 2];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.Ld64: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						(lo & 7) === 0 &&
						(unchecked || (shadow32[(p + (lo & 4095)) >> 2] | shadow32[((p + (lo & 4095)) >> 2) + 1]) === 0)
					) {
						const d = base + code[pc + 1];
						const at = (p + (lo & 4095)) >> 2;
						r[d] = i32[at];
						r[d + 1] = i32[at + 1];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.St8: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						writable[p >>> 12] !== 0 &&
						(unchecked || shadow[p + (lo & 4095)] === 0 || firstWrite8(vm, shadow, p + (lo & 4095), pc))
					) {
						u8[p + (lo & 4095)] = r[base + code[pc + 1]];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.St16: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						(lo & 1) === 0 &&
						writable[p >>> 12] !== 0 &&
						(unchecked || (shadow[p + (lo & 4095)] | shadow[p + (lo & 4095) + 1]) === 0)
					) {
						u16[(p + (lo & 4095)) >> 1] = r[base + code[pc + 1]];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.St32: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						(lo & 3) === 0 &&
						writable[p >>> 12] !== 0 &&
						(unchecked ||
							shadow32[(p + (lo & 4095)) >> 2] === 0 ||
							firstWrite32(vm, shadow32, (p + (lo & 4095)) >> 2, pc))
					) {
						i32[(p + (lo & 4095)) >> 2] = r[base + code[pc + 1]];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.St64: {
					const b = base + code[pc + 2];
					const lo = (r[b] + code[pc + 3]) | 0;
					const hi = r[b + 1];
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						(lo & 7) === 0 &&
						writable[p >>> 12] !== 0 &&
						(unchecked ||
							(shadow32[(p + (lo & 4095)) >> 2] | shadow32[((p + (lo & 4095)) >> 2) + 1]) === 0 ||
							firstWrite64(vm, shadow32, (p + (lo & 4095)) >> 2, pc))
					) {
						const s = base + code[pc + 1];
						const at = (p + (lo & 4095)) >> 2;
						i32[at] = r[s];
						i32[at + 1] = r[s + 1];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.Ld8UX: {
					const b = base + code[pc + 2];
					const index = r[base + code[pc + 3]];
					const lo = (r[b] + index) | 0;
					const hi = index >>> 0 < 0x10000000 ? r[b + 1] : 0;
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (p >= 0 && (unchecked || shadow[p + (lo & 4095)] === 0)) {
						r[base + code[pc + 1]] = u8[p + (lo & 4095)];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.Ld32X: {
					const b = base + code[pc + 2];
					const index = r[base + code[pc + 3]];
					const lo = (r[b] + (index << 2)) | 0;
					const hi = index >>> 0 < 0x10000000 ? r[b + 1] : 0;
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (p >= 0 && (lo & 3) === 0 && (unchecked || shadow32[(p + (lo & 4095)) >> 2] === 0)) {
						r[base + code[pc + 1]] = i32[(p + (lo & 4095)) >> 2];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.St8X: {
					const b = base + code[pc + 2];
					const index = r[base + code[pc + 3]];
					const lo = (r[b] + index) | 0;
					const hi = index >>> 0 < 0x10000000 ? r[b + 1] : 0;
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						writable[p >>> 12] !== 0 &&
						(unchecked || shadow[p + (lo & 4095)] === 0 || firstWrite8(vm, shadow, p + (lo & 4095), pc))
					) {
						u8[p + (lo & 4095)] = r[base + code[pc + 1]];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.St32X: {
					const b = base + code[pc + 2];
					const index = r[base + code[pc + 3]];
					const lo = (r[b] + (index << 2)) | 0;
					const hi = index >>> 0 < 0x10000000 ? r[b + 1] : 0;
					const p = hi === LINEAR_HIGH ? linear[lo >>> 12] : hi === WINDOW_HIGH ? window[lo >>> 12] : -1;
					if (
						p >= 0 &&
						(lo & 3) === 0 &&
						writable[p >>> 12] !== 0 &&
						(unchecked ||
							shadow32[(p + (lo & 4095)) >> 2] === 0 ||
							firstWrite32(vm, shadow32, (p + (lo & 4095)) >> 2, pc))
					) {
						i32[(p + (lo & 4095)) >> 2] = r[base + code[pc + 1]];
						pc += 4;
						continue;
					}
					break;
				}
				case Op.Lea: {
					const d = base + code[pc + 1];
					r[d] = sp + code[pc + 2];
					r[d + 1] = WINDOW_HIGH;
					pc += 3;
					continue;
				}
				case Op.LdL32: {
					const lo = (sp + code[pc + 2]) | 0;
					const p = window[lo >>> 12];
					if (p >= 0 && (lo & 3) === 0 && (unchecked || shadow32[(p + (lo & 4095)) >> 2] === 0)) {
						r[base + code[pc + 1]] = i32[(p + (lo & 4095)) >> 2];
						pc += 3;
						continue;
					}
					break;
				}
				case Op.LdL64: {
					const lo = (sp + code[pc + 2]) | 0;
					const p = window[lo >>> 12];
					if (
						p >= 0 &&
						(lo & 7) === 0 &&
						(unchecked || (shadow32[(p + (lo & 4095)) >> 2] | shadow32[((p + (lo & 4095)) >> 2) + 1]) === 0)
					) {
						const d = base + code[pc + 1];
						const at = (p + (lo & 4095)) >> 2;
						r[d] = i32[at];
						r[d + 1] = i32[at + 1];
						pc += 3;
						continue;
					}
					break;
				}
				case Op.StL32: {
					const lo = (sp + code[pc + 2]) | 0;
					const p = window[lo >>> 12];
					if (
						p >= 0 &&
						(lo & 3) === 0 &&
						writable[p >>> 12] !== 0 &&
						(unchecked ||
							shadow32[(p + (lo & 4095)) >> 2] === 0 ||
							firstWrite32(vm, shadow32, (p + (lo & 4095)) >> 2, pc))
					) {
						i32[(p + (lo & 4095)) >> 2] = r[base + code[pc + 1]];
						pc += 3;
						continue;
					}
					break;
				}
				case Op.StL64: {
					const lo = (sp + code[pc + 2]) | 0;
					const p = window[lo >>> 12];
					if (
						p >= 0 &&
						(lo & 7) === 0 &&
						writable[p >>> 12] !== 0 &&
						(unchecked ||
							(shadow32[(p + (lo & 4095)) >> 2] | shadow32[((p + (lo & 4095)) >> 2) + 1]) === 0 ||
							firstWrite64(vm, shadow32, (p + (lo & 4095)) >> 2, pc))
					) {
						const s = base + code[pc + 1];
						const at = (p + (lo & 4095)) >> 2;
						i32[at] = r[s];
						i32[at + 1] = r[s + 1];
						pc += 3;
						continue;
					}
					break;
				}
				case Op.Ret: {
					stack.depth--;
					at -= FRAME_INTS;
					if (at < 0 || frames[at + FRAME_PC] < 0) {
						vm.resultLo = 0;
						vm.resultHi = 0;
						return Exit.HostReturn;
					}
					pc = frames[at + FRAME_PC];
					base = frames[at + FRAME_BASE];
					sp = frames[at + FRAME_SP];
					continue;
				}
				case Op.RetS:
				case Op.RetU:
				case Op.Ret64: {
					const s = base + code[pc + 1];
					const lo = r[s];
					const hi = op === Op.Ret64 ? r[s + 1] : op === Op.RetS ? lo >> 31 : 0;
					r[base] = lo;
					r[base + 1] = hi;
					stack.depth--;
					at -= FRAME_INTS;
					if (at < 0 || frames[at + FRAME_PC] < 0) {
						vm.resultLo = lo;
						vm.resultHi = hi;
						return Exit.HostReturn;
					}
					pc = frames[at + FRAME_PC];
					base = frames[at + FRAME_BASE];
					sp = frames[at + FRAME_SP];
					continue;
				}
				case Op.Done:
					vm.resultLo = r[base + code[pc + 1]];
					vm.resultHi = r[base + code[pc + 1] + 1];
					popFrame(stack);
					return Exit.HostReturn;
				case Op.VaStart: {
					const d = base + code[pc + 1];
					r[d] = sp + code[pc + 2];
					r[d + 1] = WINDOW_HIGH;
					pc += 3;
					continue;
				}
				case Op.Bits:
					bits(r, base + code[pc + 1], base + code[pc + 2], code[pc + 3]);
					pc += 4;
					continue;
				case Op.Overflow:
					overflow(r, base + code[pc + 1], base + code[pc + 2], base + code[pc + 3], code[pc + 4]);
					pc += 5;
					continue;
				case Op.Caller: {
					const d = base + code[pc + 1];
					const caller = at > 0 ? frames[at - FRAME_INTS] : 0;
					r[d] = functionAddress(caller);
					r[d + 1] = WINDOW_HIGH;
					pc += 2;
					continue;
				}
				case Op.Call: {
					// A call of C with room for everything; all others go the general way.
					const index = code[pc + 1];
					const t = index * TABLE_INTS;
					const size = table[t + 2] + FRAME_OVERHEAD;
					const next = at + FRAME_INTS;
					const callee = base + code[pc + 2];
					if (
						table[t] === NOT_C ||
						table[t + 3] !== 0 ||
						next + FRAME_INTS > frames.length ||
						stack.depth >= stack.hosts.length ||
						callee + table[t + 1] > r.length ||
						(sp >>> 0) - bottom < size
					)
						break;
					frames[at + FRAME_PC] = pc + 4;
					at = next;
					pc = table[t];
					base = callee;
					sp = (sp - size) | 0;
					if (!unchecked && size !== FRAME_OVERHEAD) vm.enterFrame(index, sp);
					frames[at] = index;
					frames[at + FRAME_PC] = pc;
					frames[at + FRAME_BASE] = base;
					frames[at + FRAME_SP] = sp;
					stack.depth++;
					continue;
				}
				default:
					break;
			}

			// The general way: host code may run from here on, so everything it may look at must be up to date.
			frames[at + FRAME_PC] = pc;
			vm.used += (counted - count) * STATEMENT_PS;
			vm.statements += counted - count;
			counted = count;
			if (op === Op.Call || op === Op.CallI) {
				let index = code[pc + 1];
				if (op === Op.CallI) {
					const address = r[base + index + 1] * TWO32 + (r[base + index] >>> 0);
					index = functionIndexAt(address, vm.functions.length);
					if (index < 0) {
						vm.setFault(FaultKind.BadCall, address, 4, false);
						return Exit.Fault;
					}
				}
				const window0 = base + code[pc + 2];
				const entry = vm.functions[index];
				if (entry.kind === "plain") {
					vm.used += entry.cost;
					entry.invoke(r, window0, code[pc + 3]);
					pc += 4;
					if (vm.requestExit) {
						frames[at + FRAME_PC] = pc;
						return Exit.KernelRequest;
					}
				} else if (entry.kind === "step") {
					frames[at + FRAME_PC] = pc + 4;
					vm.exitFunction = index;
					vm.exitBase = window0;
					vm.exitArgs = code[pc + 3];
					return Exit.StepCall;
				} else {
					if (op === Op.CallI && vm.onPointerCall !== null)
						vm.onPointerCall(index, r[window0 + 1] * TWO32 + (r[window0] >>> 0));
					frames[at + FRAME_PC] = pc + 4;
					if (!vm.enter(stack, index, window0, code[pc + 3], sp)) {
						frames[at + FRAME_PC] = pc;
						return Exit.Fault;
					}
					at += FRAME_INTS;
					if (stack.frames !== frames || stack.regs !== r) return AGAIN;
					pc = frames[at + FRAME_PC];
					base = frames[at + FRAME_BASE];
					sp = frames[at + FRAME_SP];
				}
			} else if (op === Op.Trap) {
				vm.setFault(code[pc + 1], 0, 0, false);
				return Exit.Fault;
			} else {
				pc = slowMemory(vm, op, pc, r, base, sp);
			}
			if (
				code !== vm.code ||
				table !== vm.table ||
				window !== space.window ||
				u8 !== pool.u8 ||
				r !== stack.regs ||
				frames !== stack.frames
			) {
				stack.frames[at + FRAME_PC] = pc;
				return AGAIN;
			}
			count = stretch(vm);
			counted = count;
		}
	} catch (error) {
		vm.catchFault(error);
		stack.frames[at + FRAME_PC] = pc;
		return Exit.Fault;
	} finally {
		vm.used += (counted - count) * STATEMENT_PS;
		vm.statements += counted - count;
	}
}
