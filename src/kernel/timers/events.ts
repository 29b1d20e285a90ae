/** What the kernel schedules in the machine's event queue. */
import type { Kernel } from "../kernel";
import { wakeThread } from "../sched/threads";
import { onHrtimer, onTick } from "./timers";

export enum KernelEvent {
	/** A sleeping thread's time limit: the argument is the thread. */
	Wake = 0,
	/** A tick boundary at which a timer is due. */
	Tick = 1,
	/** The first high-resolution timer is due. */
	Hrtimer = 2,
}

export function onKernelEvent(k: Kernel, kind: KernelEvent, arg: number): void {
	switch (kind) {
		case KernelEvent.Wake:
			wakeThread(k, k.state.threads[arg], true);
			break;
		case KernelEvent.Tick:
			onTick(k);
			break;
		case KernelEvent.Hrtimer:
			onHrtimer(k);
			break;
		default:
			kind satisfies never;
	}
}
