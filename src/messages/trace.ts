/**
 * The time line: what a debug adapter keeps of what happens, asked for by stretches at a resolution and by single
 * events. Shared by adapter, extension and page. All times are virtual, in nanoseconds since boot.
 */

/** Request with {@link ObserveArguments}, also before a launch: nothing is kept, and nothing costs, while it is off. */
export const OBSERVE_REQUEST = "dmascope/observe";
/** Request with {@link TraceArguments}; answers {@link TraceBody}. */
export const TRACE_REQUEST = "dmascope/trace";
/** Request with {@link TraceEventsArguments}; answers {@link TraceEventsBody}. */
export const TRACE_EVENTS_REQUEST = "dmascope/traceEvents";

/**
 * Event with a {@link TraceEndBody}, before the end of a session that was observed: the adapter will not be there to be
 * asked any more.
 */
export const TRACE_END_EVENT = "dmascope/traceEnd";

export interface ObserveArguments {
	on: boolean;
}

/** Buckets are aligned to time 0; bucket n is [n * bucket, (n + 1) * bucket). At most 8,192 of them are answered. */
export interface TraceArguments {
	/** ns per bucket, greater than 0. */
	bucket: number;
	/** Default 0. */
	from?: number | undefined;
	/** Default now. */
	to?: number | undefined;
	/** Instead of `from`: only what may have changed since then. That is the bucket of this time and all later ones. */
	since?: number | undefined;
}

/** Bits of `TraceRow.marks`, lowest first. */
export const MARK_KINDS = [
	"prep",
	"submit",
	"issue_pending",
	"start",
	"chunk",
	"complete",
	"callback",
	"terminate",
	"pause",
	"resume",
	"synchronize",
	"irq",
	"printk",
	"mark",
	"finding",
] as const;

export type TraceRowKind = "cpu" | "softirq" | "interrupt" | "callback" | "log" | "channel" | "queue" | "fifo";

/** Something that has a value at every moment. */
export interface TraceLevel {
	/** "issued", "submitted", "level" */
	name: string;
	/** The value at the start of the stretch. */
	before: number;
	/** [bucket, lowest, highest, last] of each bucket in which it changed; what it began with counts. */
	changes: number[];
}

/** One row. Lists that would be empty are left out. */
export interface TraceRow {
	/** "cpu0", "softirq", "irq27", "callback", "log", "dma0chan3", "dma0chan3:queue", "dma0chan3:fifo", "NAME:TX". */
	id: string;
	kind: TraceRowKind;
	label: string;
	/** Names of states by class; `code % classes.length` is a code's class. 0 is always "nothing": idle, line inactive. */
	classes: readonly string[];
	/** What fits into a FIFO; 0 when there is no limit. */
	depth: number;
	/** [start, end, code] of each state that lasts for a bucket or longer; nothing is not among them. */
	spans?: number[];
	/** [bucket, ns of class 0, ns of class 1, …] of buckets with shorter states. */
	mixes?: number[];
	/** [bucket, bytes that arrived, bursts, failed bursts] */
	bursts?: number[];
	/** [bucket, bits of {@link MARK_KINDS}, how many] */
	marks?: number[];
	levels?: TraceLevel[];
	/** Names of codes in `spans` that say more than their class: with the thread of a CPU. */
	names?: Record<string, string>;
}

export interface TraceBody {
	/** Differs from the answer before: what that one said no longer holds (the run was restarted or went back). */
	epoch: number;
	observing: boolean;
	/** From when on everything is kept: only so much is. */
	firstNs: number;
	nowNs: number;
	/** The stretch; it ends with the bucket of now at the latest. */
	from: number;
	to: number;
	bucket: number;
	/** [start, end] of each time in which nobody observed. */
	gaps: number[];
	rows: TraceRow[];
}

export interface TraceEventsArguments {
	/** Of this row only; without it of all rows, changes of levels left out. */
	row?: string | undefined;
	/** Both included. */
	from: number;
	to: number;
	/** At most 1,000. */
	limit: number;
	/** The last ones of that time instead of the first. */
	last?: boolean | undefined;
}

export interface TraceEvent {
	timeNs: number;
	row: string;
	/** A name of {@link MARK_KINDS}, "state", "burst" or "level". */
	kind: string;
	text: string;
	/** Place in the source that made it happen, where there is one; `line` is 1-based. */
	file?: string;
	line?: number;
}

/** The whole time line of a run that is over, as exactly as one message holds it. */
export interface TraceEndBody {
	trace: TraceBody;
	/** Without changes of levels. */
	events: TraceEventsBody;
}

export interface TraceEventsBody {
	/** In order of time. */
	events: TraceEvent[];
	/** How many there are in that time. */
	count: number;
}
