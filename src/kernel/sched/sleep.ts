/** Sleeping, delays and giving up the CPU. */
import { block, type KernelFunction, next, plain, ret, type Step, spin, step, steps, yieldCpu } from "../functions";
import type { Kernel } from "../kernel";
import type { StepFrame } from "../state";
import { FOREVER_JIFFIES, jiffiesLeft, jiffiesToWake, msecsToJiffies, tickCount } from "../timers/jiffies";
import { inAtomic } from "./context";
import { say } from "./say";
import { TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE, taskStruct } from "./task";
import { wakeTask } from "./wake";

/** What a plain schedule() waits for: what the thread has prepared, else just to be woken. */
function reason(k: Kernel, kind: string) {
	return k.current.waitingOn ?? { kind, address: 0, name: "" };
}

function setState(k: Kernel, state: number): void {
	taskStruct.__state.set(k.space, k.current.task, state);
}

/** schedule_timeout(): sleeps in the state that was set; returns what is left of the time. */
function scheduleTimeout(state: number | null): Record<string, Step> {
	return {
		begin: step("Set a timer and the task's state.", (k, f) => {
			if (state !== null) setState(k, state);
			const timeout = f.args[0];
			if (timeout < 0) {
				say(k, 3, `schedule_timeout: wrong timeout value ${(timeout + 2 ** 64).toString(16)}`);
				setState(k, TASK_RUNNING);
				return ret(0);
			}
			f.locals.expires = tickCount(k) + timeout;
			f.locals.until = jiffiesToWake(k, timeout);
			return next;
		}),
		sleep: step("Sleep until woken or until the timer runs.", (k, f) => {
			if (taskStruct.__state.get(k.space, k.current.task) === TASK_RUNNING) return yieldCpu("done");
			return block(reason(k, "sleep"), f.locals.until, "done");
		}),
		done: step("Return what is left of the time.", (k, f) => {
			setState(k, TASK_RUNNING);
			return ret(f.args[0] >= FOREVER_JIFFIES ? f.args[0] : f.timedOut ? 0 : jiffiesLeft(k, f.locals.expires));
		}),
	};
}

/** A sleep that nothing but its end ends. `ps` tells how long. */
function sleepFor(ps: (k: Kernel, f: StepFrame) => number): Record<string, Step> {
	return {
		begin: step("Set a timer.", (k, f) => {
			f.locals.until = ps(k, f);
			return next;
		}),
		sleep: step("Sleep until the timer runs.", (k, f) =>
			k.machine.time >= f.locals.until
				? ret()
				: block({ kind: "sleep", address: 0, name: "" }, f.locals.until, "sleep"),
		),
	};
}

function busy(prototype: string, ps: (args: readonly number[]) => number): KernelFunction {
	return steps(
		prototype,
		{
			begin: step("Note the time.", (k, f) => {
				f.locals.until = k.machine.time + ps(f.args);
				return next;
			}),
			spin: step("Keep the CPU busy; interrupts come in.", (k, f) => {
				const left = f.locals.until - k.machine.time;
				return left > 0 ? spin(Math.min(left, 1e9), "spin") : ret();
			}),
		},
		0,
	);
}

