/** Register accesses of the driver: everything it does to the controller goes through here, over MMIO. */

import { ObserverBit } from "../../../sim/observers";
import { devErr } from "../../dmaengine/external";
import { channelDevice, channelName } from "../../dmaengine/names";
import { dmaChan, virtDmaChan } from "../../dmaengine/structs";
import { virtChannel } from "../../dmaengine/virt-dma";
import type { Kernel } from "../../kernel";
import { mdmaChan, mdmaDesc, mdmaDescNode, mdmaDevice } from "./structs";

export const GISR0 = 0x00;
const FIRST_CHANNEL = 0x40;
const CHANNEL_LENGTH = 0x40;
// In a channel's block.
export const CISR = 0x00;
export const CIFCR = 0x04;
export const CESR = 0x08;
export const CCR = 0x0c;
export const CTCR = 0x10;
export const CBNDTR = 0x14;
export const CSAR = 0x18;
export const CDAR = 0x1c;
export const CBRUR = 0x20;
export const CLAR = 0x24;
export const CTBR = 0x28;
export const CMAR = 0x30;
export const CMDR = 0x34;

export const TEIF = 1 << 0;
export const CTCIF = 1 << 1;
export const BRTIF = 1 << 2;
export const BTIF = 1 << 3;
export const TCIF = 1 << 4;
export const CRQA = 1 << 16;

export const CCR_EN = 1 << 0;
export const CCR_TEIE = 1 << 1;
export const CCR_CTCIE = 1 << 2;
export const CCR_BTIE = 1 << 4;
export const CCR_TCIE = 1 << 5;
/** TEIE to TCIE. */
export const CCR_IRQ_MASK = 0x3e;
export const CCR_PL = 3 << 6;
export const CCR_SM = 1 << 8;
/** BEX, HEX, WEX. */
export const CCR_EXCHANGE = 7 << 12;
export const CCR_SWRQ = 1 << 16;

export const CTCR_PKE = 1 << 25;
export const CTCR_SWRM = 1 << 30;
export const CTBR_TSEL = 0x3f;
export const CTBR_SBUS = 1 << 16;
export const CTBR_DBUS = 1 << 17;
export const BNDT = 0x1ffff;

/** The driver's channel of a dma_chan, and back. */
export const mdmaChannel = (dchan: number): number => mdmaChan.vchan.container(virtChannel(dchan));
export const dchanOf = (chan: number): number => virtDmaChan.chan.at(mdmaChan.vchan.at(chan));
export const deviceOf = (k: Kernel, chan: number): number =>
	mdmaDevice.ddev.container(dmaChan.device.get(k.space, dchanOf(chan)));

export const complain = (k: Kernel, chan: number, text: string): void =>
	devErr(k, channelDevice(k, dchanOf(chan)), text);

const place = (k: Kernel, chan: number, register: number): number =>
	mdmaDevice.base.get(k.space, deviceOf(k, chan)) +
	FIRST_CHANNEL +
	CHANNEL_LENGTH * mdmaChan.id.get(k.space, chan) +
	register;

/** CCR of a channel by number, for loops over all of them. */
export const controlOf = (k: Kernel, dmadev: number, id: number): number =>
	k.space.r32(mdmaDevice.base.get(k.space, dmadev) + FIRST_CHANNEL + CHANNEL_LENGTH * id + CCR);

export const read = (k: Kernel, chan: number, register: number): number => k.space.r32(place(k, chan, register));
export const write = (k: Kernel, chan: number, register: number, value: number): void =>
	k.space.w32(place(k, chan, register), value >>> 0);
/** stm32_mdma_set_bits and stm32_mdma_clr_bits: a read and a write. */
export const setBits = (k: Kernel, chan: number, register: number, bits: number): void =>
	write(k, chan, register, read(k, chan, register) | bits);
export const clearBits = (k: Kernel, chan: number, register: number, bits: number): void =>
	write(k, chan, register, read(k, chan, register) & ~bits);

/** Clears whatever flag is set. */
export function clearPending(k: Kernel, chan: number): void {
	const status = read(k, chan, CISR);
	if (status !== 0) setBits(k, chan, CIFCR, status);
}

// What the channel works on.

export const descOf = (k: Kernel, chan: number): number => mdmaChan.desc.get(k.space, chan);
export const countOf = (k: Kernel, desc: number): number => mdmaDesc.count.get(k.space, desc);
export const nodeAt = (desc: number, index: number): number => mdmaDesc.node.at(desc) + index * mdmaDescNode.$size;

/**
 * The hardware's node `index` of a descriptor. Linux does not look whether there are that many: what lies behind the
 * array is taken for a pointer, which is reported here and then done.
 */
export function hwdescAt(k: Kernel, chan: number, desc: number, index: number): number {
	const count = countOf(k, desc);
	const { observers } = k.machine;
	if (index >= count && observers.mask & ObserverBit.RECORD)
		observers.record("finding", {
			rule: "stm32-mdma",
			severity: "warning",
			text: `${channelName(k, dchanOf(chan))}: node[${index}] of a descriptor with ${count}`,
		});
	return mdmaDescNode.hwdesc.get(k.space, nodeAt(desc, index));
}
