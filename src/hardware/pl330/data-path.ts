/** PL330: the read and the write queue, and the MFIFO between them. */

import { toBoundary, WRITE_RESPONSE_CYCLES } from "../../sim/bus";
import { ObserverBit, Response } from "../../sim/observers";
import { Kind, Pl330Core, Waits } from "./core";
import { burstBytes } from "./instructions";
import { Fault, Status } from "./registers";
import { ENTRY, ENTRY_PERIPHERAL_SHIFT, ENTRY_SWAP_SHIFT, Entry, type ThreadState } from "./state";

/** What became of a load or store. */
export enum Outcome {
	DONE,
	/** The instruction is to be tried again when a load is over (BUSY_READ), or a store. */
	BUSY_READ,
	BUSY_WRITE,
	FAULT,
}

export abstract class Pl330DataPath extends Pl330Core {
	/** Puts a load into the read queue; `flags` are those of its entry. */
	protected load(n: number, beats: number, size: number, increments: boolean, flags: number): Outcome {
		const { state, machine } = this;
		const c = state.threads[n]!;
		const length = burstBytes(c.sar, size, beats, increments);
		if (size > this.busBytes) return this.refuse(n, Fault.OPERAND_INVALID);
		if (length > this.fifoBytes) return this.refuse(n, Fault.MFIFO_ERR);
		if (state.reads >= this.queueDepth) return Outcome.BUSY_READ;
		if (!this.fits(n, length)) {
			this.detectLockup(n);
			return c.status === Status.EXECUTING ? Outcome.BUSY_WRITE : Outcome.FAULT;
		}
		const at = ENTRY * ((c.readFirst + c.readCount) % this.queueDepth);
		c.reads[at] = c.sar;
		c.reads[at + 1] = length;
		c.reads[at + 2] = size;
		c.reads[at + 3] = flags | (increments ? 0 : Entry.FIXED);
		c.readCount++;
		c.reserved += length;
		c.loaded += length;
		state.reads++;
		const ps = machine.bus.readLatency(c.sar, this.cyclePs) + this.beatsOf(c.sar, length, size) * this.cyclePs;
		// Bursts of one channel have one AXI ID: their data come in order.
		c.readEnd = Math.max(c.readEnd, machine.time + machine.bus.claim(c.sar, false, ps, machine.time));
		machine.schedule(c.readEnd, this.index, Kind.READ, n);
		if (increments) c.sar = (c.sar + length) >>> 0;
		if (flags & Entry.PERIPHERAL) c.acknowledges++;
		return Outcome.DONE;
	}

	/** Puts a store into the write queue: it goes to the bus when its bytes are in the MFIFO. */
	protected store(n: number, beats: number, size: number, increments: boolean, flags: number): Outcome {
		const { state } = this;
		const c = state.threads[n]!;
		const length = burstBytes(c.dar, size, beats, increments);
		if (size > this.busBytes) return this.refuse(n, Fault.OPERAND_INVALID);
		if ((flags & Entry.ZEROS) === 0) {
			if (length > this.fifoBytes) return this.refuse(n, Fault.MFIFO_ERR);
			if (c.fifoLevel + c.reserved - c.committed < length) return this.refuse(n, Fault.ST_DATA_UNAVAILABLE);
		}
		if (state.writes >= this.queueDepth) return Outcome.BUSY_WRITE;
		const at = ENTRY * ((c.writeFirst + c.writeCount) % this.queueDepth);
		c.writes[at] = c.dar;
		c.writes[at + 1] = length;
		c.writes[at + 2] = size;
		c.writes[at + 3] = flags | (increments ? 0 : Entry.FIXED);
		c.writeCount++;
		if ((flags & Entry.ZEROS) === 0) c.committed += length;
		state.writes++;
		if (increments) c.dar = (c.dar + length) >>> 0;
		if (flags & Entry.PERIPHERAL) c.acknowledges++;
		this.beginStore(n);
		return Outcome.DONE;
	}

