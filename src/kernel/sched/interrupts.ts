/** Entry into hard interrupts and softirqs: step functions whose frames sit on top of whatever was interrupted. */
import { ObserverBit } from "../../sim/observers";
import { block, call, goto, type KernelFunction, type Next, next, ret, step, steps, yieldCpu } from "../functions";
import type { Kernel } from "../kernel";
import type { LocalInterrupt } from "../state";
import { pushStep, wakeThread } from "./threads";

/** Interrupt entry takes 1 µs, softirq entry 0.5 µs (machine.md, Time). */
const IRQ_ENTRY_PS = 1_000_000;
const SOFTIRQ_ENTRY_PS = 500_000;

export enum Softirq {
	Hi = 0,
	Timer = 1,
	Tasklet = 6,
	Hrtimer = 8,
}
const SOFTIRQ_ACTIONS: Readonly<Record<number, string>> = {
	[Softirq.Hi]: "tasklet_hi_action",
	[Softirq.Timer]: "run_timer_softirq",
	[Softirq.Tasklet]: "tasklet_action",
	[Softirq.Hrtimer]: "hrtimer_run_softirq",
};
const TASKLET_BITS = (1 << Softirq.Hi) | (1 << Softirq.Tasklet);
/** After so many rounds softirqs are left to ksoftirqd, as in Linux. */
const MAX_SOFTIRQ_RESTART = 10;
const IRQ_HANDLED = 1;
const IRQ_WAKE_THREAD = 2;
/** Linux gives a line up after 99,900 unhandled interrupts of 100,000. */
const UNHANDLED_LIMIT = 99_900;
const ROUND = 100_000;

/** Served at the end of the interrupt or of the section with bottom halves off; in process context ksoftirqd does it. */
export function raiseSoftirq(k: Kernel, softirq: Softirq): void {
	k.state.cpu.softirqPending |= 1 << softirq;
	const thread = k.current;
	if (thread.hardirq + thread.softirq + thread.bhDisabled === 0) wakeSoftirqd(k);
}

function wakeSoftirqd(k: Kernel): void {
	const thread = k.state.threads.find((t) => t.name === "ksoftirqd/0");
	if (thread) wakeThread(k, thread);
}

/** Softirqs that may be served now: tasklets can be held back. */
function servable(k: Kernel): number {
	const { softirqPending, taskletHolds } = k.state.cpu;
	return taskletHolds > 0 ? softirqPending & ~TASKLET_BITS : softirqPending;
}

/** Queues a function for hard interrupt context: the local timer's expiry. */
export function raiseLocalInterrupt(k: Kernel, interrupt: LocalInterrupt): void {
	k.state.cpu.local.push(interrupt);
	k.machine.wakeRequested = true;
}

/** The step functions that takeInterrupt puts on top of what it interrupts. */
export const INTERRUPT_ENTRIES: ReadonlySet<string> = new Set(["handle_irq_event", "handle_local_timer_irq"]);

/** Lets a pending interrupt in, when the current thread allows it. Returns whether a frame was pushed. */
export function takeInterrupt(k: Kernel): boolean {
	const thread = k.current;
	if (thread.irqsOff) return false;
	const local = k.state.cpu.local.shift();
	const line = local ? -1 : k.machine.interrupts.pending();
	if (!local && line < 0) return false;
	thread.irqsOff = true;
	thread.hardirq++;
	k.state.cpu.busyUntil = Math.max(k.state.cpu.busyUntil, k.machine.time) + IRQ_ENTRY_PS;
	if (local) {
		pushStep(k, thread, "handle_local_timer_irq", [k.address(local.fn), ...local.args]);
	} else {
		pushStep(k, thread, "handle_irq_event", [line]);
	}
	return true;
}

/**
 * Leaves hard interrupt context. Softirqs run with interrupts on; handle_softirqs turns them off again at its end, so that
 * no interrupt comes in between that and the return to what was interrupted.
 */
function irqExit(k: Kernel): Next {
	const thread = k.current;
	thread.hardirq--;
	thread.irqsOff = thread.hardirq > 0;
	return thread.hardirq === 0 && softirqsMayRun(k) ? call("handle_softirqs", [1], "done") : ret();
}

function irqDone(k: Kernel): Next {
	k.current.irqsOff = false;
	return ret();
}

/** Pending softirqs run unless one is being served, bottom halves are off, or this is a hard interrupt. */
export function softirqsMayRun(k: Kernel): boolean {
	const thread = k.current;
	return servable(k) !== 0 && thread.hardirq === 0 && thread.softirq === 0 && thread.bhDisabled === 0;
}

