/** What the streams of STM32 DMA share: its place on the bus, requests, interrupts, FIFOs and observers. */

import type { Machine } from "../../sim/machine";
import { ObserverBit, type Response } from "../../sim/observers";
import type { RequestSink, RequestSource } from "../../sim/requests";
import type { RequestTarget } from "../model";
import type { Register } from "../registers";
import { WordDevice } from "../word-device";
import { FIFO_SPACE, readIntoFifo, writeFromFifo } from "./access";
import { burstsOfSegment, isCopy, lastPlace, wantsInterrupt } from "./moves";
import { FIFO_BYTES, Flag, STREAMS, stm32DmaRegisters } from "./registers";
import { newStream, type Stm32DmaConfig, type Stm32DmaState, type StreamState } from "./state";

/** Kinds of events; their argument is generation * 8 + stream. The first two are also the ports' numbers. */
export enum Kind {
	MEMORY = 0,
	PERIPHERAL = 1,
	LINE = 2,
}

const FLAG_TO_LINE_CYCLES = 6;
export const REQUESTS = 8;

export abstract class Stm32DmaCore extends WordDevice implements RequestSink, RequestSource {
	readonly registers: readonly Register[] = stm32DmaRegisters();
	readonly channelCount = STREAMS;
	state: Stm32DmaState;
	protected readonly cyclePs: number;
	/** An illegal FIFO configuration does not start. */
	protected readonly illegalRaises: boolean;
	/** Data is moving: requests that change meanwhile are looked at afterwards. Never set between events. */
	protected moving = false;
	private readonly fifoPool: number;
	private readonly interrupts: readonly number[];
	/** Request lines by stream * 8 + request. */
	private readonly lines: number[] = [];
	/** Each stream's transfer complete as a request of another controller, -1: not wired. */
	private readonly ends: number[] = new Array(STREAMS).fill(-1);

	constructor(machine: Machine, config: Stm32DmaConfig) {
		super(machine, config);
		this.cyclePs = config.cyclePs ?? 4785;
		this.interrupts = config.interrupts;
		this.illegalRaises = config.illegalFifoRaisesFei ?? true;
		this.state = { streams: Array.from({ length: STREAMS }, newStream), busy: [-1, -1], active: 0, warned: {} };
		this.fifoPool = machine.memory.allocateHidden(FIFO_SPACE * STREAMS);
	}

	abstract requestChanged(handshake: number, active: boolean): void;

	// Requests.

	/** Connects a request output to request `handshake` % 8 of stream `handshake` / 8; returns the line's number. */
	connectRequest(source: RequestSource, handshake: number): number {
		const line = this.machine.requests.connect(source, this, handshake);
		this.lines[handshake] = line;
		return line;
	}

	/** Makes each stream's transfer complete a request of `target`, from its input `first` on. */
	connectEnds(target: RequestTarget, first: number): void {
		for (let n = 0; n < STREAMS; n++) this.ends[n] = target.connectRequest(this, first + n);
	}

	/** Each transfer complete asks once: the other controller has served it. */
	acknowledged(line: number): void {
		this.machine.requests.set(line, false);
	}

	/** The input that the cells of a `dmas` entry name: stream and request. */
	requestInput(cells: readonly number[]): number {
		return (cells[0] ?? 0) * REQUESTS + (cells[1] ?? 0);
	}

	requestName(cells: readonly number[]): string {
		return `stream ${cells[0] ?? 0}, request ${cells[1] ?? 0}`;
	}

	protected selected(s: StreamState): number {
		return (s.cr >>> 25) & 7;
	}

	protected request(s: StreamState, n: number): boolean {
		const line = this.lines[n * REQUESTS + this.selected(s)];
		return line !== undefined && this.machine.requests.active(line);
	}

	protected acknowledge(s: StreamState, n: number): void {
		if (isCopy(s)) return;
		const line = this.lines[n * REQUESTS + this.selected(s)];
		if (line === undefined) return;
		this.moving = true;
		this.machine.requests.acknowledge(line);
		this.moving = false;
	}

	// Flags and interrupts.

	protected raise(s: StreamState, n: number, flag: Flag): void {
		s.flags |= flag;
		this.updateLine(s, n);
		if (flag === Flag.TCIF) this.machine.requests.set(this.ends[n]!, true);
	}

	/** Software, or the controller that TCIF asked, clears flags: a request that was not served goes with TCIF. */
	protected clear(s: StreamState, n: number, flags: number): void {
		s.flags &= ~flags;
		this.updateLine(s, n);
		if (flags & Flag.TCIF) this.machine.requests.set(this.ends[n]!, false);
	}

	/** The line rises some cycles after its flag, and falls with it. */
	protected updateLine(s: StreamState, n: number): void {
		const wanted = wantsInterrupt(s);
		if (wanted === s.lineActive) return;
		if (!wanted) this.driveLine(s, n);
		else if (!s.lineScheduled) {
			s.lineScheduled = true;
			const { machine } = this;
			machine.schedule(machine.time + FLAG_TO_LINE_CYCLES * this.cyclePs, this.index, Kind.LINE, n);
		}
	}

	protected driveLine(s: StreamState, n: number): void {
		const wanted = wantsInterrupt(s);
		if (wanted === s.lineActive) return;
		s.lineActive = wanted;
		const line = this.interrupts[n] ?? -1;
		if (wanted) this.machine.interrupts.raise(line);
		else this.machine.interrupts.lower(line);
	}

	// FIFOs.

	/** Pool offset of a stream's FIFO. */
	protected fifo(n: number): number {
		return this.fifoPool + n * FIFO_SPACE;
	}

	protected intoFifo(
		s: StreamState,
		n: number,
		address: number,
		length: number,
		item: number,
		fixed: boolean,
	): Response {
		this.moving = true;
		const response = readIntoFifo(this.machine, s, this.fifo(n), address, length, item, fixed);
		this.moving = false;
		this.tellLevel(s, n);
		return response;
	}

	protected outOfFifo(
		s: StreamState,
		n: number,
		address: number,
		length: number,
		item: number,
		fixed: boolean,
	): Response {
		this.moving = true;
		const response = writeFromFifo(this.machine, s, this.fifo(n), address, length, item, fixed);
		this.moving = false;
		this.tellLevel(s, n);
		return response;
	}

	private tellLevel(s: StreamState, n: number): void {
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.LEVEL) observers.level(this.index, n, s.fifoLevel, FIFO_BYTES);
	}

	// Observers.

	/** One report for each access that reaches the destination, or that fails. */
	protected report(s: StreamState, n: number, length: number, response: Response): void {
		s.bursts++;
		const { observers } = this.machine;
		if ((observers.mask & ObserverBit.BURST) === 0) return;
		const { src, dst, size } = lastPlace(s);
		observers.burst(this.index, n, src, dst, length, Math.ceil(length / size), response);
	}

	protected burstsTotal(s: StreamState): number {
		return s.length === 0 ? 0 : burstsOfSegment(s);
	}
}
