/** Looking at the machine without touching it. */
import type { Kernel } from "../kernel";

/**
 * During `body` reads of device registers have no effects and take no time, so that what a driver's own code reads can
 * be shown by a debugger. Writes go where they always go.
 */
export function looking<T>(k: Kernel, body: () => T): T {
	const { space, machine } = k;
	const { mmio } = space;
	space.mmio = {
		read: (phys, size) => machine.bus.peek(phys, size),
		write: (phys, size, value) => mmio.write(phys, size, value),
	};
	try {
		return body();
	} finally {
		space.mmio = mmio;
	}
}
