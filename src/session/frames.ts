/** The call stacks of kernel threads, as a debugger shows them. */

import type { Kernel } from "../kernel/kernel";
import type { Thread } from "../kernel/state";
import type { FunctionInfo } from "../language/debug-info";
import type { CodeMap } from "./code-map";
import { frameFunction, framePosition, hostFrame, isInterruptEntry, statementPc } from "./position";
import { stepLine } from "./step-pages";

/** Where a frame's source is: a file of the user's, a page of steps, or nowhere. */
export type FrameSource =
	| { readonly kind: "file"; readonly path: string; readonly line: number; readonly column: number }
	| { readonly kind: "page"; readonly page: string; readonly line: number; readonly column: number }
	| { readonly kind: "none" };

/** Which frame: index from the outermost one of a thread's stack, or a level of a channel (0 burst, 1 chunk, 2 transfer). */
export type FrameKey =
	| { readonly kind: "kernel"; readonly thread: number; readonly index: number }
	| { readonly kind: "channel"; readonly channel: string; readonly level: number };

export interface StackFrame {
	readonly key: FrameKey;
	readonly name: string;
	readonly source: FrameSource;
	/** "subtle": only how the thread came here. */
	readonly presentation: "normal" | "subtle";
	/** Of C code its pc, of a channel the bus address of the item or instruction that it works on; 0 where there is none. */
	readonly instruction: number;
}

const CONTEXT_NOTES: Readonly<Record<string, string>> = {
	handle_irq_event: "hardirq",
	handle_local_timer_irq: "hardirq",
	handle_softirqs: "softirq",
};

/**
 * How a thread came to run what it runs: of no interest to whoever looks at it, so clients may fold these frames away.
 * What leads from an interrupt to a callback is not among them: it is what one came to see.
 */
const PLUMBING: ReadonlySet<string> = new Set([
	"kernel_init",
	"do_one_initcall",
	"load_module",
	"unload_module",
	"unload_all_modules",
	"run_ksoftirqd",
	"irq_thread",
	"worker_thread",
	"kthread",
	"kunit_run_all_tests",
	"kunit_run_tests",
]);

/** Frames of a thread, innermost first. */
export function threadFrames(k: Kernel, thread: Thread, code: CodeMap): StackFrame[] {
	const frames: StackFrame[] = [];
	for (let index = thread.stack.depth - 1; index >= 0; index--) {
		frames.push(threadFrame(k, thread, index, code));
		// Below a console's expression is a copy of the frame that it was typed in.
		if (thread.role === "console" && frameFunction(thread.stack, index) === code.program.expressionFunction) break;
	}
	return frames;
}

function threadFrame(k: Kernel, thread: Thread, index: number, code: CodeMap): StackFrame {
	const { stack } = thread;
	const key: FrameKey = { kind: "kernel", thread: thread.id, index };
	const host = hostFrame(stack, index);
	if (host) {
		const name = k.functions[host.fn]?.signature.name ?? "?";
		const calling = index < stack.depth - 1 && !isInterruptEntry(k, stack, index + 1);
		const line = stepLine(
			calling ? Math.max(0, host.at) : thread.state.kind === "blocked" ? Math.max(0, host.at) : host.step,
		);
		const note = CONTEXT_NOTES[name];
		return {
			key,
			name: note ? `${name} [${note}]` : name,
			source: { kind: "page", page: name, line, column: 1 },
			presentation: PLUMBING.has(name) ? "subtle" : "normal",
			instruction: 0,
		};
	}
	const info = frameInfo(k, thread, index);
	const position = framePosition(k, stack, index, code);
	return {
		key,
		name: info === code.program.expressionInfo ? "debug console" : (info?.name ?? "?"),
		source: position
			? { kind: "file", path: position.file, line: position.line, column: position.column }
			: { kind: "none" },
		presentation: "normal",
		instruction: statementPc(k, stack, index),
	};
}

/** The C function of a frame, or null for a step function's frame. */
export function frameInfo(k: Kernel, thread: Thread, index: number): FunctionInfo | null {
	const entry = k.vm.functions[frameFunction(thread.stack, index)];
	return entry?.kind === "c" && !hostFrame(thread.stack, index) ? entry.info : null;
}
