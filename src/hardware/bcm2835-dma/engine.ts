/**
 * BCM2835 DMA: control blocks, two kinds of channels, requests. Behaviour follows chapter 4 of BCM2835 ARM Peripherals
 * and the reference's chapter 6. Where neither says anything: a channel reads as much as its data register holds (32
 * bytes, 16 on a lite channel), or one burst when a request paces it, then writes that; a word costs a bus transaction of
 * its own unless BURST_LENGTH says more; a 2D transfer has YLENGTH + 1 rows; a failed read stops the channel, while a
 * failed write shows nowhere; among channels of equal priority the one goes first that has waited longest.
 */

import { ObserverBit, Response } from "../../sim/observers";
import { accessTime, responseTime } from "./access";
import { physicalOf } from "./addresses";
import { Bcm2835DmaCore } from "./core";
import {
	destinationGate,
	destinationWidth,
	isActive,
	readLength,
	sourceGate,
	sourceWidth,
	strideOf,
	writeLength,
} from "./moves";
import { burstLength, CHANNELS, CONTROL_BLOCK_BYTES, Cs, Debug, NOT_LITE, priorityOf, Ti, waits } from "./registers";
import { type ChannelState, newChannel, Phase } from "./state";

/** Kinds of events; their argument is generation * 16 + channel. The first two are also the bus's sides. */
enum Kind {
	READ = 0,
	WRITE = 1,
	LOADED = 2,
	RESPONSE = 3,
}

const LOAD_CYCLES = 4;
const WORD_MASK = 0xffffffff;

export abstract class Bcm2835DmaEngine extends Bcm2835DmaCore {
	requestChanged(_handshake: number, active: boolean): void {
		if (active && this.state.active !== 0 && !this.moving) this.serve();
	}

	onEvent(kind: number, arg: number): void {
		const n = arg % 16;
		const { state } = this;
		const c = state.channels[n]!;
		if (kind === Kind.READ || kind === Kind.WRITE) state.busy[kind] = -1;
		if (c.generation === (arg - n) / 16) {
			c.busy = 0;
			if (kind === Kind.READ) this.completeRead(c, n);
			else if (kind === Kind.WRITE) this.completeWrite(c, n);
			else if (kind === Kind.LOADED) this.loaded(c, n);
			else this.endBlock(c, n);
		}
		this.serve();
	}

	// Start and stop.

	/** Starts or goes on with what ACTIVE, ENABLE and CONBLK_AD allow. */
	protected kick(c: ChannelState, n: number): void {
		if (!isActive(c) || !this.isEnabled(n)) return;
		if (c.phase === Phase.IDLE && c.conblkAd !== 0) {
			this.state.active++;
			c.phase = Phase.LOAD;
			c.blocks = 0;
			c.started = false;
		}
		if (c.phase === Phase.LOAD && c.busy === 0) this.load(c, n);
		this.serve();
	}

	/** Drops what the channel does and everything that it holds. */
	protected reset(c: ChannelState, n: number): void {
		const { generation, served, lineActive } = c;
		const wasIdle = c.phase === Phase.IDLE;
		Object.assign(c, newChannel(), { generation: generation + 1, served, lineActive });
		if (!wasIdle) this.idle(n);
		this.updateLine(c, n);
		this.serve();
	}

	/** Ends the control block that runs, without END and INT; the next one begins. */
	protected abort(c: ChannelState, n: number): void {
		if (c.phase === Phase.IDLE || c.phase === Phase.LOAD) return;
		c.generation++;
		c.busy = 0;
		c.held = 0;
		this.next(c, n);
		this.serve();
	}

