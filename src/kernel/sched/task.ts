/** struct task_struct, as much of it as drivers look at. */
import { array, as, ptr, s32, struct, u8, u32, u64 } from "../struct";

export const TASK_COMM_LEN = 16;
export const TASK_RUNNING = 0;
export const TASK_INTERRUPTIBLE = 1;
export const TASK_UNINTERRUPTIBLE = 2;
export const TASK_NORMAL = 3;

export const taskStruct = struct("task_struct", {
	__state: as(u32, "unsigned int"),
	flags: as(u32, "unsigned int"),
	stack: ptr("void"),
	on_cpu: s32,
	prio: s32,
	pid: as(s32, "pid_t"),
	tgid: as(s32, "pid_t"),
	comm: array({ ...u8, c: "char %s" }, TASK_COMM_LEN),
	journal_info: ptr("void"),
	start_time: u64,
});
