/** State of the STM32 MDMA: plain data. */

import type { BusPlace } from "../word-device";

export enum Phase {
	/** EN is 0 and nothing is in flight. */
	IDLE = 0,
	/** Between buffer transfers: waits for a request, or for its turn. */
	READY = 1,
	READING = 2,
	WRITING = 3,
	/** Reads the next node. */
	LOADING = 4,
}

export interface ChannelState {
	/** Registers. CCR without SWRQ; CBNDTR as BNDT, its two update signs, and BRC. */
	ccr: number;
	ctcr: number;
	bndt: number;
	signs: number;
	brc: number;
	csar: number;
	cdar: number;
	cbrur: number;
	clar: number;
	ctbr: number;
	cmar: number;
	cmdr: number;
	/** TEIF … TCIF. */
	flags: number;
	cesr: number;
	/** BNDT as it was loaded, for the next repetition, and whether the block has any. */
	reload: number;
	repeats: boolean;
	phase: Phase;
	/** CRQA. */
	requested: boolean;
	/** Software has cleared EN: the buffer transfer in flight ends first. */
	disabling: boolean;
	/** Bytes of the buffer transfer in flight. */
	length: number;
	/** Address of the node that was loaded; -1: software wrote the registers. */
	node: number;
	/** The block that runs, bus addresses and bytes. */
	blockSrc: number;
	blockDst: number;
	blockBytes: number;
	/** Buffer transfers of this block, blocks since EN. */
	bursts: number;
	blocks: number;
}

export interface Stm32MdmaState {
	channels: ChannelState[];
	/** A bit for each channel that is not idle. */
	enabled: number;
	/** The channel whose buffer transfer is in flight; -1: none. */
	busy: number;
	lineActive: boolean;
	warned: Record<string, boolean>;
}

export interface Stm32MdmaConfig extends BusPlace {
	/** Interrupt line; -1 when not connected. */
	interrupt: number;
	channels: number;
	/** Picoseconds of an AXI cycle; 3759 (266 MHz). */
	cyclePs?: number;
	/** Channels whose SM bit firmware has set, one bit each. */
	secureChannels?: number;
	/** Misaligned addresses and lengths set ASE or BSE (true), or are moved byte for byte. */
	checkSizes?: boolean;
}

export const newChannel = (secure: boolean): ChannelState => ({
	ccr: secure ? 1 << 8 : 0,
	ctcr: 0,
	bndt: 0,
	signs: 0,
	brc: 0,
	csar: 0,
	cdar: 0,
	cbrur: 0,
	clar: 0,
	ctbr: 0,
	cmar: 0,
	cmdr: 0,
	flags: 0,
	cesr: 0,
	reload: 0,
	repeats: false,
	phase: Phase.IDLE,
	requested: false,
	disabling: false,
	length: 0,
	node: -1,
	blockSrc: 0,
	blockDst: 0,
	blockBytes: 0,
	bursts: 0,
	blocks: 0,
});
