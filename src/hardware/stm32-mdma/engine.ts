/**
 * STM32 MDMA: channels, requests, buffer transfers, linked lists. Behaviour follows the reference's section 4.3, cycle
 * counts its section 4.4. Where neither says anything: a request line is looked at as a level whenever the channel has
 * no request; BRTIF is set only for blocks that are repeated, TCIF only where a request moves one buffer; a channel that
 * is enabled with nothing left of its block goes on with the next node, or ends at once when there is none; a write of
 * CMDR to CMAR takes no time of its own.
 */

import type { Component } from "../../sim/component";
import type { Machine } from "../../sim/machine";
import { ObserverBit, Response } from "../../sim/observers";
import type { RequestSink, RequestSource } from "../../sim/requests";
import type { Register } from "../registers";
import {
	type Failure,
	FIFO_SPACE,
	misfit,
	nextLength,
	readBuffer,
	sourceAfter,
	targetAfter,
	writeBuffer,
	writtenBytes,
} from "./moves";
import {
	BNDT,
	Bndtr,
	Ccr,
	CTBR_BITS,
	Ctcr,
	Esr,
	FLAGS,
	Flag,
	NODE_BYTES,
	priority,
	sourceSize,
	stm32MdmaRegisters,
	TEA,
	Trigger,
	TSEL,
	targetSize,
	trigger,
} from "./registers";
import { type ChannelState, newChannel, Phase, type Stm32MdmaConfig, type Stm32MdmaState } from "./state";

/** Kinds of events; their argument is the channel. */
enum Kind {
	READ,
	WRITTEN,
	LOADED,
}

const ARBITRATION_CYCLES = 2;
const WRITE_CYCLES = 8;
const LINK_CYCLES = 12;
const NODE_POOL = FIFO_SPACE;

export abstract class Stm32MdmaEngine implements Component, RequestSink {
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	readonly registers: readonly Register[];
	readonly channelCount: number;
	state: Stm32MdmaState;
	/** Pool offset of the FIFO. */
	protected readonly pool: number;
	private readonly cyclePs: number;
	private readonly interrupt: number;
	private readonly checksSizes: boolean;
	/** Request lines by TSEL. */
	private readonly lines: number[] = [];
	/** Data is moving: requests that change meanwhile are looked at afterwards. Never set between events. */
	private moving = false;
	private readonly failure: Failure = { address: 0 };

	constructor(
		protected readonly machine: Machine,
		config: Stm32MdmaConfig,
	) {
		this.name = config.name;
		this.base = config.base;
		this.size = config.size;
		this.readLatencyPs = config.readLatencyPs ?? -1;
		this.cyclePs = config.cyclePs ?? 3759;
		this.interrupt = config.interrupt;
		this.channelCount = config.channels;
		this.checksSizes = config.checkSizes ?? true;
		this.registers = stm32MdmaRegisters(config.channels);
		const secure = config.secureChannels ?? 0;
		const channels = Array.from({ length: config.channels }, (_, n) => newChannel(((secure >>> n) & 1) !== 0));
		this.state = { channels, enabled: 0, busy: -1, lineActive: false, warned: {} };
		this.pool = machine.memory.allocateHidden(NODE_POOL + NODE_BYTES);
		this.index = machine.register(this);
	}

	/** Connects a request output to input `handshake`; returns the line's number. */
	connectRequest(source: RequestSource, handshake: number): number {
		const line = this.machine.requests.connect(source, this, handshake);
		this.lines[handshake] = line;
		return line;
	}

	requestChanged(_handshake: number, active: boolean): void {
		if (active && this.state.enabled !== 0 && !this.moving) this.serve(false);
	}

	onEvent(kind: number, n: number): void {
		const c = this.state.channels[n]!;
		if (kind === Kind.LOADED) this.loaded(c, n);
		else {
			this.state.busy = -1;
			if (kind === Kind.WRITTEN) this.completeWrite(c, n);
			else if (this.completeRead(c, n)) this.deliver(c, n);
		}
		this.serve(true);
	}

	// Flags and the interrupt.

	protected raise(c: ChannelState, flags: number): void {
		c.flags |= flags;
		this.updateLine();
	}

	/** Whether the channel asks for an interrupt: its bit of GISR0. */
	protected wantsInterrupt(c: ChannelState): boolean {
		return (c.flags & (c.ccr >>> 1) & FLAGS) !== 0;
	}

	protected updateLine(): void {
		const { state, machine } = this;
		let active = false;
		for (const c of state.channels) if (c.flags !== 0 && this.wantsInterrupt(c)) active = true;
		if (active === state.lineActive) return;
		state.lineActive = active;
		if (active) machine.interrupts.raise(this.interrupt);
		else machine.interrupts.lower(this.interrupt);
	}

	// Start and stop.

