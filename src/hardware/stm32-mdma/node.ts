/** Linked-list nodes as they stand in memory, for a debugger (reference 4.2). */

import type { PhysicalMemory } from "../../sim/memory";
import type { ChainItem } from "../model";
import type { RegisterField } from "../registers";
import { BNDT, bufferBytes, Ctcr, NODE_BYTES, NODE_WORDS, trigger } from "./registers";

const TRIGGERS = ["a request per buffer", "a request per block", "a request per repeated block", "one request"];
const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;

/** A word with those of its fields that are not 0. */
function decode(value: number, fields: readonly RegisterField[]): string {
	const parts = fields.flatMap(({ name, lsb, width, values }) => {
		const content = Math.floor(value / 2 ** lsb) % 2 ** width;
		return content === 0 ? [] : [`${name} ${values?.[content] ?? content}`];
	});
	return parts.length === 0 ? hex(value) : `${hex(value)} (${parts.join(", ")})`;
}

/** The node at a bus address; null where no memory is. */
export function readNode(memory: PhysicalMemory, address: number): ChainItem | null {
	if (memory.regionOf(address) === null) return null;
	const words = NODE_WORDS.map((_, index) => memory.read32(address + 4 * index));
	const [ctcr, cbndtr, src, dst, , clar, , , cmar] = words as [
		number,
		number,
		number,
		number,
		number,
		number,
		number,
		number,
		number,
	];
	const repeats = cbndtr >>> 20;
	const software = (ctcr & Ctcr.SWRM) !== 0;
	return {
		address,
		phys: address,
		size: NODE_BYTES,
		name: "node",
		src,
		dst,
		length: (cbndtr & BNDT) * (repeats + 1),
		next: clar - (clar % 8),
		last: clar === 0,
		notes: [
			`${bufferBytes(ctcr)} bytes a buffer`,
			software ? "software request" : TRIGGERS[trigger(ctcr)]!,
			...(repeats === 0 ? [] : [`${repeats + 1} times`]),
			...(cmar === 0 ? [] : ["clears its request"]),
		],
		fields: NODE_WORDS.map(({ name, fields }, index) => ({
			name,
			value: name === "CLAR" && clar === 0 ? "0 (end)" : decode(words[index]!, fields),
		})),
	};
}
