/**
 * RDC R6040 Fast Ethernet MAC: two rings of descriptors in memory, which it reads and writes as a bus master (reference
 * 7.4). A descriptor is status and len (16 bits each), buf and ndesc; OWNER_MAC says whose it is. Where no source says
 * what the chip does: a frame enters the receive FIFO when it is complete and leaves it when it is in memory; one that
 * finds no descriptor, or no room in the FIFO, is lost; a descriptor's address register is where the MAC goes on from as
 * soon as it is written; what cannot be read from memory goes out as nothing and is an under-run.
 */

import type { Machine } from "../../sim/machine";
import { Response } from "../../sim/observers";
import { LinePeripheral, type LineState, newLine, type PeripheralConfig } from "../line-peripheral";
import { frameCheckSequence } from "./ethernet";
import { acceptance, lengthErrors } from "./filter";
import { type FrameQueue, firstFrame, newFrames, pushFrame, takeFrame, takePart } from "./frames";
import { readMemory, writeMemory } from "./memory";
import {
	DESCRIPTOR_BYTES,
	Event,
	MCR1_RESET,
	Mcr0,
	MLSR_UNDERRUN,
	MTPR_POLL,
	Offset,
	REGISTER_BYTES,
	r6040Registers,
	Status,
} from "./registers";

export interface R6040Config extends PeripheralConfig {
	/** Bits a second on the line; 100 million. */
	lineRate?: number;
	/** Picoseconds of a cycle of its bus; 30303 (33 MHz). */
	cyclePs?: number;
	/** Bytes of the receive FIFO; 2048. */
	rxFifo?: number;
	/** Every n-th frame that comes in is damaged; 0: none. */
	crcErrorEvery?: number;
}

interface R6040State extends LineState {
	registers: Uint16Array;
	misr: number;
	/** Addresses of the descriptors that are next. */
	rxAt: number;
	txAt: number;
	/** Frames that come in from outside, those in the receive FIFO, and those that went out. */
	arriving: FrameQueue;
	received: FrameQueue;
	/** Bit i of a frame in the FIFO: what the filter and the line said of it. */
	receivedStatus: number[];
	gone: FrameQueue;
	onLine: boolean;
	storing: boolean;
	sending: boolean;
	/** Events of the time before a reset are stale. */
	generation: number;
	/** The descriptor in work on each side, as it was read: status, len, buf, ndesc. */
	rxDescriptor: number[];
	txDescriptor: number[];
	/** Bytes of the frame that is being sent; 0 when it could not be read. */
	txLength: number;
	arrived: number;
}

enum Kind {
	ARRIVED,
	RX_FETCHED,
	RX_STORED,
	TX_FETCHED,
	TX_LOADED,
	TX_SENT,
}

/** Preamble and gap around a frame on the line, and its check sequence. */
const LINE_OVERHEAD = 20;
const FCS_BYTES = 4;
const MOST_FRAME = 2048;
const WORD = 4;

export class R6040 extends LinePeripheral<R6040State> {
	readonly kind = "r6040";
	private readonly byteTime: number;
	private readonly cyclePs: number;
	private readonly rxFifo: number;
	private readonly crcErrorEvery: number;
	/** Pool offsets: a frame on its way out, one on its way in, a descriptor. */
	private readonly txPool: number;
	private readonly rxPool: number;
	private readonly descriptorPool: number;

	constructor(machine: Machine, config: R6040Config) {
		super(machine, config, r6040Registers(), {
			...newLine(),
			registers: resetValues(),
			misr: 0,
			rxAt: 0,
			txAt: 0,
			arriving: newFrames(),
			received: newFrames(),
			receivedStatus: [],
			gone: newFrames(),
			onLine: false,
			storing: false,
			sending: false,
			generation: 0,
			rxDescriptor: [0, 0, 0, 0],
			txDescriptor: [0, 0, 0, 0],
			txLength: 0,
			arrived: 0,
		});
		this.byteTime = Math.round(8e12 / (config.lineRate ?? 100e6));
		this.cyclePs = config.cyclePs ?? 30303;
		this.rxFifo = config.rxFifo ?? 2048;
		this.crcErrorEvery = config.crcErrorEvery ?? 0;
		this.txPool = machine.memory.allocateHidden(MOST_FRAME);
		this.rxPool = machine.memory.allocateHidden(MOST_FRAME);
		this.descriptorPool = machine.memory.allocateHidden(DESCRIPTOR_BYTES);
	}

	/**
	 * One call is one frame, from destination address to the end of its data, 2044 bytes at most. The check sequence
	 * comes by itself.
	 */
	override receive(bytes: Uint8Array): void {
		pushFrame(this.state.arriving, bytes.slice(0, MOST_FRAME - FCS_BYTES));
		this.nextArrival();
	}

	/** One call gives one frame, or the next part of it when `max` is too small for it. Without the check sequence. */
	override takeSent(max: number): Uint8Array {
		return takePart(this.state.gone, max);
	}

