/** Registers of the STM32 DMA (reference 2.2). */

import { field, type Register, type RegisterField, withoutModel } from "../registers";

export const STREAMS = 8;
/** Bytes of a stream's FIFO: four words. */
export const FIFO_BYTES = 16;
export const FIRST_STREAM = 0x10;
export const STREAM_LENGTH = 0x18;

/** Offsets of the registers that all streams share. */
export enum Common {
	LISR = 0x00,
	HISR = 0x04,
	LIFCR = 0x08,
	HIFCR = 0x0c,
}

/** Offsets in a stream's block. */
export enum Stream {
	CR = 0x00,
	NDTR = 0x04,
	PAR = 0x08,
	M0AR = 0x0c,
	M1AR = 0x10,
	FCR = 0x14,
}

/** Bits of SxCR. */
export enum Cr {
	EN = 1 << 0,
	DMEIE = 1 << 1,
	TEIE = 1 << 2,
	HTIE = 1 << 3,
	TCIE = 1 << 4,
	PFCTRL = 1 << 5,
	CIRC = 1 << 8,
	PINC = 1 << 9,
	MINC = 1 << 10,
	PINCOS = 1 << 15,
	DBM = 1 << 18,
	CT = 1 << 19,
	TRBUFF = 1 << 20,
}

/** What may be written while the stream is enabled: EN and the interrupt enables. */
export const CR_ALWAYS_WRITABLE = Cr.EN | Cr.DMEIE | Cr.TEIE | Cr.HTIE | Cr.TCIE;
export const CR_BITS = 0x0fffffff;

/** DIR. */
export enum Way {
	PERIPHERAL_TO_MEMORY = 0,
	MEMORY_TO_PERIPHERAL = 1,
	MEMORY_TO_MEMORY = 2,
}

/** Bits of SxFCR. */
export enum Fcr {
	FTH = 3,
	DMDIS = 1 << 2,
	FEIE = 1 << 7,
}
export const FCR_RESET = 0x21;

/** A stream's six flags, before they are shifted to their place. */
export enum Flag {
	FEIF = 1 << 0,
	DMEIF = 1 << 2,
	TEIF = 1 << 3,
	HTIF = 1 << 4,
	TCIF = 1 << 5,
}
export const FLAGS = Flag.FEIF | Flag.DMEIF | Flag.TEIF | Flag.HTIF | Flag.TCIF;

const SHIFTS = [0, 6, 16, 22] as const;

/** Where a stream's flags are in LISR or HISR. */
export const flagShift = (stream: number): number => SHIFTS[stream & 3]!;

export const way = (cr: number): number => (cr >>> 6) & 3;
export const peripheralSize = (cr: number): number => 1 << Math.min((cr >>> 11) & 3, 2);
const memorySizeField = (cr: number): number => 1 << Math.min((cr >>> 13) & 3, 2);
export const isDirect = (fcr: number): boolean => (fcr & Fcr.DMDIS) === 0;
/** Direct mode forces MSIZE to PSIZE. */
export const memorySize = (cr: number, fcr: number): number =>
	isDirect(fcr) ? peripheralSize(cr) : memorySizeField(cr);
export const priority = (cr: number): number => (cr >>> 16) & 3;
const BEATS = [1, 4, 8, 16] as const;
export const peripheralBeats = (cr: number, fcr: number): number => (isDirect(fcr) ? 1 : BEATS[(cr >>> 21) & 3]!);
export const memoryBeats = (cr: number, fcr: number): number => (isDirect(fcr) ? 1 : BEATS[(cr >>> 23) & 3]!);
export const thresholdBytes = (fcr: number): number => ((fcr & Fcr.FTH) + 1) * (FIFO_BYTES / 4);

/**
 * Whether the stream can be enabled like this: memory bursts must fill the threshold without a rest, peripheral ones
 * must fit the FIFO, and memory to memory needs the FIFO and neither circular nor double-buffer mode.
 */
