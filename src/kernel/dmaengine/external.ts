/** The border of dmaengine: what it asks other areas to do. */
import { cells, hasProperty, phandleList, strings } from "../../devicetree/tree";
import { taskletStruct } from "../base-structs";
import { addDevres } from "../device/devices";
import { devName, driverString, newText } from "../device/names";
import { nodeAddress, nodeOf } from "../device/nodes";
import {
	busDmaRegion,
	deviceDmaParameters,
	deviceDriver,
	device as deviceStruct,
	ofPhandleArgs as ofPhandleArgsStruct,
} from "../device/structs";
import type { Kernel } from "../kernel";
import { spinLockInit } from "../locks/locks";
import { GFP_KERNEL, GFP_ZERO } from "../mm/gfp";
import { kfree as kfreePlain, kzalloc as kzallocPlain } from "../mm/kmalloc";
import { freePages as freeOrder, getFreePages, orderOf, STRUCT_PAGE_SIZE, VMEMMAP_BASE } from "../mm/pages";
import { firstTime } from "../printk/log";
import { mightSleep as sleepCheck } from "../sched/context";
import { KernelBug, warn } from "../sched/oops";
import { say } from "../sched/say";
import { readText } from "../text";

const PAGE_SIZE = 4096;
/** HZ is 250. */
export const JIFFY_PS = 4_000_000_000;

// Memory

export const kzalloc = (k: Kernel, size: number): number => kzallocPlain(k, size, GFP_ZERO);
export const kfree = kfreePlain;
export const kstrdup = newText;
export const cString = readText;

/** Whole pages in the linear map; 0 when there are none. */
export const allocPages = (k: Kernel, pages: number): number =>
	getFreePages(k, GFP_KERNEL & ~0x400, orderOf(pages * PAGE_SIZE));
export const freePages = (k: Kernel, pointer: number, pages: number): void =>
	freeOrder(k, pointer, orderOf(pages * PAGE_SIZE));

/** struct page of a physical address, and back; as with a linear memmap nothing checks that there is RAM. */
export const pageOf = (k: Kernel, phys: number): number =>
	VMEMMAP_BASE + STRUCT_PAGE_SIZE * Math.floor((phys - k.space.ramStart) / PAGE_SIZE);
export const pagePhys = (k: Kernel, page: number): number =>
	k.space.ramStart + ((page - VMEMMAP_BASE) / STRUCT_PAGE_SIZE) * PAGE_SIZE;

/** A C string that stays: allocated once for each text. */
export function kernelBytes(k: Kernel, text: string): number {
	const { texts } = k.state.dma;
	texts[text] ??= newText(k, text);
	return texts[text];
}

// Devices

export const deviceName = devName;
/** Pointer of dev_name(). */
export const deviceNamePointer = (k: Kernel, dev: number): number => k.space.r64(deviceStruct.kobj.at(dev));
export const ofNodeOf = (k: Kernel, dev: number): number => deviceStruct.of_node.get(k.space, dev);

/** `dev->driver->owner`; a device without a driver is a NULL pointer dereference, as in Linux. */
export const driverOwner = (k: Kernel, dev: number): number =>
	deviceDriver.owner.get(k.space, deviceStruct.driver.get(k.space, dev));

export function devmAddAction(k: Kernel, dev: number, action: number, data: number): void {
	addDevres(k, dev, "devm_add_action", action, [data]);
}

/** The struct class of dma, whose first member is its name. */
export function deviceClass(k: Kernel, name: string): number {
	const { dma } = k.state;
	if (dma.class === 0) {
		dma.class = kzalloc(k, 64);
		k.space.w64(dma.class, newText(k, name));
	}
	return dma.class;
}

// Devicetree

export const hasOfProperty = (k: Kernel, np: number, name: string): boolean => {
	const node = nodeOf(k, np);
	return node !== undefined && hasProperty(node, name);
};
export const stringsOf = (k: Kernel, np: number, name: string): readonly string[] => {
	const node = nodeOf(k, np);
	return (node && strings(node, name)) ?? [];
};
export const nodeFullName = (k: Kernel, np: number): string => nodeOf(k, np)?.path ?? "(null)";
export const cellsOf = (k: Kernel, np: number, name: string): readonly number[] | undefined => {
	const node = nodeOf(k, np);
	return node && cells(node, name);
};

/** Parses entry `index` of a list of phandles with arguments into a struct of_phandle_args. */
export function parsePhandle(
	k: Kernel,
	np: number,
	list: string,
	cellsName: string,
	index: number,
	out: number,
): boolean {
	const node = nodeOf(k, np);
	if (!node || !k.tree) return false;
	const entry = phandleList(k.tree, node, list, cellsName)?.[index];
	const target = entry && nodeAddress(k, entry.node);
	if (!entry || !target) return false;
	ofPhandleArgsStruct.np.set(k.space, out, target);
	ofPhandleArgsStruct.args_count.set(k.space, out, entry.args.length);
	entry.args.forEach((value, i) => {
		k.space.w32(ofPhandleArgsStruct.args.at(out) + 4 * i, value);
	});
	return true;
}

// Messages

const line = (text: string): string => text.replace(/\n$/, "");

function devText(k: Kernel, dev: number, text: string): string {
	if (dev === 0) return `(NULL device *): ${line(text)}`;
	const cls = deviceStruct.class.get(k.space, dev);
	const driver = driverString(k, dev) || (cls === 0 ? "" : readText(k, k.space.r64(cls)));
	return `${driver} ${devName(k, dev)}: ${line(text)}`;
}

