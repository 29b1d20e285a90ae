/** The driver's prep ops (reference 2.5). */

import { countedEntries, scatterlist } from "../../dma-mapping/scatterlist";
import { kfree, kzalloc } from "../../dmaengine/external";
import { dmaSlaveConfig } from "../../dmaengine/structs";
import { vchanTxPrep } from "../../dmaengine/virt-dma";
import { type KernelFunction, plain } from "../../functions";
import type { Kernel } from "../../kernel";
import { bestBurst, burstField, DIR_MEM_TO_MEM, MAX_BURST, setTransferParameters } from "./parameters";
import {
	complain,
	SCR_CIRC,
	SCR_CT,
	SCR_DBM,
	SCR_MINC,
	SCR_PFCTRL,
	SCR_PINC,
	SCR_TCIE,
	SCR_TEIE,
	SFCR_MASK,
	sgAt,
	stmChannel,
} from "./registers";
import { chanReg, sgReq, stm32DmaChan, stm32DmaDesc } from "./structs";

/** NDTR's most, rounded down to whole FIFOs. */
export const MAX_ITEMS = 65520;
/** kmalloc's most, above which Linux has no memory for the descriptor. */
const KMALLOC_MAX = 0x400000;

function newDescriptor(k: Kernel, count: number): number {
	const size = stm32DmaDesc.$size + count * sgReq.$size;
	const desc = size > KMALLOC_MAX ? 0 : kzalloc(k, size);
	if (desc !== 0) stm32DmaDesc.num_sgs.set(k.space, desc, count);
	return desc;
}

/** Copies the channel's register image into a software request, with its own addresses and count. */
function fill(k: Kernel, chan: number, request: number, memory: number, second: number, items: number): void {
	const { space } = k;
	const from = stm32DmaChan.chan_reg.at(chan);
	const image = sgReq.chan_reg.at(request);
	for (const register of [chanReg.dma_scr, chanReg.dma_sfcr, chanReg.dma_spar])
		register.set(space, image, register.get(space, from));
	chanReg.dma_sm0ar.set(space, image, memory);
	chanReg.dma_sm1ar.set(space, image, second);
	chanReg.dma_sndtr.set(space, image, items);
}

/** Sets and clears bits of SCR in the channel's image. */
function change(k: Kernel, chan: number, set: number, clear: number): void {
	const at = stm32DmaChan.chan_reg.at(chan);
	chanReg.dma_scr.set(k.space, at, ((chanReg.dma_scr.get(k.space, at) & ~clear) | set) >>> 0);
}

const publish = (k: Kernel, chan: number, desc: number, flags: number): number =>
	vchanTxPrep(k, stm32DmaChan.vchan.at(chan), stm32DmaDesc.vdesc.at(desc), flags);

