/** Synopsys DesignWare AXI DMAC: what a channel's life is apart from its bursts: wires, interrupts, start and stop. */

import type { Component } from "../../sim/component";
import type { Machine } from "../../sim/machine";
import { ObserverBit } from "../../sim/observers";
import type { RequestSink, RequestSource } from "../../sim/requests";
import type { Register } from "../registers";
import { ApbGlue, newApb, selectedHandshake } from "./apb";
import { ITEM_SIZE } from "./list-item";
import { dwAxiRegisters, Irq } from "./registers";
import { type ChannelState, type DmacState, type DwAxiConfig, newChannel, Phase } from "./state";

/** Kinds of events; their argument is (generation * 4 + bus side) * 32 + channel. */
export enum Kind {
	FETCH,
	FETCHED,
	READ,
	WRITTEN,
	BLOCK_END,
}

const ENABLE_CYCLES = 4;
/** From the end of a block to the fetch of the next item. */
export const NEXT_ITEM_CYCLES = 2;

export abstract class DwAxiCore implements Component, RequestSink {
	readonly name: string;
	readonly base: number;
	readonly size: number;
	readonly readLatency = 8;
	readonly readLatencyPs: number;
	readonly index: number;
	readonly registers: readonly Register[];
	readonly channelCount: number;
	readonly fifoDepth: number;
	readonly busBytes: number;
	state: DmacState;
	readonly furtherBanks: readonly ApbGlue[] = [];
	protected readonly layoutB: boolean;
	protected readonly cyclePs: number;
	protected readonly maxBeats: number;
	protected readonly advancesOnFetch: boolean;
	protected readonly clearsValid: boolean;
	/** One for all channels, or one for each. */
	protected readonly interrupts: readonly number[];
	protected readonly masters: number;
	/** Pool offsets: where items are fetched to, and each channel's FIFO (twice its depth). */
	protected readonly itemPool: number;
	protected readonly fifoPool: number;
	protected readonly lines: number[] = [];
	/** A burst's data is moving: requests that change meanwhile are looked at afterwards. Never set between events. */
	protected moving = false;

	constructor(
		protected readonly machine: Machine,
		config: DwAxiConfig,
	) {
		this.name = config.name;
		this.base = config.base;
		this.size = config.size;
		this.readLatencyPs = config.readLatencyPs ?? -1;
		this.channelCount = config.channels;
		this.masters = config.masters;
		this.interrupts = config.channelInterrupts ?? [config.interrupt];
		this.busBytes = 1 << config.dataWidth;
		this.cyclePs = config.cyclePs ?? 5000;
		this.maxBeats = config.maxBeats ?? 16;
		this.layoutB = config.layoutB === true || config.channels > 8;
		this.advancesOnFetch = config.llpAdvancesOnFetch ?? true;
		this.clearsValid = config.writeBackClearsValid ?? true;
		const depth = config.fifoDepth ?? Math.max(8, this.maxBeats) * this.busBytes;
		this.fifoDepth = 2 ** Math.ceil(Math.log2(Math.min(Math.max(depth, this.busBytes), 2048)));
		this.registers = dwAxiRegisters(config.channels, this.layoutB);
		this.state = {
			cfg: 0,
			busy: [-1, -1, -1, -1],
			served: 0,
			lineActive: this.interrupts.map(() => false),
			active: 0,
			channels: Array.from({ length: config.channels }, newChannel),
			words: new Uint32Array((0x100 * (config.channels + 1)) / 4),
			apb: config.apb === undefined ? new Uint32Array(0) : newApb(),
			warned: {},
		};
		if (config.apb !== undefined) {
			const { base, size } = config.apb;
			this.furtherBanks = [new ApbGlue(`${config.name} (glue)`, base, size, this.readLatencyPs, this)];
		}
		this.itemPool = machine.memory.allocateHidden(ITEM_SIZE);
		this.fifoPool = machine.memory.allocateHidden(2 * this.fifoDepth * config.channels);
		this.index = machine.register(this);
	}

	/** The glue leads other peripherals' requests to the channels now. */
	glueChanged(): void {
		this.serve();
	}

	/** The peripheral whose requests a channel takes on a handshake input; -1 for none. */
	protected peripheral(input: number): number {
		const { apb } = this.state;
		return apb.length === 0 ? input : selectedHandshake(apb, input);
	}

	/** Connects a peripheral's request output; returns the line's number. */
	connectRequest(source: RequestSource, handshake: number): number {
		const line = this.machine.requests.connect(source, this, handshake);
		this.lines[handshake] = line;
		return line;
	}

