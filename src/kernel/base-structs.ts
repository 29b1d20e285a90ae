/** Small structs that others embed: locks, lists, references, work, timers. Sizes as in a kernel without lock debugging. */
import { array, as, bool, fn, ptr, s32, s64, struct, u8, u32, u64 } from "./struct";

export const unsignedLong = as(u64, "unsigned long");
export const unsignedInt = as(u32, "unsigned int");

export const listHead = struct("list_head", { next: ptr("struct list_head"), prev: ptr("struct list_head") });
const hlistNode = struct("hlist_node", { next: ptr("struct hlist_node"), pprev: ptr("struct hlist_node *") });

/** 0 when free; else 1 + the id of the thread that has it. */
export const rawSpinlock = struct("raw_spinlock", { raw_lock: u32 });
export const spinlock = struct("spinlock", { rlock: { ...rawSpinlock.$member } });
export const rwlock = struct("rwlock", { raw_lock: s32, wait_lock: u32 });
export const spinlockMember = { ...spinlock.$member, c: "spinlock_t %s" };
const rawSpinlockMember = { ...rawSpinlock.$member, c: "raw_spinlock_t %s" };

/** `owner`: the task that has it, 0 when free. */
export const mutex = struct("mutex", {
	owner: unsignedLong,
	wait_lock: rawSpinlockMember,
	osq: u32,
	wait_list: listHead.$member,
});
export const semaphore = struct("semaphore", {
	lock: rawSpinlockMember,
	count: unsignedInt,
	wait_list: listHead.$member,
});
/** `count`: readers, or -1 with a writer. */
export const rwSemaphore = struct("rw_semaphore", {
	count: s64,
	owner: unsignedLong,
	osq: u32,
	wait_lock: rawSpinlockMember,
	wait_list: listHead.$member,
});

export const swaitQueueHead = struct("swait_queue_head", { lock: rawSpinlockMember, task_list: listHead.$member });
export const completion = struct("completion", { done: unsignedInt, wait: swaitQueueHead.$member });

export const waitQueueHead = struct("wait_queue_head", { lock: spinlockMember, head: listHead.$member });
export const waitQueueEntry = struct("wait_queue_entry", {
	flags: unsignedInt,
	private: ptr("void"),
	func: fn("int (*%s)(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key)"),
	entry: listHead.$member,
});

export const timerList = struct("timer_list", {
	entry: hlistNode.$member,
	expires: unsignedLong,
	function: fn("void (*%s)(struct timer_list *timer)"),
	flags: u32,
});

export const hrtimer = struct("hrtimer", {
	rb: array(u64, 3),
	expires: as(s64, "ktime_t"),
	_softexpires: as(s64, "ktime_t"),
	function: fn("enum hrtimer_restart (*%s)(struct hrtimer *timer)"),
	base: ptr("void"),
	state: u8,
	is_rel: u8,
	is_soft: u8,
	is_hard: u8,
});

/** `data`: bit 0 is set while the work is queued. */
export const workStruct = struct("work_struct", {
	data: as(u64, "atomic_long_t"),
	entry: listHead.$member,
	func: fn("void (*%s)(struct work_struct *work)"),
});
export const delayedWork = struct("delayed_work", {
	work: workStruct.$member,
	timer: timerList.$member,
	wq: ptr("struct workqueue_struct"),
	cpu: s32,
});

export const taskletStruct = struct("tasklet_struct", {
	next: ptr("struct tasklet_struct"),
	/** Bit 0 scheduled, bit 1 running. */
	state: unsignedLong,
	count: as(s32, "atomic_t"),
	use_callback: bool,
	callback: fn("union { void (*func)(unsigned long data); void (*%s)(struct tasklet_struct *t); }"),
	data: unsignedLong,
});

export const kref = struct("kref", { refcount: as(s32, "refcount_t") });
export const kobject = struct("kobject", {
	name: ptr("const char"),
	entry: listHead.$member,
	parent: ptr("struct kobject"),
	kset: ptr("void"),
	ktype: ptr("void"),
	sd: ptr("void"),
	kref: kref.$member,
	state_initialized: unsignedInt,
});
