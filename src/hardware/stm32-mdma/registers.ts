/** Registers of the STM32 MDMA (reference 4.2). */

import { field, type Register, type RegisterField, unmodelled, withoutModel, word } from "../registers";

export const MOST_CHANNELS = 32;
export const FIRST_CHANNEL = 0x40;
export const CHANNEL_LENGTH = 0x40;
/** A channel's linked-list node in memory: the registers from CTCR to CMDR. */
export const NODE_BYTES = 40;
/** The controller's FIFO: what one buffer transfer moves at most. */
export const FIFO_BYTES = 128;

export const GISR0 = 0x00;
const SGISR0 = 0x08;

/** Offsets in a channel's block. */
export enum Channel {
	CISR = 0x00,
	CIFCR = 0x04,
	CESR = 0x08,
	CCR = 0x0c,
	CTCR = 0x10,
	CBNDTR = 0x14,
	CSAR = 0x18,
	CDAR = 0x1c,
	CBRUR = 0x20,
	CLAR = 0x24,
	CTBR = 0x28,
	CMAR = 0x30,
	CMDR = 0x34,
}

/** Bits of CISR and CIFCR; their enables are one place higher in CCR. */
export enum Flag {
	TEIF = 1 << 0,
	CTCIF = 1 << 1,
	BRTIF = 1 << 2,
	BTIF = 1 << 3,
	TCIF = 1 << 4,
}
export const FLAGS = 0x1f;
export const CRQA = 1 << 16;

/** Bits of CESR above TEA. */
export enum Esr {
	TED = 1 << 7,
	TELD = 1 << 8,
	TEMD = 1 << 9,
	ASE = 1 << 10,
	BSE = 1 << 11,
}
export const TEA = 0x7f;

/** Bits of CCR. */
export enum Ccr {
	EN = 1 << 0,
	SM = 1 << 8,
	BEX = 1 << 12,
	HEX = 1 << 13,
	WEX = 1 << 14,
	SWRQ = 1 << 16,
}
/** What CCR keeps; SM is set by secure software, which there is none of here. */
export const CCR_BITS = 0x70ff;
/** What may be written while the channel is enabled: EN and the interrupt enables. */
export const CCR_ALWAYS_WRITABLE = 0x3f;

/** Bits of CTCR. */
export enum Ctcr {
	PKE = 1 << 25,
	SWRM = 1 << 30,
	BWM = 1 << 31,
}

/** Bits of CBNDTR. */
export enum Bndtr {
	BRSUM = 1 << 18,
	BRDUM = 1 << 19,
}
export const BNDT = 0x1ffff;
export const CTBR_BITS = 0x3003f;
export const TSEL = 0x3f;

/** TRGM: what one request moves. */
export enum Trigger {
	BUFFER = 0,
	BLOCK = 1,
	REPEATED_BLOCK = 2,
	LIST = 3,
}

/** SINC and DINC. */
export enum Step {
	FIXED = 0,
	INCREMENT = 2,
	DECREMENT = 3,
}

export const priority = (ccr: number): number => (ccr >>> 6) & 3;
export const trigger = (ctcr: number): number => (ctcr >>> 28) & 3;
/** Bytes of an item on each side. */
export const sourceSize = (ctcr: number): number => 1 << ((ctcr >>> 4) & 3);
export const targetSize = (ctcr: number): number => 1 << ((ctcr >>> 6) & 3);
/** TLEN + 1: bytes of a buffer transfer. */
export const bufferBytes = (ctcr: number): number => ((ctcr >>> 18) & 0x7f) + 1;

const steps: RegisterField["values"] = { 0: "fixed", 1: "reserved", 2: "increment", 3: "decrement" };
const sizes: RegisterField["values"] = { 0: "byte", 1: "half-word", 2: "word", 3: "double word" };
const bursts: RegisterField["values"] = Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n, `${1 << n} beats`]));
const ONE_BUS = "AXI and AHB are the same bus here";
const buses: RegisterField["values"] = { 0: "AXI", 1: "AHB/TCM" };

const cisrFields = ["TEIF", "CTCIF", "BRTIF", "BTIF", "TCIF"].map((name, bit) => field(name, bit));

