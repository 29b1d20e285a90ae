/** STM32 USART as UART: data registers, FIFOs, baud rate, interrupts and DMA requests. */

import type { Machine } from "../sim/machine";
import { ObserverBit } from "../sim/observers";
import type { Peripheral } from "./model";
import { newSent, pushSent, type SentState, takeSent } from "./sent-bytes";
import { Cr1, Cr3, Isr, Offset, stm32UsartRegisters } from "./stm32-usart-registers";

export interface Stm32UsartConfig {
	name: string;
	base: number;
	size: number;
	/** Interrupt line; -1 when not connected. */
	interrupt: number;
	/** Replaces the 8 cycles of a DMA read's latency when not negative. */
	readLatencyPs?: number;
	/** Kernel clock in Hz. */
	clock: number;
}

interface UsartState {
	cr1: number;
	cr2: number;
	cr3: number;
	brr: number;
	presc: number;
	/** ORE, IDLE and TC of ISR. */
	flags: number;
	rx: number[];
	tx: number[];
	/** The byte in the shift register, -1: empty. */
	shifting: number;
	lastRead: number;
	/** When the last byte came in; the line is watched for one idle frame. */
	rxActivity: number;
	idleScheduled: boolean;
	lineActive: boolean;
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
	IDLE,
	FLUSH,
}

const FIFO_BYTES = 16;
const OUTPUT_BYTES = 256;
const IDLE_CHARACTERS = 10;
const PRESCALERS = [1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256];
const BAUD = 115200;

/** Frames are 8N1 with oversampling by 16: other settings are kept but change nothing. */
export class Stm32Usart implements Peripheral {
	readonly kind = "stm32-usart";
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	readonly registers = stm32UsartRegisters();
	state: UsartState;
	private rxLine = -1;
	private txLine = -1;

