/**
 * What the hardware of the channels is told to do, as a listing: the items of descriptor chains and the instructions of
 * channel programs, by bus address.
 */
import type { ChainItem, ProgramLine } from "../hardware/model";
import type { DisassembledRow } from "./api";
import { type ChannelEntry, QUEUE_NAMES, viewOf } from "./channels";
import { chainOf, itemsOf } from "./descriptor-chain";

const hex = (value: number) => `0x${value.toString(16)}`;

/** Bus address of the instruction or item that a channel works on; -1 when it is at none. */
export function placeOf(entry: ChannelEntry): number {
	const { hardware } = entry;
	if (hardware?.controller.programCounter) return hardware.controller.programCounter(hardware.channel);
	return viewOf(entry)?.descriptor ?? -1;
}

/**
 * `count` rows from the one at bus address `address` on, moved by `offset` rows. Rows beyond the channel's chain or
 * program say that nothing is there.
 */
export function disassemble(
	entries: readonly ChannelEntry[],
	address: number,
	offset: number,
	count: number,
): DisassembledRow[] {
	const rows = listingAround(entries, address);
	const first = rows.findIndex((row) => address >= row.address && address < row.address + row.size);
	return Array.from({ length: count }, (_, index) => {
		const at = Math.max(0, first) + offset + index;
		return rows[at] ?? nothing(rows, address, at);
	});
}

/** The listing of the channel that has something at an address; empty when none has. */
function listingAround(entries: readonly ChannelEntry[], address: number): DisassembledRow[] {
	for (const entry of entries) {
		const rows = listing(entry);
		if (rows.some((row) => address >= row.address && address < row.address + row.size)) return rows;
	}
	return [];
}

/** A channel's program, or the chains of all its descriptors, in address order. */
function listing(entry: ChannelEntry): DisassembledRow[] {
	const { hardware } = entry;
	const rows = hardware?.controller.program?.(hardware.channel).map(instructionRow) ?? itemRows(entry);
	rows.sort((a, b) => a.address - b.address);
	const [start] = rows;
	if (start) rows[0] = { ...start, symbol: entry.title };
	return rows.filter((row, index) => row.address !== rows[index - 1]?.address);
}

function instructionRow({ address, bytes, text }: ProgramLine): DisassembledRow {
	return { address, size: bytes.length, bytes, text, symbol: "", valid: true };
}

function itemRows(entry: ChannelEntry): DisassembledRow[] {
	const { queues } = entry.info ?? {};
	const known = queues ? QUEUE_NAMES.flatMap((name) => queues[name]) : [];
	const rows = known.flatMap((descriptor) => {
		const whose = descriptor.cookie > 0 ? ` of cookie ${descriptor.cookie}` : "";
		return itemsOf(entry, descriptor).map((item, index) => itemRow(item, index, whose));
	});
	return rows.length > 0 ? rows : chainOf(entry).map((item, index) => itemRow(item, index, ""));
}

function itemRow({ address, size, name, src, dst, length, next, notes }: ChainItem, index: number, whose: string) {
	const words = [`${hex(src)} → ${hex(dst)}`, `${length} bytes`, `next ${next === 0 ? "end" : hex(next)}`, ...notes];
	const text = `${name} ${index}${whose}  ${words.join(", ")}`;
	return { address, size, bytes: new Uint8Array(0), text, symbol: "", valid: true };
}

/** A row before the first or behind the last one: addresses go on, so that a view can scroll. */
function nothing(rows: readonly DisassembledRow[], address: number, at: number): DisassembledRow {
	const [first] = rows;
	const last = rows.at(-1);
	const size = first?.size ?? 1;
	const from =
		at < 0 || !last ? (first?.address ?? address) + at * size : last.address + last.size + (at - rows.length) * size;
	return { address: Math.max(0, from), size, bytes: new Uint8Array(0), text: "", symbol: "", valid: false };
}
