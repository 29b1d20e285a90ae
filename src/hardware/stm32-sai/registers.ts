/** Registers of one sub-block (A or B) of the STM32 SAI, from the sub-block's own address, as far as it is modelled. */

import { bits, field, missingFields, type Register, unmodelled, word } from "../registers";

export enum Offset {
	CR1 = 0x00,
	CR2 = 0x04,
	FRCR = 0x08,
	SLOTR = 0x0c,
	IM = 0x10,
	SR = 0x14,
	CLRFR = 0x18,
	DR = 0x1c,
}

export enum Cr1 {
	RECEIVER = 1 << 0,
	SLAVE = 1 << 1,
	SAIEN = 1 << 16,
	DMAEN = 1 << 17,
	NODIV = 1 << 19,
	OSR = 1 << 26,
}

export enum Cr2 {
	FFLUSH = 1 << 3,
	MUTE = 1 << 5,
	MUTEVAL = 1 << 6,
}

/** Bits of SR, IM and CLRFR. */
export enum Flag {
	OVRUDR = 1 << 0,
	WCKCFG = 1 << 2,
	FREQ = 1 << 3,
}

/** Words of the FIFO. */
export const FIFO_WORDS = 8;

/** Bits of a sample, by CR1.DS; the first two values are reserved. */
const SAMPLE_BITS = [8, 8, 8, 10, 16, 20, 24, 32];

export const sampleBits = (cr1: number): number => SAMPLE_BITS[(cr1 >>> 5) & 7] ?? 8;

/** Bytes that a sample takes in memory and in the bytes of the outside. */
export function sampleBytes(cr1: number): number {
	const bits = sampleBits(cr1);
	return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
}

export const slotCount = (slotr: number): number => ((slotr >>> 8) & 0xf) + 1;
export const slotEnabled = (slotr: number, slot: number): boolean => ((slotr >>> (16 + slot)) & 1) !== 0;
export const frameBits = (frcr: number): number => (frcr & 0xff) + 1;

export function stm32SaiRegisters(): Register[] {
	return [
		word(
			"CR1",
			Offset.CR1,
			"rw",
			[
				field("MODE", 0, 2, {
					0: "controller, transmits",
					1: "controller, receives",
					2: "target, transmits",
					3: "target, receives",
				}),
				unmodelled("PRTCFG", 2, 2, "the protocol is the free one"),
				field("DS", 5, 3, { 2: "8 bits", 3: "10 bits", 4: "16 bits", 5: "20 bits", 6: "24 bits", 7: "32 bits" }),
				...bits(["LSBFIRST", 8], ["CKSTR", 9]),
				unmodelled("SYNCEN", 10, 2, "each half has a clock of its own"),
				unmodelled("MONO", 12, 1, "each slot has its own sample"),
				...bits(["OUTDRIV", 13], ["SAIEN", 16], ["DMAEN", 17], ["NODIV", 19]),
				field("MCKDIV", 20, 6),
				...bits(["OSR", 26], ["MCKEN", 27]),
			],
			0x40,
		),
		word("CR2", Offset.CR2, "rw", [
			field("FTH", 0, 3, { 0: "empty", 1: "1/4", 2: "1/2", 3: "3/4", 4: "full" }),
			...bits(["FFLUSH", 3], ["TRIS", 4], ["MUTE", 5], ["MUTEVAL", 6]),
			unmodelled("MUTECNT", 7, 6, "muted frames are not counted"),
			field("CPL", 13),
			unmodelled("COMP", 14, 2, "samples are linear"),
		]),
		word(
			"FRCR",
			Offset.FRCR,
			"rw",
			[field("FRL", 0, 8), field("FSALL", 8, 7), ...bits(["FSDEF", 16], ["FSPOL", 17], ["FSOFF", 18])],
			7,
		),
		word("SLOTR", Offset.SLOTR, "rw", [
			field("FBOFF", 0, 5),
			field("SLOTSZ", 6, 2, { 0: "as DS", 1: "16 bits", 2: "32 bits" }),
			field("NBSLOT", 8, 4),
			field("SLOTEN", 16, 16),
		]),
		word("IM", Offset.IM, "rw", [
			...bits(["OVRUDRIE", 0], ["WCKCFGIE", 2], ["FREQIE", 3]),
			...missingFields("its event does not happen", ["MUTEDETIE", 1], ["CNRDYIE", 4], ["AFSDETIE", 5], ["LFSDETIE", 6]),
		]),
		word(
			"SR",
			Offset.SR,
			"ro",
			[
				...bits(["OVRUDR", 0], ["WCKCFG", 2], ["FREQ", 3]),
				field("FLVL", 16, 3, { 0: "empty", 1: "to 1/4", 2: "to 1/2", 3: "to 3/4", 4: "below full", 5: "full" }),
			],
			8,
		),
		word("CLRFR", Offset.CLRFR, "wo", bits(["COVRUDR", 0], ["CWCKCFG", 2])),
		word("DR", Offset.DR, "rw"),
	];
}
