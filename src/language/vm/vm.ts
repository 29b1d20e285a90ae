import type { AddressSpace } from "./address-space";
import type { Exit } from "./exit";
import { FaultKind, MemoryFault } from "./fault";
import { FRAME_OVERHEAD } from "./frame-layout";
import type { FunctionEntry } from "./function-entry";
import { decodeValue, encodeValue, type ValueKind } from "./host-call";
import { interpret } from "./interpreter";
import { TEXT_OFFSET } from "./opcodes";
import { applyFrameShadow, type BadAccess, frameShadow, setShadow } from "./shadow";
import { FRAME_INTS, FRAME_SP, frameTop, pushFrame, reserveRegs, type Stack, stackPointer, WINDOW_HIGH } from "./stack";

const TWO32 = 4294967296;
/** Ints per function in `Vm.table`: entry pc (negative: not C), registers, frame size, 1 when variadic, parameters. */
export const TABLE_INTS = 5;
export const NOT_C = -1;

/** Signed pointer of a function. */
export function functionAddress(index: number): number {
	return WINDOW_HIGH * TWO32 + TEXT_OFFSET + 16 * index;
}

/** Index of the function at a signed pointer, or -1. */
export function functionIndexAt(address: number, count: number): number {
	const offset = address - functionAddress(0);
	if (offset < 0 || offset % 16 !== 0) return -1;
	return offset / 16 < count ? offset / 16 : -1;
}

/**
 * The virtual CPU. Nothing in it is state that a snapshot needs but `statements`; what a thread is doing is all in
 * its Stack.
 */
export class Vm {
	readonly functions: FunctionEntry[] = [];
	readonly space: AddressSpace;
	/** All code of all modules. */
	code: Int32Array = new Int32Array(1024);
	codeLength = 0;
	table: Int32Array = new Int32Array(64 * TABLE_INTS);

	/** Statements executed since boot. Exact whenever host code runs. */
	statements = 0;
	/** Accesses to units of bit-fields, by pc: which bytes of the unit matter. Belongs to the code. */
	readonly partial = new Map<number, { first: number; count: number }>();
	/** Shadow of each function's frame at its entry, null where it has no objects in memory. Belongs to the code. */
	readonly frameShadows: (Uint8Array | null)[] = [];
	/** Told of accesses that the shadow forbids (shadow.ts), while the access's frame is the innermost one. */
	onBadAccess: ((access: BadAccess) => void) | null = null;
	/** Told of each call of a C function through a pointer, with the value of its first argument. */
	onPointerCall: ((index: number, first: number) => void) | null = null;
	/** ps consumed by the current or last run; host functions may add to it (delays). */
	used = 0;
	/** ps that the current run may consume; host functions may lower it when they make something due earlier. */
	slack = 0;
	/** Set by the session to leave a breakpoint's statement: the next run does not stop at its first statement. */
	passBreak = false;
	/** Set by a plain function to get Exit.KernelRequest right after its call. */
	requestExit = false;
	/** The stack that runs now, for host functions; null outside `run`. */
	current: Stack | null = null;

	exitFunction = -1;
	exitBase = 0;
	exitArgs = 0;
	resultLo = 0;
	resultHi = 0;
	faultKind: FaultKind = FaultKind.None;
	/** Signed pointer. */
	faultAddress = 0;
	faultSize = 0;
	faultWrite = false;

	constructor(space: AddressSpace) {
		this.space = space;
	}

	/** Appends a function and returns its index. C functions are entered by the program loader. */
	addFunction(entry: FunctionEntry): number {
		const index = this.functions.length;
		this.functions.push(entry);
		const objects = entry.kind === "c" ? entry.info.frameObjects : [];
		const size = entry.kind === "c" ? entry.info.frameSize + FRAME_OVERHEAD : 0;
		this.frameShadows.push(objects.length > 0 ? frameShadow(objects, size) : null);
		const at = index * TABLE_INTS;
		if (at + TABLE_INTS > this.table.length) {
			const table = new Int32Array(this.table.length * 2);
			table.set(this.table);
			this.table = table;
		}
		this.table[at] = NOT_C;
		if (entry.kind === "c") {
			this.table[at] = entry.info.firstPc;
			this.table[at + 1] = entry.info.registers;
			this.table[at + 2] = entry.info.frameSize;
			this.table[at + 3] = entry.info.variadic ? 1 : 0;
			this.table[at + 4] = entry.info.parameters;
		}
		return index;
	}

