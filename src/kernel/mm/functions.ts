/** The allocators as C calls them. */
import { PAGE_SIZE, WINDOW_BASE } from "../../language/vm/address-space";
import { formatPointer } from "../../language/vm/fault";
import { markInitialised } from "../../language/vm/shadow";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { memcpy } from "../lib/string";
import { warn } from "../sched/oops";
import { GFP_KERNEL, GFP_NOWARN, GFP_ZERO, mayAllocate } from "./gfp";
import { kfree, kmalloc, kmallocArray, krealloc, ksize, kzalloc, requestedSize } from "./kmalloc";
import {
	freePages,
	getFreePages,
	pageToVirt,
	reportFailure,
	STRUCT_PAGE_SIZE,
	VMEMMAP_BASE,
	virtToPage,
} from "./pages";
import { ZERO_PAGE } from "./state";
import { isVmallocAddress, vfree, vmalloc } from "./vmalloc";

/** kvmalloc: kmalloc up to a page, else whatever there is. */
function kvmalloc(k: Kernel, size: number, gfp: number): number {
	const address = kmalloc(k, size, size > PAGE_SIZE ? gfp | GFP_NOWARN : gfp);
	return address !== 0 || size <= PAGE_SIZE ? address : vmallocChecked(k, size, gfp);
}

function kvfree(k: Kernel, address: number): void {
	if (isVmallocAddress(address)) vfree(k, address);
	else kfree(k, address);
}

function vmallocChecked(k: Kernel, size: number, gfp: number): number {
	const address = mayAllocate(k, gfp) ? vmalloc(k, size, gfp & GFP_ZERO ? 0 : 0x5a) : 0;
	if (address === 0 && !(gfp & GFP_NOWARN)) reportFailure(k, gfp, 0);
	return address;
}

function kmemdup(k: Kernel, source: number, size: number, gfp: number): number {
	const copy = kmalloc(k, size, gfp);
	if (copy !== 0 && size > 0) memcpy(k, copy, source, size);
	return copy;
}

/**
 * Physical address of a pointer into the linear map. Any other pointer is a mistake that CONFIG_DEBUG_VIRTUAL names;
 * what comes back is as wrong as on a real machine.
 */
function virtToPhys(k: Kernel, address: number): number {
	if (virtToPage(k, address) >= 0) return k.space.toPhys(address);
	warn(k, "arch/arm64/mm/physaddr.c:15", `virt_to_phys used for non-linear address: ${formatPointer(address)}`);
	return k.space.ramStart + Math.max(0, address - WINDOW_BASE);
}

/** Pointer into the linear map; nothing checks that RAM is there until it is used. */
function physToVirt(k: Kernel, phys: number): number {
	return k.space.fromPhys(phys);
}

/** Address of the struct page of a physical address. */
export function physToPage(k: Kernel, phys: number): number {
	return VMEMMAP_BASE + Math.floor((phys - k.space.ramStart) / PAGE_SIZE) * STRUCT_PAGE_SIZE;
}

/** Physical address of the page that a struct page stands for. */
export function pageToPhys(k: Kernel, page: number): number {
	return k.space.ramStart + Math.floor((page - VMEMMAP_BASE) / STRUCT_PAGE_SIZE) * PAGE_SIZE;
}

function allocPages(k: Kernel, gfp: number, order: number): number {
	const address = getFreePages(k, gfp, order);
	return address === 0 ? 0 : physToPage(k, k.space.toPhys(address));
}

const frame = (k: Kernel, page: number): number => pageToVirt(k, (page - VMEMMAP_BASE) / STRUCT_PAGE_SIZE);

function allocExact(k: Kernel, size: number, gfp: number): number {
	let order = 0;
	while (PAGE_SIZE * 2 ** order < size) order++;
	return getFreePages(k, gfp, order);
}

