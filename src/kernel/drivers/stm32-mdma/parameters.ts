/** How the driver chooses widths, bursts and modes (reference 4.4). */

import { Direction, EINVAL } from "../../dmaengine/constants";
import { dmaSlaveConfig } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import {
	CCR,
	CCR_EN,
	CCR_EXCHANGE,
	CCR_PL,
	CCR_SWRQ,
	CDAR,
	CSAR,
	CTBR,
	CTBR_DBUS,
	CTBR_SBUS,
	CTBR_TSEL,
	CTCR,
	CTCR_PKE,
	CTCR_SWRM,
	complain,
	deviceOf,
	read,
	write,
} from "./registers";
import { mdmaChan, mdmaChanConfig, mdmaDevice } from "./structs";

export const MAX_BUFFER = 128;
export const MAX_BLOCK = 65536;
const MAX_BURST = 128;
/** SINC, DINC, SINCOS, DINCOS, TLEN with PKE (the cell counts bytes), TRGM. */
const FROM_DEVICETREE = 0xf | (0xf << 8) | (0xff << 18) | (3 << 28);

/** Registers of a transfer, but for its addresses and length. */
export interface Parameters {
	ccr: number;
	ctcr: number;
	ctbr: number;
}

/** SSIZE or DSIZE of a width in bytes; -EINVAL and a log line for any other. */
function widthField(k: Kernel, chan: number, width: number): number {
	const at = [1, 2, 4, 8].indexOf(width);
	if (at >= 0) return at;
	complain(k, chan, `Dma bus width ${width} not supported\n`);
	return -EINVAL;
}

/** Widest item, bytes, that divides address and length and fits into a buffer transfer. */
export function maxWidth(address: number, length: number, buffer: number): number {
	let width = 8;
	while (width > 1 && (((length | address) & (width - 1)) !== 0 || buffer < width)) width >>= 1;
	return width;
}

/** Longest burst, items: the lowest bit of length and buffer limits it, and `most` items. */
export function bestBurst(length: number, buffer: number, most: number, width: number): number {
	const bits = length | buffer;
	return Math.max(1, Math.floor(Math.min((bits & -bits) >>> 0, most * width) / width));
}

/** Chooses AHB for addresses whose highest four bits the devicetree lists (stm32_mdma_set_bus). */
export function selectBus(k: Kernel, chan: number, ctbr: number, bit: number, address: number): number {
	const { space } = k;
	const dmadev = deviceOf(k, chan);
	const top = (address & 0xf0000000) >>> 0;
	const masks = mdmaDevice.ahb_addr_masks.at(dmadev);
	for (let i = 0; i < mdmaDevice.nr_ahb_addr_masks.get(space, dmadev); i++)
		if (space.r32(masks + 4 * i) === top) return ctbr | bit;
	return ctbr & ~bit;
}

/** log2 of a burst in items. */
export const burstField = (burst: number): number => 31 - Math.clz32(burst);

const configOf = (chan: number): number => mdmaChan.dma_config.at(chan);
const chanConfig = (chan: number): number => mdmaChan.chan_config.at(chan);
export const isChained = (k: Kernel, chan: number): boolean =>
	mdmaChanConfig.m2m_hw.get(k.space, chanConfig(chan)) !== 0;

/** What both directions share: null after a refusal, with its log line. */
function common(k: Kernel, chan: number): (Parameters & { buffer: number }) | null {
	const { space } = k;
	const config = configOf(chan);
	const refuse = (text: string): null => {
		complain(k, chan, text);
		return null;
	};
	let ctcr = read(k, chan, CTCR) & ~(CTCR_SWRM | FROM_DEVICETREE);
	ctcr |= mdmaChanConfig.transfer_config.get(space, chanConfig(chan)) & FROM_DEVICETREE;
	const buffer = (ctcr >>> 18) & 0xff;
	ctcr = (ctcr & ~((0xff << 18) | CTCR_PKE)) | (((buffer - 1) & 0x7f) << 18);

	const sides = [
		[dmaSlaveConfig.src_maxburst, dmaSlaveConfig.src_addr_width],
		[dmaSlaveConfig.dst_maxburst, dmaSlaveConfig.dst_addr_width],
	] as const;
	const bursts = sides.map(([burst]) => burst.get(space, config));
	if (sides.some(([burst, width]) => burst.get(space, config) * width.get(space, config) > MAX_BURST))
		return refuse(`burst size * bus width higher than ${MAX_BURST} bytes\n`);
	if (bursts.some((burst) => (burst & (burst - 1)) !== 0)) return refuse("burst size must be a power of 2\n");

	let ccr = read(k, chan, CCR) & ~(CCR_EN | CCR_SWRQ | CCR_EXCHANGE | CCR_PL);
	ccr |= mdmaChanConfig.priority_level.get(space, chanConfig(chan)) << 6;
	const ctbr = (read(k, chan, CTBR) & ~CTBR_TSEL) | (mdmaChanConfig.request.get(space, chanConfig(chan)) & CTBR_TSEL);
	return { ccr, ctcr, ctbr, buffer };
}