	/** The oldest load's data are here. */
	protected completeRead(n: number): void {
		const { state, machine } = this;
		const c = state.threads[n]!;
		const at = ENTRY * c.readFirst;
		const address = c.reads[at]!;
		const length = c.reads[at + 1]!;
		const size = c.reads[at + 2]!;
		const flags = c.reads[at + 3]!;
		const pool = this.roomFor(n, length);
		const response = this.move(false, address, length, size, (flags & Entry.FIXED) !== 0, pool);
		c.readFirst = (c.readFirst + 1) % this.queueDepth;
		c.readCount--;
		c.reserved -= length;
		state.reads--;
		if (response === Response.OKAY) {
			swap(machine.memory.u8, pool, length, flags >>> ENTRY_SWAP_SHIFT);
			c.fifoLevel += length;
			c.fifoSource = flags & Entry.FIXED ? -1 : address + length;
			this.tellLevel(n, c);
		} else this.report(n, address, c.dar, length, size, response);
		if (flags & Entry.PERIPHERAL) this.acknowledge(c, flags);
		if (response !== Response.OKAY) this.fault(n, Fault.DATA_READ_ERR);
		this.beginStore(n);
		this.settle(n);
		this.retry(Waits.READ);
	}

	/** The oldest store has been answered. */
	protected completeWrite(n: number): void {
		const { state } = this;
		const c = state.threads[n]!;
		const at = ENTRY * c.writeFirst;
		const address = c.writes[at]!;
		const length = c.writes[at + 1]!;
		const size = c.writes[at + 2]!;
		const flags = c.writes[at + 3]!;
		const zeros = (flags & Entry.ZEROS) !== 0;
		const pool = zeros ? this.zeroPool : this.fifo(n) + c.fifoHead;
		const response = this.move(true, address, length, size, (flags & Entry.FIXED) !== 0, pool);
		const source = c.fifoSource < 0 || zeros ? c.sar : c.fifoSource - c.fifoLevel;
		c.writeFirst = (c.writeFirst + 1) % this.queueDepth;
		c.writeCount--;
		c.writing = false;
		state.writes--;
		if (!zeros) {
			c.committed -= length;
			c.fifoHead += length;
			c.fifoLevel -= length;
		}
		if (response === Response.OKAY) c.stored += length;
		c.bursts++;
		this.report(n, source, address, length, size, response);
		this.tellLevel(n, c);
		if (flags & Entry.PERIPHERAL) this.acknowledge(c, flags);
		if (response !== Response.OKAY) this.fault(n, Fault.DATA_WRITE_ERR);
		this.beginStore(n);
		this.settle(n);
		this.retry(Waits.WRITE);
	}

	/** Pool offset of a channel's part of the MFIFO. */
	protected fifo(n: number): number {
		return this.fifoPool + 2 * this.fifoBytes * n;
	}

	private refuse(n: number, why: number): Outcome {
		this.fault(n, why);
		return Outcome.FAULT;
	}

	/** Beats of a burst: one that begins inside of a beat has it, too. */
	private beatsOf(address: number, length: number, size: number): number {
		return Math.ceil(((address % size) + length) / size);
	}

	/** Sends the oldest store to the bus, when it is not there and its bytes are here. */
	private beginStore(n: number): void {
		const { machine } = this;
		const c = this.state.threads[n]!;
		if (c.writing || c.writeCount === 0) return;
		const at = ENTRY * c.writeFirst;
		const address = c.writes[at]!;
		const length = c.writes[at + 1]!;
		if ((c.writes[at + 3]! & Entry.ZEROS) === 0 && c.fifoLevel < length) return;
		c.writing = true;
		const ps = (this.beatsOf(address, length, c.writes[at + 2]!) + WRITE_RESPONSE_CYCLES) * this.cyclePs;
		const turn = machine.bus.claim(address, true, ps, machine.time);
		machine.schedule(machine.time + turn, this.index, Kind.WRITTEN, n);
	}

