/**
 * One sub-block of the STM32 SAI: samples from or to the outside at the audio rate, through a FIFO of eight words, in
 * slots of a frame. `sim_dev_sent` takes the samples that were played and `sim_dev_receive` gives those to record, each
 * in 1, 2 or 4 bytes, little endian. A line where nobody speaks carries silence.
 *
 * Where the manual leaves it open: a slot's sample moves at the slot's end; a slot that found the FIFO empty (or full)
 * stays the one that comes next, in a later frame, so that the channels are not exchanged; a target gets its clock
 * from a codec that gives `sim,frame-rate` frames a second. The silence of an underrun that nobody mends is not kept:
 * the slots that pass meanwhile are only counted.
 */

import type { Machine } from "../../sim/machine";
import { takeBytes } from "../byte-queue";
import { LinePeripheral, type LineState, newLine, type PeripheralConfig } from "../line-peripheral";
import {
	Cr1,
	Cr2,
	FIFO_WORDS,
	Flag,
	frameBits,
	Offset,
	sampleBits,
	sampleBytes,
	slotCount,
	slotEnabled,
	stm32SaiRegisters,
} from "./registers";

export interface Stm32SaiConfig extends PeripheralConfig {
	/** Kernel clock in Hz. */
	clock: number;
	/** Frames a second that a codec gives to a target; 48,000. */
	frameRate?: number;
}

interface SaiState extends LineState {
	cr1: number;
	cr2: number;
	frcr: number;
	slotr: number;
	im: number;
	/** OVRUDR and WCKCFG. */
	flags: number;
	fifo: number[];
	running: boolean;
	/** Nothing happens in the slots that pass: an underrun or overrun stands. */
	asleep: boolean;
	/** SAIEN was cleared: the frame is finished first. */
	stopping: boolean;
	/** When the first frame began, ps, and how many slots have passed since. */
	began: number;
	slots: number;
	/** The slot that missed its sample and waits for it; -1: none. */
	missed: number;
	/** The sample before, by slot. */
	last: number[];
	generation: number;
}

export class Stm32Sai extends LinePeripheral<SaiState> {
	readonly kind = "stm32-sai";

	constructor(
		machine: Machine,
		private readonly config: Stm32SaiConfig,
	) {
		super(machine, config, stm32SaiRegisters(), {
			...newLine(),
			cr1: 0x40,
			cr2: 0,
			frcr: 7,
			slotr: 0,
			im: 0,
			flags: 0,
			fifo: [],
			running: false,
			asleep: false,
			stopping: false,
			began: 0,
			slots: 0,
			missed: -1,
			last: [],
			generation: 0,
		});
	}

	/** Frames a second: audio samples of each channel. */
	frameRate(): number {
		const { cr1, frcr } = this.state;
		if (cr1 & Cr1.SLAVE) return this.config.frameRate ?? 48000;
		const divider = Math.max(1, (cr1 >>> 20) & 0x3f);
		const cycles = cr1 & Cr1.NODIV ? frameBits(frcr) : cr1 & Cr1.OSR ? 512 : 256;
		return this.config.clock / (divider * cycles);
	}

	onEvent(_kind: number, generation: number): void {
		if (generation === this.state.generation) this.slotOver();
		this.update();
	}

	read(offset: number, _size: number): number {
		const { state } = this;
		let value = this.peek(offset, 4);
		if (offset === Offset.DR && this.receives()) {
			if (state.fifo.length === 0) this.warn("rx-empty", "DR was read while the FIFO was empty");
			this.wake();
			value = state.fifo.shift() ?? 0;
		}
		this.update();
		return value;
	}

