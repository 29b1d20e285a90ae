/** Keem Bay's glue in front of the controller: which peripheral a channel listens to, and narrow writes. */
import { devDebug, devErr } from "../../dmaengine/external";
import { dmaSlaveConfig } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import type { Channel } from "./registers";
import { axiDmaChan, axiDmaChip } from "./structs";

/** Eight bits for each of eight channels, in two registers. */
const HW_HS_SEL_0 = 0x10;
const BYTE_WR_CH_EN = 0x1c;
const HALFWORD_WR_CH_EN = 0x20;
const UNUSED_CHANNEL = 0x3f;
const HALFWORD = 2;

export const hasApb = (k: Kernel, chip: number): boolean => axiDmaChip.apb_regs.get(k.space, chip) !== 0;

const MISSING = "apb_regs not initialized\n";

/** Gives the channel its client's handshake, or none. Every other controller has no glue: Linux complains each time. */
export function setHwChannel(k: Kernel, chan: Channel, set: boolean): void {
	if (!hasApb(k, chan.chip)) {
		devErr(k, axiDmaChip.dev.get(k.space, chan.chip), MISSING);
		return;
	}
	const value = set ? axiDmaChan.hw_handshake_num.get(k.space, chan.address) : UNUSED_CHANNEL;
	const at = axiDmaChip.apb_regs.get(k.space, chan.chip) + HW_HS_SEL_0;
	// One 64-bit register read and written as two words, the low one first. Channels from 8 on have no place in it.
	const words = [k.space.r32(at), k.space.r32(at + 4)];
	const word = chan.id >> 2;
	const shift = (chan.id & 3) * 8;
	words.forEach((old, index) => {
		k.space.w32(at + 4 * index, index === word ? (old & ~(0xff << shift)) | (value << shift) : old);
	});
}

/** Marks the channel as one that writes narrow items to its device. Any width but 16 bit counts as bytes. */
export function setByteHalfword(k: Kernel, chan: Channel, set: boolean): void {
	if (!hasApb(k, chan.chip)) {
		devDebug(k, axiDmaChip.dev.get(k.space, chan.chip), MISSING);
		return;
	}
	const width = dmaSlaveConfig.dst_addr_width.get(k.space, axiDmaChan.config.at(chan.address));
	const isHalfword = (width & -width) === HALFWORD;
	const at = axiDmaChip.apb_regs.get(k.space, chan.chip) + (isHalfword ? HALFWORD_WR_CH_EN : BYTE_WR_CH_EN);
	const bit = 1 << chan.id;
	k.space.w32(at, set ? k.space.r32(at) | bit : k.space.r32(at) & ~bit);
}