	protected enable(c: ChannelState, n: number): void {
		const { observers } = this.machine;
		this.state.enabled |= 1 << n;
		c.disabling = false;
		c.requested = false;
		c.node = -1;
		c.blocks = 0;
		c.cesr = 0;
		c.phase = Phase.READY;
		if (observers.mask & ObserverBit.START) observers.start(this.index, n);
		if (c.bndt !== 0) this.beginBlock(c, n);
		else this.advance(c, n);
	}

	/** Software clears EN: the buffer transfer in flight ends, then CTCIF says that the channel has stopped. */
	protected disable(c: ChannelState, n: number): void {
		c.disabling = true;
		if (c.phase === Phase.READY) this.settle(c, n);
	}

	private settle(c: ChannelState, n: number): void {
		this.stop(c, n);
		this.raise(c, Flag.CTCIF);
	}

	private stop(c: ChannelState, n: number): void {
		c.ccr &= ~Ccr.EN;
		c.phase = Phase.IDLE;
		c.requested = false;
		c.disabling = false;
		this.state.enabled &= ~(1 << n);
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.DONE) observers.channelDone(this.index, n);
	}

	/** EN falls; CESR says why, with the low bits of the address. */
	private fail(c: ChannelState, n: number, why: number, address: number): void {
		c.cesr = why | (address & TEA);
		this.stop(c, n);
		this.raise(c, Flag.TEIF);
	}

	// Blocks and nodes.

	private beginBlock(c: ChannelState, n: number): void {
		const { observers } = this.machine;
		const why = this.checksSizes ? misfit(c) : 0;
		if (why !== 0) {
			this.fail(c, n, why, why & Esr.TED ? c.cdar : c.csar);
			return;
		}
		c.blockSrc = c.csar;
		c.blockDst = c.cdar;
		c.blockBytes = c.bndt;
		c.bursts = 0;
		if (observers.mask & ObserverBit.CHUNK) observers.chunk(this.index, n, c.node, c.csar, c.cdar, c.bndt);
	}

	/** Nothing is left of the block: the next node, or the end. */
	private advance(c: ChannelState, n: number): void {
		if (c.disabling || c.clar === 0) this.settle(c, n);
		else {
			c.phase = Phase.LOADING;
			const { bus, time } = this.machine;
			const ps = LINK_CYCLES * this.cyclePs + bus.readLatency(c.clar - (c.clar % 8), this.cyclePs);
			this.machine.schedule(time + ps, this.index, Kind.LOADED, n);
		}
	}

	private loaded(c: ChannelState, n: number): void {
		const { memory, bus } = this.machine;
		const address = c.clar - (c.clar % 8);
		if (bus.burstRead(address, NODE_BYTES, 4, false, this.pool + NODE_POOL) !== Response.OKAY) {
			this.fail(c, n, Esr.TELD, address);
			return;
		}
		const first = (this.pool + NODE_POOL) >>> 2;
		const word = (index: number): number => memory.u32[first + index]!;
		c.ctcr = word(0);
		this.setBlock(c, word(1));
		c.csar = word(2);
		c.cdar = word(3);
		c.cbrur = word(4);
		c.clar = word(5);
		c.ctbr = word(6) & CTBR_BITS;
		c.cmar = word(8);
		c.cmdr = word(9);
		c.node = address;
		c.phase = Phase.READY;
		if (c.disabling) this.settle(c, n);
		else if (c.bndt === 0) this.advance(c, n);
		else this.beginBlock(c, n);
	}

	/** CBNDTR, by software or from a node. */
	protected setBlock(c: ChannelState, value: number): void {
		c.bndt = value & BNDT;
		c.signs = value & (Bndtr.BRSUM | Bndtr.BRDUM);
		c.brc = value >>> 20;
		c.reload = c.bndt;
		c.repeats = c.brc !== 0;
	}

	// Requests.

	/** Hardware requests of channels that have none: lines are levels. */
	private isRequested(c: ChannelState): boolean {
		if (c.requested) return true;
		if (c.ctcr & Ctcr.SWRM) return false;
		const line = this.lines[c.ctbr & TSEL];
		if (line === undefined || !this.machine.requests.active(line)) return false;
		c.requested = true;
		return true;
	}

	/** What the request asked for has been moved: CMDR to CMAR, and the line is acknowledged. False after an error. */
	private endRequest(c: ChannelState, n: number): boolean {
		const { bus, requests } = this.machine;
		c.requested = false;
		this.moving = true;
		if (c.cmar !== 0) {
			bus.write(c.cmar, 4, c.cmdr);
			if (bus.result !== Response.OKAY) {
				this.moving = false;
				this.fail(c, n, Esr.TEMD | Esr.TED, c.cmar);
				return false;
			}
		}
		const line = this.lines[c.ctbr & TSEL];
		if ((c.ctcr & Ctcr.SWRM) === 0 && line !== undefined) requests.acknowledge(line);
		this.moving = false;
		return true;
	}

	// Buffer transfers.

	/**
	 * Gives the bus to the channel of the highest priority that has a request; among equals the lowest number. With
	 * `inline`, at the end of an event, transfers run on here as long as nothing else is due.
	 */
	protected serve(inline: boolean): void {
		const { state, machine } = this;
		while (state.busy === -1 && state.enabled !== 0) {
			const n = this.winner();
			if (n < 0) return;
			const c = state.channels[n]!;
			c.length = nextLength(c);
			c.phase = Phase.READING;
			const beats = Math.ceil(c.length / sourceSize(c.ctcr));
			const latency = machine.bus.readLatency(c.csar, this.cyclePs);
			const time = (ARBITRATION_CYCLES + beats) * this.cyclePs + latency;
			const end = machine.time + machine.bus.claim(c.csar, false, time, machine.time);
			if (!inline || !machine.continueAt(end)) {
				state.busy = n;
				machine.schedule(end, this.index, Kind.READ, n);
			} else if (this.completeRead(c, n)) this.deliver(c, n);
		}
	}

	/** The second half of a buffer transfer; at the end of an event, as the first half always is. */
	private deliver(c: ChannelState, n: number): void {
		const { machine } = this;
		const beats = Math.ceil(writtenBytes(c.ctcr, c.length) / targetSize(c.ctcr));
		const time = (WRITE_CYCLES + beats) * this.cyclePs;
		const end = machine.time + machine.bus.claim(c.cdar, true, time, machine.time);
		if (machine.continueAt(end)) this.completeWrite(c, n);
		else {
			this.state.busy = n;
			machine.schedule(end, this.index, Kind.WRITTEN, n);
		}
	}

	private winner(): number {
		const { channels, enabled } = this.state;
		let best = -1;
		for (let rest = enabled; rest !== 0; rest &= rest - 1) {
			const n = 31 - Math.clz32(rest & -rest);
			const c = channels[n]!;
			if (c.phase !== Phase.READY || !this.isRequested(c)) continue;
			if (best < 0 || priority(c.ccr) > priority(channels[best]!.ccr)) best = n;
		}
		return best;
	}

	/** False: the source did not answer, and the channel has stopped. */
	private completeRead(c: ChannelState, n: number): boolean {
		this.moving = true;
		const response = readBuffer(this.machine, c, this.pool, this.failure);
		this.moving = false;
		c.phase = Phase.WRITING;
		if (response === Response.OKAY) return true;
		this.report(c, n, response);
		this.fail(c, n, 0, this.failure.address);
		return false;
	}

	private completeWrite(c: ChannelState, n: number): void {
		this.moving = true;
		const response = writeBuffer(this.machine, c, this.pool, this.failure);
		this.moving = false;
		c.bursts++;
		this.report(c, n, response);
		if (response !== Response.OKAY) {
			this.fail(c, n, Esr.TED, this.failure.address);
			return;
		}
		c.csar = sourceAfter(c, c.length);
		c.cdar = targetAfter(c, c.length);
		c.bndt -= c.length;
		c.phase = Phase.READY;
		this.bufferEnd(c, n);
	}

	private bufferEnd(c: ChannelState, n: number): void {
		const mode = trigger(c.ctcr);
		const blockDone = c.bndt === 0;
		const last = blockDone && c.brc === 0;
		let flags = mode === Trigger.BUFFER ? Flag.TCIF : 0;
		if (blockDone) flags |= Flag.BTIF;
		if (last && c.repeats) flags |= Flag.BRTIF;
		if (blockDone) c.blocks++;
		const served =
			mode === Trigger.BUFFER ||
			(mode === Trigger.BLOCK && blockDone) ||
			(mode === Trigger.REPEATED_BLOCK && last) ||
			(last && c.clar === 0);
		if (flags !== 0) this.raise(c, flags);
		if (served && !this.endRequest(c, n)) return;
		if (last) this.advance(c, n);
		else {
			if (blockDone) this.repeat(c, n);
			if (c.disabling && c.phase === Phase.READY) this.settle(c, n);
		}
	}

	/** The same block once more, elsewhere as CBRUR says. */
	private repeat(c: ChannelState, n: number): void {
		const source = c.cbrur & 0xffff;
		const target = c.cbrur >>> 16;
		c.brc--;
		c.bndt = c.reload;
		c.csar = (c.csar + (c.signs & Bndtr.BRSUM ? -source : source)) >>> 0;
		c.cdar = (c.cdar + (c.signs & Bndtr.BRDUM ? -target : target)) >>> 0;
		this.beginBlock(c, n);
	}

	private report(c: ChannelState, n: number, response: Response): void {
		const { observers } = this.machine;
		if ((observers.mask & ObserverBit.BURST) === 0) return;
		const bytes = writtenBytes(c.ctcr, c.length);
		observers.burst(this.index, n, c.csar, c.cdar, bytes, Math.ceil(bytes / targetSize(c.ctcr)), response);
	}

	protected warn(code: string, text: string): void {
		const { warned } = this.state;
		if (warned[code]) return;
		warned[code] = true;
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.WARNING) observers.warning(this.index, code, text);
	}
}
