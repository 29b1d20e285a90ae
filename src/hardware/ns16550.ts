/** A 16550A UART with FIFOs and DMA request outputs. */

import type { Machine } from "../sim/machine";
import type { PeripheralConfig } from "./line-peripheral";
import { Lsr, ns16550Registers } from "./ns16550-registers";
import { FIFO_BYTES, newUartLine, Uart, type UartLineState } from "./uart";

export interface Ns16550Config extends PeripheralConfig {
	/** Input clock in Hz. */
	clock: number;
	/** Registers are 1 << shift bytes apart. */
	regShift: number;
	/** TX request while the transmit FIFO holds at most this many bytes; 12. */
	txRequestLevel?: number;
}

interface UartState extends UartLineState {
	ier: number;
	fcr: number;
	lcr: number;
	mcr: number;
	scr: number;
	divisor: number;
	/** Error bits of LSR that a read clears. */
	errors: number;
	thriPending: boolean;
	timeoutPending: boolean;
}

const BURST_ITEMS = 4;
const TRIGGERS = [1, 4, 8, 14];

/** What the firmware leaves: 115200 8N1 as near as the clock allows, FIFOs on, DMA mode 1, receive trigger 8. */
function newState(clock: number): UartState {
	return {
		...newUartLine(),
		ier: 0,
		fcr: 0x89,
		lcr: 3,
		mcr: 0,
		scr: 0,
		divisor: Math.max(1, Math.round(clock / (16 * 115200))),
		errors: 0,
		thriPending: false,
		timeoutPending: false,
	};
}

export class Ns16550 extends Uart<UartState> {
	readonly kind = "ns16550";
	protected readonly quietCharacters = 4;

	constructor(
		machine: Machine,
		private readonly config: Ns16550Config,
	) {
		super(machine, config, ns16550Registers(config.regShift), newState(config.clock));
	}

	/** One character on the line, in picoseconds, from LCR and the divisor latch. */
	characterTime(): number {
		const { lcr, divisor } = this.state;
		const data = 5 + (lcr & 3);
		const stop = lcr & 4 ? (data === 5 ? 1.5 : 2) : 1;
		const bits = 1 + data + (lcr & 8 ? 1 : 0) + stop;
		return Math.round((bits * 16 * Math.max(1, divisor) * 1e12) / this.config.clock);
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
		this.watchQuiet();
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

	protected shifted(whole: number): void {
		const { state } = this;
		const byte = whole & (0xff >>> (3 - (state.lcr & 3)));
		if (state.mcr & 0x10) this.arrive(byte);
		else this.out(byte);
		const next = state.tx.shift();
		if (next === undefined) return;
		this.shift(next);
		if (state.tx.length === 0) state.thriPending = true;
	}

	protected arrive(byte: number): void {
		const { state, machine } = this;
		if (state.rx.length >= this.depth) {
			state.errors |= Lsr.OE;
			return;
		}
		state.rx.push(byte);
		state.rxActivity = machine.time;
		state.timeoutPending = false;
		this.watchQuiet();
	}

	/** Bytes wait below the trigger: they time out. */
	protected watchesQuiet(): boolean {
		return this.state.rx.length > 0 && (this.state.fcr & 1) !== 0;
	}

	protected quiet(): void {
		this.state.timeoutPending = true;
	}

	protected update(): void {
		const { state } = this;
		this.tellLevels(state.rx.length, state.tx.length, this.depth);
		this.driveInterrupt(this.identification() !== 1);
		const mode1 = (state.fcr & 9) === 9;
		const txLevel = mode1 ? (this.config.txRequestLevel ?? FIFO_BYTES - BURST_ITEMS) : 0;
		this.driveRequests(state.rx.length >= (mode1 ? this.trigger : 1), state.tx.length <= txLevel);
	}
}
