/** What a debug adapter tells about the machine's DMA channels. Shared by adapter, extension and page. */

/** Sent at most ten times a second while the machine runs, and once at each stop. */
export const STATE_EVENT = "dmascope/state";
/** Request without arguments; answers a {@link MachineState}. */
export const CHANNELS_REQUEST = "dmascope/channels";
/**
 * Request with {@link FocusArguments}, answered by {@link FocusResult}. When the machine stands still the adapter then
 * sends a `stopped` event for that thread (reason "focus", allThreadsStopped true, preserveFocusHint false): DAP and
 * VS Code's API have no other way to select a thread in the call stack.
 */
export const FOCUS_REQUEST = "dmascope/focus";

export type ChannelActivity = "unused" | "idle" | "running" | "paused" | "suspended" | "error";

/** The stations of a descriptor's life, in order. */
export const QUEUES = ["allocated", "submitted", "issued", "active", "completed", "terminated"] as const;
export type QueueName = (typeof QUEUES)[number];

export interface ChannelState {
	/** Debugger's name of the channel: "dma0chan3". */
	id: string;
	/** The channel's fixed DAP thread id. */
	threadId: number;
	/** dev_name() of the controller: "80000.dma-controller". */
	controller: string;
	/** Who holds the channel, as in the debugfs summary ("10000000.serial:tx"); null when nobody does. */
	client: string | null;
	state: ChannelActivity;
	/** Cookies of the descriptors at each station, oldest first. */
	queues: Record<QueueName, number[]>;
	/** Bytes of the active transfer that have moved. */
	transferred: number;
	/** Bytes of the active transfer, or of one round of a cyclic one; 0 when there is none. */
	length: number;
	/** What the driver would report as residue now, in bytes. */
	residue: number;
	/** "MEM_TO_DEV" and so on; "" when there is no transfer. */
	direction: string;
	cyclic: boolean;
}

export interface MachineState {
	/** Virtual time since boot in nanoseconds. */
	timeNs: number;
	running: boolean;
	channels: ChannelState[];
}

export interface FocusArguments {
	channel: string;
}

export interface FocusResult {
	threadId: number;
}
