/** What the channels of STM32 MDMA share: its place on the bus, requests, the interrupt, the FIFO and observers. */

import type { Machine } from "../../sim/machine";
import { ObserverBit, Response } from "../../sim/observers";
import type { RequestSink, RequestSource } from "../../sim/requests";
import type { Register } from "../registers";
import { WordDevice } from "../word-device";
import { type Failure, FIFO_SPACE, readBuffer, writeBuffer, writtenBytes } from "./moves";
import { Ctcr, FLAGS, NODE_BYTES, stm32MdmaRegisters, TSEL, targetSize } from "./registers";
import { type ChannelState, newChannel, type Stm32MdmaConfig, type Stm32MdmaState } from "./state";

export abstract class Stm32MdmaCore extends WordDevice implements RequestSink {
	readonly registers: readonly Register[];
	readonly channelCount: number;
	state: Stm32MdmaState;
	protected readonly cyclePs: number;
	protected readonly checksSizes: boolean;
	/** Pool offsets of the FIFO, and of where nodes are loaded to. */
	protected readonly pool: number;
	protected readonly nodePool: number;
	/** Data is moving: requests that change meanwhile are looked at afterwards. Never set between events. */
	protected moving = false;
	/** Where the move ended that the bus has just refused. */
	protected readonly failure: Failure = { address: 0 };
	private readonly interrupt: number;
	/** Request lines by TSEL. */
	private readonly lines: number[] = [];

	constructor(machine: Machine, config: Stm32MdmaConfig) {
		super(machine, config);
		this.cyclePs = config.cyclePs ?? 3759;
		this.interrupt = config.interrupt;
		this.channelCount = config.channels;
		this.checksSizes = config.checkSizes ?? true;
		this.registers = stm32MdmaRegisters(config.channels);
		const secure = config.secureChannels ?? 0;
		const channels = Array.from({ length: config.channels }, (_, n) => newChannel(((secure >>> n) & 1) !== 0));
		this.state = { channels, enabled: 0, busy: -1, lineActive: false, warned: {} };
		this.pool = machine.memory.allocateHidden(FIFO_SPACE + NODE_BYTES);
		this.nodePool = this.pool + FIFO_SPACE;
	}

	abstract requestChanged(handshake: number, active: boolean): void;

	// Requests.

	/** Connects a request output to input `handshake`; returns the line's number. */
	connectRequest(source: RequestSource, handshake: number): number {
		const line = this.machine.requests.connect(source, this, handshake);
		this.lines[handshake] = line;
		return line;
	}

	/** Hardware requests of channels that have none: lines are levels. */
	protected isRequested(c: ChannelState): boolean {
		if (c.requested) return true;
		if (c.ctcr & Ctcr.SWRM) return false;
		const line = this.lines[c.ctbr & TSEL];
		if (line === undefined || !this.machine.requests.active(line)) return false;
		c.requested = true;
		return true;
	}

	/** What the request asked for has been moved: CMDR to CMAR, and the line is acknowledged. False: CMAR refused. */
	protected acknowledge(c: ChannelState): boolean {
		const { bus, requests } = this.machine;
		c.requested = false;
		this.moving = true;
		if (c.cmar !== 0) bus.write(c.cmar, 4, c.cmdr);
		const accepted = c.cmar === 0 || bus.result === Response.OKAY;
		const line = this.lines[c.ctbr & TSEL];
		if (accepted && (c.ctcr & Ctcr.SWRM) === 0 && line !== undefined) requests.acknowledge(line);
		this.moving = false;
		return accepted;
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

	// The FIFO.

	/** Source to FIFO. */
	protected fill(c: ChannelState): Response {
		this.moving = true;
		const response = readBuffer(this.machine, c, this.pool, this.failure);
		this.moving = false;
		return response;
	}

	/** FIFO to destination. */
	protected empty(c: ChannelState): Response {
		this.moving = true;
		const response = writeBuffer(this.machine, c, this.pool, this.failure);
		this.moving = false;
		return response;
	}

	// Observers.

	protected report(c: ChannelState, n: number, response: Response): void {
		const { observers } = this.machine;
		if ((observers.mask & ObserverBit.BURST) === 0) return;
		const bytes = writtenBytes(c.ctcr, c.length);
		observers.burst(this.index, n, c.csar, c.cdar, bytes, Math.ceil(bytes / targetSize(c.ctcr)), response);
	}
}
