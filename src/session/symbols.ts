/** Names of addresses: functions and global objects. */
import type { Kernel } from "../kernel/kernel";
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
