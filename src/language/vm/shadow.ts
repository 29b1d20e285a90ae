/**
 * What is known of each byte of memory while accesses are checked: whether C may touch it and whether anything was ever
 * written there. One shadow byte for each byte of the pool; 0 is memory like any other, so that the interpreter's check
 * is one comparison of a word with 0.
 */
import type { AddressSpace, PagePool } from "./address-space";

/** The byte must not be accessed; the bits from POISON_SHIFT on say why (Poison). */
const SHADOW_BAD = 1;
/** The byte was never written. A byte that must not be accessed does not have it. */
export const SHADOW_UNINIT = 2;
/** A word of bytes that were never written. */
export const SHADOW_UNINIT_WORD = 0x02020202;
const POISON_SHIFT = 2;

/** Why memory must not be accessed. */
export enum Poison {
	None = 0,
	/** Behind what was asked for, or between objects of a slab. */
	SlabRedzone,
	SlabFreed,
	PageRedzone,
	PageFreed,
	Global,
	Stack,
	Vmalloc,
}

/** An access that the shadow forbids. */
export interface BadAccess {
	/** None: the memory may be accessed, but is read before it was written. */
	readonly poison: Poison;
	/** First byte of the access, and its size. */
	readonly address: number;
	readonly size: number;
	readonly write: boolean;
	/** The first byte that is wrong, and how many bytes the first wrong run has (within the access). */
	readonly first: number;
	readonly count: number;
}

/** Shadow byte of memory that must not be accessed. */
export function poisonByte(poison: Poison): number {
	return SHADOW_BAD | (poison << POISON_SHIFT);
}

/** Poison of a shadow byte. */
function poisonOf(shadow: number): Poison {
	return shadow & SHADOW_BAD ? shadow >> POISON_SHIFT : Poison.None;
}

const PAGE = 4096;

/** Calls `piece` with the pool offsets of the parts of a range that are RAM. */
function eachPart(
	space: AddressSpace,
	address: number,
	length: number,
	piece: (pool: number, from: number, size: number) => void,
): void {
	for (let from = 0; from < length; ) {
		const here = address + from;
		const size = Math.min(length - from, PAGE - (here - Math.floor(here / PAGE) * PAGE));
		const at = space.poolOffset(here);
		if (at >= 0) piece(at, from, size);
		from += size;
	}
}

/** Sets the shadow of a range: 0, SHADOW_UNINIT or poisonByte(…). Nothing happens while nobody checks. */
export function setShadow(space: AddressSpace, address: number, length: number, value: number): void {
	const { pool } = space;
	if (pool.shadow === null) return;
	eachPart(space, address, length, (at, _, size) => {
		if (pool.writable[at >>> 12] === 0) pool.touch(at >>> 12);
		pool.shadow?.fill(value, at, at + size);
	});
}

/** What has been written is initialised; what must not be accessed stays so. The pool's pages are ready to be written. */
export function markWritten(pool: PagePool, at: number, size: number): void {
	const { shadow } = pool;
	if (shadow === null) return;
	for (let i = at; i < at + size; i++) if (shadow[i] === SHADOW_UNINIT) shadow[i] = 0;
}

/** Marks a range as initialised (a device writes there). */
export function markInitialised(space: AddressSpace, address: number, length: number): void {
	const { pool } = space;
	if (pool.shadow === null) return;
	eachPart(space, address, length, (at, _, size) => {
		if (pool.writable[at >>> 12] === 0) pool.touch(at >>> 12);
		markWritten(pool, at, size);
	});
}

/** Shadow byte of an address; 0 for what is not RAM, and while nobody checks. */
function shadowAt(space: AddressSpace, address: number): number {
	const { shadow } = space.pool;
	if (shadow === null) return 0;
	const at = space.poolOffset(address);
	return at < 0 ? 0 : shadow[at];
}

/** Whether the shadow of a range is 0 where `mask` has bits. Ranges that cross a page are not looked at: false. */
function isClear(space: AddressSpace, address: number, length: number, mask: number): boolean {
	const { shadow } = space.pool;
	if (shadow === null) return true;
	const at = space.poolOffset(address);
	if (at < 0 || (at & (PAGE - 1)) + length > PAGE) return false;
	for (let i = at; i < at + length; i++) if ((shadow[i] & mask) !== 0) return false;
	return true;
}

