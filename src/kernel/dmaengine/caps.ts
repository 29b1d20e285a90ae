/** Capability masks (`dma_cap_mask_t`) of controllers and requests. */
import type { Kernel } from "../kernel";
import { Cap } from "./constants";
import { dmaDevice } from "./structs";

const ALL = (1 << Cap.TX_TYPE_END) - 1;

/** The capability bits of a mask in memory. */
export const readMask = (k: Kernel, mask: number): number => k.space.r32(mask) & ALL;

export function hasCap(k: Kernel, device: number, cap: Cap): boolean {
	return (k.space.r32(dmaDevice.cap_mask.at(device)) & (1 << cap)) !== 0;
}

export function setCap(k: Kernel, device: number, cap: Cap): void {
	const at = dmaDevice.cap_mask.at(device);
	k.space.w32(at, k.space.r32(at) | (1 << cap));
}

export function clearCap(k: Kernel, device: number, cap: Cap): void {
	const at = dmaDevice.cap_mask.at(device);
	k.space.w32(at, k.space.r32(at) & ~(1 << cap));
}
