/**
 * `sim,mem2mem`: a copy engine as simple as one can be, for people who write their first controller driver. Each
 * channel takes a source, a destination and a length, copies in bursts when START is written, and then says DONE or
 * ERROR and interrupts. Channels share the bus in turn, burst by burst. Its registers are in sim-mem2mem-registers.ts.
 *
 * SRC, DST and LEN cannot be written while BUSY. STOP lets the burst on the bus end, throws away what comes after it
 * and sets nothing. A bus error sets ERROR and leaves SRC, DST and LEN where the burst began.
 */

import { toBoundary, WRITE_RESPONSE_CYCLES } from "../sim/bus";
import type { Machine } from "../sim/machine";
import { ObserverBit, Response } from "../sim/observers";
import type { ChannelView, DmaController } from "./model";
import type { Register } from "./registers";
import {
	BUSY,
	CHANNEL_BASE,
	CHANNEL_STRIDE,
	DONE,
	ERROR,
	INTERRUPT_ENABLE,
	Reg,
	START,
	STOP,
	simMem2MemRegisters,
} from "./sim-mem2mem-registers";

export interface SimMem2MemConfig {
	name: string;
	base: number;
	size: number;
	/** Interrupt line; -1 when not connected. */
	interrupt: number;
	/** Replaces the 8 cycles of a DMA read's latency when not negative. */
	readLatencyPs?: number;
	/** 1 to 7 (`dma-channels`). */
	channels: number;
	/** Longest burst in bytes, 1 to 4096 (`sim,burst-bytes`); 64. */
	burstBytes?: number;
}

const CYCLE_PS = 5000;
const BUS_BYTES = 8;

interface EngineChannel {
	src: number;
	dst: number;
	left: number;
	/** Of the transfer that runs, or of the last one. */
	total: number;
	firstSrc: number;
	firstDst: number;
	bursts: number;
	status: number;
	interruptEnable: boolean;
	/** Counts starts and stops: a burst of an earlier transfer is dropped. */
	generation: number;
}

interface Mem2MemState {
	channels: EngineChannel[];
	/** Channel whose burst is on the bus, -1: none; the generation that it belongs to, and its bytes. */
	moving: number;
	generation: number;
	length: number;
	/** Where the burst came from. */
	from: number;
	/** Channel that had the bus last. */
	last: number;
	lineActive: boolean;
}

enum Kind {
	READ,
	WRITTEN,
}

export class SimMem2Mem implements DmaController {
	readonly kind = "sim-mem2mem";
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	readonly channelCount: number;
	readonly registers: readonly Register[];
	state: Mem2MemState;
	private readonly burstBytes: number;
	/** Pool offset of the bytes of the burst on the bus. */
	private readonly buffer: number;

	constructor(
		private readonly machine: Machine,
		private readonly config: SimMem2MemConfig,
	) {
		this.name = config.name;
		this.base = config.base;
		this.size = config.size;
		this.readLatencyPs = config.readLatencyPs ?? -1;
		this.channelCount = config.channels;
		this.burstBytes = config.burstBytes ?? 64;
		this.registers = simMem2MemRegisters(config.channels);
		this.state = {
			channels: Array.from({ length: config.channels }, newChannel),
			moving: -1,
			generation: 0,
			length: 0,
			from: 0,
			last: config.channels - 1,
			lineActive: false,
		};
		this.buffer = machine.memory.allocateHidden(4096);
		this.index = machine.register(this);
		machine.bus.attach(this);
	}

	/** The engine has no request inputs. */
	connectRequest(): number {
		return -1;
	}

	read(offset: number, _size: number): number {
		return this.peek(offset, 4);
	}

	peek(offset: number, _size: number): number {
		if (offset === 0) return this.channelCount;
		if (offset === 4) return this.pending();
		const c = this.state.channels[Math.floor((offset - CHANNEL_BASE) / CHANNEL_STRIDE)];
		if (!c) return 0;
		switch ((offset - CHANNEL_BASE) % CHANNEL_STRIDE) {
			case Reg.SRC:
				return c.src;
			case Reg.DST:
				return c.dst;
			case Reg.LEN:
				return c.left;
			case Reg.CTRL:
				return c.interruptEnable ? INTERRUPT_ENABLE : 0;
			case Reg.STATUS:
				return c.status;
			default:
				return 0;
		}
	}

	write(offset: number, _size: number, value: number): void {
		const n = Math.floor((offset - CHANNEL_BASE) / CHANNEL_STRIDE);
		const c = this.state.channels[n];
		if (!c) return;
		const number = value >>> 0;
		const busy = (c.status & BUSY) !== 0;
		switch ((offset - CHANNEL_BASE) % CHANNEL_STRIDE) {
			case Reg.SRC:
				if (busy) this.warnBusy();
				else c.src = number;
				break;
			case Reg.DST:
				if (busy) this.warnBusy();
				else c.dst = number;
				break;
			case Reg.LEN:
				if (busy) this.warnBusy();
				else c.left = number;
				break;
			case Reg.CTRL:
				this.control(c, n, number);
				break;
			case Reg.STATUS:
				c.status &= ~(number & (DONE | ERROR));
				break;
		}
		this.updateLine();
	}

	onEvent(kind: number, n: number): void {
		const { state } = this;
		const c = state.channels[n]!;
		const current = c.generation === state.generation && (c.status & BUSY) !== 0;
		if (kind === Kind.READ && current) {
			this.writeBurst(c, n);
			return;
		}
		state.moving = -1;
		if (current) this.written(c, n);
		this.serve();
	}

