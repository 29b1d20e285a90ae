/** In what context the CPU runs, and what Linux says when something is done in the wrong one. */
import type { Kernel } from "../kernel";
import { showHeldLocks } from "../locks/lockdep-report";
import type { Thread } from "../state";
import { dumpStack, oopsFromBug } from "./oops";
import { say } from "./say";

/** Whether the thread must not sleep: in an interrupt, with preemption, bottom halves or interrupts off. */
export function inAtomic(thread: Thread): boolean {
	return preemptCount(thread) > 0 || thread.irqsOff;
}

/** preempt_count(): preemption in bits 0–7, softirq in 8–15 (serving 1, disabled 2 each), hardirq from 16. */
export function preemptCount(thread: Thread): number {
	return thread.preempt + (thread.softirq << 8) + (thread.bhDisabled << 9) + (thread.hardirq << 16);
}

/** The context as records name it. */
export function contextName(k: Kernel): "process" | "softirq" | "hardirq" {
	const thread = k.current;
	return thread.hardirq > 0 ? "hardirq" : thread.softirq > 0 ? "softirq" : "process";
}

const HZ_PS = 1e12;

/**
 * might_sleep(): complains, once a second at most as Linux does, when the current context must not sleep. `file` and
 * `line` are those of the check. Returns whether the context was wrong.
 */
export function mightSleep(k: Kernel, file: string, line: number): boolean {
	const thread = k.current;
	if (!inAtomic(thread) && thread.role !== "idle") return false;
	const { cpu } = k.state;
	if (cpu.sleepWarning >= 0 && k.machine.time < cpu.sleepWarning + HZ_PS) return true;
	cpu.sleepWarning = k.machine.time;
	const count = preemptCount(thread);
	say(k, 3, `BUG: sleeping function called from invalid context at ${file}:${line}`);
	say(
		k,
		3,
		`in_atomic(): ${count ? 1 : 0}, irqs_disabled(): ${thread.irqsOff ? 1 : 0}, non_block: 0, pid: ${thread.pid}, name: ${thread.name}`,
	);
	say(k, 3, `preempt_count: ${count.toString(16)}, expected: 0`);
	showHeldLocks(k, thread, 3);
	dumpStack(k, thread);
	return true;
}

/** Called before a thread falls asleep. Returns true when that is the end of it (an oops is set). */
export function scheduleInAtomic(k: Kernel, thread: Thread): boolean {
	const count = preemptCount(thread);
	if (count === 0) return false;
	say(
		k,
		3,
		`BUG: scheduling while atomic: ${thread.name}/${thread.pid}/0x${(count + 1).toString(16).padStart(8, "0")}`,
	);
	showHeldLocks(k, thread, 3);
	dumpStack(k, thread);
	if (thread.role !== "idle") return false;
	say(k, 3, "bad: scheduling from the idle thread!");
	oopsFromBug(k, thread, "scheduling from the idle thread");
	return true;
}
