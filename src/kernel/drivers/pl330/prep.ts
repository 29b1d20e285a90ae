/** The driver's prep ops, its slave config, and tx_submit. */
import { countedEntries, scatterlist } from "../../dma-mapping/scatterlist";
import { Direction, isSlaveDirection } from "../../dmaengine/constants";
import { cookieAssign } from "../../dmaengine/cookies";
import { callPlain, devErr } from "../../dmaengine/external";
import { listAddTail, listMoveTail, listNodes } from "../../dmaengine/lists";
import { noteFellow } from "../../dmaengine/records";
import { dmaAsyncTxDescriptor, dmaSlaveConfig } from "../../dmaengine/structs";
import { type KernelFunction, plain } from "../../functions";
import type { Kernel } from "../../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../../locks/locks";
import { getDesc, givebackDesc } from "./pool";
import { config, descOf, descOfNode, deviceOf, dmacOf, pchanOf } from "./registers";
import { dmaPl330Chan, dmaPl330Desc, pl330Config, pl330Dmac, pl330Reqcfg, pl330Xfer } from "./structs";

export const MAX_BURST = 16;
/** enum dma_data_direction. */
const DMA_BIDIRECTIONAL = 0;
const DMA_TO_DEVICE = 1;
const DMA_FROM_DEVICE = 2;
export const DMA_NONE = 3;

/** Directions that have a side of the slave config. */
const hasSide = (direction: Direction): boolean =>
	direction === Direction.MEM_TO_DEV || direction === Direction.DEV_TO_MEM;

/** The direction of a transfer as the FIFO sees the controller. */
function mapDirection(direction: Direction): number {
	if (direction === Direction.MEM_TO_DEV) return DMA_FROM_DEVICE;
	if (direction === Direction.DEV_TO_MEM) return DMA_TO_DEVICE;
	return direction === Direction.DEV_TO_DEV ? DMA_BIDIRECTIONAL : DMA_NONE;
}

/** Ends the mapping of the peripheral's FIFO. */
export function unprepSlaveFifo(k: Kernel, pch: number): void {
	const { space } = k;
	const direction = dmaPl330Chan.dir.get(space, pch);
	if (direction !== DMA_NONE) {
		const dev = deviceOf(k, dmacOf(k, pch));
		const size = 1 << dmaPl330Chan.burst_sz.get(space, pch);
		callPlain(k, "dma_unmap_resource", dev, dmaPl330Chan.fifo_dma.get(space, pch), size, direction, 0);
	}
	dmaPl330Chan.dir.set(space, pch, DMA_NONE);
}

/** Maps the peripheral's FIFO for the controller, unless it is mapped for this direction. */
function prepSlaveFifo(k: Kernel, pch: number, direction: Direction): boolean {
	const { space } = k;
	const mapped = mapDirection(direction);
	if (dmaPl330Chan.dir.get(space, pch) === mapped) return true;
	unprepSlaveFifo(k, pch);
	const dev = deviceOf(k, dmacOf(k, pch));
	const size = 1 << dmaPl330Chan.burst_sz.get(space, pch);
	const address = callPlain(k, "dma_map_resource", dev, dmaPl330Chan.fifo_addr.get(space, pch), size, mapped, 0);
	dmaPl330Chan.fifo_dma.set(space, pch, address);
	if (callPlain(k, "dma_mapping_error", dev, address) !== 0) return false;
	dmaPl330Chan.dir.set(space, pch, mapped);
	return true;
}

/** Takes one side of the slave config over: what is 0 there stays as it was, but for the burst. */
function configWrite(k: Kernel, pch: number, direction: Direction): void {
	const { space } = k;
	unprepSlaveFifo(k, pch);
	if (!hasSide(direction)) return;
	const from = dmaPl330Chan.slave_config.at(pch);
	const out = direction === Direction.MEM_TO_DEV;
	const address = (out ? dmaSlaveConfig.dst_addr : dmaSlaveConfig.src_addr).get(space, from);
	const width = (out ? dmaSlaveConfig.dst_addr_width : dmaSlaveConfig.src_addr_width).get(space, from);
	const burst = (out ? dmaSlaveConfig.dst_maxburst : dmaSlaveConfig.src_maxburst).get(space, from);
	if (address !== 0) dmaPl330Chan.fifo_addr.set(space, pch, address);
	// __ffs
	if (width !== 0) dmaPl330Chan.burst_sz.set(space, pch, 31 - Math.clz32(width & -width));
	dmaPl330Chan.burst_len.set(space, pch, (burst | 0) > MAX_BURST ? MAX_BURST : (burst | 0) < 1 ? 1 : burst);
}

