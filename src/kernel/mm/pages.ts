/** The page allocator: blocks of 2^order pages, naturally aligned, the lowest free one first. */
import { PAGE_SIZE } from "../../language/vm/address-space";
import { formatPointer } from "../../language/vm/fault";
import { Poison, poisonByte, SHADOW_UNINIT, setShadow } from "../../language/vm/shadow";
import type { Kernel } from "../kernel";
import { printk } from "../printk/log";
import { KernelBug, warn } from "../sched/oops";
import { GFP_NOWARN, GFP_ZERO, mayAllocate } from "./gfp";
import { coverPages, ORDERS, PageKind } from "./state";

export const PAGE_SHIFT = 12;
/** sizeof(struct page). */
export const STRUCT_PAGE_SIZE = 64;
/** Where the array of struct page is: in the window, not mapped; only its addresses mean something. */
export const VMEMMAP_BASE = -140737488355328 + 0xc0000000;

/** Where Linux warns of an order that is too large. */
export const ORDER_WARNING = "mm/page_alloc.c:4739 __alloc_pages_noprof+0x2c8/0x338";

/** Page frames of the linear map. */
function pageCount(k: Kernel): number {
	return Math.floor(k.space.ramSize / PAGE_SIZE);
}

export function pageToVirt(k: Kernel, page: number): number {
	return k.space.fromPhys(k.space.ramStart + page * PAGE_SIZE);
}

/** Page frame of a pointer into the linear map, -1 for any other. */
export function virtToPage(k: Kernel, address: number): number {
	const page = Math.floor((address - k.space.fromPhys(k.space.ramStart)) / PAGE_SIZE);
	return page >= 0 && page < pageCount(k) ? page : -1;
}

/** Smallest order whose block holds `size` bytes (get_order). */
export function orderOf(size: number): number {
	let order = 0;
	while (PAGE_SIZE * 2 ** order < size) order++;
	return order;
}

/** Takes 2^order pages; returns the first page frame or -1. Their content is what it was. */
export function takePages(k: Kernel, order: number, kind: PageKind = PageKind.Block): number {
	const { mm } = k.state;
	if (order >= ORDERS) return -1;
	const count = 2 ** order;
	let page = mm.free[order]!.shift() ?? -1;
	if (page < 0) page = takeFresh(k, count, count);
	if (page < 0) page = splitLarger(k, order);
	if (page < 0) return -1;
	mm.pageKind.fill(PageKind.Tail, page + 1, page + count);
	mm.pageKind[page] = kind;
	mm.blockPages[page] = count;
	setShadow(k.space, pageToVirt(k, page), count * PAGE_SIZE, 0);
	return page;
}

/**
 * `count` pages in a row that were never used, the first a multiple of `align`, or -1. What they skip goes to the free
 * lists, but for holes between banks of memory, which have no pages.
 */
function takeFresh(k: Kernel, count: number, align: number): number {
	const { mm } = k.state;
	const banks = k.space.banks.map(({ base, size }) => {
		const first = Math.ceil((base - k.space.ramStart) / PAGE_SIZE);
		return { first, end: first + Math.floor(size / PAGE_SIZE) };
	});
	for (const bank of banks) {
		const page = Math.ceil(Math.max(mm.nextPage, bank.first) / align) * align;
		if (page + count > bank.end) continue;
		coverPages(mm, page + count);
		const skipped = mm.nextPage;
		mm.nextPage = page + count;
		mm.pageKind.fill(PageKind.Reserved, skipped, page);
		for (const { first, end } of banks) {
			const from = Math.max(first, skipped);
			const length = Math.min(end, page) - from;
			if (length > 0) releaseRange(k, from, length);
		}
		return page;
	}
	return -1;
}

function splitLarger(k: Kernel, order: number): number {
	const { mm } = k.state;
	for (let larger = order + 1; larger < ORDERS; larger++) {
		const page = mm.free[larger]!.shift();
		if (page === undefined) continue;
		releaseRange(k, page + 2 ** order, 2 ** larger - 2 ** order);
		return page;
	}
	return -1;
}

