/** Workqueues: one pool of kernel workers; a worker that sleeps makes room for another one (kernel/workqueue.c). */

import { delayedWork, timerList, workStruct } from "../base-structs";
import type { Kernel } from "../kernel";
import { sleepers, tryCreateThread, wakeThread, wakeWaiters } from "../sched/threads";
import type { Thread } from "../state";
import { jiffies } from "../timers/jiffies";
import { deleteTimer, modTimer } from "../timers/timers";

export interface QueuedWork {
	/** Address of the struct work_struct. */
	readonly address: number;
	/** Address of its workqueue_struct. */
	readonly queue: number;
	/** Thread that runs it, -1 while it waits. */
	worker: number;
}

export interface Workqueue {
	readonly handle: number;
	readonly name: string;
	/** How many of its works may run at once. */
	readonly active: number;
}

export interface WorkState {
	/** Waiting and running works, oldest first. */
	items: QueuedWork[];
	queues: Workqueue[];
	/** system_wq. */
	system: number;
	workers: number;
}
export const createWorkState = (): WorkState => ({ items: [], queues: [], system: 0, workers: 0 });

const PENDING = 1;

/** queue_work(): false when it waits already. */
export function queueWork(k: Kernel, queue: number, work: number): boolean {
	if (workStruct.data.get(k.space, work) & PENDING) return false;
	workStruct.data.set(k.space, work, PENDING);
	insertWork(k, queue, work);
	return true;
}

function insertWork(k: Kernel, queue: number, work: number): void {
	k.state.work.items.push({ address: work, queue: queue === 0 ? k.state.work.system : queue, worker: -1 });
	needWorker(k);
}

export function scheduleWork(k: Kernel, work: number): boolean {
	return queueWork(k, k.state.work.system, work);
}

/** queue_delayed_work(): false when it waits already. `delay` in jiffies. */
export function queueDelayedWork(k: Kernel, queue: number, dwork: number, delay: number): boolean {
	const work = delayedWork.work.at(dwork);
	if (workStruct.data.get(k.space, work) & PENDING) return false;
	workStruct.data.set(k.space, work, PENDING);
	delayedWork.wq.set(k.space, dwork, queue === 0 ? k.state.work.system : queue);
	if (delay === 0) insertWork(k, queue, work);
	else startDelay(k, dwork, delay);
	return true;
}

function startDelay(k: Kernel, dwork: number, delay: number): void {
	const timer = delayedWork.timer.at(dwork);
	timerList.function.set(k.space, timer, k.address("delayed_work_timer_fn"));
	modTimer(k, timer, jiffies(k) + delay);
}

/** The delay of a work is over. */
export function delayOver(k: Kernel, timer: number): void {
	const dwork = delayedWork.timer.container(timer);
	insertWork(k, delayedWork.wq.get(k.space, dwork), delayedWork.work.at(dwork));
}

/** Takes a waiting work back (its delay too); whether it was waiting. */
export function takeBack(k: Kernel, work: number, dwork = 0): boolean {
	const waited = (workStruct.data.get(k.space, work) & PENDING) !== 0;
	if (dwork !== 0) deleteTimer(k, delayedWork.timer.at(dwork));
	k.state.work.items = k.state.work.items.filter((w) => w.address !== work || w.worker >= 0);
	workStruct.data.set(k.space, work, 0);
	return waited;
}

/** Whether the work waits for a worker or runs. */
export function isBusy(k: Kernel, work: number): boolean {
	return k.state.work.items.some((w) => w.address === work);
}

export const isRunning = (k: Kernel, work: number): boolean =>
	k.state.work.items.some((w) => w.address === work && w.worker >= 0);

/** The oldest work that may run now: not one that runs already, nor one of a queue that is full. */
export function eligible(k: Kernel): QueuedWork | undefined {
	const { items, queues } = k.state.work;
	return items.find((w) => {
		if (w.worker >= 0 || isRunning(k, w.address)) return false;
		const queue = queues.find((q) => q.handle === w.queue);
		return items.filter((o) => o.queue === w.queue && o.worker >= 0).length < (queue?.active ?? 256);
	});
}

/** Begins the oldest eligible work on this worker. */
export function beginWork(k: Kernel, worker: Thread): QueuedWork | undefined {
	const item = eligible(k);
	if (!item) return undefined;
	item.worker = worker.id;
	workStruct.data.set(k.space, item.address, 0);
	return item;
}

export function endWork(k: Kernel, worker: Thread): void {
	const done = k.state.work.items.find((w) => w.worker === worker.id);
	k.state.work.items = k.state.work.items.filter((w) => w !== done);
	if (done) {
		wakeWaiters(k, "work", done.address);
		wakeWaiters(k, "workqueue", done.queue);
	}
}

/** Something is to be done: wakes an idle worker, or makes one when all of them sleep in their work. */
function needWorker(k: Kernel): void {
	if (!eligible(k)) return;
	const idle = sleepers(k, "worker", 0)[0];
	if (idle) {
		wakeThread(k, idle);
		return;
	}
	const { threads } = k.state;
	if (threads.some((t) => t.name.startsWith("kworker/") && t.state.kind === "ready")) return;
	// Without memory for another worker the work waits, as in Linux, for one that comes back.
	const worker = tryCreateThread(k, `kworker/0:${k.state.work.workers}`, "kthread", "worker_thread", []);
	if (typeof worker !== "number") k.state.work.workers++;
}

/** A worker is about to sleep in its work: another one goes on with what waits. */
export function workerSleeps(k: Kernel, thread: Thread): void {
	if (thread.name.startsWith("kworker/") && k.state.work.items.some((w) => w.worker === thread.id)) needWorker(k);
}
