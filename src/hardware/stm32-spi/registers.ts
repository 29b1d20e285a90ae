/** Registers of the SPI of the STM32H7 and MP1, as far as it is modelled. */

import { bits, field, missingFields, type Register, unmodelled, withoutModel, word } from "../registers";

export enum Offset {
	CR1 = 0x00,
	CR2 = 0x04,
	CFG1 = 0x08,
	CFG2 = 0x0c,
	IER = 0x10,
	SR = 0x14,
	IFCR = 0x18,
	TXDR = 0x20,
	RXDR = 0x30,
	CRCPOLY = 0x40,
	TXCRC = 0x44,
	RXCRC = 0x48,
	UDRDR = 0x4c,
	I2SCFGR = 0x50,
}

export enum Cr1 {
	SPE = 1 << 0,
	MASRX = 1 << 8,
	CSTART = 1 << 9,
	CSUSP = 1 << 10,
	HDDIR = 1 << 11,
	SSI = 1 << 12,
}

export enum Cfg1 {
	RXDMAEN = 1 << 14,
	TXDMAEN = 1 << 15,
}

export enum Cfg2 {
	MASTER = 1 << 22,
	SSM = 1 << 26,
}

export enum Sr {
	RXP = 1 << 0,
	TXP = 1 << 1,
	DXP = 1 << 2,
	EOT = 1 << 3,
	TXTF = 1 << 4,
	UDR = 1 << 5,
	OVR = 1 << 6,
	MODF = 1 << 9,
	SUSP = 1 << 11,
	TXC = 1 << 12,
	RXWNE = 1 << 15,
}

/** Flags that IFCR clears. */
export const CLEARED_BY_IFCR: number = Sr.EOT | Sr.TXTF | Sr.UDR | Sr.OVR | Sr.MODF | Sr.SUSP;

/** Enable bits of IER that each stand for the flag of the same place; EOTIE stands for SUSP as well. */
export const INTERRUPTS: number = Sr.RXP | Sr.TXP | Sr.DXP | Sr.EOT | Sr.TXTF | Sr.UDR | Sr.OVR | Sr.MODF;

/** Bits of a frame, frames of a packet, kernel clock cycles of a bit: from CFG1. */
export const frameBits = (cfg1: number): number => (cfg1 & 0x1f) + 1;
export const packetFrames = (cfg1: number): number => ((cfg1 >>> 5) & 0xf) + 1;
export const bitCycles = (cfg1: number): number => 2 << ((cfg1 >>> 28) & 7);

/** Bytes that a frame takes in the FIFOs. */
export function frameBytes(cfg1: number): number {
	const bits = frameBits(cfg1);
	return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
}

/** What CRCPOLY holds. */
export const CRC_POLYNOMIAL = 0x107;
const CRC = "there is no CRC";

export function stm32SpiRegisters(): Register[] {
	return [
		word("CR1", Offset.CR1, "rw", [
			...bits(["SPE", 0], ["MASRX", 8], ["CSTART", 9], ["CSUSP", 10], ["HDDIR", 11], ["SSI", 12]),
			...missingFields(CRC, ["CRC33_17", 13], ["RCRCI", 14], ["TCRCI", 15]),
			unmodelled("IOLOCK", 16, 1, "there are no pins"),
		]),
		word("CR2", Offset.CR2, "rw", [field("TSIZE", 0, 16), unmodelled("TSER", 16, 16, "TSIZE is not extended")]),
		word(
			"CFG1",
			Offset.CFG1,
			"rw",
			[
				field("DSIZE", 0, 5),
				field("FTHLV", 5, 4),
				...missingFields("an underrun sends UDRDR", ["UDRCFG", 9, 2], ["UDRDET", 11, 2]),
				...bits(["RXDMAEN", 14], ["TXDMAEN", 15]),
				field("CRCSIZE", 16, 5),
				unmodelled("CRCEN", 22, 1, CRC),
				field("MBR", 28, 3, { 0: "/2", 1: "/4", 2: "/8", 3: "/16", 4: "/32", 5: "/64", 6: "/128", 7: "/256" }),
			],
			0x00070007,
		),
		word("CFG2", Offset.CFG2, "rw", [
			field("MSSI", 0, 4),
			field("MIDI", 4, 4),
			unmodelled("IOSWP", 15, 1, "there are no pins"),
			field("COMM", 17, 2, { 0: "full duplex", 1: "transmit", 2: "receive", 3: "half duplex" }),
			unmodelled("SP", 19, 3, "frames are Motorola's"),
			field("MASTER", 22, 1, { 0: "target", 1: "controller" }),
			...bits(
				["LSBFRST", 23],
				["CPHA", 24],
				["CPOL", 25],
				["SSM", 26],
				["SSIOP", 28],
				["SSOE", 29],
				["SSOM", 30],
				["AFCNTR", 31],
			),
		]),
		word("IER", Offset.IER, "rw", [
			...bits(
				["RXPIE", 0],
				["TXPIE", 1],
				["DXPIE", 2],
				["EOTIE", 3],
				["TXTFIE", 4],
				["UDRIE", 5],
				["OVRIE", 6],
				["MODFIE", 9],
			),
			...missingFields("its event does not happen", ["CRCEIE", 7], ["TIFREIE", 8], ["TSERFIE", 10]),
		]),
		word(
			"SR",
			Offset.SR,
			"ro",
			[
				...bits(["RXP", 0], ["TXP", 1], ["DXP", 2], ["EOT", 3], ["TXTF", 4], ["UDR", 5], ["OVR", 6], ["MODF", 9]),
				...bits(["SUSP", 11], ["TXC", 12]),
				field("RXPLVL", 13, 2),
				field("RXWNE", 15),
				field("CTSIZE", 16, 16),
			],
			0x1002,
		),
		word(
			"IFCR",
			Offset.IFCR,
			"wo",
			bits(["EOTC", 3], ["TXTFC", 4], ["UDRC", 5], ["OVRC", 6], ["MODFC", 9], ["SUSPC", 11]),
		),
		word("TXDR", Offset.TXDR, "wo"),
		word("RXDR", Offset.RXDR, "ro"),
		withoutModel(word("CRCPOLY", Offset.CRCPOLY, "rw", [], CRC_POLYNOMIAL), CRC),
		withoutModel(word("TXCRC", Offset.TXCRC, "ro"), CRC),
		withoutModel(word("RXCRC", Offset.RXCRC, "ro"), CRC),
		word("UDRDR", Offset.UDRDR, "rw"),
		word("I2SCFGR", Offset.I2SCFGR, "rw", [unmodelled("I2SMOD", 0, 1, "it is an SPI only")]),
	];
}
