/** linux/idr.h: IDA, the allocator of small numbers. Its xarray's head points to a bitmap from kmalloc. */
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { kfree, kmalloc } from "../mm/kmalloc";

const EINVAL = 22;
const ENOMEM = 12;
const ENOSPC = 28;
/** Bytes of the bitmap: 2,048 numbers, more than any scenario hands out. */
const BYTES = 256;
const MOST = 8 * BYTES - 1;
/** offsetof(struct ida, xa.xa_head) */
const HEAD = 8;

/** The bitmap's address; null when there is none yet and none can be made. */
function bitmap(k: Kernel, ida: number): number | null {
	const head = k.space.r64(ida + HEAD);
	if (head !== 0) return head;
	const fresh = kmalloc(k, BYTES);
	if (fresh === 0) return null;
	k.space.fill(fresh, BYTES, 0);
	k.space.w64(ida + HEAD, fresh);
	return fresh;
}

/** The lowest free number from `least` to `most`, or a negative errno. */
function allocate(k: Kernel, ida: number, least: number, most: number): number {
	if (least < 0 || most < 0) return -EINVAL;
	const bits = bitmap(k, ida);
	if (bits === null) return -ENOMEM;
	for (let id = least; id <= Math.min(most, MOST); id++) {
		const byte = k.space.r8(bits + (id >>> 3));
		if ((byte >>> (id & 7)) & 1) continue;
		k.space.w8(bits + (id >>> 3), byte | (1 << (id & 7)));
		return id;
	}
	return -ENOSPC;
}

function destroy(k: Kernel, ida: number): void {
	kfree(k, k.space.r64(ida + HEAD));
	k.space.w64(ida + HEAD, 0);
}

export const idaFunctions: KernelFunction[] = plain({
	"void ida_init(struct ida *ida)": (k, ida) => k.space.fill(ida!, 2 * HEAD, 0),
	"void ida_destroy(struct ida *ida)": (k, ida) => destroy(k, ida!),
	"bool ida_is_empty(const struct ida *ida)": (k, ida) => {
		const bits = k.space.r64(ida! + HEAD);
		return bits === 0 || k.space.readBytes(bits, BYTES).every((byte) => byte === 0);
	},
	"int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)": (k, ida, min, max) =>
		allocate(k, ida!, min! | 0, max! > 0x7fffffff ? MOST : max!),
	"int ida_alloc(struct ida *ida, gfp_t gfp)": (k, ida) => allocate(k, ida!, 0, MOST),
	"int ida_alloc_min(struct ida *ida, unsigned int min, gfp_t gfp)": (k, ida, min) => allocate(k, ida!, min! | 0, MOST),
	"int ida_alloc_max(struct ida *ida, unsigned int max, gfp_t gfp)": (k, ida, max) => allocate(k, ida!, 0, max! | 0),
	"void ida_free(struct ida *ida, unsigned int id)": (k, ida, id) => {
		const bits = k.space.r64(ida! + HEAD);
		if (bits === 0 || id! > MOST) return;
		const at = bits + (id! >>> 3);
		k.space.w8(at, k.space.r8(at) & ~(1 << (id! & 7)));
	},
});

export const idaHeader: string = `
#define IDA_INIT(name) { { .xa_head = NULL } }
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)
#define ida_simple_get(ida, start, end, gfp) ida_alloc_range((ida), (start), (end) ? (end) - 1 : ~0U, (gfp))
#define ida_simple_remove(ida, id) ida_free((ida), (id))
`;
