/** Wait queues (kernel/sched/wait.c): entries are true list members in simulated memory. */
import { waitQueueEntry, waitQueueHead } from "../base-structs";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { taskStruct } from "../sched/task";
import { symbolName } from "../sched/trace";
import { wakeTask } from "../sched/wake";

const EXCLUSIVE = 1;

/** list_head operations on raw addresses. */
const nextOf = (k: Kernel, list: number): number => k.space.r64(list);
const empty = (k: Kernel, list: number): boolean => nextOf(k, list) === list || nextOf(k, list) === 0;

function insert(k: Kernel, entry: number, before: number): void {
	const previous = k.space.r64(before + 8);
	k.space.w64(entry, before);
	k.space.w64(entry + 8, previous);
	k.space.w64(previous, entry);
	k.space.w64(before + 8, entry);
}

function removeInit(k: Kernel, entry: number): void {
	const after = k.space.r64(entry);
	const previous = k.space.r64(entry + 8);
	k.space.w64(after + 8, previous);
	k.space.w64(previous, after);
	k.space.w64(entry, entry);
	k.space.w64(entry + 8, entry);
}

/** A head that nobody has initialised, or that was declared statically, becomes an empty list. */
function headList(k: Kernel, head: number): number {
	const list = waitQueueHead.head.at(head);
	if (nextOf(k, list) === 0) {
		k.space.w64(list, list);
		k.space.w64(list + 8, list);
	}
	return list;
}

function initEntry(k: Kernel, entry: number, flags: number): void {
	waitQueueEntry.flags.set(k.space, entry, flags);
	waitQueueEntry.private.set(k.space, entry, k.current.task);
	waitQueueEntry.func.set(k.space, entry, k.address("autoremove_wake_function"));
	const list = waitQueueEntry.entry.at(entry);
	k.space.w64(list, list);
	k.space.w64(list + 8, list);
}

/** prepare_to_wait: queues the entry (exclusive ones last) and says in which state the thread will sleep. */
function prepare(k: Kernel, head: number, entry: number, state: number): void {
	const list = headList(k, head);
	const own = waitQueueEntry.entry.at(entry);
	if (empty(k, own)) insert(k, own, waitQueueEntry.flags.get(k.space, entry) & EXCLUSIVE ? list : nextOf(k, list));
	const thread = k.current;
	taskStruct.__state.set(k.space, thread.task, state);
	thread.waitingOn = { kind: "wait queue", address: head, name: symbolName(k, head) };
}

/** finish_wait. */
function finish(k: Kernel, entry: number): void {
	const thread = k.current;
	taskStruct.__state.set(k.space, thread.task, 0);
	thread.waitingOn = null;
	const own = waitQueueEntry.entry.at(entry);
	if (!empty(k, own)) removeInit(k, own);
}

export const waitQueueFunctions: KernelFunction[] = [
	...plain({
		"void __init_waitqueue_head(struct wait_queue_head *wq_head)": (k, head) => {
			k.space.fill(head, waitQueueHead.$size, 0);
			headList(k, head);
		},
		"void init_wait_entry(struct wait_queue_entry *wq_entry, int flags)": initEntry,
		"void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)": prepare,
		"bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)": (
			k,
			head,
			entry,
			state,
		) => {
			const first = empty(k, headList(k, head));
			waitQueueEntry.flags.set(k.space, entry, waitQueueEntry.flags.get(k.space, entry) | EXCLUSIVE);
			prepare(k, head, entry, state);
			return first;
		},
		"long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state)": (
			k,
			head,
			entry,
			state,
		) => {
			prepare(k, head, entry, state);
			return 0;
		},
		"void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)": (k, _head, entry) =>
			finish(k, entry),
		"void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)": (k, head, entry) => {
			const list = headList(k, head);
			insert(k, waitQueueEntry.entry.at(entry), nextOf(k, list));
		},
		"void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)": (k, _head, entry) =>
			removeInit(k, waitQueueEntry.entry.at(entry)),
		"void init_waitqueue_entry(struct wait_queue_entry *wq_entry, struct task_struct *p)": (k, entry, task) => {
			waitQueueEntry.flags.set(k.space, entry, 0);
			waitQueueEntry.private.set(k.space, entry, task);
			waitQueueEntry.func.set(k.space, entry, k.address("default_wake_function"));
		},
		"int autoremove_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int sync, void *key)": (
			k,
			entry,
			mode,
		) => {
			const woken = wakeTask(k, waitQueueEntry.private.get(k.space, entry), mode);
			if (woken) removeInit(k, waitQueueEntry.entry.at(entry));
			return woken ? 1 : 0;
		},
		"int default_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int wake_flags, void *key)": (
			k,
			entry,
			mode,
		) => (wakeTask(k, waitQueueEntry.private.get(k.space, entry), mode) ? 1 : 0),
		"int waitqueue_active(struct wait_queue_head *wq_head)": (k, head) => (empty(k, headList(k, head)) ? 0 : 1),
		"bool wq_has_sleeper(struct wait_queue_head *wq_head)": (k, head) => !empty(k, headList(k, head)),
	}),
	steps("int __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive, void *key)", {
		begin: step("Walk the queue from its first entry.", (k, f) => {
			f.locals.left = f.args[2];
			f.locals.at = nextOf(k, headList(k, f.args[0]));
			return next;
		}),
		entry: step("Wake the next entry: call its function.", (k, f) => {
			const list = waitQueueHead.head.at(f.args[0]);
			if (f.locals.at === list) return ret(0);
			const entry = waitQueueEntry.entry.container(f.locals.at);
			f.locals.flags = waitQueueEntry.flags.get(k.space, entry);
			f.locals.at = nextOf(k, f.locals.at);
			return call(waitQueueEntry.func.get(k.space, entry), [entry, f.args[1], 0, f.args[3]]);
		}),
		count: step("An exclusive waiter that woke counts.", (_, f) => {
			if (f.result !== 0 && f.locals.flags & EXCLUSIVE && f.args[2] > 0 && --f.locals.left === 0) return ret(0);
			return goto("entry");
		}),
	}),
];

