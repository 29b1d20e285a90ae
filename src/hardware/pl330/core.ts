/**
 * PL330: what threads, queues and registers share. Behaviour follows ARM's TRM (DDI 0424) as the reference's chapter 5
 * sums it up, times its cycle model. Where neither says anything: the instruction cache has 8 lines of 16 bytes beside
 * the two that each thread keeps, and a program is read from memory again once its thread has stopped; a load or store that is wider than the bus has an
 * invalid operand; a burst across 4 KiB is two on the bus and counts as one.
 */

import type { Component } from "../../sim/component";
import type { Machine } from "../../sim/machine";
import { ObserverBit } from "../../sim/observers";
import type { RequestSink, RequestSource } from "../../sim/requests";
import type { Register } from "../registers";
import { MOST_CHANNELS, pl330Registers, Reg, Status } from "./registers";
import { newThread, type Pl330Config, type Pl330State, type ThreadState } from "./state";

/** Kinds of events; their argument is the thread. */
export enum Kind {
	EXECUTE,
	FETCHED,
	READ,
	WRITTEN,
	DEBUG,
}

/** What a thread waits for that is at a barrier, or finds no room for a load or store. */
export enum Waits {
	READ,
	WRITE,
	ANY,
}

export const CACHE_LINES = 8;
export const CACHE_LINE_BYTES = 16;

export abstract class Pl330Core implements Component, RequestSink {
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	readonly registers: readonly Register[];
	readonly channelCount: number;
	/** Bytes of the bus, and of the MFIFO. */
	readonly busBytes: number;
	readonly fifoBytes: number;
	state: Pl330State;
	protected readonly cyclePs: number;
	protected readonly peripherals: number;
	protected readonly eventCount: number;
	protected readonly bufferDepth: number;
	protected readonly queueDepth: number;
	protected readonly revision: number;
	protected readonly eventsNonSecure: number;
	protected readonly peripheralsNonSecure: number;
	/** Registers whose value is soldered in, by offset. */
	protected readonly fixed: Readonly<Record<number, number>>;
	/** Pool offset of the channels' parts of the MFIFO, each twice its size so that bytes can be moved to the front. */
	protected readonly fifoPool: number;
	/** Pool offset of a fetched line, and of zeros. */
	protected readonly linePool: number;
	protected readonly zeroPool: number;
	private readonly interrupts: readonly number[];
	/** Request lines by peripheral. */
	private readonly lines: number[] = [];

	constructor(
		protected readonly machine: Machine,
		config: Pl330Config,
	) {
		this.name = config.name;
		this.base = config.base;
		this.size = config.size;
		this.readLatencyPs = config.readLatencyPs ?? -1;
		this.cyclePs = config.cyclePs ?? 4500;
		this.channelCount = config.channels ?? MOST_CHANNELS;
		this.peripherals = config.peripherals ?? 4;
		this.eventCount = config.events ?? 16;
		const width = config.dataWidth ?? 3;
		this.busBytes = 1 << width;
		this.bufferDepth = config.bufferDepth ?? 128;
		this.fifoBytes = this.busBytes * this.bufferDepth;
		this.queueDepth = config.queueDepth ?? 8;
		this.revision = config.revision ?? 2;
		this.eventsNonSecure = config.eventsNonSecure ?? 0;
		this.peripheralsNonSecure = config.peripheralsNonSecure ?? 0;
		this.interrupts = config.interrupts;
		this.fixed = fixedRegisters(config, this.channelCount, this.peripherals, this.eventCount, width, this);
		this.registers = pl330Registers(this.channelCount, this.eventCount, this.fixed, this.revision);
		const nonSecure = config.managerNonSecure ?? false;
		this.state = {
			threads: Array.from({ length: this.channelCount + 1 }, () => newThread(this.queueDepth, nonSecure)),
			last: this.channelCount,
			scheduled: false,
			reads: 0,
			writes: 0,
			inten: 0,
			events: 0,
			interrupts: 0,
			abortActive: false,
			debugBusy: false,
			debug0: 0,
			debug1: 0,
			watchdog: 0,
			cacheLines: new Float64Array(CACHE_LINES).fill(-1),
			cacheOwners: new Int8Array(CACHE_LINES),
			cacheNext: 0,
			warned: {},
		};
		this.fifoPool = machine.memory.allocateHidden(2 * this.fifoBytes * this.channelCount);
		this.linePool = machine.memory.allocateHidden(CACHE_LINE_BYTES);
		this.zeroPool = machine.memory.allocateHidden(16 * this.busBytes);
		this.index = machine.register(this);
		if (config.bootAddress !== undefined && config.bootAddress >= 0) this.boot(config.bootAddress);
	}

	abstract onEvent(kind: number, arg: number): void;

	/** Something may run now: schedules the next instruction. */
	protected abstract kick(): void;
	/** A peripheral's request has changed. */
	protected abstract wakePeripheral(peripheral: number): void;

	private boot(address: number): void {
		const manager = this.state.threads[this.channelCount]!;
		manager.entry = address;
		manager.pc = address;
		manager.status = Status.EXECUTING;
		this.state.scheduled = true;
		this.machine.schedule(this.cyclePs, this.index, Kind.EXECUTE, 0);
	}

	// Requests.

	/** Connects a peripheral to request input `handshake`; returns the line's number. */
	connectRequest(source: RequestSource, handshake: number): number {
		const line = this.machine.requests.connect(source, this, handshake);
		this.lines[handshake] = line;
		return line;
	}

	requestChanged(handshake: number, active: boolean): void {
		if (active) this.wakePeripheral(handshake);
	}

