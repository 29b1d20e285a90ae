/**
 * The bytes that dmatest fills its buffers with and how it judges what it finds (core-semantics 6.4): bit 7 is set in
 * sources, bit 6 in what is to be copied, bit 5 in what is to be overwritten, and the low bits count down.
 */
import type { Kernel } from "../kernel";
import { say } from "../sched/say";

export const PATTERN_SRC = 0x80;
export const PATTERN_DST = 0x00;
export const PATTERN_COPY = 0x40;
export const PATTERN_OVERWRITE = 0x20;
const COUNT_MASK = 0x1f;
/** In memset mode every byte counts as this one. */
const MEMSET_INDEX = 1;
/** Lines of one range; the rest is only counted. */
const MOST_LINES = 32;

const counterBits = (index: number, memset: boolean): number => ~(memset ? MEMSET_INDEX : index) & COUNT_MASK;

/** A buffer whose bytes in [start, start + length) have the bits `inside` too. */
export function fillPattern(
	size: number,
	start: number,
	length: number,
	pattern: number,
	inside: number,
	memset: boolean,
): Uint8Array {
	const bytes = new Uint8Array(size);
	for (let i = 0; i < size; i++)
		bytes[i] = pattern | counterBits(i, memset) | (i >= start && i < start + length ? inside : 0);
	return bytes;
}

/** What is wrong with one byte. */
export function mismatchText(
	actual: number,
	pattern: number,
	index: number,
	counter: number,
	isSource: boolean,
	memset: boolean,
): string {
	const expected = pattern | counterBits(counter, memset);
	const diff = actual ^ pattern;
	const what = isSource
		? `srcbuf[0x${index.toString(16)}] overwritten!`
		: (pattern & PATTERN_COPY) !== 0 && (diff & (PATTERN_COPY | PATTERN_OVERWRITE)) !== 0
			? `dstbuf[0x${index.toString(16)}] not copied!`
			: (diff & PATTERN_SRC) !== 0
				? `dstbuf[0x${index.toString(16)}] was copied!`
				: `dstbuf[0x${index.toString(16)}] mismatch!`;
	return `${what} Expected ${hexByte(expected)}, got ${hexByte(actual)}`;
}

const hexByte = (value: number): string => value.toString(16).padStart(2, "0");

/** A range of all buffers of one side, and what should be there; `counter` is the count of its first byte. */
export interface Range {
	readonly start: number;
	readonly end: number;
	readonly counter: number;
	readonly pattern: number;
}

/** Compares a range of every buffer; says what is wrong at warning level and returns how many bytes are. */
export function verifyRange(
	k: Kernel,
	name: string,
	buffers: readonly Uint8Array[],
	range: Range,
	isSource: boolean,
	memset: boolean,
): number {
	let errors = 0;
	for (const bytes of buffers) {
		for (let i = range.start; i < range.end; i++) {
			const counter = range.counter + (i - range.start);
			const actual = bytes[i] ?? 0;
			if (actual === (range.pattern | counterBits(counter, memset))) continue;
			if (errors++ < MOST_LINES)
				say(k, 4, `dmatest: ${name}: ${mismatchText(actual, range.pattern, i, counter, isSource, memset)}`);
		}
	}
	if (errors > MOST_LINES) say(k, 4, `dmatest: ${name}: ${errors - MOST_LINES} errors suppressed`);
	return errors;
}
