/** State of the STM32 DMA: plain data. */

import type { BusPlace } from "../word-device";
import { FCR_RESET } from "./registers";

export interface StreamState {
	/** Registers. NDTR counts what the peripheral port has not moved yet; FCR without FS. */
	cr: number;
	ndtr: number;
	par: number;
	m0ar: number;
	m1ar: number;
	fcr: number;
	/** What NDTR was last set to by software: circular modes load it again. */
	reload: number;
	/** FEIF … TCIF of this stream, unshifted. */
	flags: number;
	/** Events of an older run of the stream are stale. */
	generation: number;
	/** Software has cleared EN: what is in flight ends first, and what was read is written. */
	disabling: boolean;
	/** The segment that runs (from NDTR's load to its end), bytes and bus addresses. */
	length: number;
	perBase: number;
	memBase: number;
	perAddress: number;
	memAddress: number;
	/** Bytes that each port still has to move. */
	perLeft: number;
	memLeft: number;
	/** Bytes in flight on each port; 0: none. */
	perBusy: number;
	memBusy: number;
	/** Memory side empties the FIFO since the threshold was reached. */
	draining: boolean;
	/** The FIFO has been filled once: a request that finds it empty now is an underrun. */
	primed: boolean;
	halfDone: boolean;
	fifoHead: number;
	fifoLevel: number;
	/** Bursts and segments since the stream was enabled. */
	bursts: number;
	segments: number;
	/** Level of the stream's interrupt line, and whether an event is to look at it. */
	lineActive: boolean;
	lineScheduled: boolean;
}

export interface Stm32DmaState {
	streams: StreamState[];
	/** Stream that uses each port (0 memory, 1 peripheral); -1: free. */
	busy: number[];
	/** Streams that are enabled. */
	active: number;
	warned: Record<string, boolean>;
}

export interface Stm32DmaConfig extends BusPlace {
	/** Interrupt line of each stream; -1 or absent when not connected. */
	interrupts: readonly number[];
	/** Picoseconds of an AHB cycle; 4785 (209 MHz). */
	cyclePs?: number;
	/** An illegal FIFO configuration sets FEIF and keeps EN 0 (true), or is done burst by burst as if it were legal. */
	illegalFifoRaisesFei?: boolean;
}

export const newStream = (): StreamState => ({
	cr: 0,
	ndtr: 0,
	reload: 0,
	par: 0,
	m0ar: 0,
	m1ar: 0,
	fcr: FCR_RESET & 7,
	flags: 0,
	generation: 0,
	disabling: false,
	length: 0,
	perBase: 0,
	memBase: 0,
	perAddress: 0,
	memAddress: 0,
	perLeft: 0,
	memLeft: 0,
	perBusy: 0,
	memBusy: 0,
	draining: false,
	primed: false,
	halfDone: false,
	fifoHead: 0,
	fifoLevel: 0,
	bursts: 0,
	segments: 0,
	lineActive: false,
	lineScheduled: false,
});
