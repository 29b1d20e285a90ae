/** Pages of an operation: mapped for the controller, or by address for the CPU. */
import { mapPhys } from "../dma-mapping/mapping";
import { dmaChan, dmaDevice, dmaengineUnmapData } from "../dmaengine/structs";
import { getUnmap } from "../dmaengine/unmap-data";
import type { Kernel } from "../kernel";
import { pageToPhys } from "../mm/functions";

export const TO_DEVICE = 1;
export const FROM_DEVICE = 2;
export const BIDIRECTIONAL = 0;

export const deviceOfChannel = (k: Kernel, chan: number): number =>
	chan === 0 ? 0 : dmaChan.device.get(k.space, chan);

/** Room for the addresses of `count` pages on a channel's device; 0 without a channel and when memory is short. */
export function unmapFor(k: Kernel, chan: number, count: number): number {
	const device = deviceOfChannel(k, chan);
	return device === 0 ? 0 : getUnmap(k, dmaDevice.dev.get(k.space, device), count);
}

/** Address of `addr[index]`. */
export const slot = (unmap: number, index: number): number => dmaengineUnmapData.addr.at(unmap) + 8 * index;

export const addressAt = (k: Kernel, unmap: number, index: number): number => k.space.r64(slot(unmap, index));

/** Maps part of a page into `addr[index]`. As in Linux nobody looks whether that went well. */
export function mapInto(
	k: Kernel,
	unmap: number,
	index: number,
	page: number,
	offset: number,
	length: number,
	direction: number,
): number {
	const dev = dmaengineUnmapData.dev.get(k.space, unmap);
	const dma = mapPhys(k, dev, pageToPhys(k, page) + offset, length, direction);
	k.space.w64(slot(unmap, index), dma);
	return dma;
}

/** page_address() of a page, and an offset. */
export const byteOf = (k: Kernel, page: number, offset: number): number =>
	k.space.fromPhys(pageToPhys(k, page)) + offset;

export const pointerAt = (k: Kernel, array: number, index: number): number => k.space.r64(array + 8 * index);

/** Whether `shift` low bits of all of these are 0. */
export const aligned = (shift: number, ...values: number[]): boolean =>
	values.every((value) => value % 2 ** shift === 0);
