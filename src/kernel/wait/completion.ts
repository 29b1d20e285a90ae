/** Completions (kernel/sched/completion.c). */
import { completion } from "../base-structs";
import { block, type KernelFunction, next, plain, ret, type Step, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { mightSleep } from "../sched/context";
import { wakeWaiters } from "../sched/threads";
import { symbolName } from "../sched/trace";
import { jiffiesLeft, jiffiesToWake, tickCount } from "../timers/jiffies";

const ALL = 0xffffffff;

/** complete(): one waiter, now or later. */
export function complete(k: Kernel, x: number): void {
	const done = completion.done.get(k.space, x);
	if (done !== ALL) completion.done.set(k.space, x, done + 1);
	wakeWaiters(k, "completion", x, 1);
}

function completeAll(k: Kernel, x: number): void {
	completion.done.set(k.space, x, ALL);
	wakeWaiters(k, "completion", x);
}

/** Takes one completion; false when there is none. */
function tryWait(k: Kernel, x: number): boolean {
	const done = completion.done.get(k.space, x);
	if (done === 0) return false;
	if (done !== ALL) completion.done.set(k.space, x, done - 1);
	return true;
}

const waitOn = (k: Kernel, x: number) => ({ kind: "completion", address: x, name: symbolName(k, x) });

const forEver = (): Record<string, Step> => ({
	check: step("The caller must be allowed to sleep.", (k) => {
		mightSleep(k, "kernel/sched/completion.c", 111);
		return next;
	}),
	wait: step("Take a completion, or sleep until complete() is called.", (k, f) =>
		tryWait(k, f.args[0]) ? ret(0) : block(waitOn(k, f.args[0]), undefined, "wait"),
	),
});

const limited = (): Record<string, Step> => ({
	check: step("The caller must be allowed to sleep. Note until when it waits.", (k, f) => {
		mightSleep(k, "kernel/sched/completion.c", 111);
		f.locals.until = jiffiesToWake(k, f.args[1]);
		f.locals.expires = tickCount(k) + f.args[1];
		return next;
	}),
	wait: step("Take a completion, or sleep until complete() is called or the time is over.", (k, f) => {
		if (tryWait(k, f.args[0]))
			return ret(Math.max(1, f.args[1] >= 2 ** 53 ? f.args[1] : jiffiesLeft(k, f.locals.expires)));
		if (f.timedOut || k.machine.time >= f.locals.until) return ret(0);
		return block(waitOn(k, f.args[0]), f.locals.until, "wait");
	}),
});

export const completionFunctions: KernelFunction[] = [
	...plain({
		"void init_completion(struct completion *x)": (k, x) => {
			completion.done.set(k.space, x, 0);
			const list = completion.wait.at(x) + 8;
			k.space.w64(list, list);
			k.space.w64(list + 8, list);
		},
		"void reinit_completion(struct completion *x)": (k, x) => completion.done.set(k.space, x, 0),
		"void complete(struct completion *x)": complete,
		"void complete_all(struct completion *x)": completeAll,
		"bool try_wait_for_completion(struct completion *x)": tryWait,
		"bool completion_done(struct completion *x)": (k, x) => completion.done.get(k.space, x) !== 0,
	}),
	steps("void wait_for_completion(struct completion *x)", forEver()),
	steps("void wait_for_completion_io(struct completion *x)", forEver()),
	steps("int wait_for_completion_interruptible(struct completion *x)", forEver()),
	steps("int wait_for_completion_killable(struct completion *x)", forEver()),
	steps("unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)", limited()),
	steps("unsigned long wait_for_completion_io_timeout(struct completion *x, unsigned long timeout)", limited()),
	steps("long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout)", limited()),
	steps("long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout)", limited()),
];