	onEvent(kind: number, arg: number): void {
		if (kind === Kind.ARRIVED) this.arrived();
		else if (arg === this.state.generation)
			switch (kind as Exclude<Kind, Kind.ARRIVED>) {
				case Kind.RX_FETCHED:
					this.rxFetched();
					break;
				case Kind.RX_STORED:
					this.rxStored();
					break;
				case Kind.TX_FETCHED:
					this.txFetched();
					break;
				case Kind.TX_LOADED:
					this.txLoaded();
					break;
				case Kind.TX_SENT:
					this.txSent();
					break;
			}
		this.update();
	}

	/** Bus interface: 16-bit registers; an access of 4 bytes is two of them, one of 1 byte a part of one. */
	read(offset: number, size: number): number {
		const value = this.peek(offset, size);
		if (offset < Offset.MISR + 2 && Offset.MISR < offset + size) {
			this.state.misr = 0;
			this.update();
		}
		return value;
	}

	write(offset: number, size: number, value: number): void {
		if (size === 1) {
			const at = offset - (offset % 2);
			const shift = 8 * (offset % 2);
			this.writeHalf(at, (this.peekHalf(at) & ~(0xff << shift)) | ((value & 0xff) << shift));
		} else for (let done = 0; done < size; done += 2) this.writeHalf(offset + done, (value >>> (8 * done)) & 0xffff);
		this.update();
	}

	peek(offset: number, size: number): number {
		const low = this.peekHalf(offset - (offset % 2));
		if (size === 1) return (low >>> (8 * (offset % 2))) & 0xff;
		return size === 2 ? low : ((this.peekHalf(offset + 2) << 16) | low) >>> 0;
	}

	protected update(): void {
		const { misr, registers } = this.state;
		this.driveInterrupt((misr & registers[Offset.MIER / 2]!) !== 0);
	}

	/** The next frame comes in as soon as the one before is over. */
	protected nextArrival(): void {
		const { state } = this;
		const length = state.arriving.lengths[0];
		if (state.onLine || length === undefined) return;
		state.onLine = true;
		this.after((length + FCS_BYTES + LINE_OVERHEAD) * this.byteTime, Kind.ARRIVED);
	}

	private register(offset: Offset): number {
		return this.state.registers[offset / 2]!;
	}

	private peekHalf(offset: number): number {
		if (offset === Offset.MISR) return this.state.misr;
		return this.state.registers[offset / 2] ?? 0;
	}

	private writeHalf(offset: number, value: number): void {
		const { state } = this;
		switch (offset) {
			case Offset.MCR1:
				if (value & MCR1_RESET) this.reset();
				return;
			case Offset.MTPR:
				if (value & MTPR_POLL) this.poll();
				return;
			case Offset.MISR:
			case Offset.MLSR:
			case Offset.MMRD:
			case Offset.MMDIO:
			case Offset.MAC_ID:
				return;
		}
		if (offset >= REGISTER_BYTES) return;
		state.registers[offset / 2] = value;
		if (offset === Offset.MTD_SA0 || offset === Offset.MTD_SA1)
			state.txAt = this.register(Offset.MTD_SA1) * 0x10000 + this.register(Offset.MTD_SA0);
		if (offset === Offset.MRD_SA0 || offset === Offset.MRD_SA1)
			state.rxAt = this.register(Offset.MRD_SA1) * 0x10000 + this.register(Offset.MRD_SA0);
		if (offset === Offset.MCR0 && value & Mcr0.RCVEN) this.store();
	}

	/** Everything to its reset value; what is on the line goes on. MCR1 then reads 1. */
	private reset(): void {
		const { state } = this;
		state.generation++;
		state.registers = resetValues();
		state.registers[Offset.MCR1 / 2] = MCR1_RESET;
		state.misr = 0;
		state.received = newFrames();
		state.receivedStatus = [];
		state.storing = false;
		state.sending = false;
	}

	// Receiving.

	/** A frame is complete on the line. */
	private arrived(): void {
		const { state } = this;
		state.onLine = false;
		const frame = takeFrame(state.arriving) ?? new Uint8Array(0);
		state.arrived++;
		this.nextArrival();
		const mcr0 = this.register(Offset.MCR0);
		if ((mcr0 & Mcr0.RCVEN) === 0) return;
		let status = acceptance(state.registers, frame);
		if (status < 0) return;
		status |= lengthErrors(frame.length + FCS_BYTES, this.register(Offset.MR_BSR));
		if (this.crcErrorEvery > 0 && state.arrived % this.crcErrorEvery === 0) status |= Status.RX_ERR_CRC;
		if (state.received.bytes.length + frame.length + FCS_BYTES > this.rxFifo) {
			state.misr |= Event.RX_FIFO_FULL;
			return;
		}
		pushFrame(state.received, Uint8Array.from([...frame, ...frameCheckSequence(frame)]));
		state.receivedStatus.push(status);
		this.store();
	}

	/** Begins to move the oldest frame of the FIFO to memory. */
	private store(): void {
		const { state } = this;
		if (state.storing || state.received.lengths.length === 0) return;
		state.storing = true;
		this.after(this.readTime(state.rxAt, DESCRIPTOR_BYTES), Kind.RX_FETCHED, state.generation);
	}

