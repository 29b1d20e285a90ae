/**
 * STM32 SPI (H7, MP1): frames of 4 to 32 bits through a FIFO each way, as controller or as target. On the far end are
 * the bytes of `sim_dev_receive` and `sim_dev_sent`, or a wire from MOSI to MISO (`sim,loopback`).
 *
 * Where the manual leaves it open: with MASRX the clock stops at a full receive FIFO and goes on by itself; after the
 * last frame of TSIZE the receive request stays until the FIFO is empty, whatever the packet size; TXC interrupts
 * nobody; a far end that has nothing to say sends ones.
 */

import type { Machine } from "../../sim/machine";
import { takeBytes } from "../byte-queue";
import { LinePeripheral, type LineState, newLine, type PeripheralConfig } from "../line-peripheral";
import {
	bitCycles,
	Cfg1,
	Cfg2,
	CLEARED_BY_IFCR,
	CRC_POLYNOMIAL,
	Cr1,
	frameBits,
	frameBytes,
	INTERRUPTS,
	Offset,
	packetFrames,
	Sr,
	stm32SpiRegisters,
} from "./registers";

export interface Stm32SpiConfig extends PeripheralConfig {
	/** Kernel clock in Hz. */
	clock: number;
	/** Bytes of the FIFO each way; 16. */
	fifoBytes?: number;
	/** MOSI is wired to MISO. */
	loopback?: boolean;
	/** Clock of the controller on the far end when this one is the target, Hz; 1,000,000. */
	farClock?: number;
}

interface SpiState extends LineState {
	cr1: number;
	tsize: number;
	cfg1: number;
	cfg2: number;
	ier: number;
	/** Flags of SR that stand until IFCR. */
	flags: number;
	udrdr: number;
	i2scfgr: number;
	/** Frames. */
	tx: number[];
	rx: number[];
	/** The frame on the wire. */
	shifting: number;
	onWire: boolean;
	/** Frames put into the FIFO, and exchanged, since SPE. */
	framesWritten: number;
	framesDone: number;
	generation: number;
}

/** Values of CFG2.COMM. */
enum Comm {
	FULL_DUPLEX,
	TRANSMIT,
	RECEIVE,
	HALF_DUPLEX,
}

export class Stm32Spi extends LinePeripheral<SpiState> {
	readonly kind = "stm32-spi";
	private readonly fifoBytes: number;

	constructor(
		machine: Machine,
		private readonly config: Stm32SpiConfig,
	) {
		super(machine, config, stm32SpiRegisters(), {
			...newLine(),
			cr1: 0,
			tsize: 0,
			cfg1: 0x00070007,
			cfg2: 0,
			ier: 0,
			flags: 0,
			udrdr: 0,
			i2scfgr: 0,
			tx: [],
			rx: [],
			shifting: 0,
			onWire: false,
			framesWritten: 0,
			framesDone: 0,
			generation: 0,
		});
		this.fifoBytes = config.fifoBytes ?? 16;
	}

	/** A frame on the wire, ps. */
	frameTime(): number {
		const { cfg1, cfg2 } = this.state;
		const bits = frameBits(cfg1);
		if (!this.isController()) return Math.round((bits * 1e12) / (this.config.farClock ?? 1e6));
		return Math.round(((bits + ((cfg2 >>> 4) & 0xf)) * bitCycles(cfg1) * 1e12) / this.config.clock);
	}

	onEvent(_kind: number, generation: number): void {
		if (generation === this.state.generation) this.frameOver();
		this.update();
	}

	read(offset: number, size: number): number {
		const value = offset === Offset.RXDR ? this.readData(size) : this.peek(offset, 4);
		this.update();
		return value;
	}

	write(offset: number, size: number, value: number): void {
		const { state } = this;
		switch (offset) {
			case Offset.CR1:
				this.writeCr1(value >>> 0);
				break;
			case Offset.CR2:
				if (this.configurable("CR2")) state.tsize = value & 0xffff;
				break;
			case Offset.CFG1:
				if (this.configurable("CFG1")) state.cfg1 = value >>> 0;
				break;
			case Offset.CFG2:
				if (this.configurable("CFG2")) state.cfg2 = value >>> 0;
				break;
			case Offset.IER:
				state.ier = value & INTERRUPTS;
				break;
			case Offset.IFCR:
				state.flags &= ~(value & CLEARED_BY_IFCR);
				break;
			case Offset.TXDR:
				this.writeData(value >>> 0, size);
				break;
			case Offset.UDRDR:
				state.udrdr = value >>> 0;
				break;
			case Offset.I2SCFGR:
				state.i2scfgr = value >>> 0;
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
				return state.tsize;
			case Offset.CFG1:
				return state.cfg1;
			case Offset.CFG2:
				return state.cfg2;
			case Offset.IER:
				return state.ier;
			case Offset.SR:
				return this.status();
			case Offset.RXDR:
				return state.rx[0] ?? 0;
			case Offset.CRCPOLY:
				return CRC_POLYNOMIAL;
			case Offset.UDRDR:
				return state.udrdr;
			case Offset.I2SCFGR:
				return state.i2scfgr;
			default:
				return 0;
		}
	}

