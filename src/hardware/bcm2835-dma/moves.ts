/** What a channel moves next: pure functions of its state. */

import { toBoundary } from "../../sim/bus";
import { burstLength, Cs, permap, Ti } from "./registers";
import type { ChannelState } from "./state";

export const isActive = (c: ChannelState): boolean => (c.cs & Cs.ACTIVE) !== 0;

export const sourceWidth = (ti: number): number => (ti & Ti.SRC_WIDTH ? 16 : 4);
export const destinationWidth = (ti: number): number => (ti & Ti.DEST_WIDTH ? 16 : 4);

/** The request that gates a side; 0: nothing does. */
export const sourceGate = (ti: number): number => (ti & Ti.SRC_DREQ ? permap(ti) : 0);
export const destinationGate = (ti: number): number => (ti & Ti.DEST_DREQ ? permap(ti) : 0);

/**
 * Bytes of the next read into a data register of `capacity` bytes. Paced by a request, one burst at a time; else as
 * much as fits. No access leaves its 4 KiB page.
 */
export function readLength(c: ChannelState, capacity: number): number {
	const { ti } = c;
	const gate = permap(ti) !== 0 && (ti & (Ti.SRC_DREQ | Ti.DEST_DREQ)) !== 0;
	const width = ti & Ti.SRC_DREQ ? sourceWidth(ti) : destinationWidth(ti);
	const unit = gate ? Math.max(1, burstLength(ti)) * width : capacity;
	const inPage = ti & Ti.SRC_INC ? toBoundary(c.sourceAd) : capacity;
	return Math.min(unit, capacity, c.left, inPage);
}

/** Bytes of the next write: what the data register holds, up to the end of the page. */
export function writeLength(c: ChannelState): number {
	return Math.min(c.held, c.ti & Ti.DEST_INC ? toBoundary(c.destAd) : c.held);
}

/** Bytes of a block that have not been read yet, as TXFR_LEN counts them. */
export function transferLength(c: ChannelState): number {
	return c.ti & Ti.TDMODE ? (c.left & 0xffff) | (c.rows << 16) : c.left;
}

/** Accesses on the side of the destination that the block takes, if nothing splits them. */
export function burstsTotal(c: ChannelState, capacity: number): number {
	if (c.blockLength === 0) return 0;
	const gate = permap(c.ti) !== 0 && (c.ti & (Ti.SRC_DREQ | Ti.DEST_DREQ)) !== 0;
	const width = c.ti & Ti.SRC_DREQ ? sourceWidth(c.ti) : destinationWidth(c.ti);
	const unit = gate ? Math.min(capacity, Math.max(1, burstLength(c.ti)) * width) : capacity;
	return Math.ceil(c.rowLength / unit) * Math.max(1, c.blockLength / Math.max(1, c.rowLength));
}

/** A signed half of STRIDE. */
export const strideOf = (stride: number, destination: boolean): number =>
	destination ? stride >> 16 : (stride << 16) >> 16;
