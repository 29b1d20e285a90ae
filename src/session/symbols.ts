/** Names of addresses: functions and global objects. */
import type { Kernel } from "../kernel/kernel";
import { requestedSize } from "../kernel/mm/kmalloc";
import { functionIndexAt } from "../language/vm/vm";
import type { CodeMap } from "./code-map";

/** "name", "name+0x10", or "" when nothing known stands there. */
export function symbolAt(k: Kernel, code: CodeMap, address: number): string {
	const index = functionIndexAt(address, k.vm.functions.length);
	if (index >= 0) return k.vm.functions[index]?.name ?? "";
	for (const global of code.globals) {
		const offset = address - global.address;
		if (offset < 0 || offset >= Math.max(1, global.size)) continue;
		return offset === 0 ? global.name : `${global.name}+0x${offset.toString(16)}`;
	}
	return "";
}

/** Bytes from an address to the end of the object that it is in: a global's or of kmalloc; 0 when nothing known is there. */
export function sizeAt(k: Kernel, code: CodeMap, address: number): number {
	for (const global of code.globals)
		if (address >= global.address && address < global.address + global.size)
			return global.address + global.size - address;
	try {
		return requestedSize(k, address);
	} catch {
		return 0;
	}
}
