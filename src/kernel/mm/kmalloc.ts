/**
 * kmalloc and kfree. Size classes 8 … 8192 with 96 and 192; powers of two are naturally aligned, everything else to 8
 * bytes (ARCH_KMALLOC_MINALIGN of arm64 6.12, whose small buffers DMA bounces). Larger sizes are whole pages.
 */
import { PAGE_SIZE } from "../../language/vm/address-space";
import { formatPointer } from "../../language/vm/fault";
import { Poison, poisonByte, setShadow } from "../../language/vm/shadow";
import { checking } from "../kasan/check";
import { reportFree } from "../kasan/report";
import type { Kernel } from "../kernel";
import { checkNoLocksFreed } from "../locks/lockdep";
import { printk } from "../printk/log";
import { KernelBug, warn } from "../sched/oops";
import { GFP_KERNEL, GFP_NOWARN, GFP_ZERO, mayAllocate } from "./gfp";
import { getFreePages, ORDER_WARNING, orderOf, releasePages, reportFailure, virtToPage } from "./pages";
import { addCache, findObject, freeObject, takeObject } from "./slab";
import { PageKind } from "./state";

/** What kmalloc(0) gives: not NULL, not to be used. */
export const ZERO_SIZE_PTR = 16;
export const KMALLOC_MAX_CACHE_SIZE = 8192;
export const KMALLOC_MAX_SIZE = 4 * 1024 * 1024;
const CLASSES = [8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192];

const className = (size: number): string => `kmalloc-${size < 1024 ? size : `${size / 1024}k`}`;

/** The cache of a size class, made on first use. */
function cacheFor(k: Kernel, size: number): number {
	const bytes = CLASSES.find((c) => c >= size)!;
	const name = className(bytes);
	const found = k.state.mm.caches.findIndex((c) => c.name === name);
	return found >= 0 ? found : addCache(k, name, bytes, bytes);
}

/** Memory of at least `size` bytes; 0 when there is none. Filled with 0x5a unless __GFP_ZERO. */
export function kmalloc(k: Kernel, size: number, gfp: number = GFP_KERNEL): number {
	if (size === 0) return ZERO_SIZE_PTR;
	if (size > KMALLOC_MAX_SIZE) {
		if (!(gfp & GFP_NOWARN)) warn(k, ORDER_WARNING);
		return 0;
	}
	if (size > KMALLOC_MAX_CACHE_SIZE) {
		const pages = getFreePages(k, gfp, orderOf(size));
		const slack = PAGE_SIZE * 2 ** orderOf(size) - size;
		if (pages !== 0) setShadow(k.space, pages + size, slack, poisonByte(Poison.PageRedzone));
		return pages;
	}
	if (!mayAllocate(k, gfp)) return 0;
	const address = takeObject(k, cacheFor(k, size), size);
	if (address === 0) {
		if (!(gfp & GFP_NOWARN)) reportFailure(k, gfp, 0);
		return 0;
	}
	if (gfp & GFP_ZERO) k.space.fill(address, ksize(k, address), 0);
	return address;
}

/** kmalloc of zeroed memory. */
export function kzalloc(k: Kernel, size: number, gfp: number = GFP_KERNEL): number {
	return kmalloc(k, size, gfp | GFP_ZERO);
}

/** kmalloc_array's size check: 0 when n * size does not fit. */
export function kmallocArray(k: Kernel, n: number, size: number, gfp: number): number {
	const bytes = n * size;
	return bytes > Number.MAX_SAFE_INTEGER ? 0 : kmalloc(k, bytes, gfp);
}

/** Frees what kmalloc gave; NULL and ZERO_SIZE_PTR are fine. A pointer of any other kind is a BUG. */
export function kfree(k: Kernel, address: number): void {
	if (address >= 0 && address <= ZERO_SIZE_PTR) return;
	const page = virtToPage(k, address);
	const { mm } = k.state;
	const kind = page < 0 ? PageKind.Reserved : mm.pageKind[page];
	if (kind === PageKind.Block && address % PAGE_SIZE === 0) {
		checkNoLocksFreed(k, address, mm.blockPages[page]! * PAGE_SIZE);
		k.space.fill(address, mm.blockPages[page]! * PAGE_SIZE, 0xaa);
		setShadow(k.space, address, mm.blockPages[page]! * PAGE_SIZE, poisonByte(Poison.PageFreed));
		releasePages(k, page);
		return;
	}
	if (kind === PageKind.Slab) {
		freeObject(k, address);
		return;
	}
	if (checking(k)) {
		reportFree(k, kind === PageKind.Free ? "double-free" : "invalid-free", address);
		return;
	}
	const what = kind === PageKind.Free ? "is already free" : "kmalloc did not give out";
	printk(k, 1, `BUG: kfree of object pointer: 0x${formatPointer(address)}, which ${what}\n`);
	throw new KernelBug("mm/slub.c:4702");
}

/** Bytes that may be used at a kmalloc pointer: its size class. */
export function ksize(k: Kernel, address: number): number {
	if (address >= 0 && address <= ZERO_SIZE_PTR) return 0;
	const object = findObject(k, address);
	if (object) return object.cache.objectSize;
	const page = virtToPage(k, address);
	return page < 0 ? 0 : k.state.mm.blockPages[page]! * PAGE_SIZE;
}

/** Bytes asked for at a pointer, or what the block has. */
export function requestedSize(k: Kernel, address: number): number {
	const object = findObject(k, address);
	return object && object.size >= 0 ? object.size : ksize(k, address);
}

/** krealloc: 0 when there is no memory (the old block stays). */
export function krealloc(k: Kernel, address: number, size: number, gfp: number): number {
	if (size === 0) {
		kfree(k, address);
		return ZERO_SIZE_PTR;
	}
	if (address === 0 || address === ZERO_SIZE_PTR) return kmalloc(k, size, gfp);
	const old = requestedSize(k, address);
	const moved = kmalloc(k, size, gfp);
	if (moved === 0) return 0;
	k.space.copy(moved, address, Math.min(old, size));
	kfree(k, address);
	return moved;
}
