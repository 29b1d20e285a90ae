/** What each port of a stream moves next: pure functions of the stream's state. */

import { toBoundary } from "../../sim/bus";
import {
	Cr,
	Fcr,
	FIFO_BYTES,
	Flag,
	isDirect,
	memoryBeats,
	memorySize,
	peripheralBeats,
	peripheralSize,
	thresholdBytes,
	Way,
	way,
} from "./registers";
import type { StreamState } from "./state";

export const isEnabled = (s: StreamState): boolean => (s.cr & Cr.EN) !== 0;
export const fromMemory = (s: StreamState): boolean => way(s.cr) === Way.MEMORY_TO_PERIPHERAL;
export const isCopy = (s: StreamState): boolean => way(s.cr) === Way.MEMORY_TO_MEMORY;
/** Circular mode, or double buffer mode, which is circular by itself. */
export const repeats = (s: StreamState): boolean => (s.cr & (Cr.CIRC | Cr.DBM)) !== 0;

/** Bytes of one peripheral access: a whole burst, or one item when there is no whole burst left. */
export function peripheralUnit(s: StreamState): number {
	const size = peripheralSize(s.cr);
	const burst = size * peripheralBeats(s.cr, s.fcr);
	const unit = s.perLeft >= burst ? burst : size;
	return s.cr & Cr.PINC ? Math.min(unit, toBoundary(s.perAddress)) : unit;
}

/** Whether the FIFO has what a peripheral access of `unit` bytes needs: bytes to write or room to read into. */
export function peripheralReady(s: StreamState, unit: number): boolean {
	if (fromMemory(s)) return s.fifoLevel >= unit;
	if (isDirect(s.fcr)) return s.fifoLevel === 0 && s.memBusy === 0;
	return s.fifoLevel + unit <= FIFO_BYTES;
}

/** Bytes of the next access on the peripheral port; 0 when there is none to make now. */
export function peripheralLength(s: StreamState, request: boolean): number {
	if (!isEnabled(s) || s.disabling || s.perBusy !== 0 || s.perLeft === 0) return 0;
	if (!request && !isCopy(s)) return 0;
	const unit = peripheralUnit(s);
	return peripheralReady(s, unit) ? unit : 0;
}

/** Bytes of the next access on the memory port; 0 when there is none to make now. */
export function memoryLength(s: StreamState): number {
	if (!isEnabled(s) || s.memBusy !== 0 || s.memLeft === 0) return 0;
	const size = memorySize(s.cr, s.fcr);
	const burst = size * memoryBeats(s.cr, s.fcr);
	const within = s.cr & Cr.MINC ? toBoundary(s.memAddress) : FIFO_BYTES;
	if (fromMemory(s)) {
		if (s.disabling) return 0;
		const unit = Math.min(s.memLeft >= burst ? burst : Math.min(size, s.memLeft), within);
		if (isDirect(s.fcr)) return s.fifoLevel === 0 ? unit : 0;
		return s.fifoLevel + unit <= FIFO_BYTES ? unit : 0;
	}
	// The end of a segment and a stop flush what is left, the rest of an item included.
	const flush = s.perBusy === 0 && (s.perLeft === 0 || s.disabling);
	if (s.fifoLevel === 0 || !(s.draining || flush)) return 0;
	if (s.fifoLevel >= burst) return Math.min(burst, within);
	return flush ? Math.min(size, s.fifoLevel, within) : 0;
}

/** After the FIFO's level has changed: in FIFO mode memory is written from the threshold on until no burst is left. */
export function updateDraining(s: StreamState): void {
	const burst = memorySize(s.cr, s.fcr) * memoryBeats(s.cr, s.fcr);
	const start = isDirect(s.fcr) ? 1 : thresholdBytes(s.fcr);
	if (s.fifoLevel >= start) s.draining = true;
	else if (s.fifoLevel < burst) s.draining = false;
}

/** Accesses on the side of the destination that a segment takes, if nothing stops it. */
export function burstsOfSegment(s: StreamState): number {
	const size = fromMemory(s) ? peripheralSize(s.cr) : memorySize(s.cr, s.fcr);
	const burst = size * (fromMemory(s) ? peripheralBeats(s.cr, s.fcr) : memoryBeats(s.cr, s.fcr));
	return Math.floor(s.length / burst) + Math.ceil((s.length % burst) / size);
}

/** Where the access that is over came from and went to, before the addresses move on; `size` of its items. */
export function lastPlace(s: StreamState): { src: number; dst: number; size: number } {
	const writesMemory = !fromMemory(s);
	const done = s.length - (writesMemory ? s.memLeft : s.perLeft);
	const memory = s.memBase + (s.cr & Cr.MINC ? done : 0);
	const peripheral = s.perBase + (s.cr & Cr.PINC && !(s.cr & Cr.PINCOS) ? done : 0);
	return writesMemory
		? { src: peripheral, dst: memory, size: memorySize(s.cr, s.fcr) }
		: { src: memory, dst: peripheral, size: peripheralSize(s.cr) };
}

/** Whether a flag whose interrupt is enabled is set. */
export function wantsInterrupt(s: StreamState): boolean {
	let enabled = s.fcr & Fcr.FEIE ? Flag.FEIF : 0;
	if (s.cr & Cr.DMEIE) enabled |= Flag.DMEIF;
	if (s.cr & Cr.TEIE) enabled |= Flag.TEIF;
	if (s.cr & Cr.HTIE) enabled |= Flag.HTIF;
	if (s.cr & Cr.TCIE) enabled |= Flag.TCIF;
	return (s.flags & enabled) !== 0;
}
