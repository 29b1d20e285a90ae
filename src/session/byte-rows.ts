/** Memory as rows of sixteen bytes and their characters, for any buffer and pointer. */
import { type AddressSpace, PAGE_SIZE } from "../language/vm/address-space";
import { SessionError } from "./api";

export interface ByteRange {
	/** Signed pointer. */
	readonly address: number;
	/** Bytes. */
	readonly length: number;
}

/** Name of the child that unfolds to the bytes. */
export const BYTES_NAME = "[bytes]";
export const BYTES_A_ROW = 16;

export function rowCount({ length }: ByteRange): number {
	return Math.ceil(length / BYTES_A_ROW);
}

/** "+0x0010" */
export function rowName(row: number): string {
	return `+0x${(row * BYTES_A_ROW).toString(16).padStart(4, "0")}`;
}

/** "55 55 … 55  |UU…U|"; what nothing backs is "??". */
export function rowText(space: AddressSpace, { address, length }: ByteRange, row: number): string {
	const first = row * BYTES_A_ROW;
	const cells: string[] = [];
	let text = "";
	for (let at = first; at < Math.min(length, first + BYTES_A_ROW); at++) {
		const byte = space.isMapped(address + at, 1) ? space.r8(address + at) : -1;
		cells.push(byte < 0 ? "??" : byte.toString(16).padStart(2, "0"));
		text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
	}
	const left = cells.slice(0, 8).join(" ");
	const right = cells.slice(8).join(" ");
	return `${`${left}  ${right}`.padEnd(3 * BYTES_A_ROW)}  |${text}|`;
}

/** Bytes that somebody typed in the form of `rowText` (the characters may be missing). Throws SessionError. */
export function parseRow(text: string, room: number): number[] {
	const cells = text
		.replace(/\|.*$/s, "")
		.split(/[\s,]+/)
		.filter((cell) => cell !== "");
	if (cells.length === 0 || !cells.every((cell) => /^(0x)?[0-9a-f]{1,2}$/i.test(cell)))
		throw new SessionError("Bytes are written as two hexadecimal digits each, with spaces between them.");
	if (cells.length > room) throw new SessionError(`${room} bytes fit here, not ${cells.length}.`);
	return cells.map((cell) => Number.parseInt(cell, 16));
}

/** How much of `wanted` bytes from `address` on can be read. */
export function mappedBytes(space: AddressSpace, address: number, wanted: number): number {
	let length = 0;
	while (length < wanted) {
		const at = address + length;
		const piece = Math.min(wanted - length, PAGE_SIZE - (((at % PAGE_SIZE) + PAGE_SIZE) % PAGE_SIZE));
		if (!space.isMapped(at, piece)) break;
		length += piece;
	}
	return length;
}
