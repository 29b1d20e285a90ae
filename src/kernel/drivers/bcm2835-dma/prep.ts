/** The driver's prep ops (reference chapter 6). */

import { countedEntries, scatterlist } from "../../dma-mapping/scatterlist";
import { Direction, isSlaveDirection } from "../../dmaengine/constants";
import { devErr, devWarn } from "../../dmaengine/external";
import { dmaChan, dmaDevice, dmaSlaveConfig } from "../../dmaengine/structs";
import { vchanTxPrep } from "../../dmaengine/virt-dma";
import { type KernelFunction, plain } from "../../functions";
import type { Kernel } from "../../kernel";
import { firstTime } from "../../printk/log";
import { createChain, link, maxFrameLength } from "./chain";
import {
	bcmChannel,
	blockAt,
	D_DREQ,
	D_INC,
	entryAt,
	INT_EN,
	perMap,
	S_DREQ,
	S_IGNORE,
	S_INC,
	WAIT_RESP,
} from "./registers";
import { bcm2835CbEntry, bcm2835Chan, bcm2835Desc, bcm2835DmaCb, bcm2835DmaDev } from "./structs";

const FOUR_BYTES = 4;
const PREP_INTERRUPT = 1;

const publish = (k: Kernel, chan: number, desc: number, flags: number): number =>
	desc === 0 ? 0 : vchanTxPrep(k, bcm2835Chan.vc.at(chan), bcm2835Desc.vd.at(desc), flags);

const controllerOf = (k: Kernel, dchan: number): number =>
	dmaDevice.dev.get(k.space, dmaChan.device.get(k.space, dchan));

/**
 * The device's address and what `info` says of the way; null when its width is not 4 bytes. Between two devices is taken
 * for memory to device, as in 6.12.
 */
function slaveSide(k: Kernel, chan: number, direction: number): { address: number; info: number } | null {
	const { space } = k;
	const cfg = bcm2835Chan.cfg.at(chan);
	const dreq = bcm2835Chan.dreq.get(space, chan);
	const info = dreq === 0 ? WAIT_RESP : WAIT_RESP | perMap(dreq);
	if (direction === Direction.DEV_TO_MEM) {
		if (dmaSlaveConfig.src_addr_width.get(space, cfg) !== FOUR_BYTES) return null;
		return { address: dmaSlaveConfig.src_addr.get(space, cfg), info: info | S_DREQ | D_INC };
	}
	if (dmaSlaveConfig.dst_addr_width.get(space, cfg) !== FOUR_BYTES) return null;
	return { address: dmaSlaveConfig.dst_addr.get(space, cfg), info: info | D_DREQ | S_INC };
}

function prepMemcpy(k: Kernel, dchan: number, dst: number, src: number, len: number, flags: number): number {
	const chan = bcmChannel(dchan);
	if (src === 0 || dst === 0 || len === 0) return 0;
	const desc = createChain(k, chan, {
		direction: Direction.MEM_TO_MEM,
		cyclic: false,
		info: D_INC | S_INC,
		finalInfo: INT_EN | WAIT_RESP,
		frames: Math.ceil(len / maxFrameLength(k, chan)),
		src,
		dst,
		length: len,
		period: 0,
		sleeps: true,
	});
	return publish(k, chan, desc, flags);
}