	/** Appends code words and returns the pc of the first. */
	appendCode(words: ArrayLike<number>): number {
		const first = this.codeLength;
		if (first + words.length > this.code.length) {
			const code = new Int32Array(Math.max(first + words.length, this.code.length * 2));
			code.set(this.code);
			this.code = code;
		}
		this.code.set(words, first);
		this.codeLength = first + words.length;
		return first;
	}

	/**
	 * Executes the C frames on top of the stack until the slack (ps) is used up, checked at statement boundaries, or
	 * something else ends it (Exit). The innermost frame must be a C frame.
	 */
	run(stack: Stack, slack: number): Exit {
		this.used = 0;
		this.slack = slack;
		this.requestExit = false;
		this.current = stack;
		this.faultKind = FaultKind.None;
		try {
			return interpret(this, stack);
		} finally {
			this.current = null;
		}
	}

	/**
	 * Enters a C function whose `count` arguments are at register slot `base`. Returns false, with the fault fields
	 * set, when the kernel stack is full.
	 */
	enter(stack: Stack, index: number, base: number, count: number, callerSp: number): boolean {
		const at = index * TABLE_INTS;
		reserveRegs(stack, base + Math.max(this.table[at + 1], 2 * count));
		const variable = this.table[at + 3] !== 0 ? Math.max(0, count - this.table[at + 4]) : -1;
		const area = variable < 0 ? 0 : 16 * Math.ceil((variable + 1) / 2);
		const size = this.table[at + 2] + FRAME_OVERHEAD + area;
		const room = (callerSp >>> 0) - (stack.memoryBottom - WINDOW_HIGH * TWO32);
		if (room < size) {
			this.setFault(FaultKind.StackOverflow, WINDOW_HIGH * TWO32 + (callerSp >>> 0) - size, 8, true);
			return false;
		}
		const sp = (callerSp - size) | 0;
		this.enterFrame(index, sp);
		if (area > 0) setShadow(this.space, WINDOW_HIGH * TWO32 + ((callerSp - area) >>> 0), area, 0);
		if (variable >= 0) this.spillVariable(stack, base + 2 * this.table[at + 4], variable, (callerSp - area) | 0);
		pushFrame(stack, index, this.table[at], base, sp);
		return true;
	}

	/** Objects of a new frame are not initialised yet, and what is between them is out of bounds. */
	enterFrame(index: number, sp: number): void {
		const shadow = this.frameShadows[index];
		if (shadow !== null && this.space.pool.shadow !== null)
			applyFrameShadow(this.space, WINDOW_HIGH * TWO32 + (sp >>> 0), shadow);
	}

	/**
	 * Starts a C function above the innermost frame, whatever that is. Arguments are numbers, written as signed
	 * 64-bit values. Returns false, with the fault fields set, when the kernel stack is full.
	 */
	pushCall(stack: Stack, index: number, args: readonly number[]): boolean {
		const base = frameTop(stack, this.functions);
		reserveRegs(stack, base + 2 * Math.max(1, args.length));
		for (let i = 0; i < args.length; i++) encodeValue("s64", args[i], stack.regs, base + 2 * i);
		return this.enter(stack, index, base, args.length, stackPointer(stack));
	}

	/** Result of the C function that returned last (Exit.HostReturn), by kind. */
	result(kind: ValueKind): number {
		return decodeValue(kind, this.resultLo, this.resultHi);
	}

	/** Variable arguments go to memory as 8-byte slots above the frame, their count in the slot before them. */
	private spillVariable(stack: Stack, first: number, count: number, low: number): void {
		const address = WINDOW_HIGH * TWO32 + (low >>> 0);
		this.space.w64(address, count);
		for (let i = 0; i < count; i++) {
			this.space.w32(address + 8 + 8 * i, stack.regs[first + 2 * i]);
			this.space.w32(address + 12 + 8 * i, stack.regs[first + 2 * i + 1]);
		}
	}

	setFault(kind: FaultKind, address: number, size: number, write: boolean): void {
		this.faultKind = kind;
		this.faultAddress = address;
		this.faultSize = size;
		this.faultWrite = write;
	}

	/** Turns what a memory access or a host function threw into the fault fields; rethrows what is no fault. */
	catchFault(error: unknown): void {
		if (!(error instanceof MemoryFault)) throw error;
		this.setFault(error.kind, error.address, error.size, error.write);
	}

	/** Stack pointer of the innermost frame as a signed pointer. */
	stackAddress(stack: Stack): number {
		return WINDOW_HIGH * TWO32 + (stack.frames[(stack.depth - 1) * FRAME_INTS + FRAME_SP] >>> 0);
	}
}
