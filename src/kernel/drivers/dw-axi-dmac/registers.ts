/** Register accesses of the driver: everything it does to the controller goes through here, over MMIO. */

import { virtChannel } from "../../dmaengine/virt-dma";
import type { Kernel } from "../../kernel";
import { axiDmaChan, axiDmaChip, dwAxiDma, dwAxiDmaHcfg } from "./structs";

/** Offsets in the common block. */
export const DMAC_CFG = 0x010;
export const DMAC_CHEN = 0x018;
export const DMAC_CHSUSPREG = 0x020;
export const COMMON_LENGTH = 0x100;
export const CHANNEL_LENGTH = 0x100;

/** Offsets in a channel's block. */
export const CH_CFG_L = 0x20;
export const CH_CFG_H = 0x24;
export const CH_LLP = 0x28;
export const CH_INTSTATUS_ENA = 0x80;
export const CH_INTSTATUS = 0x88;
export const CH_INTSIGNAL_ENA = 0x90;
export const CH_INTCLEAR = 0x98;

export const DMAC_EN = 1;
export const INT_EN = 2;

export const IRQ_DMA_TRF = 0x2;
export const IRQ_ALL_ERR = 0x003f7fe0;
export const IRQ_SUSPENDED = 0x20000000;

/** From this many channels on the enable and suspend registers are used as 64-bit ones. */
const WIDE = 16;

/** A channel with what its register accesses need. */
export interface Channel {
	readonly address: number;
	readonly chip: number;
	readonly regs: number;
	readonly id: number;
	readonly hdata: number;
}

export function channelAt(k: Kernel, address: number): Channel {
	const chip = axiDmaChan.chip.get(k.space, address);
	const dw = axiDmaChip.dw.get(k.space, chip);
	return {
		address,
		chip,
		regs: axiDmaChan.chan_regs.get(k.space, address),
		id: axiDmaChan.id.get(k.space, address),
		hdata: dwAxiDma.hdata.get(k.space, dw),
	};
}

/** The driver's channel of a dma_chan. */
export const axiChannel = (dchan: number): number => axiDmaChan.vc.container(virtChannel(dchan));

export const readCommon = (k: Kernel, chip: number, reg: number): number =>
	k.space.r32(axiDmaChip.regs.get(k.space, chip) + reg);
export const writeCommon = (k: Kernel, chip: number, reg: number, value: number): void =>
	k.space.w32(axiDmaChip.regs.get(k.space, chip) + reg, value);
export const readChannel = (k: Kernel, chan: Channel, reg: number): number => k.space.r32(chan.regs + reg);
export const writeChannel = (k: Kernel, chan: Channel, reg: number, value: number): void =>
	k.space.w32(chan.regs + reg, value);

/** Sets and clears bits of DMAC_CFG: read, change, write. */
export function changeConfig(k: Kernel, chip: number, set: number, clear: number): void {
	writeCommon(k, chip, DMAC_CFG, (readCommon(k, chip, DMAC_CFG) & ~clear) | set);
}

interface BitPlace {
	readonly register: number;
	readonly bit: number;
	readonly writeEnable: number;
}

const isNarrow = (k: Kernel, chan: Channel): boolean => dwAxiDmaHcfg.reg_map_8_channels.get(k.space, chan.hdata) !== 0;

/** Where a channel's enable bit is, and the bit that lets it be written. Channels from 16 on are in the upper half. */
function enablePlace(k: Kernel, chan: Channel): BitPlace {
	if (isNarrow(k, chan)) return { register: DMAC_CHEN, bit: chan.id, writeEnable: chan.id + 8 };
	const upper = chan.id >= WIDE;
	const bit = chan.id % WIDE;
	return { register: DMAC_CHEN + (upper ? 4 : 0), bit, writeEnable: bit + 16 };
}

function suspendPlace(k: Kernel, chan: Channel): BitPlace {
	if (isNarrow(k, chan)) return { register: DMAC_CHEN, bit: chan.id + 16, writeEnable: chan.id + 24 };
	const upper = chan.id >= WIDE;
	const bit = chan.id % WIDE;
	return { register: DMAC_CHSUSPREG + (upper ? 4 : 0), bit, writeEnable: bit + 16 };
}

/** Reads the register, changes the channel's bit and its write enable, writes it back (both halves when wide). */
function writeBit(k: Kernel, chan: Channel, place: BitPlace, set: boolean): void {
	const wide = dwAxiDmaHcfg.nr_channels.get(k.space, chan.hdata) >= WIDE;
	const low = place.register & ~7;
	const registers = wide ? [low, low + 4] : [place.register];
	for (const register of registers) {
		let value = readCommon(k, chan.chip, register);
		if (register === place.register) {
			value = set ? value | (1 << place.bit) : value & ~(1 << place.bit);
			value |= 1 << place.writeEnable;
		}
		writeCommon(k, chan.chip, register, value);
	}
}

export const enableChannel = (k: Kernel, chan: Channel): void => writeBit(k, chan, enablePlace(k, chan), true);
export const disableChannel = (k: Kernel, chan: Channel): void => writeBit(k, chan, enablePlace(k, chan), false);
export const suspendChannel = (k: Kernel, chan: Channel): void => writeBit(k, chan, suspendPlace(k, chan), true);
export const resumeChannel = (k: Kernel, chan: Channel): void => writeBit(k, chan, suspendPlace(k, chan), false);

/**
 * What terminate_all waits for: bit `id` of the low half of DMAC_CHEN, whatever the layout. Of channels from 16 on that
 * is a write enable, which reads 0, so for them 6.12 does not wait.
 */
export const seemsToRun = (k: Kernel, chan: Channel): boolean =>
	(readCommon(k, chan.chip, DMAC_CHEN) & (1 << chan.id)) !== 0;

/** Whether the hardware still runs the channel. */
export function isEnabled(k: Kernel, chan: Channel): boolean {
	const place = enablePlace(k, chan);
	return (readCommon(k, chan.chip, place.register) & (1 << place.bit)) !== 0;
}
