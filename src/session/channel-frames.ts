/** The call stack of a DMA channel: burst ← chunk ← transfer. Their line is that of the prep call. */
import type { ChannelView } from "../hardware/model";
import { currentChunk, progressOf } from "./channel-progress";
import { type ChannelEntry, currentDescriptor, isRunning, viewOf } from "./channels";
import type { CodeMap } from "./code-map";
import { itemName } from "./descriptor-chain";
import { placeOf } from "./disassembly";
import type { FrameSource, StackFrame } from "./frames";

/** Where a channel's beat cursor stands, when it is being stepped by beats. */
export interface BeatCursor {
	readonly channel: string;
	readonly beat: number;
	readonly beats: number;
}

export function channelFrames(entry: ChannelEntry, code: CodeMap, cursor: BeatCursor | null): StackFrame[] {
	const source = prepSource(entry, code);
	const view = viewOf(entry);
	const names = view && isRunning(view) ? [burstName(view, entry, cursor), chunkName(entry, view)] : ["idle"];
	const at = view && isRunning(view) ? placeOf(entry) : -1;
	const instruction = instructionAt(entry, at);
	if (instruction !== "") names[0] = `${instruction}, ${names[0]}`;
	names.push(transferName(entry));
	const item = view && isRunning(view) && at < 0 ? itemOfChunk(entry, view) : at;
	return names.map((name, level) => ({
		key: { kind: "channel", channel: entry.name, level },
		name,
		source,
		presentation: "normal",
		instruction: level < names.length - 1 ? Math.max(0, item) : 0,
	}));
}

/** The item that describes what a channel does, when the hardware is at none yet or software has put it into registers. */
function itemOfChunk(entry: ChannelEntry, view: ChannelView): number {
	const chunks = currentDescriptor(entry)?.chunks ?? [];
	return chunks[Math.max(0, currentChunk(chunks, view))]?.address ?? -1;
}

/** The instruction that a channel with a program has come to; "" for any other. */
function instructionAt({ hardware }: ChannelEntry, address: number): string {
	if (hardware?.controller.program === undefined || address < 0) return "";
	return hardware.controller.program(hardware.channel).find((line) => line.address === address)?.text ?? "";
}

function burstName(view: ChannelView, entry: ChannelEntry, cursor: BeatCursor | null): string {
	if (view.state === "fetching") return "fetching the next item";
	const beat = cursor && cursor.channel === entry.name ? `beat ${cursor.beat} of ${cursor.beats}, ` : "";
	const state = view.state === "running" ? "" : ` (${view.state})`;
	return `${beat}burst ${view.burstsDone} of ${view.burstsTotal}${state}`;
}

function chunkName(entry: ChannelEntry, view: ChannelView): string {
	const { chunk, chunks } = progressOf(entry, view);
	if (view.descriptor < 0) {
		const [first] = entry.hardware?.controller.program?.(entry.hardware.channel) ?? [];
		const from = first ? `its program at 0x${first.address.toString(16)}` : "from the registers";
		return chunks > 1 ? `chunk ${chunk + 1} of ${chunks} (${from})` : `chunk (${from})`;
	}
	return `chunk ${chunk + 1} of ${chunks} (${itemName(entry, view.descriptor)} 0x${view.descriptor.toString(16)})`;
}

function transferName(entry: ChannelEntry): string {
	const current = currentDescriptor(entry);
	if (!current) return "no transfer";
	if (entry.info?.queues.completed.includes(current))
		return `transfer (cookie ${current.cookie}, complete; its callback waits)`;
	return current.cookie > 0 ? `transfer (cookie ${current.cookie})` : "transfer (not submitted)";
}

/** Where the transfer was prepared. */
function prepSource(entry: ChannelEntry, code: CodeMap): FrameSource {
	const origin = currentDescriptor(entry)?.origin;
	const position = origin ? code.positionAt(origin.pc) : null;
	return position
		? { kind: "file", path: position.file, line: position.line, column: position.column }
		: { kind: "none" };
}
