/** Single accesses and bursts on a port: how long they take, and what they do to a stream's FIFO. */

import type { Machine } from "../../sim/machine";
import { Response } from "../../sim/observers";
import type { StreamState } from "./state";

/** A stream's FIFO and room to move it, in the pool. */
export const FIFO_SPACE = 64;

const ARBITRATION_CYCLES = 1;
const SRAM_CYCLES = 2;
const DDR_CYCLES = 8;
const REGISTER_CYCLES = 4;
/** RAM that answers this fast is SRAM. */
const SRAM_READ_LATENCY = 4;

/** Picoseconds of an access of `beats` items, its arbitration included (reference 2.7). */
export function accessTime(machine: Machine, address: number, beats: number, cyclePs: number): number {
	const { memory, bus } = machine;
	const ram = memory.regionOf(address);
	const target = ram ?? bus.targetOf(address);
	const cycles = ram === null ? REGISTER_CYCLES : ram.readLatency <= SRAM_READ_LATENCY ? SRAM_CYCLES : DDR_CYCLES;
	const first = target !== null && target.readLatencyPs >= 0 ? target.readLatencyPs : cycles * cyclePs;
	return (ARBITRATION_CYCLES + beats - 1) * cyclePs + first;
}

/** Reads behind what is in the FIFO at pool offset `pool`. */
export function readIntoFifo(
	{ memory, bus }: Machine,
	s: StreamState,
	pool: number,
	address: number,
	length: number,
	item: number,
	fixed: boolean,
): Response {
	if (s.fifoLevel === 0) s.fifoHead = 0;
	else if (s.fifoHead + s.fifoLevel + length > FIFO_SPACE) {
		memory.touch(pool >>> 12);
		memory.u8.copyWithin(pool, pool + s.fifoHead, pool + s.fifoHead + s.fifoLevel);
		s.fifoHead = 0;
	}
	const response = bus.burstRead(address, length, item, fixed, pool + s.fifoHead + s.fifoLevel);
	if (response === Response.OKAY) s.fifoLevel += length;
	return response;
}

/** Writes the oldest bytes of the FIFO. */
export function writeFromFifo(
	{ bus }: Machine,
	s: StreamState,
	pool: number,
	address: number,
	length: number,
	item: number,
	fixed: boolean,
): Response {
	const response = bus.burstWrite(address, length, item, fixed, pool + s.fifoHead);
	if (response !== Response.OKAY) return response;
	s.fifoHead += length;
	s.fifoLevel -= length;
	return response;
}
