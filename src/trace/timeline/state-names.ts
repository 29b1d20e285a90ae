/** States of rows in words. */
import type { RowKind } from "./rows";

/** By class of a row's codes; class 0 is always "nothing". Softirqs by their number in Linux, behind "none". */
export const CLASS_NAMES: Readonly<Record<RowKind, readonly string[]>> = {
	cpu: ["idle", "process", "softirq", "hardirq"],
	softirq: ["none", "HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU"],
	interrupt: ["line inactive", "line active"],
	callback: [],
	log: [],
	channel: ["idle", "running", "paused", "error"],
	queue: [],
	fifo: [],
};

/** "softirq (ksoftirqd/0)", "TASKLET", "running". */
export function stateName(kind: RowKind, code: number, threadName: (id: number) => string): string {
	const names = CLASS_NAMES[kind];
	const name = names[code % names.length] ?? "";
	if (kind !== "cpu" || code % names.length === 0) return name;
	const thread = threadName(Math.floor(code / names.length));
	return thread ? `${name} (${thread})` : name;
}
