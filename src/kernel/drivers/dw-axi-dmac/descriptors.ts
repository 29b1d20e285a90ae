/** Building and freeing descriptors: chains of LLIs in the channel's pool. */

import { poolAlloc, poolFree } from "../../dma-mapping/coherent";
import { Direction, EINVAL, ENOMEM } from "../../dmaengine/constants";
import { devErr, kfree, kzalloc } from "../../dmaengine/external";
import { channelDevice, channelName } from "../../dmaengine/names";
import { dmaSlaveConfig, virtDmaChan } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import type { Channel } from "./registers";
import { knobsOf } from "./state";
import { axiDmaChan, axiDmaChip, axiDmaDesc, axiDmaHwDesc, axiDmaLli, dwAxiDmaHcfg } from "./structs";

export const CTL_H_VALID = 0x80000000;
const CTL_H_LAST = 0x40000000;
const CTL_L_DST_MAST = 1 << 2;
const CTL_L_SRC_MAST = 1 << 0;
const SRC_NOINC = 1 << 4;
const DST_NOINC = 1 << 6;
/** MSIZE 1 on both sides: bursts of four items, whatever the client's maxburst says. */
const MSIZE_4 = (1 << 14) | (1 << 18);
const WIDTH_32 = 2;

/** Lowest bit that is set in any of the numbers; 64 when none is (as arm64 computes it). */
export function lowestBit(...values: number[]): number {
	const bits = values.reduce((all, value) => all | value, 0);
	return bits === 0 ? 64 : 31 - Math.clz32(bits & -bits);
}
const shiftRight = (value: number, by: number): number => Math.floor(value / 2 ** (by % 64));
const shiftLeft = (value: number, by: number): number => value * 2 ** (by % 64);

const at = (hwDesc: number, index: number): number => hwDesc + index * axiDmaHwDesc.$size;
export const hwDescOf = (k: Kernel, desc: number, index: number): number =>
	at(axiDmaDesc.hw_desc.get(k.space, desc), index);

/** A descriptor with room for `count` LLIs; 0 when there is no memory. */
export function allocDesc(k: Kernel, count: number): number {
	const desc = kzalloc(k, axiDmaDesc.$size);
	if (desc === 0) return 0;
	const hwDescs = kzalloc(k, count * axiDmaHwDesc.$size);
	if (hwDescs === 0) {
		kfree(k, desc);
		return 0;
	}
	axiDmaDesc.hw_desc.set(k.space, desc, hwDescs);
	axiDmaDesc.nr_hw_descs.set(k.space, desc, count);
	return desc;
}

/** Takes a zeroed LLI from the channel's pool for a slot. False when there is none. */
function takeLli(k: Kernel, chan: Channel, hwDesc: number): boolean {
	const pool = axiDmaChan.desc_pool.get(k.space, chan.address);
	const lli = poolAlloc(k, pool, axiDmaHwDesc.llp.at(hwDesc), true);
	axiDmaHwDesc.lli.set(k.space, hwDesc, lli);
	if (lli === 0) {
		const dchan = virtDmaChan.chan.at(axiDmaChan.vc.at(chan.address));
		devErr(k, channelDevice(k, dchan), `${channelName(k, dchan)}: not enough descriptors available\n`);
		return false;
	}
	countLlis(k, chan.address, 1);
	return true;
}

function countLlis(k: Kernel, chan: number, by: number): void {
	axiDmaChan.descs_allocated.set(k.space, chan, axiDmaChan.descs_allocated.get(k.space, chan) + by);
}

/**
 * Frees a descriptor: as many LLIs as it has slots. 6.12 does so in its error path too, where slots are empty: the
 * pool then writes to NULL.
 */
export function putDesc(k: Kernel, desc: number): void {
	const chan = axiDmaDesc.chan.get(k.space, desc);
	const pool = axiDmaChan.desc_pool.get(k.space, chan);
	const count = axiDmaDesc.nr_hw_descs.get(k.space, desc);
	const fixed = knobsOf(k.state.dwAxi, axiDmaChan.chip.get(k.space, chan)).fixDescPut;
	let freed = 0;
	for (let index = 0; index < count; index++) {
		const hwDesc = hwDescOf(k, desc, index);
		const lli = axiDmaHwDesc.lli.get(k.space, hwDesc);
		if (lli === 0 && fixed) continue;
		poolFree(k, pool, lli, axiDmaHwDesc.llp.get(k.space, hwDesc));
		freed++;
	}
	kfree(k, axiDmaDesc.hw_desc.get(k.space, desc));
	kfree(k, desc);
	countLlis(k, chan, -freed);
}

/** VALID and the burst lengths: the devicetree's number goes in as it is, though the field means length - 1. */
function controlHigh(k: Kernel, chan: Channel): number {
	if (!dwAxiDmaHcfg.restrict_axi_burst_len.get(k.space, chan.hdata)) return CTL_H_VALID;
	const raw = knobsOf(k.state.dwAxi, chan.chip).burstFieldRaw;
	const burst = dwAxiDmaHcfg.axi_rw_burst_len.get(k.space, chan.hdata) - (raw ? 0 : 1);
	return (CTL_H_VALID | (1 << 6) | (burst << 7) | (1 << 15) | (burst << 16)) >>> 0;
}

