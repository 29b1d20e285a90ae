/** Registers of the BCM2835 DMA controller (BCM2835 ARM Peripherals, chapter 4; reference chapter 6). */

import { field, type Register, type RegisterField, unmodelled } from "../registers";

/** Channels at `channel << 8`. The sixteenth lies elsewhere and belongs to the firmware. */
export const CHANNELS = 15;
export const CHANNEL_SHIFT = 8;
export const CONTROL_BLOCK_BYTES = 32;

/** Offsets in a channel's block. */
export enum Channel {
	CS = 0x00,
	CONBLK_AD = 0x04,
	TI = 0x08,
	SOURCE_AD = 0x0c,
	DEST_AD = 0x10,
	TXFR_LEN = 0x14,
	STRIDE = 0x18,
	NEXTCONBK = 0x1c,
	DEBUG = 0x20,
}

/** Registers of all channels. They lie behind the 0xf00 bytes that devicetrees give the controller. */
export enum Global {
	INT_STATUS = 0xfe0,
	ENABLE = 0xff0,
}
/** What the block decodes, whatever `reg` says. */
export const BLOCK_BYTES = 0x1000;
export const ENABLE_ALL = 0x7fff;

/** Bits of CS. */
export enum Cs {
	ACTIVE = 1 << 0,
	END = 1 << 1,
	INT = 1 << 2,
	DREQ = 1 << 3,
	PAUSED = 1 << 4,
	DREQ_STOPS_DMA = 1 << 5,
	WAITING_WRITES = 1 << 6,
	ERROR = 1 << 8,
	WAIT_FOR_WRITES = 1 << 28,
	DISDEBUG = 1 << 29,
	ABORT = 1 << 30,
	RESET = 1 << 31,
}
/** Bits of CS that software writes and reads back, beside ACTIVE. */
export const CS_KEPT = 0xff0000 | Cs.WAIT_FOR_WRITES | Cs.DISDEBUG;

/** Bits of TI, which is also the first word of a control block. */
export enum Ti {
	INTEN = 1 << 0,
	TDMODE = 1 << 1,
	WAIT_RESP = 1 << 3,
	DEST_INC = 1 << 4,
	DEST_WIDTH = 1 << 5,
	DEST_DREQ = 1 << 6,
	DEST_IGNORE = 1 << 7,
	SRC_INC = 1 << 8,
	SRC_WIDTH = 1 << 9,
	SRC_DREQ = 1 << 10,
	SRC_IGNORE = 1 << 11,
	NO_WIDE_BURSTS = 1 << 26,
}
/** What a lite channel does not have. */
export const NOT_LITE = Ti.TDMODE | Ti.DEST_IGNORE | Ti.SRC_IGNORE;

/** Bits of DEBUG. */
export enum Debug {
	READ_LAST_NOT_SET_ERROR = 1 << 0,
	FIFO_ERROR = 1 << 1,
	READ_ERROR = 1 << 2,
	LITE = 1 << 28,
}
export const DEBUG_ERRORS = Debug.READ_LAST_NOT_SET_ERROR | Debug.FIFO_ERROR | Debug.READ_ERROR;

export const priorityOf = (cs: number): number => (cs >>> 16) & 15;
export const permap = (ti: number): number => (ti >>> 16) & 31;
export const waits = (ti: number): number => (ti >>> 21) & 31;
export const burstLength = (ti: number): number => (ti >>> 12) & 15;

const DREQS = {
	0: "not paced",
	1: "DSI",
	2: "PCM TX",
	3: "PCM RX",
	4: "SMI",
	5: "PWM",
	6: "SPI TX",
	7: "SPI RX",
	8: "BSC slave TX",
	9: "BSC slave RX",
	11: "eMMC",
	12: "UART TX",
	13: "SD host",
	14: "UART RX",
	16: "SLIMBUS",
	17: "HDMI",
};
const WIDTH = { 0: "32 bit", 1: "128 bit" };

