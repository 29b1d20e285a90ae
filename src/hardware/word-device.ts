/** What devices have in common whose registers are words of 32 bits: their place on the bus, accesses, warnings. */

import type { BusTarget } from "../sim/bus";
import type { Component } from "../sim/component";
import type { Machine } from "../sim/machine";
import { ObserverBit } from "../sim/observers";

export interface BusPlace extends Pick<BusTarget, "name" | "base" | "size"> {
	/** Replaces the 8 cycles of a foreign DMA master's read of these registers when not negative. */
	readonly readLatencyPs?: number;
}

export abstract class WordDevice implements Component, BusTarget {
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	/** Number of the component. */
	readonly index: number;
	/** With what it has warned of: each thing once. */
	abstract state: { warned: Record<string, boolean> };

	constructor(
		protected readonly machine: Machine,
		{ name, base, size, readLatencyPs }: BusPlace,
	) {
		this.name = name;
		this.base = base;
		this.size = size;
		this.readLatencyPs = readLatencyPs ?? -1;
		this.index = machine.register(this);
		machine.bus.attach(this);
	}

	abstract onEvent(kind: number, arg: number): void;

	/** The word at `offset`, without any effect. */
	abstract peek(offset: number, size: number): number;
	/** The CPU writes the word at `offset`. */
	protected abstract writeWord(offset: number, value: number): void;

	/** 1, 2 or 4 bytes: a narrow read gives a part of the word. */
	read(offset: number, size: number): number {
		const word = this.peek(offset - (offset % 4), 4);
		return size === 4 ? word : (word >>> ((offset % 4) * 8)) & (size === 1 ? 0xff : 0xffff);
	}

	/** A narrow write keeps the other bytes. */
	write(offset: number, size: number, value: number): void {
		const at = offset - (offset % 4);
		if (size === 4) {
			this.writeWord(at, value >>> 0);
			return;
		}
		const shift = (offset % 4) * 8;
		const mask = (size === 1 ? 0xff : 0xffff) << shift;
		this.writeWord(at, ((this.peek(at, 4) & ~mask) | ((value << shift) & mask)) >>> 0);
	}

	/** Says what software does wrong, or what is not modelled: once for each `code`. */
	protected warn(code: string, text: string): void {
		const { warned } = this.state;
		if (warned[code]) return;
		warned[code] = true;
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.WARNING) observers.warning(this.index, code, text);
	}
}