/** The shadow of a range, or null when all of it is 0. */
export function readShadow(space: AddressSpace, address: number, length: number): Uint8Array | null {
	const { shadow } = space.pool;
	if (shadow === null || isClear(space, address, length, 255)) return null;
	let bytes: Uint8Array | null = null;
	eachPart(space, address, length, (at, from, size) => {
		for (let i = 0; i < size; i++) {
			if (shadow[at + i] === 0) continue;
			bytes ??= new Uint8Array(length);
			bytes[from + i] = shadow[at + i];
		}
	});
	return bytes;
}

/** After a copy: bytes that were not initialised at the source are not so at the destination. */
export function copyUninitialised(space: AddressSpace, to: number, from: Uint8Array): void {
	const { pool } = space;
	eachPart(space, to, from.length, (at, first, size) => {
		for (let i = 0; i < size; i++)
			if (from[first + i] === SHADOW_UNINIT && pool.shadow?.[at + i] === 0) pool.shadow[at + i] = SHADOW_UNINIT;
	});
}

/** Offset of the first byte whose shadow is so, -1 for none. Ends where no RAM is: an access goes no further either. */
function offsetWith(space: AddressSpace, address: number, size: number, wanted: (byte: number) => boolean): number {
	const { shadow } = space.pool;
	if (shadow === null) return -1;
	for (let from = 0; from < size; ) {
		const here = address + from;
		const part = Math.min(size - from, PAGE - (here - Math.floor(here / PAGE) * PAGE));
		const at = space.poolOffset(here);
		if (at < 0) return -1;
		for (let i = 0; i < part; i++) if (wanted(shadow[at + i])) return from + i;
		from += part;
	}
	return -1;
}

/**
 * What is wrong with an access, or null. `initialised` tells whether the bytes must have been written. With more than
 * one mistake the forbidden bytes come first.
 */
export function findBadAccess(
	space: AddressSpace,
	address: number,
	size: number,
	write: boolean,
	initialised: boolean,
): BadAccess | null {
	if (isClear(space, address, size, initialised ? 255 : SHADOW_BAD)) return null;
	let first = offsetWith(space, address, size, (byte) => (byte & SHADOW_BAD) !== 0);
	if (first < 0 && initialised) first = offsetWith(space, address, size, (byte) => byte === SHADOW_UNINIT);
	if (first < 0) return null;
	const found = shadowAt(space, address + first);
	// Reports tell how many bytes were not initialised; of forbidden ones there may be all the free memory of the machine.
	const counted = found === SHADOW_UNINIT ? size - first : Math.min(size - first, PAGE);
	const rest = offsetWith(space, address + first, counted, (byte) => byte !== found);
	return {
		poison: poisonOf(found),
		address,
		size,
		write,
		first: address + first,
		count: rest < 0 ? counted : rest,
	};
}

/** An object in a frame's memory. */
export interface FrameObject {
	readonly offset: number;
	readonly size: number;
}

/** The shadow of a frame when its function is entered: objects not initialised, all else forbidden. */
export function frameShadow(objects: readonly FrameObject[], size: number): Uint8Array {
	const shadow = new Uint8Array(size).fill(poisonByte(Poison.Stack));
	for (const { offset, size: bytes } of objects) shadow.fill(SHADOW_UNINIT, offset, offset + bytes);
	return shadow;
}

/** Writes a frame's shadow at its stack pointer. */
export function applyFrameShadow(space: AddressSpace, address: number, bytes: Uint8Array): void {
	const { pool } = space;
	const first = space.poolOffset(address);
	if (first >= 0 && (first & (PAGE - 1)) + bytes.length <= PAGE) {
		if (pool.writable[first >>> 12] === 0) pool.touch(first >>> 12);
		pool.shadow?.set(bytes, first);
		return;
	}
	eachPart(space, address, bytes.length, (at, from, size) => {
		if (pool.writable[at >>> 12] === 0) pool.touch(at >>> 12);
		pool.shadow?.set(bytes.subarray(from, from + size), at);
	});
}
