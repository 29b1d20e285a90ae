/** print_hex_dump and hex_dump_to_buffer (lib/hexdump.c). */
import { formatPointer } from "../../language/vm/fault";
import type { Kernel } from "../kernel";

/** enum of printk.h. */
export const DUMP_PREFIX_NONE = 0;
export const DUMP_PREFIX_ADDRESS = 1;
export const DUMP_PREFIX_OFFSET = 2;

/** One line: groups of 1, 2, 4 or 8 bytes as numbers, then the printable characters. Other group sizes count as 1. */
export function hexLine(bytes: Uint8Array, rowsize: number, groupsize: number, ascii: boolean): string {
	const fits = (groupsize === 2 || groupsize === 4 || groupsize === 8) && bytes.length % groupsize === 0;
	const group = fits ? groupsize : 1;
	const parts: string[] = [];
	for (let at = 0; at < bytes.length; at += group)
		parts.push(
			Array.from(bytes.subarray(at, at + group), (b) => b.toString(16).padStart(2, "0"))
				.reverse()
				.join(""),
		);
	const hex = parts.join(" ");
	if (!ascii) return hex;
	const column = rowsize * 2 + rowsize / group + 1;
	const text = Array.from(bytes, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".")).join("");
	return hex.padEnd(column) + text;
}

export interface DumpOptions {
	readonly prefix: string;
	readonly type: number;
	readonly rowsize: number;
	readonly groupsize: number;
	readonly ascii: boolean;
}

/** The lines of a dump; rows are 16 bytes unless 32. */
export function hexDump(k: Kernel, buffer: number, length: number, options: DumpOptions): string[] {
	const row = options.rowsize === 32 ? 32 : 16;
	const lines: string[] = [];
	for (let at = 0; at < length; at += row) {
		const line = hexLine(
			k.space.readBytes(buffer + at, Math.min(row, length - at)),
			row,
			options.groupsize,
			options.ascii,
		);
		if (options.type === DUMP_PREFIX_ADDRESS) lines.push(`${options.prefix}${formatPointer(buffer + at)}: ${line}`);
		else if (options.type === DUMP_PREFIX_OFFSET)
			lines.push(`${options.prefix}${at.toString(16).padStart(8, "0")}: ${line}`);
		else lines.push(`${options.prefix}${line}`);
	}
	return lines;
}