function prepSlaveSg(k: Kernel, dchan: number, sgl: number, count: number, direction: number, flags: number): number {
	const { space } = k;
	const chan = bcmChannel(dchan);
	if (!isSlaveDirection(direction)) {
		devErr(k, controllerOf(k, dchan), "bcm2835_dma_prep_slave_sg: bad direction?\n");
		return 0;
	}
	const side = slaveSide(k, chan, direction);
	if (side === null) return 0;
	const fromDevice = direction === Direction.DEV_TO_MEM;
	const most = maxFrameLength(k, chan);
	const entries = countedEntries(space, sgl, count);
	const desc = createChain(k, chan, {
		direction,
		cyclic: false,
		info: side.info,
		finalInfo: INT_EN,
		frames: entries.reduce((sum, sg) => sum + Math.ceil(scatterlist.dma_length.get(space, sg) / most), 0),
		src: fromDevice ? side.address : 0,
		dst: fromDevice ? 0 : side.address,
		length: 0,
		period: 0,
		sleeps: false,
	});
	if (desc === 0) return 0;
	let index = 0;
	for (const sg of entries) {
		let address = scatterlist.dma_address.get(space, sg);
		for (let rest = scatterlist.dma_length.get(space, sg); rest > 0; index++) {
			const block = blockAt(k, desc, index);
			const length = Math.min(rest, most);
			(fromDevice ? bcm2835DmaCb.dst : bcm2835DmaCb.src).set(space, block, address);
			bcm2835DmaCb.length.set(space, block, length);
			address += length;
			rest -= length;
		}
	}
	return publish(k, chan, desc, flags);
}

function prepCyclic(
	k: Kernel,
	dchan: number,
	buffer: number,
	length: number,
	wanted: number,
	direction: number,
	flags: number,
): number {
	const { space } = k;
	const chan = bcmChannel(dchan);
	const dev = controllerOf(k, dchan);
	if (!isSlaveDirection(direction)) {
		devErr(k, dev, "bcm2835_dma_prep_dma_cyclic: bad direction?\n");
		return 0;
	}
	if (length === 0) {
		devErr(k, dev, "bcm2835_dma_prep_dma_cyclic: bad buffer length (= 0)\n");
		return 0;
	}
	const interrupts = (flags & PREP_INTERRUPT) !== 0;
	const period = interrupts ? wanted : length;
	if (length % period !== 0 && firstTime(k, "bcm2835_dma_prep_dma_cyclic"))
		devWarn(
			k,
			dev,
			`bcm2835_dma_prep_dma_cyclic: buffer_length (${length}) is not a multiple of period_len (${period})\n`,
		);
	const side = slaveSide(k, chan, direction);
	if (side === null) return 0;
	const fromDevice = direction === Direction.DEV_TO_MEM;
	let { info } = side;
	const zeroPage = bcm2835DmaDev.zero_page.get(space, bcm2835DmaDev.ddev.container(dmaChan.device.get(space, dchan)));
	if (!fromDevice && buffer === zeroPage && !bcm2835Chan.is_lite_channel.get(space, chan)) info |= S_IGNORE;
	// A division by 0 is 0 on arm64: no frames, no descriptor.
	const frames = period === 0 ? 0 : Math.ceil(length / period) * Math.ceil(period / maxFrameLength(k, chan));
	const desc = createChain(k, chan, {
		direction,
		cyclic: true,
		info,
		finalInfo: interrupts ? INT_EN : 0,
		frames,
		src: fromDevice ? side.address : buffer,
		dst: fromDevice ? buffer : side.address,
		length,
		period,
		sleeps: false,
	});
	if (desc === 0) return 0;
	link(k, desc, frames - 1, bcm2835CbEntry.paddr.get(space, entryAt(desc, 0)));
	return publish(k, chan, desc, flags);
}

export const bcm2835PrepFunctions: KernelFunction[] = plain({
	"struct dma_async_tx_descriptor *bcm2835_dma_prep_dma_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len, unsigned long flags)":
		prepMemcpy,
	"struct dma_async_tx_descriptor *bcm2835_dma_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len, enum dma_transfer_direction direction, unsigned long flags, void *context)":
		prepSlaveSg,
	"struct dma_async_tx_descriptor *bcm2835_dma_prep_dma_cyclic(struct dma_chan *chan, dma_addr_t buf_addr, size_t buf_len, size_t period_len, enum dma_transfer_direction direction, unsigned long flags)":
		prepCyclic,
});