/** Fills a descriptor of a slave transfer. */
function describe(k: Kernel, pch: number, desc: number, direction: Direction, memory: number, bytes: number): void {
	const { space } = k;
	const out = direction === Direction.MEM_TO_DEV;
	const fifo = dmaPl330Chan.fifo_dma.get(space, pch);
	const rqcfg = dmaPl330Desc.rqcfg.at(desc);
	const px = dmaPl330Desc.px.at(desc);
	pl330Reqcfg.src_inc.set(space, rqcfg, out ? 1 : 0);
	pl330Reqcfg.dst_inc.set(space, rqcfg, out ? 0 : 1);
	pl330Reqcfg.brst_size.set(space, rqcfg, dmaPl330Chan.burst_sz.get(space, pch) & 7);
	pl330Reqcfg.brst_len.set(space, rqcfg, dmaPl330Chan.burst_len.get(space, pch) & 31);
	pl330Xfer.src_addr.set(space, px, out ? memory : fifo);
	pl330Xfer.dst_addr.set(space, px, out ? fifo : memory);
	pl330Xfer.bytes.set(space, px, bytes);
	dmaPl330Desc.rqtype.set(space, desc, direction);
	dmaPl330Desc.bytes_requested.set(space, desc, bytes);
}

/** A chain of descriptors, one for each piece of memory; the last one's tx is returned, the others hang on the first. */
function chain(
	k: Kernel,
	pch: number,
	direction: Direction,
	pieces: Iterable<readonly [address: number, bytes: number]>,
	where: string,
): number {
	let first = 0;
	let desc = 0;
	for (const [address, bytes] of pieces) {
		desc = getDesc(k, pch);
		if (desc === 0) {
			devErr(k, deviceOf(k, dmacOf(k, pch)), `${where} Unable to fetch desc\n`);
			givebackDesc(k, dmacOf(k, pch), first);
			return 0;
		}
		if (first === 0) first = desc;
		else listAddTail(k.space, dmaPl330Desc.node.at(desc), dmaPl330Desc.node.at(first));
		describe(k, pch, desc, direction, address, bytes);
	}
	return desc === 0 ? 0 : dmaPl330Desc.txd.at(desc);
}

function prepSlaveSg(k: Kernel, chan: number, sgl: number, count: number, direction: Direction): number {
	if (chan === 0 || sgl === 0 || count === 0) return 0;
	const { space } = k;
	const pch = pchanOf(chan);
	configWrite(k, pch, direction);
	if (!prepSlaveFifo(k, pch, direction)) return 0;
	const pieces = countedEntries(space, sgl, count).map(
		(sg) => [scatterlist.dma_address.get(space, sg), scatterlist.dma_length.get(space, sg)] as const,
	);
	return chain(k, pch, direction, pieces, "pl330_prep_slave_sg:2873");
}

function* periods(address: number, length: number, period: number): Generator<readonly [number, number]> {
	for (let offset = 0; offset < length; offset += period) yield [address + offset, period];
}

function prepCyclic(
	k: Kernel,
	chan: number,
	address: number,
	length: number,
	period: number,
	direction: Direction,
): number {
	const pch = pchanOf(chan);
	// arm64's division by zero gives 0, and the remainder the dividend.
	const remainder = period === 0 ? length : length % period;
	if (remainder !== 0) return 0;
	if (!isSlaveDirection(direction)) {
		devErr(k, deviceOf(k, dmacOf(k, pch)), "pl330_prep_dma_cyclic:2700 Invalid dma direction\n");
		return 0;
	}
	configWrite(k, pch, direction);
	if (!prepSlaveFifo(k, pch, direction)) return 0;
	const tx = chain(k, pch, direction, periods(address, length, period), "pl330_prep_dma_cyclic:2715");
	if (tx !== 0) dmaPl330Chan.cyclic.set(k.space, pch, 1);
	return tx;
}