	constructor(
		private readonly machine: Machine,
		private readonly config: Stm32UsartConfig,
	) {
		this.name = config.name;
		this.base = config.base;
		this.size = config.size;
		this.readLatencyPs = config.readLatencyPs ?? -1;
		// What the firmware leaves: 115200 8N1, receiver and transmitter on, no FIFOs, no DMA.
		this.state = {
			cr1: Cr1.UE | Cr1.RE | Cr1.TE,
			cr2: 0,
			cr3: 0,
			brr: Math.max(16, Math.round(config.clock / BAUD)),
			presc: 0,
			flags: Isr.TC,
			rx: [],
			tx: [],
			shifting: -1,
			lastRead: 0,
			rxActivity: 0,
			idleScheduled: false,
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

	/** One frame of 10 bits on the line, in picoseconds. */
	characterTime(): number {
		const { brr, presc } = this.state;
		return Math.round((10 * Math.max(1, brr) * (PRESCALERS[presc & 15] ?? 256) * 1e12) / this.config.clock);
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
		} else if (kind === Kind.IDLE) this.idle();
		else this.idleFlush();
		this.update();
	}

	read(offset: number, _size: number): number {
		let value = this.peek(offset, 4);
		if (offset === Offset.RDR) value = this.readData();
		this.update();
		return value;
	}

	write(offset: number, _size: number, value: number): void {
		const { state } = this;
		switch (offset) {
			case Offset.CR1:
				state.cr1 = value >>> 0;
				this.shiftNext();
				break;
			case Offset.CR2:
				state.cr2 = value >>> 0;
				break;
			case Offset.CR3:
				state.cr3 = value >>> 0;
				break;
			case Offset.BRR:
				state.brr = value & 0xffff;
				break;
			case Offset.RQR:
				if (value & 8) state.rx = [];
				if (value & 16) state.tx = [];
				break;
			case Offset.ICR:
				state.flags &= ~(value & (Isr.ORE | Isr.IDLE | Isr.TC));
				break;
			case Offset.TDR:
				this.transmit(value & 255);
				break;
			case Offset.PRESC:
				state.presc = value & 15;
				break;
		}
		this.update();
	}

	peek(offset: number, _size: number): number {
		const { state } = this;
		switch (offset) {
			case Offset.CR1:
				return state.cr1;
			case Offset.CR2:
				return state.cr2;
			case Offset.CR3:
				return state.cr3;
			case Offset.BRR:
				return state.brr;
			case Offset.ISR:
				return this.status();
			case Offset.RDR:
				return state.rx[0] ?? state.lastRead;
			case Offset.PRESC:
				return state.presc;
			default:
				return 0;
		}
	}

	/** For a debugger: what the FIFOs hold, oldest first, and the byte being shifted out (-1: none). */
	fifoView(): { rx: Uint8Array; tx: Uint8Array; shifting: number } {
		const { rx, tx, shifting } = this.state;
		return { rx: Uint8Array.from(rx), tx: Uint8Array.from(tx), shifting };
	}

	/** Reports what has been sent and not yet reported: at the end of a run. */
	flushOutput(): void {
		if (this.state.output.length > 0) this.flush();
	}

	private get depth(): number {
		return this.state.cr1 & Cr1.FIFOEN ? FIFO_BYTES : 1;
	}

	private can(bit: Cr1): boolean {
		return (this.state.cr1 & (Cr1.UE | bit)) === (Cr1.UE | bit);
	}

	private status(): number {
		const { state } = this;
		let bits = state.flags;
		if (state.rx.length > 0) bits |= Isr.RXNE;
		if (state.tx.length < this.depth) bits |= Isr.TXE;
		if (this.can(Cr1.TE)) bits |= Isr.TEACK;
		if (this.can(Cr1.RE)) bits |= Isr.REACK;
		return bits;
	}

	private readData(): number {
		const { state } = this;
		const byte = state.rx.shift();
		if (byte === undefined) {
			this.warn("rx-empty", "RDR was read while nothing had been received");
			return state.lastRead;
		}
		state.lastRead = byte;
		return byte;
	}

	private transmit(byte: number): void {
		const { state } = this;
		state.flags &= ~Isr.TC;
		if (state.tx.length < this.depth) state.tx.push(byte);
		else {
			state.tx[state.tx.length - 1] = byte;
			this.warn("tx-full", "TDR was written while it was full: the byte before is lost");
		}
		this.shiftNext();
	}

	private shiftNext(): void {
		const { state } = this;
		if (state.shifting >= 0 || state.tx.length === 0 || !this.can(Cr1.TE)) return;
		state.shifting = state.tx.shift() ?? 0;
		this.machine.schedule(this.machine.time + this.characterTime(), this.index, Kind.SHIFTED, 0);
	}

	private shifted(): void {
		const { state } = this;
		pushSent(state.sent, state.shifting);
		this.collect(state.shifting);
		state.shifting = -1;
		this.shiftNext();
		if (state.shifting < 0) state.flags |= Isr.TC;
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
		if (state.output.length === 0 || state.shifting >= 0) return;
		const due = state.outputActivity + IDLE_CHARACTERS * this.characterTime();
		if (due <= machine.time) this.flush();
		else {
			state.outputScheduled = true;
			machine.schedule(due, this.index, Kind.FLUSH, 0);
		}
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

	/** A byte is in. When the one before was not read in time, the new one is lost. */
	private arrive(byte: number): void {
		const { state, machine } = this;
		state.rxActivity = machine.time;
		if (!this.can(Cr1.RE)) return;
		if (state.rx.length >= this.depth) state.flags |= Isr.ORE;
		else state.rx.push(byte);
		if (state.idleScheduled) return;
		state.idleScheduled = true;
		machine.schedule(machine.time + this.characterTime(), this.index, Kind.IDLE, 0);
	}

	private idle(): void {
		const { state, machine } = this;
		const due = state.rxActivity + this.characterTime();
		state.idleScheduled = due > machine.time;
		if (state.idleScheduled) machine.schedule(due, this.index, Kind.IDLE, 0);
		else if (!state.arriving) state.flags |= Isr.IDLE;
	}

	/** Interrupt and request lines follow the state. */
	private update(): void {
		const { state, machine } = this;
		const status = this.status();
		const active = this.wantsInterrupt(status);
		if (active !== state.lineActive) {
			state.lineActive = active;
			if (active) machine.interrupts.raise(this.config.interrupt);
			else machine.interrupts.lower(this.config.interrupt);
		}
		machine.requests.set(this.rxLine, (state.cr3 & Cr3.DMAR) !== 0 && (status & Isr.RXNE) !== 0);
		machine.requests.set(this.txLine, (state.cr3 & Cr3.DMAT) !== 0 && this.can(Cr1.TE) && (status & Isr.TXE) !== 0);
	}

	private wantsInterrupt(status: number): boolean {
		const { cr1, cr3 } = this.state;
		if ((cr1 & Cr1.UE) === 0) return false;
		if (cr1 & Cr1.RXNEIE && status & (Isr.RXNE | Isr.ORE)) return true;
		if (cr3 & Cr3.EIE && status & Isr.ORE) return true;
		if (cr1 & Cr1.TXEIE && status & Isr.TXE) return true;
		if (cr1 & Cr1.TCIE && status & Isr.TC) return true;
		return (cr1 & Cr1.IDLEIE) !== 0 && (status & Isr.IDLE) !== 0;
	}

	private warn(code: string, text: string): void {
		if (this.state.warned[code]) return;
		this.state.warned[code] = true;
		if (this.machine.observers.mask & ObserverBit.WARNING) this.machine.observers.warning(this.index, code, text);
	}
}