	private rxFetched(): void {
		const { state } = this;
		const descriptor = this.fetch(state.rxAt);
		if (descriptor === null || (descriptor[0]! & Status.OWNER_MAC) === 0) {
			state.misr |= Event.RX_NO_DESC;
			this.nextFrame();
			return;
		}
		state.rxDescriptor = descriptor;
		const length = state.received.lengths[0] ?? 0;
		const words = Math.ceil(Math.min(length, this.register(Offset.MR_BSR)) / WORD);
		const { bus, time } = this.machine;
		this.after(bus.claim(descriptor[2]!, true, words * this.cyclePs, time), Kind.RX_STORED, state.generation);
	}

	private rxStored(): void {
		const { state } = this;
		const { memory } = this.machine;
		const frame = firstFrame(state.received);
		const [, , buffer, next] = state.rxDescriptor as [number, number, number, number];
		const length = Math.min(frame.length, this.register(Offset.MR_BSR));
		if (memory.writable[this.rxPool >>> 12] === 0) memory.touch(this.rxPool >>> 12);
		memory.u8.set(frame, this.rxPool);
		const errors = Status.RX_ERR_BUF | Status.RX_ERR_LONG | Status.RX_ERR_RUNT | Status.RX_ERR_CRC;
		const seen = state.receivedStatus[0] ?? 0;
		const status = seen | (seen & errors ? Status.RX_ERR : Status.RX_OK);
		const stored = writeMemory(this.machine, buffer, length, this.rxPool) === Response.OKAY;
		if (stored && this.writeBack(state.rxAt, status, frame.length)) state.misr |= Event.RX_FINISH;
		else state.misr |= Event.RX_FIFO_FULL;
		state.rxAt = next;
		this.nextFrame();
	}

	/** The oldest frame has left the FIFO. */
	private nextFrame(): void {
		const { state } = this;
		takeFrame(state.received);
		state.receivedStatus.shift();
		state.storing = false;
		this.store();
	}

	// Sending.

	/** Looks at the next descriptor, unless a frame is on its way. */
	private poll(): void {
		const { state } = this;
		if (state.sending || (this.register(Offset.MCR0) & Mcr0.XMTEN) === 0) return;
		state.sending = true;
		this.after(this.readTime(state.txAt, DESCRIPTOR_BYTES), Kind.TX_FETCHED, state.generation);
	}

	private txFetched(): void {
		const { state } = this;
		const descriptor = this.fetch(state.txAt);
		if (descriptor === null || (descriptor[0]! & Status.OWNER_MAC) === 0) {
			state.sending = false;
			return;
		}
		state.txDescriptor = descriptor;
		this.after(this.readTime(descriptor[2]!, descriptor[1]!), Kind.TX_LOADED, state.generation);
	}

	private txLoaded(): void {
		const { state } = this;
		const [, length, buffer] = state.txDescriptor as [number, number, number];
		const size = Math.min(length, MOST_FRAME);
		state.txLength = readMemory(this.machine, buffer, size, this.txPool) === Response.OKAY ? size : 0;
		this.after((state.txLength + FCS_BYTES + LINE_OVERHEAD) * this.byteTime, Kind.TX_SENT, state.generation);
	}

	private txSent(): void {
		const { state } = this;
		const { u8 } = this.machine.memory;
		const [, length, , next] = state.txDescriptor as [number, number, number, number];
		if (state.txLength > 0) pushFrame(state.gone, u8.slice(this.txPool, this.txPool + state.txLength));
		state.registers[Offset.MLSR / 2] = state.txLength > 0 ? 0 : MLSR_UNDERRUN;
		this.writeBack(state.txAt, 0, length);
		state.misr |= Event.TX_FINISH;
		state.txAt = next;
		state.sending = false;
		this.poll();
	}

	// Memory.

	private readTime(address: number, length: number): number {
		const { bus, time } = this.machine;
		const ps = bus.readLatency(address, this.cyclePs) + Math.ceil(length / WORD) * this.cyclePs;
		return bus.claim(address, false, ps, time);
	}

	/** status, len, buf and ndesc of the descriptor at an address; null when it cannot be read. */
	private fetch(address: number): number[] | null {
		const pool = this.descriptorPool;
		if (readMemory(this.machine, address, DESCRIPTOR_BYTES, pool) !== Response.OKAY) return null;
		const { u32 } = this.machine.memory;
		const first = u32[pool >>> 2]!;
		return [first & 0xffff, first >>> 16, u32[(pool >>> 2) + 1]!, u32[(pool >>> 2) + 2]!];
	}

	/** Gives a descriptor back: status and len in one write. */
	private writeBack(address: number, status: number, length: number): boolean {
		const { memory } = this.machine;
		const pool = this.descriptorPool;
		if (memory.writable[pool >>> 12] === 0) memory.touch(pool >>> 12);
		memory.u32[pool >>> 2] = (status | (length << 16)) >>> 0;
		return writeMemory(this.machine, address, WORD, pool) === Response.OKAY;
	}
}

function resetValues(): Uint16Array {
	const values = new Uint16Array(REGISTER_BYTES / 2);
	for (const { offset, reset } of r6040Registers()) values[offset / 2] = reset;
	return values;
}
