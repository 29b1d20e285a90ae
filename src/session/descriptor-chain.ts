/** Descriptor chains as they stand in memory, whatever the controller. */
import type { ChainItem } from "../hardware/model";
import type { DescriptorInfo } from "../kernel/dmaengine/inspect";
import { type ChannelEntry, currentDescriptor, viewOf } from "./channels";

const MOST_ITEMS = 65536;

/** The items from a bus address on, each once, until the last one; none for a controller that reads none. */
export function itemsFrom(entry: ChannelEntry, first: number, most = MOST_ITEMS): ChainItem[] {
	const items: ChainItem[] = [];
	const seen = new Set<number>();
	for (let address = first; address > 0 && !seen.has(address) && items.length < most; ) {
		seen.add(address);
		const item = itemAt(entry, address);
		if (item === null) break;
		items.push(item);
		if (item.last) break;
		address = item.next;
	}
	return items;
}

/** What the controller's manual calls the items of its chains. */
export function itemName({ hardware }: Pick<ChannelEntry, "hardware">, address: number): string {
	return hardware?.controller.readChainItem?.(hardware.channel, address)?.name ?? "item";
}

/** The item at a bus address; null when the controller reads none there. */
function itemAt({ hardware }: ChannelEntry, address: number): ChainItem | null {
	return hardware?.controller.readChainItem?.(hardware.channel, address) ?? null;
}

/**
 * The chain of the descriptor that a channel works on or will next: as Linux knows it, else from where the hardware
 * is on. Empty when its chunks are in no memory, or there is nothing to do.
 */
export function chainOf(entry: ChannelEntry): ChainItem[] {
	const descriptor = currentDescriptor(entry);
	if (descriptor === null || descriptor.chunks.length === 0) return itemsFrom(entry, viewOf(entry)?.descriptor ?? -1);
	return itemsOf(entry, descriptor);
}

/** The items of a descriptor that Linux knows of; none when its chunks are in no memory that hardware reads. */
export function itemsOf(entry: ChannelEntry, { chunks }: DescriptorInfo): ChainItem[] {
	return chunks.flatMap(({ address }) => (address < 0 ? [] : (itemAt(entry, address) ?? [])));
}
