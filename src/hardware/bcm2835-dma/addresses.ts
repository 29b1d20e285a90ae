/** VideoCore's view of memory, which the DMA controller shares. */

import type { BusWindow } from "./state";

/** The two highest bits of an address choose how VideoCore's caches are used; the RAM behind them is the same. */
const ALIAS_SIZE = 0x40000000;

/**
 * Address on the system bus behind an address of the controller, or -1 where nothing answers. Windows are looked at
 * first to last; then RAM through another alias of a window.
 */
export function physicalOf(windows: readonly BusWindow[], address: number): number {
	if (windows.length === 0) return address;
	for (let at = 0; at < windows.length; at++) {
		const { bus, physical, size } = windows[at]!;
		if (address >= bus && address - bus < size) return physical + (address - bus);
	}
	const inAlias = address % ALIAS_SIZE;
	for (let at = 0; at < windows.length; at++) {
		const { bus, physical, size } = windows[at]!;
		const start = bus % ALIAS_SIZE;
		if (physical < bus && start === physical && inAlias >= start && inAlias - start < size)
			return physical + (inAlias - start);
	}
	return -1;
}
