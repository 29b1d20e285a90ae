/** Allocation flags (include/linux/gfp_types.h) and the check of the context they are used in. */
import type { Kernel } from "../kernel";
import { mightSleep } from "../sched/context";

export const GFP_ZERO = 0x100;
const GFP_DIRECT_RECLAIM = 0x400;
export const GFP_NOWARN = 0x2000;
const GFP_NOFAIL = 0x8000;
/** __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM | __GFP_IO | __GFP_FS. */
export const GFP_KERNEL = 0xcc0;
/** __GFP_HIGH | __GFP_KSWAPD_RECLAIM. */
export const GFP_ATOMIC = 0x820;
/** __GFP_KSWAPD_RECLAIM | __GFP_NOWARN. */
export const GFP_NOWAIT = 0x2800;

/** might_alloc(): says so when the flags allow sleeping and the context does not. */
export function mightAlloc(k: Kernel, gfp: number): void {
	if (gfp & GFP_DIRECT_RECLAIM && k.state.threads.length > 0) mightSleep(k, "include/linux/sched/mm.h", 321);
}

/**
 * Begins an allocation: says so when the flags allow sleeping and the context does not, and counts down
 * sim_fault_alloc. Returns false when this allocation has to fail.
 */
export function mayAllocate(k: Kernel, gfp: number): boolean {
	mightAlloc(k, gfp);
	const { mm } = k.state;
	mm.requests++;
	if (mm.failNth > 0 && --mm.failNth === 0 && !(gfp & GFP_NOFAIL)) {
		mm.failed++;
		return false;
	}
	return true;
}
