/** Descriptors: a node in the channel's pool for each block. */

import { poolAlloc, poolFree } from "../../dma-mapping/coherent";
import { kfree, kzalloc } from "../../dmaengine/external";
import { vchanTxPrep } from "../../dmaengine/virt-dma";
import type { Kernel } from "../../kernel";
import type { Parameters } from "./parameters";
import { BNDT, complain, countOf, hwdescAt, nodeAt } from "./registers";
import { mdmaChan, mdmaChanConfig, mdmaDesc, mdmaDescNode, mdmaHwdesc } from "./structs";

/** kmalloc's most, above which Linux has no memory for the descriptor. */
const KMALLOC_MAX = 0x400000;

/** A descriptor with `count` nodes; 0 when there is no memory. */
export function allocDesc(k: Kernel, chan: number, count: number): number {
	const { space } = k;
	const size = mdmaDesc.$size + count * mdmaDescNode.$size;
	const desc = size > KMALLOC_MAX ? 0 : kzalloc(k, size);
	if (desc === 0) return 0;
	mdmaDesc.count.set(space, desc, count);
	const pool = mdmaChan.desc_pool.get(space, chan);
	for (let index = 0; index < count; index++) {
		const node = nodeAt(desc, index);
		const hwdesc = poolAlloc(k, pool, mdmaDescNode.hwdesc_phys.at(node), false);
		if (hwdesc === 0) {
			complain(k, chan, "Failed to allocate descriptor\n");
			freeNodes(k, chan, desc, index);
			kfree(k, desc);
			return 0;
		}
		mdmaDescNode.hwdesc.set(space, node, hwdesc);
	}
	return desc;
}

function freeNodes(k: Kernel, chan: number, desc: number, count: number): void {
	const pool = mdmaChan.desc_pool.get(k.space, chan);
	for (let index = 0; index < count; index++) {
		const node = nodeAt(desc, index);
		poolFree(k, pool, mdmaDescNode.hwdesc.get(k.space, node), mdmaDescNode.hwdesc_phys.get(k.space, node));
	}
}

export function freeDesc(k: Kernel, chan: number, desc: number): void {
	freeNodes(k, chan, desc, countOf(k, desc));
	kfree(k, desc);
}

export interface Block extends Pick<Parameters, "ctcr" | "ctbr"> {
	readonly src: number;
	readonly dst: number;
	readonly length: number;
	/** Where the mask write goes, and what it writes. */
	readonly maskAddress: number;
	readonly maskData: number;
}

/** Fills node `index`; the last one leads to the first when `cyclic`, else to none (stm32_mdma_setup_hwdesc). */
export function writeNode(k: Kernel, chan: number, desc: number, index: number, cyclic: boolean, block: Block): void {
	const { space } = k;
	const hwdesc = hwdescAt(k, chan, desc, index);
	const last = index === Math.max(1, countOf(k, desc)) - 1;
	const next = last ? 0 : index + 1;
	mdmaHwdesc.ctcr.set(space, hwdesc, block.ctcr);
	mdmaHwdesc.cbndtr.set(space, hwdesc, block.length & BNDT);
	mdmaHwdesc.csar.set(space, hwdesc, block.src);
	mdmaHwdesc.cdar.set(space, hwdesc, block.dst);
	mdmaHwdesc.cbrur.set(space, hwdesc, 0);
	mdmaHwdesc.clar.set(space, hwdesc, last && !cyclic ? 0 : mdmaDescNode.hwdesc_phys.get(space, nodeAt(desc, next)));
	mdmaHwdesc.ctbr.set(space, hwdesc, block.ctbr);
	mdmaHwdesc.cmar.set(space, hwdesc, block.maskAddress);
	mdmaHwdesc.cmdr.set(space, hwdesc, block.maskData);
}

/** What the channel's config says of the mask write. */
export function maskOf(k: Kernel, chan: number): Pick<Block, "maskAddress" | "maskData"> {
	const config = mdmaChan.chan_config.at(chan);
	return {
		maskAddress: mdmaChanConfig.mask_addr.get(k.space, config),
		maskData: mdmaChanConfig.mask_data.get(k.space, config),
	};
}

/** Ready for submission. */
export function publish(k: Kernel, chan: number, desc: number, ccr: number, cyclic: boolean, flags: number): number {
	mdmaDesc.ccr.set(k.space, desc, ccr >>> 0);
	mdmaDesc.cyclic.set(k.space, desc, cyclic ? 1 : 0);
	return vchanTxPrep(k, mdmaChan.vchan.at(chan), mdmaDesc.vdesc.at(desc), flags);
}
