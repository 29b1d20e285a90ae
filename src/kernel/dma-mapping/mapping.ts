/**
 * kernel/dma/mapping.c on a coherent machine with direct mapping: a DMA address is a physical address, or what the bus's
 * `dma-ranges` make of it (core-semantics 7).
 */

import { WINDOW_BASE } from "../../language/vm/address-space";
import { ObserverBit } from "../../sim/observers";
import { EINVAL, EIO, ENOMEM } from "../dmaengine/constants";
import {
	coerceMask,
	type DeviceDma,
	devErr,
	deviceDma,
	deviceName,
	devWarnOnce,
	kernelBug,
	pagePhys,
	physToDma,
	setCoherentMask,
	setDeviceMask,
	setDeviceParm,
	warnHere,
} from "../dmaengine/external";
import { type KernelFunction, plain } from "../functions";
import { checkDma } from "../kasan/check";
import type { Kernel } from "../kernel";
import { firstTime } from "../printk/log";
import { contextName } from "../sched/context";
import { countedEntries, scatterlist, sgPhys, sgTable } from "./scatterlist";

export const DMA_MAPPING_ERROR = -1;
const TO_DEVICE = 1;
const ATTR_MMIO = 1 << 10;
const DIRECTIONS = ["BIDIRECTIONAL", "TO_DEVICE", "FROM_DEVICE"];
const WINDOW_SIZE = 4294967296;
const DEFAULT_MASK = 0xffffffff;
const MAX_SEGMENT = 65536;
const TWO64 = 2 ** 64;

export const mappingHeader = `
enum dma_data_direction { DMA_BIDIRECTIONAL = 0, DMA_TO_DEVICE = 1, DMA_FROM_DEVICE = 2, DMA_NONE = 3 };
#define DMA_MAPPING_ERROR (~(dma_addr_t)0)
#define DMA_BIT_MASK(n) (((n) == 64) ? ~0ULL : ((1ULL << (n)) - 1))
#define DMA_ATTR_WEAK_ORDERING (1UL << 1)
#define DMA_ATTR_WRITE_COMBINE (1UL << 2)
#define DMA_ATTR_NO_KERNEL_MAPPING (1UL << 4)
#define DMA_ATTR_SKIP_CPU_SYNC (1UL << 5)
#define DMA_ATTR_FORCE_CONTIGUOUS (1UL << 6)
#define DMA_ATTR_ALLOC_SINGLE_PAGES (1UL << 7)
#define DMA_ATTR_NO_WARN (1UL << 8)
#define DMA_ATTR_PRIVILEGED (1UL << 9)
#define DMA_ATTR_MMIO (1UL << 10)
struct dma_pool;
#define DEFINE_DMA_UNMAP_ADDR(ADDR_NAME) dma_addr_t ADDR_NAME
#define DEFINE_DMA_UNMAP_LEN(LEN_NAME) __u32 LEN_NAME
#define dma_unmap_addr(PTR, ADDR_NAME) ((PTR)->ADDR_NAME)
#define dma_unmap_addr_set(PTR, ADDR_NAME, VAL) (((PTR)->ADDR_NAME) = (VAL))
#define dma_unmap_len(PTR, LEN_NAME) ((PTR)->LEN_NAME)
#define dma_unmap_len_set(PTR, LEN_NAME, VAL) (((PTR)->LEN_NAME) = (VAL))
`;

function tell(
	k: Kernel,
	kind: "map" | "unmap" | "sync",
	dev: number,
	dma: number,
	len: number,
	direction: number,
): void {
	const { observers } = k.machine;
	if (!(observers.mask & ObserverBit.RECORD)) return;
	observers.record(kind, {
		ctx: contextName(k),
		dev: deviceName(k, dev),
		dma,
		len,
		dir: DIRECTIONS[direction] ?? "NONE",
	});
}

/** `line`: of the check in kernel/dma/mapping.c. */
function checkDirection(k: Kernel, direction: number, line: number): void {
	if (direction < 0 || direction > 2) kernelBug(k, `kernel/dma/mapping.c:${line}`);
}

const hex = (value: number): string => value.toString(16);