/** Puts pages on the free lists as the largest aligned blocks that they make. */
function releaseRange(k: Kernel, first: number, count: number): void {
	const { mm } = k.state;
	mm.pageKind.fill(PageKind.Free, first, first + count);
	for (let page = first; page < first + count; ) {
		let order = 0;
		while (order + 1 < ORDERS && page % 2 ** (order + 1) === 0 && page + 2 ** (order + 1) <= first + count) order++;
		insertFree(mm.free[order]!, page);
		page += 2 ** order;
	}
}

function insertFree(list: number[], page: number): void {
	let low = 0;
	let high = list.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (list[middle]! < page) low = middle + 1;
		else high = middle;
	}
	list.splice(low, 0, page);
}

/** Takes exactly `count` pages in a row (vmalloc, stacks); -1 when there is no room. */
export function takeRun(k: Kernel, count: number): number {
	const { mm } = k.state;
	if (count === 1) return takePages(k, 0);
	const order = orderOf(count * PAGE_SIZE);
	let page: number;
	if (order >= ORDERS) {
		page = takeFresh(k, count, 1);
		if (page < 0) return -1;
		mm.pageKind.fill(PageKind.Tail, page, page + count);
		mm.pageKind[page] = PageKind.Block;
	} else {
		page = takePages(k, order);
		if (page < 0) return -1;
		if (count < 2 ** order) releaseRange(k, page + count, 2 ** order - count);
	}
	mm.blockPages[page] = count;
	return page;
}

/** Gives back what takePages or takeRun took. */
export function releasePages(k: Kernel, page: number): void {
	const count = k.state.mm.blockPages[page]!;
	k.state.mm.blockPages[page] = 0;
	releaseRange(k, page, count);
}

/** Pages in the linear map: address, or 0 with Linux's report when there are none. */
export function getFreePages(k: Kernel, gfp: number, order: number): number {
	if (order >= ORDERS) {
		if (!(gfp & GFP_NOWARN)) warn(k, ORDER_WARNING);
		return 0;
	}
	const page = mayAllocate(k, gfp) ? takePages(k, order) : -1;
	if (page < 0) {
		if (!(gfp & GFP_NOWARN)) reportFailure(k, gfp, order);
		return 0;
	}
	const address = pageToVirt(k, page);
	k.space.fill(address, PAGE_SIZE * 2 ** order, gfp & GFP_ZERO ? 0 : 0x5a);
	if (!(gfp & GFP_ZERO)) setShadow(k.space, address, PAGE_SIZE * 2 ** order, SHADOW_UNINIT);
	return address;
}

/** "page allocation failure", as warn_alloc has it. */
export function reportFailure(k: Kernel, gfp: number, order: number): void {
	printk(
		k,
		4,
		`${k.current.name}: page allocation failure: order:${order}, mode:0x${gfp.toString(16)}, nodemask=(null)\n`,
	);
}

/** free_pages: `address` in the linear map; an address that is no allocated block is a BUG. */
export function freePages(k: Kernel, address: number, order: number): void {
	if (address === 0) return;
	const page = virtToPage(k, address);
	const { mm } = k.state;
	if (page < 0 || address % PAGE_SIZE !== 0 || mm.pageKind[page] !== PageKind.Block) {
		const state = page >= 0 && mm.pageKind[page] === PageKind.Free ? "already free" : "not from the page allocator";
		printk(
			k,
			1,
			`BUG: Bad page state in process ${k.current.name}  pfn:${pfnText(k, page)} (0x${formatPointer(address)}: ${state})\n`,
		);
		throw new KernelBug("include/linux/mm.h:1140");
	}
	if (mm.blockPages[page] !== 2 ** order) {
		printk(
			k,
			1,
			`BUG: Bad page state in process ${k.current.name}  pfn:${pfnText(k, page)} (freed with order ${order})\n`,
		);
		throw new KernelBug("include/linux/mm.h:1140");
	}
	k.space.fill(address, PAGE_SIZE * 2 ** order, 0xaa);
	setShadow(k.space, address, PAGE_SIZE * 2 ** order, poisonByte(Poison.PageFreed));
	releasePages(k, page);
}

function pfnText(k: Kernel, page: number): string {
	return (Math.floor(k.space.ramStart / PAGE_SIZE) + page).toString(16).padStart(5, "0");
}
