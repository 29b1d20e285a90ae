/**
 * Stepping of kernel threads. A step is a question asked after each turn of the run loop: has the thread come to a place
 * where this step ends? Interrupts that come in meanwhile are run over.
 */
import type { Kernel } from "../kernel/kernel";
import type { Thread } from "../kernel/state";
import type { CodeMap } from "./code-map";
import { canStop, framePc, framePosition, hostFrame, interruptAbove } from "./position";

export type StepKind = "over" | "into" | "out";

export interface ThreadStep {
	readonly kind: StepKind;
	readonly thread: number;
	/** Depth of the frame that the step is made in. */
	readonly depth: number;
	/** Frames below this index were there at the start: interrupts above them are new. */
	readonly base: number;
	/** Line at the start; "" in a step function. */
	readonly file: string;
	readonly line: number;
	/** A new interrupt is on top of the thread; the turn that removes it ends nothing. */
	interrupted: boolean;
	/** Step of a step function that the thread stands at: to see that it was run. */
	hostStep: number;
	/** The thread went away from its frame (a call, a sleep) since that was noted. */
	away: boolean;
}

/** Begins a step of `thread` in the frame at `frame` (index from the outermost). */
export function beginStep(k: Kernel, thread: Thread, kind: StepKind, frame: number, code: CodeMap): ThreadStep {
	const { stack } = thread;
	const position = framePosition(k, stack, frame, code);
	return {
		kind,
		thread: thread.id,
		depth: frame + 1,
		base: stack.depth,
		file: position?.file ?? "",
		line: position?.line ?? 0,
		interrupted: false,
		hostStep: hostFrame(stack, frame)?.step ?? -1,
		away: stack.depth > frame + 1,
	};
}

/** How the next turn has to be run so that the step can end where it should. */
export function stepTurn(k: Kernel, step: ThreadStep): { single: boolean } {
	const thread = k.state.threads[step.thread];
	if (!thread || thread.state.kind === "done") return { single: true };
	if (k.state.cpu.current !== step.thread || thread.state.kind !== "ready") return { single: false };
	if (interruptAbove(k, thread.stack, step.base) >= 0) return { single: false };
	if (step.kind === "into") return { single: true };
	return { single: thread.stack.depth <= (step.kind === "out" ? step.depth - 1 : step.depth) };
}

/** Whether the step is over now. Call after each turn. */
export function stepEnded(k: Kernel, step: ThreadStep, code: CodeMap): boolean {
	const thread = k.state.threads[step.thread];
	if (!thread) return true;
	if (thread.state.kind === "done" || thread.stack.depth === 0) return nextThreadGoesOn(k, code);
	if (k.state.cpu.current !== step.thread || thread.state.kind !== "ready") {
		step.away = true;
		return false;
	}
	if (interruptAbove(k, thread.stack, Math.min(step.base, thread.stack.depth)) >= 0) {
		step.interrupted = true;
		return false;
	}
	const wasInterrupted = step.interrupted;
	step.interrupted = false;
	if (!canStop(k, thread, code)) return false;
	return ended(thread, step, code, wasInterrupted);
}

function ended(thread: Thread, step: ThreadStep, code: CodeMap, wasInterrupted: boolean): boolean {
	const { stack } = thread;
	if (stack.depth > step.depth) {
		step.away = true;
		return step.kind === "into";
	}
	if (stack.depth < step.depth) return true;
	if (step.kind === "out") return false;
	const host = hostFrame(stack, stack.depth - 1);
	if (host) {
		const moved = host.step !== step.hostStep || step.away || !wasInterrupted;
		step.hostStep = host.step;
		step.away = false;
		return moved;
	}
	const position = code.positionAt(framePc(stack, stack.depth - 1));
	return position !== null && (position.line !== step.line || position.file !== step.file);
}

/** The stepped thread is gone: the step ends where the next one goes on. */
function nextThreadGoesOn(k: Kernel, code: CodeMap): boolean {
	const current = k.current;
	return current.state.kind === "ready" && canStop(k, current, code);
}
