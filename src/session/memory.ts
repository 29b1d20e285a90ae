/** Memory as the debugger reads and writes it: by C pointers, over holes. */
import { type AddressSpace, PAGE_SIZE } from "../language/vm/address-space";
import { formatPointer } from "../language/vm/fault";
import { type MemoryRead, SessionError } from "./api";

/** One request's limit, bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A memory reference: 64 bits in hexadecimal or decimal. Throws SessionError. */
export function parseAddress(text: string): number {
	if (!/^-?(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text.trim())) throw new SessionError(`"${text}" is no address.`);
	const value = text.trim().startsWith("-") ? -BigInt(text.trim().slice(1)) : BigInt(text.trim());
	return Number(BigInt.asIntN(64, value));
}

/** Reads up to `count` bytes; what follows the first byte that nothing backs is reported as unreadable. */
export function readMemory(space: AddressSpace, address: number, count: number): MemoryRead {
	const wanted = Math.min(count, MOST_BYTES);
	let readable = 0;
	while (readable < wanted) {
		const piece = Math.min(wanted - readable, PAGE_SIZE - modulo(address + readable, PAGE_SIZE));
		if (!space.isMapped(address + readable, piece)) break;
		readable += piece;
	}
	return {
		address: `0x${formatPointer(address)}`,
		bytes: readable > 0 ? space.readBytes(address, readable) : new Uint8Array(0),
		unreadable: count - readable,
	};
}

/** How many bytes from `address` on can be written, up to `count`. */
export function writableBytes(space: AddressSpace, address: number, count: number): number {
	let writable = 0;
	while (writable < count) {
		const piece = Math.min(count - writable, PAGE_SIZE - modulo(address + writable, PAGE_SIZE));
		if (!space.isMapped(address + writable, piece)) break;
		writable += piece;
	}
	return writable;
}

function modulo(value: number, divisor: number): number {
	return ((value % divisor) + divisor) % divisor;
}
