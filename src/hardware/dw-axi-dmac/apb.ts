/**
 * The glue that Intel put in front of the controller on Keem Bay: eight handshake inputs, one for each channel, and a
 * table of which peripheral each one listens to. What the enables for narrow writes do on the bus is not known; narrow
 * items are written as such either way.
 */
import type { BusTarget } from "../../sim/bus";
import { field, type Register, type RegisterBank } from "../registers";
import type { DmacState } from "./state";

/** Offsets, all of 32 bits. */
export enum Apb {
	CFG = 0x00,
	STAT = 0x04,
	DEBUG_STAT_0 = 0x08,
	DEBUG_STAT_1 = 0x0c,
	HW_HS_SEL_0 = 0x10,
	HW_HS_SEL_1 = 0x14,
	LPI = 0x18,
	BYTE_WR_CH_EN = 0x1c,
	HALFWORD_WR_CH_EN = 0x20,
}

/** Bytes of its registers. */
export const APB_SIZE = 0x24;
const NOBODY = 0x3f;
const RESET_SELECT = 0x3f3f3f3f;
const CHANNELS = 8;

export const newApb = (): Uint32Array => {
	const words = new Uint32Array(APB_SIZE / 4);
	words[Apb.HW_HS_SEL_0 / 4] = RESET_SELECT;
	words[Apb.HW_HS_SEL_1 / 4] = RESET_SELECT;
	return words;
};

/** The peripheral that a channel's handshake input listens to; -1: none. */
export function selectedHandshake(words: Uint32Array, input: number): number {
	if (input < 0 || input >= CHANNELS) return -1;
	const value = (words[(Apb.HW_HS_SEL_0 >>> 2) + (input >>> 2)]! >>> ((input & 3) * 8)) & 0xff;
	return value === NOBODY ? -1 : value;
}

const each = (name: string, first: number, count: number, width: number) =>
	Array.from({ length: count }, (_, at) => field(`CH${first + at + 1}_${name}`, at * width, width));

export function apbRegisters(): Register[] {
	const word = (name: string, offset: Apb, fields = each("", 0, 0, 1), reset = 0): Register => ({
		name: `APB_${name}`,
		offset,
		size: 4,
		access: "rw",
		reset,
		fields,
	});
	const unknown = "no public manual says what it does: it keeps what is written";
	return [
		{ ...word("CFG", Apb.CFG), unmodelled: unknown },
		{ ...word("STAT", Apb.STAT), access: "ro", unmodelled: "reads 0" },
		{ ...word("DEBUG_STAT_0", Apb.DEBUG_STAT_0), access: "ro", unmodelled: "reads 0" },
		{ ...word("DEBUG_STAT_1", Apb.DEBUG_STAT_1), access: "ro", unmodelled: "reads 0" },
		word("HW_HS_SEL_0", Apb.HW_HS_SEL_0, each("HS_SEL", 0, 4, 8), RESET_SELECT),
		word("HW_HS_SEL_1", Apb.HW_HS_SEL_1, each("HS_SEL", 4, 4, 8), RESET_SELECT),
		{ ...word("LPI", Apb.LPI), unmodelled: unknown },
		word("BYTE_WR_CH_EN", Apb.BYTE_WR_CH_EN, each("BYTE_WR_EN", 0, CHANNELS, 1)),
		word("HALFWORD_WR_CH_EN", Apb.HALFWORD_WR_CH_EN, each("HALFWORD_WR_EN", 0, CHANNELS, 1)),
	];
}

/** The glue's registers on the bus; what they hold is part of the controller's state. */
export class ApbGlue implements BusTarget, RegisterBank {
	readonly readLatency = 8;
	readonly registers = apbRegisters();

	constructor(
		readonly name: string,
		readonly base: number,
		readonly size: number,
		readonly readLatencyPs: number,
		/** The controller: its state is replaced by a restore, so it is asked for each time. */
		private readonly owner: { readonly state: DmacState; glueChanged(): void },
	) {}

	read(offset: number, size: number): number {
		return this.peek(offset, size);
	}

	peek(offset: number, size: number): number {
		const word = this.owner.state.apb[offset >>> 2] ?? 0;
		return size === 4 ? word : (word >>> ((offset & 3) * 8)) & (size === 1 ? 0xff : 0xffff);
	}

	write(offset: number, size: number, value: number): void {
		const at = offset >>> 2;
		const { apb } = this.owner.state;
		if (at >= apb.length || (at >= Apb.STAT >>> 2 && at <= Apb.DEBUG_STAT_1 >>> 2)) return;
		const shift = (offset & 3) * 8;
		const mask = (size === 4 ? 0xffffffff : size === 1 ? 0xff : 0xffff) << shift;
		apb[at] = (apb[at]! & ~mask) | ((value << shift) & mask);
		this.owner.glueChanged();
	}
}