export const waitHeader: string = `
#define TASK_RUNNING 0x00000000
#define TASK_INTERRUPTIBLE 0x00000001
#define TASK_UNINTERRUPTIBLE 0x00000002
#define TASK_KILLABLE 0x00000102
#define TASK_IDLE 0x00000402
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_FREEZABLE 0
#define WQ_FLAG_EXCLUSIVE 0x01
#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { { { 0 } }, { &(name).head, &(name).head } }
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)
#define init_waitqueue_head(wq_head) __init_waitqueue_head(wq_head)
#define DEFINE_WAIT_FUNC(name, function) struct wait_queue_entry name = { .private = current, .func = function, .entry = { &(name).entry, &(name).entry } }
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)
#define DECLARE_WAITQUEUE(name, tsk) struct wait_queue_entry name = { .private = (tsk), .func = default_wake_function }
#define init_wait(wait) init_wait_entry((wait), 0)
#define wake_up(x) __wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_nr(x, nr) __wake_up(x, TASK_NORMAL, nr, NULL)
#define wake_up_all(x) __wake_up(x, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(x) __wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_nr(x, nr) __wake_up(x, TASK_INTERRUPTIBLE, nr, NULL)
#define wake_up_interruptible_all(x) __wake_up(x, TASK_INTERRUPTIBLE, 0, NULL)
#define wake_up_interruptible_sync(x) wake_up_interruptible(x)
#define wake_up_locked(x) wake_up(x)
#define ___wait_event(wq_head, condition, state, exclusive, ret, cmd) ({ \\
	struct wait_queue_entry __wq_entry; \\
	long __ret = ret; \\
	init_wait_entry(&__wq_entry, exclusive ? WQ_FLAG_EXCLUSIVE : 0); \\
	for (;;) { \\
		prepare_to_wait_event(&wq_head, &__wq_entry, state); \\
		if (condition) \\
			break; \\
		cmd; \\
	} \\
	finish_wait(&wq_head, &__wq_entry); \\
	__ret; })
#define ___wait_cond_timeout(condition) ({ bool __cond = (condition); if (__cond && !__ret) __ret = 1; __cond || !__ret; })
#define wait_event(wq_head, condition) do { might_sleep(); if (condition) break; (void)___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, 0, schedule()); } while (0)
#define wait_event_idle(wq_head, condition) wait_event(wq_head, condition)
#define wait_event_freezable(wq_head, condition) wait_event_interruptible(wq_head, condition)
#define wait_event_freezable_timeout(wq_head, condition, timeout) wait_event_interruptible_timeout(wq_head, condition, timeout)
#define wait_event_interruptible(wq_head, condition) ({ int __ret = 0; might_sleep(); if (!(condition)) __ret = ___wait_event(wq_head, condition, TASK_INTERRUPTIBLE, 0, 0, schedule()); __ret; })
#define wait_event_killable(wq_head, condition) wait_event_interruptible(wq_head, condition)
#define wait_event_interruptible_exclusive(wq_head, condition) ({ int __ret = 0; might_sleep(); if (!(condition)) __ret = ___wait_event(wq_head, condition, TASK_INTERRUPTIBLE, 1, 0, schedule()); __ret; })
#define __wait_event_timeout_state(wq_head, condition, timeout, state) ({ \\
	long __timeout = (timeout), __ret = __timeout; \\
	might_sleep(); \\
	if (!___wait_cond_timeout(condition)) \\
		__ret = ___wait_event(wq_head, ___wait_cond_timeout(condition), state, 0, __timeout, __ret = schedule_timeout(__ret)); \\
	__ret; })
#define wait_event_timeout(wq_head, condition, timeout) __wait_event_timeout_state(wq_head, condition, timeout, TASK_UNINTERRUPTIBLE)
#define wait_event_interruptible_timeout(wq_head, condition, timeout) __wait_event_timeout_state(wq_head, condition, timeout, TASK_INTERRUPTIBLE)
#define wait_event_killable_timeout(wq_head, condition, timeout) __wait_event_timeout_state(wq_head, condition, timeout, TASK_INTERRUPTIBLE)
#define wait_event_idle_timeout(wq_head, condition, timeout) __wait_event_timeout_state(wq_head, condition, timeout, TASK_UNINTERRUPTIBLE)
#define wait_event_lock_irq(wq_head, condition, lock) do { \\
	if (condition) break; \\
	(void)___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, 0, spin_unlock_irq(&lock); schedule(); spin_lock_irq(&lock)); } while (0)
#define COMPLETION_INITIALIZER(work) { 0, { { 0 }, { &(work).wait.task_list, &(work).wait.task_list } } }
#define COMPLETION_INITIALIZER_ONSTACK(work) (*({ init_completion(&work); &work; }))
#define DECLARE_COMPLETION(work) struct completion work = COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK(work) struct completion work = COMPLETION_INITIALIZER(work)
`;
