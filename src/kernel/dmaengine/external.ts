/**
 * Struct types of other areas as members of ours, and the few functions that dmaengine asks of other areas:
 * the border in one place.
 */
import { as, type MemberType, u32, u64 } from "../struct";

const opaque = (c: string, size: number, align = 8): MemberType => ({
	size,
	align,
	c: `${c} %s`,
	get: (_, at) => at,
	set: () => {
		throw new Error(`${c} is written through its own fields`);
	},
});

export const listHead = opaque("struct list_head", 16);
export const kref = opaque("struct kref", 4, 4);
export const spinlock = opaque("spinlock_t", 4, 4);
export const atomic = as(u32, "atomic_t");
export const ida = opaque("struct ida", 16);
export const tasklet = opaque("struct tasklet_struct", 40);
export const device = opaque("struct device", 512);
export const pointer = u64;
