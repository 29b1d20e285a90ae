import type { FunctionEntry } from "./function-entry";

/**
 * The state of a step function (a kernel function that blocks or calls C) on a stack. The kernel adds members,
 * all of them plain data: `copyStack` copies the whole object deeply.
 */
export interface HostFrame {
	/** Index in the function table. */
	fn: number;
	step: number;
}

type Plain = number | string | boolean | null | undefined | Plain[] | { [name: string]: Plain };

/** Ints per frame in `Stack.frames`. */
export const FRAME_INTS = 4;
/** Offsets in a frame record. A host frame's pc is -1 - (number of arguments). */
export const FRAME_FUNCTION = 0;
export const FRAME_PC = 1;
export const FRAME_BASE = 2;
/** Low 32 bits of the frame's kernel stack pointer: stacks live in the 0xffff8000 window. */
export const FRAME_SP = 3;

/** Bytes of one kernel stack, as on arm64. */
export const KERNEL_STACK_SIZE = 16384;

/** High word of every stack, static object and function address. */
export const WINDOW_HIGH = -32768;

/** One thread of C: plain data, copied by snapshots (`copyStack`). */
export interface Stack {
	/** Register slots; a 64-bit value takes two, low word first. */
	regs: Int32Array;
	/** FRAME_INTS per frame, outermost first. */
	frames: Int32Array;
	/** Frames in use. */
	depth: number;
	/** Highest address of the kernel stack in simulated memory, exclusive (signed pointer). */
	memoryTop: number;
	/** Lowest address of the kernel stack. */
	memoryBottom: number;
	/** At each depth: the host frame there, or null for a C frame; may be longer than `depth`, with nulls. */
	hosts: (HostFrame | null)[];
}

/**
 * An empty stack over `size` bytes of simulated memory that end at `memoryTop` (in the 0xffff8000 window,
 * 16-byte aligned; the caller has mapped them).
 */
export function createStack(memoryTop: number, size: number = KERNEL_STACK_SIZE): Stack {
	return {
		regs: new Int32Array(256),
		frames: new Int32Array(16 * FRAME_INTS),
		depth: 0,
		memoryTop,
		memoryBottom: memoryTop - size,
		hosts: [],
	};
}

/** A copy for a snapshot: only the part in use (by `top` register slots). */
export function copyStack(stack: Stack, functions: readonly FunctionEntry[]): Stack {
	const top = frameTop(stack, functions);
	return {
		regs: stack.regs.slice(0, top),
		frames: stack.frames.slice(0, stack.depth * FRAME_INTS),
		depth: stack.depth,
		memoryTop: stack.memoryTop,
		memoryBottom: stack.memoryBottom,
		hosts: stack.hosts.slice(0, stack.depth).map(copyHost),
	};
}

function copyHost(host: HostFrame | null): HostFrame | null {
	return host && (copyPlain(host as unknown as Plain) as unknown as HostFrame);
}

function copyPlain(value: Plain): Plain {
	if (typeof value !== "object" || value === null) return value;
	if (Array.isArray(value)) return value.map(copyPlain);
	const copy: { [name: string]: Plain } = {};
	for (const key in value) copy[key] = copyPlain(value[key]);
	return copy;
}

/** Whether the frame at depth `i` (0 = outermost) is a host frame. */
export function isHostFrame(stack: Stack, i: number): boolean {
	return stack.frames[i * FRAME_INTS + FRAME_PC] < 0;
}

/** The first register slot above the innermost frame: where the next call's arguments go. */
export function frameTop(stack: Stack, functions: readonly FunctionEntry[]): number {
	if (stack.depth === 0) return 0;
	const at = (stack.depth - 1) * FRAME_INTS;
	const base = stack.frames[at + FRAME_BASE];
	const pc = stack.frames[at + FRAME_PC];
	if (pc < 0) return base + 2 * Math.max(1, -1 - pc);
	const entry = functions[stack.frames[at + FRAME_FUNCTION]];
	return base + (entry?.kind === "c" ? entry.info.registers : 2);
}

/** Makes room for register slots below `slots`. The array object changes: read `stack.regs` again. */
export function reserveRegs(stack: Stack, slots: number): void {
	if (slots <= stack.regs.length) return;
	const regs = new Int32Array(Math.max(slots, stack.regs.length * 2));
	regs.set(stack.regs);
	stack.regs = regs;
}

/** Appends a frame record. */
export function pushFrame(stack: Stack, fn: number, pc: number, base: number, sp: number): void {
	const at = stack.depth * FRAME_INTS;
	if (at + FRAME_INTS > stack.frames.length) {
		const frames = new Int32Array(Math.max(64, stack.frames.length * 2));
		frames.set(stack.frames);
		stack.frames = frames;
	}
	stack.frames[at] = fn;
	stack.frames[at + FRAME_PC] = pc;
	stack.frames[at + FRAME_BASE] = base;
	stack.frames[at + FRAME_SP] = sp;
	if (stack.depth >= stack.hosts.length) stack.hosts.push(null);
	stack.depth++;
}

/** Low word of the stack pointer below which the next frame's memory goes. */
export function stackPointer(stack: Stack): number {
	if (stack.depth === 0) return stack.memoryTop | 0;
	return stack.frames[(stack.depth - 1) * FRAME_INTS + FRAME_SP];
}

/**
 * Puts a step function's frame on the stack. `base` is where its `count` arguments are (vm.exitBase and
 * vm.exitArgs after Exit.StepCall; `frameTop` for a frame that nobody called, such as interrupt entry).
 */
export function pushHost(stack: Stack, host: HostFrame, base: number, count: number): void {
	reserveRegs(stack, base + 2 * Math.max(1, count));
	pushFrame(stack, host.fn, -1 - count, base, stackPointer(stack));
	stack.hosts[stack.depth - 1] = host;
}

/** Removes the innermost frame, whatever it is, without a result. */
export function popFrame(stack: Stack): void {
	stack.depth--;
	stack.hosts[stack.depth] = null;
}

/** Removes a host frame and gives its caller the result (two words). */
export function returnFromHost(stack: Stack, lo: number, hi: number): void {
	const base = stack.frames[(stack.depth - 1) * FRAME_INTS + FRAME_BASE];
	stack.regs[base] = lo;
	stack.regs[base + 1] = hi;
	popFrame(stack);
}
