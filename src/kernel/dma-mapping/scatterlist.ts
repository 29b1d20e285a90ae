/** include/linux/scatterlist.h and lib/scatterlist.c: lists of pieces of memory, as configured for arm64. */
import { EINVAL, ENOMEM } from "../dmaengine/constants";
import { kernelBug, kfree, kzalloc, pageOf, pagePhys } from "../dmaengine/external";
import { type KernelFunction, plain } from "../functions";
import { checkSource, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { as, type Memory, ptr, struct, u32, u64 } from "../struct";

export const scatterlist = struct("scatterlist", {
	page_link: as(u64, "unsigned long"),
	offset: as(u32, "unsigned int"),
	length: as(u32, "unsigned int"),
	dma_address: as(u64, "dma_addr_t"),
	dma_length: as(u32, "unsigned int"),
	dma_flags: as(u32, "unsigned int"),
});

export const sgTable = struct("sg_table", {
	sgl: ptr("struct scatterlist"),
	nents: as(u32, "unsigned int"),
	orig_nents: as(u32, "unsigned int"),
});

/** Low bits of page_link: the entry is a link to another array, or the last one. */
const SG_CHAIN = 1;
const SG_END = 2;
const PAGE_SIZE = 4096;

export const scatterlistHeader = `
typedef long off_t;
${scatterlist.$c}
${sgTable.$c}
#define SG_CHAIN 0x01UL
#define SG_END 0x02UL
#define SG_PAGE_LINK_MASK (SG_CHAIN | SG_END)
#define SG_CHUNK_SIZE 128
#define SG_MAX_SINGLE_ALLOC (PAGE_SIZE / sizeof(struct scatterlist))
#define sg_dma_address(sg) ((sg)->dma_address)
#define sg_dma_len(sg) ((sg)->dma_length)
#define for_each_sg(sglist, sg, nr, __i) \\
	for (__i = 0, sg = (sglist); __i < (nr); __i++, sg = sg_next(sg))
#define for_each_sgtable_sg(sgt, sg, i) for_each_sg((sgt)->sgl, sg, (sgt)->orig_nents, i)
#define for_each_sgtable_dma_sg(sgt, sg, i) for_each_sg((sgt)->sgl, sg, (sgt)->nents, i)
`;

const link = (m: Memory, sg: number): number => m.r32(scatterlist.page_link.at(sg)) & 3;

function setLinkBits(m: Memory, sg: number, set: number, clear: number): void {
	const at = scatterlist.page_link.at(sg);
	m.w32(at, (m.r32(at) & ~clear) | set);
}

/** The pointer in page_link without its two flag bits. */
function linkTarget(m: Memory, sg: number): number {
	const value = scatterlist.page_link.get(m, sg);
	return value - (m.r32(scatterlist.page_link.at(sg)) & 3);
}

/** Zeroes `count` entries and marks the last. */
export function sgInitTable(
	m: Memory & { fill(at: number, length: number, value: number): void },
	sg: number,
	count: number,
): void {
	m.fill(sg, count * scatterlist.$size, 0);
	setLinkBits(m, sg + (count - 1) * scatterlist.$size, SG_END, SG_CHAIN);
}

/** The entry behind `sg`, through a link; 0 after the last. */
export function sgNext(m: Memory, sg: number): number {
	if (link(m, sg) & SG_END) return 0;
	const following = sg + scatterlist.$size;
	return link(m, following) & SG_CHAIN ? linkTarget(m, following) : following;
}

function setPage(k: Kernel, sg: number, page: number, length: number, offset: number): void {
	const bits = link(k.space, sg);
	scatterlist.page_link.set(k.space, sg, page + (bits & SG_END));
	scatterlist.offset.set(k.space, sg, offset);
	scatterlist.length.set(k.space, sg, length);
}

/** sg_set_buf. */
export function setBuffer(k: Kernel, sg: number, buffer: number, length: number): void {
	// As virt_to_page: right only for the linear map.
	const phys = buffer - k.space.fromPhys(0);
	setPage(k, sg, pageOf(k, phys), length, ((phys % PAGE_SIZE) + PAGE_SIZE) % PAGE_SIZE);
}

/** Physical address of an entry's bytes, as dma_map_sg sees it. */
export const sgPhys = (k: Kernel, sg: number): number =>
	pagePhys(k, linkTarget(k.space, sg)) + scatterlist.offset.get(k.space, sg);

/** The entries of a list: at most `count`. */
export function sgEntries(m: Memory, sgl: number, count = Number.POSITIVE_INFINITY): number[] {
	const entries: number[] = [];
	for (let sg = sgl; sg !== 0 && entries.length < count; sg = sgNext(m, sg)) entries.push(sg);
	return entries;
}

/** What for_each_sg visits: `count` entries, behind the end of a shorter list a NULL. Using that is an oops, as in Linux. */
export function countedEntries(m: Memory, sgl: number, count: number): number[] {
	const entries = sgEntries(m, sgl, count);
	if (entries.length < count) entries.push(0);
	return entries;
}

function entriesForLength(k: Kernel, sgl: number, length: number): number {
	if (length === 0) return 0;
	let total = 0;
	let count = 0;
	for (const sg of sgEntries(k.space, sgl)) {
		count++;
		total += scatterlist.length.get(k.space, sg);
		if (total >= length) return count;
	}
	return -EINVAL;
}

/** Copies between a list and a buffer after `skip` bytes of the list; returns the bytes copied. */
function copyBuffer(
	k: Kernel,
	sgl: number,
	count: number,
	buffer: number,
	length: number,
	skip: number,
	toList: boolean,
): number {
	let done = 0;
	let before = skip;
	for (const sg of sgEntries(k.space, sgl, count)) {
		const size = scatterlist.length.get(k.space, sg);
		const from = Math.min(before, size);
		before -= from;
		const part = Math.min(size - from, length - done);
		if (part <= 0) continue;
		const at = k.space.fromPhys(sgPhys(k, sg)) + from;
		if (buffer !== 0 && toList) checkSource(k, buffer + done, part);
		else if (buffer !== 0) checkWrite(k, buffer + done, part);
		if (buffer === 0) k.space.fill(at, part, 0);
		else if (toList) k.space.copy(at, buffer + done, part);
		else k.space.copy(buffer + done, at, part);
		done += part;
	}
	return done;
}

export const scatterlistFunctions: KernelFunction[] = plain({
	"void sg_init_table(struct scatterlist *sgl, unsigned int nents)": (k, sg, count) => sgInitTable(k.space, sg, count),
	"void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int buflen)": (k, sg, buffer, length) => {
		sgInitTable(k.space, sg, 1);
		setBuffer(k, sg, buffer, length);
	},
	"void sg_init_marker(struct scatterlist *sgl, unsigned int nents)": (k, sg, count) =>
		setLinkBits(k.space, sg + (count - 1) * scatterlist.$size, SG_END, SG_CHAIN),
	"void sg_set_buf(struct scatterlist *sg, const void *buf, unsigned int buflen)": setBuffer,
	"void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len, unsigned int offset)": setPage,
	"void sg_assign_page(struct scatterlist *sg, struct page *page)": (k, sg, page) =>
		scatterlist.page_link.set(k.space, sg, page + (link(k.space, sg) & SG_END)),
	"struct scatterlist *sg_next(struct scatterlist *sg)": (k, sg) => sgNext(k.space, sg),
	"struct scatterlist *sg_last(struct scatterlist *s, unsigned int nents)": (k, sg, count) =>
		sgEntries(k.space, sg, count).at(-1) ?? 0,
	"void sg_mark_end(struct scatterlist *sg)": (k, sg) => setLinkBits(k.space, sg, SG_END, SG_CHAIN),
	"void sg_unmark_end(struct scatterlist *sg)": (k, sg) => setLinkBits(k.space, sg, 0, SG_END),
	"bool sg_is_last(struct scatterlist *sg)": (k, sg) => (link(k.space, sg) & SG_END) !== 0,
	"bool sg_is_chain(struct scatterlist *sg)": (k, sg) => (link(k.space, sg) & SG_CHAIN) !== 0,
	"void sg_chain(struct scatterlist *prv, unsigned int prv_nents, struct scatterlist *sgl)": (k, sg, count, next) => {
		const last = sg + (count - 1) * scatterlist.$size;
		scatterlist.offset.set(k.space, last, 0);
		scatterlist.length.set(k.space, last, 0);
		scatterlist.page_link.set(k.space, last, next + SG_CHAIN);
	},
	"int sg_nents(struct scatterlist *sg)": (k, sg) => sgEntries(k.space, sg).length,
	"int sg_nents_for_len(struct scatterlist *sg, u64 len)": entriesForLength,
	"struct page *sg_page(struct scatterlist *sg)": (k, sg) => {
		if (link(k.space, sg) & SG_CHAIN) kernelBug(k, "include/linux/scatterlist.h");
		return linkTarget(k.space, sg);
	},
	"dma_addr_t sg_phys(struct scatterlist *sg)": sgPhys,
	"void *sg_virt(struct scatterlist *sg)": (k, sg) => k.space.fromPhys(sgPhys(k, sg)),
	"int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp_mask)": (k, table, count) => {
		k.space.fill(table, sgTable.$size, 0);
		if (count === 0) return -EINVAL;
		const sgl = kzalloc(k, count * scatterlist.$size);
		if (sgl === 0) return -ENOMEM;
		sgInitTable(k.space, sgl, count);
		sgTable.sgl.set(k.space, table, sgl);
		sgTable.nents.set(k.space, table, count);
		sgTable.orig_nents.set(k.space, table, count);
		return 0;
	},
	"void sg_free_table(struct sg_table *table)": (k, table) => {
		kfree(k, sgTable.sgl.get(k.space, table));
		sgTable.sgl.set(k.space, table, 0);
	},
	"size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf, size_t buflen)": (
		k,
		sg,
		n,
		buf,
		len,
	) => copyBuffer(k, sg, n, buf, len, 0, true),
	"size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen)": (
		k,
		sg,
		n,
		buf,
		len,
	) => copyBuffer(k, sg, n, buf, len, 0, false),
	"size_t sg_pcopy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf, size_t buflen, off_t skip)":
		(k, sg, n, buf, len, skip) => copyBuffer(k, sg, n, buf, len, skip, true),
	"size_t sg_pcopy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen, off_t skip)": (
		k,
		sg,
		n,
		buf,
		len,
		skip,
	) => copyBuffer(k, sg, n, buf, len, skip, false),
	"size_t sg_zero_buffer(struct scatterlist *sgl, unsigned int nents, size_t buflen, off_t skip)": (
		k,
		sg,
		n,
		len,
		skip,
	) => copyBuffer(k, sg, n, 0, len, skip, true),
});