	/** For a debugger: the frames in the FIFOs, oldest first. */
	fifoView(): { rx: Uint32Array; tx: Uint32Array } {
		return { rx: Uint32Array.from(this.state.rx), tx: Uint32Array.from(this.state.tx) };
	}

	/** As target: the far end clocks a frame for each that arrives from it. As controller: they wait for the clock. */
	protected nextArrival(): void {
		const { state } = this;
		if (this.isController() || (state.cr1 & Cr1.SPE) === 0 || state.onWire) return;
		if (state.incoming.length < frameBytes(state.cfg1)) return;
		const frame = state.tx.shift();
		if (frame === undefined) state.flags |= Sr.UDR;
		this.toWire(frame ?? state.udrdr);
	}

	private isController(): boolean {
		return (this.state.cfg2 & Cfg2.MASTER) !== 0;
	}

	private comm(): Comm {
		return (this.state.cfg2 >>> 17) & 3;
	}

	private transmits(): boolean {
		const comm = this.comm();
		return comm !== Comm.RECEIVE && (comm !== Comm.HALF_DUPLEX || (this.state.cr1 & Cr1.HDDIR) !== 0);
	}

	private receives(): boolean {
		const comm = this.comm();
		return comm !== Comm.TRANSMIT && (comm !== Comm.HALF_DUPLEX || (this.state.cr1 & Cr1.HDDIR) === 0);
	}

	/** Frames that a FIFO holds. */
	private depth(): number {
		return Math.max(1, Math.floor(this.fifoBytes / frameBytes(this.state.cfg1)));
	}

	/** All frames of TSIZE have been exchanged. */
	private isOver(): boolean {
		return this.state.tsize !== 0 && this.state.framesDone >= this.state.tsize;
	}

	private configurable(name: string): boolean {
		if ((this.state.cr1 & Cr1.SPE) === 0) return true;
		this.warn(`locked-${name}`, `${name} was written while SPE is set: it keeps its value`);
		return false;
	}

	private status(): number {
		const { state } = this;
		const { cfg1, tsize } = state;
		const packet = packetFrames(cfg1);
		const bytes = state.rx.length * frameBytes(cfg1);
		let status = state.flags;
		if (state.rx.length >= packet) status |= Sr.RXP;
		const wanted = tsize === 0 || state.framesWritten < tsize;
		if (state.cr1 & Cr1.SPE && this.transmits() && wanted && this.depth() - state.tx.length >= packet) status |= Sr.TXP;
		if (status & Sr.RXP && status & Sr.TXP) status |= Sr.DXP;
		if (!state.onWire && state.tx.length === 0) status |= Sr.TXC;
		if (bytes >= 4) status |= Sr.RXWNE;
		status |= ((bytes % 4) / frameBytes(cfg1)) << 13;
		const left = Math.max(0, tsize - state.framesDone);
		return (status | (left << 16)) >>> 0;
	}

	private writeCr1(value: number): void {
		const { state } = this;
		const rises = value & ~state.cr1;
		if (state.cr1 & ~value & Cr1.SPE) this.disable();
		// CSTART is set by software and cleared by hardware; CSUSP reads 0.
		state.cr1 = ((value & ~Cr1.CSUSP) | (state.cr1 & Cr1.CSTART)) >>> 0;
		if ((value & Cr1.SPE) === 0) state.cr1 &= ~Cr1.CSTART;
		if (rises & Cr1.SPE) this.enable();
		if (value & Cr1.CSUSP && state.cr1 & Cr1.CSTART) this.suspend();
		this.nextFrame();
		this.nextArrival();
	}

	private enable(): void {
		const { state } = this;
		state.framesWritten = 0;
		state.framesDone = 0;
		// Its own select input, driven by software, says that another controller has the bus.
		if (this.isController() && state.cfg2 & Cfg2.SSM && (state.cr1 & Cr1.SSI) === 0) {
			state.flags |= Sr.MODF;
			state.cr1 &= ~(Cr1.SPE | Cr1.CSTART);
		}
	}

