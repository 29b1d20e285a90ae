/** How a block is cut into bursts: pure functions of a channel's state. */

import { toBoundary } from "../../sim/bus";
import { CtlHigh } from "./registers";
import { type ChannelState, Phase } from "./state";

const MSIZE_ITEMS = [1, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Takes CTL, CFG and BLOCK_TS apart for the block that begins. */
export function decodeBlock(c: ChannelState, layoutB: boolean, masters: number, maxBeats: number): void {
	c.srcWidth = 1 << Math.min((c.ctlLow >>> 8) & 7, 6);
	c.dstWidth = 1 << Math.min((c.ctlLow >>> 11) & 7, 6);
	c.srcFixed = (c.ctlLow & 0x10) !== 0;
	c.dstFixed = (c.ctlLow & 0x40) !== 0;
	c.srcMsize = MSIZE_ITEMS[(c.ctlLow >>> 14) & 15] ?? 1024;
	c.dstMsize = MSIZE_ITEMS[(c.ctlLow >>> 18) & 15] ?? 1024;
	c.readCap = cap(c.ctlHigh & CtlHigh.ARLEN_EN, (c.ctlHigh >>> 7) & 255, maxBeats);
	c.writeCap = cap(c.ctlHigh & CtlHigh.AWLEN_EN, (c.ctlHigh >>> 16) & 255, maxBeats);
	c.readSide = masters > 1 && (c.ctlLow & 1) !== 0 ? 2 : 0;
	c.writeSide = masters > 1 && (c.ctlLow & 4) !== 0 ? 3 : 1;
	const flow = c.cfgHigh & 7;
	const toDevice = flow === 1 || flow === 3 || flow >= 5;
	const fromDevice = flow >= 2 && flow <= 5;
	c.srcHandshake = !fromDevice ? -1 : layoutB ? (c.cfgLow >>> 4) & 127 : (c.cfgHigh >>> 7) & 31;
	c.dstHandshake = !toDevice ? -1 : layoutB ? (c.cfgLow >>> 11) & 127 : (c.cfgHigh >>> 12) & 31;
	if (flow === 7) c.srcHandshake = layoutB ? (c.cfgLow >>> 4) & 127 : (c.cfgHigh >>> 7) & 31;
	c.priority = layoutB ? (c.cfgHigh >>> 20) & 31 : (c.cfgHigh >>> 17) & 7;
	c.blockSrc = c.src;
	c.blockDst = c.dst;
	c.blockBytes = ((c.blockTs & 0x3fffff) + 1) * c.srcWidth;
	c.read = 0;
	c.written = 0;
	c.bursts = 0;
	c.srcItems = 0;
	c.dstItems = 0;
}

/** The AxLEN field means beats - 1; what the bus cannot do is cut to the longest burst. */
function cap(enabled: number, field: number, maxBeats: number): number {
	return enabled === 0 ? maxBeats : Math.min(field + 1, maxBeats);
}

export function isMemoryToMemory(c: ChannelState): boolean {
	return c.srcHandshake < 0 && c.dstHandshake < 0;
}

/**
 * Bytes of a memory-to-memory burst that begins `offset` bytes into the block: a longest burst of bus words,
 * cut at 4 KiB on both sides and at the end of the block. With a fixed address, items instead of bus words.
 */
export function copyLength(c: ChannelState, offset: number, busBytes: number): number {
	const beats = Math.min(c.readCap, c.writeCap);
	let length = c.blockBytes - offset;
	if (c.srcFixed || c.dstFixed)
		return Math.min(length, beats * Math.max(1, Math.min(c.srcWidth, c.dstWidth, busBytes)));
	length = Math.min(length, beats * busBytes);
	length = Math.min(length, toBoundary(c.blockSrc + offset));
	return Math.min(length, toBoundary(c.blockDst + offset));
}

/** Bytes of the next read burst of a running channel, 0 when it cannot or need not read now. */
export function readLength(c: ChannelState, request: boolean, busBytes: number, depth: number): number {
	if (c.phase !== Phase.RUN || c.reading !== 0 || c.suspend || c.disabling) return 0;
	const rest = c.blockBytes - c.read;
	if (rest === 0) return 0;
	let length: number;
	if (c.srcHandshake < 0) {
		if (c.dstHandshake < 0) length = copyLength(c, c.read, busBytes);
		else {
			length = Math.min(rest, Math.min(c.srcMsize, c.readCap) * c.srcWidth);
			if (!c.srcFixed) length = Math.min(length, toBoundary(c.src));
			length = Math.min(length, Math.max(c.srcWidth, Math.floor(depth / 2)));
		}
	} else {
		if (c.srcItems === 0 && !request) return 0;
		const left = Math.floor(rest / c.srcWidth);
		const items = c.srcItems !== 0 ? c.srcItems : Math.min(left, c.srcMsize);
		const single = c.srcItems !== 0 ? c.srcSingle : left < c.srcMsize;
		length = (single ? 1 : Math.min(items, c.readCap)) * c.srcWidth;
	}
	return c.fifoLevel + length <= depth ? length : 0;
}

/** Bytes of the next write burst of a running channel, 0 when it cannot or need not write now. */
export function writeLength(c: ChannelState, request: boolean, busBytes: number): number {
	const level = c.fifoLevel;
	if (level === 0 || c.phase !== Phase.RUN || c.writing !== 0 || c.suspend || c.disabling) return 0;
	if (c.dstHandshake < 0) {
		if (c.srcHandshake < 0) {
			const length = copyLength(c, c.written, busBytes);
			return length <= level ? length : 0;
		}
		// Only whole words leave the FIFO, until the block has been read to its end.
		let length = level - (level % c.dstWidth);
		if (c.read === c.blockBytes) length = level;
		length = Math.min(length, Math.min(c.dstMsize, c.writeCap) * c.dstWidth);
		return c.dstFixed ? length : Math.min(length, toBoundary(c.dst));
	}
	if (c.dstItems === 0 && !request) return 0;
	const left = Math.ceil((c.blockBytes - c.written) / c.dstWidth);
	const items = c.dstItems !== 0 ? c.dstItems : Math.min(left, c.dstMsize);
	const single = c.dstItems !== 0 ? c.dstSingle : left < c.dstMsize;
	const length = Math.min((single ? 1 : Math.min(items, c.writeCap)) * c.dstWidth, c.blockBytes - c.written);
	return length <= level ? length : 0;
}

/** Begins a handshake when none is running: how many items it covers. */
export function beginSource(c: ChannelState): void {
	if (c.srcHandshake < 0 || c.srcItems !== 0) return;
	const left = Math.floor((c.blockBytes - c.read) / c.srcWidth);
	c.srcSingle = left < c.srcMsize;
	c.srcItems = Math.min(left, c.srcMsize);
}

export function beginDestination(c: ChannelState): void {
	if (c.dstHandshake < 0 || c.dstItems !== 0) return;
	const left = Math.ceil((c.blockBytes - c.written) / c.dstWidth);
	c.dstSingle = left < c.dstMsize;
	c.dstItems = Math.min(left, c.dstMsize);
}

/** How many bursts the block takes in all, as they are counted and reported. */
export function burstsOfBlock(c: ChannelState, busBytes: number): number {
	if (c.blockBytes === 0) return 0;
	if (isMemoryToMemory(c)) {
		let count = 0;
		for (let offset = 0; offset < c.blockBytes; offset += copyLength(c, offset, busBytes)) count++;
		return count;
	}
	if (c.dstHandshake >= 0) {
		const items = Math.ceil(c.blockBytes / c.dstWidth);
		const whole = Math.floor(items / c.dstMsize);
		return whole * Math.ceil(c.dstMsize / c.writeCap) + (items % c.dstMsize);
	}
	const items = Math.ceil(c.blockBytes / c.srcWidth);
	return Math.floor(items / c.srcMsize) + Math.ceil(((items % c.srcMsize) * c.srcWidth) / c.dstWidth);
}
