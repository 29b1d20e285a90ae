/** STM32 USART as UART: data registers, FIFOs, baud rate, interrupts and DMA requests. */

import type { Machine } from "../sim/machine";
import type { PeripheralConfig } from "./line-peripheral";
import { Cr1, Cr3, Isr, Offset, stm32UsartRegisters } from "./stm32-usart-registers";
import { FIFO_BYTES, newUartLine, Uart, type UartLineState } from "./uart";

export interface Stm32UsartConfig extends PeripheralConfig {
	/** Kernel clock in Hz. */
	clock: number;
}

interface UsartState extends UartLineState {
	cr1: number;
	cr2: number;
	cr3: number;
	brr: number;
	presc: number;
	/** ORE, IDLE and TC of ISR. */
	flags: number;
	lastRead: number;
}

const PRESCALERS = [1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256];
const BAUD = 115200;

/** What the firmware leaves: 115200 8N1, receiver and transmitter on, no FIFOs, no DMA. */
function newState(clock: number): UsartState {
	return {
		...newUartLine(),
		cr1: Cr1.UE | Cr1.RE | Cr1.TE,
		cr2: 0,
		cr3: 0,
		brr: Math.max(16, Math.round(clock / BAUD)),
		presc: 0,
		flags: Isr.TC,
		lastRead: 0,
	};
}

/** Frames are 8N1 with oversampling by 16: other settings are kept but change nothing. */
export class Stm32Usart extends Uart<UsartState> {
	readonly kind = "stm32-usart";
	protected readonly quietCharacters = 1;

	constructor(
		machine: Machine,
		private readonly config: Stm32UsartConfig,
	) {
		super(machine, config, stm32UsartRegisters(), newState(config.clock));
	}

	/** One frame of 10 bits on the line, in picoseconds. */
	characterTime(): number {
		const { brr, presc } = this.state;
		return Math.round((10 * Math.max(1, brr) * (PRESCALERS[presc & 15] ?? 256) * 1e12) / this.config.clock);
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
		if (state.shifting < 0 && state.tx.length > 0 && this.can(Cr1.TE)) this.shift(state.tx.shift() ?? 0);
	}

	protected shifted(byte: number): void {
		const { state } = this;
		this.out(byte);
		this.shiftNext();
		if (state.shifting < 0) state.flags |= Isr.TC;
	}

	/** A byte is in. When the one before was not read in time, the new one is lost. */
	protected arrive(byte: number): void {
		const { state, machine } = this;
		state.rxActivity = machine.time;
		if (!this.can(Cr1.RE)) return;
		if (state.rx.length >= this.depth) state.flags |= Isr.ORE;
		else state.rx.push(byte);
		this.watchQuiet();
	}

	protected watchesQuiet(): boolean {
		return true;
	}

	protected quiet(): void {
		if (!this.state.arriving) this.state.flags |= Isr.IDLE;
	}

	protected update(): void {
		const { cr3, rx, tx } = this.state;
		const status = this.status();
		this.tellLevels(rx.length, tx.length, this.depth);
		this.driveInterrupt(this.wantsInterrupt(status));
		this.driveRequests(
			(cr3 & Cr3.DMAR) !== 0 && (status & Isr.RXNE) !== 0,
			(cr3 & Cr3.DMAT) !== 0 && this.can(Cr1.TE) && (status & Isr.TXE) !== 0,
		);
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
}