function prepMemcpy(k: Kernel, chan: number, dst: number, src: number, length: number): number {
	if (chan === 0 || length === 0) return 0;
	const { space } = k;
	const pch = pchanOf(chan);
	const dmac = dmacOf(k, pch);
	const desc = getDesc(k, pch);
	if (desc === 0) {
		devErr(k, deviceOf(k, dmac), "__pl330_prep_dma_memcpy:2646 Unable to fetch desc\n");
		return 0;
	}
	const px = dmaPl330Desc.px.at(desc);
	pl330Xfer.src_addr.set(space, px, src);
	pl330Xfer.dst_addr.set(space, px, dst);
	pl330Xfer.bytes.set(space, px, length);
	const rqcfg = dmaPl330Desc.rqcfg.at(desc);
	pl330Reqcfg.src_inc.set(space, rqcfg, 1);
	pl330Reqcfg.dst_inc.set(space, rqcfg, 1);
	dmaPl330Desc.rqtype.set(space, desc, Direction.MEM_TO_MEM);
	const pcfg = pl330Dmac.pcfg.at(dmac);
	const bus = pl330Config.data_bus_width.get(space, pcfg) / 8;
	// A beat never straddles an entry of the MFIFO: addresses and length are multiples of it.
	let beat = bus;
	while (((src | dst | length) & (beat - 1)) !== 0) beat /= 2;
	const size = 31 - Math.clz32(beat);
	pl330Reqcfg.brst_size.set(space, rqcfg, size);
	const share = Math.floor(pl330Config.data_buf_dep.get(space, pcfg) / config(k, dmac, "num_chan"));
	const beats = beat < bus ? 1 : Math.min(MAX_BURST, (bus * share) >> size);
	pl330Reqcfg.brst_len.set(space, rqcfg, beats & 31);
	dmaPl330Desc.bytes_requested.set(space, desc, length);
	return dmaPl330Desc.txd.at(desc);
}

/** Gives the descriptors of a chain their cookies, the returned one the last, and puts them on the submitted list. */
function txSubmit(k: Kernel, tx: number): number {
	const { space } = k;
	const last = descOf(tx);
	const pch = pchanOf(dmaAsyncTxDescriptor.chan.get(space, tx));
	const submitted = dmaPl330Chan.submitted_list.at(pch);
	const flags = spinLockIrqsave(k, dmaPl330Chan.lock.at(pch));
	const cyclic = dmaPl330Chan.cyclic.get(space, pch) !== 0;
	for (const node of listNodes(space, dmaPl330Desc.node.at(last))) {
		const desc = descOfNode(node);
		const txd = dmaPl330Desc.txd.at(desc);
		if (cyclic)
			for (const member of [dmaAsyncTxDescriptor.callback, dmaAsyncTxDescriptor.callback_param])
				member.set(space, txd, member.get(space, tx));
		dmaPl330Desc.last.set(space, desc, 0);
		noteFellow(k, txd, tx, dmaPl330Desc.bytes_requested.get(space, desc));
		cookieAssign(k, txd);
		listMoveTail(space, node, submitted);
	}
	dmaPl330Desc.last.set(space, last, 1);
	const cookie = cookieAssign(k, tx);
	listAddTail(space, dmaPl330Desc.node.at(last), submitted);
	spinUnlockIrqrestore(k, dmaPl330Chan.lock.at(pch), flags);
	return cookie;
}

export const pl330PrepFunctions: KernelFunction[] = plain({
	"struct dma_async_tx_descriptor *pl330_prep_dma_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len, unsigned long flags)":
		prepMemcpy,
	"struct dma_async_tx_descriptor *pl330_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len, enum dma_transfer_direction direction, unsigned long flg, void *context)":
		prepSlaveSg,
	"struct dma_async_tx_descriptor *pl330_prep_dma_cyclic(struct dma_chan *chan, dma_addr_t dma_addr, size_t len, size_t period_len, enum dma_transfer_direction direction, unsigned long flags)":
		prepCyclic,
	"int pl330_config(struct dma_chan *chan, struct dma_slave_config *slave_config)": (k, chan, given) => {
		k.space.copy(dmaPl330Chan.slave_config.at(pchanOf(chan)), given, dmaSlaveConfig.$size);
		return 0;
	},
	"dma_cookie_t pl330_tx_submit(struct dma_async_tx_descriptor *tx)": txSubmit,
});
