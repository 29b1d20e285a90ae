/** Register accesses of the driver: everything it does to the controller goes through here, over MMIO. */

import { virtDmaChan } from "../../dmaengine/structs";
import { virtChannel } from "../../dmaengine/virt-dma";
import type { Kernel } from "../../kernel";
import { bcm2835CbEntry, bcm2835Chan, bcm2835Desc } from "./structs";

export const CS = 0x00;
export const ADDR = 0x04;
export const SOURCE_AD = 0x0c;
export const DEST_AD = 0x10;
export const DEBUG = 0x20;

export const CS_ACTIVE = 1 << 0;
export const CS_INT = 1 << 2;
export const CS_WAITING_FOR_WRITES = 1 << 6;
export const CS_RESET = 1 << 31;
export const DEBUG_LITE = 1 << 28;

/** Bits of `info`. */
export const INT_EN = 1 << 0;
export const WAIT_RESP = 1 << 3;
export const D_INC = 1 << 4;
export const D_DREQ = 1 << 6;
export const S_INC = 1 << 8;
export const S_DREQ = 1 << 10;
export const S_IGNORE = 1 << 11;
export const perMap = (dreq: number): number => (dreq & 31) << 16;

/** The driver's channel of a dma_chan, and back. */
export const bcmChannel = (dchan: number): number => bcm2835Chan.vc.container(virtChannel(dchan));
export const dchanOf = (chan: number): number => virtDmaChan.chan.at(bcm2835Chan.vc.at(chan));

export const read = (k: Kernel, chan: number, register: number): number =>
	k.space.r32(bcm2835Chan.chan_base.get(k.space, chan) + register);
export const write = (k: Kernel, chan: number, register: number, value: number): void =>
	k.space.w32(bcm2835Chan.chan_base.get(k.space, chan) + register, value >>> 0);

// What the channel works on.

export const descOf = (k: Kernel, chan: number): number => bcm2835Chan.desc.get(k.space, chan);
export const entryAt = (desc: number, index: number): number =>
	bcm2835Desc.cb_list.at(desc) + index * bcm2835CbEntry.$size;
/** Pointer to a control block of a descriptor. */
export const blockAt = (k: Kernel, desc: number, index: number): number =>
	bcm2835CbEntry.cb.get(k.space, entryAt(desc, index));
