/** Byte strings: C strings whose bytes are the characters 0…255 of a JavaScript string. */
import { checkText, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";

/** The bytes of the C string at `address`, at most `max`. */
export function readString(k: Kernel, address: number, max = Number.POSITIVE_INFINITY): string {
	const { space } = k;
	let text = "";
	for (let i = 0; i < max; i++) {
		const byte = space.r8(address + i);
		if (byte === 0) break;
		text += String.fromCharCode(byte);
	}
	checkText(k, address, Math.min(max, text.length + 1));
	return text;
}

/** Length of the C string at `address`, at most `max`. */
export function stringLength(k: Kernel, address: number, max = Number.POSITIVE_INFINITY): number {
	const { space } = k;
	let length = 0;
	while (length < max && space.r8(address + length) !== 0) length++;
	checkText(k, address, Math.min(max, length + 1));
	return length;
}

/** Writes bytes and, with `zero`, the byte that ends the string. */
export function writeString(k: Kernel, address: number, text: string, zero = true): void {
	const bytes = new Uint8Array(text.length + (zero ? 1 : 0));
	for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
	checkWrite(k, address, bytes.length);
	k.space.writeBytes(address, bytes);
}

const encoder = new TextEncoder();

/** Text as a byte string. */
export function toByteString(text: string): string {
	let result = "";
	for (const byte of encoder.encode(text)) result += String.fromCharCode(byte);
	return result;
}
