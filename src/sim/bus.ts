/** The system bus: address decode, responses, faults on purpose, and bursts of DMA masters. */

import type { Component } from "./component";
import { PAGE_SIZE, type PhysicalMemory } from "./memory";
import { ObserverBit, type Observers, Response } from "./observers";

/** Something with registers on the bus. `offset` counts from `base`; `size` of an access is 1, 2 or 4 bytes. */
export interface BusTarget {
	readonly name: string;
	readonly base: number;
	readonly size: number;
	/** Cycles before the first beat of a read burst by a DMA master (8 for an APB peripheral). */
	readonly readLatency: number;
	/** Picoseconds that replace `readLatency` when not negative. */
	readonly readLatencyPs: number;
	/** Unsigned value. May set `bus.result` to SLVERR. */
	read(offset: number, size: number): number;
	write(offset: number, size: number, value: number): void;
	/** What `read` of at most 4 bytes would give, without any effect. */
	peek(offset: number, size: number): number;
}

/** Accesses in [base, base + size) that answer with a slave error. */
export interface FaultRange {
	base: number;
	size: number;
	read: boolean;
	write: boolean;
}

/** Cycles from the last beat of a write burst to its response. */
export const WRITE_RESPONSE_CYCLES = 8;

interface BusState {
	faults: FaultRange[];
	/**
	 * When the read side (2 * port) and the write side (2 * port + 1) of each target have answered the bursts that
	 * masters have begun, ps. RAM regions are the first ports, in the order in which they were added.
	 */
	free: Float64Array;
}

const FIRST_PORTS = 16;

export class Bus implements Component {
	readonly name = "bus";
	state: BusState = { faults: [], free: new Float64Array(2 * FIRST_PORTS) };
	/** How the last access ended. */
	result: Response = Response.OKAY;
	readonly targets: BusTarget[] = [];
	private lastTarget: BusTarget | null = null;

	constructor(
		private readonly memory: PhysicalMemory,
		private readonly observers: Observers,
	) {}

	onEvent(): void {}

	/** Puts a target on the bus; throws when its range is taken. */
	attach(target: BusTarget): void {
		for (const other of this.targets)
			if (target.base < other.base + other.size && other.base < target.base + target.size)
				throw new Error(`${target.name} overlaps ${other.name}`);
		this.targets.push(target);
	}

	/** The target at an address, or null (RAM or nothing). */
	targetOf(phys: number): BusTarget | null {
		const last = this.lastTarget;
		if (last !== null && phys >= last.base && phys - last.base < last.size) return last;
		for (const target of this.targets)
			if (phys >= target.base && phys - target.base < target.size) {
				this.lastTarget = target;
				return target;
			}
		return null;
	}

	/** Slave errors on later accesses to the range; neither read nor write heals what overlaps it. */
	fault(base: number, size: number, read: boolean, write: boolean): void {
		const kept = this.state.faults.filter((range) => base + size <= range.base || range.base + range.size <= base);
		if (read || write) kept.push({ base, size, read, write });
		this.state.faults = kept;
	}

	/** A read by the CPU: unsigned value (8-byte ones are exact below 2^53); 0 when `result` is not OKAY. */
	read(phys: number, size: number): number {
		if (size === 8) {
			const low = this.read(phys, 4);
			const first = this.result;
			const high = this.read(phys + 4, 4);
			if (this.result === Response.OKAY) this.result = first;
			return high * 4294967296 + low;
		}
		this.result = Response.OKAY;
		if (this.faulty(phys, size, false)) return 0;
		const target = this.targetOf(phys);
		if (target !== null) {
			if (phys - target.base + size > target.size) return this.fail(Response.DECERR);
			const value = target.read(phys - target.base, size);
			if (this.observers.mask & ObserverBit.MMIO) this.observers.mmio(phys, size, value, false);
			return this.result === Response.OKAY ? value : 0;
		}
		if (this.memory.regionOf(phys) === null) return this.fail(Response.DECERR);
		return size === 4 ? this.memory.read32(phys) : size === 2 ? this.memory.read16(phys) : this.memory.read8(phys);
	}

	/** A write by the CPU; `result` tells how it ended. An 8-byte value goes low half first. */
	write(phys: number, size: number, value: number): void {
		if (size === 8) {
			this.write(phys, 4, value >>> 0);
			const first = this.result;
			this.write(phys + 4, 4, Math.floor(value / 4294967296) >>> 0);
			if (this.result === Response.OKAY) this.result = first;
			return;
		}
		this.result = Response.OKAY;
		if (this.faulty(phys, size, true)) return;
		const target = this.targetOf(phys);
		if (target !== null) {
			if (phys - target.base + size > target.size) this.fail(Response.DECERR);
			else {
				if (this.observers.mask & ObserverBit.MMIO) this.observers.mmio(phys, size, value, true);
				target.write(phys - target.base, size, value);
			}
			return;
		}
		if (this.memory.regionOf(phys) === null) this.fail(Response.DECERR);
		else if (size === 4) this.memory.write32(phys, value);
		else if (size === 2) this.memory.write16(phys, value);
		else this.memory.write8(phys, value);
	}

	/** A device register of at most 4 bytes as a debugger sees it: no effect, no time; 0 where there is nothing to see. */
	peek(phys: number, size: number): number {
		const target = this.targetOf(phys);
		return target === null ? 0 : target.peek(phys - target.base, size);
	}

