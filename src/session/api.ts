/**
 * What a front end may ask of a debuggable run. `DebugSession` (debug-session.ts) implements it; `dap/` and any other
 * front end use nothing else of this folder. No DAP words here: ids and references are small integers, positions are
 * 1-based, addresses are text ("0xffff000000001000") because they are 64 bits wide.
 */
import type { KernelVersion } from "../kernel/version";
import type { Diagnostic } from "../language/diagnostics";
import type { Events, EventsQuery } from "../trace/timeline/events";
import type { Stretch, StretchQuery } from "../trace/timeline/query";
import type { DmaDevices, RegisterInfo } from "./device-info";

export type { Diagnostic };

export interface LaunchOptions {
	readonly program: readonly string[];
	readonly board?: string | undefined;
	/** "module.name" → value as written. */
	readonly params?: Readonly<Record<string, string>> | undefined;
	/** Glob over `suite.case`; without it every case runs. */
	readonly test?: string | undefined;
	readonly seed?: number | undefined;
	readonly untilNs?: number | undefined;
	readonly stopOnEntry?: boolean | undefined;
	readonly findings?: "off" | "report" | "fail" | "stop" | undefined;
	readonly rules?: string | undefined;
	readonly unload?: boolean | undefined;
	/** Which Linux the machine runs; 6.12. */
	readonly kernel?: KernelVersion | undefined;
}

export { KERNEL_VERSIONS, type KernelVersion } from "../kernel/version";

/** The world outside: files are all that a session reads. */
export interface SessionHost {
	/** The text of a file, null when there is none. */
	readFile(path: string): string | null;
}

export type LaunchResult =
	| { readonly kind: "ok"; readonly session: DebugSessionApi; readonly warnings: readonly Diagnostic[] }
	| { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] };

export interface LineBreakpointRequest {
	/** The id that it had in the session before a restart; a new one otherwise. */
	readonly id?: number | undefined;
	readonly line: number;
	readonly column?: number | undefined;
	readonly condition?: string | undefined;
	readonly hitCondition?: string | undefined;
	readonly logMessage?: string | undefined;
}
/** A breakpoint on an item of a descriptor chain or an instruction of a channel's program. */
export interface ItemBreakpointRequest {
	readonly id?: number | undefined;
	/** Bus address. */
	readonly address: number;
	/** C over chan, cookie, addr and len, as the conditions of event filters. */
	readonly condition?: string | undefined;
	readonly hitCondition?: string | undefined;
}
/** An item of a descriptor chain or an instruction of a channel's program, as a line of a listing. */
export interface DisassembledRow {
	/** Bus address. */
	readonly address: number;
	/** Bytes. */
	readonly size: number;
	/** Of an instruction; none of an item, whose words are in its text. */
	readonly bytes: Uint8Array;
	readonly text: string;
	/** What begins here: "dma0chan1 (10000000.serial:tx)"; "" elsewhere. */
	readonly symbol: string;
	/** Whether there is anything. */
	readonly valid: boolean;
}
export interface FunctionBreakpointRequest {
	/** The id that it had in the session before a restart; a new one otherwise. */
	readonly id?: number | undefined;
	readonly name: string;
	readonly condition?: string | undefined;
	readonly hitCondition?: string | undefined;
}
export interface EventFilterRequest {
	/** The id that it had in the session before a restart; a new one otherwise. */
	readonly id?: number | undefined;
	readonly filter: string;
	readonly condition?: string | undefined;
}
/** Where a breakpoint really stands, or why it does not. */
export interface BreakpointStatus {
	readonly id: number;
	readonly verified: boolean;
	readonly message?: string | undefined;
	readonly file?: string | undefined;
	readonly line?: number | undefined;
	readonly column?: number | undefined;
}

/** An event that can be stopped at: a check box of the Breakpoints view. */
export interface EventFilter {
	readonly filter: string;
	readonly label: string;
	readonly description: string;
	readonly byDefault: boolean;
	/** "stop" stops like a function breakpoint, "exception" as an exception with a story. */
	readonly kind: "stop" | "exception";
	/** What a condition may use, e.g. "chan, cookie". */
	readonly conditionHelp: string;
}

