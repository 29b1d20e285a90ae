/** Reader-writer spinlocks on one CPU. */
import { rwlock } from "../base-structs";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { KernelBug } from "../sched/oops";
import { say } from "../sched/say";
import { symbolText } from "../sched/trace";
import { readText } from "../text";
import { checkNoLocksFreed, classOfUnkeyed, lockAcquire, lockRelease } from "./lockdep";
import { reportUnbalanced } from "./lockdep-report";
import { classOf, lockClass, lockdepOn, once } from "./lockdep-state";
import { irqRestore, irqSave } from "./locks";

/** `raw_lock` is -1 with a writer, else the number of readers; `wait_lock` has the number of the lock's class. */
const { raw_lock: word, wait_lock: classWord } = rwlock;
const WRITER = -1;

function rwlockClass(k: Kernel, lock: number): number {
	const number = classWord.get(k.space, lock);
	if (number !== 0 && classOf(k, number)) return number;
	const found = classOfUnkeyed(k, lock, 2);
	classWord.set(k.space, lock, found);
	return found;
}

/** One CPU: a lock that cannot be had now will never be given back. */
function stuck(k: Kernel, lock: number): never {
	const { name, pid } = k.current;
	say(k, 0, `BUG: rwlock recursion on CPU#0, ${name}/${pid}, ${symbolText(k, lock)}`);
	throw new KernelBug(`rwlock recursion: ${symbolText(k, lock)}`);
}

/** Queued rwlocks: a reader waits behind a writer that waits, but in an interrupt it does not. */
const readerKind = (k: Kernel): 1 | 2 => (k.current.hardirq + k.current.softirq + k.current.bhDisabled > 0 ? 2 : 1);

function readLock(k: Kernel, lock: number, trylock = false): boolean {
	const free = word.get(k.space, lock) !== WRITER;
	if (trylock && !free) return false;
	if (lockdepOn(k)) lockAcquire(k, lock, rwlockClass(k, lock), trylock, readerKind(k));
	k.current.preempt++;
	if (!free) stuck(k, lock);
	word.set(k.space, lock, word.get(k.space, lock) + 1);
	return true;
}

function writeLock(k: Kernel, lock: number, trylock = false): boolean {
	const free = word.get(k.space, lock) === 0;
	if (trylock && !free) return false;
	if (lockdepOn(k)) lockAcquire(k, lock, rwlockClass(k, lock), trylock);
	k.current.preempt++;
	if (!free) stuck(k, lock);
	word.set(k.space, lock, WRITER);
	return true;
}

function unlock(k: Kernel, lock: number, left: number): void {
	if (lockdepOn(k) && !lockRelease(k, lock) && once(k, `balance ${lock}`))
		reportUnbalanced(k, classOf(k, rwlockClass(k, lock))?.name ?? "?");
	word.set(k.space, lock, Math.max(0, left));
	if (k.current.preempt > 0) k.current.preempt--;
}
const readUnlock = (k: Kernel, lock: number): void => unlock(k, lock, word.get(k.space, lock) - 1);
const writeUnlock = (k: Kernel, lock: number): void => unlock(k, lock, 0);

function saving(take: (k: Kernel, lock: number) => void): (k: Kernel, lock: number) => number {
	return (k, lock) => {
		const flags = irqSave(k);
		take(k, lock);
		return flags;
	};
}

export const rwlockFunctions: KernelFunction[] = [
	...plain({
		"void read_lock(rwlock_t *lock)": (k, lock) => void readLock(k, lock),
		"void read_unlock(rwlock_t *lock)": readUnlock,
		"void write_lock(rwlock_t *lock)": (k, lock) => void writeLock(k, lock),
		"void write_unlock(rwlock_t *lock)": writeUnlock,
		"int read_trylock(rwlock_t *lock)": (k, lock) => (readLock(k, lock, true) ? 1 : 0),
		"int write_trylock(rwlock_t *lock)": (k, lock) => (writeLock(k, lock, true) ? 1 : 0),
		"unsigned long __read_lock_irqsave(rwlock_t *lock)": saving(readLock),
		"unsigned long __write_lock_irqsave(rwlock_t *lock)": saving(writeLock),
		"void read_unlock_irqrestore(rwlock_t *lock, unsigned long flags)": (k, lock, flags) => {
			readUnlock(k, lock);
			irqRestore(k, flags);
		},
		"void write_unlock_irqrestore(rwlock_t *lock, unsigned long flags)": (k, lock, flags) => {
			writeUnlock(k, lock);
			irqRestore(k, flags);
		},
	}),
	...plain(
		{
			"void __rwlock_init(rwlock_t *lock, const char *name, struct lock_class_key *key)": (k, lock, name, key) => {
				checkNoLocksFreed(k, lock, rwlock.$size);
				k.space.fill(lock, rwlock.$size, 0);
				if (lockdepOn(k)) classWord.set(k.space, lock, lockClass(k, `key ${key}`, readText(k, name), 2));
			},
		},
		0,
	),
];
