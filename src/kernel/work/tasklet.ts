/** Tasklets (kernel/softirq.c). */
import { taskletStruct } from "../base-structs";
import { block, call, goto, type KernelFunction, next, plain, ret, type Step, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { mightSleep } from "../sched/context";
import { raiseSoftirq, Softirq } from "../sched/interrupts";
import { say } from "../sched/say";
import { wakeWaiters } from "../sched/threads";
import { symbolName } from "../sched/trace";

export interface TaskletsState {
	/** Scheduled tasklets in order: addresses of struct tasklet_struct. */
	normal: number[];
	high: number[];
}
export const createTaskletsState = (): TaskletsState => ({ normal: [], high: [] });

const SCHEDULED = 1;
const RUNNING = 2;

const stateOf = (k: Kernel, t: number): number => taskletStruct.state.get(k.space, t);

function setBits(k: Kernel, t: number, set: number, clear: number): void {
	taskletStruct.state.set(k.space, t, (stateOf(k, t) | set) & ~clear);
}

/** tasklet_schedule(): queues it unless it is queued. */
export function scheduleTasklet(k: Kernel, t: number, high = false): void {
	if (stateOf(k, t) & SCHEDULED) return;
	setBits(k, t, SCHEDULED, 0);
	k.state.tasklets[high ? "high" : "normal"].push(t);
	raiseSoftirq(k, high ? Softirq.Hi : Softirq.Tasklet);
}

const action = (which: "normal" | "high"): Record<string, Step> => ({
	take: step("Take the tasklets that are scheduled now.", (k, f) => {
		f.locals.count = k.state.tasklets[which].length;
		return next;
	}),
	run: step("Call the next one's function.", (k, f) => {
		if (f.locals.count-- <= 0) return ret();
		const t = k.state.tasklets[which].shift();
		if (t === undefined) return ret();
		if (taskletStruct.count.get(k.space, t) !== 0 || stateOf(k, t) & RUNNING) {
			// Linux raises the softirq again and polls; nothing changes before tasklet_enable(), which raises it here.
			k.state.tasklets[which].push(t);
			return goto("run");
		}
		setBits(k, t, RUNNING, SCHEDULED);
		f.locals.tasklet = t;
		const fn = taskletStruct.callback.get(k.space, t);
		const argument = taskletStruct.use_callback.get(k.space, t) ? t : taskletStruct.data.get(k.space, t);
		return call(fn, [argument]);
	}),
	ran: step("Its function has returned: whoever waits for that goes on.", (k, f) => {
		setBits(k, f.locals.tasklet, 0, RUNNING);
		wakeWaiters(k, "tasklet", f.locals.tasklet);
		return goto("run");
	}),
});

const waitFor = (k: Kernel, t: number) => ({ kind: "tasklet", address: t, name: symbolName(k, t) });

export const taskletFunctions: KernelFunction[] = [
	...plain({
		"void tasklet_schedule(struct tasklet_struct *t)": (k, t) => scheduleTasklet(k, t),
		"void tasklet_hi_schedule(struct tasklet_struct *t)": (k, t) => scheduleTasklet(k, t, true),
		"void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)": (
			k,
			t,
			fn,
			data,
		) => {
			k.space.fill(t, taskletStruct.$size, 0);
			taskletStruct.callback.set(k.space, t, fn);
			taskletStruct.data.set(k.space, t, data);
		},
		"void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))": (k, t, fn) => {
			k.space.fill(t, taskletStruct.$size, 0);
			taskletStruct.callback.set(k.space, t, fn);
			taskletStruct.use_callback.set(k.space, t, 1);
		},
		"void tasklet_disable_nosync(struct tasklet_struct *t)": (k, t) =>
			taskletStruct.count.set(k.space, t, taskletStruct.count.get(k.space, t) + 1),
		"void tasklet_enable(struct tasklet_struct *t)": (k, t) => {
			taskletStruct.count.set(k.space, t, taskletStruct.count.get(k.space, t) - 1);
			if (k.state.tasklets.normal.includes(t)) raiseSoftirq(k, Softirq.Tasklet);
			if (k.state.tasklets.high.includes(t)) raiseSoftirq(k, Softirq.Hi);
		},
	}),
	steps("void tasklet_action(void)", action("normal"), 0),
	steps("void tasklet_hi_action(void)", action("high"), 0),
	steps("void tasklet_disable(struct tasklet_struct *t)", {
		count: step("Keep it from being run.", (k, f) => {
			taskletStruct.count.set(k.space, f.args[0], taskletStruct.count.get(k.space, f.args[0]) + 1);
			return next;
		}),
		wait: step("Wait until it does not run any more.", (k, f) =>
			stateOf(k, f.args[0]) & RUNNING ? block(waitFor(k, f.args[0]), undefined, "wait") : ret(),
		),
	}),
	steps("void tasklet_unlock_wait(struct tasklet_struct *t)", {
		wait: step("Wait until it does not run any more.", (k, f) =>
			stateOf(k, f.args[0]) & RUNNING ? block(waitFor(k, f.args[0]), undefined, "wait") : ret(),
		),
	}),
	steps("void tasklet_kill(struct tasklet_struct *t)", {
		check: step("The caller must be allowed to sleep.", (k) => {
			const { hardirq, softirq, bhDisabled } = k.current;
			if (hardirq + softirq + bhDisabled > 0) say(k, 5, "Attempt to kill tasklet from interrupt");
			mightSleep(k, "kernel/softirq.c", 919);
			return next;
		}),
		scheduled: step("Wait until it has been taken off the list of scheduled ones.", (k, f) => {
			if (stateOf(k, f.args[0]) & SCHEDULED) return block(waitFor(k, f.args[0]), undefined, "scheduled");
			setBits(k, f.args[0], SCHEDULED, 0);
			return next;
		}),
		running: step("Wait until its function has returned.", (k, f) => {
			if (stateOf(k, f.args[0]) & RUNNING) return block(waitFor(k, f.args[0]), undefined, "running");
			setBits(k, f.args[0], 0, SCHEDULED);
			return ret();
		}),
	}),
];

export const taskletHeader: string = `
#define DECLARE_TASKLET(name, _callback) struct tasklet_struct name = { .callback = _callback, .use_callback = true }
#define DECLARE_TASKLET_OLD(name, _func) struct tasklet_struct name = { .func = _func }
#define from_tasklet(var, callback_tasklet, tasklet_fieldname) container_of(callback_tasklet, typeof(*var), tasklet_fieldname)
#define tasklet_trylock(t) 1
#define tasklet_unlock(t) do { } while (0)
`;