export const interruptFunctions: KernelFunction[] = [
	steps(
		"void handle_irq_event(int irq)",
		{
			enter: step("Interrupts are off on this CPU. Count the interrupt and find the line's handlers.", (k, f) => {
				f.locals.index = 0;
				f.locals.handled = 0;
				const line = f.args[0] ?? 0;
				const irq = k.state.irqs[line];
				if (irq) irq.count++;
				if (k.machine.observers.mask & ObserverBit.RECORD)
					k.machine.observers.record("irq", { irq: line, dev: irq?.actions[0]?.name ?? "", ctx: "hardirq" });
				return next;
			}),
			handler: step("Call the next handler of the line: handler(irq, dev_id).", (k, f) => {
				const action = k.state.irqs[f.args[0] ?? 0]?.actions[f.locals.index ?? 0];
				if (!action) return goto("exit");
				return call(action.handler, [f.args[0] ?? 0, action.devId]);
			}),
			result: step(
				"Note whether the handler says that the interrupt was its device's; wake its thread if it asks.",
				(k, f) => {
					const irq = k.state.irqs[f.args[0] ?? 0];
					const action = irq?.actions[f.locals.index ?? 0];
					if (irq && action && f.result === IRQ_WAKE_THREAD)
						return call("__irq_wake_thread", [irq.line, f.locals.index ?? 0], "advance");
					if (f.result === IRQ_HANDLED) f.locals.handled = 1;
					return goto("advance");
				},
			),
			advance: step("Go on with the line's next handler.", (_, f) => {
				if (f.result === IRQ_WAKE_THREAD) f.locals.handled = 1;
				f.locals.index = (f.locals.index ?? 0) + 1;
				return goto("handler");
			}),
			exit: step(
				"Nobody cared? Count it. Leave the interrupt; pending softirqs run now, on top of what was interrupted.",
				(k, f) => {
					const irq = k.state.irqs[f.args[0] ?? 0];
					if (!irq || irq.actions.length === 0) k.machine.interrupts.mask(f.args[0] ?? 0);
					else if (!f.locals.handled) irq.unhandled++;
					if (!irq || ++irq.round < ROUND) return goto("leave");
					irq.round = 0;
					const bad = irq.unhandled > UNHANDLED_LIMIT;
					irq.unhandled = 0;
					return bad ? call("__report_bad_irq", [irq.line], "leave") : goto("leave");
				},
			),
			leave: step("Restore what was interrupted.", irqExit),
			done: step("Return to the interrupted code.", irqDone),
		},
		0,
	),
	steps(
		"void handle_local_timer_irq(void *function, u64 argument)",
		{
			call: step("The CPU's timer has expired: run what is due, with interrupts off.", (_, f) =>
				call(f.args[0] ?? 0, f.args.slice(1)),
			),
			leave: step("Leave the interrupt; pending softirqs run now.", irqExit),
			done: step("Return to the interrupted code.", irqDone),
		},
		0,
	),
	steps(
		"void handle_softirqs(int from_irq)",
		{
			enter: step("Serve softirqs with interrupts on.", (k, f) => {
				f.locals.rounds = 0;
				f.locals.round = servable(k);
				k.current.softirq++;
				k.state.cpu.busyUntil = Math.max(k.state.cpu.busyUntil, k.machine.time) + SOFTIRQ_ENTRY_PS;
				return next;
			}),
			action: step("Take the lowest pending softirq and run its action.", (k, f) => {
				const left = f.locals.round & servable(k);
				if (left === 0) return goto("again");
				const number = 31 - Math.clz32(left & -left);
				k.state.cpu.softirqPending &= ~(1 << number);
				f.locals.round &= ~(1 << number);
				if (k.machine.observers.mask & ObserverBit.CPU) k.machine.observers.softirq(0, number);
				const action = SOFTIRQ_ACTIONS[number];
				return action ? call(action, [], "action") : goto("action");
			}),
			again: step(
				"Were softirqs raised meanwhile? Serve them too, ten times at most; then ksoftirqd goes on.",
				(k, f) => {
					f.locals.round = servable(k);
					if (f.locals.round === 0) return goto("exit");
					if (++f.locals.rounds < MAX_SOFTIRQ_RESTART) return goto("action");
					wakeSoftirqd(k);
					return goto("exit");
				},
			),
			exit: step("Leave softirq context.", (k, f) => {
				k.current.softirq--;
				if (f.args[0]) k.current.irqsOff = true;
				return ret();
			}),
		},
		0,
	),
	steps(
		"int run_ksoftirqd(void *data)",
		{
			wait: step("Sleep until a softirq is raised outside of an interrupt.", (k) =>
				softirqsMayRun(k) ? goto("serve") : block({ kind: "softirqs", address: 0, name: "" }, undefined, "wait"),
			),
			serve: step("Serve them in this thread.", () => call("handle_softirqs", [])),
			resched: step("Let the other threads run.", () => yieldCpu("wait")),
		},
		0,
	),
];