	requestChanged(_handshake: number, active: boolean): void {
		if (active && this.state.active !== 0 && !this.moving) this.serve();
	}

	abstract onEvent(kind: number, arg: number): void;

	/** Starts what can be started. */
	protected abstract serve(): void;

	protected fifo(channel: number): number {
		return this.fifoPool + channel * 2 * this.fifoDepth;
	}

	// Interrupts.

	protected latch(c: ChannelState, bit: Irq): void {
		c.status = (c.status | (bit & c.statusEnable)) >>> 0;
		this.updateLine();
	}

	protected updateLine(): void {
		const { channels, cfg } = this.state;
		if (this.interrupts.length === 1) {
			let active = false;
			for (const c of channels) if ((c.status & c.signalEnable) !== 0) active = true;
			this.drive(0, active && (cfg & 2) !== 0);
			return;
		}
		for (let n = 0; n < channels.length; n++) {
			const c = channels[n]!;
			this.drive(n, (c.status & c.signalEnable) !== 0 && (cfg & 2) !== 0);
		}
	}

	private drive(number: number, active: boolean): void {
		const { lineActive } = this.state;
		const line = this.interrupts[number];
		if (line === undefined || active === lineActive[number]) return;
		lineActive[number] = active;
		if (active) this.machine.interrupts.raise(line);
		else this.machine.interrupts.lower(line);
	}

	// Start, stop, suspend.

	protected setEnable(n: number, on: boolean): void {
		const c = this.state.channels[n]!;
		if (!on) this.disable(n);
		else if (c.phase === Phase.IDLE && this.state.cfg & 1) {
			this.state.active++;
			c.started = false;
			c.blocks = 0;
			c.lli = -1;
			c.blockBytes = 0;
			this.scheduleFetch(c, n, ENABLE_CYCLES);
		}
	}

	protected setSuspend(n: number, on: boolean): void {
		const c = this.state.channels[n]!;
		if (c.phase === Phase.IDLE) return;
		c.suspend = on;
		if (on) {
			this.settle(c, n);
			return;
		}
		c.suspended = false;
		if (c.fetchHeld) {
			c.fetchHeld = false;
			this.scheduleFetch(c, n, NEXT_ITEM_CYCLES);
		}
	}

	protected disable(n: number): void {
		const c = this.state.channels[n]!;
		if (c.phase === Phase.IDLE) return;
		c.disabling = true;
		this.settle(c, n);
	}

	protected abort(n: number): void {
		const c = this.state.channels[n]!;
		if (c.phase !== Phase.IDLE) this.finish(c, n, Irq.ABORTED);
	}

	protected reset(): void {
		const { state } = this;
		state.channels.forEach((c, n) => {
			if (c.phase !== Phase.IDLE) this.finish(c, n, 0);
			const { generation } = c;
			Object.assign(c, newChannel(), { generation });
		});
		state.cfg = 0;
		state.words.fill(0);
	}

	/** Suspends or disables as soon as nothing of the channel is in flight. */
	protected settle(c: ChannelState, n: number): void {
		if (c.reading !== 0 || c.writing !== 0 || c.phase === Phase.FETCH || c.phase === Phase.BLOCK_END) return;
		if (c.disabling) this.finish(c, n, Irq.DISABLED);
		else if (c.suspend && !c.suspended) {
			c.suspended = true;
			this.latch(c, Irq.SUSPENDED);
		}
	}

	/** EN falls: the FIFO is dropped, the channel is idle. */
	protected finish(c: ChannelState, n: number, bit: Irq | 0): void {
		c.phase = Phase.IDLE;
		c.generation++;
		c.suspend = false;
		c.suspended = false;
		c.disabling = false;
		c.fetchHeld = false;
		c.reading = 0;
		c.writing = 0;
		c.srcItems = 0;
		c.dstItems = 0;
		c.fifoHead = 0;
		c.fifoLevel = 0;
		this.state.active--;
		const { observers } = this.machine;
		if (bit !== 0) this.latch(c, bit);
		if (observers.mask & ObserverBit.DONE) observers.channelDone(this.index, n);
	}

	protected schedule(c: ChannelState, n: number, kind: Kind, side: number, ps: number): void {
		this.machine.schedule(this.machine.time + ps, this.index, kind, (c.generation * 4 + side) * 32 + n);
	}

	protected scheduleFetch(c: ChannelState, n: number, cycles: number): void {
		c.phase = Phase.BEFORE_FETCH;
		this.schedule(c, n, Kind.FETCH, 0, cycles * this.cyclePs);
	}
}
