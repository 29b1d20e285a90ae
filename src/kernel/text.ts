/** C strings of the kernel's own. */
import type { Kernel } from "./kernel";

const encoder = new TextEncoder();

/** Writes `text` and a zero byte at `address`, cut to `size` bytes in all. */
export function writeText(k: Kernel, address: number, text: string, size = Number.POSITIVE_INFINITY): void {
	const bytes = encoder.encode(text);
	const cut = bytes.length < size ? bytes : bytes.subarray(0, size - 1);
	k.space.writeBytes(address, cut);
	k.space.w8(address + cut.length, 0);
}

/** The string at `address`, "" for NULL. */
export function readText(k: Kernel, address: number): string {
	return address === 0 ? "" : k.space.cstring(address);
}
