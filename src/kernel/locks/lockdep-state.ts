/** What the locking validator knows: classes of locks, how they were used, what was taken under what. */
import type { Kernel } from "../kernel";

/** How a class has been used: bits of `LockClass.used`. Those of a state exclude each other, but for two of readers. */
export enum Usage {
	InHardirq = 1,
	InSoftirq = 2,
	HardirqOn = 4,
	SoftirqOn = 8,
	InHardirqRead = 16,
	InSoftirqRead = 32,
	HardirqOnRead = 64,
	SoftirqOnRead = 128,
}
/** From a writer's bit to the reader's. */
export const READ_SHIFT = 4;

export interface LockClass {
	/** As Linux names it: what stands in the call of init ("&mc->vc.lock"), or the lock's own name. */
	readonly name: string;
	readonly subclass: number;
	/** LD_WAIT_SPIN or LD_WAIT_SLEEP. */
	readonly wait: 2 | 3;
	used: number;
	/** Call trace of the first use of each kind, by `Usage`. */
	traces: Record<number, readonly string[]>;
	/** Classes that have been taken while this one was held, each with the trace of the first time. */
	after: { readonly to: number; readonly trace: readonly string[] }[];
}

export interface LockdepState {
	/** Class n is at n - 1: 0 in a lock means that it has none yet. */
	classes: LockClass[];
	/** Number of a class by its key. */
	byKey: Record<string, number>;
	reported: Record<string, boolean>;
}
export const createLockdepState = (): LockdepState => ({ classes: [], byKey: {}, reported: {} });

/** A lock's class is 16 bits wide. */
const MOST_CLASSES = 0xffff;

export const lockdepOn = (k: Kernel): boolean => k.options.lockChecks !== false;

export const classOf = (k: Kernel, number: number): LockClass | undefined => k.state.lockdep.classes[number - 1];

/** The class with a key, made when it is new; 0 when there are too many. */
export function lockClass(k: Kernel, key: string, name: string, wait: LockClass["wait"], subclass = 0): number {
	const { lockdep } = k.state;
	const known = lockdep.byKey[key];
	if (known !== undefined) return known;
	if (lockdep.classes.length >= MOST_CLASSES) return 0;
	lockdep.classes.push({ name, subclass, wait, used: 0, traces: {}, after: [] });
	lockdep.byKey[key] = lockdep.classes.length;
	return lockdep.classes.length;
}

/** Says something once. */
export function once(k: Kernel, what: string): boolean {
	if (k.state.lockdep.reported[what]) return false;
	k.state.lockdep.reported[what] = true;
	return true;
}
