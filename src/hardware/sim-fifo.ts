/** `sim,fifo`: a 32-bit data register with a FIFO each way, filled and drained at a fixed rate. */

import type { Machine } from "../sim/machine";
import { takeBytes } from "./byte-queue";
import { LinePeripheral, type LineState, newLine, type PeripheralConfig } from "./line-peripheral";
import type { Register } from "./registers";

export interface SimFifoConfig extends PeripheralConfig {
	/** Words each way; 16. */
	depth?: number;
	/** Words a second, both ways (`sim,word-rate`); 1,000,000. */
	wordRate?: number;
	/** RX asks from this many words on, TX from this many free ones; 4. */
	requestWords?: number;
}

interface FifoState extends LineState {
	rx: number[];
	tx: number[];
	draining: boolean;
	filling: boolean;
}

enum Kind {
	DRAINED,
	FILLED,
}

const REGISTERS: readonly Register[] = [{ name: "DATA", offset: 0, size: 4, access: "rw", reset: 0, fields: [] }];

/** Words from outside wait while the RX FIFO is full. The interrupt is active while the RX request is. */
export class SimFifo extends LinePeripheral<FifoState> {
	readonly kind = "sim-fifo";
	private readonly depth: number;
	private readonly threshold: number;
	private readonly wordPs: number;

	constructor(machine: Machine, config: SimFifoConfig) {
		super(machine, config, REGISTERS, { ...newLine(), rx: [], tx: [], draining: false, filling: false });
		this.depth = config.depth ?? 16;
		this.threshold = config.requestWords ?? 4;
		this.wordPs = Math.round(1e12 / (config.wordRate ?? 1e6));
	}

	onEvent(kind: number, _arg: number): void {
		const { state } = this;
		if (kind === Kind.DRAINED) {
			state.draining = false;
			const word = state.tx.shift() ?? 0;
			for (let shift = 0; shift < 32; shift += 8) this.send((word >>> shift) & 255);
			this.drain();
		} else {
			state.filling = false;
			const bytes = takeBytes(state.incoming, 4);
			state.rx.push((bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0);
			this.nextArrival();
		}
		this.update();
	}

	read(offset: number, _size: number): number {
		if (offset >= 4) return 0;
		const word = this.state.rx.shift();
		if (word === undefined) this.warn("rx-empty", "the data register was read while the receive FIFO was empty");
		this.nextArrival();
		this.update();
		return word ?? 0;
	}

	write(offset: number, _size: number, value: number): void {
		if (offset >= 4) return;
		const { tx } = this.state;
		if (tx.length >= this.depth) this.warn("tx-full", "a word was written to the full transmit FIFO and is lost");
		else tx.push(value >>> 0);
		this.drain();
		this.update();
	}

	peek(offset: number, _size: number): number {
		return offset < 4 ? (this.state.rx[0] ?? 0) : 0;
	}

	/** For a debugger: the words in the FIFOs, oldest first. */
	fifoView(): { rx: Uint32Array; tx: Uint32Array } {
		return { rx: Uint32Array.from(this.state.rx), tx: Uint32Array.from(this.state.tx) };
	}

	private drain(): void {
		const { state } = this;
		if (state.draining || state.tx.length === 0) return;
		state.draining = true;
		this.after(this.wordPs, Kind.DRAINED);
	}

	/** Four bytes make a word, little endian; the last ones wait until there are four. */
	protected nextArrival(): void {
		const { state } = this;
		if (state.filling || state.incoming.length < 4 || state.rx.length >= this.depth) return;
		state.filling = true;
		this.after(this.wordPs, Kind.FILLED);
	}

	protected update(): void {
		const { rx, tx } = this.state;
		const wantsRead = rx.length >= this.threshold;
		this.tellLevels(rx.length, tx.length, this.depth);
		this.driveInterrupt(wantsRead);
		this.driveRequests(wantsRead, this.depth - tx.length >= this.threshold, rx.length > 0, tx.length < this.depth);
	}
}
