/** How the driver chooses widths, bursts and FIFO mode (reference 2.4). */

import { Direction, EINVAL } from "../../dmaengine/constants";
import { dmaSlaveConfig } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { complain, SCR_DMEIE, SFCR_FTH, SFCR_MASK } from "./registers";
import { chanReg, stm32DmaChan } from "./structs";

/** More than what is programmed: direct mode asked for by the devicetree. */
export const THRESHOLD_NONE = 4;
const THRESHOLD_FULL = 3;
const FIFO_SIZE = 16;
const MIN_BURST = 4;
export const MAX_BURST = 16;
const DIR_DEV_TO_MEM = 0;
const DIR_MEM_TO_DEV = 1;
export const DIR_MEM_TO_MEM = 2;

/** PSIZE or MSIZE of a width in bytes; -EINVAL and a log line for any other. */
function widthField(k: Kernel, chan: number, width: number): number {
	const at = [1, 2, 4].indexOf(width);
	if (at >= 0) return at;
	complain(k, chan, "Dma bus width not supported\n");
	return -EINVAL;
}

/** Width on the memory side, bytes. */
export function memoryWidth(length: number, address: number, threshold: number): number {
	let width = threshold === THRESHOLD_FULL ? 4 : 2;
	while (width > 1 && (length < width || length % width !== 0)) width >>= 1;
	return address % width === 0 ? width : 1;
}

/** Whether the FIFO at this threshold holds a whole number of bursts. */
function isThresholdAllowed(burst: number, threshold: number, width: number): boolean {
	if (threshold === THRESHOLD_NONE) return false;
	if (burst === 0) return true;
	return Math.floor((Math.floor(FIFO_SIZE / width) * (threshold + 1)) / 4) % burst === 0;
}

/** Longest burst up to `most` items that length, threshold and width allow; 0: single accesses. */
export function bestBurst(length: number, most: number, threshold: number, width: number): number {
	if (most === 1 || threshold === THRESHOLD_NONE || length % ((threshold + 1) * 4) !== 0) return 0;
	let burst = most;
	while ((length < burst * width && burst > 1) || !isThresholdAllowed(burst, threshold, width))
		burst = burst > MIN_BURST ? burst >> 1 : 0;
	return burst;
}

/** PBURST or MBURST of a burst in items; -EINVAL and a log line for one that there is not. */
export function burstField(k: Kernel, chan: number, burst: number): number {
	if (burst <= 1) return 0;
	const at = [4, 8, 16].indexOf(burst);
	if (at >= 0) return at + 1;
	complain(k, chan, "Dma burst size not supported\n");
	return -EINVAL;
}

/**
 * Puts width, bursts, FIFO mode and the peripheral's address for a piece of memory into the channel's register image.
 * Returns the peripheral's width in bytes, or a negative errno. (stm32_dma_set_xfer_param)
 */
export function setTransferParameters(
	k: Kernel,
	chan: number,
	direction: number,
	length: number,
	address: number,
): number {
	if (direction !== Direction.MEM_TO_DEV && direction !== Direction.DEV_TO_MEM) {
		complain(k, chan, "Dma direction is not supported\n");
		return -EINVAL;
	}
	const { space } = k;
	const toDevice = direction === Direction.MEM_TO_DEV;
	const config = stm32DmaChan.dma_sconfig.at(chan);
	const threshold = stm32DmaChan.threshold.get(space, chan);
	const width = (toDevice ? dmaSlaveConfig.dst_addr_width : dmaSlaveConfig.src_addr_width).get(space, config);
	const most = (toDevice ? dmaSlaveConfig.dst_maxburst : dmaSlaveConfig.src_maxburst).get(space, config);

	const size = widthField(k, chan, width);
	if (size < 0) return size;
	const deviceBurst = bestBurst(length, most, threshold, width);
	// Only captures note a burst, which then rounds the residue of later playbacks, too.
	if (!toDevice) stm32DmaChan.mem_burst.set(space, chan, deviceBurst);
	const deviceField = burstField(k, chan, deviceBurst);
	if (deviceField < 0) return deviceField;

	const memory = memoryWidth(length, address, threshold);
	stm32DmaChan.mem_width.set(space, chan, memory);
	const aligned = ((address >>> 0) & ((length - 1) >>> 0)) === 0;
	const memoryBurst = bestBurst(length, aligned ? MAX_BURST : 1, threshold, memory);
	if (!toDevice) stm32DmaChan.mem_burst.set(space, chan, memoryBurst);
	const memoryField = burstField(k, chan, memoryBurst);
	if (memoryField < 0) return memoryField;

	const image = stm32DmaChan.chan_reg.at(chan);
	let fcr = chanReg.dma_sfcr.get(space, image) & ~SFCR_FTH;
	if (threshold !== THRESHOLD_NONE) fcr |= threshold;
	chanReg.dma_spar.set(space, image, (toDevice ? dmaSlaveConfig.dst_addr : dmaSlaveConfig.src_addr).get(space, config));

	fcr &= ~SFCR_MASK;
	let scr = chanReg.dma_scr.get(space, image) & ~SCR_DMEIE;
	if (deviceBurst === 0 && memoryBurst === 0) scr |= SCR_DMEIE;
	else fcr |= SFCR_MASK;
	scr &= ~((3 << 6) | (3 << 11) | (3 << 13) | (3 << 21) | (3 << 23));
	scr |= (toDevice ? DIR_MEM_TO_DEV : DIR_DEV_TO_MEM) << 6;
	scr |= (size << 11) | (Math.log2(memory) << 13) | (deviceField << 21) | (memoryField << 23);
	chanReg.dma_sfcr.set(space, image, fcr >>> 0);
	chanReg.dma_scr.set(space, image, scr >>> 0);
	return width;
}
