/**
 * STM32 I2C controller as bus master with 7-bit addresses: it sends and receives blocks of up to 255 bytes, asks for
 * each byte by interrupt or DMA, and holds the clock while nobody answers.
 *
 * Where the manual leaves it open: START and STOP take no time, a byte takes nine clocks; a bus error is a STOP in the
 * wrong place, so that the bus is free afterwards; whoever wins the bus from this controller needs it for one more byte.
 */

import type { Machine } from "../../sim/machine";
import { takeBytes } from "../byte-queue";
import { LinePeripheral } from "../line-peripheral";
import { address, CLEARED_BY_ICR, Cr1, Cr2, Isr, nbytes, Offset, stm32I2cRegisters, wantsEvent } from "./registers";
import { type I2cState, newState, type Stm32I2cConfig } from "./state";
import { addressed, outcome, readMemory, stopped, stretching, writeMemory } from "./targets";

enum Kind {
	BYTE,
	BUS_FREE,
}

const BITS_OF_BYTE = 9;

export class Stm32I2c extends LinePeripheral<I2cState> {
	readonly kind = "stm32-i2c";

	constructor(
		machine: Machine,
		private readonly config: Stm32I2cConfig,
	) {
		super(machine, config, stm32I2cRegisters(), newState(config.targets));
	}

	/** Nine clocks on the bus, ps. */
	byteTime(): number {
		const { timingr } = this.state;
		const low = (timingr & 0xff) + 1;
		const high = ((timingr >>> 8) & 0xff) + 1;
		return Math.round((BITS_OF_BYTE * (low + high) * ((timingr >>> 28) + 1) * 1e12) / this.config.clock);
	}

	onEvent(kind: number, generation: number): void {
		const { state } = this;
		if (kind === Kind.BUS_FREE) {
			if (state.phase === "idle") {
				state.busy = false;
				if (state.cr2 & Cr2.START) this.start();
			}
		} else if (generation === state.generation) this.byteOver();
		this.update();
	}

	read(offset: number, _size: number): number {
		const value = this.peek(offset, 4);
		if (offset === Offset.RXDR) this.readData();
		this.update();
		return value;
	}

	write(offset: number, _size: number, value: number): void {
		const { state } = this;
		switch (offset) {
			case Offset.CR1:
				if (state.cr1 & ~value & Cr1.PE) this.reset();
				state.cr1 = value >>> 0;
				break;
			case Offset.CR2:
				this.writeCr2(value >>> 0);
				break;
			case Offset.OAR1:
				state.oar1 = value & 0xffff;
				break;
			case Offset.OAR2:
				state.oar2 = value & 0xffff;
				break;
			case Offset.TIMINGR:
				if (state.cr1 & Cr1.PE) this.warn("timing", "TIMINGR was written while PE is set");
				state.timingr = value >>> 0;
				break;
			case Offset.TIMEOUTR:
				state.timeoutr = value >>> 0;
				break;
			case Offset.ISR:
				if (value & Isr.TXE) state.txdr = -1;
				break;
			case Offset.ICR:
				state.flags &= ~(value & CLEARED_BY_ICR);
				break;
			case Offset.TXDR:
				this.writeData(value & 0xff);
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
			case Offset.OAR1:
				return state.oar1;
			case Offset.OAR2:
				return state.oar2;
			case Offset.TIMINGR:
				return state.timingr;
			case Offset.TIMEOUTR:
				return state.timeoutr;
			case Offset.ISR:
				return this.status();
			case Offset.RXDR:
				return state.rxdr < 0 ? state.lastRead : state.rxdr;
			case Offset.TXDR:
				return Math.max(0, state.txdr);
			default:
				return 0;
		}
	}

	/** What a target of the bus holds, for tests and debuggers; empty when it is no memory. */
	targetMemory(busAddress: number): Uint8Array {
		const index = this.config.targets.findIndex((target) => target.address === busAddress);
		return this.state.targets[index]?.memory.slice() ?? new Uint8Array();
	}

	/** Bytes for the targets wait until a transfer asks for them. */
	protected nextArrival(): void {}

