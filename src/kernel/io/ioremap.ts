/** ioremap and the functions that find a device's registers and map them. */
import { PAGE_SIZE } from "../../language/vm/address-space";
import { addDevres, forgetDevres } from "../device/devices";
import { getResource } from "../device/platform-resource";
import { IORESOURCE_MEM, platformDevice, resource } from "../device/structs";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { readString } from "../lib/bytes";
import { addArea, findArea, removeArea } from "../mm/vmalloc";
import { devPrintk } from "../printk/functions";
import { printk } from "../printk/log";
import { warn } from "../sched/oops";

const EBUSY = 16;
const EINVAL = 22;
const ENOMEM = 12;

/** Maps device memory; 0 when that is RAM (Linux warns) or there is no room. `phys` need not be page-aligned. */
export function ioremap(k: Kernel, phys: number, size: number): number {
	if (size === 0) return 0;
	if (k.machine.memory.regionOf(phys) !== null) {
		warn(k, "arch/arm64/mm/ioremap.c:27 ioremap_prot+0x0/0x0");
		return 0;
	}
	const offset = phys % PAGE_SIZE;
	const address = addArea(k, "ioremap", phys - offset, size + offset, "mmio");
	return address === 0 ? 0 : address + offset;
}

export function iounmap(k: Kernel, address: number): void {
	const area = findArea(k, address);
	if (area?.kind === "ioremap") removeArea(k, area.start);
	else warn(k, "mm/vmalloc.c:3347 vunmap+0x0/0x0", `Trying to vunmap() nonexistent vm area`);
}

function devmIoremap(k: Kernel, dev: number, phys: number, size: number): number {
	const address = ioremap(k, phys, size);
	if (address !== 0) addDevres(k, dev, "devm_ioremap", "iounmap", [address]);
	return address;
}

/** Claims a region; false when it overlaps one that is claimed. */
function requestRegion(k: Kernel, start: number, size: number, name: string): boolean {
	const { claimed } = k.state.io;
	if (claimed.some((r) => start < r.start + r.size && r.start < start + size)) return false;
	claimed.push({ start, size, name });
	claimed.sort((a, b) => a.start - b.start);
	return true;
}

function releaseRegion(k: Kernel, start: number, size: number): void {
	const { claimed } = k.state.io;
	const at = claimed.findIndex((r) => r.start === start && r.size === size);
	if (at >= 0) claimed.splice(at, 1);
	else printk(k, 4, `Trying to free nonexistent resource <${hex16(start)}-${hex16(start + size - 1)}>\n`);
}

const hex16 = (value: number): string => value.toString(16).padStart(16, "0");

/** devm_ioremap_resource: pointer or error pointer, with Linux's messages. */
function devmIoremapResource(k: Kernel, dev: number, res: number): number {
	if (res === 0 || !(resource.flags.get(k.space, res) & IORESOURCE_MEM)) {
		devPrintk(k, 3, dev, "invalid resource (null)\n");
		return -EINVAL;
	}
	const start = resource.start.get(k.space, res);
	const size = resource.end.get(k.space, res) - start + 1;
	if (!requestRegion(k, start, size, "")) {
		devPrintk(k, 3, dev, `can't request region for resource ${rangeText(start, size)}\n`);
		return -EBUSY;
	}
	const address = ioremap(k, start, size);
	if (address === 0) {
		releaseRegion(k, start, size);
		devPrintk(k, 3, dev, `ioremap failed for resource ${rangeText(start, size)}\n`);
		return -ENOMEM;
	}
	addDevres(k, dev, "devm_request_mem_region", "release_mem_region", [start, size]);
	addDevres(k, dev, "devm_ioremap", "iounmap", [address]);
	return address;
}

function rangeText(start: number, size: number): string {
	const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;
	return `[mem ${hex(start)}-${hex(start + size - 1)}]`;
}

function platformRemap(k: Kernel, pdev: number, which: number | string, out: number): number {
	const res = getResource(k, pdev, IORESOURCE_MEM, which);
	if (out !== 0) k.space.w64(out, res);
	return devmIoremapResource(k, platformDevice.dev.at(pdev), res);
}

export const ioremapFunctions: KernelFunction[] = plain({
	"void __iomem *ioremap(phys_addr_t offset, size_t size)": (k, phys, size) => ioremap(k, phys!, size!),
	"void __iomem *ioremap_wc(phys_addr_t offset, size_t size)": (k, phys, size) => ioremap(k, phys!, size!),
	"void __iomem *ioremap_np(phys_addr_t offset, size_t size)": (k, phys, size) => ioremap(k, phys!, size!),
	"void __iomem *ioremap_cache(phys_addr_t offset, size_t size)": (k, phys, size) => ioremap(k, phys!, size!),
	"void iounmap(volatile void __iomem *addr)": (k, address) => iounmap(k, address!),
	"void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size)": (
		k,
		dev,
		phys,
		size,
	) => devmIoremap(k, dev!, phys!, size!),
	"void __iomem *devm_ioremap_wc(struct device *dev, resource_size_t offset, resource_size_t size)": (
		k,
		dev,
		phys,
		size,
	) => devmIoremap(k, dev!, phys!, size!),
	"void devm_iounmap(struct device *dev, void __iomem *addr)": (k, dev, address) => {
		if (forgetDevres(k, dev!, "iounmap", address!)) iounmap(k, address!);
		else warn(k, "lib/devres.c:124 devm_iounmap+0x0/0x0");
	},
	"void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *res)": (k, dev, res) =>
		devmIoremapResource(k, dev!, res!),
	"void __iomem *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)": (k, pdev, index) =>
		platformRemap(k, pdev!, index!, 0),
	"void __iomem *devm_platform_ioremap_resource_byname(struct platform_device *pdev, const char *name)": (
		k,
		pdev,
		name,
	) => platformRemap(k, pdev!, readString(k, name!), 0),
	"void __iomem *devm_platform_get_and_ioremap_resource(struct platform_device *pdev, unsigned int index, struct resource **res)":
		(k, pdev, index, out) => platformRemap(k, pdev!, index!, out!),
	"bool __request_mem_region(resource_size_t start, resource_size_t n, const char *name)": (k, start, size, name) =>
		requestRegion(k, start!, size!, readString(k, name!)),
	"void release_mem_region(resource_size_t start, resource_size_t n)": (k, start, size) =>
		releaseRegion(k, start!, size!),
	"void *memremap(resource_size_t offset, size_t size, unsigned long flags)": (k, phys, size) =>
		k.machine.memory.regionOf(phys!) !== null ? k.space.fromPhys(phys!) : ioremap(k, phys!, size!),
	"void memunmap(void *addr)": (k, address) => {
		if (findArea(k, address!)?.kind === "ioremap") iounmap(k, address!);
	},
});
