/** State of the PL330: plain data. */

import type { BusTarget } from "../../sim/bus";
import { Status } from "./registers";

/** Numbers of a queue's entry: address, bytes, bytes of a beat, `Entry` bits. */
export const ENTRY = 4;
export enum Entry {
	/** The address stays the same. */
	FIXED = 1,
	/** The peripheral whose number is in bits 8 to 12 is told when it is over. */
	PERIPHERAL = 2,
	/** Zeros are written; the MFIFO is not touched. */
	ZEROS = 4,
}
/** Where an entry has its peripheral and the bytes of a unit to be swapped. */
export const ENTRY_PERIPHERAL_SHIFT = 8;
export const ENTRY_SWAP_SHIFT = 16;

/** The manager, or a channel. */
export interface ThreadState {
	status: Status;
	pc: number;
	/** Address of the program that it was started with; -1 before the first one. */
	entry: number;
	nonSecure: boolean;
	sar: number;
	dar: number;
	ccr: number;
	/** Loop counters. */
	lc0: number;
	lc1: number;
	/** What the last WFP has seen: a burst request (true), or a single one. */
	burstRequest: boolean;
	/** Event, peripheral or kind of transfer (`Waits`) that it waits for, and the first byte of the WFP. */
	waitsFor: number;
	waitOpcode: number;
	/** LDPs and STPs that are not over: the peripheral does not know of them yet. */
	acknowledges: number;
	/** A line of the instruction cache is on its way. */
	fetching: boolean;
	/** The two lines that it has fetched last, which it keeps whatever others do to the cache; -1: none. */
	line: number;
	lineBefore: number;
	/** FTR, as a signed number. */
	fault: number;
	/** Loads on the bus: a ring of entries. `reserved` bytes will come from them, the last of them at `readEnd` (ps). */
	reads: Float64Array;
	readFirst: number;
	readCount: number;
	reserved: number;
	readEnd: number;
	/** Stores, in order; the first one is on the bus when `writing`. They will take `committed` bytes. */
	writes: Float64Array;
	writeFirst: number;
	writeCount: number;
	writing: boolean;
	committed: number;
	/** Bytes in the MFIFO: `fifoLevel` of them from `fifoHead` in the channel's buffer. */
	fifoHead: number;
	fifoLevel: number;
	/** Where the byte behind the newest one would come from; -1 when its address is fixed. */
	fifoSource: number;
	/** Since DMAGO. */
	loaded: number;
	stored: number;
	bursts: number;
	/** Programs that have reached their END. */
	programs: number;
}

export interface Pl330State {
	/** The channels, and the manager behind them. */
	threads: ThreadState[];
	/** Thread that ran last, and whether the next instruction is scheduled. */
	last: number;
	scheduled: boolean;
	/** Loads and stores of all channels in the queues. */
	reads: number;
	writes: number;
	inten: number;
	/** Events that nobody has waited for yet, and interrupts that are active. */
	events: number;
	interrupts: number;
	abortActive: boolean;
	debugBusy: boolean;
	debug0: number;
	debug1: number;
	watchdog: number;
	/** Instruction cache: address of each line, or -1, and the thread that it belongs to; the line to be replaced next. */
	cacheLines: Float64Array;
	cacheOwners: Int8Array;
	cacheNext: number;
	warned: Record<string, boolean>;
}

export interface Pl330Config extends Pick<BusTarget, "name" | "base" | "size"> {
	/**
	 * Interrupt lines: the abort line, then one for each event, as far as they are connected. A single one is all of them.
	 */
	interrupts: readonly number[];
	/** Replaces the 8 cycles of a foreign DMA master's read of these registers when not negative. */
	readLatencyPs?: number;
	/** Picoseconds of a cycle; 4500 (222 MHz). */
	cyclePs?: number;
	/** 1 to 8; 8. */
	channels?: number;
	/** Peripheral request inputs, 0 to 32; 4. */
	peripherals?: number;
	/** 1 to 32; 16. */
	events?: number;
	/** log2 of the bus width in bytes: 2 to 4; 3. */
	dataWidth?: number;
	/** Entries of the MFIFO, each as wide as the bus: 1 to 1024; 128. */
	bufferDepth?: number;
	/** Entries of the read and of the write queue; 8. */
	queueDepth?: number;
	/** PERIPH_ID's revision: 0 r0p0, 1 r1p0, 2 r1p1; 2. */
	revision?: number;
	/** The manager is non-secure after reset; so are the events and peripherals of these masks. */
	managerNonSecure?: boolean;
	eventsNonSecure?: number;
	peripheralsNonSecure?: number;
	/** Address of a program that the manager runs from reset on; -1: it waits for the debug port. */
	bootAddress?: number;
}

export const newThread = (queueDepth: number, nonSecure: boolean): ThreadState => ({
	status: Status.STOPPED,
	pc: 0,
	entry: -1,
	nonSecure,
	sar: 0,
	dar: 0,
	ccr: 0,
	lc0: 0,
	lc1: 0,
	burstRequest: false,
	waitsFor: 0,
	waitOpcode: 0,
	acknowledges: 0,
	fetching: false,
	line: -1,
	lineBefore: -1,
	fault: 0,
	reads: new Float64Array(ENTRY * queueDepth),
	readFirst: 0,
	readCount: 0,
	reserved: 0,
	readEnd: 0,
	writes: new Float64Array(ENTRY * queueDepth),
	writeFirst: 0,
	writeCount: 0,
	writing: false,
	committed: 0,
	fifoHead: 0,
	fifoLevel: 0,
	fifoSource: -1,
	loaded: 0,
	stored: 0,
	bursts: 0,
	programs: 0,
});
