/** Registers of the I2C controller of the STM32F7, H7 and MP1, as far as a bus master uses them. */

import { bits, field, missingFields, type Register, unmodelled, withoutModel, word } from "../registers";

export enum Offset {
	CR1 = 0x00,
	CR2 = 0x04,
	OAR1 = 0x08,
	OAR2 = 0x0c,
	TIMINGR = 0x10,
	TIMEOUTR = 0x14,
	ISR = 0x18,
	ICR = 0x1c,
	PECR = 0x20,
	RXDR = 0x24,
	TXDR = 0x28,
}

export enum Cr1 {
	PE = 1 << 0,
	TXIE = 1 << 1,
	RXIE = 1 << 2,
	NACKIE = 1 << 4,
	STOPIE = 1 << 5,
	TCIE = 1 << 6,
	ERRIE = 1 << 7,
	TXDMAEN = 1 << 14,
	RXDMAEN = 1 << 15,
}

export enum Cr2 {
	RD_WRN = 1 << 10,
	START = 1 << 13,
	STOP = 1 << 14,
	NACK = 1 << 15,
	RELOAD = 1 << 24,
	AUTOEND = 1 << 25,
}

export enum Isr {
	TXE = 1 << 0,
	TXIS = 1 << 1,
	RXNE = 1 << 2,
	NACKF = 1 << 4,
	STOPF = 1 << 5,
	TC = 1 << 6,
	TCR = 1 << 7,
	BERR = 1 << 8,
	ARLO = 1 << 9,
	OVR = 1 << 10,
	BUSY = 1 << 15,
}

/** Flags that ICR clears. */
export const CLEARED_BY_ICR: number = Isr.NACKF | Isr.STOPF | Isr.BERR | Isr.ARLO | Isr.OVR;

/** Bytes of a block that CR2 asks for. */
export const nbytes = (cr2: number): number => (cr2 >>> 16) & 0xff;

/** The 7-bit address that CR2 asks for. */
export const address = (cr2: number): number => (cr2 >>> 1) & 0x7f;

/** The event interrupt: each flag has an enable bit. */
export function wantsEvent(cr1: number, status: number): boolean {
	if (cr1 & Cr1.TXIE && status & Isr.TXIS) return true;
	if (cr1 & Cr1.RXIE && status & Isr.RXNE) return true;
	if (cr1 & Cr1.NACKIE && status & Isr.NACKF) return true;
	if (cr1 & Cr1.STOPIE && status & Isr.STOPF) return true;
	return (cr1 & Cr1.TCIE) !== 0 && (status & (Isr.TC | Isr.TCR)) !== 0;
}

const TARGET = "the controller is a bus master only";
const SMBUS = "it is I2C only, without SMBus";

export function stm32I2cRegisters(): Register[] {
	return [
		word("CR1", Offset.CR1, "rw", [
			...bits(["PE", 0], ["TXIE", 1], ["RXIE", 2], ["NACKIE", 4], ["STOPIE", 5], ["TCIE", 6], ["ERRIE", 7]),
			field("DNF", 8, 4),
			...bits(["ANFOFF", 12], ["TXDMAEN", 14], ["RXDMAEN", 15]),
			...missingFields(TARGET, ["ADDRIE", 3], ["SBC", 16], ["NOSTRETCH", 17], ["WUPEN", 18], ["GCEN", 19]),
			...missingFields(SMBUS, ["SMBHEN", 20], ["SMBDEN", 21], ["ALERTEN", 22], ["PECEN", 23]),
		]),
		word("CR2", Offset.CR2, "rw", [
			field("SADD", 0, 10),
			field("RD_WRN", 10, 1, { 0: "write", 1: "read" }),
			...missingFields("addresses have 7 bits", ["ADD10", 11], ["HEAD10R", 12]),
			...bits(["START", 13], ["STOP", 14]),
			unmodelled("NACK", 15, 1, TARGET),
			field("NBYTES", 16, 8),
			...bits(["RELOAD", 24], ["AUTOEND", 25]),
			unmodelled("PECBYTE", 26, 1, SMBUS),
		]),
		word("OAR1", Offset.OAR1, "rw", [field("OA1", 0, 10), ...missingFields(TARGET, ["OA1MODE", 10], ["OA1EN", 15])]),
		word("OAR2", Offset.OAR2, "rw", [field("OA2", 1, 7), ...missingFields(TARGET, ["OA2MSK", 8, 3], ["OA2EN", 15])]),
		word("TIMINGR", Offset.TIMINGR, "rw", [
			field("SCLL", 0, 8),
			field("SCLH", 8, 8),
			field("SDADEL", 16, 4),
			field("SCLDEL", 20, 4),
			field("PRESC", 28, 4),
		]),
		word("TIMEOUTR", Offset.TIMEOUTR, "rw", [
			field("TIMEOUTA", 0, 12),
			...missingFields(SMBUS, ["TIDLE", 12], ["TIMOUTEN", 15]),
			field("TIMEOUTB", 16, 12),
			unmodelled("TEXTEN", 31, 1, SMBUS),
		]),
		word(
			"ISR",
			Offset.ISR,
			"rw",
			bits(
				["TXE", 0],
				["TXIS", 1],
				["RXNE", 2],
				["NACKF", 4],
				["STOPF", 5],
				["TC", 6],
				["TCR", 7],
				["BERR", 8],
				["ARLO", 9],
				["OVR", 10],
				["BUSY", 15],
			),
			1,
		),
		word("ICR", Offset.ICR, "wo", bits(["NACKCF", 4], ["STOPCF", 5], ["BERRCF", 8], ["ARLOCF", 9], ["OVRCF", 10])),
		withoutModel(word("PECR", Offset.PECR, "ro"), "it reads 0"),
		word("RXDR", Offset.RXDR, "ro", [field("RXDATA", 0, 8)]),
		word("TXDR", Offset.TXDR, "rw", [field("TXDATA", 0, 8)]),
	];
}
