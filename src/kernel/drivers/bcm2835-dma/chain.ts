/** Chains of control blocks in memory. */

import { poolAlloc, poolFree } from "../../dma-mapping/coherent";
import { kfree, kzalloc } from "../../dmaengine/external";
import type { Kernel } from "../../kernel";
import { GFP_KERNEL, mightAlloc } from "../../mm/gfp";
import { blockAt, D_INC, entryAt, S_INC } from "./registers";
import { bcm2835CbEntry, bcm2835Chan, bcm2835Desc, bcm2835DmaCb } from "./structs";

const MAX_DMA_LEN = 0x40000000;
const MAX_LITE_DMA_LEN = 65532;

/** Most bytes of one control block on this channel. */
export const maxFrameLength = (k: Kernel, chan: number): number =>
	bcm2835Chan.is_lite_channel.get(k.space, chan) ? MAX_LITE_DMA_LEN : MAX_DMA_LEN;

export interface Chain {
	readonly direction: number;
	readonly cyclic: boolean;
	/** Bits of every block, and those of the last one (cyclic: of each period's last one). */
	readonly info: number;
	readonly finalInfo: number;
	readonly frames: number;
	readonly src: number;
	readonly dst: number;
	/** Bytes; 0: the blocks' lengths come later. */
	readonly length: number;
	/** Bytes; 0: no periods. */
	readonly period: number;
	/** Whether its allocations may sleep. */
	readonly sleeps: boolean;
}

export function freeChain(k: Kernel, desc: number): void {
	const pool = bcm2835Chan.cb_pool.get(k.space, bcm2835Desc.c.get(k.space, desc));
	for (let index = 0; index < bcm2835Desc.frames.get(k.space, desc); index++) {
		const entry = entryAt(desc, index);
		poolFree(k, pool, bcm2835CbEntry.cb.get(k.space, entry), bcm2835CbEntry.paddr.get(k.space, entry));
	}
	kfree(k, desc);
}

/** Cuts a block's length at what the channel can do and at the end of its period; returns the bytes of the period so far. */
function setLength(k: Kernel, chan: number, block: number, rest: number, chain: Chain, sofar: number): number {
	const { space } = k;
	const length = Math.min(rest, maxFrameLength(k, chan));
	bcm2835DmaCb.length.set(space, block, length);
	if (chain.period === 0) return sofar;
	if (sofar + length < chain.period) return sofar + length;
	bcm2835DmaCb.length.set(space, block, chain.period - sofar);
	const info = bcm2835DmaCb.info.get(space, block);
	bcm2835DmaCb.info.set(space, block, (info | (chain.cyclic ? chain.finalInfo : 0)) >>> 0);
	return 0;
}

/**
 * A descriptor with `chain.frames` linked control blocks; 0 when there is no memory, or when the blocks do not make up
 * the length. The size of a chain without lengths is the sum of what the blocks' memory happens to hold: DMA pools keep
 * the upper half of a block's own address there, so it is 0 (a quirk of the real driver).
 */
export function createChain(k: Kernel, chan: number, chain: Chain): number {
	const { space } = k;
	if (chain.frames === 0) return 0;
	if (chain.sleeps) mightAlloc(k, GFP_KERNEL);
	const desc = kzalloc(k, bcm2835Desc.$size + chain.frames * bcm2835CbEntry.$size);
	if (desc === 0) return 0;
	bcm2835Desc.c.set(space, desc, chan);
	bcm2835Desc.dir.set(space, desc, chain.direction);
	bcm2835Desc.cyclic.set(space, desc, chain.cyclic ? 1 : 0);
	const pool = bcm2835Chan.cb_pool.get(space, chan);
	let { src, dst } = chain;
	let rest = chain.length;
	let sofar = 0;
	let size = 0;
	for (let frame = 0; frame < chain.frames; frame++) {
		const entry = entryAt(desc, frame);
		const block = poolAlloc(k, pool, bcm2835CbEntry.paddr.at(entry), false);
		if (block === 0) {
			freeChain(k, desc);
			return 0;
		}
		bcm2835CbEntry.cb.set(space, entry, block);
		bcm2835DmaCb.info.set(space, block, chain.info >>> 0);
		bcm2835DmaCb.src.set(space, block, src);
		bcm2835DmaCb.dst.set(space, block, dst);
		bcm2835DmaCb.stride.set(space, block, 0);
		bcm2835DmaCb.next.set(space, block, 0);
		if (chain.length !== 0) {
			sofar = setLength(k, chan, block, rest, chain, sofar);
			rest -= bcm2835DmaCb.length.get(space, block);
		}
		if (frame > 0) link(k, desc, frame - 1, bcm2835CbEntry.paddr.get(space, entry));
		const length = bcm2835DmaCb.length.get(space, block);
		if (src !== 0 && chain.info & S_INC) src += length;
		if (dst !== 0 && chain.info & D_INC) dst += length;
		size += length;
		bcm2835Desc.frames.set(space, desc, frame + 1);
	}
	bcm2835Desc.size.set(space, desc, size);
	const last = blockAt(k, desc, chain.frames - 1);
	bcm2835DmaCb.info.set(space, last, (bcm2835DmaCb.info.get(space, last) | chain.finalInfo) >>> 0);
	if (chain.length === 0 || size === chain.length) return desc;
	freeChain(k, desc);
	return 0;
}

/** Lets the block at `index` of a descriptor go on with the one at the bus address `next`. */
export function link(k: Kernel, desc: number, index: number, next: number): void {
	bcm2835DmaCb.next.set(k.space, blockAt(k, desc, index), next);
}

/** Bytes of a descriptor behind the position `address` on its memory side; 0 when no block holds it. */
export function sizeBehind(k: Kernel, desc: number, address: number, fromDevice: boolean): number {
	const { space } = k;
	let size = 0;
	for (let index = 0; index < bcm2835Desc.frames.get(space, desc); index++) {
		const block = blockAt(k, desc, index);
		const length = bcm2835DmaCb.length.get(space, block);
		const begin = (fromDevice ? bcm2835DmaCb.dst : bcm2835DmaCb.src).get(space, block);
		if (size !== 0) size += length;
		else if (address >= begin && address < begin + length) size += begin + length - address;
	}
	return size;
}
