/** RAID6 on the CPU: P and Q of blocks in memory, recovery of lost blocks, XOR of blocks. Arrays of pointers as in C. */

import { checkRead, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { GF_EXI, GF_EXP, GF_INV, productsOf } from "./field";
import { EMPTY_PAGE_BYTES, rodata } from "./rodata";

/** raid6_empty_zero_page: stands for blocks that are not there. */
export const emptyZeroPage = (k: Kernel): number => rodata(k, "empty", () => new Uint8Array(EMPTY_PAGE_BYTES));

const pointerAt = (k: Kernel, array: number, index: number): number => k.space.r64(array + 8 * index);
const setPointer = (k: Kernel, array: number, index: number, value: number): void =>
	k.space.w64(array + 8 * index, value);

function load(k: Kernel, at: number, length: number): Uint8Array {
	checkRead(k, at, length);
	return k.space.readBytes(at, length);
}

function store(k: Kernel, at: number, bytes: Uint8Array): void {
	checkWrite(k, at, bytes.length);
	k.space.writeBytes(at, bytes);
}

/** The last two of `disks` pointers get P and Q of data blocks `first` to `last`; with `add` on top of what is there. */
function syndrome(
	k: Kernel,
	pointers: number,
	disks: number,
	first: number,
	last: number,
	bytes: number,
	add: boolean,
) {
	const [pAt, qAt] = [pointerAt(k, pointers, disks - 2), pointerAt(k, pointers, disks - 1)];
	const p = add ? load(k, pAt, bytes) : new Uint8Array(bytes);
	const q = add ? load(k, qAt, bytes) : new Uint8Array(bytes);
	for (let disk = first; disk <= last; disk++) {
		const data = load(k, pointerAt(k, pointers, disk), bytes);
		const products = productsOf(GF_EXP[disk]!);
		for (let i = 0; i < bytes; i++) {
			p[i]! ^= data[i]!;
			q[i]! ^= products[data[i]!]!;
		}
	}
	store(k, pAt, p);
	store(k, qAt, q);
}

/** raid6_call.gen_syndrome. */
export const genSyndrome = (k: Kernel, disks: number, bytes: number, pointers: number): void =>
	syndrome(k, pointers, disks, 0, disks - 3, bytes, false);

/** raid6_call.xor_syndrome: P and Q with the data blocks `start` to `stop` added. */
export const xorSyndrome = (
	k: Kernel,
	disks: number,
	start: number,
	stop: number,
	bytes: number,
	pointers: number,
): void => syndrome(k, pointers, disks, start, stop, bytes, true);

/** Two lost data blocks a < b: their place holds the difference of P and Q first, then the data. */
export function recoverTwo(k: Kernel, disks: number, bytes: number, a: number, b: number, pointers: number): void {
	const [pAt, qAt] = [pointerAt(k, pointers, disks - 2), pointerAt(k, pointers, disks - 1)];
	const [aAt, bAt] = [pointerAt(k, pointers, a), pointerAt(k, pointers, b)];
	const lost = [
		[a, emptyZeroPage(k), aAt],
		[b, emptyZeroPage(k), bAt],
		[disks - 2, aAt, pAt],
		[disks - 1, bAt, qAt],
	] as const;
	for (const [index, instead] of lost) setPointer(k, pointers, index, instead);
	genSyndrome(k, disks, bytes, pointers);
	for (const [index, , own] of lost) setPointer(k, pointers, index, own);
	const [p, q, dataA, dataB] = [pAt, qAt, aAt, bAt].map((at) => load(k, at, bytes)) as [
		Uint8Array,
		Uint8Array,
		Uint8Array,
		Uint8Array,
	];
	const ofP = productsOf(GF_EXI[b - a]!);
	const ofQ = productsOf(GF_INV[GF_EXP[a]! ^ GF_EXP[b]!]!);
	for (let i = 0; i < bytes; i++) {
		const differenceP = p[i]! ^ dataA[i]!;
		dataB[i] = ofP[differenceP]! ^ ofQ[q[i]! ^ dataB[i]!]!;
		dataA[i] = dataB[i]! ^ differenceP;
	}
	store(k, aAt, dataA);
	store(k, bAt, dataB);
}

/** A lost data block and P. */
export function recoverDataAndP(k: Kernel, disks: number, bytes: number, a: number, pointers: number): void {
	const [pAt, qAt] = [pointerAt(k, pointers, disks - 2), pointerAt(k, pointers, disks - 1)];
	const aAt = pointerAt(k, pointers, a);
	setPointer(k, pointers, a, emptyZeroPage(k));
	setPointer(k, pointers, disks - 1, aAt);
	genSyndrome(k, disks, bytes, pointers);
	setPointer(k, pointers, a, aAt);
	setPointer(k, pointers, disks - 1, qAt);
	const [p, q, data] = [pAt, qAt, aAt].map((at) => load(k, at, bytes)) as [Uint8Array, Uint8Array, Uint8Array];
	const products = productsOf(GF_INV[GF_EXP[a]!]!);
	for (let i = 0; i < bytes; i++) {
		data[i] = products[q[i]! ^ data[i]!]!;
		p[i]! ^= data[i]!;
	}
	store(k, aAt, data);
	store(k, pAt, p);
}

/** xor_blocks: `count` sources into a destination that is a source too. */
export function xorBlocks(k: Kernel, count: number, bytes: number, dest: number, sources: number): void {
	const sum = load(k, dest, bytes);
	for (let n = 0; n < count; n++) {
		const source = load(k, pointerAt(k, sources, n), bytes);
		for (let i = 0; i < bytes; i++) sum[i]! ^= source[i]!;
	}
	store(k, dest, sum);
}
