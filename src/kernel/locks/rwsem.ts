/** Reader-writer semaphores. */
import { rwSemaphore } from "../base-structs";
import { block, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { mightSleep } from "../sched/context";
import { wakeWaiters } from "../sched/threads";
import { readText } from "../text";
import { checkNoLocksFreed, classOfUnkeyed, lockAcquire, lockRelease } from "./lockdep";
import { reportUnbalanced } from "./lockdep-report";
import { classOf, lockClass, lockdepOn, once } from "./lockdep-state";
import { on } from "./mutex";

/** It carries the number of its class in `osq`, which nothing else needs on one CPU. */
function rwsemClass(k: Kernel, sem: number): number {
	const number = rwSemaphore.osq.get(k.space, sem);
	if (number !== 0 && classOf(k, number)) return number;
	const found = classOfUnkeyed(k, sem, 3);
	rwSemaphore.osq.set(k.space, sem, found);
	return found;
}

function acquire(k: Kernel, sem: number, read: 0 | 1, trylock = false): void {
	if (lockdepOn(k)) lockAcquire(k, sem, rwsemClass(k, sem), trylock, read);
}

function release(k: Kernel, sem: number): void {
	if (lockdepOn(k) && !lockRelease(k, sem) && once(k, `balance ${sem}`))
		reportUnbalanced(k, classOf(k, rwsemClass(k, sem))?.name ?? "?");
}

function takeRead(k: Kernel, sem: number): boolean {
	const count = rwSemaphore.count.get(k.space, sem);
	if (count < 0) return false;
	rwSemaphore.count.set(k.space, sem, count + 1);
	return true;
}

function takeWrite(k: Kernel, sem: number): boolean {
	if (rwSemaphore.count.get(k.space, sem) !== 0) return false;
	rwSemaphore.count.set(k.space, sem, -1);
	return true;
}

/** Gives it back; `left` is the new count. */
function give(k: Kernel, sem: number, left: number): void {
	rwSemaphore.count.set(k.space, sem, left);
	wakeWaiters(k, "rwsem", sem);
}

const blocking = (
	prototype: string,
	text: string,
	line: number,
	read: 0 | 1,
	take: (k: Kernel, sem: number) => boolean,
): KernelFunction =>
	steps(prototype, {
		check: step("The caller must be allowed to sleep.", (k, f) => {
			mightSleep(k, "kernel/locking/rwsem.c", line);
			acquire(k, f.args[0], read);
			return next;
		}),
		take: step(text, (k, f) => (take(k, f.args[0]) ? ret(0) : block(on(k, "rwsem", f.args[0]), undefined, "take"))),
	});

const READ = "Read, or sleep while somebody writes.";
const WRITE = "Write, or sleep while others read or write.";

export const rwsemFunctions: KernelFunction[] = [
	blocking("void down_read(struct rw_semaphore *sem)", READ, 1523, 1, takeRead),
	blocking("int down_read_killable(struct rw_semaphore *sem)", READ, 1546, 1, takeRead),
	blocking("void down_write(struct rw_semaphore *sem)", WRITE, 1576, 0, takeWrite),
	blocking("int down_write_killable(struct rw_semaphore *sem)", WRITE, 1587, 0, takeWrite),
	...plain({
		"void __init_rwsem(struct rw_semaphore *sem, const char *name, struct lock_class_key *key)": (
			k,
			sem,
			name,
			key,
		) => {
			checkNoLocksFreed(k, sem, rwSemaphore.$size);
			k.space.fill(sem, rwSemaphore.$size, 0);
			if (lockdepOn(k)) rwSemaphore.osq.set(k.space, sem, lockClass(k, `key ${key}`, readText(k, name), 3));
		},
		"void up_read(struct rw_semaphore *sem)": (k, sem) => {
			release(k, sem);
			give(k, sem, rwSemaphore.count.get(k.space, sem) - 1);
		},
		"void up_write(struct rw_semaphore *sem)": (k, sem) => {
			release(k, sem);
			give(k, sem, 0);
		},
		"void downgrade_write(struct rw_semaphore *sem)": (k, sem) => {
			const held = k.current.held.findIndex(({ lock }) => lock === sem);
			if (held >= 0) k.current.held[held] = { ...k.current.held[held]!, read: 1 };
			give(k, sem, 1);
		},
		"int down_read_trylock(struct rw_semaphore *sem)": (k, sem) => {
			if (!takeRead(k, sem)) return 0;
			acquire(k, sem, 1, true);
			return 1;
		},
		"int down_write_trylock(struct rw_semaphore *sem)": (k, sem) => {
			if (!takeWrite(k, sem)) return 0;
			acquire(k, sem, 0, true);
			return 1;
		},
	}),
];