export const devErr = (k: Kernel, dev: number, text: string): void => say(k, 3, devText(k, dev, text));
export const devWarn = (k: Kernel, dev: number, text: string): void => say(k, 4, devText(k, dev, text));
export const devInfo = (k: Kernel, dev: number, text: string): void => say(k, 6, devText(k, dev, text));
/** dev_dbg: not printed unless dynamic debug is on, which it is not. */
export const devDebug = (_k: Kernel, _dev: number, _text: string): void => {};
export const prErr = (k: Kernel, text: string): void => say(k, 3, line(text));

export function warnOnce(k: Kernel, place: string, text: string): void {
	if (firstTime(k, place)) warn(k, place, line(text));
}
export function devWarnOnce(k: Kernel, dev: number, place: string, text: string): void {
	if (firstTime(k, place)) warn(k, place, devText(k, dev, text));
}
/** WARN_ON_ONCE. */
export const warnHere = (k: Kernel, place: string, text: string): void => warnOnce(k, place, text);

export function kernelBug(_k: Kernel, where: string): never {
	throw new KernelBug(where);
}

// Contexts and tasklets

/** might_sleep() of a mutex; `line` of include/linux/dmaengine.h for dmaengine_synchronize. */
export function mightSleep(k: Kernel, file = "kernel/locking/mutex.c", lineNumber = 586): void {
	sleepCheck(k, file, lineNumber);
}

export const jiffies = (k: Kernel): number => Math.floor(k.machine.time / JIFFY_PS);

/** spin_lock_init() of a lock of the core's own: one class for each name. */
export const initLock = (k: Kernel, at: number, name: string): void => spinLockInit(k, at, name, name);

export function initTasklet(k: Kernel, at: number, callback: number): void {
	k.space.fill(at, taskletStruct.$size, 0);
	taskletStruct.use_callback.set(k.space, at, 1);
	taskletStruct.callback.set(k.space, at, callback);
}

/** Calls a plain kernel function of another area by its C name. */
export function callPlain(k: Kernel, name: string, ...args: number[]): number {
	const fn = k.functions[k.indexOf.get(name) ?? -1];
	if (fn?.kind !== "plain") throw new Error(`no plain kernel function ${name}`);
	return Number(fn.run(k, ...args) ?? 0);
}

export { scheduleTasklet } from "../work/tasklet";

// DMA parameters of devices

export interface DeviceDma {
	readonly mask: number;
	readonly busLimit: number;
	readonly maxSegment: number;
	readonly boundary: number;
}

const unsigned = (value: number): number => (value < 0 ? value + 2 ** 64 : value);

/** What a device can reach; null when it has no DMA mask. */
export function deviceDma(k: Kernel, dev: number): DeviceDma | null {
	const mask = deviceStruct.dma_mask.get(k.space, dev);
	if (mask === 0) return null;
	const parms = deviceStruct.dma_parms.get(k.space, dev);
	return {
		mask: unsigned(k.space.r64(mask)),
		busLimit: unsigned(deviceStruct.bus_dma_limit.get(k.space, dev)),
		maxSegment: parms === 0 ? 0 : deviceDmaParameters.max_segment_size.get(k.space, parms),
		boundary: parms === 0 ? 0 : deviceDmaParameters.segment_boundary_mask.get(k.space, parms),
	};
}

/** Address at which a device sees physical memory, through its `dma_range_map`; -1 where it does not see it. */
export function physToDma(k: Kernel, dev: number, phys: number): number {
	const map = dev === 0 ? 0 : deviceStruct.dma_range_map.get(k.space, dev);
	if (map === 0) return phys;
	for (let region = map; busDmaRegion.size.get(k.space, region) !== 0; region += busDmaRegion.$size) {
		const offset = phys - busDmaRegion.cpu_start.get(k.space, region);
		if (offset >= 0 && offset < busDmaRegion.size.get(k.space, region))
			return busDmaRegion.dma_start.get(k.space, region) + offset;
	}
	return -1;
}

/** A 64-bit mask; all ones does not fit a number exactly. */
function writeMask(k: Kernel, at: number, mask: number): void {
	k.space.w64(at, mask >= 2 ** 63 ? -1 : mask);
}

export function setDeviceMask(k: Kernel, dev: number, mask: number): boolean {
	const at = deviceStruct.dma_mask.get(k.space, dev);
	if (at === 0) return false;
	writeMask(k, at, mask);
	return true;
}

export function setCoherentMask(k: Kernel, dev: number, mask: number): void {
	writeMask(k, deviceStruct.coherent_dma_mask.at(dev), mask);
}

/** Points dma_mask at the coherent mask (dma_coerce_mask_and_coherent). */
export function coerceMask(k: Kernel, dev: number): void {
	deviceStruct.dma_mask.set(k.space, dev, deviceStruct.coherent_dma_mask.at(dev));
}

/** Sets one of dma_parms; without them Linux warns and ignores it. */
export function setDeviceParm(
	k: Kernel,
	dev: number,
	name: "max_segment_size" | "segment_boundary_mask" | "min_align_mask",
	value: number,
): void {
	const parms = deviceStruct.dma_parms.get(k.space, dev);
	if (parms === 0) warnOnce(k, `dma_parms_${name}`, "");
	else deviceDmaParameters[name].set(k.space, parms, value);
}