	channelView(n: number): ChannelView {
		const c = this.state.channels[n]!;
		const busy = (c.status & BUSY) !== 0;
		return {
			channel: n,
			enabled: busy,
			state: busy ? "running" : "idle",
			direction: "mem-to-mem",
			descriptor: -1,
			nextDescriptor: 0,
			src: c.src,
			dst: c.dst,
			blockSrc: c.firstSrc,
			blockDst: c.firstDst,
			blockLength: c.total,
			blockDone: c.total - c.left,
			burstsDone: c.bursts,
			burstsTotal: c.bursts + burstsLeft(c, this.burstBytes),
			blocksDone: c.left === 0 && c.total > 0 ? 1 : 0,
			priority: 0,
			srcHandshake: -1,
			dstHandshake: -1,
			fifo: new Uint8Array(0),
			fifoDepth: 0,
		};
	}

	private control(c: EngineChannel, n: number, value: number): void {
		c.interruptEnable = (value & INTERRUPT_ENABLE) !== 0;
		if (value & STOP && c.status & BUSY) {
			c.status &= ~BUSY;
			c.generation++;
			this.idle(n);
		}
		if ((value & START) === 0) return;
		if (c.status & BUSY) {
			this.warnBusy();
			return;
		}
		if (c.left === 0) {
			c.status |= ERROR;
			return;
		}
		c.status = (c.status & ~(DONE | ERROR)) | BUSY;
		c.generation++;
		c.total = c.left;
		c.firstSrc = c.src;
		c.firstDst = c.dst;
		c.bursts = 0;
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.START) observers.start(this.index, n);
		if (observers.mask & ObserverBit.CHUNK) observers.chunk(this.index, n, -1, c.src, c.dst, c.left);
		this.serve();
	}

	/** Puts the next burst on the bus when that is free: the channel after the one that had it last comes first. */
	private serve(): void {
		const { state, machine } = this;
		if (state.moving >= 0) return;
		for (let i = 1; i <= this.channelCount; i++) {
			const n = (state.last + i) % this.channelCount;
			const c = state.channels[n]!;
			if ((c.status & BUSY) === 0) continue;
			state.moving = n;
			state.last = n;
			state.generation = c.generation;
			state.length = burstLength(c, this.burstBytes);
			const beats = Math.ceil(state.length / BUS_BYTES);
			const ps = machine.bus.readLatency(c.src, CYCLE_PS) + beats * CYCLE_PS;
			const turn = machine.bus.claim(c.src, false, ps, machine.time);
			machine.schedule(machine.time + turn, this.index, Kind.READ, n);
			return;
		}
	}

	/** The bytes have arrived: read them now and send them on. */
	private writeBurst(c: EngineChannel, n: number): void {
		const { state, machine } = this;
		state.from = c.src;
		const response = machine.bus.burstRead(c.src, state.length, 1, false, this.buffer);
		if (response !== Response.OKAY) {
			this.fail(c, n, response);
			return;
		}
		const beats = Math.ceil(state.length / BUS_BYTES);
		const turn = machine.bus.claim(c.dst, true, (beats + WRITE_RESPONSE_CYCLES) * CYCLE_PS, machine.time);
		machine.schedule(machine.time + turn, this.index, Kind.WRITTEN, n);
	}

	private written(c: EngineChannel, n: number): void {
		const { state, machine } = this;
		const { length } = state;
		const response = machine.bus.burstWrite(c.dst, length, 1, false, this.buffer);
		this.report(n, state.from, c.dst, length, response);
		if (response !== Response.OKAY) {
			this.fail(c, n, response, true);
			return;
		}
		c.src += length;
		c.dst += length;
		c.left -= length;
		c.bursts++;
		if (c.left > 0) return;
		c.status = (c.status & ~BUSY) | DONE;
		this.idle(n);
		this.updateLine();
	}

	private fail(c: EngineChannel, n: number, response: Response, told = false): void {
		if (!told) this.report(n, c.src, c.dst, this.state.length, response);
		c.status = (c.status & ~BUSY) | ERROR;
		this.state.moving = -1;
		this.idle(n);
		this.updateLine();
		this.serve();
	}

	private report(n: number, src: number, dst: number, length: number, response: Response): void {
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.BURST)
			observers.burst(this.index, n, src, dst, length, Math.ceil(length / BUS_BYTES), response);
	}

	private idle(n: number): void {
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.DONE) observers.channelDone(this.index, n);
	}

	private pending(): number {
		let bits = 0;
		this.state.channels.forEach((c, n) => {
			if (c.interruptEnable && c.status & (DONE | ERROR)) bits |= 1 << n;
		});
		return bits;
	}

	private updateLine(): void {
		const { state, machine } = this;
		const active = this.pending() !== 0;
		if (active === state.lineActive) return;
		state.lineActive = active;
		if (active) machine.interrupts.raise(this.config.interrupt);
		else machine.interrupts.lower(this.config.interrupt);
	}

	private warnBusy(): void {
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.WARNING)
			observers.warning(this.index, "busy", "a register of a channel that is copying was written; it is ignored");
	}
}

function newChannel(): EngineChannel {
	return {
		src: 0,
		dst: 0,
		left: 0,
		total: 0,
		firstSrc: 0,
		firstDst: 0,
		bursts: 0,
		status: 0,
		interruptEnable: false,
		generation: 0,
	};
}

/** No burst is longer than the limit, and none crosses 4 KiB on either side. */
function burstLength(c: EngineChannel, most: number): number {
	return Math.min(c.left, most, toBoundary(c.src), toBoundary(c.dst));
}

function burstsLeft(c: EngineChannel, most: number): number {
	const rest = { ...c };
	let bursts = 0;
	while (rest.left > 0 && bursts < 1 << 20) {
		const length = burstLength(rest, most);
		rest.left -= length;
		rest.src += length;
		rest.dst += length;
		bursts++;
	}
	return bursts;
}
