/** Coherent memory and pools of small blocks of it: kernel/dma/mapping.c, mm/dmapool.c (core-semantics 7.7). */

import { forgetDevres } from "../device/devices";
import {
	allocPages,
	cString,
	devErr,
	devmAddAction,
	freePages,
	kfree,
	kzalloc,
	mightSleep,
	physToDma,
} from "../dmaengine/external";
import { listAdd, listDel, listInit, listNodes } from "../dmaengine/lists";
import { listHead, spinlock } from "../dmaengine/member-types";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { GFP_KERNEL, mightAlloc } from "../mm/gfp";
import { warn } from "../sched/oops";
import { array, as, ptr, struct, u8, u32, u64 } from "../struct";

const PAGE_SIZE = 4096;

/** State of this area beside what lies in simulated memory. */
export interface DmaMemoryState {
	/** Physical address that the next page of a pool gets instead of one from the page allocator; 0 for none. */
	nextPoolPage: number;
}
export const createDmaMemoryState = (): DmaMemoryState => ({ nextPoolPage: 0 });

const dmaPool = struct("dma_pool", {
	page_list: listHead,
	lock: spinlock,
	next_block: ptr("struct dma_block"),
	nr_blocks: as(u64, "size_t"),
	nr_active: as(u64, "size_t"),
	nr_pages: as(u64, "size_t"),
	dev: ptr("struct device"),
	size: as(u32, "unsigned int"),
	allocation: as(u32, "unsigned int"),
	boundary: as(u32, "unsigned int"),
	name: array(u8, 32),
	pools: listHead,
});
/** A free block begins with the next free block and its own DMA address. */
const dmaBlock = struct("dma_block", { next_block: ptr("struct dma_block"), dma: as(u64, "dma_addr_t") });
const dmaPage = struct("dma_page", { page_list: listHead, vaddr: ptr("void"), dma: as(u64, "dma_addr_t") });

/** Zeroed pages; 0 when there is no memory. The handle is the address at which the device sees them. */
export function allocCoherent(k: Kernel, dev: number, size: number, handle: number, gfp = 0): number {
	mightAlloc(k, gfp);
	const pointer = allocPages(k, Math.ceil(size / PAGE_SIZE));
	if (pointer === 0) return 0;
	k.space.fill(pointer, Math.ceil(size / PAGE_SIZE) * PAGE_SIZE, 0);
	if (handle !== 0) k.space.w64(handle, physToDma(k, dev, k.space.toPhys(pointer)));
	return pointer;
}

export function freeCoherent(k: Kernel, _dev: number, size: number, pointer: number): void {
	if (k.current.irqsOff) warn(k, "kernel/dma/mapping.c:650");
	if (pointer !== 0) freePages(k, pointer, Math.ceil(size / PAGE_SIZE));
}

function createPool(k: Kernel, name: string, dev: number, wanted: number, align: number, limit: number): number {
	const powerOfTwo = (n: number) => n > 0 && 2 ** Math.round(Math.log2(n)) === n;
	const alignment = align || 1;
	if (dev === 0 || !powerOfTwo(alignment) || wanted === 0 || wanted > 0x7fffffff) return 0;
	const size = Math.ceil(Math.max(wanted, dmaBlock.$size) / alignment) * alignment;
	const allocation = Math.max(size, PAGE_SIZE);
	if (limit !== 0 && (limit < size || !powerOfTwo(limit))) return 0;
	const pool = kzalloc(k, dmaPool.$size);
	if (pool === 0) return 0;
	listInit(k.space, dmaPool.page_list.at(pool));
	listInit(k.space, dmaPool.pools.at(pool));
	dmaPool.dev.set(k.space, pool, dev);
	dmaPool.size.set(k.space, pool, size);
	dmaPool.allocation.set(k.space, pool, allocation);
	dmaPool.boundary.set(k.space, pool, Math.min(limit || allocation, allocation));
	k.space.writeBytes(dmaPool.name.at(pool), new TextEncoder().encode(name).slice(0, 31));
	return pool;
}

/** Gets another page for a pool and puts its blocks on the free list, in ascending order. */
function addPage(k: Kernel, pool: number): boolean {
	const { space } = k;
	const allocation = dmaPool.allocation.get(space, pool);
	const page = kzalloc(k, dmaPage.$size);
	if (page === 0) return false;
	const memory = k.state.dmaMemory;
	const vaddr = memory.nextPoolPage
		? space.fromPhys(memory.nextPoolPage)
		: allocCoherent(k, dmaPool.dev.get(space, pool), allocation, 0);
	memory.nextPoolPage = 0;
	if (vaddr === 0) {
		kfree(k, page);
		return false;
	}
	dmaPage.vaddr.set(space, page, vaddr);
	const bus = physToDma(k, dmaPool.dev.get(space, pool), space.toPhys(vaddr));
	dmaPage.dma.set(space, page, bus);
	const size = dmaPool.size.get(space, pool);
	const boundary = dmaPool.boundary.get(space, pool);
	const blocks: number[] = [];
	for (let offset = 0, end = boundary; offset + size <= allocation; ) {
		if (offset + size > end) {
			offset = end;
			end += boundary;
			continue;
		}
		blocks.push(vaddr + offset);
		offset += size;
	}
	const rest = dmaPool.next_block.get(space, pool);
	blocks.forEach((block, index) => {
		dmaBlock.next_block.set(space, block, blocks[index + 1] ?? rest);
		dmaBlock.dma.set(space, block, bus + (block - vaddr));
	});
	dmaPool.next_block.set(space, pool, blocks[0]);
	listAdd(space, dmaPage.page_list.at(page), dmaPool.page_list.at(pool));
	dmaPool.nr_blocks.set(space, pool, dmaPool.nr_blocks.get(space, pool) + blocks.length);
	dmaPool.nr_pages.set(space, pool, dmaPool.nr_pages.get(space, pool) + 1);
	return true;
}

