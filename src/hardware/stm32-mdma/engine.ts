/**
 * STM32 MDMA: channels, requests, buffer transfers, linked lists. Behaviour follows the reference's section 4.3, cycle
 * counts its section 4.4. Where neither says anything: a request line is looked at as a level whenever the channel has
 * no request; BRTIF is set only for blocks that are repeated, TCIF only where a request moves one buffer; a channel that
 * is enabled with nothing left of its block goes on with the next node, or ends at once when there is none; a write of
 * CMDR to CMAR takes no time of its own.
 */

import { ObserverBit, Response } from "../../sim/observers";
import { Stm32MdmaCore } from "./core";
import { misfit, nextLength, sourceAfter, targetAfter, writtenBytes } from "./moves";
import {
	BNDT,
	Bndtr,
	Ccr,
	CTBR_BITS,
	Esr,
	Flag,
	NODE_BYTES,
	priority,
	sourceSize,
	TEA,
	Trigger,
	targetSize,
	trigger,
} from "./registers";
import { type ChannelState, Phase } from "./state";

/** Kinds of events; their argument is the channel. */
enum Kind {
	READ,
	WRITTEN,
	LOADED,
}

const ARBITRATION_CYCLES = 2;
const WRITE_CYCLES = 8;
const LINK_CYCLES = 12;

export abstract class Stm32MdmaEngine extends Stm32MdmaCore {
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
		if (bus.burstRead(address, NODE_BYTES, 4, false, this.nodePool) !== Response.OKAY) {
			this.fail(c, n, Esr.TELD, address);
			return;
		}
		const first = this.nodePool >>> 2;
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

	/** The request is served. False after an error: the channel has stopped. */
	private endRequest(c: ChannelState, n: number): boolean {
		const accepted = this.acknowledge(c);
		if (!accepted) this.fail(c, n, Esr.TEMD | Esr.TED, c.cmar);
		return accepted;
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
		const response = this.fill(c);
		c.phase = Phase.WRITING;
		if (response === Response.OKAY) return true;
		this.report(c, n, response);
		this.fail(c, n, 0, this.failure.address);
		return false;
	}

	private completeWrite(c: ChannelState, n: number): void {
		const response = this.empty(c);
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
}