const ctcrFields: readonly RegisterField[] = [
	field("SINC", 0, 2, steps),
	field("DINC", 2, 2, steps),
	field("SSIZE", 4, 2, sizes),
	field("DSIZE", 6, 2, sizes),
	field("SINCOS", 8, 2, sizes),
	field("DINCOS", 10, 2, sizes),
	field("SBURST", 12, 3, bursts),
	field("DBURST", 15, 3, bursts),
	field("TLEN", 18, 7),
	field("PKE", 25, 1, { 0: "item by item", 1: "packed" }),
	field("PAM", 26, 2, { 0: "right, zeros", 1: "right, sign", 2: "left, zeros", 3: "reserved" }),
	field("TRGM", 28, 2, { 0: "buffer", 1: "block", 2: "repeated block", 3: "whole list" }),
	field("SWRM", 30, 1, { 0: "hardware request", 1: "software request" }),
	unmodelled("BWM", 31, 1, "every write waits for its answer"),
];

const cbndtrFields: readonly RegisterField[] = [
	field("BNDT", 0, 17),
	field("BRSUM", 18, 1, { 0: "add", 1: "subtract" }),
	field("BRDUM", 19, 1, { 0: "add", 1: "subtract" }),
	field("BRC", 20, 12),
];

const cbrurFields: readonly RegisterField[] = [field("SUV", 0, 16), field("DUV", 16, 16)];

const ctbrFields: readonly RegisterField[] = [
	field("TSEL", 0, 6),
	withoutModel(field("SBUS", 16, 1, buses), ONE_BUS),
	withoutModel(field("DBUS", 17, 1, buses), ONE_BUS),
];

const ccrFields: readonly RegisterField[] = [
	field("EN", 0),
	field("TEIE", 1),
	field("CTCIE", 2),
	field("BRTIE", 3),
	field("BTIE", 4),
	field("TCIE", 5),
	field("PL", 6, 2, { 0: "low", 1: "medium", 2: "high", 3: "very high" }),
	field("SM", 8, 1, { 0: "not secure", 1: "secure" }),
	field("BEX", 12),
	field("HEX", 13),
	field("WEX", 14),
	field("SWRQ", 16),
];

const cesrFields: readonly RegisterField[] = [
	field("TEA", 0, 7),
	field("TED", 7, 1, { 0: "read", 1: "write" }),
	field("TELD", 8),
	field("TEMD", 9),
	field("ASE", 10),
	field("BSE", 11),
];

/** What a node in memory holds, in its order; the eighth word is reserved. */
export const NODE_WORDS: readonly { readonly name: string; readonly fields: readonly RegisterField[] }[] = [
	{ name: "CTCR", fields: ctcrFields },
	{ name: "CBNDTR", fields: cbndtrFields },
	{ name: "CSAR", fields: [] },
	{ name: "CDAR", fields: [] },
	{ name: "CBRUR", fields: cbrurFields },
	{ name: "CLAR", fields: [] },
	{ name: "CTBR", fields: ctbrFields },
	{ name: "reserved", fields: [] },
	{ name: "CMAR", fields: [] },
	{ name: "CMDR", fields: [] },
];

/** Every register of a controller with this many channels. */
export function stm32MdmaRegisters(channels: number): Register[] {
	const each = Array.from({ length: channels }, (_, n) => n);
	const registers = [
		word(
			"GISR0",
			GISR0,
			"ro",
			each.map((n) => field(`GIF${n}`, n)),
		),
		withoutModel(word("SGISR0", SGISR0, "ro"), "reads 0, interrupts of secure channels are in GISR0"),
	];
	for (const channel of each) {
		const at = (offset: Channel) => FIRST_CHANNEL + channel * CHANNEL_LENGTH + offset;
		const own = [
			word(`C${channel}ISR`, at(Channel.CISR), "ro", [...cisrFields, field("CRQA", 16)]),
			word(
				`C${channel}IFCR`,
				at(Channel.CIFCR),
				"wo",
				cisrFields.map(({ name, lsb }) => field(`C${name}`, lsb)),
			),
			word(`C${channel}ESR`, at(Channel.CESR), "ro", cesrFields),
			word(`C${channel}CR`, at(Channel.CCR), "rw", ccrFields),
			word(`C${channel}TCR`, at(Channel.CTCR), "rw", ctcrFields),
			word(`C${channel}BNDTR`, at(Channel.CBNDTR), "rw", cbndtrFields),
			word(`C${channel}SAR`, at(Channel.CSAR), "rw"),
			word(`C${channel}DAR`, at(Channel.CDAR), "rw"),
			word(`C${channel}BRUR`, at(Channel.CBRUR), "rw", cbrurFields),
			word(`C${channel}LAR`, at(Channel.CLAR), "rw"),
			word(`C${channel}TBR`, at(Channel.CTBR), "rw", ctbrFields),
			word(`C${channel}MAR`, at(Channel.CMAR), "rw"),
			word(`C${channel}MDR`, at(Channel.CMDR), "rw"),
		];
		registers.push(...own.map((register) => ({ ...register, channel })));
	}
	return registers;
}
