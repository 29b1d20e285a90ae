/** State of the STM32 I2C controller, and what it is built from. */

import { type LineState, newLine, type PeripheralConfig } from "../line-peripheral";
import { newTarget, type TargetConfig, type TargetState } from "./targets";

export interface Stm32I2cConfig extends PeripheralConfig {
	/** The second interrupt line, for errors; -1 when not connected. */
	errorInterrupt: number;
	/** Kernel clock in Hz. */
	clock: number;
	targets: readonly TargetConfig[];
}

/**
 * idle: no transfer of this controller. address, write, read: a byte is on the bus, or (write) waits for TXDR, (read)
 * for RXDR to be read. complete, reload: a block is over and TC or TCR stands. hung: a target holds the clock for ever.
 */
export type Phase = "idle" | "address" | "write" | "read" | "complete" | "reload" | "hung";

export interface I2cState extends LineState {
	cr1: number;
	cr2: number;
	oar1: number;
	oar2: number;
	timingr: number;
	timeoutr: number;
	/** Flags of ISR that stand until they are cleared. */
	flags: number;
	busy: boolean;
	errorActive: boolean;
	phase: Phase;
	reading: boolean;
	/** Index of the addressed target. */
	target: number;
	/** Bytes of the block that are through, and of the transfer. */
	blockDone: number;
	transferDone: number;
	/** -1: empty. */
	txdr: number;
	rxdr: number;
	shifting: number;
	lastRead: number;
	/** Events of an earlier generation are void. */
	generation: number;
	targets: TargetState[];
}

export function newState(targets: readonly TargetConfig[]): I2cState {
	return {
		...newLine(),
		cr1: 0,
		cr2: 0,
		oar1: 0,
		oar2: 0,
		timingr: 0,
		timeoutr: 0,
		flags: 0,
		busy: false,
		errorActive: false,
		phase: "idle",
		reading: false,
		target: -1,
		blockDone: 0,
		transferDone: 0,
		txdr: -1,
		rxdr: -1,
		shifting: -1,
		lastRead: 0,
		generation: 0,
		targets: targets.map(newTarget),
	};
}
