/** Mutexes and semaphores. */
import { mutex, semaphore } from "../base-structs";
import { block, type KernelFunction, next, plain, ret, type Step, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { mightSleep } from "../sched/context";
import { warn } from "../sched/oops";
import { wakeWaiters } from "../sched/threads";
import { symbolName } from "../sched/trace";
import { readText } from "../text";
import { jiffiesToWake } from "../timers/jiffies";
import { checkNoLocksFreed, classOfUnkeyed, lockAcquire, lockRelease, nestedClass } from "./lockdep";
import { reportUnbalanced } from "./lockdep-report";
import { classOf, lockClass, lockdepOn, once } from "./lockdep-state";

/** A mutex carries the number of its class in `osq`, which nothing else needs on one CPU. */
function mutexClass(k: Kernel, lock: number): number {
	const number = mutex.osq.get(k.space, lock);
	if (number !== 0 && classOf(k, number)) return number;
	const found = classOfUnkeyed(k, lock, 3);
	mutex.osq.set(k.space, lock, found);
	return found;
}

/** mutex_init(): free, and of the class with this key. */
export function mutexInit(k: Kernel, lock: number, name: string, key: string): void {
	checkNoLocksFreed(k, lock, mutex.$size);
	k.space.fill(lock, mutex.$size, 0);
	if (lockdepOn(k)) mutex.osq.set(k.space, lock, lockClass(k, key, name, 3));
}

export const on = (k: Kernel, kind: string, address: number) => ({ kind, address, name: symbolName(k, address) });

/** Takes the mutex for the current thread; false when somebody has it. */
export function tryLock(k: Kernel, lock: number): boolean {
	if (mutex.owner.get(k.space, lock) !== 0) return false;
	mutex.owner.set(k.space, lock, k.current.task);
	return true;
}

/** Gives the mutex back; the longest waiter tries next. */
export function unlock(k: Kernel, lock: number): void {
	if (lockdepOn(k) && !lockRelease(k, lock) && once(k, `balance ${lock}`))
		reportUnbalanced(k, classOf(k, mutexClass(k, lock))?.name ?? "?");
	mutex.owner.set(k.space, lock, 0);
	wakeWaiters(k, "mutex", lock, 1);
}

const lockSteps = (text: string): Record<string, Step> => ({
	check: step("The caller must be allowed to sleep.", (k, f) => {
		mightSleep(k, "kernel/locking/mutex.c", 586);
		if (lockdepOn(k)) lockAcquire(k, f.args[0], nestedClass(k, mutexClass(k, f.args[0]), f.args[1] ?? 0));
		return next;
	}),
	take: step(text, (k, f) => (tryLock(k, f.args[0]) ? ret(0) : block(on(k, "mutex", f.args[0]), undefined, "take"))),
});

export const mutexFunctions: KernelFunction[] = [
	steps("void mutex_lock(struct mutex *lock)", lockSteps("Take the mutex, or sleep until it is free.")),
	steps("int mutex_lock_interruptible(struct mutex *lock)", lockSteps("Take the mutex, or sleep until it is free.")),
	steps("int mutex_lock_killable(struct mutex *lock)", lockSteps("Take the mutex, or sleep until it is free.")),
	steps(
		"void mutex_lock_nested(struct mutex *lock, unsigned int subclass)",
		lockSteps("Take the mutex, or sleep until it is free."),
	),
	...plain({
		"void mutex_unlock(struct mutex *lock)": (k, lock) => {
			if (mutex.owner.get(k.space, lock) !== k.current.task)
				warn(k, "kernel/locking/mutex.c:951", "DEBUG_LOCKS_WARN_ON(__owner_task(owner) != current)");
			unlock(k, lock);
		},
		"int mutex_trylock(struct mutex *lock)": (k, lock) => {
			if (!tryLock(k, lock)) return 0;
			if (lockdepOn(k)) lockAcquire(k, lock, mutexClass(k, lock), true);
			return 1;
		},
		"bool mutex_is_locked(struct mutex *lock)": (k, lock) => mutex.owner.get(k.space, lock) !== 0,
		"void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key)": (k, lock, name, key) =>
			mutexInit(k, lock, readText(k, name), `key ${key}`),
		"void mutex_destroy(struct mutex *lock)": () => undefined,
		"void sema_init(struct semaphore *sem, int val)": (k, sem, value) => {
			k.space.fill(sem, semaphore.$size, 0);
			semaphore.count.set(k.space, sem, value);
		},
		"int down_trylock(struct semaphore *sem)": (k, sem) => {
			const count = semaphore.count.get(k.space, sem);
			if (count === 0) return 1;
			semaphore.count.set(k.space, sem, count - 1);
			return 0;
		},
		"void up(struct semaphore *sem)": (k, sem) => {
			semaphore.count.set(k.space, sem, semaphore.count.get(k.space, sem) + 1);
			wakeWaiters(k, "semaphore", sem, 1);
		},
	}),
	...[
		"void down(struct semaphore *sem)",
		"int down_interruptible(struct semaphore *sem)",
		"int down_killable(struct semaphore *sem)",
	].map((prototype, i) =>
		steps(prototype, {
			take: step("Count down, or sleep until somebody counts up.", (k, f) => {
				const sem = f.args[0];
				mightSleep(k, "kernel/locking/semaphore.c", [59, 83, 110][i]!);
				const count = semaphore.count.get(k.space, sem);
				if (count === 0) return block(on(k, "semaphore", sem), undefined, "take");
				semaphore.count.set(k.space, sem, count - 1);
				return ret(0);
			}),
		}),
	),
	steps("int down_timeout(struct semaphore *sem, long timeout)", {
		begin: step("Note until when.", (k, f) => {
			f.locals.until = jiffiesToWake(k, f.args[1]);
			return next;
		}),
		take: step("Count down, or sleep until somebody counts up or the time is over.", (k, f) => {
			const sem = f.args[0];
			const count = semaphore.count.get(k.space, sem);
			if (count > 0) {
				semaphore.count.set(k.space, sem, count - 1);
				return ret(0);
			}
			return k.machine.time >= f.locals.until ? ret(-62) : block(on(k, "semaphore", sem), f.locals.until, "take");
		}),
	}),
];