/** Whether the device reaches [dma, dma + size). */
function reaches(device: DeviceDma, dma: number, size: number): boolean {
	const limit = device.busLimit === 0 ? device.mask : Math.min(device.mask, device.busLimit);
	return dma >= 0 && dma + size - 1 <= limit;
}

function overflowText(device: DeviceDma, dma: number, size: number): string {
	const value = dma >= 0 ? hex(dma) : dma === DMA_MAPPING_ERROR ? "f".repeat(16) : hex(TWO64 + dma);
	const limits = `mask ${hex(device.mask)}, bus limit ${hex(device.busLimit)}`;
	return `DMA addr 0x${value.padStart(16, "0")}+${size} overflow (${limits}).\n`;
}

/** Maps physical memory; DMA_MAPPING_ERROR with Linux's warning when the device cannot reach it. */
export function mapPhys(k: Kernel, dev: number, phys: number, size: number, direction: number): number {
	checkDirection(k, direction, 162);
	const device = deviceDma(k, dev);
	if (device === null) {
		warnHere(k, "kernel/dma/mapping.c:164 dma_map_page_attrs", "");
		return DMA_MAPPING_ERROR;
	}
	const dma = physToDma(k, dev, phys);
	if (!reaches(device, dma, size)) {
		devWarnOnce(k, dev, "kernel/dma/direct.h:103 dma_direct_map_page", overflowText(device, dma, size));
		return DMA_MAPPING_ERROR;
	}
	if (k.space.pool.shadow !== null) checkDma(k, k.space.fromPhys(phys), size, direction === TO_DEVICE);
	tell(k, "map", dev, dma, size, direction);
	return dma;
}

function mapSingle(k: Kernel, dev: number, pointer: number, size: number, direction: number): number {
	if (pointer >= WINDOW_BASE && pointer < WINDOW_BASE + WINDOW_SIZE) {
		devWarnOnce(
			k,
			dev,
			"include/linux/dma-mapping.h:381 dma_map_single_attrs",
			"rejecting DMA map of vmalloc memory\n",
		);
		return DMA_MAPPING_ERROR;
	}
	return mapPhys(k, dev, pointer - k.space.fromPhys(0), size, direction);
}

export function unmapDma(k: Kernel, dev: number, dma: number, size: number, direction: number): void {
	checkDirection(k, direction, 188);
	tell(k, "unmap", dev, dma, size, direction);
}

function sync(k: Kernel, dev: number, dma: number, size: number, direction: number): void {
	checkDirection(k, direction, 368);
	tell(k, "sync", dev, dma, size, direction);
}

/** Maps every entry; the number of entries, or -EIO after undoing the ones before the failing one. */
function mapSg(k: Kernel, dev: number, sgl: number, count: number, direction: number): number {
	checkDirection(k, direction, 207);
	if (deviceDma(k, dev) === null) {
		warnHere(k, "kernel/dma/mapping.c:209 __dma_map_sg_attrs", "");
		return 0;
	}
	const entries = countedEntries(k.space, sgl, count);
	for (const [index, sg] of entries.entries()) {
		const phys = sgPhys(k, sg);
		const length = scatterlist.length.get(k.space, sg);
		const dma = mapPhys(k, dev, phys, length, direction);
		if (dma === DMA_MAPPING_ERROR) {
			unmapSg(k, dev, sgl, index, direction);
			return -EIO;
		}
		scatterlist.dma_address.set(k.space, sg, dma);
		scatterlist.dma_length.set(k.space, sg, length);
	}
	return count;
}

function unmapSg(k: Kernel, dev: number, sgl: number, count: number, direction: number): void {
	checkDirection(k, direction, 308);
	for (const sg of countedEntries(k.space, sgl, count))
		tell(k, "unmap", dev, scatterlist.dma_address.get(k.space, sg), scatterlist.dma_length.get(k.space, sg), direction);
}

function syncSg(k: Kernel, dev: number, sgl: number, count: number, direction: number): void {
	checkDirection(k, direction, 402);
	for (const sg of countedEntries(k.space, sgl, count))
		tell(k, "sync", dev, scatterlist.dma_address.get(k.space, sg), scatterlist.length.get(k.space, sg), direction);
}

const mapSgOrZero = (k: Kernel, dev: number, sgl: number, count: number, direction: number): number =>
	Math.max(0, mapSg(k, dev, sgl, count, direction));