/** A block of a pool, its DMA address at `handle`; 0 when there is no memory. Zeroed when asked for. */
export function poolAlloc(k: Kernel, pool: number, handle: number, zero: boolean): number {
	const { space } = k;
	if (dmaPool.next_block.get(space, pool) === 0 && !addPage(k, pool)) return 0;
	const block = dmaPool.next_block.get(space, pool);
	dmaPool.next_block.set(space, pool, dmaBlock.next_block.get(space, block));
	dmaPool.nr_active.set(space, pool, dmaPool.nr_active.get(space, pool) + 1);
	if (handle !== 0) space.w64(handle, dmaBlock.dma.get(space, block));
	if (zero) space.fill(block, dmaPool.size.get(space, pool), 0);
	return block;
}

/** Puts a block back. As in Linux nothing checks the pointer: NULL is an oops at its address member. */
export function poolFree(k: Kernel, pool: number, block: number, dma: number): void {
	const { space } = k;
	dmaBlock.dma.set(space, block, dma);
	dmaBlock.next_block.set(space, block, dmaPool.next_block.get(space, pool));
	dmaPool.next_block.set(space, pool, block);
	dmaPool.nr_active.set(space, pool, dmaPool.nr_active.get(space, pool) - 1);
}

export { createPool };

/** dma_pool_create() for a client: allocates with GFP_KERNEL and takes mutexes. */
function makePool(k: Kernel, name: string, dev: number, size: number, align: number, boundary: number): number {
	if (dev !== 0 && size !== 0) mightAlloc(k, GFP_KERNEL);
	return createPool(k, name, dev, size, align, boundary);
}

/** Frees a pool. One with blocks in use keeps its pages, with Linux's complaint. */
export function destroyPool(k: Kernel, pool: number): void {
	if (pool === 0) return;
	const { space } = k;
	const dev = dmaPool.dev.get(space, pool);
	const busy = dmaPool.nr_active.get(space, pool) !== 0;
	if (busy) devErr(k, dev, `dma_pool_destroy ${cString(k, dmaPool.name.at(pool))} busy\n`);
	for (const node of listNodes(space, dmaPool.page_list.at(pool))) {
		const page = dmaPage.page_list.container(node);
		if (!busy) freeCoherent(k, dev, dmaPool.allocation.get(space, pool), dmaPage.vaddr.get(space, page));
		listDel(space, node);
		kfree(k, page);
	}
	kfree(k, pool);
}

export const coherentFunctions: KernelFunction[] = plain({
	"void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)": allocCoherent,
	"void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp, unsigned long attrs)":
		allocCoherent,
	"void *dma_alloc_wc(struct device *dev, size_t size, dma_addr_t *dma_addr, gfp_t gfp)": allocCoherent,
	"void *dma_alloc_noncoherent(struct device *dev, size_t size, dma_addr_t *dma_handle, enum dma_data_direction dir, gfp_t gfp)":
		(k, dev, size, handle, _direction, gfp) => allocCoherent(k, dev, size, handle, gfp),
	"void dma_free_coherent(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle)": freeCoherent,
	"void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle, unsigned long attrs)":
		freeCoherent,
	"void dma_free_wc(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_addr)": freeCoherent,
	"void dma_free_noncoherent(struct device *dev, size_t size, void *vaddr, dma_addr_t dma_handle, enum dma_data_direction dir)":
		freeCoherent,
	"void *dmam_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)": (
		k,
		dev,
		size,
		handle,
		gfp,
	) => {
		const pointer = allocCoherent(k, dev, size, handle, gfp);
		if (pointer === 0) return 0;
		// The release needs the size too: a small record of it goes to the action.
		const note = kzalloc(k, 24);
		k.space.w64(note, pointer);
		k.space.w64(note + 8, size);
		k.space.w64(note + 16, dev);
		devmAddAction(k, dev, k.address("dmam_release"), note);
		return pointer;
	},
	"void dmam_release(void *res)": (k, note) => {
		freeCoherent(k, k.space.r64(note + 16), k.space.r64(note + 8), k.space.r64(note));
		kfree(k, note);
	},
	"struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align, size_t allocation)":
		(k, name, dev, size, align, boundary) => makePool(k, cString(k, name), dev, size, align, boundary),
	"struct dma_pool *dmam_pool_create(const char *name, struct device *dev, size_t size, size_t align, size_t allocation)":
		(k, name, dev, size, align, boundary) => {
			const pool = makePool(k, cString(k, name), dev, size, align, boundary);
			if (pool !== 0) devmAddAction(k, dev, k.address("dma_pool_destroy"), pool);
			return pool;
		},
	"void dma_pool_destroy(struct dma_pool *pool)": (k, pool) => {
		if (pool !== 0) mightSleep(k);
		destroyPool(k, pool);
	},
	"void dmam_pool_destroy(struct dma_pool *pool)": (k, pool) => {
		const dev = dmaPool.dev.get(k.space, pool);
		if (!forgetDevres(k, dev, k.address("dma_pool_destroy"), pool)) warn(k, "mm/dmapool.c:522 dmam_pool_destroy");
		mightSleep(k);
		destroyPool(k, pool);
	},
	"void *dma_pool_alloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)": (k, pool, flags, handle) => {
		mightAlloc(k, flags);
		return poolAlloc(k, pool, handle, (flags & 0x100) !== 0);
	},
	"void *dma_pool_zalloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)": (k, pool, flags, handle) => {
		mightAlloc(k, flags);
		return poolAlloc(k, pool, handle, true);
	},
	"void dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t addr)": poolFree,
});
