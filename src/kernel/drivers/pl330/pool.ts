/** Descriptors: a pool that all channels of a controller share, and that grows when it is empty. */
import { callPlain, kzalloc } from "../../dmaengine/external";
import { listAddTail, listEmpty, listFirst, listInit, listMoveTail, listNodes } from "../../dmaengine/lists";
import { forgetPrepared } from "../../dmaengine/records";
import { dmaAsyncTxDescriptor, dmaChan } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../../locks/locks";
import { chanOf, descOfNode, dmacOf } from "./registers";
import { DescStatus, dmaPl330Chan, dmaPl330Desc, pl330Dmac, pl330Reqcfg } from "./structs";

export const NR_DEFAULT_DESC = 16;
const DMA_CTRL_ACK = 2;

/** Puts `count` new descriptors on a pool; how many there were memory for. */
export function addDesc(k: Kernel, pool: number, count: number): number {
	const descs = kzalloc(k, count * dmaPl330Desc.$size);
	if (descs === 0) return 0;
	for (let n = 0; n < count; n++) {
		const desc = descs + n * dmaPl330Desc.$size;
		const txd = dmaPl330Desc.txd.at(desc);
		dmaAsyncTxDescriptor.tx_submit.set(k.space, txd, k.address("pl330_tx_submit"));
		listAddTail(k.space, dmaPl330Desc.node.at(desc), pool);
	}
	return count;
}

/** Takes the first descriptor of the pool; 0 when it is empty. What the last user has left in it stays. */
function pluckDesc(k: Kernel, pool: number, lock: number): number {
	const flags = lock === 0 ? 0 : spinLockIrqsave(k, lock);
	let desc = 0;
	if (!listEmpty(k.space, pool)) {
		const node = listFirst(k.space, pool);
		desc = descOfNode(node);
		unlinkAlone(k, node);
		const txd = dmaPl330Desc.txd.at(desc);
		dmaPl330Desc.status.set(k.space, desc, DescStatus.PREP);
		dmaAsyncTxDescriptor.callback.set(k.space, txd, 0);
		dmaAsyncTxDescriptor.callback_result.set(k.space, txd, 0);
	}
	if (lock !== 0) spinUnlockIrqrestore(k, lock, flags);
	return desc;
}

/** list_del_init: the node is a list of its own. */
function unlinkAlone(k: Kernel, node: number): void {
	const { space } = k;
	const next = space.r64(node);
	const previous = space.r64(node + 8);
	space.w64(next + 8, previous);
	space.w64(previous, next);
	listInit(space, node);
}

/** A descriptor for a channel, from the pool or new; 0 when there is no memory. */
export function getDesc(k: Kernel, pch: number): number {
	const { space } = k;
	const dmac = dmacOf(k, pch);
	let desc = pluckDesc(k, pl330Dmac.desc_pool.at(dmac), pl330Dmac.pool_lock.at(dmac));
	if (desc === 0) {
		desc = kzalloc(k, dmaPl330Desc.$size);
		if (desc === 0) return 0;
		dmaAsyncTxDescriptor.tx_submit.set(space, dmaPl330Desc.txd.at(desc), k.address("pl330_tx_submit"));
		listInit(space, dmaPl330Desc.node.at(desc));
		dmaPl330Desc.status.set(space, desc, DescStatus.PREP);
	}
	const chan = chanOf(pch);
	const txd = dmaPl330Desc.txd.at(desc);
	dmaPl330Desc.pchan.set(space, desc, pch);
	dmaAsyncTxDescriptor.cookie.set(space, txd, 0);
	dmaAsyncTxDescriptor.flags.set(space, txd, dmaAsyncTxDescriptor.flags.get(space, txd) | DMA_CTRL_ACK);
	const peripheral = dmaChan.private.get(space, chan) !== 0 ? dmaChan.chan_id.get(space, chan) : 0;
	dmaPl330Desc.peri.set(space, desc, peripheral & 31);
	pl330Reqcfg.pcfg.set(space, dmaPl330Desc.rqcfg.at(desc), pl330Dmac.pcfg.at(dmac));
	callPlain(k, "dma_async_tx_descriptor_init", txd, chan);
	return desc;
}

/** Puts a descriptor back; nobody asks for it any more. */
export function putDesc(k: Kernel, dmac: number, desc: number): void {
	dmaPl330Desc.status.set(k.space, desc, DescStatus.FREE);
	forgetPrepared(k, dmaPl330Desc.txd.at(desc));
	listMoveTail(k.space, dmaPl330Desc.node.at(desc), pl330Dmac.desc_pool.at(dmac));
}

/** Gives a descriptor and those that hang on it back to the pool. */
export function givebackDesc(k: Kernel, dmac: number, first: number): void {
	if (first === 0) return;
	const flags = spinLockIrqsave(k, pl330Dmac.pool_lock.at(dmac));
	const pool = pl330Dmac.desc_pool.at(dmac);
	for (const node of listNodes(k.space, dmaPl330Desc.node.at(first))) listMoveTail(k.space, node, pool);
	listMoveTail(k.space, dmaPl330Desc.node.at(first), pool);
	spinUnlockIrqrestore(k, pl330Dmac.pool_lock.at(dmac), flags);
}

/** Descriptors on one of a channel's lists, in order. */
export const descsOn = (k: Kernel, pch: number, list: "submitted_list" | "work_list" | "completed_list"): number[] =>
	listNodes(k.space, dmaPl330Chan[list].at(pch)).map(descOfNode);
