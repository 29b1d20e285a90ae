/** The driver's prep ops (reference 4.4). */

import { countedEntries, scatterlist } from "../../dma-mapping/scatterlist";
import { Direction } from "../../dmaengine/constants";
import { dmaSlaveConfig } from "../../dmaengine/structs";
import { type KernelFunction, plain } from "../../functions";
import type { Kernel } from "../../kernel";
import { allocDesc, freeDesc, maskOf, publish, writeNode } from "./descriptors";
import {
	bestBurst,
	burstField,
	isChained,
	MAX_BLOCK,
	MAX_BUFFER,
	maxWidth,
	type Parameters,
	selectBus,
	setTransferParameters,
} from "./parameters";
import {
	CBNDTR,
	CCR,
	CCR_BTIE,
	CCR_CTCIE,
	CCR_EN,
	CCR_EXCHANGE,
	CCR_IRQ_MASK,
	CCR_PL,
	CCR_TCIE,
	CCR_TEIE,
	CTBR,
	CTBR_DBUS,
	CTBR_SBUS,
	CTBR_TSEL,
	CTCR,
	CTCR_PKE,
	CTCR_SWRM,
	complain,
	descOf,
	mdmaChannel,
	read,
} from "./registers";
import { mdmaChan, mdmaDesc } from "./structs";

const INC = 2;
const TRGM_BLOCK = 1;
const TRGM_LINKED_LIST = 3;

/** While a cyclic transfer is active the channel takes nothing else. */
function refusesNow(k: Kernel, chan: number): boolean {
	const active = descOf(k, chan);
	if (active === 0 || !mdmaDesc.cyclic.get(k.space, active)) return false;
	complain(k, chan, "Request not allowed when dma in cyclic mode\n");
	return true;
}

/** The device's address of block `index`: chained, odd blocks are in the second half of the SRAM buffer. */
function deviceAddress(k: Kernel, chan: number, toDevice: boolean, index: number, half: number): number {
	const config = mdmaChan.dma_config.at(chan);
	const address = (toDevice ? dmaSlaveConfig.dst_addr : dmaSlaveConfig.src_addr).get(k.space, config);
	return isChained(k, chan) && index % 2 === 1 ? address + half : address;
}

function prepSlaveSg(k: Kernel, dchan: number, sgl: number, count: number, direction: number, flags: number): number {
	const { space } = k;
	const chan = mdmaChannel(dchan);
	if (refusesNow(k, chan)) return 0;
	const desc = allocDesc(k, chan, count);
	if (desc === 0) return 0;
	const toDevice = direction === Direction.MEM_TO_DEV;
	const chained = isChained(k, chan);
	// Playback that feeds STM32 DMA leaves its flag to the CPU, which then gives it the next entry.
	const mask = chained && toDevice ? { maskAddress: 0, maskData: 0 } : maskOf(k, chan);
	const half = chained ? scatterlist.dma_length.get(space, sgl) : 0;
	let ccr = 0;
	for (const [index, sg] of countedEntries(space, sgl, count).entries()) {
		const length = scatterlist.dma_length.get(space, sg);
		const memory = scatterlist.dma_address.get(space, sg);
		let parameters: Parameters | null = null;
		if (length > MAX_BLOCK) complain(k, chan, "Invalid block len\n");
		else parameters = setTransferParameters(k, chan, direction, memory, length);
		if (parameters === null) {
			freeDesc(k, chan, desc);
			return 0;
		}
		ccr = parameters.ccr;
		const device = deviceAddress(k, chan, toDevice, index, half);
		const [src, dst] = toDevice ? [memory, device] : [device, memory];
		writeNode(k, chan, desc, index, false, { ...parameters, ...mask, src, dst, length });
	}
	return publish(k, chan, desc, (ccr & ~CCR_IRQ_MASK) | CCR_TEIE | CCR_CTCIE, false, flags);
}

