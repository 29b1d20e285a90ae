/** What every device with a line to the outside world shares: its place on the bus, its queues, its wires. */

import type { Machine } from "../sim/machine";
import { Fifo, ObserverBit } from "../sim/observers";
import { type ByteQueue, dropByte, newByteQueue, pushByte, takeBytes } from "./byte-queue";
import type { HardwareModel, Peripheral } from "./model";
import type { Register } from "./registers";

export interface PeripheralConfig {
	name: string;
	base: number;
	size: number;
	/** Interrupt line; -1 when not connected. */
	interrupt: number;
	/** Replaces the 8 cycles of a DMA read's latency when not negative. */
	readLatencyPs?: number;
}

/** Bytes that were sent and that nobody takes: so many of the newest are kept. */
const MOST_SENT = 16 * 1024 * 1024;

export interface LineState {
	/** Level of the interrupt output. */
	lineActive: boolean;
	/** Bytes that are still to come from outside. */
	incoming: ByteQueue;
	/** Bytes that have left the device completely. */
	sent: ByteQueue;
	/** What has been reported already, by code. */
	warned: Record<string, boolean>;
}

export function newLine(): LineState {
	return { lineActive: false, incoming: newByteQueue(), sent: newByteQueue(), warned: {} };
}

/** A device with a line: its own part is registers, events, and what its outputs follow from (`update`). */
export abstract class LinePeripheral<S extends LineState> implements Peripheral {
	abstract readonly kind: HardwareModel["kind"];
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	private rxLine = -1;
	private txLine = -1;

	constructor(
		protected readonly machine: Machine,
		private readonly place: PeripheralConfig,
		readonly registers: readonly Register[],
		public state: S,
	) {
		this.name = place.name;
		this.base = place.base;
		this.size = place.size;
		this.readLatencyPs = place.readLatencyPs ?? -1;
		this.index = machine.register(this);
		machine.bus.attach(this);
	}

	abstract onEvent(kind: number, arg: number): void;
	abstract read(offset: number, size: number): number;
	abstract write(offset: number, size: number, value: number): void;
	abstract peek(offset: number, size: number): number;

	/** Interrupt and request lines follow the state. */
	protected abstract update(): void;

	/** Bytes wait in `incoming`: take the next one when the line is free. */
	protected abstract nextArrival(): void;

	wireRequests(rxLine: number, txLine: number): void {
		this.rxLine = rxLine;
		this.txLine = txLine;
		this.update();
	}

	acknowledged(): void {
		this.update();
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) pushByte(this.state.incoming, byte);
		this.nextArrival();
	}

	takeSent(max: number): Uint8Array {
		return takeBytes(this.state.sent, max);
	}

	/** A byte has left the device completely. */
	protected send(byte: number): void {
		const { sent } = this.state;
		if (sent.length >= MOST_SENT) {
			this.warn("sent-full", "more than 16 MiB were sent and not taken: the oldest bytes are forgotten");
			dropByte(sent);
		}
		pushByte(sent, byte);
	}

	protected driveInterrupt(active: boolean): void {
		const { state, machine } = this;
		if (active === state.lineActive) return;
		state.lineActive = active;
		if (active) machine.interrupts.raise(this.place.interrupt);
		else machine.interrupts.lower(this.place.interrupt);
	}

	/** Requests for a burst, and whether there is a single item to be read or room for one to be written. */
	protected driveRequests(rx: boolean, tx: boolean, singleRx = rx, singleTx = tx): void {
		const { requests } = this.machine;
		requests.set(this.rxLine, rx);
		requests.set(this.txLine, tx);
		requests.setSingle(this.rxLine, singleRx);
		requests.setSingle(this.txLine, singleTx);
	}

	/** Tells observers how full the FIFOs are: part of `update`. */
	protected tellLevels(rx: number, tx: number, depth: number): void {
		const { observers } = this.machine;
		if ((observers.mask & ObserverBit.LEVEL) === 0) return;
		observers.level(this.index, Fifo.Receive, rx, depth);
		observers.level(this.index, Fifo.Transmit, tx, depth);
	}

	/** An event for this device `delay` ps from now. */
	protected after(delay: number, kind: number, arg = 0): void {
		this.machine.schedule(this.machine.time + delay, this.index, kind, arg);
	}

	/** Says once for each `code` how the device was used wrongly. */
	protected warn(code: string, text: string): void {
		if (this.state.warned[code]) return;
		this.state.warned[code] = true;
		if (this.machine.observers.mask & ObserverBit.WARNING) this.machine.observers.warning(this.index, code, text);
	}
}
