/** What answers on an I2C bus: memories, and streams of bytes from and to the outside. */

interface TargetBase {
	/** 7 bits. */
	readonly address: number;
	/** Which data byte of a transfer goes wrong, from 0; -1: none. A write of it is not acknowledged, … */
	readonly nackAfter: number;
	/** … there is a bus error in it, … */
	readonly busErrorAfter: number;
	/** … another controller wins the bus while it is sent, … */
	readonly arbitrationLostAfter: number;
	/** … or the target holds the clock before it, for `stretchPs`; -1 ps: for ever. */
	readonly stretchAfter: number;
	readonly stretchPs: number;
}

/** A memory that begins each write with an address of one byte, or of two when it is larger than 256 bytes. */
export interface EepromConfig extends TargetBase {
	readonly kind: "eeprom";
	readonly size: number;
	/** Writes wrap within a page of this many bytes. */
	readonly pageSize: number;
	/** After a write it does not answer for so long, ps. */
	readonly writePs: number;
}

/** A device whose bytes are those of `sim_dev_receive` and `sim_dev_sent`. */
export interface StreamConfig extends TargetBase {
	readonly kind: "stream";
}

export type TargetConfig = EepromConfig | StreamConfig;

export interface TargetState {
	/** Content of a memory; empty for a stream. */
	memory: Uint8Array;
	pointer: number;
	/** Bytes of the address that the transfer has still to give. */
	addressLeft: number;
	/** The transfer has written data. */
	dirty: boolean;
	/** Until when it does not answer, ps. */
	busyUntil: number;
}

/** What happens to a data byte on the bus. */
export type Outcome = "acknowledged" | "refused" | "bus-error" | "arbitration-lost";

export function newTarget(config: TargetConfig): TargetState {
	const memory = new Uint8Array(config.kind === "eeprom" ? config.size : 0).fill(0xff);
	return { memory, pointer: 0, addressLeft: 0, dirty: false, busyUntil: 0 };
}

/** The target is addressed; false: it does not answer. */
export function addressed(config: TargetConfig, state: TargetState, reading: boolean, time: number): boolean {
	if (time < state.busyUntil) return false;
	if (!reading) state.addressLeft = config.kind === "eeprom" ? (config.size > 256 ? 2 : 1) : 0;
	return true;
}

/** What becomes of the transfer's data byte number `at`. */
export function outcome(config: TargetConfig, at: number, reading: boolean): Outcome {
	if (at === config.busErrorAfter) return "bus-error";
	if (at === config.arbitrationLostAfter) return "arbitration-lost";
	return at === config.nackAfter && !reading ? "refused" : "acknowledged";
}

/** How long the target holds the clock before data byte `at`, ps; Infinity: for ever. */
export function stretching(config: TargetConfig, at: number): number {
	if (at !== config.stretchAfter) return 0;
	return config.stretchPs < 0 ? Number.POSITIVE_INFINITY : config.stretchPs;
}

export function writeMemory(config: EepromConfig, state: TargetState, byte: number): void {
	const { size, pageSize } = config;
	if (state.addressLeft > 0) {
		state.pointer = (state.addressLeft === 2 ? byte << 8 : (state.pointer & 0xff00) | byte) % size;
		state.addressLeft--;
		return;
	}
	state.memory[state.pointer] = byte;
	state.dirty = true;
	const page = state.pointer - (state.pointer % pageSize);
	state.pointer = page + ((state.pointer + 1) % pageSize);
}

export function readMemory(config: EepromConfig, state: TargetState): number {
	const byte = state.memory[state.pointer] ?? 0xff;
	state.pointer = (state.pointer + 1) % config.size;
	return byte;
}

/** The transfer has ended: a memory now stores what it was given. */
export function stopped(config: TargetConfig, state: TargetState, time: number): void {
	if (config.kind !== "eeprom" || !state.dirty) return;
	state.dirty = false;
	state.busyUntil = time + config.writePs;
}
