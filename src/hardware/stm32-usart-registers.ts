/** Registers of the STM32 USART, as far as it is modelled. */

import { bits, field, type Register, unmodelled, word } from "./registers";

export enum Offset {
	CR1 = 0x00,
	CR2 = 0x04,
	CR3 = 0x08,
	BRR = 0x0c,
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

export function stm32UsartRegisters(): Register[] {
	return [
		word("CR1", Offset.CR1, "rw", [
			...bits(["UE", 0], ["RE", 2], ["TE", 3], ["IDLEIE", 4], ["RXNEIE", 5], ["TCIE", 6], ["TXEIE", 7], ["FIFOEN", 29]),
			unmodelled("PS", 9),
			unmodelled("PCE", 10),
			unmodelled("M0", 12),
			unmodelled("OVER8", 15),
			unmodelled("M1", 28),
		]),
		word("CR2", Offset.CR2, "rw", [unmodelled("STOP", 12, 2), unmodelled("LINEN", 14)]),
		word("CR3", Offset.CR3, "rw", [
			...bits(["EIE", 0], ["DMAR", 6], ["DMAT", 7]),
			unmodelled("HDSEL", 3),
			unmodelled("RTSE", 8),
			unmodelled("CTSE", 9),
		]),
		word("BRR", Offset.BRR, "rw", [field("BRR", 0, 16)]),
		word("RQR", Offset.RQR, "wo", bits(["RXFRQ", 3], ["TXFRQ", 4])),
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
