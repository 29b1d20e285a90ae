/**
 * The run loop of the CPU: pays for time, lets interrupts in, picks a thread, runs its top frame (C in the virtual
 * machine, step functions here). It comes back when something outside has to decide: a breakpoint, a stop that an
 * observer asked for, an oops, the end, or the end of the slice the caller gave.
 */
import { Exit } from "../../language/vm/exit";
import { FaultKind, MemoryFault } from "../../language/vm/fault";
import { decodeValue, encodeValue } from "../../language/vm/host-call";
import { frameTop, pushHost, reserveRegs, returnFromHost, stackPointer } from "../../language/vm/stack";
import { functionIndexAt } from "../../language/vm/vm";
import { CpuContext, ObserverBit } from "../../sim/observers";
import type { Next, StepFunction } from "../functions";
import { checkObject } from "../kasan/check";
import type { Kernel } from "../kernel";
import type { StepFrame, Thread } from "../state";
import { scheduleInAtomic } from "./context";
import { INTERRUPT_ENTRIES, takeInterrupt } from "./interrupts";
import { dieAfterOops, dumpStack, exitThread, oopsFromFault } from "./oops";
import { say } from "./say";
import { blockThread, stepFrame } from "./threads";

/** A context switch takes 1 µs, a statement 20 ns (machine.md, Time). */
const SWITCH_PS = 1_000_000;
export const STATEMENT_PS = 20_000;

export type Stop =
	/** The slice is used up; nothing else happened. */
	| { readonly kind: "slice" }
	/** An observer set machine.stopRequested. */
	| { readonly kind: "machine" }
	/** Before a C statement that has a breakpoint. */
	| { readonly kind: "breakpoint"; readonly thread: number }
	/** A kernel function with a function breakpoint has been entered; none of its steps has run. */
	| { readonly kind: "function"; readonly thread: number; readonly function: number }
	/** state.oops is set and the faulting stack is intact. Running on lets Linux handle it. */
	| { readonly kind: "oops"; readonly thread: number }
	/** state.end is set. */
	| { readonly kind: "end" };

export interface Slice {
	/** Stop the run (limit) at this time, ps. */
	readonly limit: number;
	/** At most this many turns of the loop: a turn is a statement when `single`, else up to `turnPs` of C. */
	readonly turns: number;
	/** One C statement or one step of a step function a turn. */
	readonly single: boolean;
}

/** C runs at most this long in one turn, so that a caller's slice is short in host time whatever C does: 2 ms. */
const TURN_PS = 2_000_000_000;
/** machine.md, Runs. */
const SOFT_LOCKUP_PS = 20e12;
const SLICE: Stop = { kind: "slice" };
const END: Stop = { kind: "end" };
const MACHINE: Stop = { kind: "machine" };

/** Runs until the slice is used up or something has to be decided. */
export function run(k: Kernel, slice: Slice): Stop {
	for (let turn = 0; turn < slice.turns; turn++) {
		if (k.state.end) return END;
		const stop = runTurn(k, slice);
		if (stop) return stop;
		if (k.machine.stopRequested) return stopOfMachine(k);
	}
	return SLICE;
}

function runTurn(k: Kernel, slice: Slice): Stop | null {
	const { machine } = k;
	const cpu = k.state.cpu;
	if (k.state.oops) {
		dieAfterOops(k);
		return null;
	}
	// A thread that fell asleep leaves the CPU before anything else happens on it.
	const { current } = k;
	if (current.state.kind !== "ready" || (current.stack.depth === 0 && cpu.queue.length > 0)) switchThread(k);
	// A kernel call may have taken the clock past the limit.
	if (machine.time > slice.limit) return end(k, "limit", 3);
	if (machine.time < cpu.busyUntil) {
		const arrived = machine.advanceTo(Math.min(cpu.busyUntil, slice.limit));
		if (!arrived) return stopOfMachine(k);
		if (machine.time < cpu.busyUntil) return end(k, "limit", 3);
	}
	const entered = takeInterrupt(k);
	if (machine.observers.mask & ObserverBit.CPU) tellContext(k);
	if (entered) return null;
	const thread = k.current;
	if (thread.stack.depth === 0) return cpu.queue.length > 0 ? null : idle(k, slice);
	if (machine.time - cpu.since >= SOFT_LOCKUP_PS && thread.role !== "idle") return softLockup(k, thread);
	return thread.stack.hosts[thread.stack.depth - 1] ? runStep(k, thread) : runC(k, thread, slice);
}

/** Tells observers what the CPU does from now on. */
function tellContext(k: Kernel): void {
	const { machine, current } = k;
	let context = CpuContext.Process;
	if (current.hardirq > 0) context = CpuContext.Hardirq;
	else if (current.softirq > 0) context = CpuContext.Softirq;
	else if (current.stack.depth === 0) context = CpuContext.Idle;
	machine.observers.cpu(machine.time, 0, context, current.id);
}

