/** The driver's prep ops. */

import { countedEntries, scatterlist } from "../../dma-mapping/scatterlist";
import { isSlaveDirection } from "../../dmaengine/constants";
import { vchanTxPrep } from "../../dmaengine/virt-dma";
import { type KernelFunction, plain } from "../../functions";
import type { Kernel } from "../../kernel";
import { setHwChannel } from "./apb";
import {
	allocDesc,
	blockItems,
	blockLength,
	hwDescOf,
	linkBlocks,
	markLast,
	memcpyControl,
	putDesc,
	transferWidth,
	writeBlock,
	writeSlaveBlock,
} from "./descriptors";
import { axiChannel, type Channel, channelAt } from "./registers";
import { axiDmaChan, axiDmaDesc, axiDmaHwDesc } from "./structs";

/** The last slot of `count`, computed as C does on u32: of no slots it is far outside of memory. */
const lastSlot = (k: Kernel, desc: number, count: number): number => hwDescOf(k, desc, (count - 1) >>> 0);

function addLength(k: Kernel, desc: number, hwDesc: number): void {
	axiDmaDesc.length.set(k.space, desc, axiDmaDesc.length.get(k.space, desc) + axiDmaHwDesc.len.get(k.space, hwDesc));
}

const publish = (k: Kernel, chan: Channel, desc: number, flags: number): number =>
	vchanTxPrep(k, axiDmaChan.vc.at(chan.address), axiDmaDesc.vd.at(desc), flags);

function prepMemcpy(k: Kernel, dchan: number, dst: number, src: number, len: number, flags: number): number {
	const chan = channelAt(k, axiChannel(dchan));
	const most = blockItems(k, chan);
	const slots = Math.ceil(len / (most * 2 ** transferWidth(k, chan, src, dst, len)));
	const desc = allocDesc(k, slots);
	if (desc === 0) return 0;
	axiDmaDesc.chan.set(k.space, desc, chan.address);
	let used = 0;
	for (let done = 0; done < len; ) {
		const rest = len - done;
		const width = transferWidth(k, chan, src + done, dst + done, rest);
		const items = Math.min(Math.floor(rest / 2 ** width), most);
		const length = items === most ? most * 2 ** width : rest;
		const hwDesc = hwDescOf(k, desc, used);
		const control = memcpyControl(k, chan, width);
		if (!writeBlock(k, chan, hwDesc, { source: src + done, destination: dst + done, items, control, length })) {
			putDesc(k, desc);
			return 0;
		}
		addLength(k, desc, hwDesc);
		done += length;
		used++;
	}
	markLast(k, lastSlot(k, desc, used));
	linkBlocks(k, desc, used, 0);
	return publish(k, chan, desc, flags);
}

function prepSlaveSg(k: Kernel, dchan: number, sgl: number, count: number, direction: number, flags: number): number {
	if (!isSlaveDirection(direction) || count === 0) return 0;
	const chan = channelAt(k, axiChannel(dchan));
	const first = scatterlist.dma_address.get(k.space, sgl);
	const most = blockLength(k, chan, first, scatterlist.dma_length.get(k.space, sgl), direction);
	if (most === 0) return 0;
	const entries = countedEntries(k.space, sgl, count).map((sg) => ({
		length: scatterlist.dma_length.get(k.space, sg),
		address: scatterlist.dma_address.get(k.space, sg),
	}));
	const slots = entries.reduce((sum, entry) => sum + Math.ceil(entry.length / most), 0);
	const desc = allocDesc(k, slots);
	if (desc === 0) return 0;
	axiDmaDesc.chan.set(k.space, desc, chan.address);
	axiDmaChan.direction.set(k.space, chan.address, direction);
	let used = 0;
	for (const entry of entries) {
		const part = Math.ceil(entry.length / Math.ceil(entry.length / most));
		let { address, length } = entry;
		do {
			const hwDesc = hwDescOf(k, desc, used++);
			if (writeSlaveBlock(k, chan, hwDesc, address, part) < 0) {
				putDesc(k, desc);
				return 0;
			}
			addLength(k, desc, hwDesc);
			length -= part;
			address += part;
		} while (length >= part);
	}
	// The last slot by count, built or not: 6.12 does not look either.
	markLast(k, lastSlot(k, desc, slots));
	linkBlocks(k, desc, slots, 0);
	setHwChannel(k, chan, true);
	return publish(k, chan, desc, flags);
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
	const chan = channelAt(k, axiChannel(dchan));
	const periods = period === 0 ? 0 : Math.floor(length / period);
	const most = blockLength(k, chan, buffer, length, direction);
	if (most === 0) return 0;
	const segments = Math.ceil(period / most);
	const part = segments === 0 ? 0 : Math.ceil(period / segments);
	const total = periods * segments;
	const desc = allocDesc(k, total);
	if (desc === 0) return 0;
	axiDmaChan.direction.set(k.space, chan.address, direction);
	axiDmaDesc.chan.set(k.space, desc, chan.address);
	axiDmaChan.cyclic.set(k.space, chan.address, 1);
	axiDmaDesc.period_len.set(k.space, desc, period);
	for (let index = 0; index < total; index++) {
		const hwDesc = hwDescOf(k, desc, index);
		if (writeSlaveBlock(k, chan, hwDesc, buffer + index * part, part) < 0) {
			putDesc(k, desc);
			return 0;
		}
		addLength(k, desc, hwDesc);
		markLast(k, hwDesc);
	}
	const first = axiDmaHwDesc.llp.get(k.space, hwDescOf(k, desc, 0));
	linkBlocks(k, desc, total, first);
	setHwChannel(k, chan, true);
	return publish(k, chan, desc, flags);
}

export const prepFunctions: KernelFunction[] = plain({
	"struct dma_async_tx_descriptor *dma_chan_prep_dma_memcpy(struct dma_chan *dchan, dma_addr_t dst_adr, dma_addr_t src_adr, size_t len, unsigned long flags)":
		prepMemcpy,
	"struct dma_async_tx_descriptor *dw_axi_dma_chan_prep_slave_sg(struct dma_chan *dchan, struct scatterlist *sgl, unsigned int sg_len, enum dma_transfer_direction direction, unsigned long flags, void *context)":
		prepSlaveSg,
	"struct dma_async_tx_descriptor *dw_axi_dma_chan_prep_cyclic(struct dma_chan *dchan, dma_addr_t dma_addr, size_t buf_len, size_t period_len, enum dma_transfer_direction direction, unsigned long flags)":
		prepCyclic,
});
