/** The kernel's own state: plain data, hanging from one root, so that it can be snapshotted and hashed. */
import type { HostFrame, Stack } from "../language/vm/stack";

/** What a blocked thread waits for. `address` is the object's simulated address, 0 where there is none. */
export interface WaitOn {
	/** As the report of blocked threads names it: "completion", "mutex", "wait queue", "sleep", "tasklet", "work", "thread". */
	readonly kind: string;
	readonly address: number;
	/** The object's own name where it has one: a symbol, a device, a thread; else "". */
	readonly name: string;
}

/** A frame of a step function on a thread's stack; `fn` is its index in the function table, `step` the step that runs next. */
export interface StepFrame extends HostFrame {
	/**
	 * The step that ran last: where the frame stands while what it called runs, or while it sleeps. -1: nobody called the
	 * function, the CPU or a new thread begins in it, and has not yet.
	 */
	at: number;
	args: number[];
	locals: Record<string, number>;
	texts: Record<string, string>;
	/** Result of the last call that this frame made. */
	result: number;
	/** True when the last block ended by its time limit. */
	timedOut: boolean;
}

export type ThreadState =
	| { readonly kind: "ready" }
	| {
			readonly kind: "blocked";
			readonly on: WaitOn;
			readonly until: number;
			readonly timer: number;
			readonly order: number;
	  }
	| { readonly kind: "done"; readonly result: number };

/** A spinlock or mutex that a thread has, for the locking validator. */
export interface HeldLock {
	readonly lock: number;
	/** Number of its class, 0: none. */
	readonly cls: number;
	readonly trylock: boolean;
	/** As a reader (1), as one that other readers of the same thread do not block (2). */
	readonly read: 0 | 1 | 2;
	/** Taken in process context (0), in a softirq (1), in a hard interrupt (2). */
	readonly context: number;
	/** Function that took it, and pc there; -1 in a step function. */
	readonly fn: number;
	readonly pc: number;
}

/**
 * A kernel thread. Interrupt and softirq frames sit on top of the thread that they interrupted, so the context counts
 * are the thread's own, as in Linux's thread_info.
 */
export interface Thread {
	readonly id: number;
	readonly name: string;
	/** "init": module init, probe, test (blocked at the end counts as a failure); "kthread": only listed; "idle"; "console". */
	readonly role: "init" | "kthread" | "idle" | "console";
	readonly stack: Stack;
	state: ThreadState;
	/** Depth of hard interrupts, of softirqs being served, of bottom halves disabled, of preemption disabled. */
	hardirq: number;
	softirq: number;
	bhDisabled: number;
	preempt: number;
	irqsOff: boolean;
	/** Address of the thread's task_struct in simulated memory: state, pid and comm are there. */
	readonly task: number;
	readonly pid: number;
	/** What the thread has prepared to wait for (prepare_to_wait), for the report of blocked threads. */
	waitingOn: WaitOn | null;
	/** Where the debugger finds what the thread runs for: a kthread's function and data, a KUnit case; 0 where none. */
	arg: number;
	/** Locks in the order in which they were taken. */
	held: HeldLock[];
}

/** One handler of an interrupt line. */
export interface IrqAction {
	readonly handler: number;
	readonly threadFn: number;
	readonly devId: number;
	readonly name: string;
	readonly flags: number;
	/** Thread that runs threadFn, -1 without. */
	readonly thread: number;
	/** How often the thread was asked to run since it began its last round. */
	woken: number;
	/** The thread is in threadFn. */
	running: boolean;
}

export interface IrqDescriptor {
	readonly line: number;
	actions: IrqAction[];
	/** disable_irq depth. */
	depth: number;
	count: number;
	/** Interrupts since the last 100,000, and those of them that nobody handled. */
	round: number;
	unhandled: number;
}

/** A function that wants to run in hard interrupt context on the CPU without a line of its own: timers. */
export interface LocalInterrupt {
	readonly fn: string;
	readonly args: number[];
}

export interface Oops {
	/** "Unable to handle kernel NULL pointer dereference at virtual address …", "kernel BUG at …". */
	readonly message: string;
	readonly thread: number;
	readonly address: number;
	readonly kind: "fault" | "bug" | "panic";
	/** "function+line" of each frame, innermost first, as printed. */
	readonly trace: readonly string[];
}

export interface CpuState {
	/** The CPU is busy until this time (ps): statements and calls that have begun are paid for. */
	busyUntil: number;
	/** Id of the thread that has the CPU. */
	current: number;
	/** Bit per softirq number (HI 0, TIMER 1, TASKLET 6, HRTIMER 8). */
	softirqPending: number;
	local: LocalInterrupt[];
	/** Ready threads in the order in which they became ready (ids). */
	queue: number[];
	/** When the current thread got the CPU (ps): the watchdog's clock. */
	since: number;
	/** When might_sleep() complained last (ps), -1 never: Linux says it once a second. */
	sleepWarning: number;
	/** sim_softirq_hold depth. */
	taskletHolds: number;
	/** How many times threads have gone to sleep: orders the waiters of one object. */
	waits: number;
}

/** Why and how a run ended. */
export interface RunEnd {
	readonly reason: "idle" | "limit" | "oops" | "exit";
	readonly status: number;
}