	write(offset: number, _size: number, value: number): void {
		const { state } = this;
		switch (offset) {
			case Offset.CR1:
				this.writeCr1(value >>> 0);
				break;
			case Offset.CR2:
				if (value & Cr2.FFLUSH) state.fifo = [];
				state.cr2 = (value & ~Cr2.FFLUSH) >>> 0;
				break;
			case Offset.FRCR:
				if (this.configurable("FRCR")) state.frcr = value >>> 0;
				break;
			case Offset.SLOTR:
				if (this.configurable("SLOTR")) state.slotr = value >>> 0;
				break;
			case Offset.IM:
				state.im = value & 0x7f;
				break;
			case Offset.CLRFR:
				state.flags &= ~value;
				this.wake();
				break;
			case Offset.DR:
				this.writeData(value >>> 0);
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
			case Offset.FRCR:
				return state.frcr;
			case Offset.SLOTR:
				return state.slotr;
			case Offset.IM:
				return state.im;
			case Offset.SR:
				return this.status();
			case Offset.DR:
				return this.receives() ? (state.fifo[0] ?? 0) : 0;
			default:
				return 0;
		}
	}

	/** For a debugger: the samples in the FIFO, oldest first. */
	fifoView(): { fifo: Uint32Array } {
		return { fifo: Uint32Array.from(this.state.fifo) };
	}

	/** Samples wait until a slot asks for them. */
	protected nextArrival(): void {}

	private receives(): boolean {
		return (this.state.cr1 & Cr1.RECEIVER) !== 0;
	}

	private configurable(name: string): boolean {
		if (!this.state.running) return true;
		this.warn(`locked-${name}`, `${name} was written while SAIEN is set: it keeps its value`);
		return false;
	}

	private status(): number {
		const { fifo, flags } = this.state;
		const level = fifo.length;
		const quarters = level === 0 ? 0 : level === FIFO_WORDS ? 5 : Math.ceil((level * 4) / FIFO_WORDS);
		return flags | (this.asks() ? Flag.FREQ : 0) | (quarters << 16);
	}

	/** The FIFO has crossed its threshold: at most so full for a transmitter, at least for a receiver. */
	private asks(): boolean {
		const { fifo, cr2 } = this.state;
		const threshold = Math.min(4, cr2 & 7) * (FIFO_WORDS / 4);
		if (this.receives()) return fifo.length >= Math.max(1, threshold);
		return fifo.length <= Math.min(threshold, FIFO_WORDS - 1);
	}

	private writeCr1(value: number): void {
		const { state } = this;
		const starts = (value & Cr1.SAIEN) !== 0 && !state.running;
		if (state.running) {
			// While it runs only SAIEN and DMAEN may change.
			const changeable = Cr1.SAIEN | Cr1.DMAEN;
			if ((value ^ state.cr1) & ~changeable) this.configurable("CR1");
			state.stopping = (value & Cr1.SAIEN) === 0;
			this.wake();
			// SAIEN reads 1 until the frame is over.
			state.cr1 = ((state.cr1 & ~Cr1.DMAEN) | (value & Cr1.DMAEN) | Cr1.SAIEN) >>> 0;
		} else state.cr1 = value >>> 0;
		if (starts) this.start();
	}

	private start(): void {
		const { state, machine } = this;
		const bits = frameBits(state.frcr);
		const powerOfTwo = bits >= 8 && (bits & (bits - 1)) === 0;
		if ((state.cr1 & (Cr1.SLAVE | Cr1.NODIV)) === 0 && !powerOfTwo) {
			state.flags |= Flag.WCKCFG;
			state.cr1 &= ~Cr1.SAIEN;
			return;
		}
		state.running = true;
		state.asleep = false;
		state.stopping = false;
		state.began = machine.time;
		state.slots = 0;
		state.missed = -1;
		state.last = Array.from({ length: slotCount(state.slotr) }, () => 0);
		this.nextSlot();
	}

	/** The end of each slot from the beginning of the first frame, so that rounding does not add up. */
	private nextSlot(): void {
		const { state, machine } = this;
		machine.schedule(this.slotEnd(), this.index, 0, state.generation);
	}

	private slotEnd(): number {
		const { began, slots, slotr } = this.state;
		return began + Math.round(((slots + 1) * 1e12) / (this.frameRate() * slotCount(slotr)));
	}

