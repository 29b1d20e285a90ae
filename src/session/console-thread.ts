/**
 * The thread `console`, on which kernel calls of the debug console run in process context. Under the expression's frame
 * stands a copy of the frame that it was typed in, so that it sees and sets that frame's variables.
 */
import { addThread } from "../kernel/sched/threads";
import type { Thread } from "../kernel/state";
import { FRAME_BASE, FRAME_INTS, FRAME_SP, pushFrame, reserveRegs, type Stack } from "../language/vm/stack";
import type { FrameKey } from "./frames";
import { frameFunction, framePc, hostFrame } from "./position";
import type { Simulation } from "./simulation";

/** Where the copied registers came from. */
interface Origin {
	readonly thread: number;
	readonly index: number;
	readonly pc: number;
	readonly base: number;
	readonly slots: number;
}

export class ConsoleThread {
	thread: Thread | null = null;
	private origin: Origin | null = null;

	constructor(private readonly simulation: Simulation) {}

	/** A stack with a copy of the frame of `key` at depth 0 (nothing there when that is no C frame). */
	enter(key: FrameKey): Stack {
		const { k } = this.simulation;
		const thread = this.free();
		const { stack } = thread;
		this.origin = null;
		if (key.kind !== "kernel") return stack;
		const from = k.state.threads[key.thread]?.stack;
		if (!from || key.index < 0 || hostFrame(from, key.index)) return stack;
		const at = key.index * FRAME_INTS;
		const base = from.frames[at + FRAME_BASE] ?? 0;
		const entry = k.vm.functions[frameFunction(from, key.index)];
		const slots = entry?.kind === "c" ? entry.info.registers : 0;
		const innermost = key.index === from.depth - 1;
		reserveRegs(stack, slots + 64);
		stack.regs.set(from.regs.subarray(base, base + slots), 0);
		// The copy is not the innermost frame here: its pc counts as a return address.
		const pc = framePc(from, key.index) + (innermost ? 1 : 0);
		pushFrame(stack, frameFunction(from, key.index), pc, 0, from.frames[at + FRAME_SP] ?? 0);
		pushFrame(stack, frameFunction(from, key.index), pc, 0, stack.memoryTop | 0);
		this.origin = { thread: key.thread, index: key.index, pc: framePc(from, key.index), base, slots };
		return stack;
	}

	/** Gives the thread the CPU; what ran before goes on when this sleeps or is done. */
	start(): void {
		const { k } = this.simulation;
		const thread = this.thread!;
		const { cpu } = k.state;
		const before = k.state.threads[cpu.current];
		if (before && before.role !== "idle" && before.state.kind === "ready") cpu.queue.unshift(before.id);
		cpu.current = thread.id;
		thread.state = { kind: "ready" };
	}

	/** Whether the expression's frame is gone. */
	get returned(): boolean {
		return this.thread !== null && this.thread.stack.depth <= this.floor;
	}

	/** Depth of the stack without the expression. */
	get floor(): number {
		return this.origin ? 2 : 0;
	}

	/**
	 * Leaves the thread empty. Takes over what the expression did to the frame's register variables, unless the thread
	 * has died in it.
	 */
	leave(died = false): void {
		const { k } = this.simulation;
		const thread = this.thread!;
		const { origin } = this;
		if (origin && !died) {
			const to = k.state.threads[origin.thread]!.stack;
			if (to.depth > origin.index && framePc(to, origin.index) === origin.pc) {
				to.regs.set(thread.stack.regs.subarray(0, origin.slots), origin.base);
			}
		}
		thread.stack.depth = 0;
		thread.stack.hosts.length = 0;
		thread.state = { kind: "done", result: 0 };
		const { cpu } = k.state;
		if (cpu.current === thread.id) cpu.current = cpu.queue.shift() ?? 0;
	}

	/** A thread of the console that has no call on it; a new one when there is none. */
	private free(): Thread {
		const { k } = this.simulation;
		const idle = k.state.threads.find(({ role, state }) => role === "console" && state.kind === "done");
		this.thread = idle ?? addThread(k, "console", "console");
		this.thread.state = { kind: "done", result: 0 };
		this.thread.stack.depth = 0;
		return this.thread;
	}
}