function prepSlaveSg(k: Kernel, dchan: number, sgl: number, count: number, direction: number, flags: number): number {
	const { space } = k;
	const chan = stmChannel(dchan);
	if (!stm32DmaChan.config_init.get(space, chan)) {
		complain(k, chan, "dma channel is not configured\n");
		return 0;
	}
	if (count < 1) {
		complain(k, chan, `Invalid segment length ${count}\n`);
		return 0;
	}
	const desc = newDescriptor(k, count);
	if (desc === 0) return 0;
	const foreign = dmaSlaveConfig.device_fc.get(space, stm32DmaChan.dma_sconfig.at(chan)) !== 0;
	change(k, chan, foreign ? SCR_PFCTRL : 0, SCR_PFCTRL);
	const triggers = stm32DmaChan.trig_mdma.get(space, chan) !== 0;
	if (triggers && count > 1) change(k, chan, SCR_DBM, SCR_CT);
	for (const [index, sg] of countedEntries(space, sgl, count).entries()) {
		const address = scatterlist.dma_address.get(space, sg);
		const length = scatterlist.dma_length.get(space, sg);
		const width = setTransferParameters(k, chan, direction, length, address);
		if (width < 0) {
			kfree(k, desc);
			return 0;
		}
		const items = Math.floor(length / width);
		if (items > MAX_ITEMS) {
			complain(k, chan, "nb items not supported\n");
			kfree(k, desc);
			return 0;
		}
		const request = sgAt(desc, index);
		sgReq.len.set(space, request, length);
		fill(k, chan, request, address, address + (triggers ? length : 0), items);
	}
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
	const { space } = k;
	const chan = stmChannel(dchan);
	const refuse = (text: string): number => {
		complain(k, chan, `${text}\n`);
		return 0;
	};
	if (length === 0 || period === 0) return refuse("Invalid buffer/period len");
	if (!stm32DmaChan.config_init.get(space, chan)) return refuse("dma channel is not configured");
	if (length % period !== 0) return refuse("buf_len not multiple of period_len");
	if (stm32DmaChan.busy.get(space, chan)) return refuse("Request not allowed when dma busy");
	const width = setTransferParameters(k, chan, direction, period % 4294967296, buffer);
	if (width < 0) return 0;
	const items = Math.floor(period / width);
	if (items > MAX_ITEMS) return refuse("number of items not supported");
	if (length === period) change(k, chan, SCR_CIRC, 0);
	else change(k, chan, SCR_DBM, SCR_CT);
	change(k, chan, 0, SCR_PFCTRL);
	const periods = length / period;
	const desc = newDescriptor(k, periods);
	if (desc === 0) return 0;
	const triggers = stm32DmaChan.trig_mdma.get(space, chan) !== 0;
	for (let index = 0; index < periods; index++) {
		const request = sgAt(desc, index);
		const address = triggers ? buffer : buffer + index * period;
		sgReq.len.set(space, request, period);
		fill(k, chan, request, address, address + (triggers ? period : 0), items);
	}
	stm32DmaDesc.cyclic.set(space, desc, 1);
	return publish(k, chan, desc, flags);
}

function prepMemcpy(k: Kernel, dchan: number, dst: number, src: number, len: number, flags: number): number {
	const { space } = k;
	const chan = stmChannel(dchan);
	const count = Math.ceil(len / MAX_ITEMS);
	const desc = newDescriptor(k, count);
	if (desc === 0) return 0;
	const threshold = stm32DmaChan.threshold.get(space, chan);
	for (let index = 0, offset = 0; offset < len; index++) {
		const bytes = Math.min(len - offset, MAX_ITEMS);
		const burst = burstField(k, chan, bestBurst(len, MAX_BURST, threshold, 1));
		const request = sgAt(desc, index);
		const image = sgReq.chan_reg.at(request);
		const control = SCR_MINC | SCR_PINC | SCR_TCIE | SCR_TEIE;
		chanReg.dma_scr.set(space, image, control | (DIR_MEM_TO_MEM << 6) | (burst << 21) | (burst << 23));
		chanReg.dma_sfcr.set(space, image, SFCR_MASK | (threshold & 3));
		chanReg.dma_spar.set(space, image, src + offset);
		chanReg.dma_sm0ar.set(space, image, dst + offset);
		chanReg.dma_sndtr.set(space, image, bytes);
		sgReq.len.set(space, request, bytes);
		offset += bytes;
	}
	return publish(k, chan, desc, flags);
}

export const stm32DmaPrepFunctions: KernelFunction[] = plain({
	"struct dma_async_tx_descriptor *stm32_dma_prep_slave_sg(struct dma_chan *c, struct scatterlist *sgl, u32 sg_len, enum dma_transfer_direction direction, unsigned long flags, void *context)":
		prepSlaveSg,
	"struct dma_async_tx_descriptor *stm32_dma_prep_dma_cyclic(struct dma_chan *c, dma_addr_t buf_addr, size_t buf_len, size_t period_len, enum dma_transfer_direction direction, unsigned long flags)":
		prepCyclic,
	"struct dma_async_tx_descriptor *stm32_dma_prep_dma_memcpy(struct dma_chan *c, dma_addr_t dest, dma_addr_t src, size_t len, unsigned long flags)":
		prepMemcpy,
});