export type Stopped =
	| { readonly kind: "entry"; readonly threadId: number }
	| { readonly kind: "pause"; readonly threadId: number }
	/** `text` says more where there is more to say: "transfer done". */
	| { readonly kind: "step"; readonly threadId: number; readonly text?: string | undefined }
	| { readonly kind: "breakpoint"; readonly threadId: number; readonly ids: readonly number[] }
	| { readonly kind: "function"; readonly threadId: number; readonly ids: readonly number[]; readonly text: string }
	/** A channel has come to an item or an instruction with a breakpoint. */
	| { readonly kind: "instruction"; readonly threadId: number; readonly ids: readonly number[]; readonly text: string }
	| { readonly kind: "event"; readonly threadId: number; readonly filter: string; readonly text: string }
	| { readonly kind: "exception"; readonly threadId: number; readonly filter: string; readonly text: string };

export type Progress =
	/** The slice is used up; call again. */
	| { readonly kind: "running" }
	| { readonly kind: "stopped"; readonly stop: Stopped }
	| { readonly kind: "ended"; readonly exitCode: number; readonly report: string };

export type StepKind = "over" | "into" | "out";

export interface OutputLine {
	/** "program": what a peripheral sent; "kernel": printk; "test": KUnit results; "log": log points; "console": ours. */
	readonly category: "program" | "kernel" | "test" | "log" | "console";
	readonly text: string;
	/** printk level 0–7. */
	readonly level?: number | undefined;
	readonly file?: string | undefined;
	readonly line?: number | undefined;
}

export interface ThreadInfo {
	readonly id: number;
	readonly name: string;
	readonly kind: "thread" | "channel";
}

/** A file of the user, or a page of ours (a step function, a built-in header) by its reference. */
export type SourceRef =
	| { readonly kind: "file"; readonly path: string }
	| { readonly kind: "page"; readonly reference: number; readonly name: string };

export interface FrameInfo {
	readonly id: number;
	readonly name: string;
	readonly source: SourceRef | null;
	readonly line: number;
	readonly column: number;
	/** "subtle" for frames of the kernel's own that only explain (interrupt entry), "label" for separators. */
	readonly hint: "normal" | "subtle" | "label";
	/** Bus address of what a channel works on; 0 for C code and where there is nothing. */
	readonly item: number;
}

export interface ScopeInfo {
	readonly name: string;
	readonly reference: number;
	readonly hint: "locals" | "registers" | "other";
	readonly expensive: boolean;
	readonly named?: number | undefined;
}

export interface VariableInfo {
	readonly name: string;
	readonly value: string;
	readonly type?: string | undefined;
	/** 0 when there are no children. */
	readonly reference: number;
	readonly indexed?: number | undefined;
	readonly named?: number | undefined;
	/** A C expression for it, for watches. */
	readonly evaluateName?: string | undefined;
	/** Address of the object, or of what a pointer points to. */
	readonly memory?: string | undefined;
	readonly readOnly?: boolean | undefined;
}

export interface VariablesOptions {
	readonly start?: number | undefined;
	readonly count?: number | undefined;
	readonly hex?: boolean | undefined;
	/** Elements of arrays only, or everything else only. */
	readonly filter?: "indexed" | "named" | undefined;
}

export type EvaluateContext = "watch" | "hover" | "repl" | "clipboard" | "variables";
export type Evaluated =
	| { readonly kind: "value"; readonly variable: VariableInfo }
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "error"; readonly message: string }
	/** The machine has to run (a kernel call from the console): `advance` until it is no longer running, then `finishEvaluate`. */
	| { readonly kind: "running" };

/** Something that may be typed at the cursor: `length` characters from `start` (0-based) are replaced by `label`. */
export interface Completion {
	readonly label: string;
	readonly detail: string;
	readonly kind: "member" | "variable" | "function" | "value" | "keyword" | "file";
	readonly start: number;
	readonly length: number;
}

export interface MemoryRead {
	readonly address: string;
	readonly bytes: Uint8Array;
	/** Bytes behind `bytes` that cannot be read. */
	readonly unreadable: number;
}

export interface ExceptionStory {
	readonly id: string;
	readonly description: string;
	readonly details: string;
	readonly stackTrace: string;
}