function mapPage(k: Kernel, dev: number, page: number, offset: number, size: number, direction: number): number {
	return mapPhys(k, dev, pagePhys(k, page) + offset, size, direction);
}

/** Device memory: no part of it may be RAM. Its DMA address is the physical one, whatever the bus says. */
function mapResource(k: Kernel, dev: number, phys: number, size: number, direction: number): number {
	checkDirection(k, direction, 327);
	const device = deviceDma(k, dev);
	if (device === null) {
		warnHere(k, "kernel/dma/mapping.c:329 dma_map_resource", "");
		return DMA_MAPPING_ERROR;
	}
	if (!reaches(device, phys, size)) {
		const place = "kernel/dma/direct.c:516 dma_direct_map_resource";
		if (firstTime(k, `${place} error`)) devErr(k, dev, overflowText(device, phys, size));
		warnHere(k, place, "");
		return DMA_MAPPING_ERROR;
	}
	tell(k, "map", dev, phys, size, direction);
	return phys;
}

/** Every mask of 32 bits or more will do on a directly mapped machine; smaller ones must cover the RAM's end. */
function maskSupported(k: Kernel, mask: number): boolean {
	return mask >= DEFAULT_MASK || mask >= k.space.ramStart + k.space.ramSize - 1;
}

function setMask(k: Kernel, dev: number, mask: number): number {
	return maskSupported(k, mask) && setDeviceMask(k, dev, mask) ? 0 : -EIO;
}

function setCoherent(k: Kernel, dev: number, mask: number): number {
	if (!maskSupported(k, mask)) return -EIO;
	setCoherentMask(k, dev, mask);
	return 0;
}

/** All ones up to the top of RAM, as the device sees it. */
function requiredMask(k: Kernel, dev: number): number {
	const top = physToDma(k, dev, k.space.ramStart + k.space.ramSize - 1);
	return 2 ** (Math.floor(Math.log2(top)) + 1) - 1;
}

const sgt = (k: Kernel, table: number) => ({
	sgl: sgTable.sgl.get(k.space, table),
	count: sgTable.orig_nents.get(k.space, table),
});