function stopOfMachine(k: Kernel): Stop {
	k.machine.stopRequested = false;
	return MACHINE;
}

/** Gives the CPU to the next ready thread, or to the idle thread. */
function switchThread(k: Kernel): void {
	const cpu = k.state.cpu;
	const next = cpu.queue.shift() ?? 0;
	cpu.since = Math.max(cpu.busyUntil, k.machine.time);
	if (next === cpu.current) return;
	cpu.current = next;
	if (next !== 0) cpu.busyUntil = cpu.since + SWITCH_PS;
}

/** Nothing can run: time goes on until an interrupt or a wake-up; when nothing is due any more the run is over. */
function idle(k: Kernel, slice: Slice): Stop | null {
	const due = k.machine.nextEventTime();
	if (due === Number.POSITIVE_INFINITY) {
		// A line that is held active with nobody to serve it is no reason to go on.
		return end(k, k.state.oopses > 0 ? "oops" : "idle", k.state.oopses > 0 ? 1 : 0);
	}
	if (due > slice.limit) {
		k.machine.advanceTo(slice.limit);
		return end(k, "limit", 3);
	}
	const far = Math.max(due, Math.min(slice.limit, k.machine.time + TURN_PS));
	return k.machine.advanceUntilInterrupt(far) ? null : stopOfMachine(k);
}

/** The watchdog's verdict on a CPU that has not scheduled for 20 s: Linux reports it, here it is a limit that ends the run. */
function softLockup(k: Kernel, thread: Thread): Stop {
	const stuck = Math.floor((k.machine.time - k.state.cpu.since) / 1e12);
	say(k, 0, `watchdog: BUG: soft lockup - CPU#0 stuck for ${stuck}s! [${thread.name}:${thread.pid}]`);
	dumpStack(k, thread);
	return end(k, "limit", 3);
}

/** Ends the run. The status of an idle end is settled by whoever judges the run. */
export function end(k: Kernel, reason: "idle" | "limit" | "oops" | "exit", status: number): Stop {
	k.state.end = { reason, status };
	return END;
}

function runC(k: Kernel, thread: Thread, slice: Slice): Stop | null {
	const { machine, vm } = k;
	const room = Math.min(machine.nextEventTime(), slice.limit + STATEMENT_PS) - machine.time;
	const exit = vm.run(thread.stack, slice.single ? 1 : Math.max(1, Math.min(room, TURN_PS)));
	k.state.cpu.busyUntil = machine.time + vm.used;
	switch (exit) {
		case Exit.Slack:
		case Exit.KernelRequest:
			return machine.stopRequested ? stopOfMachine(k) : null;
		case Exit.Break:
			return { kind: "breakpoint", thread: thread.id };
		case Exit.StepCall:
			return enterStep(k, thread, vm.exitFunction, vm.exitBase, vm.exitArgs);
		case Exit.HostReturn:
			deliver(k, thread, decodeValue("s64", vm.resultLo, vm.resultHi));
			return null;
		case Exit.Fault:
			oopsFromFault(k, thread);
			return { kind: "oops", thread: thread.id };
		default:
			return exit satisfies never;
	}
}

/** A C frame called a step function: its frame goes on the stack, its arguments are where the caller put them. */
function enterStep(k: Kernel, thread: Thread, index: number, base: number, count: number): Stop | null {
	const signature = k.functions[index]?.signature;
	const args: number[] = [];
	for (let i = 0; i < count; i++) {
		const kind = signature?.arguments[i] ?? "s64";
		args.push(
			decodeValue(
				kind === "void" ? "s64" : kind,
				thread.stack.regs[base + 2 * i] ?? 0,
				thread.stack.regs[base + 2 * i + 1] ?? 0,
			),
		);
	}
	pushHost(thread.stack, stepFrame(index, args), base, count);
	for (const object of signature?.objects ?? []) checkObject(k, args[object] ?? 0);
	k.state.cpu.busyUntil += k.functions[index]?.cost ?? 0;
	return k.debug.functionBreaks[index] ? { kind: "function", thread: thread.id, function: index } : null;
}

/** Gives the innermost frame the result of the call it made; a thread without frames is done. */
function deliver(k: Kernel, thread: Thread, value: number): void {
	const frame = thread.stack.hosts[thread.stack.depth - 1];
	if (frame) (frame as StepFrame).result = value;
	else if (thread.stack.depth === 0 && thread.role !== "idle") exitThread(k, thread, value);
}

