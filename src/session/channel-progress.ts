/** How far a running channel is in its transfer. */
import type { ChannelView } from "../hardware/model";
import { type ChannelEntry, currentDescriptor } from "./channels";

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
	const found = chunks.findIndex(({ address }) => address === view.descriptor);
	if (found < 0) {
		return {
			chunk: view.blocksDone,
			chunks: view.blocksDone + 1,
			transferred: view.blockDone,
			length: view.blockLength,
		};
	}
	const before = chunks.slice(0, found).reduce((bytes, { len }) => bytes + len, 0);
	const all = chunks.reduce((bytes, { len }) => bytes + len, 0);
	return { chunk: found, chunks: chunks.length, transferred: before + view.blockDone, length: all };
}
