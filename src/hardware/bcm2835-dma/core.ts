/** What the channels of the BCM2835's DMA controller share: its place on the bus, its requests, interrupts and observers. */

import type { Machine } from "../../sim/machine";
import { ObserverBit, Response } from "../../sim/observers";
import type { RequestSink, RequestSource } from "../../sim/requests";
import type { Register } from "../registers";
import { WordDevice } from "../word-device";
import { DATA_SPACE, readInto, writeFrom } from "./access";
import { physicalOf } from "./addresses";
import { destinationWidth } from "./moves";
import { BLOCK_BYTES, bcm2835DmaRegisters, CHANNELS, CONTROL_BLOCK_BYTES, Cs, Ti } from "./registers";
import {
	type Bcm2835DmaConfig,
	type Bcm2835DmaState,
	type BusWindow,
	type ChannelState,
	newState,
	Phase,
} from "./state";

const REQUESTS = 32;
const FIRST_LITE = 7;
const DATA_BYTES = 32;
const LITE_DATA_BYTES = 16;

export abstract class Bcm2835DmaCore extends WordDevice implements RequestSink {
	readonly channelCount = CHANNELS;
	readonly registers: readonly Register[];
	state: Bcm2835DmaState;
	protected readonly windows: readonly BusWindow[];
	protected readonly dataPool: number;
	protected readonly blockPool: number;
	protected readonly cyclePs: number;
	private readonly interrupts: readonly number[];
	private readonly sharedInterrupt: number;
	private readonly firstLite: number;
	protected readonly stopOnReadError: boolean;
	/** Request line of each PERMAP. */
	private readonly lines: number[] = new Array<number>(REQUESTS).fill(-1);
	/** Data is moving: requests that change meanwhile are looked at afterwards. Never set between events. */
	protected moving = false;

	constructor(machine: Machine, config: Bcm2835DmaConfig) {
		super(machine, { ...config, size: Math.max(config.size, BLOCK_BYTES) });
		this.cyclePs = config.cyclePs ?? 4000;
		this.interrupts = config.interrupts;
		this.sharedInterrupt = config.sharedInterrupt ?? -1;
		this.firstLite = config.firstLite ?? FIRST_LITE;
		this.windows = config.windows ?? [];
		this.stopOnReadError = config.stopOnReadError ?? true;
		this.registers = bcm2835DmaRegisters((channel) => this.isLite(channel));
		this.state = newState(CHANNELS);
		this.blockPool = machine.memory.allocateHidden(CONTROL_BLOCK_BYTES);
		this.dataPool = machine.memory.allocateHidden(DATA_SPACE * CHANNELS);
	}

	isLite(channel: number): boolean {
		return channel >= this.firstLite;
	}

	/** Bytes of a channel's data register. */
	protected capacity(channel: number): number {
		return this.isLite(channel) ? LITE_DATA_BYTES : DATA_BYTES;
	}

	/** Connects a request output to PERMAP `handshake`; returns the line's number. */
	connectRequest(source: RequestSource, handshake: number): number {
		const line = this.machine.requests.connect(source, this, handshake);
		this.lines[handshake % REQUESTS] = line;
		return line;
	}

	/** The PERMAP that the cell of a `dmas` entry names. */
	requestInput(cells: readonly number[]): number {
		return (cells[0] ?? 0) % REQUESTS;
	}

	requestName(cells: readonly number[]): string {
		return `DREQ ${this.requestInput(cells)}`;
	}

	abstract requestChanged(handshake: number, active: boolean): void;

	/** Whether a peripheral asks for PERMAP `gate`; 0 is always ready. */
	protected ready(gate: number): boolean {
		return gate === 0 || this.machine.requests.active(this.lines[gate]!);
	}

	protected isEnabled(n: number): boolean {
		return (this.state.enable & (1 << n)) !== 0;
	}

	/** Whether a write is still to be answered. */
	protected isOutstanding(c: ChannelState): boolean {
		return (c.phase === Phase.WRITE && c.busy !== 0) || this.machine.time < c.respondAt;
	}

	// Interrupts.

	protected updateLine(c: ChannelState, n: number): void {
		const wanted = (c.cs & Cs.INT) !== 0;
		if (wanted === c.lineActive) return;
		c.lineActive = wanted;
		for (const line of [this.interrupts[n] ?? -1, this.sharedInterrupt])
			if (wanted) this.machine.interrupts.raise(line);
			else this.machine.interrupts.lower(line);
	}

	/** Reads from the controller's own addresses. */
	protected readBus(address: number, length: number, width: number, fixed: boolean, pool: number): Response {
		const phys = physicalOf(this.windows, address);
		if (phys < 0) return Response.DECERR;
		this.moving = true;
		const response = readInto(this.machine, phys, length, width, fixed, pool);
		this.moving = false;
		return response;
	}

	protected writeBus(address: number, length: number, width: number, fixed: boolean, pool: number): Response {
		const phys = physicalOf(this.windows, address);
		if (phys < 0) return Response.DECERR;
		this.moving = true;
		const response = writeFrom(this.machine, phys, length, width, fixed, pool);
		this.moving = false;
		return response;
	}

	protected acknowledge(gate: number): void {
		if (gate === 0) return;
		this.moving = true;
		this.machine.requests.acknowledge(this.lines[gate]!);
		this.moving = false;
	}

	/** Pool offset of a channel's data register. */
	protected data(n: number): number {
		return this.dataPool + n * DATA_SPACE;
	}

	protected level(c: ChannelState, n: number): void {
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.LEVEL) observers.level(this.index, n, c.held, this.capacity(n));
	}

	/** One report for each access that reaches the destination, or that cannot read. */
	protected report(c: ChannelState, n: number, length: number, response: Response): void {
		c.bursts++;
		const { observers } = this.machine;
		if ((observers.mask & ObserverBit.BURST) === 0) return;
		const src = c.ti & Ti.SRC_INC ? c.sourceAd - c.held : c.sourceAd;
		const beats = Math.ceil(length / destinationWidth(c.ti));
		observers.burst(this.index, n, src, c.destAd, length, beats, response);
	}
}
