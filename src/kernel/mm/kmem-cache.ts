/** kmem_cache_* and mempool: caches of a driver's own objects. */

import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { printk } from "../printk/log";
import { dumpStack, warn } from "../sched/oops";
import { as, fn, ptr, roundUp, s32, struct, u32 } from "../struct";
import { readText } from "../text";
import { GFP_NOWARN, GFP_ZERO, mayAllocate } from "./gfp";
import { kfree, kmalloc, kzalloc } from "./kmalloc";
import { reportFailure } from "./pages";
import { addCache, freeObject, takeObject } from "./slab";
import type { SlabCache } from "./state";

const SLAB_HWCACHE_ALIGN = 0x2000;

const kmemCache = struct("kmem_cache", {
	flags: as(u32, "slab_flags_t"),
	size: as(u32, "unsigned int"),
	object_size: as(u32, "unsigned int"),
	align: as(u32, "unsigned int"),
	refcount: s32,
	ctor: fn("void (*%s)(void *object)"),
	name: ptr("const char"),
});

const mempoolStruct = struct("mempool_s", {
	min_nr: s32,
	curr_nr: s32,
	pool_data: ptr("void"),
	alloc: fn("mempool_alloc_t *%s"),
	free: fn("mempool_free_t *%s"),
});

export const kmemCacheHeader = `
typedef unsigned int slab_flags_t;
struct kmem_cache;
typedef void *(mempool_alloc_t)(gfp_t gfp_mask, void *pool_data);
typedef void (mempool_free_t)(void *element, void *pool_data);
${kmemCache.$c}
${mempoolStruct.$c}
typedef struct mempool_s mempool_t;
#define SLAB_CONSISTENCY_CHECKS 0x100U
#define SLAB_RED_ZONE 0x400U
#define SLAB_POISON 0x800U
#define SLAB_HWCACHE_ALIGN 0x2000U
#define SLAB_CACHE_DMA 0x4000U
#define SLAB_STORE_USER 0x10000U
#define SLAB_PANIC 0x40000U
#define SLAB_TYPESAFE_BY_RCU 0x80000U
#define SLAB_ACCOUNT 0x4000000U
#define SLAB_RECLAIM_ACCOUNT 0x20000U
#define SLAB_TEMPORARY SLAB_RECLAIM_ACCOUNT
#define KMEM_CACHE(type, flags) \\
	kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), (flags), NULL)
#define mempool_create_kmalloc_pool(min, size) \\
	mempool_create((min), mempool_kmalloc, mempool_kfree, (void *)(unsigned long)(size))
#define mempool_create_slab_pool(min, cache) \\
	mempool_create((min), mempool_alloc_slab, mempool_free_slab, (void *)(cache))
#define mempool_create_page_pool(min, order) \\
	mempool_create((min), mempool_alloc_pages, mempool_free_pages, (void *)(unsigned long)(order))
`;

function createCache(k: Kernel, name: number, size: number, align: number, flags: number, ctor: number): number {
	const handle = kzalloc(k, kmemCache.$size);
	if (handle === 0) return 0;
	const least = flags & SLAB_HWCACHE_ALIGN ? cacheLineAlign(size) : 8;
	const used = Math.max(align, least, 8);
	const index = addCache(k, readText(k, name), size, roundUp(size, used));
	k.state.mm.caches[index]!.handle = handle;
	kmemCache.size.set(k.space, handle, roundUp(size, used));
	kmemCache.object_size.set(k.space, handle, size);
	kmemCache.align.set(k.space, handle, used);
	kmemCache.flags.set(k.space, handle, flags);
	kmemCache.refcount.set(k.space, handle, 1);
	kmemCache.ctor.set(k.space, handle, ctor);
	kmemCache.name.set(k.space, handle, name);
	return handle;
}

/** SLAB_HWCACHE_ALIGN: a cache line of 64 bytes, halved while two objects fit in it. */
function cacheLineAlign(size: number): number {
	let align = 64;
	while (size <= align / 2) align /= 2;
	return align;
}

function cacheIndex(k: Kernel, handle: number): number {
	return handle === 0 ? -1 : k.state.mm.caches.findIndex((c) => c.handle === handle);
}

function cacheOf(k: Kernel, handle: number): SlabCache | undefined {
	return k.state.mm.caches[cacheIndex(k, handle)];
}

function destroyCache(k: Kernel, handle: number): void {
	const cache = cacheOf(k, handle);
	if (!cache) return;
	if (cache.used > 0) {
		warn(k, "mm/slab_common.c:528", `kmem_cache_destroy ${cache.name}: Slab cache still has objects when called`);
		return;
	}
	cache.handle = 0;
	kfree(k, handle);
}

/** An object of a cache (its struct's address): content is poison, zeroed with __GFP_ZERO; 0 when there is none. */
function cacheAlloc(k: Kernel, handle: number, gfp: number): number {
	const index = cacheIndex(k, handle);
	if (index < 0) {
		printk(k, 3, `kmem_cache_alloc: 0x${handle.toString(16)} is no slab cache\n`);
		dumpStack(k, k.current);
		return 0;
	}
	const cache = k.state.mm.caches[index]!;
	const object = mayAllocate(k, gfp) ? takeObject(k, index, cache.objectSize) : 0;
	if (object === 0) {
		if (!(gfp & GFP_NOWARN)) reportFailure(k, gfp, 0);
		return 0;
	}
	if (gfp & GFP_ZERO) k.space.fill(object, cache.objectSize, 0);
	return object;
}