	private status(): number {
		const { state } = this;
		let status = state.flags;
		if (state.txdr < 0) status |= Isr.TXE;
		if (this.wantsByte()) status |= Isr.TXIS;
		if (state.rxdr >= 0) status |= Isr.RXNE;
		if (state.busy) status |= Isr.BUSY;
		return status;
	}

	/** A byte of the block is still to be given. */
	private wantsByte(): boolean {
		const { phase, txdr, blockDone, shifting, cr2 } = this.state;
		return phase === "write" && txdr < 0 && blockDone + (shifting < 0 ? 0 : 1) < nbytes(cr2);
	}

	private writeCr2(value: number): void {
		const { state } = this;
		// START and STOP are set by software and cleared by hardware.
		state.cr2 = (value | (state.cr2 & (Cr2.START | Cr2.STOP))) >>> 0;
		if ((state.cr1 & Cr1.PE) === 0) {
			state.cr2 &= ~(Cr2.START | Cr2.STOP);
			return;
		}
		if (state.phase === "reload" && nbytes(state.cr2) !== 0 && (state.cr2 & Cr2.STOP) === 0) {
			state.flags &= ~Isr.TCR;
			state.blockDone = 0;
			this.nextByte();
		} else if (state.cr2 & Cr2.STOP) this.stopIfPossible();
		else if (state.cr2 & Cr2.START && (state.phase === "complete" || (state.phase === "idle" && !state.busy)))
			this.start();
	}

	private writeData(byte: number): void {
		const { state } = this;
		if (state.txdr >= 0) this.warn("tx-full", "TXDR was written while it was full: the byte before is lost");
		state.txdr = byte;
		if (state.phase === "write" && state.shifting < 0) this.nextByte();
	}

	private readData(): void {
		const { state } = this;
		if (state.rxdr < 0) {
			this.warn("rx-empty", "RXDR was read while nothing had been received");
			return;
		}
		state.lastRead = state.rxdr;
		state.rxdr = -1;
		if (state.phase !== "read" || state.shifting < 0) return;
		// The byte that waited with the clock held.
		state.rxdr = state.shifting;
		state.shifting = -1;
		this.byteThrough();
	}

	// A transfer.

	private start(): void {
		const { state } = this;
		if (state.timingr === 0) this.warn("timing-reset", "a transfer begins while TIMINGR has its reset value");
		state.flags &= ~Isr.TC;
		state.busy = true;
		state.phase = "address";
		this.onBus(0);
	}

	/** A byte goes over the bus; with the clock held for `wait` ps before it. */
	private onBus(wait: number): void {
		const { state } = this;
		if (wait === Number.POSITIVE_INFINITY) state.phase = "hung";
		else this.after(wait + this.byteTime(), Kind.BYTE, state.generation);
	}

	private byteOver(): void {
		const { state, machine } = this;
		if (state.phase === "address") {
			state.cr2 &= ~Cr2.START;
			state.reading = (state.cr2 & Cr2.RD_WRN) !== 0;
			state.target = this.config.targets.findIndex((target) => target.address === address(state.cr2));
			const target = state.targets[state.target];
			state.blockDone = 0;
			state.transferDone = 0;
			if (!target || !addressed(this.config.targets[state.target]!, target, state.reading, machine.time))
				this.refused();
			else this.nextByte();
			return;
		}
		const config = this.config.targets[state.target]!;
		const what = outcome(config, state.transferDone, state.reading);
		switch (what) {
			case "refused":
				state.shifting = -1;
				this.refused();
				return;
			case "bus-error":
				this.abandon(Isr.BERR);
				state.busy = false;
				return;
			case "arbitration-lost":
				this.abandon(Isr.ARLO);
				this.after(this.byteTime(), Kind.BUS_FREE);
				return;
			case "acknowledged":
				break;
			default:
				what satisfies never;
		}
		if (state.reading) this.received();
		else {
			this.deliver(state.shifting);
			state.shifting = -1;
			this.byteThrough();
		}
	}

