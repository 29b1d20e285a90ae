/** A 16550A UART with FIFOs and DMA request outputs. */

import type { Machine } from "../sim/machine";
import { ObserverBit } from "../sim/observers";
import type { Peripheral } from "./model";
import { field, type Register } from "./registers";
import { newSent, pushSent, type SentState, takeSent } from "./sent-bytes";

export interface Ns16550Config {
	name: string;
	base: number;
	size: number;
	/** Interrupt line; -1 when not connected. */
	interrupt: number;
	/** Replaces the 8 cycles of a DMA read's latency when not negative. */
	readLatencyPs?: number;
	/** Input clock in Hz. */
	clock: number;
	/** Registers are 1 << shift bytes apart. */
	regShift: number;
	/** TX request while the transmit FIFO holds at most this many bytes; 12. */
	txRequestLevel?: number;
}

interface UartState {
	ier: number;
	fcr: number;
	lcr: number;
	mcr: number;
	scr: number;
	divisor: number;
	/** Error bits of LSR that a read clears. */
	errors: number;
	rx: number[];
	tx: number[];
	/** The byte in the shift register, -1: empty. */
	shifting: number;
	thriPending: boolean;
	timeoutPending: boolean;
	/** When RX was last read or filled. */
	rxActivity: number;
	timeoutScheduled: boolean;
	lineActive: boolean;
	/** Bytes that are still to come from outside, and whether one is on the line. */
	incoming: SentState;
	arriving: boolean;
	sent: SentState;
	/** Sent, but not yet reported as output. */
	output: number[];
	outputActivity: number;
	outputScheduled: boolean;
	warned: Record<string, boolean>;
}

enum Kind {
	SHIFTED,
	ARRIVED,
	TIMEOUT,
	FLUSH,
}

enum Lsr {
	DR = 1,
	OE = 2,
	THRE = 0x20,
	TEMT = 0x40,
}

const FIFO_BYTES = 16;
const BURST_ITEMS = 4;
const OUTPUT_BYTES = 256;
const IDLE_CHARACTERS = 10;
const TRIGGERS = [1, 4, 8, 14];

export class Ns16550 implements Peripheral {
	readonly kind = "ns16550";
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	readonly registers: readonly Register[];
	state: UartState;
	private rxLine = -1;
	private txLine = -1;

