/**
 * STM32 DMA: streams, FIFOs, two ports, flags. Behaviour follows the reference's section 2.3, cycle counts its
 * section 2.7. Where neither says anything: NDTR counts what the peripheral port has moved, so that data read ahead
 * from memory is read again after a pause; CT alone selects the memory address, and double buffer mode toggles it; an
 * access may not leave its 4 KiB page. Addresses should be multiples of their item's size, which is reported once when
 * they are not: memory is moved byte for byte nevertheless (a resume of the Linux driver can begin anywhere), peripheral
 * addresses lose the low bits.
 */

import { ObserverBit, Response } from "../../sim/observers";
import { accessTime } from "./access";
import { Kind, REQUESTS, Stm32DmaCore } from "./core";
import {
	fromMemory,
	isCopy,
	isEnabled,
	memoryLength,
	peripheralLength,
	peripheralReady,
	peripheralUnit,
	repeats,
	updateDraining,
} from "./moves";
import { Cr, Flag, isDirect, isLegal, memorySize, peripheralSize, priority, STREAMS } from "./registers";
import type { StreamState } from "./state";

const REQUEST_CYCLES = 3;

export abstract class Stm32DmaEngine extends Stm32DmaCore {
	requestChanged(handshake: number, active: boolean): void {
		if (!active || this.state.active === 0) return;
		const n = Math.floor(handshake / REQUESTS);
		const s = this.state.streams[n];
		if (s === undefined || !isEnabled(s) || handshake % REQUESTS !== this.selected(s)) return;
		this.checkRun(s, n);
		if (!this.moving) this.serve();
	}

	onEvent(kind: number, arg: number): void {
		const n = arg % STREAMS;
		const { state } = this;
		const s = state.streams[n]!;
		if (kind === Kind.LINE) {
			s.lineScheduled = false;
			this.driveLine(s, n);
			return;
		}
		state.busy[kind] = -1;
		if (s.generation === (arg - n) / STREAMS) {
			if (kind === Kind.MEMORY) this.completeMemory(s, n);
			else this.completePeripheral(s, n);
		}
		this.serve();
	}

	// Start and stop.

	protected enable(s: StreamState, n: number): void {
		const { observers } = this.machine;
		if (!isLegal(s.cr, s.fcr) && this.illegalRaises) {
			s.cr &= ~Cr.EN;
			this.raise(s, n, Flag.FEIF);
			return;
		}
		this.state.active++;
		s.disabling = false;
		s.segments = 0;
		if (s.ndtr === 0) s.ndtr = s.reload;
		if (observers.mask & ObserverBit.START) observers.start(this.index, n);
		this.begin(s, n);
	}

	/** Software clears EN: it reads 1 until nothing is in flight and what was read has been written. */
	protected disable(s: StreamState, n: number): void {
		s.disabling = true;
		this.settle(s, n);
	}

	private settle(s: StreamState, n: number): void {
		if (s.perBusy !== 0 || s.memBusy !== 0 || (!fromMemory(s) && s.fifoLevel !== 0)) return;
		this.stop(s, n);
		this.raise(s, n, Flag.TCIF);
	}