	/** Picoseconds before the first beat of a DMA master's read at this address. */
	readLatency(phys: number, cyclePs: number): number {
		const ram = this.memory.regionOf(phys);
		const at = ram ?? this.targetOf(phys);
		if (at === null) return 8 * cyclePs;
		return at.readLatencyPs >= 0 ? at.readLatencyPs : at.readLatency * cyclePs;
	}

	/**
	 * Gives a DMA master's burst its turn at the target: one read and one write at a time, in the order in which they
	 * are asked for. `ps` is how long the burst takes there; returns that and the wait before it.
	 */
	claim(phys: number, write: boolean, ps: number, now: number): number {
		const port = this.portOf(phys);
		if (port < 0) return ps;
		let { free } = this.state;
		const side = write ? 2 * port + 1 : 2 * port;
		if (side >= free.length) {
			free = new Float64Array(2 * side + 2);
			free.set(this.state.free);
			this.state.free = free;
		}
		const end = Math.max(free[side]!, now) + ps;
		free[side] = end;
		return end - now;
	}

	/** RAM regions, then targets; -1 where nothing answers. */
	private portOf(phys: number): number {
		const { regions } = this.memory;
		for (let port = 0; port < regions.length; port++) {
			const region = regions[port]!;
			if (phys >= region.base && phys - region.base < region.size) return port;
		}
		const target = this.targetOf(phys);
		return target === null ? -1 : regions.length + this.targets.indexOf(target);
	}

	/**
	 * A DMA master's read of `length` bytes in items of `item` bytes into the pool at byte offset `pool`.
	 * A `fixed` address is read again for every item. RAM is read within one page: bursts do not cross 4 KiB.
	 */
	burstRead(phys: number, length: number, item: number, fixed: boolean, pool: number): Response {
		if (this.state.faults.length !== 0 && this.faulty(phys, fixed ? item : length, false)) return this.result;
		const { memory } = this;
		if (this.observers.mask & ObserverBit.ACCESS) this.observers.access(phys, fixed ? item : length, false);
		const from = memory.byteOffset(phys, false);
		if (memory.writable[pool >>> 12] === 0) memory.touch(pool >>> 12);
		if (from < 0) return this.targetRead(phys, length, item, fixed, pool);
		if (!fixed) copyBytes(memory, pool, from, length);
		else for (let done = 0; done < length; done += item) copyBytes(memory, pool + done, from, item);
		return Response.OKAY;
	}

	/** A DMA master's write of `length` bytes from the pool at byte offset `pool`. */
	burstWrite(phys: number, length: number, item: number, fixed: boolean, pool: number): Response {
		if (this.state.faults.length !== 0 && this.faulty(phys, fixed ? item : length, true)) return this.result;
		const { memory } = this;
		const to = memory.byteOffset(phys, true);
		if (to < 0) return this.targetWrite(phys, length, item, fixed, pool);
		if (!fixed) copyBytes(memory, to, pool, length);
		else copyBytes(memory, to, pool + length - item, item);
		if (this.observers.mask & ObserverBit.ACCESS) this.observers.access(phys, fixed ? item : length, true);
		return Response.OKAY;
	}

	private targetRead(phys: number, length: number, item: number, fixed: boolean, pool: number): Response {
		const size = Math.min(item, 4);
		this.result = Response.OKAY;
		for (let done = 0; done < length; done += size) {
			const address = fixed ? phys + (done % item) : phys + done;
			const target = this.targetOf(address);
			if (target === null || address - target.base + size > target.size)
				return this.fail(Response.DECERR) || this.result;
			let value = target.read(address - target.base, size);
			for (let byte = 0; byte < size; byte++) {
				this.memory.u8[pool + done + byte] = value & 255;
				value >>>= 8;
			}
			if (this.result !== Response.OKAY) return this.result;
		}
		return Response.OKAY;
	}

	private targetWrite(phys: number, length: number, item: number, fixed: boolean, pool: number): Response {
		const size = Math.min(item, 4);
		this.result = Response.OKAY;
		for (let done = 0; done < length; done += size) {
			const address = fixed ? phys + (done % item) : phys + done;
			const target = this.targetOf(address);
			if (target === null || address - target.base + size > target.size)
				return this.fail(Response.DECERR) || this.result;
			let value = 0;
			for (let byte = size - 1; byte >= 0; byte--) value = value * 256 + this.memory.u8[pool + done + byte]!;
			target.write(address - target.base, size, value);
			if (this.result !== Response.OKAY) return this.result;
		}
		return Response.OKAY;
	}

	private fail(response: Response): number {
		this.result = response;
		return 0;
	}

	private faulty(phys: number, length: number, write: boolean): boolean {
		for (const range of this.state.faults)
			if ((write ? range.write : range.read) && phys < range.base + range.size && range.base < phys + length) {
				this.result = Response.SLVERR;
				return true;
			}
		return false;
	}
}

/** Copies inside the pool without allocating; a burst's two ranges never overlap. */
function copyBytes(memory: PhysicalMemory, to: number, from: number, length: number): void {
	if (((to | from | length) & 3) === 0) {
		const { i32 } = memory;
		const end = (from + length) >>> 2;
		for (let source = from >>> 2, target = to >>> 2; source < end; ) i32[target++] = i32[source++]!;
	} else {
		const { u8 } = memory;
		for (let done = 0; done < length; done++) u8[to + done] = u8[from + done]!;
	}
}

/** Bytes from the address to the next 4 KiB boundary, which no burst crosses. */
export function toBoundary(phys: number): number {
	return PAGE_SIZE - (phys & (PAGE_SIZE - 1));
}
