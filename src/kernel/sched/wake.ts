/** Waking a task by its task_struct. */
import type { Kernel } from "../kernel";
import { TASK_NORMAL, TASK_RUNNING, taskStruct } from "./task";
import { threadOfTask } from "./thread-memory";
import { wakeThread } from "./threads";

/**
 * try_to_wake_up(): makes the task ready when its state is in `mode`. A task that has only said that it is going to
 * sleep will not. Returns whether it was woken.
 */
export function wakeTask(k: Kernel, task: number, mode: number = TASK_NORMAL): boolean {
	const thread = k.state.threads[threadOfTask(task)];
	if (!thread || thread.state.kind === "done") return false;
	const state = taskStruct.__state.get(k.space, task) & 0xff;
	if (thread.state.kind === "ready") {
		if ((state & mode) === 0) return false;
		taskStruct.__state.set(k.space, task, TASK_RUNNING);
		return true;
	}
	if (state !== 0 && (state & mode) === 0) return false;
	return wakeThread(k, thread);
}
