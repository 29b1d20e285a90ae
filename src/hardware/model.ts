/** What every hardware model offers beside its bus interface. */

import type { BusTarget } from "../sim/bus";
import type { Component } from "../sim/component";
import type { RequestSource } from "../sim/requests";
import type { RegisterBank } from "./registers";

export interface HardwareModel extends Component, BusTarget, RegisterBank {
	/** Component index in the machine. */
	readonly index: number;
	/** What kind of model this is, for code that knows one of them. */
	readonly kind: "dw-axi-dmac" | "ns16550" | "sim-fifo" | "sim-mem2mem" | "stm32-dma" | "stm32-dmamux" | "stm32-usart";
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
}

/** What request lines can be connected to: a controller, or a router in front of one. */
export interface RequestTarget {
	/** Connects a peripheral to handshake input `handshake`; the request line's number. */
	connectRequest(source: RequestSource, handshake: number): number;
	/** The input that the cells of a `dmas` entry name, where that is not simply the first one. */
	requestInput?(cells: readonly number[]): number;
}

export interface DmaController extends HardwareModel, RequestTarget {
	readonly channelCount: number;
	channelView(channel: number): ChannelView;
}