/**
 * Registers for a piece of memory, and the peripheral's address into its register. Null, with a log line, for what
 * cannot be done. (stm32_mdma_set_xfer_param)
 */
export function setTransferParameters(
	k: Kernel,
	chan: number,
	direction: number,
	memory: number,
	length: number,
): Parameters | null {
	const shared = common(k, chan);
	if (shared === null) return null;
	if (direction !== Direction.MEM_TO_DEV && direction !== Direction.DEV_TO_MEM) {
		complain(k, chan, "Dma direction is not supported\n");
		return null;
	}
	const { space } = k;
	const { buffer } = shared;
	const toDevice = direction === Direction.MEM_TO_DEV;
	const config = configOf(chan);
	const chained = isChained(k, chan);
	const device = (toDevice ? dmaSlaveConfig.dst_addr : dmaSlaveConfig.src_addr).get(space, config);

	// The device's side. Chained it is memory, too.
	let width = (toDevice ? dmaSlaveConfig.dst_addr_width : dmaSlaveConfig.src_addr_width).get(space, config);
	if (chained) width = maxWidth(device, length, MAX_BUFFER);
	const deviceSize = widthField(k, chan, width);
	if (deviceSize < 0) return null;
	const most = (toDevice ? dmaSlaveConfig.dst_maxburst : dmaSlaveConfig.src_maxburst).get(space, config);
	const deviceBurst = bestBurst(length, buffer, chained ? MAX_BUFFER / width : most, width);

	const memoryWidth = maxWidth(memory, length, buffer);
	const memorySize = Math.log2(memoryWidth);
	const memoryBurst = bestBurst(length, buffer, MAX_BUFFER / memoryWidth, memoryWidth);
	mdmaChan.mem_width.set(space, chan, memoryWidth);
	// Only playback notes a burst, which then rounds the residue of later captures, too.
	if (toDevice) mdmaChan.mem_burst.set(space, chan, memoryBurst);

	const [out, into] = toDevice ? [memory, device] : [device, memory];
	const source = toDevice ? { size: memorySize, burst: memoryBurst } : { size: deviceSize, burst: deviceBurst };
	const target = toDevice ? { size: deviceSize, burst: deviceBurst } : { size: memorySize, burst: memoryBurst };
	let ctcr = shared.ctcr & ~((3 << 4) | (3 << 6) | (7 << 12) | (7 << 15));
	ctcr |= (source.size << 4) | (target.size << 6) | (burstField(source.burst) << 12) | (burstField(target.burst) << 15);
	// SINCOS of playback is not cleared before: an operator's precedence in Linux leaves the devicetree's bits in it.
	if (toDevice) ctcr |= memorySize << 8;
	else ctcr = (ctcr & ~(3 << 10)) | (memorySize << 10);
	if (chained) ctcr = toDevice ? (ctcr & ~(3 << 10)) | (deviceSize << 10) : (ctcr & ~(3 << 8)) | (deviceSize << 8);
	if (source.size !== target.size) ctcr |= CTCR_PKE;

	write(k, chan, toDevice ? CDAR : CSAR, device);
	const ctbr = selectBus(k, chan, selectBus(k, chan, shared.ctbr, CTBR_SBUS, out), CTBR_DBUS, into);
	return { ccr: shared.ccr >>> 0, ctcr: ctcr >>> 0, ctbr: ctbr >>> 0 };
}
