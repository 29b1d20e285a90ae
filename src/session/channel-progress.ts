/** How far a running channel is in its transfer. */
import type { ChannelView } from "../hardware/model";
import type { ChunkInfo } from "../kernel/dmaengine/inspector";
import { type ChannelEntry, currentDescriptor } from "./channels";
import { itemsFrom } from "./descriptor-chain";

export interface Progress {
	/** Index of the chunk that runs, and how many there are. */
	readonly chunk: number;
	readonly chunks: number;
	/** Bytes that have moved, and bytes in all (of one lap of a cyclic transfer). */
	readonly transferred: number;
	readonly length: number;
}

export function progressOf(entry: ChannelEntry, view: ChannelView): Progress {
	const chunks = entry.info?.queues.active[0]?.chunks ?? currentDescriptor(entry)?.chunks ?? [];
	const found = currentChunk(chunks, view);
	if (found < 0) {
		// Nobody but the hardware knows the chain: what is behind the current item can be read, what was before cannot.
		const rest = view.descriptor < 0 ? [] : itemsFrom(entry, view.descriptor).slice(1);
		const before = view.blocksDone * view.blockLength;
		const length = rest.reduce((bytes, item) => bytes + item.length, before + view.blockLength);
		return {
			chunk: view.blocksDone,
			chunks: view.blocksDone + 1 + rest.length,
			transferred: before + view.blockDone,
			length,
		};
	}
	const before = chunks.slice(0, found).reduce((bytes, { len }) => bytes + len, 0);
	const all = chunks.reduce((bytes, { len }) => bytes + len, 0);
	return { chunk: found, chunks: chunks.length, transferred: before + view.blockDone, length: all };
}

/** Index of the chunk that the channel works on, -1: none. Of several alike it is the one that has been reached. */
export function currentChunk(chunks: readonly ChunkInfo[], view: ChannelView): number {
	const reached = view.blocksDone % Math.max(1, chunks.length);
	if (chunks[reached] !== undefined && isCurrentChunk(chunks[reached], view)) return reached;
	return chunks.findIndex((chunk) => isCurrentChunk(chunk, view));
}

/**
 * Whether the channel works on a chunk: by the item's address, or, for what software has put into the registers (of a
 * list its first item, maybe), by where the data comes from and goes to.
 */
export function isCurrentChunk(chunk: ChunkInfo, view: ChannelView): boolean {
	if (view.descriptor >= 0 || (chunk.address >= 0 && view.state === "fetching"))
		return chunk.address === view.descriptor;
	const within = (at: number, first: number) => at >= first && at < first + chunk.len;
	return within(view.blockSrc, chunk.src) && within(view.blockDst, chunk.dst);
}