	singleChanged(handshake: number, active: boolean): void {
		if (active) this.wakePeripheral(handshake);
	}

	protected lineOf(peripheral: number): number {
		return this.lines[peripheral] ?? -1;
	}

	// Interrupts.

	/** Event `n` is to be an interrupt or no longer one. */
	protected setInterrupt(n: number, active: boolean): void {
		const { state } = this;
		const bit = 1 << n;
		if (((state.interrupts & bit) !== 0) === active) return;
		state.interrupts = (active ? state.interrupts | bit : state.interrupts & ~bit) >>> 0;
		this.drive(n + 1, active);
	}

	/** The abort line is active while a thread is faulty. */
	protected updateAbort(): void {
		const { state } = this;
		const active = state.threads.some(({ status }) => status >= Status.FAULTING_COMPLETING);
		if (active === state.abortActive) return;
		state.abortActive = active;
		this.drive(0, active);
	}

	private drive(output: number, active: boolean): void {
		const { interrupts } = this;
		const line = (interrupts.length === 1 ? interrupts[0] : interrupts[output]) ?? -1;
		if (active) this.machine.interrupts.raise(line);
		else this.machine.interrupts.lower(line);
	}

	// The ends of a thread.

	/** Stops a thread at once: what is on the bus ends, the rest is dropped. */
	protected kill(n: number): void {
		const c = this.state.threads[n]!;
		if (c.status === Status.STOPPED || c.status === Status.KILLING) return;
		c.status = Status.KILLING;
		this.dropQueued(c);
		this.settle(n);
	}

	/** Stops a thread for a reason that software can read. */
	protected fault(n: number, why: number): void {
		const c = this.state.threads[n]!;
		if (c.status >= Status.FAULTING_COMPLETING || c.status === Status.KILLING) {
			this.settle(n);
			return;
		}
		c.fault = why;
		c.status = Status.FAULTING_COMPLETING;
		this.dropQueued(c);
		this.updateAbort();
		this.settle(n);
	}

	/** Stores that have not reached the bus. */
	private dropQueued(c: ThreadState): void {
		const kept = c.writing ? 1 : 0;
		this.state.writes -= c.writeCount - kept;
		c.writeCount = kept;
		this.retry(Waits.ANY);
	}

	/** A thread that is about to end does so when nothing of it is on the bus any more. */
	protected settle(n: number): void {
		const c = this.state.threads[n]!;
		const ends =
			c.status === Status.COMPLETING || c.status === Status.KILLING || c.status === Status.FAULTING_COMPLETING;
		if (!ends || c.readCount > 0 || c.writeCount > 0 || c.fetching) return;
		c.fifoHead = 0;
		c.fifoLevel = 0;
		c.committed = 0;
		c.acknowledges = 0;
		this.invalidate(n);
		if (c.status === Status.COMPLETING) c.programs++;
		if (c.status === Status.FAULTING_COMPLETING) c.status = Status.FAULTING;
		else {
			c.status = Status.STOPPED;
			c.fault = 0;
		}
		this.updateAbort();
		this.retry(Waits.ANY);
		if (n === this.channelCount) return;
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.DONE) observers.channelDone(this.index, n);
	}

	/** Who waited for a queue, the MFIFO or a barrier looks again, when `over` is what it waited for. */
	protected retry(over: Waits): void {
		const { threads, reads, writes } = this.state;
		// With nothing on its way everyone has to look: it may be a lock-up.
		const all = over === Waits.ANY || reads + writes === 0;
		let woken = false;
		for (let n = 0; n < threads.length; n++) {
			const c = threads[n]!;
			if (c.status !== Status.QUEUE_BUSY && c.status !== Status.AT_BARRIER) continue;
			if (!all && c.waitsFor !== over) continue;
			c.status = Status.EXECUTING;
			woken = true;
		}
		if (woken) this.kick();
	}

	/** Drops a thread's lines of the instruction cache. */
	protected invalidate(n: number): void {
		const { cacheLines, cacheOwners, threads } = this.state;
		threads[n]!.line = -1;
		threads[n]!.lineBefore = -1;
		for (let line = 0; line < CACHE_LINES; line++) if (cacheOwners[line] === n) cacheLines[line] = -1;
	}

	protected warn(code: string, text: string): void {
		const { warned } = this.state;
		if (warned[code]) return;
		warned[code] = true;
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.WARNING) observers.warning(this.index, code, text);
	}
}

/** CR0 to CRD by offset. */
function fixedRegisters(
	config: Pl330Config,
	channels: number,
	peripherals: number,
	events: number,
	width: number,
	core: { readonly fifoBytes: number; readonly busBytes: number },
): Record<number, number> {
	const boot = config.bootAddress ?? -1;
	const requests = peripherals > 0 ? 1 | ((peripherals - 1) << 12) : 0;
	const start = (boot >= 0 ? 2 : 0) | (config.managerNonSecure ? 4 : 0);
	const depth = core.fifoBytes / core.busBytes;
	const queue = Math.min(16, config.queueDepth ?? 8) - 1;
	const issue = Math.min(8, config.queueDepth ?? 8) - 1;
	return {
		[Reg.CR0]: requests | start | ((channels - 1) << 4) | ((events - 1) << 17),
		[Reg.CR1]: Math.log2(CACHE_LINE_BYTES) | ((CACHE_LINES - 1) << 4),
		[Reg.CR2]: Math.max(0, boot),
		[Reg.CR3]: config.eventsNonSecure ?? 0,
		[Reg.CR4]: config.peripheralsNonSecure ?? 0,
		[Reg.CRD]: width | (issue << 4) | (queue << 8) | (issue << 12) | (queue << 16) | ((depth - 1) << 20),
	};
}
