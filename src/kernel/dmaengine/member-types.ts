/** Structs of other areas as members of dmaengine's. */
import { kref as krefStruct, listHead as listHeadStruct, spinlockMember, taskletStruct } from "../base-structs";
import { device as deviceStruct } from "../device/structs";
import { as, type Memory, s32 } from "../struct";

const opaque = { get: (_: Memory, at: number) => at, set: () => {} };
export const listHead = listHeadStruct.$member;
export const kref = krefStruct.$member;
export const spinlock = spinlockMember;
export const atomic = as(s32, "atomic_t");
export const tasklet = taskletStruct.$member;
export const device = deviceStruct.$member;
/** `struct ida`: an xarray; which ids are taken is kept outside of it. */
export const ida = { ...opaque, size: 16, align: 8, c: "struct ida %s" };
