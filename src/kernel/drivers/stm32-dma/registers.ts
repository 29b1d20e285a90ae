/** Register accesses of the driver: everything it does to the controller goes through here, over MMIO. */

import { devErr } from "../../dmaengine/external";
import { channelDevice } from "../../dmaengine/names";
import { dmaChan, virtDmaChan } from "../../dmaengine/structs";
import { virtChannel } from "../../dmaengine/virt-dma";
import type { Kernel } from "../../kernel";
import { sgReq, stm32DmaChan, stm32DmaDesc, stm32DmaDevice } from "./structs";

const LISR = 0x00;
const HISR = 0x04;
const LIFCR = 0x08;
const HIFCR = 0x0c;
export const SCR = 0x10;
export const SNDTR = 0x14;
export const SPAR = 0x18;
export const SM0AR = 0x1c;
export const SM1AR = 0x20;
export const SFCR = 0x24;
const STREAM_LENGTH = 0x18;

export const TCI = 1 << 5;
const TEI = 1 << 3;
export const DMEI = 1 << 2;
export const FEI = 1 << 0;
/** The flags that the driver looks at: not the half transfer's. */
const MASKI = TCI | TEI | DMEI | FEI;

export const SCR_EN = 1 << 0;
export const SCR_DMEIE = 1 << 1;
export const SCR_TEIE = 1 << 2;
export const SCR_TCIE = 1 << 4;
export const SCR_PFCTRL = 1 << 5;
export const SCR_CIRC = 1 << 8;
export const SCR_PINC = 1 << 9;
export const SCR_MINC = 1 << 10;
export const SCR_PINCOS = 1 << 15;
export const SCR_PL = 3 << 16;
export const SCR_DBM = 1 << 18;
export const SCR_CT = 1 << 19;
export const SCR_TRBUFF = 1 << 20;
export const SFCR_FTH = 3;
export const SFCR_FEIE = 1 << 7;
/** FIFO mode with its error interrupt. */
export const SFCR_MASK = SFCR_FEIE | (1 << 2);

/** Flags of a stream in its status and clear registers. */
export const flagShift = (id: number): number => ((id & 2) << 3) | ((id & 1) * 6);
export const clearRegister = (id: number): number => (id & 4 ? HIFCR : LIFCR);

/** The driver's channel of a dma_chan, and back. */
export const stmChannel = (dchan: number): number => stm32DmaChan.vchan.container(virtChannel(dchan));
export const dchanOf = (chan: number): number => virtDmaChan.chan.at(stm32DmaChan.vchan.at(chan));
export const deviceOf = (k: Kernel, chan: number): number =>
	stm32DmaDevice.ddev.container(dmaChan.device.get(k.space, dchanOf(chan)));

export const complain = (k: Kernel, chan: number, text: string): void =>
	devErr(k, channelDevice(k, dchanOf(chan)), text);

function common(k: Kernel, chan: number, register: number): number {
	return stm32DmaDevice.base.get(k.space, deviceOf(k, chan)) + register;
}

const stream = (k: Kernel, chan: number, register: number): number =>
	common(k, chan, register + STREAM_LENGTH * stm32DmaChan.id.get(k.space, chan));

export const read = (k: Kernel, chan: number, register: number): number => k.space.r32(stream(k, chan, register));
export const write = (k: Kernel, chan: number, register: number, value: number): void =>
	k.space.w32(stream(k, chan, register), value >>> 0);

/** stm32_dma_irq_status. */
export function irqStatus(k: Kernel, chan: number): number {
	const id = stm32DmaChan.id.get(k.space, chan);
	return (k.space.r32(common(k, chan, id & 4 ? HISR : LISR)) >>> flagShift(id)) & MASKI;
}

/** stm32_dma_irq_clear. */
export function irqClear(k: Kernel, chan: number, flags: number): void {
	const id = stm32DmaChan.id.get(k.space, chan);
	k.space.w32(common(k, chan, clearRegister(id)), ((flags & MASKI) << flagShift(id)) >>> 0);
}

/** Clears whatever flag is set. */
export function clearPending(k: Kernel, chan: number): void {
	const status = irqStatus(k, chan);
	if (status !== 0) irqClear(k, chan, status);
}

// What the channel works on.

export const descOf = (k: Kernel, chan: number): number => stm32DmaChan.desc.get(k.space, chan);
export const sgAt = (desc: number, index: number): number => stm32DmaDesc.sg_req.at(desc) + index * sgReq.$size;
export const nextSg = (k: Kernel, chan: number): number => stm32DmaChan.next_sg.get(k.space, chan);