export const sleepFunctions: KernelFunction[] = [
	steps("void schedule(void)", {
		sleep: step("Sleep until woken, unless woken already.", (k) =>
			taskStruct.__state.get(k.space, k.current.task) === TASK_RUNNING
				? yieldCpu("done")
				: block(reason(k, "schedule"), undefined, "done"),
		),
		done: step("Running again.", () => ret()),
	}),
	steps("signed long schedule_timeout(signed long timeout)", scheduleTimeout(null)),
	steps("signed long schedule_timeout_interruptible(signed long timeout)", scheduleTimeout(TASK_INTERRUPTIBLE)),
	steps("signed long schedule_timeout_killable(signed long timeout)", scheduleTimeout(TASK_INTERRUPTIBLE)),
	steps("signed long schedule_timeout_uninterruptible(signed long timeout)", scheduleTimeout(TASK_UNINTERRUPTIBLE)),
	steps("signed long schedule_timeout_idle(signed long timeout)", scheduleTimeout(TASK_UNINTERRUPTIBLE)),
	steps(
		"void msleep(unsigned int msecs)",
		sleepFor((k, f) => (f.args[0] === 0 ? 0 : jiffiesToWake(k, msecsToJiffies(f.args[0])))),
	),
	steps(
		"unsigned long msleep_interruptible(unsigned int msecs)",
		sleepFor((k, f) => (f.args[0] === 0 ? 0 : jiffiesToWake(k, msecsToJiffies(f.args[0])))),
	),
	steps(
		"void ssleep(unsigned int seconds)",
		sleepFor((k, f) => jiffiesToWake(k, msecsToJiffies(f.args[0] * 1000))),
	),
	steps(
		"void fsleep(unsigned long usecs)",
		sleepFor((k, f) => k.machine.time + f.args[0] * 2e6),
	),
	steps(
		"void usleep_range(unsigned long min, unsigned long max)",
		sleepFor((k, f) => k.machine.time + Math.max(f.args[0], f.args[1]) * 1e6),
	),
	steps(
		"void usleep_range_state(unsigned long min, unsigned long max, unsigned int state)",
		sleepFor((k, f) => k.machine.time + Math.max(f.args[0], f.args[1]) * 1e6),
	),
	steps(
		"void usleep_idle_range(unsigned long min, unsigned long max)",
		sleepFor((k, f) => k.machine.time + Math.max(f.args[0], f.args[1]) * 1e6),
	),
	busy("void ndelay(unsigned long nsecs)", (a) => a[0] * 1e3),
	busy("void udelay(unsigned long usecs)", (a) => a[0] * 1e6),
	busy("void mdelay(unsigned long msecs)", (a) => a[0] * 1e9),
	steps("int __cond_resched(void)", {
		yield: step("Let other ready threads run, when the context allows.", (k, f) => {
			if (inAtomic(k.current) || k.state.cpu.queue.length === 0) return ret(0);
			f.locals.yielded = 1;
			return yieldCpu("done");
		}),
		done: step("Running again.", (_, f) => ret(f.locals.yielded)),
	}),
	steps("void yield(void)", {
		yield: step("Let other ready threads run.", () => yieldCpu("done")),
		done: step("Running again.", () => ret()),
	}),
	...plain({ "void cpu_relax(void)": () => undefined }, 1_000_000),
	...plain({
		"struct task_struct *get_current(void)": (k) => k.current.task,
		"void __set_task_state(unsigned int state)": setState,
		"int wake_up_process(struct task_struct *p)": (k, task) => (wakeTask(k, task) ? 1 : 0),
		"int wake_up_state(struct task_struct *p, unsigned int state)": (k, task, state) =>
			wakeTask(k, task, state) ? 1 : 0,
		"int signal_pending(struct task_struct *p)": () => 0,
		"int fatal_signal_pending(struct task_struct *p)": () => 0,
		"int need_resched(void)": (k) => (k.state.cpu.queue.length > 0 ? 1 : 0),
		"pid_t task_pid_nr(struct task_struct *tsk)": (k, task) => taskStruct.pid.get(k.space, task),
		"void set_user_nice(struct task_struct *p, long nice)": () => undefined,
		"void sched_set_fifo(struct task_struct *p)": () => undefined,
		"void sched_set_fifo_low(struct task_struct *p)": () => undefined,
		"void sched_set_normal(struct task_struct *p, int nice)": () => undefined,
		"struct task_struct *get_task_struct(struct task_struct *t)": (_, task) => task,
		"void put_task_struct(struct task_struct *t)": () => undefined,
	}),
];

export const schedHeader: string = `
${taskStruct.$c}
#define current get_current()
#define set_current_state(state_value) __set_task_state(state_value)
#define __set_current_state(state_value) __set_task_state(state_value)
#define cond_resched() __cond_resched()
#define cond_resched_lock(lock) ({ spin_unlock(lock); int __r = __cond_resched(); spin_lock(lock); __r; })
#define MAX_SCHEDULE_TIMEOUT LONG_MAX
#define TASK_COMM_LEN 16
#define MAX_NICE 19
#define MIN_NICE (-20)
`;
