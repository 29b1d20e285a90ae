/** Kernel threads: making them, putting them to sleep, waking them. Nothing preempts: threads switch when they sleep. */
import { encodeValue } from "../../language/vm/host-call";
import { createStack, frameTop, pushHost, reserveRegs } from "../../language/vm/stack";
import type { Kernel } from "../kernel";
import type { StepFrame, Thread, WaitOn } from "../state";
import { writeText } from "../text";
import { KernelEvent } from "../timers/events";
import { workerSleeps } from "../work/queue";
import { KernelBug } from "./oops";
import { TASK_COMM_LEN, TASK_RUNNING, taskStruct } from "./task";
import { allocateThreadMemory } from "./thread-memory";

/**
 * A thread that starts in step function `fn` with `args`. It is ready at once; its id is its place in the table. Without
 * memory for it: a BUG.
 */
export function createThread(k: Kernel, name: string, role: Thread["role"], fn: string, args: number[]): Thread {
	return ready(k, addThread(k, name, role), fn, args);
}

/** createThread for those who can do without: a thread, -EAGAIN when there are too many of them, or -ENOMEM. */
export function tryCreateThread(
	k: Kernel,
	name: string,
	role: Thread["role"],
	fn: string,
	args: number[],
): Thread | number {
	const thread = tryAddThread(k, name, role);
	return typeof thread === "number" ? thread : ready(k, thread, fn, args);
}

function ready(k: Kernel, thread: Thread, fn: string, args: number[]): Thread {
	pushStep(k, thread, fn, args);
	k.state.cpu.queue.push(thread.id);
	return thread;
}

/** A thread with an empty stack that is not queued: the idle thread, the debug console. Without memory for it: a BUG. */
export function addThread(k: Kernel, name: string, role: Thread["role"]): Thread {
	const thread = tryAddThread(k, name, role);
	if (typeof thread === "number") throw new KernelBug("no memory for a thread");
	return thread;
}

/** A new thread, or -EAGAIN when there are too many of them, or -ENOMEM. */
export function tryAddThread(k: Kernel, name: string, role: Thread["role"]): Thread | number {
	const id = k.state.threads.length;
	const memory = allocateThreadMemory(k);
	if (typeof memory === "number") return memory;
	const { stackTop, task } = memory;
	const pid = id;
	const thread: Thread = {
		id,
		name,
		role,
		stack: createStack(stackTop),
		state: { kind: "ready" },
		hardirq: 0,
		softirq: 0,
		bhDisabled: 0,
		preempt: 0,
		irqsOff: false,
		task,
		pid,
		waitingOn: null,
		arg: 0,
		held: [],
	};
	taskStruct.pid.set(k.space, task, pid);
	taskStruct.tgid.set(k.space, task, pid);
	writeText(k, taskStruct.comm.at(task), name, TASK_COMM_LEN);
	k.state.threads.push(thread);
	return thread;
}

/** Puts a frame of step function `fn` on top of a thread's stack, above whatever is there. */
export function pushStep(k: Kernel, thread: Thread, fn: string, args: number[]): void {
	const index = k.indexOf.get(fn);
	if (index === undefined) throw new Error(`no kernel function ${fn}`);
	const base = frameTop(thread.stack, k.vm.functions);
	reserveRegs(thread.stack, base + 2 * Math.max(1, args.length));
	args.forEach((value, i) => {
		encodeValue("s64", value, thread.stack.regs, base + 2 * i);
	});
	const frame = stepFrame(index, args);
	frame.at = -1;
	pushHost(thread.stack, frame, base, args.length);
}

export function stepFrame(index: number, args: number[]): StepFrame {
	return { fn: index, step: 0, at: 0, args, locals: {}, texts: {}, result: 0, timedOut: false };
}

/** Puts the current thread to sleep; the run loop switches. `until` in ps since boot, Infinity for ever. */
export function blockThread(k: Kernel, thread: Thread, on: WaitOn, until: number): void {
	const timer = Number.isFinite(until)
		? k.machine.schedule(Math.max(until, k.machine.time), k.component, KernelEvent.Wake, thread.id)
		: 0;
	thread.state = { kind: "blocked", on, until, timer, order: k.state.cpu.waits++ };
	workerSleeps(k, thread);
}

/** Makes a blocked thread ready. `timedOut` tells its frame why. Returns false when it was not blocked. */
export function wakeThread(k: Kernel, thread: Thread, timedOut = false): boolean {
	if (thread.state.kind !== "blocked") return false;
	if (!timedOut && Number.isFinite(thread.state.until)) k.machine.cancel(thread.state.timer);
	const frame = thread.stack.hosts[thread.stack.depth - 1] as StepFrame | null;
	if (frame) frame.timedOut = timedOut;
	thread.state = { kind: "ready" };
	taskStruct.__state.set(k.space, thread.task, TASK_RUNNING);
	k.state.cpu.queue.push(thread.id);
	k.machine.wakeRequested = true;
	return true;
}

/** Wakes threads that are blocked on the object at `address` in the order in which they fell asleep; returns how many. */
export function wakeWaiters(k: Kernel, kind: string, address: number, most = Number.POSITIVE_INFINITY): number {
	let woken = 0;
	for (const thread of sleepers(k, kind, address)) {
		if (woken >= most) break;
		if (wakeThread(k, thread)) woken++;
	}
	return woken;
}

/** Threads asleep on an object, longest first: a wait is queued by the count of waits so far. */
export function sleepers(k: Kernel, kind: string, address: number): Thread[] {
	return k.state.threads
		.filter((t) => t.state.kind === "blocked" && t.state.on.kind === kind && t.state.on.address === address)
		.sort((a, b) => waitOrder(a) - waitOrder(b));
}

function waitOrder(thread: Thread): number {
	return thread.state.kind === "blocked" ? thread.state.order : 0;
}
