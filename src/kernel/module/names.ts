/** Which module a C object belongs to. */
import type { Kernel } from "../kernel";

/** Name of the module whose global is at the address, "" for the kernel's own. */
export function moduleOfAddress(k: Kernel, address: number): string {
	return (
		k.debug.symbols?.globals.find((g) => address >= g.address && address < g.address + Math.max(1, g.size))?.module ??
		""
	);
}
