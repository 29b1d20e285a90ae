/** Where a thread stands: which frame is on top, and whether the debugger could stop there. */

import type { Kernel } from "../kernel/kernel";
import type { StepFrame, Thread } from "../kernel/state";
import type { SourcePosition } from "../language/debug-info";
import { BREAKPOINT, STATEMENT } from "../language/vm/opcodes";
import { FRAME_FUNCTION, FRAME_INTS, FRAME_PC, type Stack } from "../language/vm/stack";
import type { CodeMap } from "./code-map";

/** Step functions that the CPU puts on top of what it interrupts. */
const INTERRUPT_ENTRIES: ReadonlySet<string> = new Set([
	"handle_irq_event",
	"handle_local_timer_irq",
	"handle_softirqs",
]);

export function frameFunction(stack: Stack, index: number): number {
	return stack.frames[index * FRAME_INTS + FRAME_FUNCTION] ?? -1;
}

/** pc of a C frame; negative for the frame of a step function. */
export function framePc(stack: Stack, index: number): number {
	return stack.frames[index * FRAME_INTS + FRAME_PC] ?? -1;
}

export function hostFrame(stack: Stack, index: number): StepFrame | null {
	return (stack.hosts[index] ?? null) as StepFrame | null;
}

/** Whether the frame at `index` is the entry of an interrupt or of softirqs. */
export function isInterruptEntry(k: Kernel, stack: Stack, index: number): boolean {
	const host = hostFrame(stack, index);
	return host !== null && INTERRUPT_ENTRIES.has(k.functions[host.fn]?.signature.name ?? "");
}

/** Index of the lowest interrupt entry among the frames from `from` on, or -1. */
export function interruptAbove(k: Kernel, stack: Stack, from: number): number {
	for (let index = Math.max(0, from); index < stack.depth; index++) if (isInterruptEntry(k, stack, index)) return index;
	return -1;
}

/**
 * Whether the top frame is at a place where a debugger stops: before a C statement, or before a step. A function that a
 * step has called stands at its entry, before what its first statement needs.
 */
export function canStop(k: Kernel, thread: Thread, code: CodeMap): boolean {
	const { stack } = thread;
	if (stack.depth === 0) return false;
	if (hostFrame(stack, stack.depth - 1)) return true;
	const pc = framePc(stack, stack.depth - 1);
	const atStatement = ((k.vm.code[pc] ?? 0) & (STATEMENT | BREAKPOINT)) !== 0 || code.functionAt(pc)?.firstPc === pc;
	return atStatement && code.positionAt(pc) !== null;
}

/** Source place of the frame at `index`: that of its statement, or of the statement that made the call above it. */
export function framePosition(k: Kernel, stack: Stack, index: number, code: CodeMap): SourcePosition | null {
	const pc = framePc(stack, index);
	if (pc < 0) return null;
	return code.positionAt(statementPc(k, stack, index));
}

/** pc inside the statement that a C frame is in: a return address belongs to the statement before it. */
export function statementPc(k: Kernel, stack: Stack, index: number): number {
	const pc = framePc(stack, index);
	const calling = index < stack.depth - 1 && !isInterruptEntry(k, stack, index + 1);
	return calling ? pc - 1 : pc;
}
