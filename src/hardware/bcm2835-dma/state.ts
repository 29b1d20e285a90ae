/** State of the BCM2835 DMA controller: plain data. */

import type { BusPlace } from "../word-device";
import { ENABLE_ALL } from "./registers";

/** What a channel does. */
export enum Phase {
	/** Nothing to do, or nothing to do any more: CONBLK_AD is 0, or ACTIVE is. */
	IDLE,
	/** The control block at CONBLK_AD is to be loaded, or is on its way. */
	LOAD,
	/** The next access reads into the data register. */
	READ,
	/** The next access writes it out. */
	WRITE,
	/** Everything is written; the last response is awaited. */
	RESPONSE,
	/** A read has failed: RESET, or ABORT of the block. */
	FAILED,
}

export interface ChannelState {
	/** Registers. CS holds what software has written, END and INT; the rest is computed when it is read. */
	cs: number;
	conblkAd: number;
	ti: number;
	sourceAd: number;
	destAd: number;
	stride: number;
	nextconbk: number;
	/** Error bits of DEBUG. */
	debug: number;
	phase: Phase;
	/** Events of an older run of the channel are stale. */
	generation: number;
	/** An access or a load is in flight: bytes of it. */
	busy: number;
	/** The control block that runs: its address (-1: none), addresses and length; rows of a 2D transfer. */
	block: number;
	blockSrc: number;
	blockDst: number;
	blockLength: number;
	rowLength: number;
	/** Bytes left in this row, and rows left behind it. TXFR_LEN follows from them. */
	left: number;
	rows: number;
	/** Bytes in the data register. */
	held: number;
	/** Bytes of the block that have been written. */
	done: number;
	/** When the last write is answered, ps. */
	respondAt: number;
	/** Accesses that have written, of this block; blocks since the channel was started. */
	bursts: number;
	blocks: number;
	/** The order in which channels of equal priority have had their turn. */
	served: number;
	started: boolean;
	lineActive: boolean;
}

export interface Bcm2835DmaState {
	channels: ChannelState[];
	/** Channel that uses the read side (0) and the write side (1) of the bus; -1: free. */
	busy: number[];
	served: number;
	/** Channels that are not idle. */
	active: number;
	enable: number;
	warned: Record<string, boolean>;
}

/** A piece of the controller's address space and where it leads on the system bus. */
export interface BusWindow {
	readonly bus: number;
	readonly physical: number;
	readonly size: number;
}

export interface Bcm2835DmaConfig extends BusPlace {
	/** Interrupt line of each channel; -1 or absent when not connected. */
	interrupts: readonly number[];
	/** The line that any channel raises, too; -1: not connected. */
	sharedInterrupt?: number;
	/** Channels from this number on are lite ones; 7. */
	firstLite?: number;
	/** How the controller's addresses lead to the system bus; none: they are the same. */
	windows?: readonly BusWindow[];
	/** Picoseconds of an AXI cycle; 4000 (250 MHz). */
	cyclePs?: number;
	/** A failed read stops the channel (true), or reads zeros. */
	stopOnReadError?: boolean;
}

export const newChannel = (): ChannelState => ({
	cs: 0,
	conblkAd: 0,
	ti: 0,
	sourceAd: 0,
	destAd: 0,
	stride: 0,
	nextconbk: 0,
	debug: 0,
	phase: Phase.IDLE,
	generation: 0,
	busy: 0,
	block: -1,
	blockSrc: 0,
	blockDst: 0,
	blockLength: 0,
	rowLength: 0,
	left: 0,
	rows: 0,
	held: 0,
	done: 0,
	respondAt: 0,
	bursts: 0,
	blocks: 0,
	served: 0,
	started: false,
	lineActive: false,
});

export const newState = (channels: number): Bcm2835DmaState => ({
	channels: Array.from({ length: channels }, newChannel),
	busy: [-1, -1],
	served: 0,
	active: 0,
	enable: ENABLE_ALL,
	warned: {},
});