	private deliver(byte: number): void {
		const { state } = this;
		const config = this.config.targets[state.target]!;
		if (config.kind === "stream") this.send(byte);
		else writeMemory(config, state.targets[state.target]!, byte);
	}

	/** Into RXDR, or held back with the clock until RXDR is read. */
	private received(): void {
		const { state } = this;
		const config = this.config.targets[state.target]!;
		const byte =
			config.kind === "stream"
				? (takeBytes(state.incoming, 1)[0] ?? 0xff)
				: readMemory(config, state.targets[state.target]!);
		if (state.rxdr >= 0) {
			state.shifting = byte;
			return;
		}
		state.rxdr = byte;
		state.shifting = -1;
		this.byteThrough();
	}

	private byteThrough(): void {
		const { state } = this;
		state.blockDone++;
		state.transferDone++;
		if (state.cr2 & Cr2.STOP) this.stop();
		else this.nextByte();
	}

	/** The next byte of the block, or its end. */
	private nextByte(): void {
		const { state } = this;
		if (state.blockDone >= nbytes(state.cr2)) {
			this.blockOver();
			return;
		}
		const wait = stretching(this.config.targets[state.target]!, state.transferDone);
		state.phase = state.reading ? "read" : "write";
		if (!state.reading) {
			if (state.txdr < 0) return;
			state.shifting = state.txdr;
			state.txdr = -1;
		}
		this.onBus(wait);
	}

	private blockOver(): void {
		const { state } = this;
		if (state.cr2 & Cr2.RELOAD) {
			state.phase = "reload";
			state.flags |= Isr.TCR;
		} else if (state.cr2 & (Cr2.AUTOEND | Cr2.STOP)) this.stop();
		else {
			state.phase = "complete";
			state.flags |= Isr.TC;
			if (state.cr2 & Cr2.START) this.start();
		}
	}

	/** No acknowledge: the controller sends STOP by itself. */
	private refused(): void {
		this.state.flags |= Isr.NACKF;
		this.stop();
	}

	private stopIfPossible(): void {
		const { phase, shifting } = this.state;
		if (phase === "complete" || phase === "reload" || (phase === "write" && shifting < 0)) this.stop();
	}

	private stop(): void {
		const { state, machine } = this;
		const config = this.config.targets[state.target];
		if (config) stopped(config, state.targets[state.target]!, machine.time);
		state.cr2 &= ~Cr2.STOP;
		state.flags = (state.flags & ~(Isr.TC | Isr.TCR)) | Isr.STOPF;
		state.phase = "idle";
		state.busy = false;
	}

	/** The transfer ends without a STOP of this controller. */
	private abandon(flag: number): void {
		const { state } = this;
		state.flags |= flag;
		state.cr2 &= ~(Cr2.START | Cr2.STOP);
		state.phase = "idle";
		state.shifting = -1;
		state.generation++;
	}

	/** PE falls: the state machine and the flags are reset, the configuration stays. */
	private reset(): void {
		const { state } = this;
		this.abandon(0);
		state.flags = 0;
		state.busy = false;
		state.txdr = -1;
		state.rxdr = -1;
	}

	protected update(): void {
		const { state, machine } = this;
		const status = this.status();
		this.driveInterrupt(wantsEvent(state.cr1, status));
		const error = (state.cr1 & Cr1.ERRIE) !== 0 && (status & (Isr.BERR | Isr.ARLO | Isr.OVR)) !== 0;
		if (error !== state.errorActive) {
			state.errorActive = error;
			if (error) machine.interrupts.raise(this.config.errorInterrupt);
			else machine.interrupts.lower(this.config.errorInterrupt);
		}
		this.driveRequests(
			(state.cr1 & Cr1.RXDMAEN) !== 0 && (status & Isr.RXNE) !== 0,
			(state.cr1 & Cr1.TXDMAEN) !== 0 && (status & Isr.TXIS) !== 0,
		);
		this.tellLevels(state.rxdr < 0 ? 0 : 1, state.txdr < 0 ? 0 : 1, 1);
	}
}
