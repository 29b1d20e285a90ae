/**
 * Checks of what kernel functions do with C's memory. Only the functions that copy, fill and compare memory and strings
 * check: what the kernel does with its own structs is trusted (its writes initialise).
 */
import { findBadAccess, markInitialised, readShadow } from "../../language/vm/shadow";
import type { Kernel } from "../kernel";

/** Whether accesses are checked at all. */
export function checking(k: Kernel): boolean {
	return k.space.pool.shadow !== null;
}

function check(k: Kernel, address: number, length: number, write: boolean, initialised: boolean): void {
	if (k.space.pool.shadow === null || length <= 0 || k.vm.onBadAccess === null) return;
	const bad = findBadAccess(k.space, address, length, write, initialised);
	if (bad !== null) k.vm.onBadAccess(bad);
}

/** `length` bytes are used: they must be there, and have been written. */
export function checkRead(k: Kernel, address: number, length: number): void {
	check(k, address, length, false, true);
}

/** A text of `length` bytes is read byte by byte. */
export function checkText(k: Kernel, address: number, length: number): void {
	const shadow = readShadow(k.space, address, length);
	if (shadow === null || k.vm.onBadAccess === null) return;
	const first = address + shadow.findIndex((byte) => byte !== 0);
	check(k, first, 1, false, true);
}

/** `length` bytes are copied: they must be there. */
export function checkSource(k: Kernel, address: number, length: number): void {
	check(k, address, length, false, false);
}

/** `length` bytes are about to be written. */
export function checkWrite(k: Kernel, address: number, length: number): void {
	check(k, address, length, true, false);
}

/** A kernel function is about to use an object (a lock, a list, a completion …). */
export function checkObject(k: Kernel, address: number): void {
	// Four bytes: no such object is smaller.
	check(k, address, 4, true, false);
}

/** A device gets this memory: what it reads must have been written, what it writes counts as written. */
export function checkDma(k: Kernel, address: number, length: number, deviceReadsOnly: boolean): void {
	if (k.space.pool.shadow === null) return;
	if (deviceReadsOnly) checkRead(k, address, length);
	else markInitialised(k.space, address, length);
}