	/** Something has changed: the slots that have passed are over, and what came from outside in them is gone. */
	private wake(): void {
		const { state, machine } = this;
		if (!state.asleep) return;
		state.asleep = false;
		const perSecond = this.frameRate() * slotCount(state.slotr);
		const passed = Math.max(state.slots, Math.floor(((machine.time - state.began) * perSecond) / 1e12));
		if (this.receives())
			for (let slot = state.slots; slot < passed && state.incoming.length > 0; slot++)
				if (slotEnabled(state.slotr, slot % slotCount(state.slotr))) takeBytes(state.incoming, sampleBytes(state.cr1));
		state.slots = passed;
		this.nextSlot();
	}

	private slotOver(): void {
		const { state } = this;
		const count = slotCount(state.slotr);
		const slot = state.slots % count;
		state.slots++;
		if (slotEnabled(state.slotr, slot)) {
			if (this.receives()) this.record(slot);
			else this.play(slot);
		}
		if (state.stopping && slot === count - 1) {
			state.running = false;
			state.stopping = false;
			state.cr1 &= ~Cr1.SAIEN;
			state.generation++;
		} else if (slot === count - 1 && this.isStuck()) state.asleep = true;
		else this.nextSlot();
	}

	/** An underrun or overrun stands, and no slot can do anything about it. */
	private isStuck(): boolean {
		const { fifo, flags, missed } = this.state;
		return missed >= 0 && (flags & Flag.OVRUDR) !== 0 && fifo.length === (this.receives() ? FIFO_WORDS : 0);
	}

	private play(slot: number): void {
		const { state } = this;
		const inTurn = state.missed < 0 || state.missed === slot;
		const sample = inTurn ? state.fifo.shift() : undefined;
		if (sample !== undefined) {
			state.missed = -1;
			state.last[slot] = sample;
			this.toLine(state.cr2 & Cr2.MUTE ? 0 : sample);
			return;
		}
		if (inTurn) {
			state.flags |= Flag.OVRUDR;
			state.missed = slot;
		}
		this.toLine(state.cr2 & Cr2.MUTEVAL && slotCount(state.slotr) <= 2 ? (state.last[slot] ?? 0) : 0);
	}

	private toLine(sample: number): void {
		const { state } = this;
		for (let at = 0; at < sampleBytes(state.cr1); at++) this.send((sample >>> (8 * at)) & 0xff);
	}

	private record(slot: number): void {
		const { state } = this;
		const bytes = takeBytes(state.incoming, sampleBytes(state.cr1));
		let sample = 0;
		for (let at = bytes.length - 1; at >= 0; at--) sample = sample * 256 + bytes[at]!;
		if (state.missed >= 0 && state.missed !== slot) return;
		if (state.fifo.length >= FIFO_WORDS) {
			state.flags |= Flag.OVRUDR;
			state.missed = slot;
			return;
		}
		state.missed = -1;
		state.fifo.push(sample);
	}

	private writeData(value: number): void {
		const { state } = this;
		if (this.receives()) return;
		const bits = sampleBits(state.cr1);
		this.wake();
		if (state.fifo.length >= FIFO_WORDS)
			this.warn("tx-full", "DR was written while the FIFO was full: the sample is lost");
		else state.fifo.push(bits === 32 ? value : value % 2 ** bits);
	}

	protected update(): void {
		const { state } = this;
		const status = this.status();
		this.driveInterrupt((status & state.im & (Flag.OVRUDR | Flag.WCKCFG | Flag.FREQ)) !== 0);
		const wanted = (state.cr1 & Cr1.DMAEN) !== 0 && (status & Flag.FREQ) !== 0;
		this.driveRequests(wanted && this.receives(), wanted && !this.receives());
		const level = state.fifo.length;
		this.tellLevels(this.receives() ? level : 0, this.receives() ? 0 : level, FIFO_WORDS);
	}
}
