/** In what context the CPU runs, and what Linux says when something is done in the wrong one. */
import type { Kernel } from "../kernel";
import type { Thread } from "../state";

/** Whether the thread must not sleep: in an interrupt, with preemption, bottom halves or interrupts off. */
export function inAtomic(thread: Thread): boolean {
	return thread.hardirq + thread.softirq + thread.bhDisabled + thread.preempt > 0 || thread.irqsOff;
}

/** The context as records name it. */
export function contextName(k: Kernel): "process" | "softirq" | "hardirq" {
	const thread = k.current;
	return thread.hardirq > 0 ? "hardirq" : thread.softirq > 0 ? "softirq" : "process";
}

/** Called before a thread falls asleep. */
export function scheduleInAtomic(_k: Kernel, _thread: Thread): void {}
