/** Single accesses of a channel: how long they take, and what moves. Addresses are those of the system bus. */

import type { Machine } from "../../sim/machine";
import { Response } from "../../sim/observers";

/** Bytes in the pool for each channel's data register, with room for a whole word behind it. */
export const DATA_SPACE = 64;
const WORD = 4;
const RESPONSE_CYCLES = 8;

/**
 * Picoseconds of an access of `length` bytes: as many bus transactions as bursts of `burst` words (0: single words) of
 * `width` bytes make, each with its latency and `waits` wait cycles behind it.
 */
export function accessTime(
	machine: Machine,
	phys: number,
	write: boolean,
	length: number,
	width: number,
	burst: number,
	waits: number,
	cyclePs: number,
): number {
	const beats = Math.ceil(length / width);
	const transactions = Math.ceil(beats / Math.max(1, burst));
	const latency = write ? 0 : machine.bus.readLatency(phys, cyclePs);
	return machine.bus.claim(phys, write, transactions * (latency + waits * cyclePs) + beats * cyclePs, machine.time);
}

/** Picoseconds from the last beat of a write to its response. */
export const responseTime = (cyclePs: number): number => RESPONSE_CYCLES * cyclePs;

/** Reads `length` bytes into the pool. A device's register is always read as a whole word, whatever is used of it. */
export function readInto(
	machine: Machine,
	phys: number,
	length: number,
	width: number,
	fixed: boolean,
	pool: number,
): Response {
	const { bus, memory } = machine;
	const rest = length % WORD;
	if (rest === 0 || memory.regionOf(phys) !== null)
		return bus.burstRead(phys, length, Math.min(width, length), fixed, pool);
	const whole = length - rest;
	const first = whole === 0 ? Response.OKAY : bus.burstRead(phys, whole, Math.min(width, whole), fixed, pool);
	if (first !== Response.OKAY) return first;
	return bus.burstRead(fixed ? phys : phys + whole, WORD, WORD, fixed, pool + whole);
}

/** Writes `length` bytes from the pool. A device's register gets whole words, the last one filled up with zeros. */
export function writeFrom(
	machine: Machine,
	phys: number,
	length: number,
	width: number,
	fixed: boolean,
	pool: number,
): Response {
	const { bus, memory } = machine;
	const rest = length % WORD;
	if (rest === 0 || memory.regionOf(phys) !== null)
		return bus.burstWrite(phys, length, Math.min(width, length), fixed, pool);
	if (memory.writable[pool >>> 12] === 0) memory.touch(pool >>> 12);
	memory.u8.fill(0, pool + length, pool + length - rest + WORD);
	const whole = length - rest;
	const first = whole === 0 ? Response.OKAY : bus.burstWrite(phys, whole, Math.min(width, whole), fixed, pool);
	if (first !== Response.OKAY) return first;
	return bus.burstWrite(fixed ? phys : phys + whole, WORD, WORD, fixed, pool + whole);
}
