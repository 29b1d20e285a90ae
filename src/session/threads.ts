/** The ids that threads have for a front end: fixed for a whole run. */
import type { Kernel } from "../kernel/kernel";
import type { Thread } from "../kernel/state";
import type { ThreadInfo } from "./api";
import type { ChannelEntry } from "./channels";

/** Channels' ids begin here; kernel threads are below. */
const FIRST_CHANNEL_ID = 1_000_001;
const CHANNELS_A_DEVICE = 1024;

export function kernelThreadId(thread: number): number {
	return thread + 1;
}

export function channelThreadId(dmaDevice: number, channel: number): number {
	return FIRST_CHANNEL_ID + dmaDevice * CHANNELS_A_DEVICE + channel;
}

/** The kernel thread with an id of `kernelThreadId`, or null. */
export function kernelThreadOf(k: Kernel, id: number): Thread | null {
	return k.state.threads[id - 1] ?? null;
}

/** Kernel threads that are not done, then the channels that have work. */
export function threadList(k: Kernel, channels: readonly ChannelEntry[]): ThreadInfo[] {
	const kernel = k.state.threads
		.filter((thread) => thread.state.kind !== "done" && (thread.role !== "console" || thread.stack.depth > 0))
		.map((thread): ThreadInfo => ({ id: kernelThreadId(thread.id), name: describeThread(k, thread), kind: "thread" }));
	return [
		...kernel,
		...channels
			.filter((channel) => channel.busy)
			.map((channel): ThreadInfo => ({ id: channel.threadId, name: channel.title, kind: "channel" })),
	];
}

function describeThread(k: Kernel, thread: Thread): string {
	if (thread.state.kind === "blocked") {
		const { kind, name } = thread.state.on;
		return `${thread.name} (waits: ${name ? `${kind} ${name}` : kind})`;
	}
	return k.state.cpu.current === thread.id
		? thread.name
		: thread.role === "idle"
			? thread.name
			: `${thread.name} (ready)`;
}

/** The id of a channel's thread by the channel's name; 0 when that is no channel's name. */
export function channelThreadIdOf(name: string): number {
	const match = /^dma(\d+)chan(\d+)$/.exec(name);
	return match ? channelThreadId(Number(match[1]), Number(match[2])) : 0;
}