const csFields: readonly RegisterField[] = [
	field("ACTIVE", 0),
	field("END", 1),
	field("INT", 2),
	field("DREQ", 3),
	field("PAUSED", 4),
	field("DREQ_STOPS_DMA", 5),
	field("WAITING_WRITES", 6),
	field("ERROR", 8),
	field("PRIORITY", 16, 4),
	unmodelled("PANIC_PRIORITY", 20, 4, "no peripheral panics"),
	field("WAIT_FOR_WRITES", 28),
	unmodelled("DISDEBUG", 29, 1, "nothing pauses a channel for debugging"),
	field("ABORT", 30),
	field("RESET", 31),
];

/** TI, and `info` of a control block. */
export const tiFields: readonly RegisterField[] = [
	field("INTEN", 0),
	field("TDMODE", 1, 1, { 0: "linear", 1: "2D" }),
	field("WAIT_RESP", 3),
	field("DEST_INC", 4),
	field("DEST_WIDTH", 5, 1, WIDTH),
	field("DEST_DREQ", 6),
	field("DEST_IGNORE", 7),
	field("SRC_INC", 8),
	field("SRC_WIDTH", 9, 1, WIDTH),
	field("SRC_DREQ", 10),
	field("SRC_IGNORE", 11),
	field("BURST_LENGTH", 12, 4),
	field("PERMAP", 16, 5, DREQS),
	field("WAITS", 21, 5),
	unmodelled("NO_WIDE_BURSTS", 26, 1, "a write of 128 bits is one transaction"),
];

const debugFields: readonly RegisterField[] = [
	field("READ_LAST_NOT_SET_ERROR", 0),
	field("FIFO_ERROR", 1),
	field("READ_ERROR", 2),
	field("OUTSTANDING_WRITES", 4, 4),
	field("DMA_ID", 8, 8),
	field("DMA_STATE", 16, 9),
	field("VERSION", 25, 3),
	field("LITE", 28),
];

const channelBits = (prefix: string): RegisterField[] =>
	Array.from({ length: CHANNELS }, (_, n) => field(`${prefix}${n}`, n));

/** Every register of the controller. `lite` says which channels are lite ones. */
export function bcm2835DmaRegisters(isLite: (channel: number) => boolean): Register[] {
	const out: Register[] = [];
	for (let channel = 0; channel < CHANNELS; channel++) {
		const word = (
			name: string,
			register: Channel,
			access: Register["access"],
			fields: readonly RegisterField[] = [],
			reset = 0,
		) => {
			const offset = (channel << CHANNEL_SHIFT) + register;
			out.push({ name: `${channel}_${name}`, offset, size: 4, access, reset, fields, channel });
		};
		word("CS", Channel.CS, "rw", csFields, Cs.PAUSED);
		word("CONBLK_AD", Channel.CONBLK_AD, "rw");
		word("TI", Channel.TI, "ro", tiFields);
		word("SOURCE_AD", Channel.SOURCE_AD, "ro");
		word("DEST_AD", Channel.DEST_AD, "ro");
		const length = isLite(channel) ? [field("XLENGTH", 0, 16)] : [field("XLENGTH", 0, 16), field("YLENGTH", 16, 14)];
		word("TXFR_LEN", Channel.TXFR_LEN, "ro", length);
		if (!isLite(channel)) word("STRIDE", Channel.STRIDE, "ro", [field("S_STRIDE", 0, 16), field("D_STRIDE", 16, 16)]);
		word("NEXTCONBK", Channel.NEXTCONBK, "rw");
		const id = (channel << 8) | (isLite(channel) ? Debug.LITE : 0);
		word("DEBUG", Channel.DEBUG, "rw", debugFields, id);
	}
	out.push({
		name: "INT_STATUS",
		offset: Global.INT_STATUS,
		size: 4,
		access: "ro",
		reset: 0,
		fields: channelBits("INT"),
	});
	out.push({
		name: "ENABLE",
		offset: Global.ENABLE,
		size: 4,
		access: "rw",
		reset: ENABLE_ALL,
		fields: channelBits("EN"),
	});
	return out;
}