function prepCyclic(
	k: Kernel,
	dchan: number,
	buffer: number,
	length: number,
	period: number,
	direction: number,
	flags: number,
): number {
	const chan = mdmaChannel(dchan);
	if (refusesNow(k, chan)) return 0;
	const refuse = (text: string): number => {
		complain(k, chan, `${text}\n`);
		return 0;
	};
	if (length === 0 || period === 0 || period > MAX_BLOCK) return refuse("Invalid buffer/period len");
	if (length % period !== 0) return refuse("buf_len not multiple of period_len");
	const count = length / period;
	const desc = allocDesc(k, chan, count);
	if (desc === 0) return 0;
	const parameters = setTransferParameters(k, chan, direction, buffer, period);
	if (parameters === null) {
		freeDesc(k, chan, desc);
		return 0;
	}
	const toDevice = direction === Direction.MEM_TO_DEV;
	const mask = maskOf(k, chan);
	for (let index = 0; index < count; index++) {
		const memory = buffer + index * period;
		const device = deviceAddress(k, chan, toDevice, index, period);
		const [src, dst] = toDevice ? [memory, device] : [device, memory];
		writeNode(k, chan, desc, index, true, { ...parameters, ...mask, src, dst, length: period });
	}
	const enables = CCR_TEIE | CCR_CTCIE | CCR_BTIE;
	return publish(k, chan, desc, (parameters.ccr & ~CCR_IRQ_MASK) | enables, true, flags);
}

/** CTCR of one side: width and burst from the whole length, for short last nodes, too. */
function sideOf(address: number, length: number): { size: number; burst: number } {
	const width = maxWidth(address, length, MAX_BUFFER);
	return { size: Math.log2(width), burst: burstField(bestBurst(length, MAX_BUFFER, MAX_BUFFER / width, width)) };
}

function prepMemcpy(k: Kernel, dchan: number, dst: number, src: number, len: number, flags: number): number {
	const chan = mdmaChannel(dchan);
	if (refusesNow(k, chan)) return 0;
	const desc = allocDesc(k, chan, Math.ceil(len / MAX_BLOCK));
	if (desc === 0) return 0;
	let ccr = read(k, chan, CCR) & ~(CCR_EN | CCR_EXCHANGE | CCR_PL | CCR_IRQ_MASK);
	ccr |= CCR_TEIE | CCR_CTCIE | (len <= MAX_BUFFER ? CCR_TCIE : CCR_BTIE);
	const trigger = len <= MAX_BUFFER ? 0 : len <= MAX_BLOCK ? TRGM_BLOCK : TRGM_LINKED_LIST;
	const source = sideOf(src, len);
	const target = sideOf(dst, len);
	// Linux reads CTCR and CBNDTR, too, and then keeps nothing of them.
	const ctcr =
		(CTCR_SWRM |
			(trigger << 28) |
			(source.size === target.size ? 0 : CTCR_PKE) |
			((MAX_BUFFER - 1) << 18) |
			(target.burst << 15) |
			(source.burst << 12) |
			(target.size << 10) |
			(source.size << 8) |
			(target.size << 6) |
			(source.size << 4) |
			(INC << 2) |
			INC) >>>
		0;
	for (const register of [CTCR, CBNDTR]) read(k, chan, register);
	const tselCleared = read(k, chan, CTBR) & ~CTBR_TSEL;
	const ctbr = selectBus(k, chan, selectBus(k, chan, tselCleared, CTBR_SBUS, src), CTBR_DBUS, dst) >>> 0;
	// A list's nodes take the mask write of the channel's client with them; a single block has none.
	const mask = trigger === TRGM_LINKED_LIST ? maskOf(k, chan) : { maskAddress: 0, maskData: 0 };
	for (let offset = 0, index = 0; offset < len || index === 0; offset += MAX_BLOCK, index++) {
		const length = Math.min(len - offset, MAX_BLOCK);
		writeNode(k, chan, desc, index, false, { ...mask, ctcr, ctbr, src: src + offset, dst: dst + offset, length });
	}
	return publish(k, chan, desc, ccr, false, flags);
}

export const stm32MdmaPrepFunctions: KernelFunction[] = plain({
	"struct dma_async_tx_descriptor *stm32_mdma_prep_slave_sg(struct dma_chan *c, struct scatterlist *sgl, u32 sg_len, enum dma_transfer_direction direction, unsigned long flags, void *context)":
		prepSlaveSg,
	"struct dma_async_tx_descriptor *stm32_mdma_prep_dma_cyclic(struct dma_chan *c, dma_addr_t buf_addr, size_t buf_len, size_t period_len, enum dma_transfer_direction direction, unsigned long flags)":
		prepCyclic,
	"struct dma_async_tx_descriptor *stm32_mdma_prep_dma_memcpy(struct dma_chan *c, dma_addr_t dest, dma_addr_t src, size_t len, unsigned long flags)":
		prepMemcpy,
});
