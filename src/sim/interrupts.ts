/** Interrupt lines between devices and the CPU. */

import type { Component } from "./component";
import { ObserverBit, type Observers } from "./observers";

interface InterruptsState {
	/** How many sources hold each line active. */
	sources: Int32Array;
	/** 1 where the kernel has masked the line. */
	masked: Uint8Array;
	/** How often the line is held back from the CPU. */
	holds: Int32Array;
}

const FIRST_LINES = 64;

/** Level interrupts by number. A line is active while at least one of its sources raises it. */
export class Interrupts implements Component {
	readonly name = "interrupts";
	state: InterruptsState;
	/** Lowest line that is active, unmasked and not held; -1 when there is none. */
	pendingLine = -1;

	constructor(private readonly observers: Observers) {
		this.state = {
			sources: new Int32Array(FIRST_LINES),
			masked: new Uint8Array(FIRST_LINES).fill(1),
			holds: new Int32Array(FIRST_LINES),
		};
	}

	onEvent(): void {}

	restored(): void {
		this.scan();
	}

	/** One more source holds the line active: call only when that source's own level changes. Line -1 is not connected. */
	raise(line: number): void {
		if (line < 0) return;
		this.reserve(line);
		if (this.state.sources[line]!++ !== 0) return;
		if (this.observers.mask & ObserverBit.IRQ) this.observers.irq(line, 1);
		if (this.eligible(line) && (this.pendingLine < 0 || line < this.pendingLine)) this.pendingLine = line;
	}

	/** One source less holds the line active. */
	lower(line: number): void {
		if (line < 0) return;
		this.reserve(line);
		if (this.state.sources[line] === 0 || --this.state.sources[line]! !== 0) return;
		if (this.observers.mask & ObserverBit.IRQ) this.observers.irq(line, 0);
		if (line === this.pendingLine) this.scan();
	}

	/** Lines are masked until the kernel unmasks them. */
	mask(line: number): void {
		this.reserve(line);
		this.state.masked[line] = 1;
		this.scan();
	}

	unmask(line: number): void {
		this.reserve(line);
		this.state.masked[line] = 0;
		this.scan();
	}

	isMasked(line: number): boolean {
		return line >= this.state.masked.length || this.state.masked[line] === 1;
	}

	/** Keeps a line from the CPU until as many releases have come. */
	hold(line: number): void {
		this.reserve(line);
		this.state.holds[line]!++;
		this.scan();
	}

	release(line: number): void {
		this.reserve(line);
		if (this.state.holds[line]! > 0) this.state.holds[line]!--;
		this.scan();
	}

	/** The line's level, masked or not. */
	level(line: number): boolean {
		return line < this.state.sources.length && this.state.sources[line]! > 0;
	}

	/** Lowest line that the CPU would take now, or -1. */
	pending(): number {
		return this.pendingLine;
	}

	private eligible(line: number): boolean {
		const { sources, masked, holds } = this.state;
		return sources[line]! > 0 && masked[line] === 0 && holds[line] === 0;
	}

	private scan(): void {
		this.pendingLine = -1;
		for (let line = 0; line < this.state.sources.length; line++)
			if (this.eligible(line)) {
				this.pendingLine = line;
				return;
			}
	}

	private reserve(line: number): void {
		const old = this.state;
		if (line < old.sources.length) return;
		const size = Math.max(line + 1, old.sources.length * 2);
		this.state = {
			sources: new Int32Array(size),
			masked: new Uint8Array(size).fill(1),
			holds: new Int32Array(size),
		};
		this.state.sources.set(old.sources);
		this.state.masked.set(old.masked);
		this.state.holds.set(old.holds);
	}
}