export function isLegal(cr: number, fcr: number): boolean {
	if (way(cr) > Way.MEMORY_TO_MEMORY) return false;
	if (way(cr) === Way.MEMORY_TO_MEMORY && (isDirect(fcr) || cr & (Cr.CIRC | Cr.DBM))) return false;
	if (isDirect(fcr)) return true;
	const memory = memoryBeats(cr, fcr) * memorySize(cr, fcr);
	if (memoryBeats(cr, fcr) > 1 && thresholdBytes(fcr) % memory !== 0) return false;
	return peripheralBeats(cr, fcr) * peripheralSize(cr) <= FIFO_BYTES;
}

/** FS of SxFCR: how full the FIFO is. */
export function fifoStatus(level: number): number {
	if (level === 0) return 4;
	return level >= FIFO_BYTES ? 5 : Math.floor(level / 4);
}

const SIZES = { 0: "byte", 1: "half-word", 2: "word" };
const BURSTS = { 0: "single", 1: "INCR4", 2: "INCR8", 3: "INCR16" };

const crFields: readonly RegisterField[] = [
	field("EN", 0),
	field("DMEIE", 1),
	field("TEIE", 2),
	field("HTIE", 3),
	field("TCIE", 4),
	withoutModel(
		field("PFCTRL", 5, 1, { 0: "DMA", 1: "peripheral" }),
		"the controller counts the items, not the peripheral",
	),
	field("DIR", 6, 2, { 0: "peripheral to memory", 1: "memory to peripheral", 2: "memory to memory" }),
	field("CIRC", 8),
	field("PINC", 9),
	field("MINC", 10),
	field("PSIZE", 11, 2, SIZES),
	field("MSIZE", 13, 2, SIZES),
	field("PINCOS", 15),
	field("PL", 16, 2, { 0: "low", 1: "medium", 2: "high", 3: "very high" }),
	field("DBM", 18),
	field("CT", 19, 1, { 0: "memory 0", 1: "memory 1" }),
	field("TRBUFF", 20),
	field("PBURST", 21, 2, BURSTS),
	field("MBURST", 23, 2, BURSTS),
	field("CHSEL", 25, 3),
];

const fcrFields: readonly RegisterField[] = [
	field("FTH", 0, 2, { 0: "1/4", 1: "1/2", 2: "3/4", 3: "full" }),
	field("DMDIS", 2, 1, { 0: "direct mode", 1: "FIFO mode" }),
	field("FS", 3, 3, { 0: "< 1/4", 1: "< 1/2", 2: "< 3/4", 3: "< full", 4: "empty", 5: "full" }),
	field("FEIE", 7),
];

function flagFields(first: number, prefix: string): RegisterField[] {
	return [0, 1, 2, 3].flatMap((at) =>
		[
			["FEIF", 0],
			["DMEIF", 2],
			["TEIF", 3],
			["HTIF", 4],
			["TCIF", 5],
		].map(([name, bit]) => field(`${prefix}${name}${first + at}`, flagShift(at) + Number(bit))),
	);
}

/** Every register of the controller. */
export function stm32DmaRegisters(): Register[] {
	const word = (
		name: string,
		offset: number,
		access: Register["access"],
		fields: readonly RegisterField[] = [],
		reset = 0,
	): Register => ({ name, offset, size: 4, access, reset, fields });
	const registers = [
		word("LISR", Common.LISR, "ro", flagFields(0, "")),
		word("HISR", Common.HISR, "ro", flagFields(4, "")),
		word("LIFCR", Common.LIFCR, "wo", flagFields(0, "C")),
		word("HIFCR", Common.HIFCR, "wo", flagFields(4, "C")),
	];
	for (let stream = 0; stream < STREAMS; stream++) {
		const base = FIRST_STREAM + stream * STREAM_LENGTH;
		const own = [
			word(`S${stream}CR`, base + Stream.CR, "rw", crFields),
			word(`S${stream}NDTR`, base + Stream.NDTR, "rw", [field("NDT", 0, 16)]),
			word(`S${stream}PAR`, base + Stream.PAR, "rw"),
			word(`S${stream}M0AR`, base + Stream.M0AR, "rw"),
			word(`S${stream}M1AR`, base + Stream.M1AR, "rw"),
			word(`S${stream}FCR`, base + Stream.FCR, "rw", fcrFields, FCR_RESET),
		];
		registers.push(...own.map((register) => ({ ...register, channel: stream })));
	}
	return registers;
}
