/** Local variables of a step function that others see by address: they lie on the thread's kernel stack. */
import { setShadow } from "../../language/vm/shadow";
import { FRAME_INTS, FRAME_SP, WINDOW_HIGH } from "../../language/vm/stack";
import type { Kernel } from "../kernel";

/**
 * Takes `size` zeroed bytes of the kernel stack for the step function's frame that runs now. They are gone when it
 * returns.
 */
export function stackBytes(k: Kernel, size: number): number {
	const { stack } = k.current;
	const at = (stack.depth - 1) * FRAME_INTS + FRAME_SP;
	stack.frames[at] = (stack.frames[at] - Math.ceil(size / 16) * 16) | 0;
	const address = WINDOW_HIGH * 4294967296 + (stack.frames[at] >>> 0);
	// Frames that were here before have left their redzones.
	setShadow(k.space, address, Math.ceil(size / 16) * 16, 0);
	k.space.fill(address, size, 0);
	return address;
}
