/** The call stack of a DMA channel: burst ← chunk ← transfer. Their line is that of the prep call. */
import type { Kernel } from "../kernel/kernel";
import { type ChannelEntry, currentDescriptor, viewOf } from "./channels";
import type { CodeMap } from "./code-map";
import { descriptorChain } from "./descriptor-chain";
import type { FrameSource, StackFrame } from "./frames";

/** Where a channel's beat cursor stands, when it is being stepped by beats. */
export interface BeatCursor {
	readonly channel: string;
	readonly beat: number;
	readonly beats: number;
}

export function channelFrames(k: Kernel, entry: ChannelEntry, code: CodeMap, cursor: BeatCursor | null): StackFrame[] {
	const source = prepSource(k, entry, code);
	const names: string[] = [];
	const view = viewOf(entry);
	if (view && (view.enabled || view.state !== "idle")) {
		names.push(burstName(view, entry, cursor), chunkName(k, entry, view));
	} else {
		names.push("idle", "no chunk");
	}
	names.push(transferName(entry));
	return names.map((name, level) => ({
		key: { kind: "channel", channel: entry.name, level },
		name,
		source,
		presentation: "normal",
		instruction: 0,
	}));
}

type View = NonNullable<ReturnType<typeof viewOf>>;

function burstName(view: View, entry: ChannelEntry, cursor: BeatCursor | null): string {
	if (view.state === "fetching") return "fetching the item";
	const beat = cursor && cursor.channel === entry.name ? `beat ${cursor.beat} of ${cursor.beats}, ` : "";
	const state = view.state === "running" ? "" : ` (${view.state})`;
	return `${beat}burst ${view.burstsDone} of ${view.burstsTotal}${state}`;
}

function chunkName(k: Kernel, entry: ChannelEntry, view: View): string {
	if (view.descriptor < 0) return "chunk 1 of 1 (registers)";
	const total = chunkCount(k, entry, view);
	return `chunk ${view.blocksDone + 1} of ${total} (LLI 0x${view.descriptor.toString(16)})`;
}

function chunkCount(k: Kernel, _entry: ChannelEntry, view: View): number {
	return view.blocksDone + Math.max(1, descriptorChain(k.machine.memory, view.descriptor).length);
}

function transferName(entry: ChannelEntry): string {
	const current = currentDescriptor(entry);
	if (!current) return "no transfer";
	if (current.cookie > 0) return `transfer (cookie ${current.cookie})`;
	return entry.queues.completed.includes(current) ? "transfer (completed, callback waits)" : "transfer (not submitted)";
}

/** Where the transfer was prepared. */
export function prepSource(k: Kernel, entry: ChannelEntry, code: CodeMap): FrameSource {
	const current = currentDescriptor(entry);
	const origin = current && k.state.dma.origins[current.tx];
	const position = origin ? code.positionAt(origin.pc - 1) : null;
	return position ? { kind: "file", path: position.file, line: position.line, column: position.column } : { kind: "none" };
}