function cacheFree(k: Kernel, handle: number, object: number): void {
	if (object === 0) return;
	freeObject(k, object, cacheOf(k, handle));
}

export const kmemCacheFunctions: KernelFunction[] = [
	...plain({
		"struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, unsigned int flags, void (*ctor)(void *))":
			(k, name, size, align, flags, ctor) => createCache(k, name!, size!, align!, flags!, ctor!),
		"void kmem_cache_destroy(struct kmem_cache *s)": (k, s) => destroyCache(k, s!),
		"void kmem_cache_free(struct kmem_cache *s, void *objp)": (k, s, object) => cacheFree(k, s!, object!),
		"unsigned int kmem_cache_size(struct kmem_cache *s)": (k, s) => cacheOf(k, s!)?.objectSize ?? 0,
		"int kmem_cache_shrink(struct kmem_cache *s)": () => 0,
		"void *mempool_kmalloc(gfp_t gfp_mask, void *pool_data)": (k, gfp, size) => kmalloc(k, size!, gfp!),
		"void mempool_kfree(void *element, void *pool_data)": (k, element) => kfree(k, element!),
		"void *mempool_alloc_slab(gfp_t gfp_mask, void *pool_data)": (k, gfp, cache) => cacheAlloc(k, cache!, gfp!),
		"void mempool_free_slab(void *element, void *pool_data)": (k, element, cache) => cacheFree(k, cache!, element!),
	}),
	steps("void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)", allocSteps(0)),
	steps("void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t flags)", allocSteps(GFP_ZERO)),
	steps("mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn, void *pool_data)", {
		create: step("Make the pool.", (k, f) => {
			const pool = kzalloc(k, mempoolStruct.$size);
			if (pool === 0) return ret(0);
			f.locals.pool = pool;
			k.state.mm.mempools[pool] = [];
			mempoolStruct.min_nr.set(k.space, pool, f.args[0]!);
			mempoolStruct.alloc.set(k.space, pool, f.args[1]!);
			mempoolStruct.free.set(k.space, pool, f.args[2]!);
			mempoolStruct.pool_data.set(k.space, pool, f.args[3]!);
			return next;
		}),
		fill: step("Allocate the reserve, one element after the other.", (k, f) => {
			const reserve = k.state.mm.mempools[f.locals.pool!]!;
			return reserve.length >= f.args[0]! ? ret(f.locals.pool!) : call(f.args[1]!, [0xcc0, f.args[3]!]);
		}),
		keep: step("Keep the element.", (k, f) => {
			if (f.result === 0) return call("mempool_destroy", [f.locals.pool!], "fail");
			k.state.mm.mempools[f.locals.pool!]!.push(f.result);
			mempoolStruct.curr_nr.set(k.space, f.locals.pool!, k.state.mm.mempools[f.locals.pool!]!.length);
			return goto("fill");
		}),
		fail: step("There is not enough memory.", () => ret(0)),
	}),
	steps("void mempool_destroy(mempool_t *pool)", {
		element: step("Free what is left of the reserve.", (k, f) => {
			const pool = f.args[0]!;
			const element = pool === 0 ? undefined : k.state.mm.mempools[pool]?.pop();
			if (element === undefined) return next;
			return call(
				mempoolStruct.free.get(k.space, pool),
				[element, mempoolStruct.pool_data.get(k.space, pool)],
				"element",
			);
		}),
		pool: step("Free the pool.", (k, f) => {
			if (f.args[0] === 0) return ret();
			delete k.state.mm.mempools[f.args[0]!];
			kfree(k, f.args[0]!);
			return ret();
		}),
	}),
	steps("void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask)", {
		try: step("Ask the pool's allocator first.", (k, f) =>
			call(mempoolStruct.alloc.get(k.space, f.args[0]!), [
				f.args[1]! | 0x12000,
				mempoolStruct.pool_data.get(k.space, f.args[0]!),
			]),
		),
		reserve: step("If it has nothing, take an element of the reserve.", (k, f) => {
			if (f.result !== 0) return ret(f.result);
			const reserve = k.state.mm.mempools[f.args[0]!] ?? [];
			const element = reserve.pop() ?? 0;
			mempoolStruct.curr_nr.set(k.space, f.args[0]!, reserve.length);
			return ret(element);
		}),
	}),
	steps("void mempool_free(void *element, mempool_t *pool)", {
		keep: step("Fill up the reserve, or free the element.", (k, f) => {
			const [element = 0, pool = 0] = f.args;
			if (element === 0) return ret();
			const reserve = k.state.mm.mempools[pool];
			if (!reserve || reserve.length >= mempoolStruct.min_nr.get(k.space, pool))
				return call(mempoolStruct.free.get(k.space, pool), [element, mempoolStruct.pool_data.get(k.space, pool)]);
			reserve.push(element);
			mempoolStruct.curr_nr.set(k.space, pool, reserve.length);
			return ret();
		}),
		done: step("Return.", () => ret()),
	}),
];

function allocSteps(flags: number): Parameters<typeof steps>[1] {
	return {
		take: step("Take a free object, or add a slab.", (k, f) => {
			const object = cacheAlloc(k, f.args[0]!, f.args[1]! | flags);
			f.locals.object = object;
			const ctor = object === 0 ? 0 : kmemCache.ctor.get(k.space, f.args[0]!);
			return ctor === 0 ? ret(object) : call(ctor, [object]);
		}),
		done: step("The constructor has run: return the object.", (_, f) => ret(f.locals.object!)),
	};
}
