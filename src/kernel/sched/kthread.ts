/** Kernel threads for C (kernel/kthread.c). */

import { EINTR } from "../errno";
import { block, call, exit, goto, type KernelFunction, next, plain, ret, step, steps, variadic } from "../functions";
import type { Kernel } from "../kernel";
import { formatAt } from "../lib/format";
import { TASK_COMM_LEN } from "./task";
import { threadOfTask } from "./thread-memory";
import { pushStep, tryAddThread, wakeThread } from "./threads";
import { wakeTask } from "./wake";

export interface KthreadRecord {
	readonly fn: number;
	readonly data: number;
	started: boolean;
	shouldStop: boolean;
	shouldPark: boolean;
}
/** By thread id. */
export type KthreadsState = Record<number, KthreadRecord>;
export const createKthreadsState = (): KthreadsState => ({});

/** A thread that is not started yet: wake_up_process() starts it. Returns its task_struct, or an error. */
export function createKthread(k: Kernel, name: string, fn: number, data: number): number {
	const thread = tryAddThread(k, name.slice(0, TASK_COMM_LEN - 1), "kthread");
	if (typeof thread === "number") return thread;
	k.state.kthreads[thread.id] = { fn, data, started: false, shouldStop: false, shouldPark: false };
	thread.arg = fn;
	pushStep(k, thread, "kthread", [fn, data]);
	thread.state = {
		kind: "blocked",
		on: { kind: "start", address: 0, name: "" },
		until: Number.POSITIVE_INFINITY,
		timer: 0,
		order: k.state.cpu.waits++,
	};
	return thread.task;
}

const own = (k: Kernel): KthreadRecord | undefined => k.state.kthreads[k.current.id];
const of = (k: Kernel, task: number): KthreadRecord | undefined => k.state.kthreads[threadOfTask(task)];

export const kthreadFunctions: KernelFunction[] = [
	...variadic({
		"struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node, const char *namefmt, ...)":
			(k, [fn, data, , format], rest) => createKthread(k, formatAt(k, format, rest), fn, data),
	}),
	...plain({
		"bool kthread_should_stop(void)": (k) => own(k)?.shouldStop ?? false,
		"bool kthread_should_park(void)": (k) => own(k)?.shouldPark ?? false,
		"bool kthread_freezable_should_stop(bool *was_frozen)": (k) => own(k)?.shouldStop ?? false,
		"void kthread_bind(struct task_struct *k, unsigned int cpu)": () => undefined,
		"void *kthread_data(struct task_struct *k)": (k, task) => of(k, task)?.data ?? 0,
		"void set_freezable(void)": () => undefined,
		"bool try_to_freeze(void)": () => false,
	}),
	steps(
		"int kthread(int (*threadfn)(void *data), void *data)",
		{
			start: step("Somebody has woken the new thread: call its function, unless it is to stop already.", (k, f) => {
				const record = own(k);
				if (!record) return call(f.args[0], [f.args[1]], "done");
				if (!record.started && record.shouldStop) return ret(-EINTR);
				record.started = true;
				return call(f.args[0], [f.args[1]]);
			}),
			done: step("The function has returned: the thread ends.", (_, f) => ret(f.result | 0)),
		},
		0,
	),
	steps("int kthread_stop(struct task_struct *k)", {
		tell: step("Tell the thread that it should stop, and wake it.", (k, f) => {
			const thread = k.state.threads[threadOfTask(f.args[0])];
			const record = of(k, f.args[0]);
			if (!thread || !record) return ret(-EINTR);
			record.shouldStop = true;
			if (!wakeTask(k, f.args[0])) wakeThread(k, thread);
			return next;
		}),
		wait: step("Wait until it has ended; return what its function returned.", (k, f) => {
			const thread = k.state.threads[threadOfTask(f.args[0])];
			if (!thread) return goto("gone");
			if (thread.state.kind === "done") return ret(thread.state.result);
			return block({ kind: "thread", address: thread.task, name: thread.name }, undefined, "wait");
		}),
		gone: step("No such thread.", () => ret(-EINTR)),
	}),
	steps("void kthread_complete_and_exit(struct completion *comp, long code)", {
		complete: step("Complete, then end this thread.", (_, f) =>
			f.args[0] !== 0 ? call("complete", [f.args[0]]) : next,
		),
		exit: step("End this thread.", (_, f) => exit(f.args[1])),
	}),
	steps("void kthread_exit(long result)", {
		exit: step("End this thread.", (_, f) => exit(f.args[0])),
	}),
];

export const kthreadHeader: string = `
#define kthread_create(threadfn, data, namefmt, arg...) kthread_create_on_node(threadfn, data, -1, namefmt, ##arg)
#define kthread_run(threadfn, data, namefmt, ...) ({ \\
	struct task_struct *__k = kthread_create(threadfn, data, namefmt, ##__VA_ARGS__); \\
	if (!IS_ERR(__k)) \\
		wake_up_process(__k); \\
	__k; })
#define kthread_stop_put(k) kthread_stop(k)
`;
