/** Workqueues for C. */

import { delayedWork, workStruct } from "../base-structs";
import { block, call, goto, type KernelFunction, next, plain, ret, step, steps, variadic } from "../functions";
import type { Kernel } from "../kernel";
import { formatAt } from "../lib/format";
import { kfree, kzalloc } from "../mm/kmalloc";
import { mightSleep } from "../sched/context";
import { symbolName } from "../sched/trace";
import { beginWork, delayOver, endWork, isBusy, isRunning, queueDelayedWork, queueWork, takeBack } from "./queue";

const ORDERED = 1 << 17;

function allocate(k: Kernel, name: string, flags: number, active: number): number {
	const handle = kzalloc(k, 256);
	k.state.work.queues.push({ handle, name, active: flags & ORDERED ? 1 : active === 0 ? 256 : active });
	return handle;
}

/** The system workqueues: one object under all names. */
export function createSystemWorkqueue(k: Kernel): void {
	k.state.work.system = allocate(k, "events", 0, 0);
}

const onWork = (k: Kernel, work: number) => ({
	kind: "work",
	address: work,
	name: symbolName(k, work) || symbolName(k, workStruct.func.get(k.space, work)),
});

function cancelSync(prototype: string, delayed: boolean): KernelFunction {
	return steps(prototype, {
		take: step("Take the work back when it waits.", (k, f) => {
			mightSleep(k, "kernel/workqueue.c", 4393);
			f.locals.work = delayed ? delayedWork.work.at(f.args[0]) : f.args[0];
			f.locals.waited = takeBack(k, f.locals.work, delayed ? f.args[0] : 0) ? 1 : 0;
			return next;
		}),
		wait: step("Wait until it does not run any more.", (k, f) => {
			if (isRunning(k, f.locals.work)) return block(onWork(k, f.locals.work), undefined, "wait");
			takeBack(k, f.locals.work, delayed ? f.args[0] : 0);
			return ret(f.locals.waited);
		}),
	});
}

export const workFunctions: KernelFunction[] = [
	...plain({
		"bool queue_work(struct workqueue_struct *wq, struct work_struct *work)": queueWork,
		"bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)": (k, _cpu, wq, work) =>
			queueWork(k, wq, work),
		"bool schedule_work(struct work_struct *work)": (k, work) => queueWork(k, 0, work),
		"bool schedule_work_on(int cpu, struct work_struct *work)": (k, _cpu, work) => queueWork(k, 0, work),
		"bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)":
			queueDelayedWork,
		"bool schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)": (k, dwork, delay) =>
			queueDelayedWork(k, 0, dwork, delay),
		"bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)": (
			k,
			wq,
			dwork,
			delay,
		) => {
			const waited = takeBack(k, delayedWork.work.at(dwork), dwork);
			queueDelayedWork(k, wq, dwork, delay);
			return waited;
		},
		"bool cancel_work(struct work_struct *work)": (k, work) => takeBack(k, work),
		"bool cancel_delayed_work(struct delayed_work *dwork)": (k, dwork) =>
			takeBack(k, delayedWork.work.at(dwork), dwork),
		"bool work_pending(struct work_struct *work)": (k, work) => (workStruct.data.get(k.space, work) & 1) !== 0,
		"bool delayed_work_pending(struct delayed_work *dwork)": (k, dwork) =>
			(workStruct.data.get(k.space, delayedWork.work.at(dwork)) & 1) !== 0,
		"unsigned int work_busy(struct work_struct *work)": (k, work) =>
			(isRunning(k, work) ? 2 : 0) | (workStruct.data.get(k.space, work) & 1),
		"void delayed_work_timer_fn(struct timer_list *t)": delayOver,
		"struct workqueue_struct *get_system_wq(void)": (k) => k.state.work.system,
		"struct work_struct *current_work(void)": (k) =>
			k.state.work.items.find((w) => w.worker === k.current.id)?.address ?? 0,
	}),
	...variadic({
		"struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)": (
			k,
			[format, flags, active],
			rest,
		) => allocate(k, formatAt(k, format, rest), flags, active),
	}),
	steps(
		"int worker_thread(void *worker)",
		{
			take: step("Take the oldest work that may run, or sleep.", (k, f) => {
				const item = beginWork(k, k.current);
				if (!item) return block({ kind: "worker", address: 0, name: "" }, undefined, "take");
				f.locals.work = item.address;
				return call(workStruct.func.get(k.space, item.address), [item.address]);
			}),
			done: step("The work is done: whoever waits for it goes on.", (k) => {
				endWork(k, k.current);
				return goto("take");
			}),
		},
		0,
	),
	cancelSync("bool cancel_work_sync(struct work_struct *work)", false),
	cancelSync("bool cancel_delayed_work_sync(struct delayed_work *dwork)", true),
	cancelSync("bool disable_work_sync(struct work_struct *work)", false),
	cancelSync("bool disable_delayed_work_sync(struct delayed_work *dwork)", true),
	steps("bool flush_work(struct work_struct *work)", {
		check: step("The caller must be allowed to sleep.", (k, f) => {
			mightSleep(k, "kernel/workqueue.c", 4300);
			f.locals.busy = isBusy(k, f.args[0]) ? 1 : 0;
			return next;
		}),
		wait: step("Wait until it neither waits nor runs.", (k, f) =>
			isBusy(k, f.args[0]) ? block(onWork(k, f.args[0]), undefined, "wait") : ret(f.locals.busy),
		),
	}),
	steps("bool flush_delayed_work(struct delayed_work *dwork)", {
		now: step("A work whose delay runs is queued at once.", (k, f) => {
			const work = delayedWork.work.at(f.args[0]);
			if (workStruct.data.get(k.space, work) & 1 && !isBusy(k, work)) {
				takeBack(k, work, f.args[0]);
				queueWork(k, delayedWork.wq.get(k.space, f.args[0]), work);
			}
			return call("flush_work", [work]);
		}),
		done: step("Done.", (_, f) => ret(f.result)),
	}),
	steps("void __flush_workqueue(struct workqueue_struct *wq)", {
		note: step("Note what is queued now.", (k, f) => {
			mightSleep(k, "kernel/locking/mutex.c", 586);
			f.locals.count = k.state.work.items.filter((w) => w.queue === f.args[0]).length;
			return next;
		}),
		wait: step("Wait until that is done.", (k, f) =>
			k.state.work.items.some((w) => w.queue === f.args[0])
				? block(
						{
							kind: "workqueue",
							address: f.args[0],
							name: k.state.work.queues.find((q) => q.handle === f.args[0])?.name ?? "",
						},
						undefined,
						"wait",
					)
				: ret(),
		),
	}),
	steps("void destroy_workqueue(struct workqueue_struct *wq)", {
		flush: step("Wait until its works are done.", (_, f) => call("__flush_workqueue", [f.args[0]])),
		free: step("Free it.", (k, f) => {
			k.state.work.queues = k.state.work.queues.filter((q) => q.handle !== f.args[0]);
			kfree(k, f.args[0]);
			return ret();
		}),
	}),
];