export const mappingFunctions: KernelFunction[] = plain({
	"dma_addr_t dma_map_single(struct device *dev, void *ptr, size_t size, enum dma_data_direction dir)": mapSingle,
	"dma_addr_t dma_map_single_attrs(struct device *dev, void *ptr, size_t size, enum dma_data_direction dir, unsigned long attrs)":
		mapSingle,
	"void dma_unmap_single(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)": unmapDma,
	"void dma_unmap_single_attrs(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir, unsigned long attrs)":
		unmapDma,
	"dma_addr_t dma_map_page(struct device *dev, struct page *page, size_t offset, size_t size, enum dma_data_direction dir)":
		mapPage,
	"dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size, enum dma_data_direction dir, unsigned long attrs)":
		mapPage,
	"void dma_unmap_page(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)": unmapDma,
	"void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir, unsigned long attrs)":
		unmapDma,
	"unsigned int dma_map_sg(struct device *dev, struct scatterlist *sg, int nents, enum dma_data_direction dir)":
		mapSgOrZero,
	"unsigned int dma_map_sg_attrs(struct device *dev, struct scatterlist *sg, int nents, enum dma_data_direction dir, unsigned long attrs)":
		mapSgOrZero,
	"void dma_unmap_sg(struct device *dev, struct scatterlist *sg, int nents, enum dma_data_direction dir)": unmapSg,
	"void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents, enum dma_data_direction dir, unsigned long attrs)":
		unmapSg,
	"int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir, unsigned long attrs)": (
		k,
		dev,
		table,
		direction,
	) => {
		const { sgl, count } = sgt(k, table);
		const mapped = mapSg(k, dev, sgl, count, direction);
		if (mapped < 0) return mapped;
		if (mapped === 0) return -EINVAL;
		sgTable.nents.set(k.space, table, mapped);
		return 0;
	},
	"void dma_unmap_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir, unsigned long attrs)":
		(k, dev, table, direction) => unmapSg(k, dev, sgt(k, table).sgl, sgt(k, table).count, direction),
	"void dma_sync_sgtable_for_cpu(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir)": (
		k,
		dev,
		table,
		direction,
	) => syncSg(k, dev, sgt(k, table).sgl, sgt(k, table).count, direction),
	"void dma_sync_sgtable_for_device(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir)": (
		k,
		dev,
		table,
		direction,
	) => syncSg(k, dev, sgt(k, table).sgl, sgt(k, table).count, direction),
	"dma_addr_t dma_map_phys(struct device *dev, phys_addr_t phys, size_t size, enum dma_data_direction dir, unsigned long attrs)":
		(k, dev, phys, size, direction, attrs) =>
			attrs & ATTR_MMIO ? mapResource(k, dev, phys, size, direction) : mapPhys(k, dev, phys, size, direction),
	"void dma_unmap_phys(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir, unsigned long attrs)":
		unmapDma,
	"dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys_addr, size_t size, enum dma_data_direction dir, unsigned long attrs)":
		mapResource,
	"void dma_unmap_resource(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir, unsigned long attrs)":
		unmapDma,
	"void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)": sync,
	"void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)":
		sync,
	"void dma_sync_single_range_for_cpu(struct device *dev, dma_addr_t addr, unsigned long offset, size_t size, enum dma_data_direction dir)":
		(k, dev, addr, offset, size, direction) => sync(k, dev, addr + offset, size, direction),
	"void dma_sync_single_range_for_device(struct device *dev, dma_addr_t addr, unsigned long offset, size_t size, enum dma_data_direction dir)":
		(k, dev, addr, offset, size, direction) => sync(k, dev, addr + offset, size, direction),
	"void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sg, int nelems, enum dma_data_direction dir)":
		syncSg,
	"void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sg, int nelems, enum dma_data_direction dir)":
		syncSg,
	"int dma_mapping_error(struct device *dev, dma_addr_t dma_addr)": (_, __, address) =>
		address < 0 || address >= TWO64 / 2 ? -ENOMEM : 0,
	"bool dma_need_sync(struct device *dev, dma_addr_t dma_addr)": () => false,
	"int dma_set_mask(struct device *dev, u64 mask)": setMask,
	"int dma_set_coherent_mask(struct device *dev, u64 mask)": setCoherent,
	"int dma_set_mask_and_coherent(struct device *dev, u64 mask)": (k, dev, mask) => {
		const error = setMask(k, dev, mask);
		if (error === 0) setCoherent(k, dev, mask);
		return error;
	},
	"int dma_coerce_mask_and_coherent(struct device *dev, u64 mask)": (k, dev, mask) => {
		coerceMask(k, dev);
		const error = setMask(k, dev, mask);
		if (error === 0) setCoherent(k, dev, mask);
		return error;
	},
	"u64 dma_get_mask(struct device *dev)": (k, dev) => deviceDma(k, dev)?.mask || DEFAULT_MASK,
	"u64 dma_get_required_mask(struct device *dev)": requiredMask,
	"bool dma_addressing_limited(struct device *dev)": (k, dev) =>
		(deviceDma(k, dev)?.mask || DEFAULT_MASK) < requiredMask(k, dev),
	"size_t dma_max_mapping_size(struct device *dev)": () => 2 ** 53,
	"size_t dma_opt_mapping_size(struct device *dev)": () => 2 ** 53,
	"unsigned int dma_get_max_seg_size(struct device *dev)": (k, dev) => deviceDma(k, dev)?.maxSegment || MAX_SEGMENT,
	"void dma_set_max_seg_size(struct device *dev, unsigned int size)": (k, dev, size) =>
		setDeviceParm(k, dev, "max_segment_size", size),
	"unsigned long dma_get_seg_boundary(struct device *dev)": (k, dev) => deviceDma(k, dev)?.boundary || -1,
	"void dma_set_seg_boundary(struct device *dev, unsigned long mask)": (k, dev, mask) =>
		setDeviceParm(k, dev, "segment_boundary_mask", mask),
	"unsigned int dma_get_min_align_mask(struct device *dev)": () => 0,
	"void dma_set_min_align_mask(struct device *dev, unsigned int min_align_mask)": () => {},
	"int dma_get_cache_alignment(void)": () => 64,
});
