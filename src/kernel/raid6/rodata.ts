/** Constant objects of RAID6 that C sees by address: made on first use, read-only from then on. */
import type { Kernel } from "../kernel";
import { allocateModuleSpace } from "../mm/vmalloc";

export interface Raid6State {
	/** Addresses by name. */
	objects: Record<string, number>;
}
export const createRaid6State = (): Raid6State => ({ objects: {} });

export const EMPTY_PAGE_BYTES = 4096;

/** Address of the object `name`, whose content `bytes` makes. */
export function rodata(k: Kernel, name: string, bytes: () => Uint8Array): number {
	const { objects } = k.state.raid6;
	const known = objects[name];
	if (known !== undefined) return known;
	const content = bytes();
	const address = allocateModuleSpace(k, content.length, false);
	k.space.writeBytes(address, content);
	k.space.protect(address);
	objects[name] = address;
	return address;
}