function runStep(k: Kernel, thread: Thread): Stop | null {
	const frame = thread.stack.hosts[thread.stack.depth - 1] as StepFrame;
	if (frame.at < 0) {
		frame.at = 0;
		if (k.debug.functionBreaks[frame.fn]) return { kind: "function", thread: thread.id, function: frame.fn };
	}
	const fn = k.functions[frame.fn] as StepFunction;
	const step = fn.steps[frame.step];
	if (!step) return returnFromStep(k, thread, fn, 0);
	frame.at = frame.step;
	let next: Next;
	try {
		next = step.run(k, frame);
	} catch (error) {
		return oopsFromError(k, thread, error);
	}
	if (k.state.oops) return { kind: "oops", thread: thread.id };
	switch (next.do) {
		case "next":
			frame.step++;
			break;
		case "goto":
			frame.step = stepIndex(fn, next.step);
			break;
		case "call":
			frame.step = next.then === undefined ? frame.step + 1 : stepIndex(fn, next.then);
			return callFunction(k, thread, frame, next.target, next.args);
		case "block":
			frame.step = next.then === undefined ? frame.step + 1 : stepIndex(fn, next.then);
			frame.timedOut = false;
			if (scheduleInAtomic(k, thread)) return { kind: "oops", thread: thread.id };
			blockThread(k, thread, next.on, next.until);
			break;
		case "yield":
			frame.step = next.then === undefined ? frame.step + 1 : stepIndex(fn, next.then);
			if (scheduleInAtomic(k, thread)) return { kind: "oops", thread: thread.id };
			k.state.cpu.queue.push(thread.id);
			switchThread(k);
			break;
		case "spin":
			frame.step = next.then === undefined ? frame.step + 1 : stepIndex(fn, next.then);
			k.state.cpu.busyUntil = Math.max(k.state.cpu.busyUntil, k.machine.time) + next.for;
			break;
		case "exit":
			exitThread(k, thread, next.value);
			break;
		case "return":
			return returnFromStep(k, thread, fn, next.value);
		default:
			return next satisfies never;
	}
	return k.machine.stopRequested ? stopOfMachine(k) : null;
}

function stepIndex(fn: StepFunction, name: string): number {
	const index = fn.steps.findIndex((s) => s.name === name);
	if (index < 0) throw new Error(`${fn.signature.name} has no step ${name}`);
	return index;
}

function returnFromStep(k: Kernel, thread: Thread, fn: StepFunction, value: number): Stop | null {
	const pair = new Int32Array(2);
	encodeValue(fn.signature.result, value, pair, 0);
	returnFromHost(thread.stack, pair[0] ?? 0, pair[1] ?? 0);
	// What was interrupted has called nothing: a result that it waits for is there already.
	if (!INTERRUPT_ENTRIES.has(fn.signature.name)) deliver(k, thread, decodeValue("s64", pair[0] ?? 0, pair[1] ?? 0));
	return k.machine.stopRequested ? stopOfMachine(k) : null;
}

/** A step called something: C goes on the stack, a step function too, a plain one runs at once. */
function callFunction(
	k: Kernel,
	thread: Thread,
	frame: StepFrame,
	target: number | string,
	args: readonly number[],
): Stop | null {
	const index = typeof target === "string" ? k.indexOf.get(target) : functionIndex(k, target);
	const entry = index === undefined ? undefined : k.vm.functions[index];
	if (index === undefined || !entry) {
		if (typeof target === "string") throw new Error(`no kernel function ${target}`);
		return oopsFromError(k, thread, new MemoryFault(target, 4, false, FaultKind.BadCall));
	}
	if (entry.kind === "c") {
		return enterC(k, thread, index, args);
	}
	const base = frameTop(thread.stack, k.vm.functions);
	reserveRegs(thread.stack, base + 2 * Math.max(1, args.length));
	args.forEach((value, i) => {
		encodeValue("s64", value, thread.stack.regs, base + 2 * i);
	});
	if (entry.kind === "step") return enterStep(k, thread, index, base, args.length);
	try {
		entry.invoke(thread.stack.regs, base, args.length);
	} catch (error) {
		return oopsFromError(k, thread, error);
	}
	k.state.cpu.busyUntil = Math.max(k.state.cpu.busyUntil, k.machine.time) + entry.cost;
	frame.result = decodeValue("s64", thread.stack.regs[base], thread.stack.regs[base + 1]);
	return null;
}

/** Puts a frame of a C function on top of the thread's stack. */
function enterC(k: Kernel, thread: Thread, index: number, args: readonly number[]): Stop | null {
	const { stack } = thread;
	const base = frameTop(stack, k.vm.functions);
	reserveRegs(stack, base + 2 * Math.max(1, args.length));
	args.forEach((value, i) => {
		encodeValue("s64", value, stack.regs, base + 2 * i);
	});
	if (k.vm.enter(stack, index, base, args.length, stackPointer(stack))) return null;
	oopsFromFault(k, thread);
	return { kind: "oops", thread: thread.id };
}

/** The function at an address, or undefined. */
function functionIndex(k: Kernel, address: number): number | undefined {
	const index = functionIndexAt(address, k.vm.functions.length);
	return index < 0 ? undefined : index;
}

/** A memory fault or a BUG inside the kernel is an oops of the thread; anything else is our own mistake. */
function oopsFromError(k: Kernel, thread: Thread, error: unknown): Stop {
	if (!(error instanceof MemoryFault)) throw error;
	oopsFromFault(k, thread, error);
	return { kind: "oops", thread: thread.id };
}