	private idle(n: number): void {
		this.state.active--;
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.DONE) observers.channelDone(this.index, n);
	}

	// Control blocks.

	private load(c: ChannelState, n: number): void {
		const { machine } = this;
		if (!c.started) {
			c.started = true;
			if (machine.observers.mask & ObserverBit.START) machine.observers.start(this.index, n);
		}
		c.busy = CONTROL_BLOCK_BYTES;
		const phys = physicalOf(this.windows, c.conblkAd);
		const latency = machine.bus.readLatency(phys, this.cyclePs);
		this.schedule(c, n, Kind.LOADED, latency + LOAD_CYCLES * this.cyclePs);
	}

	private loaded(c: ChannelState, n: number): void {
		const { memory, observers } = this.machine;
		const response = this.readBus(c.conblkAd, CONTROL_BLOCK_BYTES, 4, false, this.blockPool);
		if (response !== Response.OKAY) {
			this.failRead(c, n);
			return;
		}
		const at = this.blockPool >>> 2;
		c.ti = memory.u32[at]!;
		c.sourceAd = memory.u32[at + 1]!;
		c.destAd = memory.u32[at + 2]!;
		const length = memory.u32[at + 3]!;
		c.stride = memory.u32[at + 4]!;
		c.nextconbk = memory.u32[at + 5]!;
		if (this.isLite(n)) {
			if (c.ti & NOT_LITE)
				this.warn(
					"lite",
					"a lite channel has no 2D mode and ignores neither source nor destination: those bits do nothing",
				);
			c.ti = (c.ti & ~NOT_LITE) >>> 0;
			c.stride = 0;
		}
		if (c.ti & Ti.NO_WIDE_BURSTS)
			this.warn("NO_WIDE_BURSTS", "NO_WIDE_BURSTS is not modelled: a write of 128 bits is one transaction");
		const plane = (c.ti & Ti.TDMODE) !== 0;
		c.rowLength = plane || this.isLite(n) ? length & 0xffff : length & 0x3fffffff;
		c.rows = plane && c.rowLength > 0 ? (length >>> 16) & 0x3fff : 0;
		c.left = c.rowLength;
		c.held = 0;
		c.done = 0;
		c.bursts = 0;
		c.block = c.conblkAd;
		c.blockSrc = c.sourceAd;
		c.blockDst = c.destAd;
		c.blockLength = c.rowLength * (c.rows + 1);
		c.phase = Phase.READ;
		if (observers.mask & ObserverBit.CHUNK)
			observers.chunk(this.index, n, c.block, c.sourceAd, c.destAd, c.blockLength);
		if (c.rowLength === 0) this.written(c, n);
	}

	/** Everything of a row has been written: the next one, or the end of the block. */
	private written(c: ChannelState, n: number): void {
		if (c.rows > 0) {
			c.rows--;
			c.left = c.rowLength;
			c.sourceAd = (c.sourceAd + strideOf(c.stride, false)) >>> 0;
			c.destAd = (c.destAd + strideOf(c.stride, true)) >>> 0;
			c.phase = Phase.READ;
			return;
		}
		const wait = c.respondAt - this.machine.time;
		if (c.cs & Cs.WAIT_FOR_WRITES && wait > 0) {
			c.phase = Phase.RESPONSE;
			c.busy = 1;
			this.schedule(c, n, Kind.RESPONSE, wait);
		} else this.endBlock(c, n);
	}

	private endBlock(c: ChannelState, n: number): void {
		c.blocks++;
		c.cs |= c.ti & Ti.INTEN ? Cs.END | Cs.INT : Cs.END;
		this.next(c, n);
		this.updateLine(c, n);
	}

	/** CONBLK_AD gets the next block's address. After the last one ACTIVE falls. */
	private next(c: ChannelState, n: number): void {
		c.conblkAd = c.nextconbk;
		if (c.conblkAd !== 0) {
			c.phase = Phase.LOAD;
			if (isActive(c) && this.isEnabled(n)) this.load(c, n);
			return;
		}
		c.phase = Phase.IDLE;
		c.cs &= ~Cs.ACTIVE;
		this.idle(n);
	}

	// Accesses.

	/** The side of the bus that a channel wants now, or -1. */
	private wanted(c: ChannelState, n: number): number {
		if (c.busy !== 0 || !isActive(c) || !this.isEnabled(n)) return -1;
		if (c.phase === Phase.READ) return this.ready(sourceGate(c.ti)) ? Kind.READ : -1;
		if (c.phase === Phase.WRITE) return this.ready(destinationGate(c.ti)) ? Kind.WRITE : -1;
		return -1;
	}

	/** Starts what can be started; a lone channel's accesses run on here as long as nothing else is due. */
	protected serve(): void {
		const { state, machine } = this;
		if (state.active === 0) return;
		if (state.active > 1) {
			for (let side = Kind.READ; side <= Kind.WRITE; side++) if (state.busy[side] === -1) this.arbitrate(side);
			return;
		}
		let n = 0;
		while (state.channels[n]!.phase === Phase.IDLE) n++;
		const c = state.channels[n]!;
		for (;;) {
			const side = this.wanted(c, n);
			if (side < 0 || state.busy[side] !== -1) return;
			const ps = this.begin(c, side, n);
			if (!machine.continueAt(machine.time + ps)) {
				state.busy[side] = n;
				this.schedule(c, n, side, ps);
				return;
			}
			c.busy = 0;
			if (side === Kind.READ) this.completeRead(c, n);
			else this.completeWrite(c, n);
			if (c.phase === Phase.IDLE) return;
		}
	}

	private arbitrate(side: number): void {
		const { channels } = this.state;
		let winner = -1;
		for (let n = 0; n < CHANNELS; n++) {
			const c = channels[n]!;
			if (this.wanted(c, n) !== side) continue;
			if (winner >= 0) {
				const best = channels[winner]!;
				const more = priorityOf(c.cs) - priorityOf(best.cs);
				if (more < 0 || (more === 0 && c.served >= best.served)) continue;
			}
			winner = n;
		}
		if (winner < 0) return;
		const c = channels[winner]!;
		const ps = this.begin(c, side, winner);
		this.state.busy[side] = winner;
		this.schedule(c, winner, side, ps);
	}

	/** Takes the channel's turn: notes how much it moves, and returns how long that takes, ps. */
	private begin(c: ChannelState, side: number, n: number): number {
		const { machine, cyclePs } = this;
		c.served = ++this.state.served;
		const write = side === Kind.WRITE;
		c.busy = write ? writeLength(c) : readLength(c, this.capacity(n));
		if (c.ti & (write ? Ti.DEST_IGNORE : Ti.SRC_IGNORE)) return cyclePs;
		const phys = physicalOf(this.windows, write ? c.destAd : c.sourceAd);
		const width = write ? destinationWidth(c.ti) : sourceWidth(c.ti);
		const ps = accessTime(machine, phys, write, c.busy, width, burstLength(c.ti), waits(c.ti), cyclePs);
		return write && c.ti & Ti.WAIT_RESP ? ps + responseTime(cyclePs) : ps;
	}

	private completeRead(c: ChannelState, n: number): void {
		const length = readLength(c, this.capacity(n));
		const { memory } = this.machine;
		const pool = this.data(n);
		if (c.ti & Ti.SRC_IGNORE) {
			if (memory.writable[pool >>> 12] === 0) memory.touch(pool >>> 12);
			memory.u8.fill(0, pool, pool + length);
		} else {
			const response = this.readBus(c.sourceAd, length, sourceWidth(c.ti), (c.ti & Ti.SRC_INC) === 0, pool);
			if (response !== Response.OKAY) {
				this.report(c, n, length, response);
				c.debug |= Debug.READ_ERROR;
				if (this.stopOnReadError) {
					this.failRead(c, n);
					return;
				}
				memory.u8.fill(0, pool, pool + length);
			}
		}
		c.left -= length;
		c.held = length;
		if (c.ti & Ti.SRC_INC) c.sourceAd = (c.sourceAd + length) & WORD_MASK;
		c.sourceAd >>>= 0;
		c.phase = Phase.WRITE;
		this.level(c, n);
		this.acknowledge(sourceGate(c.ti));
	}

	private completeWrite(c: ChannelState, n: number): void {
		const { machine } = this;
		const length = writeLength(c);
		const pool = this.data(n);
		let response = Response.OKAY;
		if ((c.ti & Ti.DEST_IGNORE) === 0) {
			response = this.writeBus(c.destAd, length, destinationWidth(c.ti), (c.ti & Ti.DEST_INC) === 0, pool);
			if ((c.ti & Ti.WAIT_RESP) === 0) c.respondAt = machine.time + responseTime(this.cyclePs);
		}
		this.report(c, n, length, response);
		c.held -= length;
		c.done += length;
		if (c.ti & Ti.DEST_INC) c.destAd = (c.destAd + length) >>> 0;
		if (c.held > 0) machine.memory.u8.copyWithin(pool, pool + length, pool + length + c.held);
		this.level(c, n);
		this.acknowledge(destinationGate(c.ti));
		if (c.held > 0) return;
		if (c.left > 0) c.phase = Phase.READ;
		else this.written(c, n);
	}

	/** The block or its data could not be read: ERROR is set and nothing moves any more. */
	private failRead(c: ChannelState, _n: number): void {
		c.debug |= Debug.READ_ERROR;
		c.phase = Phase.FAILED;
	}

	private schedule(c: ChannelState, n: number, kind: Kind, ps: number): void {
		this.machine.schedule(this.machine.time + ps, this.index, kind, c.generation * 16 + n);
	}
}
