/** State of the memory allocators: typed arrays, so that a snapshot costs little. */

/** What a page frame is used for: low bits of `MmState.pageKind`. */
export enum PageKind {
	Free = 0,
	/** First page of a block from the page allocator. */
	Block = 1,
	/** Further pages of a block, or of a slab. */
	Tail = 2,
	/** Page of a slab. */
	Slab = 3,
	/** Never to be given out: the first MiB, where firmware lives. */
	Reserved = 4,
}

/** A cache of equally sized objects. The objects' bookkeeping is in hidden memory (slab.ts). */
export interface SlabCache {
	name: string;
	/** Bytes that the user may use, and bytes from one object to the next. */
	objectSize: number;
	size: number;
	/** Pages of one slab. */
	pages: number;
	/** Pool offset / 16 of the first free object's record, 0 when there is none. */
	freeHead: number;
	/** Objects in use. */
	used: number;
	/** Address of its struct kmem_cache for C, 0 for the kmalloc caches. */
	handle: number;
}

/** A range of the 0xffff8000 window that is in use. */
export interface VmArea {
	start: number;
	/** Mapped pages; one unmapped page follows. */
	pages: number;
	kind: "vmalloc" | "ioremap" | "module" | "coherent";
	phys: number;
	/** Bytes asked for. */
	size: number;
}

export interface MmState {
	/** Page frames are numbered from the start of RAM. Those from here on have never been used. */
	nextPage: number;
	/** By page frame, grows with nextPage: PageKind, and for Block the number of pages. */
	pageKind: Uint8Array;
	blockPages: Int32Array;
	/** By page frame of a slab: 1 + slab number. */
	slabOf: Int32Array;
	/** Free blocks by order: page frames, ascending. */
	free: number[][];
	caches: SlabCache[];
	/** SLAB_INTS per slab: first page frame, cache, pool offset / 16 of its records, objects. */
	slabs: Int32Array;
	slabCount: number;
	/** Hidden memory for records: pool offset / 16 of the next free one, and how many are left. */
	recordNext: number;
	recordsLeft: number;
	/** By start, ascending. */
	areas: VmArea[];
	/** The allocation that fails: 1 is the next one, 0 none (sim_fault_alloc). */
	failNth: number;
	/** Allocations asked for, and failed by sim_fault_alloc. */
	requests: number;
	failed: number;
	/** Elements of mempools by pool address. */
	mempools: Record<number, number[]>;
}

/** The first MiB of RAM is left alone. */
const FIRST_PAGE = 256;
/** The page of zeros: the last one that nobody gets. */
export const ZERO_PAGE = FIRST_PAGE - 1;
export const ORDERS = 11;
export const SLAB_INTS = 4;

export const createMmState = (): MmState => ({
	nextPage: FIRST_PAGE,
	pageKind: new Uint8Array(1024).fill(PageKind.Reserved, 0, FIRST_PAGE),
	blockPages: new Int32Array(1024),
	slabOf: new Int32Array(1024),
	free: Array.from({ length: ORDERS }, () => []),
	caches: [],
	slabs: new Int32Array(64 * SLAB_INTS),
	slabCount: 0,
	recordNext: 0,
	recordsLeft: 0,
	areas: [],
	failNth: 0,
	requests: 0,
	failed: 0,
	mempools: {},
});

/** Makes the per-page arrays cover page frames below `pages`. */
export function coverPages(mm: MmState, pages: number): void {
	if (pages <= mm.pageKind.length) return;
	const length = Math.max(pages, mm.pageKind.length * 2);
	const kind = new Uint8Array(length);
	kind.set(mm.pageKind);
	mm.pageKind = kind;
	mm.blockPages = grown(mm.blockPages, length);
	mm.slabOf = grown(mm.slabOf, length);
}

export function grown(array: Int32Array, length: number): Int32Array {
	const copy = new Int32Array(length);
	copy.set(array);
	return copy;
}
