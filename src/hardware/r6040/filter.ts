/** Which frames the MAC takes, and what it says of them. */

import { ADDRESS_BYTES, hashOf, isBroadcast, isGroup } from "./ethernet";
import { Mcr0, Offset, OWN_ADDRESSES, Status } from "./registers";

/** With its check sequence. */
const SHORTEST = 64;
const LONGEST = 1518;

/** Status bits of a frame that the address filter lets through; -1 for any other. `registers` by offset / 2. */
export function acceptance(registers: Uint16Array, frame: Uint8Array): number {
	const mcr0 = registers[Offset.MCR0 / 2]!;
	if (isBroadcast(frame)) return Status.RX_BCAST;
	const group = isGroup(frame) ? Status.RX_MCAST : 0;
	for (let n = 0; n < OWN_ADDRESSES; n++) if (isOwn(registers, frame, n)) return group | Status.RX_MID_HIT | n;
	if (group !== 0 && mcr0 & Mcr0.HASH_EN && isHashed(registers, frame)) return group | Status.RX_HASH_HIT;
	return mcr0 & Mcr0.PROMISC ? group : -1;
}

/** Error bits of a frame of this length on the line, for a buffer of `room` bytes. */
export function lengthErrors(length: number, room: number): number {
	let errors = 0;
	if (length < SHORTEST) errors |= Status.RX_ERR_RUNT;
	if (length > LONGEST) errors |= Status.RX_ERR_LONG;
	if (length > room) errors |= Status.RX_ERR_BUF;
	return errors;
}

function isOwn(registers: Uint16Array, frame: Uint8Array, n: number): boolean {
	if (frame.length < ADDRESS_BYTES) return false;
	const at = (Offset.MID_0L + 8 * n) / 2;
	let zero = true;
	for (let i = 0; i < 3; i++) {
		const own = registers[at + i]!;
		if (own !== 0) zero = false;
		if (own !== (frame[2 * i]! | (frame[2 * i + 1]! << 8))) return false;
	}
	return !zero;
}

/** The table of 64 bits, sixteen a register, highest bit first. */
function isHashed(registers: Uint16Array, frame: Uint8Array): boolean {
	const hash = hashOf(frame.subarray(0, ADDRESS_BYTES));
	return (registers[Offset.MAR0 / 2 + (hash >>> 4)]! & (1 << (15 - (hash & 15)))) !== 0;
}
