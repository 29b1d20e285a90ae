/** A control block in memory, taken apart for a debugger. */

import type { Machine } from "../../sim/machine";
import type { ChainItem } from "../model";
import { physicalOf } from "./addresses";
import { strideOf } from "./moves";
import { CONTROL_BLOCK_BYTES, Ti, tiFields } from "./registers";
import type { BusWindow } from "./state";

const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;

/** The control block at a bus address; null where no memory is. */
export function controlBlock(machine: Machine, windows: readonly BusWindow[], address: number): ChainItem | null {
	const phys = physicalOf(windows, address);
	if (phys < 0 || machine.memory.regionOf(phys) === null) return null;
	const word = (index: number): number => machine.memory.read32(phys + 4 * index);
	const [info, src, dst, length, stride, next] = [word(0), word(1), word(2), word(3), word(4), word(5)];
	const plane = (info & Ti.TDMODE) !== 0;
	const bits = tiFields.flatMap(({ name, lsb, width, values }) => {
		const value = (info >>> lsb) & (2 ** width - 1);
		if (value === 0) return [];
		if (width === 1 && values === undefined) return [name];
		return [`${name} ${values?.[value] ?? value}`];
	});
	return {
		address,
		phys,
		size: CONTROL_BLOCK_BYTES,
		name: "CB",
		src,
		dst,
		length: plane ? (length & 0xffff) * (((length >>> 16) & 0x3fff) + 1) : length & 0x3fffffff,
		next,
		last: next === 0,
		notes: info & Ti.INTEN ? ["interrupt"] : [],
		fields: [
			{ name: "info", value: [hex(info), ...bits].join(" ") },
			{ name: "src", value: hex(src) },
			{ name: "dst", value: hex(dst) },
			{ name: "length", value: plane ? `${((length >>> 16) & 0x3fff) + 1} rows of ${length & 0xffff}` : `${length}` },
			{
				name: "stride",
				value: plane ? `src ${strideOf(stride, false)}, dst ${strideOf(stride, true)}` : hex(stride),
			},
			{ name: "next", value: hex(next) },
		],
	};
}
