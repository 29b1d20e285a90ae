/** Registers of the 16550. */

import { field, type Register, unmodelled, withoutModel } from "./registers";

export enum Lsr {
	DR = 1,
	OE = 2,
	THRE = 0x20,
	TEMT = 0x40,
}

const NO_MODEM = "there are no modem lines";

/** The registers, 1 << `shift` bytes apart. */
export function ns16550Registers(shift: number): Register[] {
	const at = (
		name: string,
		number: number,
		access: Register["access"],
		fields: Register["fields"],
		reset = 0,
	): Register => ({ name, offset: number << shift, size: 1, access, reset, fields });
	return [
		at("RBR/THR", 0, "rw", []),
		at("IER", 1, "rw", [field("ERBFI", 0), field("ETBEI", 1), field("ELSI", 2), unmodelled("EDSSI", 3, 1, NO_MODEM)]),
		at(
			"IIR",
			2,
			"ro",
			[
				field("ID", 0, 4, { 1: "none", 2: "THR empty", 4: "data", 6: "line status", 12: "time-out" }),
				field("FIFOS", 6, 2),
			],
			1,
		),
		at("FCR", 2, "wo", [
			field("FIFOE", 0),
			field("RFIFOR", 1),
			field("XFIFOR", 2),
			field("DMAM", 3),
			field("RT", 6, 2, { 0: "1", 1: "4", 2: "8", 3: "14" }),
		]),
		at("LCR", 3, "rw", [
			field("WLS", 0, 2, { 0: "5 bits", 1: "6 bits", 2: "7 bits", 3: "8 bits" }),
			field("STB", 2),
			field("PEN", 3),
			field("EPS", 4),
			unmodelled("SP", 5, 1, "parity is not looked at"),
			unmodelled("BC", 6, 1, "no break is sent"),
			field("DLAB", 7),
		]),
		at("MCR", 4, "rw", [field("DTR", 0), field("RTS", 1), field("OUT1", 2), field("OUT2", 3), field("LOOP", 4)]),
		at(
			"LSR",
			5,
			"ro",
			[
				field("DR", 0),
				field("OE", 1),
				field("PE", 2),
				field("FE", 3),
				field("BI", 4),
				field("THRE", 5),
				field("TEMT", 6),
			],
			0x60,
		),
		withoutModel(at("MSR", 6, "ro", [], 0xb0), NO_MODEM),
		at("SCR", 7, "rw", []),
	];
}