/** A channel as the dashboard shows it. */
export interface ChannelSummary {
	/** "dma0chan3" */
	readonly id: string;
	readonly threadId: number;
	/** dev_name() of the controller. */
	readonly controller: string;
	/** Who holds it, as in the debugfs summary; null when nobody does. */
	readonly client: string | null;
	readonly state: "unused" | "idle" | "running" | "paused" | "suspended" | "error";
	/** Cookies of the descriptors at each station, oldest first (0: not submitted yet). */
	readonly queues: Readonly<
		Record<"allocated" | "submitted" | "issued" | "active" | "completed" | "terminated", readonly number[]>
	>;
	/** Bytes of the active transfer that have moved, and its bytes (of one lap of a cyclic one). */
	readonly transferred: number;
	readonly length: number;
	/** Bytes that the driver would report as residue now. */
	readonly residue: number;
	/** "MEM_TO_DEV" …, "" when there is no transfer. */
	readonly direction: string;
	readonly cyclic: boolean;
}
export interface MachineSummary {
	readonly timeNs: number;
	readonly channels: readonly ChannelSummary[];
}

/** Errors that are the user's: an expression that does not fit, a reference of an earlier stop. */
export class SessionError extends Error {}

/** What happens over time; see trace/timeline. */
export interface TimelineApi {
	/** Begins to keep what happens, or stops: nothing is kept, and nothing costs, before. */
	observe(on: boolean): void;
	/** A stretch of it at a resolution; null when it would have too many buckets. */
	stretch(query: StretchQuery): Stretch | null;
	/** Single events in words. */
	events(query: EventsQuery): Events;
}

export interface DebugSessionApi {
	readonly filters: readonly EventFilter[];
	readonly timeline: TimelineApi;

	setLineBreakpoints(file: string, requested: readonly LineBreakpointRequest[]): BreakpointStatus[];
	setFunctionBreakpoints(requested: readonly FunctionBreakpointRequest[]): BreakpointStatus[];
	setItemBreakpoints(requested: readonly ItemBreakpointRequest[]): BreakpointStatus[];
	setEventFilters(requested: readonly EventFilterRequest[]): BreakpointStatus[];
	breakpointLocations(file: string, line: number, endLine: number): { line: number; column: number }[];

	/** Says what `advance` shall do; nothing runs yet. */
	continue(): void;
	/** A channel is stepped by bursts, or with `byItem` by the items of its chain or the instructions of its program. */
	step(threadId: number, kind: StepKind, byItem?: boolean): void;
	/** Runs until the descriptor that a channel works on is done (a cyclic one: until its next lap). */
	runToDescriptorEnd(threadId: number): void;
	/** The next `advance` stops with "pause". */
	pause(): void;
	/** Runs at most about `milliseconds` of host time. */
	advance(milliseconds: number): Progress;
	/** What came out since the last call. */
	takeOutput(): OutputLine[];

	threads(): ThreadInfo[];
	frames(threadId: number): FrameInfo[];
	scopes(frameId: number): ScopeInfo[];
	variables(reference: number, options?: VariablesOptions): VariableInfo[];
	setVariable(reference: number, name: string, value: string, hex?: boolean): VariableInfo;
	evaluate(expression: string, frameId: number | null, context: EvaluateContext, hex?: boolean): Evaluated;
	finishEvaluate(): Evaluated;
	/** Stores what C text gives where another C text says. May have to run the machine, as `evaluate` does. */
	setExpression(expression: string, value: string, frameId: number | null, hex?: boolean): Evaluated;
	/** What may be typed behind `before`, the line up to the cursor. */
	complete(before: string, frameId: number | null): Completion[];
	/** The files of the scenario, and the pages of ours that were shown. */
	loadedSources(): SourceRef[];
	/** Text of a page (`SourceRef` "page"). */
	page(reference: number): string;
	exception(threadId: number): ExceptionStory | null;

	/** `count` rows of the listing that has bus address `address`, from `offset` rows behind it on. */
	disassemble(address: number, offset: number, count: number): DisassembledRow[];

	readMemory(address: string, offset: number, count: number): MemoryRead;
	/** Returns how many bytes were written. */
	writeMemory(address: string, offset: number, bytes: Uint8Array): number;

	machineState(): MachineSummary;
	/** Controllers, routers, clients and the routes between them, as they stand now. */
	devices(): DmaDevices;
	/** Registers of a device by its dev_name(): of one channel of it, or with null those of no channel. */
	deviceRegisters(device: string, channel: number | null): RegisterInfo[];
	/** The thread of a channel ("dma0chan3"), null when it has none. */
	channelThread(channel: string): number | null;
}
