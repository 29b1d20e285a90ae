/**
 * The locking validator (kernel/locking/lockdep.c) for spinlocks and mutexes. It learns of each class of locks in which
 * contexts it is taken and which class is taken under which, and says so as soon as that could end in a deadlock,
 * whether or not it did this time.
 *
 * A class is every lock that one `spin_lock_init` or `mutex_init` made, or one lock that was initialised statically. A
 * lock carries its class in itself, beside its owner. Unlike Linux, which switches itself off at its first report, it
 * goes on and makes each report once.
 */
import { FRAME_FUNCTION, FRAME_INTS, FRAME_PC } from "../../language/vm/stack";
import type { Kernel } from "../kernel";
import { warn } from "../sched/oops";
import { stackTrace, symbolName } from "../sched/trace";
import type { HeldLock, StepFrame, Thread } from "../state";
import {
	reportCircle,
	reportFreed,
	reportInterruptOrder,
	reportRecursion,
	reportUnkeyed,
	reportUsage,
} from "./lockdep-report";
import { classOf, type LockClass, lockClass, lockdepOn, once, READ_SHIFT, Usage } from "./lockdep-state";

/** The class of a lock that nobody has initialised: a static one is a class of its own, any other a mistake. */
export function classOfUnkeyed(k: Kernel, lock: number, wait: LockClass["wait"]): number {
	const name = symbolName(k, lock);
	const key = `at ${lock}`;
	if (!name && once(k, `unkeyed ${lock}`)) reportUnkeyed(k);
	return lockClass(k, key, name || "?", wait);
}

/** A class beside another one, for locks that are nested on purpose. */
export function nestedClass(k: Kernel, number: number, subclass: number): number {
	const parent = classOf(k, number);
	if (!parent || subclass === 0) return number;
	return lockClass(k, `${number}/${subclass}`, parent.name, parent.wait, subclass);
}

/** Where a lock is taken: the innermost frame that is not the lock function's own. */
function acquirePlace(k: Kernel, thread: Thread): { fn: number; pc: number } {
	const { stack } = thread;
	let index = stack.depth - 1;
	const host = stack.hosts[index] as StepFrame | null | undefined;
	if (host && /^(mutex_lock|down)/.test(k.functions[host.fn]?.signature.name ?? "") && index > 0) index--;
	const frame = stack.hosts[index] as StepFrame | null | undefined;
	if (index < 0) return { fn: -1, pc: -1 };
	if (frame) return { fn: frame.fn, pc: -1 };
	const pc = stack.frames[index * FRAME_INTS + FRAME_PC] ?? -1;
	return { fn: stack.frames[index * FRAME_INTS + FRAME_FUNCTION] ?? -1, pc: index < stack.depth - 1 ? pc - 1 : pc };
}

const irqContext = (thread: Thread): number => (thread.hardirq > 0 ? 2 : thread.softirq > 0 ? 1 : 0);

/** A lock is about to be taken by the current thread: looks at what that means, and notes that it is held. */
export function lockAcquire(
	k: Kernel,
	lock: number,
	number: number,
	trylock = false,
	read: HeldLock["read"] = 0,
): void {
	const thread = k.current;
	const held: HeldLock = { lock, cls: number, trylock, read, context: irqContext(thread), ...acquirePlace(k, thread) };
	const cls = classOf(k, number);
	if (cls) {
		const bits = usageNow(thread, held);
		if ((cls.used & bits) !== bits) markUsage(k, cls, held, bits);
		if (!trylock && read !== 2 && thread.held.length > 0) addDependencies(k, thread, held);
	}
	thread.held.push(held);
}

/** The lock is given back. Returns false when the thread did not hold it. */
export function lockRelease(k: Kernel, lock: number): boolean {
	const { held } = k.current;
	for (let i = held.length - 1; i >= 0; i--)
		if (held[i]!.lock === lock) {
			held.splice(i, 1);
			return true;
		}
	return false;
}

/** Memory is freed, or a lock there made anew: none in it may be held by the current thread. */
export function checkNoLocksFreed(k: Kernel, from: number, length: number): void {
	if (k.state.threads.length === 0 || k.current.held.length === 0 || !lockdepOn(k)) return;
	const held = k.current.held.find(({ lock }) => lock >= from && lock < from + length);
	if (held && once(k, `freed ${held.lock}`)) reportFreed(k, held, from, length);
}

export const isHeld = (k: Kernel, lock: number): boolean => k.current.held.some((one) => one.lock === lock);

/** lockdep_assert_held(); `where` is the check's place. Said once. */
export function assertHeld(k: Kernel, lock: number, where: string): void {
	if (lockdepOn(k) && !isHeld(k, lock) && once(k, where)) warn(k, where);
}

/** Spinlocks that the current thread has taken in the context in which it runs. */
export function spinlocksHeldHere(k: Kernel): HeldLock[] {
	const thread = k.current;
	return thread.held.filter((held) => held.context === irqContext(thread) && classOf(k, held.cls)?.wait === 2);
}