	/** SPE falls: the FIFOs are emptied and the frame on the wire is cut off. */
	private disable(): void {
		const { state } = this;
		state.tx = [];
		state.rx = [];
		state.onWire = false;
		state.generation++;
	}

	/** Stops behind the frame that is on the wire. */
	private suspend(): void {
		const { state } = this;
		state.cr1 &= ~Cr1.CSTART;
		if (!state.onWire) state.flags |= Sr.SUSP;
	}

	private writeData(value: number, size: number): void {
		const { state } = this;
		if ((state.cr1 & Cr1.SPE) === 0) {
			this.warn("tx-disabled", "TXDR was written while SPE is clear: the data is lost");
			return;
		}
		const bytes = frameBytes(state.cfg1);
		if (size < bytes) this.warn("tx-narrow", "TXDR was written with fewer bytes than a frame has");
		const mask = 2 ** frameBits(state.cfg1) - 1;
		for (let at = 0; at < Math.max(1, size / bytes); at++) {
			if (state.tx.length >= this.depth()) {
				this.warn("tx-full", "TXDR was written while the transmit FIFO was full: the frame is lost");
				break;
			}
			const shifted = Math.floor(value / 2 ** (8 * bytes * at));
			state.tx.push(bytes === 4 ? (shifted & mask) >>> 0 : shifted & mask);
			state.framesWritten++;
		}
		if (state.tsize !== 0 && state.framesWritten >= state.tsize) state.flags |= Sr.TXTF;
		this.nextFrame();
	}

	private readData(size: number): number {
		const { state } = this;
		const bytes = frameBytes(state.cfg1);
		let value = 0;
		for (let at = 0; at < Math.max(1, size / bytes); at++) {
			const frame = state.rx.shift();
			if (frame === undefined) this.warn("rx-empty", "RXDR was read for more frames than the receive FIFO held");
			value += (frame ?? 0) * 2 ** (8 * bytes * at);
		}
		this.nextFrame();
		return value;
	}

	/** The controller clocks the next frame when it has something to send and room for what comes back. */
	private nextFrame(): void {
		const { state } = this;
		if (!this.isController() || (state.cr1 & Cr1.CSTART) === 0 || state.onWire || this.isOver()) return;
		if (this.transmits() && state.tx.length === 0) return;
		if (this.receives() && state.cr1 & Cr1.MASRX && state.rx.length >= this.depth()) {
			state.flags |= Sr.SUSP;
			return;
		}
		this.toWire(this.transmits() ? state.tx.shift()! : 0);
	}

	private toWire(frame: number): void {
		const { state } = this;
		state.shifting = frame;
		state.onWire = true;
		this.after(this.frameTime(), 0, state.generation);
	}

	private frameOver(): void {
		const { state } = this;
		const bytes = frameBytes(state.cfg1);
		state.onWire = false;
		state.framesDone++;
		if (this.transmits()) for (let at = 0; at < bytes; at++) this.send(Math.floor(state.shifting / 256 ** at) & 0xff);
		if (this.receives()) {
			const frame = this.config.loopback ? state.shifting : this.fromFarEnd(bytes);
			if (state.rx.length >= this.depth()) state.flags |= Sr.OVR;
			else state.rx.push(frame);
		}
		if (this.isOver()) {
			state.flags |= Sr.EOT;
			state.cr1 &= ~Cr1.CSTART;
		} else if (this.isController() && (state.cr1 & Cr1.CSTART) === 0) state.flags |= Sr.SUSP;
		this.nextFrame();
		this.nextArrival();
	}

	/** A frame of the far end, little endian; ones when it has nothing to say. */
	private fromFarEnd(bytes: number): number {
		const got = takeBytes(this.state.incoming, bytes);
		let frame = 0;
		for (let at = 0; at < bytes; at++) frame += (got[at] ?? 0xff) * 256 ** at;
		const bits = frameBits(this.state.cfg1);
		return bits === 32 ? frame : frame % 2 ** bits;
	}

	protected update(): void {
		const { state } = this;
		const status = this.status();
		const asked = state.ier & Sr.EOT ? state.ier | Sr.SUSP : state.ier;
		this.driveInterrupt((status & asked & (INTERRUPTS | Sr.SUSP)) !== 0);
		const rest = this.isOver() && state.rx.length > 0;
		this.driveRequests(
			(state.cfg1 & Cfg1.RXDMAEN) !== 0 && ((status & Sr.RXP) !== 0 || rest),
			(state.cfg1 & Cfg1.TXDMAEN) !== 0 && (status & Sr.TXP) !== 0,
		);
		this.tellLevels(state.rx.length, state.tx.length, this.depth());
	}
}