	constructor(
		private readonly machine: Machine,
		private readonly config: Ns16550Config,
	) {
		this.name = config.name;
		this.base = config.base;
		this.size = config.size;
		this.readLatencyPs = config.readLatencyPs ?? -1;
		this.registers = uartRegisters(config.regShift);
		// What the firmware leaves: 115200 8N1 at 1.8432 MHz, FIFOs on, DMA mode 1, receive trigger 8.
		this.state = {
			ier: 0,
			fcr: 0x89,
			lcr: 3,
			mcr: 0,
			scr: 0,
			divisor: 1,
			errors: 0,
			rx: [],
			tx: [],
			shifting: -1,
			thriPending: false,
			timeoutPending: false,
			rxActivity: 0,
			timeoutScheduled: false,
			lineActive: false,
			incoming: newSent(),
			arriving: false,
			sent: newSent(),
			output: [],
			outputActivity: 0,
			outputScheduled: false,
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

	/** One character on the line, in picoseconds, from LCR and the divisor latch. */
	characterTime(): number {
		const { lcr, divisor } = this.state;
		const data = 5 + (lcr & 3);
		const stop = lcr & 4 ? (data === 5 ? 1.5 : 2) : 1;
		const bits = 1 + data + (lcr & 8 ? 1 : 0) + stop;
		return Math.round((bits * 16 * Math.max(1, divisor) * 1e12) / this.config.clock);
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) pushSent(this.state.incoming, byte);
		this.nextArrival();
	}

	takeSent(max: number): Uint8Array {
		return takeSent(this.state.sent, max);
	}

	onEvent(kind: number, _arg: number): void {
		if (kind === Kind.SHIFTED) this.shifted();
		else if (kind === Kind.ARRIVED) {
			this.state.arriving = false;
			this.arrive(takeSent(this.state.incoming, 1)[0] ?? 0);
			this.nextArrival();
		} else if (kind === Kind.TIMEOUT) this.timeout();
		else this.idleFlush();
		this.update();
	}

	read(offset: number, _size: number): number {
		const { state } = this;
		const register = this.register(offset);
		let value = this.peekRegister(register);
		if (register === 0 && (state.lcr & 0x80) === 0) value = this.readBuffer();
		else if (register === 2 && (value & 15) === 2) state.thriPending = false;
		else if (register === 5) state.errors = 0;
		this.update();
		return value;
	}

	write(offset: number, _size: number, value: number): void {
		const { state } = this;
		const byte = value & 255;
		const latch = (state.lcr & 0x80) !== 0;
		switch (this.register(offset)) {
			case 0:
				if (latch) state.divisor = (state.divisor & 0xff00) | byte;
				else this.transmit(byte);
				break;
			case 1:
				if (latch) state.divisor = (state.divisor & 255) | (byte << 8);
				else {
					if (byte & ~state.ier & 2 && state.tx.length === 0) state.thriPending = true;
					state.ier = byte & 15;
				}
				break;
			case 2:
				this.writeFcr(byte);
				break;
			case 3:
				state.lcr = byte;
				break;
			case 4:
				state.mcr = byte & 31;
				break;
			case 7:
				state.scr = byte;
				break;
		}
		this.update();
	}

	peek(offset: number, _size: number): number {
		return this.peekRegister(this.register(offset));
	}

	/** For a debugger: what the FIFOs hold, oldest first, and the byte being shifted out (-1: none). */
	fifoView(): { rx: Uint8Array; tx: Uint8Array; shifting: number } {
		const { rx, tx, shifting } = this.state;
		return { rx: Uint8Array.from(rx), tx: Uint8Array.from(tx), shifting };
	}

	private register(offset: number): number {
		return (offset >>> this.config.regShift) & 7;
	}

	private get depth(): number {
		return this.state.fcr & 1 ? FIFO_BYTES : 1;
	}

	private get trigger(): number {
		return this.state.fcr & 1 ? TRIGGERS[this.state.fcr >>> 6]! : 1;
	}

	private peekRegister(register: number): number {
		const { state } = this;
		const latch = (state.lcr & 0x80) !== 0;
		switch (register) {
			case 0:
				return latch ? state.divisor & 255 : (state.rx[0] ?? 0);
			case 1:
				return latch ? state.divisor >>> 8 : state.ier;
			case 2:
				return this.identification() | (state.fcr & 1 ? 0xc0 : 0);
			case 3:
				return state.lcr;
			case 4:
				return state.mcr;
			case 5: {
				const empty = state.tx.length === 0;
				return (
					state.errors |
					(state.rx.length > 0 ? Lsr.DR : 0) |
					(empty ? Lsr.THRE : 0) |
					(empty && state.shifting < 0 ? Lsr.TEMT : 0)
				);
			}
			case 6:
				return 0xb0;
			default:
				return state.scr;
		}
	}

	private identification(): number {
		const { ier, errors, rx, timeoutPending, thriPending } = this.state;
		if (ier & 4 && errors !== 0) return 6;
		if (ier & 1 && timeoutPending) return 0xc;
		if (ier & 1 && rx.length >= this.trigger) return 4;
		if (ier & 2 && thriPending) return 2;
		return 1;
	}

	private writeFcr(byte: number): void {
		const { state } = this;
		const toggled = ((byte ^ state.fcr) & 1) !== 0;
		if (toggled || byte & 2) {
			state.rx = [];
			state.timeoutPending = false;
		}
		if (toggled || byte & 4) {
			if (state.tx.length > 0) state.thriPending = true;
			state.tx = [];
		}
		state.fcr = byte & 1 ? byte & 0xc9 : 0;
	}

	private readBuffer(): number {
		const { state } = this;
		const byte = state.rx.shift();
		state.rxActivity = this.machine.time;
		state.timeoutPending = false;
		if (byte === undefined) {
			this.warn("rx-empty", "the receive buffer was read while it was empty");
			return 0;
		}
		this.watchTimeout();
		return byte;
	}

	private transmit(byte: number): void {
		const { state } = this;
		state.thriPending = false;
		if (state.shifting < 0) {
			this.shift(byte);
			state.thriPending = true;
		} else if (state.tx.length < this.depth) state.tx.push(byte);
		else {
			state.tx[state.tx.length - 1] = byte;
			this.warn("tx-full", "a byte was written to the full transmit FIFO: the one before it is lost");
		}
	}

	private shift(byte: number): void {
		this.state.shifting = byte;
		this.machine.schedule(this.machine.time + this.characterTime(), this.index, Kind.SHIFTED, 0);
	}

	private shifted(): void {
		const { state } = this;
		const byte = state.shifting & (0xff >>> (3 - (state.lcr & 3)));
		state.shifting = -1;
		if (state.mcr & 0x10) this.arrive(byte);
		else {
			pushSent(state.sent, byte);
			this.collect(byte);
		}
		const next = state.tx.shift();
		if (next === undefined) return;
		this.shift(next);
		if (state.tx.length === 0) state.thriPending = true;
	}

	/** Output is reported at a newline, at 256 bytes, or when the line has been idle for 10 characters. */
	private collect(byte: number): void {
		const { state, machine } = this;
		state.output.push(byte);
		state.outputActivity = machine.time;
		if (byte === 10 || state.output.length >= OUTPUT_BYTES) this.flush();
		else if (!state.outputScheduled) {
			state.outputScheduled = true;
			machine.schedule(machine.time + IDLE_CHARACTERS * this.characterTime(), this.index, Kind.FLUSH, 0);
		}
	}

	private idleFlush(): void {
		const { state, machine } = this;
		state.outputScheduled = false;
		// A byte on its way will look again when it has left.
		if (state.output.length === 0 || state.shifting >= 0) return;
		const due = state.outputActivity + IDLE_CHARACTERS * this.characterTime();
		if (due <= machine.time) this.flush();
		else {
			state.outputScheduled = true;
			machine.schedule(due, this.index, Kind.FLUSH, 0);
		}
	}

	/** Reports what has been sent and not yet reported: at the end of a run. */
	flushOutput(): void {
		if (this.state.output.length > 0) this.flush();
	}

	private flush(): void {
		const bytes = Uint8Array.from(this.state.output);
		this.state.output = [];
		if (this.machine.observers.mask & ObserverBit.OUTPUT) this.machine.observers.output(this.index, bytes);
	}

	private nextArrival(): void {
		const { state, machine } = this;
		if (state.arriving || state.incoming.length === 0) return;
		state.arriving = true;
		machine.schedule(machine.time + this.characterTime(), this.index, Kind.ARRIVED, 0);
	}

	private arrive(byte: number): void {
		const { state, machine } = this;
		if (state.rx.length >= this.depth) {
			state.errors |= Lsr.OE;
			return;
		}
		state.rx.push(byte);
		state.rxActivity = machine.time;
		state.timeoutPending = false;
		this.watchTimeout();
	}

	private watchTimeout(): void {
		const { state, machine } = this;
		if (state.timeoutScheduled || state.rx.length === 0 || (state.fcr & 1) === 0) return;
		state.timeoutScheduled = true;
		machine.schedule(state.rxActivity + 4 * this.characterTime(), this.index, Kind.TIMEOUT, 0);
	}

	private timeout(): void {
		const { state, machine } = this;
		state.timeoutScheduled = false;
		if (state.rx.length === 0 || (state.fcr & 1) === 0) return;
		if (machine.time < state.rxActivity + 4 * this.characterTime()) this.watchTimeout();
		else state.timeoutPending = true;
	}

	/** Interrupt and request lines follow the state. */
	private update(): void {
		const { state, machine } = this;
		const active = this.identification() !== 1;
		if (active !== state.lineActive) {
			state.lineActive = active;
			if (active) machine.interrupts.raise(this.config.interrupt);
			else machine.interrupts.lower(this.config.interrupt);
		}
		const mode1 = (state.fcr & 9) === 9;
		const txLevel = mode1 ? (this.config.txRequestLevel ?? FIFO_BYTES - BURST_ITEMS) : 0;
		machine.requests.set(this.rxLine, state.rx.length >= (mode1 ? this.trigger : 1));
		machine.requests.set(this.txLine, state.tx.length <= txLevel);
	}

	private warn(code: string, text: string): void {
		if (this.state.warned[code]) return;
		this.state.warned[code] = true;
		if (this.machine.observers.mask & ObserverBit.WARNING) this.machine.observers.warning(this.index, code, text);
	}
}

function uartRegisters(shift: number): Register[] {
	const at = (name: string, number: number, access: Register["access"], fields: Register["fields"]): Register => ({
		name,
		offset: number << shift,
		size: 1,
		access,
		reset: 0,
		fields,
	});
	return [
		at("RBR/THR", 0, "rw", []),
		at("IER", 1, "rw", [field("ERBFI", 0), field("ETBEI", 1), field("ELSI", 2), field("EDSSI", 3)]),
		at("IIR", 2, "ro", [
			field("ID", 0, 4, { 1: "none", 2: "THR empty", 4: "data", 6: "line status", 12: "time-out" }),
			field("FIFOS", 6, 2),
		]),
		at("LCR", 3, "rw", [
			field("WLS", 0, 2, { 0: "5 bits", 1: "6 bits", 2: "7 bits", 3: "8 bits" }),
			field("STB", 2),
			field("PEN", 3),
			field("EPS", 4),
			field("DLAB", 7),
		]),
		at("MCR", 4, "rw", [field("DTR", 0), field("RTS", 1), field("OUT1", 2), field("OUT2", 3), field("LOOP", 4)]),
		at("LSR", 5, "ro", [
			field("DR", 0),
			field("OE", 1),
			field("PE", 2),
			field("FE", 3),
			field("BI", 4),
			field("THRE", 5),
			field("TEMT", 6),
		]),
		at("MSR", 6, "ro", []),
		at("SCR", 7, "rw", []),
	];
}
