/** State of the DesignWare AXI DMAC: plain data. */

import type { BusTarget } from "../../sim/bus";

/** What a channel does. */
export enum Phase {
	IDLE = 0,
	/** Enabled, waiting for the moment of the next item's fetch. */
	BEFORE_FETCH = 1,
	FETCH = 2,
	RUN = 3,
	/** Writing the finished item back. */
	BLOCK_END = 4,
	/** The item was not valid: waits for a resume request. */
	HOLD = 5,
}

export interface ChannelState {
	phase: Phase;
	/** Changes with every end of a transfer: events of an older one are stale. */
	generation: number;
	suspend: boolean;
	suspended: boolean;
	disabling: boolean;
	/** BEFORE_FETCH was reached while suspended. */
	fetchHeld: boolean;
	started: boolean;
	/** SAR and DAR: where the next read and write go. */
	src: number;
	dst: number;
	blockTs: number;
	ctlLow: number;
	ctlHigh: number;
	cfgLow: number;
	cfgHigh: number;
	/** LLP: the next item. */
	llp: number;
	/** The item that was loaded last; -1 for none. */
	lli: number;
	statusEnable: number;
	status: number;
	signalEnable: number;
	/** The running block, in bytes. `read` and `written` count bytes of bursts that have ended. */
	blockSrc: number;
	blockDst: number;
	blockBytes: number;
	read: number;
	written: number;
	blocks: number;
	bursts: number;
	/** Bytes in flight. */
	reading: number;
	writing: number;
	/** Items that the current handshake still allows, and whether they go one by one. */
	srcItems: number;
	srcSingle: boolean;
	dstItems: number;
	dstSingle: boolean;
	/** Unwritten bytes: `fifoLevel` of them from `fifoHead` in the channel's buffer. */
	fifoHead: number;
	fifoLevel: number;
	/** When the channel was served last, for the least-recently-served rule. */
	servedRead: number;
	servedWrite: number;
	/** Decoded from CTL and CFG when a block is loaded. Widths in bytes, sizes in items. */
	srcWidth: number;
	dstWidth: number;
	srcFixed: boolean;
	dstFixed: boolean;
	srcMsize: number;
	dstMsize: number;
	readCap: number;
	writeCap: number;
	srcHandshake: number;
	dstHandshake: number;
	priority: number;
	/** Indexes into `busy`. */
	readSide: number;
	writeSide: number;
}

export interface DmacState {
	cfg: number;
	/** Channel using each bus side (master 0 read, write, master 1 read, write); -1: free. */
	busy: number[];
	served: number;
	/** By interrupt line. */
	lineActive: boolean[];
	/** Channels that are not idle. */
	active: number;
	channels: ChannelState[];
	/** Registers without function, by offset / 4. */
	words: Uint32Array;
	/** The glue's registers, by offset / 4 (apb.ts); none where there is no glue. */
	apb: Uint32Array;
	/** What software has been told already. */
	warned: Record<string, boolean>;
}

export interface DwAxiConfig extends Pick<BusTarget, "name" | "base" | "size"> {
	/** Interrupt line; -1 when not connected. */
	interrupt: number;
	/** A line for each channel instead, by channel (DMAX_INTR_IO_TYPE 1). */
	channelInterrupts?: readonly number[] | undefined;
	/** Replaces the 8 cycles of a DMA read's latency when not negative. */
	readLatencyPs?: number;
	/** 1 to 32. */
	channels: number;
	/** 1 or 2. */
	masters: number;
	/** log2 of the bus width in bytes: 0 to 6. */
	dataWidth: number;
	/** Handshake numbers in CFG_L (JH7110, and every controller of more than 8 channels). */
	layoutB?: boolean;
	/** Keem Bay's glue, where there is one. */
	apb?: { readonly base: number; readonly size: number } | undefined;
	/** Picoseconds of a core clock cycle; 5000 (200 MHz). */
	cyclePs?: number;
	/** Longest AXI burst in beats: 16 (AXI3). Also what ARLEN and AWLEN are clamped to. */
	maxBeats?: number;
	/** FIFO bytes of each channel; default the larger of 8 of the widest items and one longest burst. */
	fifoDepth?: number;
	/** LLP moves on when an item is fetched (true), or when its block ends. */
	llpAdvancesOnFetch?: boolean;
	/** The end of a block clears VALID in the item in memory (true). */
	writeBackClearsValid?: boolean;
}

export function newChannel(): ChannelState {
	return {
		phase: Phase.IDLE,
		generation: 0,
		suspend: false,
		suspended: false,
		disabling: false,
		fetchHeld: false,
		started: false,
		src: 0,
		dst: 0,
		blockTs: 0,
		ctlLow: 0,
		ctlHigh: 0,
		cfgLow: 0,
		cfgHigh: 0,
		llp: 0,
		lli: -1,
		statusEnable: 0,
		status: 0,
		signalEnable: 0,
		blockSrc: 0,
		blockDst: 0,
		blockBytes: 0,
		read: 0,
		written: 0,
		blocks: 0,
		bursts: 0,
		reading: 0,
		writing: 0,
		srcItems: 0,
		srcSingle: false,
		dstItems: 0,
		dstSingle: false,
		fifoHead: 0,
		fifoLevel: 0,
		servedRead: 0,
		servedWrite: 0,
		srcWidth: 1,
		dstWidth: 1,
		srcFixed: false,
		dstFixed: false,
		srcMsize: 1,
		dstMsize: 1,
		readCap: 16,
		writeCap: 16,
		srcHandshake: -1,
		dstHandshake: -1,
		priority: 0,
		readSide: 0,
		writeSide: 1,
	};
}
