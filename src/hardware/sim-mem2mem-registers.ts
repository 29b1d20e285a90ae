/**
 * Registers of `sim,mem2mem`.
 *
 * | offset | register | meaning |
 * | --- | --- | --- |
 * | 0x00 | CHANNELS | ro: how many channels there are |
 * | 0x04 | PENDING | ro: a bit for each channel that asks for the interrupt |
 * | 0x20 + 0x20 n | SRC | bus address to copy from; counts up as bursts are read |
 * | + 0x04 | DST | bus address to copy to; counts up as bursts are written |
 * | + 0x08 | LEN | bytes left: writing 0 and START is an error |
 * | + 0x0c | CTRL | bit 0 START (reads 0), bit 1 IE: interrupt when DONE or ERROR is set, bit 2 STOP (reads 0) |
 * | + 0x10 | STATUS | bit 0 BUSY, ro; bit 1 DONE, bit 2 ERROR, both cleared by writing 1 |
 */

import { bits, field, type Register, word } from "./registers";

export const CHANNEL_BASE = 0x20;
export const CHANNEL_STRIDE = 0x20;
export const MOST_CHANNELS = 7;
export const Reg = { SRC: 0, DST: 4, LEN: 8, CTRL: 12, STATUS: 16 } as const;
export const START = 1;
export const INTERRUPT_ENABLE = 2;
export const STOP = 4;
export const BUSY = 1;
export const DONE = 2;
export const ERROR = 4;

export function simMem2MemRegisters(channels: number): Register[] {
	const bank = (n: number): Register[] => {
		const at = CHANNEL_BASE + n * CHANNEL_STRIDE;
		return [
			word(`SRC${n}`, at + Reg.SRC, "rw"),
			word(`DST${n}`, at + Reg.DST, "rw"),
			word(`LEN${n}`, at + Reg.LEN, "rw"),
			word(`CTRL${n}`, at + Reg.CTRL, "rw", bits(["START", 0], ["IE", 1], ["STOP", 2])),
			word(`STATUS${n}`, at + Reg.STATUS, "w1c", bits(["BUSY", 0], ["DONE", 1], ["ERROR", 2])),
		];
	};
	return [
		word("CHANNELS", 0, "ro", [], channels),
		word("PENDING", 4, "ro", [field("PENDING", 0, channels)]),
		...Array.from({ length: channels }, (_, n) => bank(n)).flat(),
	];
}
