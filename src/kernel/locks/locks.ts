/** Spinlocks, and the switches of the CPU's context that come with them. */
import { call, goto, type KernelFunction, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { firstTime } from "../printk/log";
import { inAtomic, mightSleep, preemptCount } from "../sched/context";
import { softirqsMayRun } from "../sched/interrupts";
import { KernelBug, warn } from "../sched/oops";
import { say } from "../sched/say";
import { symbolText } from "../sched/trace";
import { readText } from "../text";
import {
	checkNoLocksFreed,
	classOfUnkeyed,
	hardirqsOn,
	isHeld,
	lockAcquire,
	lockRelease,
	nestedClass,
} from "./lockdep";
import { reportUnbalanced } from "./lockdep-report";
import { classOf, lockClass, lockdepOn, once } from "./lockdep-state";
import { rwlockFunctions } from "./rwlock";

/** DAIF.I, which arm64's local_irq_save returns when interrupts were off. */
const IRQ_OFF = 0x80;

/**
 * A spinlock's word: the thread that has it (1 + its id) below, and above the number of its class, which the locking
 * validator puts there at its first use or its initialisation.
 */
const OWNER = 0xffff;
const CLASS_SHIFT = 16;

/** spin_lock_init(): free, and of the class with this key. */
export function spinLockInit(k: Kernel, lock: number, name: string, key: string): void {
	checkNoLocksFreed(k, lock, 4);
	k.space.w32(lock, lockdepOn(k) ? (lockClass(k, key, name, 2) << CLASS_SHIFT) >>> 0 : 0);
}

/** The number of a spinlock's class. */
function spinClass(k: Kernel, lock: number): number {
	const word = k.space.r32(lock);
	const number = word >>> CLASS_SHIFT;
	if (number !== 0 && classOf(k, number)) return number;
	const found = classOfUnkeyed(k, lock, 2);
	k.space.w32(lock, ((found << CLASS_SHIFT) | (word & OWNER)) >>> 0);
	return found;
}

function setOwner(k: Kernel, lock: number, owner: number): void {
	k.space.w32(lock, ((k.space.r32(lock) & ~OWNER) | owner) >>> 0);
}

/** Takes a spinlock for the current thread. One CPU: a lock that is taken will never be given back, so that is a bug. */
export function spinLock(k: Kernel, lock: number, subclass = 0): void {
	const thread = k.current;
	const owner = k.space.r32(lock) & OWNER;
	if (lockdepOn(k)) lockAcquire(k, lock, nestedClass(k, spinClass(k, lock), subclass));
	thread.preempt++;
	if (owner === 0) {
		setOwner(k, lock, thread.id + 1);
		return;
	}
	const holder = k.state.threads[owner - 1];
	const whom = holder ? `${holder.name}/${holder.pid}` : "<none>/-1";
	const what = holder === thread ? "recursion" : "lockup suspected";
	say(k, 0, `BUG: spinlock ${what} on CPU#0, ${thread.name}/${thread.pid}`);
	say(k, 0, ` lock: ${symbolText(k, lock)}, .magic: dead4ead, .owner: ${whom}, .owner_cpu: 0`);
	throw new KernelBug(`spinlock ${what}: ${symbolText(k, lock)}, owner ${whom}`);
}

export function spinTrylock(k: Kernel, lock: number): boolean {
	if ((k.space.r32(lock) & OWNER) !== 0) return false;
	if (lockdepOn(k)) lockAcquire(k, lock, spinClass(k, lock), true);
	k.current.preempt++;
	setOwner(k, lock, k.current.id + 1);
	return true;
}

/** Gives a spinlock back; one that is not taken is reported in lock debugging's words. */
export function spinUnlock(k: Kernel, lock: number): void {
	if (lockdepOn(k) && !lockRelease(k, lock) && once(k, `balance ${lock}`))
		reportUnbalanced(k, classOf(k, spinClass(k, lock))?.name ?? "?");
	if ((k.space.r32(lock) & OWNER) === 0) {
		say(k, 0, `BUG: spinlock already unlocked on CPU#0, ${k.current.name}/${k.current.pid}`);
		say(k, 0, ` lock: ${symbolText(k, lock)}, .magic: dead4ead, .owner: <none>/-1, .owner_cpu: -1`);
	} else {
		setOwner(k, lock, 0);
	}
	if (k.current.preempt > 0) k.current.preempt--;
}

/** local_irq_save(): whether interrupts were off, as flags. */
export function irqSave(k: Kernel): number {
	const was = k.current.irqsOff ? IRQ_OFF : 0;
	k.current.irqsOff = true;
	return was;
}

export function irqRestore(k: Kernel, flags: number): void {
	if (flags === 0) irqEnable(k);
	else k.current.irqsOff = true;
}

export function irqEnable(k: Kernel): void {
	k.current.irqsOff = false;
	if (lockdepOn(k)) hardirqsOn(k);
}

/** spin_lock_irqsave for step functions: returns the flags. */
export function spinLockIrqsave(k: Kernel, lock: number): number {
	const flags = irqSave(k);
	spinLock(k, lock);
	return flags;
}

export function spinUnlockIrqrestore(k: Kernel, lock: number, flags: number): void {
	spinUnlock(k, lock);
	irqRestore(k, flags);
}

/** __local_bh_enable_ip(): not for hard interrupts, and not with interrupts off. */
function checkBottomHalvesOn(k: Kernel): void {
	const { hardirq, irqsOff } = k.current;
	const at = (line: number): string => `kernel/softirq.c:${line} __local_bh_enable_ip`;
	if (hardirq > 0 && firstTime(k, at(386))) warn(k, at(386));
	if (irqsOff && lockdepOn(k) && firstTime(k, at(387))) warn(k, at(387));
}

const enableBottomHalves = (prototype: string, before: (k: Kernel, lock: number) => void): KernelFunction =>
	steps(prototype, {
		enable: step("Bottom halves may run again: serve what is pending now.", (k, f) => {
			before(k, f.args[0]);
			checkBottomHalvesOn(k);
			if (k.current.bhDisabled > 0) k.current.bhDisabled--;
			return softirqsMayRun(k) && !k.current.irqsOff ? call("handle_softirqs", []) : goto("done");
		}),
		done: step("Go on.", () => ret()),
	});

export const lockFunctions: KernelFunction[] = [
	...rwlockFunctions,
	...plain({
		"void spin_lock(spinlock_t *lock)": spinLock,
		"void spin_unlock(spinlock_t *lock)": spinUnlock,
		"int spin_trylock(spinlock_t *lock)": (k, lock) => (spinTrylock(k, lock) ? 1 : 0),
		"int spin_is_locked(spinlock_t *lock)": (k, lock) => ((k.space.r32(lock) & OWNER) !== 0 ? 1 : 0),
		"void spin_lock_nested(spinlock_t *lock, int subclass)": spinLock,
		"void __lockdep_set_class(spinlock_t *lock, struct lock_class_key *key, const char *name)": (k, lock, key, name) =>
			spinLockInit(k, lock, readText(k, name), `key ${key}`),
		"int lockdep_is_held(const void *lock)": (k, lock) => (!lockdepOn(k) || isHeld(k, lock) ? 1 : 0),
		"bool lockdep_enabled(void)": lockdepOn,
		"void spin_lock_irq(spinlock_t *lock)": (k, lock) => {
			k.current.irqsOff = true;
			spinLock(k, lock);
		},
		"void spin_unlock_irq(spinlock_t *lock)": (k, lock) => {
			spinUnlock(k, lock);
			irqEnable(k);
		},
		"unsigned long _raw_spin_lock_irqsave(spinlock_t *lock)": spinLockIrqsave,
		"void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)": spinUnlockIrqrestore,
		"int __spin_trylock_irqsave(spinlock_t *lock, unsigned long *flags)": (k, lock, flags) => {
			const saved = irqSave(k);
			k.space.w64(flags, saved);
			if (spinTrylock(k, lock)) return 1;
			irqRestore(k, saved);
			return 0;
		},
		"void spin_lock_bh(spinlock_t *lock)": (k, lock) => {
			k.current.bhDisabled++;
			spinLock(k, lock);
		},
		"void assert_spin_locked(spinlock_t *lock)": (k, lock) => {
			if ((k.space.r32(lock) & OWNER) === 0) throw new KernelBug("assert_spin_locked");
		},
		"void might_sleep_at(const char *file, int line)": (k, file, line) => {
			mightSleep(k, readText(k, file), line);
		},
	}),
	...plain(
		{
			"unsigned long arch_local_irq_save(void)": irqSave,
			"void local_irq_restore(unsigned long flags)": irqRestore,
			"unsigned long arch_local_save_flags(void)": (k) => (k.current.irqsOff ? IRQ_OFF : 0),
			"void local_irq_disable(void)": (k) => {
				k.current.irqsOff = true;
			},
			"void local_irq_enable(void)": irqEnable,
			"bool irqs_disabled(void)": (k) => k.current.irqsOff,
			"void local_bh_disable(void)": (k) => {
				k.current.bhDisabled++;
			},
			"void preempt_disable(void)": (k) => {
				k.current.preempt++;
			},
			"void preempt_enable(void)": (k) => {
				if (k.current.preempt > 0) k.current.preempt--;
			},
			"int preempt_count(void)": (k) => preemptCount(k.current),
			"bool in_task(void)": (k) => k.current.hardirq === 0 && k.current.softirq === 0,
			"bool in_hardirq(void)": (k) => k.current.hardirq > 0,
			"bool in_serving_softirq(void)": (k) => k.current.softirq > 0,
			"bool in_softirq(void)": (k) => k.current.softirq + k.current.bhDisabled > 0,
			"bool in_interrupt(void)": (k) => k.current.hardirq + k.current.softirq + k.current.bhDisabled > 0,
			"bool in_atomic(void)": (k) => preemptCount(k.current) > 0,
			"bool preemptible(void)": (k) => !inAtomic(k.current),
			"int smp_processor_id(void)": () => 0,
		},
		20_000,
	),
	...plain(
		{
			"void __spin_lock_init(spinlock_t *lock, const char *name, struct lock_class_key *key)": (k, lock, name, key) =>
				spinLockInit(k, lock, readText(k, name), `key ${key}`),
		},
		0,
	),
	enableBottomHalves("void spin_unlock_bh(spinlock_t *lock)", spinUnlock),
	enableBottomHalves("void local_bh_enable(void)", () => undefined),
];
