/** How the bytes of a buffer transfer go into the FIFO and out of it. */

import { toBoundary } from "../../sim/bus";
import type { Machine } from "../../sim/machine";
import { Response } from "../../sim/observers";
import { bufferBytes, Ccr, Ctcr, Esr, FIFO_BYTES, Step, sourceSize, targetSize } from "./registers";
import type { ChannelState } from "./state";

/** The FIFO, and behind it room for items that have been made wider. */
export const FIFO_SPACE = FIFO_BYTES + 8 * FIFO_BYTES;

/** Where a move ended that the bus did not accept: read at once, never kept. */
export interface Failure {
	address: number;
}

const sourceStep = (ctcr: number): number => 1 << ((ctcr >>> 8) & 3);
const targetStep = (ctcr: number): number => 1 << ((ctcr >>> 10) & 3);

/** Whether bytes flow through the FIFO as they are: PKE, or items of one size. */
const isPacked = (ctcr: number): boolean => (ctcr & Ctcr.PKE) !== 0 || sourceSize(ctcr) === targetSize(ctcr);

/** Source bytes of the next buffer transfer: TLEN + 1, in whole items of both sides, and no more than the block has. */
export function nextLength(c: ChannelState): number {
	const size = Math.max(sourceSize(c.ctcr), isPacked(c.ctcr) ? targetSize(c.ctcr) : 1);
	return Math.min(Math.ceil(bufferBytes(c.ctcr) / size) * size, c.bndt);
}

/** Bytes that a buffer transfer writes for `length` bytes read. */
export const writtenBytes = (ctcr: number, length: number): number =>
	isPacked(ctcr) ? length : (length / sourceSize(ctcr)) * targetSize(ctcr);

/** Bits of CESR for an address or length that is no multiple of its side's item; 0 when all fits. */
export function misfit({ ctcr, csar, cdar, bndt }: ChannelState): number {
	const source = sourceSize(ctcr);
	const target = targetSize(ctcr);
	if (csar % source !== 0) return Esr.ASE;
	if (cdar % target !== 0) return Esr.ASE | Esr.TED;
	if (bndt % source !== 0) return Esr.BSE;
	return isPacked(ctcr) && bndt % target !== 0 ? Esr.BSE | Esr.TED : 0;
}

/** What an address becomes behind `bytes` bytes in items of `size`. */
function moved(address: number, mode: number, bytes: number, size: number, step: number): number {
	if (mode !== Step.INCREMENT && mode !== Step.DECREMENT) return address;
	const by = Math.ceil(bytes / size) * step;
	return (
		(step === size && mode === Step.INCREMENT
			? address + bytes
			: mode === Step.INCREMENT
				? address + by
				: address - by) >>> 0
	);
}

export const sourceAfter = (c: ChannelState, length: number): number =>
	moved(c.csar, c.ctcr & 3, length, sourceSize(c.ctcr), sourceStep(c.ctcr));

export const targetAfter = (c: ChannelState, length: number): number =>
	moved(c.cdar, (c.ctcr >>> 2) & 3, writtenBytes(c.ctcr, length), targetSize(c.ctcr), targetStep(c.ctcr));

/** Fills the FIFO at pool offset `pool` from the source. */
export function readBuffer(machine: Machine, c: ChannelState, pool: number, failure: Failure): Response {
	const size = sourceSize(c.ctcr);
	return moveItems(machine, false, c.csar, c.length, c.ctcr & 3, size, sourceStep(c.ctcr), pool, failure);
}

/** Empties the FIFO at pool offset `pool` into the destination. */
export function writeBuffer(machine: Machine, c: ChannelState, pool: number, failure: Failure): Response {
	const { ctcr } = c;
	const size = targetSize(ctcr);
	const length = writtenBytes(ctcr, c.length);
	const { memory } = machine;
	let from = pool;
	if (!isPacked(ctcr)) {
		from = pool + FIFO_BYTES;
		memory.touch(from >>> 12);
		fitItems(memory.u8, pool, from, c.length / sourceSize(ctcr), sourceSize(ctcr), size, (ctcr >>> 26) & 3);
	}
	if (c.ccr & (Ccr.BEX | Ccr.HEX | Ccr.WEX)) {
		memory.touch(from >>> 12);
		if (c.ccr & Ccr.BEX && size >= 2) swapNeighbours(memory.u8, from, length, 1);
		if (c.ccr & Ccr.HEX && size >= 4) swapNeighbours(memory.u8, from, length, 2);
		if (c.ccr & Ccr.WEX && size >= 8) swapNeighbours(memory.u8, from, length, 4);
	}
	return moveItems(machine, true, c.cdar, length, (ctcr >>> 2) & 3, size, targetStep(ctcr), from, failure);
}

function moveItems(
	{ bus }: Machine,
	write: boolean,
	first: number,
	length: number,
	mode: number,
	size: number,
	step: number,
	pool: number,
	failure: Failure,
): Response {
	const stays = mode !== Step.INCREMENT && mode !== Step.DECREMENT;
	const runs = mode === Step.INCREMENT && step === size;
	// What does not run on goes item by item; an item that is not where it should be may lie in two pages.
	const gap = mode === Step.DECREMENT ? -step - size : step - size;
	let address = stays ? first - (first % size) : first;
	for (let done = 0, item = 0; done < length; ) {
		let piece = stays ? length : Math.min(length - done, toBoundary(address));
		if (!stays && !runs) piece = Math.min(piece, size - item);
		const width = Math.min(size, piece);
		const response = write
			? bus.burstWrite(address, piece, width, stays, pool + done)
			: bus.burstRead(address, piece, width, stays, pool + done);
		if (response !== Response.OKAY) {
			failure.address = address;
			return response;
		}
		done += piece;
		address += piece;
		item += piece;
		if (!runs && item >= size) {
			address += gap;
			item = 0;
		}
	}
	return Response.OKAY;
}

/** Without packing: each item is cut, or filled up as PAM says. */
function fitItems(
	u8: Uint8Array,
	from: number,
	to: number,
	count: number,
	source: number,
	target: number,
	pam: number,
) {
	const left = pam === 2;
	for (let item = 0; item < count; item++) {
		const input = from + item * source;
		const output = to + item * target;
		const sign = pam === 1 && u8[input + source - 1]! & 0x80 ? 0xff : 0;
		for (let byte = 0; byte < target; byte++) {
			const at = left ? byte + source - target : byte;
			u8[output + byte] = at < 0 ? 0 : at < source ? u8[input + at]! : sign;
		}
	}
}

/** Exchanges each two neighbours of `unit` bytes. */
function swapNeighbours(u8: Uint8Array, from: number, length: number, unit: number): void {
	for (let at = from; at + 2 * unit <= from + length; at += 2 * unit)
		for (let byte = at; byte < at + unit; byte++) {
			const other = u8[byte]!;
			u8[byte] = u8[byte + unit]!;
			u8[byte + unit] = other;
		}
}
