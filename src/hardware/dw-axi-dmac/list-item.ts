/** Linked-list items as they stand in memory, for a debugger (controllers.md 1.3). */
import type { PhysicalMemory } from "../../sim/memory";
import type { ChainItem } from "../model";

export const ITEM_SIZE = 64;
const LAST = 1 << 30;

/** The item at a bus address; null where no memory is. */
export function readListItem(memory: PhysicalMemory, address: number): ChainItem | null {
	if (memory.regionOf(address) === null) return null;
	const word = (offset: number) => memory.read32(address + offset);
	const wide = (offset: number) => word(offset + 4) * 4294967296 + word(offset);
	const hex = (value: number) => `0x${value.toString(16)}`;
	const [src, dst, low, high] = [wide(0), wide(8), word(0x20), word(0x24)];
	const items = (word(0x10) & 0x3fffff) + 1;
	const srcWidth = 1 << ((low >>> 8) & 7);
	const dstWidth = 1 << ((low >>> 11) & 7);
	const next = Math.floor(wide(0x18) / 64) * 64;
	const last = (high & LAST) !== 0;
	const valid = high >>> 31 === 1;
	const place = (at: number, fixed: boolean, width: number) =>
		`${hex(at)} (${fixed ? "fixed" : "incrementing"}, ${8 * width} bit)`;
	return {
		address,
		phys: address,
		size: ITEM_SIZE,
		name: "LLI",
		src,
		dst,
		length: items * srcWidth,
		next,
		last: last && next === 0,
		notes: [...(last ? ["last"] : []), ...(valid ? [] : ["done"])],
		fields: [
			{ name: "SAR", value: place(src, (low & 0x10) !== 0, srcWidth) },
			{ name: "DAR", value: place(dst, (low & 0x40) !== 0, dstWidth) },
			{ name: "BLOCK_TS", value: `${items - 1} (${items} items)` },
			{ name: "LLP", value: next === 0 ? "0 (end)" : hex(next) },
			{ name: "LAST", value: last ? "1" : "0" },
			{ name: "VALID", value: valid ? "1" : "0" },
		],
	};
}
