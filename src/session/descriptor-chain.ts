/** Linked-list items of a dw-axi-dmac as they stand in memory (controllers.md 1.3). */
import type { PhysicalMemory } from "../sim/memory";

export interface ListItem {
	/** Bus address. */
	readonly address: number;
	readonly src: number;
	readonly dst: number;
	/** Bytes. */
	readonly length: number;
	readonly items: number;
	readonly srcWidth: number;
	readonly dstWidth: number;
	readonly srcFixed: boolean;
	readonly dstFixed: boolean;
	/** 0: there is none. */
	readonly next: number;
	readonly last: boolean;
	readonly valid: boolean;
}

const LAST = 1 << 30;
const MOST_ITEMS = 65536;

export function readListItem(memory: PhysicalMemory, address: number): ListItem {
	const word = (offset: number) => memory.read32(address + offset);
	const wide = (offset: number) => word(offset + 4) * 4294967296 + word(offset);
	const low = word(0x20);
	const high = word(0x24);
	const items = (word(0x10) & 0x3fffff) + 1;
	const srcWidth = 1 << ((low >>> 8) & 7);
	return {
		address,
		src: wide(0),
		dst: wide(8),
		length: items * srcWidth,
		items,
		srcWidth,
		dstWidth: 1 << ((low >>> 11) & 7),
		srcFixed: (low & 0x10) !== 0,
		dstFixed: (low & 0x40) !== 0,
		next: Math.floor(wide(0x18) / 64) * 64,
		last: (high & LAST) !== 0,
		valid: high >>> 31 === 1,
	};
}

/** The items from `first` on, each once, until the last one. */
export function descriptorChain(memory: PhysicalMemory, first: number, most = MOST_ITEMS): ListItem[] {
	const items: ListItem[] = [];
	const seen = new Set<number>();
	for (let address = first; address > 0 && !seen.has(address) && items.length < most; ) {
		if (memory.regionOf(address) === null) break;
		seen.add(address);
		const item = readListItem(memory, address);
		items.push(item);
		if (item.last && item.next === 0) break;
		address = item.next;
	}
	return items;
}
