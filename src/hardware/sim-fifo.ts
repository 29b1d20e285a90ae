/** `sim,fifo`: a 32-bit data register with a FIFO each way, filled and drained at a fixed rate. */

import type { Machine } from "../sim/machine";
import { ObserverBit } from "../sim/observers";
import type { Peripheral } from "./model";
import type { Register } from "./registers";
import { newSent, pushSent, type SentState, takeSent } from "./sent-bytes";

export interface SimFifoConfig {
	name: string;
	base: number;
	size: number;
	/** Interrupt line; -1 when not connected. */
	interrupt: number;
	/** Replaces the 8 cycles of a DMA read's latency when not negative. */
	readLatencyPs?: number;
	/** Words each way; 16. */
	depth?: number;
	/** Words a second, both ways (`sim,word-rate`); 1,000,000. */
	wordRate?: number;
	/** RX asks from this many words on, TX from this many free ones; 4. */
	requestWords?: number;
}

interface FifoState {
	rx: number[];
	tx: number[];
	draining: boolean;
	filling: boolean;
	lineActive: boolean;
	/** Bytes that are still to come from outside. */
	incoming: SentState;
	sent: SentState;
	warned: Record<string, boolean>;
}

enum Kind {
	DRAINED,
	FILLED,
}

/** Words from outside wait while the RX FIFO is full. The interrupt is active while the RX request is. */
export class SimFifo implements Peripheral {
	readonly kind = "sim-fifo";
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	readonly registers: readonly Register[] = [{ name: "DATA", offset: 0, size: 4, access: "rw", reset: 0, fields: [] }];
	state: FifoState;
	private readonly depth: number;
	private readonly threshold: number;
	private readonly wordPs: number;
	private rxLine = -1;
	private txLine = -1;

	constructor(
		private readonly machine: Machine,
		private readonly config: SimFifoConfig,
	) {
		this.name = config.name;
		this.base = config.base;
		this.size = config.size;
		this.readLatencyPs = config.readLatencyPs ?? -1;
		this.depth = config.depth ?? 16;
		this.threshold = config.requestWords ?? 4;
		this.wordPs = Math.round(1e12 / (config.wordRate ?? 1e6));
		this.state = {
			rx: [],
			tx: [],
			draining: false,
			filling: false,
			lineActive: false,
			incoming: newSent(),
			sent: newSent(),
			warned: {},
		};
		this.index = machine.register(this);
		machine.bus.attach(this);
	}

	wireRequests(rxLine: number, txLine: number): void {
		this.rxLine = rxLine;
		this.txLine = txLine;
		this.update();
	}

	acknowledged(): void {
		this.update();
	}

	/** Four bytes make a word, little endian; the last ones wait until there are four. */
	receive(bytes: Uint8Array): void {
		for (const byte of bytes) pushSent(this.state.incoming, byte);
		this.fill();
	}

	takeSent(max: number): Uint8Array {
		return takeSent(this.state.sent, max);
	}

	onEvent(kind: number, _arg: number): void {
		const { state } = this;
		if (kind === Kind.DRAINED) {
			state.draining = false;
			const word = state.tx.shift() ?? 0;
			for (let shift = 0; shift < 32; shift += 8) pushSent(state.sent, (word >>> shift) & 255);
			this.drain();
		} else {
			state.filling = false;
			const bytes = takeSent(state.incoming, 4);
			state.rx.push((bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0);
			this.fill();
		}
		this.update();
	}

	read(offset: number, _size: number): number {
		if (offset >= 4) return 0;
		const word = this.state.rx.shift();
		if (word === undefined) this.warn("rx-empty", "the data register was read while the receive FIFO was empty");
		this.fill();
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
		const { state, machine } = this;
		if (state.draining || state.tx.length === 0) return;
		state.draining = true;
		machine.schedule(machine.time + this.wordPs, this.index, Kind.DRAINED, 0);
	}

	private fill(): void {
		const { state, machine } = this;
		if (state.filling || state.incoming.length < 4 || state.rx.length >= this.depth) return;
		state.filling = true;
		machine.schedule(machine.time + this.wordPs, this.index, Kind.FILLED, 0);
	}

	private update(): void {
		const { state, machine } = this;
		const wantsRead = state.rx.length >= this.threshold;
		if (wantsRead !== state.lineActive) {
			state.lineActive = wantsRead;
			if (wantsRead) machine.interrupts.raise(this.config.interrupt);
			else machine.interrupts.lower(this.config.interrupt);
		}
		machine.requests.set(this.rxLine, wantsRead);
		machine.requests.set(this.txLine, this.depth - state.tx.length >= this.threshold);
	}

	private warn(code: string, text: string): void {
		if (this.state.warned[code]) return;
		this.state.warned[code] = true;
		if (this.machine.observers.mask & ObserverBit.WARNING) this.machine.observers.warning(this.index, code, text);
	}
}