	/** Entries of the MFIFO that a channel's bytes take, those on their way and `more` included. */
	private entriesOf(c: ThreadState, more: number): number {
		return Math.ceil((c.fifoLevel + c.reserved + more) / this.busBytes);
	}

	private fits(n: number, length: number): boolean {
		const { threads } = this.state;
		let used = 0;
		for (let other = 0; other < this.channelCount; other++)
			used += this.entriesOf(threads[other]!, other === n ? length : 0);
		return used <= this.bufferDepth;
	}

	/** Nothing is on its way, and every channel with bytes in the MFIFO waits for room there: none of them can go on. */
	private detectLockup(n: number): void {
		const { state } = this;
		if (state.reads > 0 || state.writes > 0) return;
		const stuck: number[] = [];
		for (let other = 0; other < this.channelCount; other++) {
			const c = state.threads[other]!;
			const waits = other === n || c.status === Status.QUEUE_BUSY;
			if (c.fifoLevel > 0 && !waits) return;
			if (waits) stuck.push(other);
		}
		for (const other of stuck) this.fault(other, Fault.LOCKUP_ERR);
	}

	/** Pool offset behind a channel's bytes, with room for `length` more. */
	private roomFor(n: number, length: number): number {
		const { memory } = this.machine;
		const c = this.state.threads[n]!;
		const start = this.fifo(n);
		const whole = 2 * this.fifoBytes;
		for (let page = start >>> 12; page <= (start + whole - 1) >>> 12; page++) memory.touch(page);
		if (c.fifoLevel === 0) c.fifoHead = 0;
		else if (c.fifoHead + c.fifoLevel + length > whole) {
			memory.u8.copyWithin(start, start + c.fifoHead, start + c.fifoHead + c.fifoLevel);
			c.fifoHead = 0;
		}
		return start + c.fifoHead + c.fifoLevel;
	}

	/** Moves a burst over the bus, in two where it crosses 4 KiB. */
	private move(write: boolean, address: number, length: number, size: number, fixed: boolean, pool: number): Response {
		const { bus } = this.machine;
		for (let done = 0; done < length; ) {
			const piece = fixed ? length : Math.min(length - done, toBoundary(address + done));
			const item = fixed ? size : Math.min(size, piece);
			const response = write
				? bus.burstWrite(address + done, piece, item, fixed, pool + done)
				: bus.burstRead(address + done, piece, item, fixed, pool + done);
			if (response !== Response.OKAY) return response;
			done += piece;
		}
		return Response.OKAY;
	}

	/** Tells the peripheral that what it asked for is done; it may ask again. */
	private acknowledge(c: ThreadState, flags: number): void {
		const peripheral = (flags >>> ENTRY_PERIPHERAL_SHIFT) & 31;
		c.acknowledges--;
		this.machine.requests.acknowledge(this.lineOf(peripheral));
		this.wakePeripheral(peripheral);
	}

	/** One report for each store, and for a load that fails. */
	private report(n: number, src: number, dst: number, length: number, size: number, response: Response): void {
		const { observers } = this.machine;
		if ((observers.mask & ObserverBit.BURST) === 0) return;
		observers.burst(this.index, n, src, dst, length, this.beatsOf(dst, length, size), response);
	}

	private tellLevel(n: number, c: ThreadState): void {
		const { observers } = this.machine;
		if (observers.mask & ObserverBit.LEVEL) observers.level(this.index, n, c.fifoLevel, this.fifoBytes);
	}
}

/** Turns the bytes of each whole unit round. */
function swap(u8: Uint8Array, at: number, length: number, unit: number): void {
	if (unit <= 1) return;
	for (let first = at; first + unit <= at + length; first += unit)
		for (let low = first, high = first + unit - 1; low < high; low++, high--) {
			const byte = u8[low]!;
			u8[low] = u8[high]!;
			u8[high] = byte;
		}
}