interface Block {
	readonly source: number;
	readonly destination: number;
	readonly items: number;
	readonly control: number;
	readonly length: number;
}

/** Fills a slot with a new LLI. False when the pool is empty. */
export function writeBlock(k: Kernel, chan: Channel, hwDesc: number, block: Block): boolean {
	if (!takeLli(k, chan, hwDesc)) return false;
	const lli = axiDmaHwDesc.lli.get(k.space, hwDesc);
	axiDmaLli.sar.set(k.space, lli, block.source);
	axiDmaLli.dar.set(k.space, lli, block.destination);
	axiDmaLli.block_ts_lo.set(k.space, lli, block.items - 1);
	axiDmaLli.ctl_hi.set(k.space, lli, controlHigh(k, chan));
	axiDmaLli.ctl_lo.set(k.space, lli, (block.control | MSIZE_4) & ~CTL_L_SRC_MAST);
	axiDmaHwDesc.len.set(k.space, hwDesc, block.length);
	return true;
}

/** Memory to memory: the second master writes where there are two. */
export function memcpyControl(k: Kernel, chan: Channel, width: number): number {
	const second = dwAxiDmaHcfg.nr_masters.get(k.space, chan.hdata) > 1 ? CTL_L_DST_MAST : 0;
	return (width << 11) | (width << 8) | second;
}

export const blockItems = (k: Kernel, chan: Channel): number =>
	k.space.r32(dwAxiDmaHcfg.block_size.at(chan.hdata) + 4 * chan.id);
const dataWidth = (k: Kernel, chan: Channel): number => dwAxiDmaHcfg.m_data_width.get(k.space, chan.hdata);

/** Widest item that addresses and length allow, as log2 of bytes. */
export const transferWidth = (k: Kernel, chan: Channel, source: number, destination: number, length: number): number =>
	lowestBit(source, destination, length, 1 << dataWidth(k, chan));

/** The memory side of a slave transfer: at most 32 bits. */
const memoryWidth = (k: Kernel, chan: Channel, address: number, length: number): number =>
	Math.min(lowestBit(1 << dataWidth(k, chan), address, length), WIDTH_32);

/** Bytes that fit into one block; 0 for a direction that is no slave's. */
export function blockLength(k: Kernel, chan: Channel, address: number, length: number, direction: Direction): number {
	const items = blockItems(k, chan);
	if (direction === Direction.MEM_TO_DEV) return shiftLeft(items, memoryWidth(k, chan, address, length));
	if (direction !== Direction.DEV_TO_MEM) return 0;
	const config = axiDmaChan.config.at(chan.address);
	return shiftLeft(items, lowestBit(dmaSlaveConfig.src_addr_width.get(k.space, config)));
}

/** One block of a slave transfer, by the channel's config and direction. 0 or a negative errno. */
export function writeSlaveBlock(k: Kernel, chan: Channel, hwDesc: number, memory: number, length: number): number {
	const width = memoryWidth(k, chan, memory, length);
	if (memory % 4 !== 0) {
		devErr(k, axiDmaChip.dev.get(k.space, chan.chip), "invalid buffer alignment\n");
		return -EINVAL;
	}
	const config = axiDmaChan.config.at(chan.address);
	const direction = axiDmaChan.direction.get(k.space, chan.address);
	let block: Block;
	if (direction === Direction.MEM_TO_DEV) {
		const device = lowestBit(dmaSlaveConfig.dst_addr_width.get(k.space, config));
		block = {
			source: memory,
			destination: dmaSlaveConfig.dst_addr.get(k.space, config),
			items: shiftRight(length, width),
			control: (device << 11) | (width << 8) | DST_NOINC,
			length,
		};
	} else if (direction === Direction.DEV_TO_MEM) {
		const device = lowestBit(dmaSlaveConfig.src_addr_width.get(k.space, config));
		block = {
			source: dmaSlaveConfig.src_addr.get(k.space, config),
			destination: memory,
			items: shiftRight(length, device),
			control: (device << 8) | (width << 11) | SRC_NOINC,
			length,
		};
	} else {
		return -EINVAL;
	}
	if (block.items > blockItems(k, chan)) return -EINVAL;
	return writeBlock(k, chan, hwDesc, block) ? 0 : -ENOMEM;
}

/** Marks a block as the transfer's last. A slot without LLI is an oops, as in Linux. */
export function markLast(k: Kernel, hwDesc: number): void {
	const lli = axiDmaHwDesc.lli.get(k.space, hwDesc);
	axiDmaLli.ctl_hi.set(k.space, lli, (axiDmaLli.ctl_hi.get(k.space, lli) | CTL_H_LAST) >>> 0);
}

/** Links slots `count` - 1 … 0, the last one to `end`. */
export function linkBlocks(k: Kernel, desc: number, count: number, end: number): void {
	let next = end;
	let index = count;
	do {
		const hwDesc = hwDescOf(k, desc, --index);
		axiDmaLli.llp.set(k.space, axiDmaHwDesc.lli.get(k.space, hwDesc), next);
		next = axiDmaHwDesc.llp.get(k.space, hwDesc);
	} while (index > 0);
}
