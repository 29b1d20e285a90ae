/** C text of the structs that locks, timers and work share. */
import {
	completion,
	delayedWork,
	hrtimer,
	swaitQueueHead,
	taskletStruct,
	timerList,
	waitQueueEntry,
	waitQueueHead,
	workStruct,
} from "./base-structs";

export const sharedStructs: string = `
typedef struct wait_queue_head wait_queue_head_t;
typedef struct wait_queue_entry wait_queue_entry_t;
struct workqueue_struct;
enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };
${[swaitQueueHead, completion, waitQueueHead, waitQueueEntry, timerList, hrtimer, workStruct, delayedWork, taskletStruct].map((s) => s.$c).join("\n")}
`;