/** Interrupts go on: locks that are held from now on can be interrupted. */
export function hardirqsOn(k: Kernel): void {
	const thread = k.current;
	if (thread.held.length === 0) return;
	for (const held of thread.held) {
		const cls = classOf(k, held.cls);
		const bits = usageNow(thread, { trylock: true, read: held.read });
		if (cls && (cls.used & bits) !== bits) markUsage(k, cls, held, bits);
	}
}

function usageNow(thread: Thread, { trylock, read }: Pick<HeldLock, "trylock" | "read">): number {
	let bits = 0;
	if (!trylock) {
		if (thread.hardirq > 0) bits |= Usage.InHardirq;
		if (thread.softirq > 0) bits |= Usage.InSoftirq;
	}
	if (!thread.irqsOff) {
		bits |= Usage.HardirqOn;
		if (thread.softirq + thread.bhDisabled === 0) bits |= Usage.SoftirqOn;
	}
	return read ? bits << READ_SHIFT : bits;
}

/** A use, and those that do not go with it. */
const CONFLICTS: readonly (readonly [Usage, readonly Usage[]])[] = [
	[Usage.InHardirq, [Usage.HardirqOn, Usage.HardirqOnRead]],
	[Usage.InSoftirq, [Usage.SoftirqOn, Usage.SoftirqOnRead]],
	[Usage.InHardirqRead, [Usage.HardirqOn]],
	[Usage.InSoftirqRead, [Usage.SoftirqOn]],
	[Usage.HardirqOn, [Usage.InHardirq, Usage.InHardirqRead]],
	[Usage.SoftirqOn, [Usage.InSoftirq, Usage.InSoftirqRead]],
	[Usage.HardirqOnRead, [Usage.InHardirq]],
	[Usage.SoftirqOnRead, [Usage.InSoftirq]],
];
const INTERRUPT_ORDERS: readonly (readonly [Usage, Usage])[] = [
	[Usage.InHardirq, Usage.HardirqOn],
	[Usage.InSoftirq, Usage.SoftirqOn],
];

function markUsage(k: Kernel, cls: LockClass, held: HeldLock, bits: number): void {
	for (const [bit, against] of CONFLICTS) {
		if ((bits & bit) === 0 || cls.used & bit) continue;
		cls.used |= bit;
		cls.traces[bit] = stackTrace(k, k.current);
		const before = against.find((other) => cls.used & other);
		if (before !== undefined && once(k, `usage ${held.cls} ${bit | before}`)) reportUsage(k, held, before, bit);
	}
}

/** Notes that a lock is taken under those that the thread holds in the same context; looks for circles first. */
function addDependencies(k: Kernel, thread: Thread, next: HeldLock): void {
	for (let i = thread.held.length - 1; i >= 0; i--) {
		const previous = thread.held[i]!;
		if (previous.context !== next.context) return;
		if (previous.cls === next.cls && previous.read && next.read === 2) return;
		if (previous.cls === next.cls) {
			if (once(k, `recursion ${next.cls}`)) reportRecursion(k, previous, next);
			return;
		}
		const cls = classOf(k, previous.cls);
		if (cls && !cls.after.some(({ to }) => to === next.cls)) {
			const path = pathBetween(k, next.cls, previous.cls);
			if (!path) {
				cls.after.push({ to: next.cls, trace: stackTrace(k, thread) });
				lookForInterruptOrder(k, previous, next);
			} else if (once(k, `circle ${previous.cls} ${next.cls}`)) reportCircle(k, previous, next, path);
		}
		if (!previous.trylock) return;
	}
}

/**
 * A lock that an interrupt takes, or one that was taken before it, is held while one is taken that may be interrupted:
 * the interrupt on one CPU and the holder of the second lock on another one can wait for each other.
 */
function lookForInterruptOrder(k: Kernel, previous: HeldLock, next: HeldLock): void {
	for (const [inside, on] of INTERRUPT_ORDERS) {
		const safe = k.state.lockdep.classes.findIndex(
			(cls, i) => cls.used & inside && pathBetween(k, i + 1, previous.cls) !== null,
		);
		const unsafe = k.state.lockdep.classes.findIndex(
			(cls, i) => cls.used & on && pathBetween(k, next.cls, i + 1) !== null,
		);
		if (safe >= 0 && unsafe >= 0 && once(k, `order ${previous.cls} ${next.cls} ${inside}`))
			reportInterruptOrder(k, previous, next, safe + 1, unsafe + 1, inside, on);
	}
}

/** Shortest way from one class to another over what is taken under what: the classes in between and the last one. */
function pathBetween(k: Kernel, from: number, to: number): { cls: number; trace: readonly string[] }[] | null {
	const back: Record<number, { from: number; trace: readonly string[] }> = {};
	const queue = [from];
	for (let at = 0; at < queue.length; at++) {
		const number = queue[at]!;
		if (number === to) {
			const path: { cls: number; trace: readonly string[] }[] = [];
			for (let cls = to; cls !== from; cls = back[cls]!.from) path.unshift({ cls, trace: back[cls]!.trace });
			return path;
		}
		for (const { to: after, trace } of classOf(k, number)?.after ?? [])
			if (after !== from && !back[after]) {
				back[after] = { from: number, trace };
				queue.push(after);
			}
	}
	return null;
}