	/** EN falls; the FIFO is dropped. */
	protected stop(s: StreamState, n: number): void {
		s.cr &= ~Cr.EN;
		s.generation++;
		s.disabling = false;
		s.perBusy = 0;
		s.memBusy = 0;
		s.fifoLevel = 0;
		s.draining = false;
		this.state.active--;
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.DONE) observers.channelDone(this.index, n);
	}

	/** A bus error, or an address register written at the wrong time. */
	protected fail(s: StreamState, n: number): void {
		this.stop(s, n);
		this.raise(s, n, Flag.TEIF);
	}

	// Segments.

	private begin(s: StreamState, n: number): void {
		const { observers } = this.machine;
		s.length = s.ndtr * peripheralSize(s.cr);
		s.perBase = s.par - this.misaligned(s.par, peripheralSize(s.cr));
		s.memBase = s.cr & Cr.CT ? s.m1ar : s.m0ar;
		this.misaligned(s.memBase, memorySize(s.cr, s.fcr));
		s.perAddress = s.perBase;
		s.memAddress = s.memBase;
		s.perLeft = s.length;
		s.memLeft = s.length;
		s.primed = false;
		s.halfDone = false;
		s.bursts = 0;
		const [src, dst] = fromMemory(s) ? [s.memBase, s.perBase] : [s.perBase, s.memBase];
		if (observers.mask & ObserverBit.CHUNK) observers.chunk(this.index, n, -1, src, dst, s.length);
	}

	private misaligned(address: number, size: number): number {
		const rest = address % size;
		if (rest !== 0) this.warn("alignment", "an address is not a multiple of its item's size");
		return rest;
	}

	/** The last item of the segment has reached its destination. */
	private end(s: StreamState, n: number): void {
		s.segments++;
		if (s.disabling || !repeats(s)) this.stop(s, n);
		else {
			if (s.cr & Cr.DBM) s.cr ^= Cr.CT;
			s.ndtr = s.reload;
		}
		this.raise(s, n, Flag.TCIF);
		if (isEnabled(s)) this.begin(s, n);
	}

	// Requests.

	/** A new request that the FIFO is not ready for: an overrun or underrun. The request waits. */
	private checkRun(s: StreamState, n: number): void {
		if (s.disabling || s.perLeft === 0 || s.perBusy !== 0 || isCopy(s)) return;
		if (peripheralReady(s, peripheralUnit(s)) || (fromMemory(s) && !s.primed)) return;
		this.raise(s, n, isDirect(s.fcr) ? Flag.DMEIF : Flag.FEIF);
	}

	// Accesses.

	/** Gives each free port to the stream of the highest priority that can use it; among equals the lowest number. */
	protected serve(): void {
		const { active, busy } = this.state;
		if (active === 0) return;
		if (busy[Kind.PERIPHERAL] === -1) this.servePort(Kind.PERIPHERAL);
		if (busy[Kind.MEMORY] === -1) this.servePort(Kind.MEMORY);
	}

	private servePort(port: Kind): void {
		const { streams } = this.state;
		let winner = -1;
		let length = 0;
		for (let n = 0; n < STREAMS; n++) {
			const s = streams[n]!;
			if (!isEnabled(s) || (winner >= 0 && priority(s.cr) <= priority(streams[winner]!.cr))) continue;
			const bytes = port === Kind.MEMORY ? memoryLength(s) : peripheralLength(s, this.request(s, n));
			if (bytes === 0) continue;
			winner = n;
			length = bytes;
		}
		if (winner >= 0) this.start(port, winner, length);
	}

	private start(port: number, n: number, length: number): void {
		const { machine } = this;
		const s = this.state.streams[n]!;
		const memory = port === Kind.MEMORY;
		const beats = length / (memory ? memorySize(s.cr, s.fcr) : peripheralSize(s.cr));
		const address = memory ? s.memAddress : s.perAddress;
		const time = accessTime(machine, address, Math.ceil(beats), this.cyclePs);
		let ps = machine.bus.claim(address, memory !== fromMemory(s), time, machine.time);
		if (!memory && !isCopy(s)) ps += REQUEST_CYCLES * this.cyclePs;
		if (memory) s.memBusy = length;
		else s.perBusy = length;
		this.state.busy[port] = n;
		machine.schedule(machine.time + ps, this.index, port, s.generation * STREAMS + n);
	}

	private completeMemory(s: StreamState, n: number): void {
		const length = s.memBusy;
		const fixed = (s.cr & Cr.MINC) === 0;
		const item = memorySize(s.cr, s.fcr);
		s.memBusy = 0;
		const reads = fromMemory(s);
		const response = reads
			? this.intoFifo(s, n, s.memAddress, length, item, fixed)
			: this.outOfFifo(s, n, s.memAddress, length, Math.min(item, length), fixed);
		if (!reads || response !== Response.OKAY) this.report(s, n, length, response);
		if (response !== Response.OKAY) {
			this.fail(s, n);
			return;
		}
		s.memLeft -= length;
		if (!fixed) s.memAddress += length;
		if (reads) s.primed ||= isDirect(s.fcr) || memoryLength(s) === 0;
		else updateDraining(s);
		this.advance(s, n);
	}

	private completePeripheral(s: StreamState, n: number): void {
		const length = s.perBusy;
		const size = peripheralSize(s.cr);
		const increments = (s.cr & Cr.PINC) !== 0;
		// PINCOS: items lie in words of their own.
		const step = increments && s.cr & Cr.PINCOS ? Math.max(4, size) : size;
		s.perBusy = 0;
		const writes = fromMemory(s);
		let response = Response.OKAY;
		const piece = step === size ? length : size;
		for (let done = 0; done < length && response === Response.OKAY; done += piece) {
			const address = s.perAddress + (increments ? (done / size) * step : 0);
			response = writes
				? this.outOfFifo(s, n, address, piece, size, !increments)
				: this.intoFifo(s, n, address, piece, size, !increments);
		}
		if (writes || response !== Response.OKAY) this.report(s, n, length, response);
		if (response !== Response.OKAY) {
			this.fail(s, n);
			return;
		}
		s.perLeft -= length;
		s.ndtr = Math.ceil(s.perLeft / size);
		if (increments) s.perAddress += (length / size) * step;
		if (!writes) updateDraining(s);
		if (!s.halfDone && s.perLeft * 2 <= s.length) {
			s.halfDone = true;
			this.raise(s, n, Flag.HTIF);
		}
		this.acknowledge(s, n);
		this.advance(s, n);
	}

	/** Ends the segment or the stream when this was the last that it waited for. */
	private advance(s: StreamState, n: number): void {
		const done = s.perLeft === 0 && (fromMemory(s) || (s.memLeft === 0 && s.memBusy === 0));
		if (done && s.length > 0) this.end(s, n);
		else if (s.disabling) this.settle(s, n);
	}
}
