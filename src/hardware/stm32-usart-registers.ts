/** Registers of the STM32 USART, as far as it is modelled. */

import { bits, field, missingFields, type Register, withoutModel, word } from "./registers";

export enum Offset {
	CR1 = 0x00,
	CR2 = 0x04,
	CR3 = 0x08,
	BRR = 0x0c,
	GTPR = 0x10,
	RTOR = 0x14,
	RQR = 0x18,
	ISR = 0x1c,
	ICR = 0x20,
	RDR = 0x24,
	TDR = 0x28,
	PRESC = 0x2c,
}

export enum Cr1 {
	UE = 1 << 0,
	RE = 1 << 2,
	TE = 1 << 3,
	IDLEIE = 1 << 4,
	RXNEIE = 1 << 5,
	TCIE = 1 << 6,
	TXEIE = 1 << 7,
	FIFOEN = 1 << 29,
}

export enum Cr3 {
	EIE = 1 << 0,
	DMAR = 1 << 6,
	DMAT = 1 << 7,
}

export enum Isr {
	ORE = 1 << 3,
	IDLE = 1 << 4,
	RXNE = 1 << 5,
	TC = 1 << 6,
	TXE = 1 << 7,
	TEACK = 1 << 21,
	REACK = 1 << 22,
}

const FRAME = "frames are 8N1, oversampled by 16";
const INTERRUPT = "its event does not happen";
const MODE = "the USART is a plain UART";

export function stm32UsartRegisters(): Register[] {
	return [
		word("CR1", Offset.CR1, "rw", [
			...bits(["UE", 0], ["RE", 2], ["TE", 3], ["IDLEIE", 4], ["RXNEIE", 5], ["TCIE", 6], ["TXEIE", 7], ["FIFOEN", 29]),
			...missingFields(FRAME, ["PS", 9], ["PCE", 10], ["M0", 12], ["OVER8", 15], ["M1", 28]),
			...missingFields(
				INTERRUPT,
				["PEIE", 8],
				["CMIE", 14],
				["RTOIE", 26],
				["EOBIE", 27],
				["TXFEIE", 30],
				["RXFFIE", 31],
			),
			...missingFields(MODE, ["UESM", 1], ["WAKE", 11], ["MME", 13], ["DEDT", 16, 5], ["DEAT", 21, 5]),
		]),
		word("CR2", Offset.CR2, "rw", [
			...missingFields(FRAME, ["STOP", 12, 2], ["SWAP", 15], ["RXINV", 16], ["TXINV", 17], ["DATAINV", 18]),
			...missingFields(FRAME, ["MSBFIRST", 19]),
			...missingFields(MODE, ["SLVEN", 0], ["DIS_NSS", 3], ["ADDM7", 4], ["LBDL", 5], ["LBDIE", 6], ["LBCL", 8]),
			...missingFields(MODE, ["CPHA", 9], ["CPOL", 10], ["CLKEN", 11], ["LINEN", 14], ["ABREN", 20], ["ABRMOD", 21, 2]),
			...missingFields(MODE, ["RTOEN", 23], ["ADD", 24, 8]),
		]),
		word("CR3", Offset.CR3, "rw", [
			...bits(["EIE", 0], ["DMAR", 6], ["DMAT", 7]),
			...missingFields("there are no modem lines", ["RTSE", 8], ["CTSE", 9], ["CTSIE", 10], ["DEM", 14], ["DEP", 15]),
			...missingFields(INTERRUPT, ["WUFIE", 22], ["TXFTIE", 23], ["TCBGTIE", 24], ["RXFTIE", 28]),
			...missingFields(MODE, ["IREN", 1], ["IRLP", 2], ["HDSEL", 3], ["NACK", 4], ["SCEN", 5], ["ONEBIT", 11]),
			...missingFields(MODE, ["OVRDIS", 12], ["DDRE", 13], ["SCARCNT", 17, 3], ["WUS", 20, 2]),
			...missingFields("FIFOs ask from one byte on", ["RXFTCFG", 25, 3], ["TXFTCFG", 29, 3]),
		]),
		word("BRR", Offset.BRR, "rw", [field("BRR", 0, 16)]),
		withoutModel(word("GTPR", Offset.GTPR, "rw"), "it reads 0"),
		withoutModel(word("RTOR", Offset.RTOR, "rw"), "there is no receiver time-out: it reads 0"),
		word("RQR", Offset.RQR, "wo", [
			...bits(["RXFRQ", 3], ["TXFRQ", 4]),
			...missingFields("nothing is sent for it", ["ABRRQ", 0], ["SBKRQ", 1], ["MMRQ", 2]),
		]),
		word(
			"ISR",
			Offset.ISR,
			"ro",
			bits(["ORE", 3], ["IDLE", 4], ["RXNE", 5], ["TC", 6], ["TXE", 7], ["TEACK", 21], ["REACK", 22]),
			0xc0,
		),
		word("ICR", Offset.ICR, "wo", bits(["ORECF", 3], ["IDLECF", 4], ["TCCF", 6])),
		word("RDR", Offset.RDR, "ro", [field("RDR", 0, 9)]),
		word("TDR", Offset.TDR, "rw", [field("TDR", 0, 9)]),
		word("PRESC", Offset.PRESC, "rw", [field("PRESCALER", 0, 4)]),
	];
}