export const mmFunctions: KernelFunction[] = plain({
	"void *kmalloc(size_t size, gfp_t flags)": (k, size, gfp) => kmalloc(k, size!, gfp!),
	"void *kzalloc(size_t size, gfp_t flags)": (k, size, gfp) => kzalloc(k, size!, gfp!),
	"void *kmalloc_node(size_t size, gfp_t flags, int node)": (k, size, gfp) => kmalloc(k, size!, gfp!),
	"void *kzalloc_node(size_t size, gfp_t flags, int node)": (k, size, gfp) => kzalloc(k, size!, gfp!),
	"void *kmalloc_array(size_t n, size_t size, gfp_t flags)": (k, n, size, gfp) => kmallocArray(k, n!, size!, gfp!),
	"void *kcalloc(size_t n, size_t size, gfp_t flags)": (k, n, size, gfp) => kmallocArray(k, n!, size!, gfp! | GFP_ZERO),
	"void *kcalloc_node(size_t n, size_t size, gfp_t flags, int node)": (k, n, size, gfp) =>
		kmallocArray(k, n!, size!, gfp! | GFP_ZERO),
	"void *krealloc(const void *objp, size_t new_size, gfp_t flags)": (k, p, size, gfp) => krealloc(k, p!, size!, gfp!),
	"void *krealloc_array(void *p, size_t new_n, size_t new_size, gfp_t flags)": (k, p, n, size, gfp) =>
		n! * size! > Number.MAX_SAFE_INTEGER ? 0 : krealloc(k, p!, n! * size!, gfp!),
	"void kfree(const void *objp)": (k, p) => kfree(k, p!),
	"void kfree_sensitive(const void *objp)": (k, p) => {
		if (ksize(k, p!) > 0) k.space.fill(p!, ksize(k, p!), 0);
		kfree(k, p!);
	},
	"void kfree_const(const void *x)": (k, p) => {
		if (!isVmallocAddress(p!)) kfree(k, p!);
	},
	"size_t ksize(const void *objp)": (k, p) => ksize(k, p!),
	"size_t kmalloc_size_roundup(size_t size)": (_, size) => roundUpToClass(size!),
	"void *kmemdup(const void *src, size_t len, gfp_t gfp)": (k, p, size, gfp) => kmemdup(k, p!, size!, gfp!),
	"void *kmemdup_array(const void *src, size_t count, size_t element_size, gfp_t gfp)": (k, p, n, size, gfp) =>
		kmemdup(k, p!, n! * size!, gfp!),
	"void *kvmalloc(size_t size, gfp_t flags)": (k, size, gfp) => kvmalloc(k, size!, gfp!),
	"void *kvzalloc(size_t size, gfp_t flags)": (k, size, gfp) => kvmalloc(k, size!, gfp! | GFP_ZERO),
	"void *kvmalloc_array(size_t n, size_t size, gfp_t flags)": (k, n, size, gfp) => kvmalloc(k, n! * size!, gfp!),
	"void *kvcalloc(size_t n, size_t size, gfp_t flags)": (k, n, size, gfp) => kvmalloc(k, n! * size!, gfp! | GFP_ZERO),
	"void *kvmemdup(const void *src, size_t len, gfp_t gfp)": (k, p, size, gfp) => {
		const copy = kvmalloc(k, size!, gfp!);
		if (copy !== 0) k.space.copy(copy, p!, size!);
		return copy;
	},
	"void kvfree(const void *addr)": (k, p) => kvfree(k, p!),
	"void *vmalloc(unsigned long size)": (k, size) => vmallocChecked(k, size!, GFP_KERNEL),
	"void *vzalloc(unsigned long size)": (k, size) => vmallocChecked(k, size!, GFP_KERNEL | GFP_ZERO),
	"void *vcalloc(size_t n, size_t size)": (k, n, size) => vmallocChecked(k, n! * size!, GFP_KERNEL | GFP_ZERO),
	"void *vmalloc_array(size_t n, size_t size)": (k, n, size) => vmallocChecked(k, n! * size!, GFP_KERNEL),
	"void *vmalloc_user(unsigned long size)": (k, size) => vmallocChecked(k, size!, GFP_KERNEL | GFP_ZERO),
	"void *vmalloc_32(unsigned long size)": (k, size) => vmallocChecked(k, size!, GFP_KERNEL),
	"void vfree(const void *addr)": (k, p) => vfree(k, p!),
	"bool is_vmalloc_addr(const void *x)": (_, p) => isVmallocAddress(p!),
	"unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order)": (k, gfp, order) =>
		getFreePages(k, gfp!, order!),
	"unsigned long get_zeroed_page(gfp_t gfp_mask)": (k, gfp) => getFreePages(k, gfp! | GFP_ZERO, 0),
	"void free_pages(unsigned long addr, unsigned int order)": (k, address, order) =>
		freePages(k, fromUnsigned(address!), order!),
	"struct page *alloc_pages(gfp_t gfp, unsigned int order)": (k, gfp, order) => allocPages(k, gfp!, order!),
	"struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order)": (k, _, gfp, order) =>
		allocPages(k, gfp!, order!),
	"void __free_pages(struct page *page, unsigned int order)": (k, page, order) => freePages(k, frame(k, page!), order!),
	"void *alloc_pages_exact(size_t size, gfp_t gfp_mask)": (k, size, gfp) => allocExact(k, size!, gfp!),
	"void free_pages_exact(void *virt, size_t size)": (k, p) => freePagesExact(k, p!),
	"void put_page(struct page *page)": (k, page) => freePagesExact(k, frame(k, page!)),
	"phys_addr_t virt_to_phys(const volatile void *x)": (k, p) => {
		// Whoever asks lets a device write there.
		markInitialised(k.space, p!, requestedSize(k, p!));
		return virtToPhys(k, p!);
	},
	"void *phys_to_virt(phys_addr_t x)": (k, phys) => physToVirt(k, phys!),
	"struct page *virt_to_page(const void *x)": (k, p) => physToPage(k, virtToPhys(k, p!)),
	"void *__empty_zero_page(void)": (k) => pageToVirt(k, ZERO_PAGE),
	"void *page_address(const struct page *page)": (k, page) => k.space.fromPhys(pageToPhys(k, page!)),
	"phys_addr_t page_to_phys(const struct page *page)": (k, page) => pageToPhys(k, page!),
	"struct page *phys_to_page(phys_addr_t phys)": (k, phys) => physToPage(k, phys!),
	"unsigned long page_to_pfn(const struct page *page)": (k, page) => pageToPhys(k, page!) / PAGE_SIZE,
	"struct page *pfn_to_page(unsigned long pfn)": (k, pfn) => physToPage(k, pfn! * PAGE_SIZE),
	"bool virt_addr_valid(const void *x)": (k, p) => virtToPage(k, p!) >= 0,
	"bool pfn_valid(unsigned long pfn)": (k, pfn) => k.machine.memory.regionOf(pfn! * PAGE_SIZE) !== null,
	"struct page *vmalloc_to_page(const void *addr)": (k, p) => {
		const phys = k.space.toPhys(p!);
		return phys < 0 ? 0 : physToPage(k, phys);
	},
	"int get_order(unsigned long size)": (_, size) => Math.max(0, Math.ceil(Math.log2(Math.max(1, size!) / PAGE_SIZE))),
	"size_t __allocated_size(const void *p)": (k, p) => requestedSize(k, p!),
});

function freePagesExact(k: Kernel, address: number): void {
	if (address === 0) return;
	const page = virtToPage(k, address);
	const count = page < 0 ? 0 : k.state.mm.blockPages[page]!;
	freePages(k, address, count > 0 ? Math.log2(count) : 0);
}

function roundUpToClass(size: number): number {
	const found = [8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192].find((c) => c >= size);
	return found ?? PAGE_SIZE * 2 ** Math.ceil(Math.log2(size / PAGE_SIZE));
}

/** An address that came in an unsigned long: back to a signed pointer. Rounded above 2^53, exact again below. */
function fromUnsigned(address: number): number {
	return address >= 2 ** 63 ? address - 2 ** 64 : address;
}
