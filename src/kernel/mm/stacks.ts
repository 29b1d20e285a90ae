/** Kernel stacks of threads, in the 0xffff8000 window with unmapped room below each, as VMAP_STACK has it. */
import { PAGE_SIZE, WINDOW_BASE } from "../../language/vm/address-space";
import { KERNEL_STACK_SIZE } from "../../language/vm/stack";
import type { Kernel } from "../kernel";

/** Stacks begin here in the window; each takes its size twice, the lower half a guard. */
const STACKS_BASE = WINDOW_BASE + 0x60000000;

/** Maps the next thread's stack and returns its upper end. The pages are the last of RAM, going down. */
export function allocateStack(k: Kernel): number {
	const index = k.state.threads.length;
	const bottom = STACKS_BASE + index * 2 * KERNEL_STACK_SIZE + KERNEL_STACK_SIZE;
	const phys = k.space.ramStart + k.space.ramSize - (index + 1) * KERNEL_STACK_SIZE;
	k.space.map(bottom, phys, KERNEL_STACK_SIZE / PAGE_SIZE, "ram");
	return bottom + KERNEL_STACK_SIZE;
}
