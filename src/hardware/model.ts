/** What every hardware model offers beside its bus interface. */

import type { BusTarget } from "../sim/bus";
import type { Component } from "../sim/component";
import type { RequestSource } from "../sim/requests";
import type { RegisterBank } from "./registers";

export interface HardwareModel extends Component, BusTarget, RegisterBank {
	/** Component index in the machine. */
	readonly index: number;
	/** What kind of model this is, for code that knows one of them. */
	readonly kind: string;
}

/** A device with a line to the outside world. */
export interface Peripheral extends HardwareModel, RequestSource {
	/** Bytes that arrive from outside, at the device's own rate, from when the line is free. */
	receive(bytes: Uint8Array): void;
	/** Removes and returns up to `max` bytes that have left the device completely, oldest first. */
	takeSent(max: number): Uint8Array;
	/** Connects the device's DMA request outputs (numbers of the machine's request lines, -1: not wired). */
	wireRequests(rxLine: number, txLine: number): void;
}

/** A DMA controller's channel as a debugger shows it. Addresses are bus addresses, lengths bytes. */
export interface ChannelView {
	channel: number;
	enabled: boolean;
	state: "idle" | "fetching" | "running" | "waiting" | "suspended" | "finishing" | "held";
	/** mem-to-mem, mem-to-dev, dev-to-mem, dev-to-dev. */
	direction: string;
	/** Address of the current linked-list item; -1 when there is none. */
	descriptor: number;
	/** Address of the next one; 0 at the end. */
	nextDescriptor: number;
	/** Where the next read and the next write go. */
	src: number;
	dst: number;
	blockSrc: number;
	blockDst: number;
	blockLength: number;
	/** Bytes of the block that have reached their destination. */
	blockDone: number;
	burstsDone: number;
	burstsTotal: number;
	/** Blocks finished since the channel was enabled. */
	blocksDone: number;
	priority: number;
	/** Handshake inputs, -1: memory side. */
	srcHandshake: number;
	dstHandshake: number;
	/** Bytes read but not yet written, oldest first. */
	fifo: Uint8Array;
	fifoDepth: number;
	/** In double buffer mode: where memory 0 and memory 1 begin, and which of them the hardware is in. */
	doubleBuffer?: { readonly addresses: readonly [number, number]; readonly live: 0 | 1 };
}

/** An item of a descriptor chain as the hardware reads it from memory. Addresses are bus addresses, lengths bytes. */
export interface ChainItem {
	readonly address: number;
	/** Where the CPU finds it: differs from the bus address where the bus has an alias. */
	readonly phys: number;
	/** Bytes that it takes in memory. */
	readonly size: number;
	/** What the manual calls such an item: "LLI", "node", "CB". */
	readonly name: string;
	readonly src: number;
	readonly dst: number;
	readonly length: number;
	/** Address of the next one; 0 at the end. */
	readonly next: number;
	/** Whether nothing comes behind it, whatever `next` says. */
	readonly last: boolean;
	/** What else there is to say of it, a word or two each: "last", "done", "interrupt". */
	readonly notes: readonly string[];
	/** Its words taken apart, in the order of memory. */
	readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** An instruction of a channel's program, or a piece of it that is none. */
export interface ProgramLine {
	readonly address: number;
	readonly bytes: Uint8Array;
	/** As the manual writes it: "DMALD", "DMAMOV SAR, 0x80000000". */
	readonly text: string;
}

/** What request lines can be connected to: a controller, or a router in front of one. */
export interface RequestTarget {
	/** Connects a peripheral to handshake input `handshake`; the request line's number. */
	connectRequest(source: RequestSource, handshake: number): number;
	/** The input that the cells of a `dmas` entry name, where that is not simply the first one. */
	requestInput?(cells: readonly number[]): number;
	/** How its manual would name what the cells of a `dmas` entry ask for, where that is not "request N". */
	requestName?(cells: readonly number[]): string;
}

/** A router in front of controllers: a table from its outputs to the request inputs that they listen to. */
export interface RequestRouter extends RequestTarget {
	readonly outputCount: number;
	/** The input of an output, 0: none. */
	inputOf(output: number): number;
}

export interface DmaController extends HardwareModel, RequestTarget {
	readonly channelCount: number;
	channelView(channel: number): ChannelView;
	/**
	 * Address on the system bus behind one that the controller uses, -1 where nothing answers; without it, they are the
	 * same.
	 */
	physical?(address: number): number;
	/** The item at a bus address, null where no memory is; without it, the controller reads no descriptors from memory. */
	readChainItem?(channel: number, address: number): ChainItem | null;
	/** The program that a channel runs, or ran last, by address; empty when there was none yet. */
	program?(channel: number): ProgramLine[];
	/** Where the channel is in its program; -1 when it is in none. */
	programCounter?(channel: number): number;
}