export const workHeader: string = `
struct workqueue_struct;
typedef void (*work_func_t)(struct work_struct *work);
#define WQ_UNBOUND (1 << 1)
#define WQ_FREEZABLE (1 << 2)
#define WQ_MEM_RECLAIM (1 << 3)
#define WQ_HIGHPRI (1 << 4)
#define WQ_CPU_INTENSIVE (1 << 5)
#define __WQ_ORDERED (1 << 17)
#define WORK_CPU_UNBOUND 1
#define INIT_WORK(_work, _func) do { memset((_work), 0, sizeof(struct work_struct)); (_work)->func = (_func); } while (0)
#define INIT_WORK_ONSTACK(_work, _func) INIT_WORK(_work, _func)
#define INIT_DELAYED_WORK(_work, _func) do { memset((_work), 0, sizeof(struct delayed_work)); (_work)->work.func = (_func); } while (0)
#define INIT_DEFERRABLE_WORK(_work, _func) INIT_DELAYED_WORK(_work, _func)
#define DECLARE_WORK(n, f) struct work_struct n = { .func = (f) }
#define DECLARE_DELAYED_WORK(n, f) struct delayed_work n = { .work = { .func = (f) } }
#define to_delayed_work(_work) container_of((_work), struct delayed_work, work)
#define destroy_work_on_stack(work) do { } while (0)
#define alloc_ordered_workqueue(fmt, flags, args...) alloc_workqueue(fmt, __WQ_ORDERED | (flags), 1, ##args)
#define create_workqueue(name) alloc_workqueue("%s", WQ_MEM_RECLAIM, 1, (name))
#define create_singlethread_workqueue(name) alloc_ordered_workqueue("%s", WQ_MEM_RECLAIM, name)
#define flush_workqueue(wq) __flush_workqueue(wq)
#define drain_workqueue(wq) __flush_workqueue(wq)
#define flush_scheduled_work() __flush_workqueue(get_system_wq())
#define system_wq get_system_wq()
#define system_highpri_wq get_system_wq()
#define system_long_wq get_system_wq()
#define system_unbound_wq get_system_wq()
#define system_freezable_wq get_system_wq()
#define system_power_efficient_wq get_system_wq()
`;
