/** Registers and interrupts of a platform device, and how drivers ask for them. */
import { cells, strings } from "../../devicetree/tree";
import { EINVAL, ENXIO } from "../errno";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { kzalloc } from "../mm/kmalloc";
import { probeFailed } from "../printk/functions";
import { readText } from "../text";
import { findDevice } from "./devices";
import { newText } from "./names";
import { nodeOf } from "./nodes";
import { PDEV_DEV } from "./platform-device";
import { device, IORESOURCE_IRQ, platformDevice, resource } from "./structs";

export interface ResourceText {
	readonly start: number;
	readonly end: number;
	readonly flags: number;
	readonly name: string;
}

export function setResources(k: Kernel, pdev: number, list: readonly ResourceText[]): void {
	if (list.length === 0) return;
	const array = kzalloc(k, list.length * resource.$size);
	list.forEach((entry, i) => {
		const r = array + i * resource.$size;
		resource.start.set(k.space, r, entry.start);
		resource.end.set(k.space, r, entry.end);
		resource.flags.set(k.space, r, entry.flags);
		resource.name.set(k.space, r, newText(k, entry.name));
	});
	platformDevice.num_resources.set(k.space, pdev, list.length);
	platformDevice.resource.set(k.space, pdev, array);
}

export function copyResources(k: Kernel, pdev: number, from: number, count: number): void {
	if (from === 0 || count === 0) return;
	const copy = kzalloc(k, count * resource.$size);
	k.space.copy(copy, from, count * resource.$size);
	platformDevice.num_resources.set(k.space, pdev, count);
	platformDevice.resource.set(k.space, pdev, copy);
}

/** The resource of a type by index or by name, 0 when there is none. */
export function getResource(k: Kernel, pdev: number, type: number, want: number | string): number {
	const count = platformDevice.num_resources.get(k.space, pdev);
	const base = platformDevice.resource.get(k.space, pdev);
	let left = typeof want === "number" ? want : 0;
	for (let i = 0; i < count; i++) {
		const r = base + i * resource.$size;
		if ((resource.flags.get(k.space, r) & 0x1f00) !== type) continue;
		if (typeof want === "string") {
			if (readText(k, resource.name.get(k.space, r)) === want) return r;
		} else if (left-- === 0) return r;
	}
	return 0;
}

/** Interrupt number of a device, or a negative errno, without a message. */
function irqOf(k: Kernel, pdev: number, index: number): number {
	const dev = pdev + PDEV_DEV;
	const board = findDevice(k, dev)?.board ?? -1;
	if (board >= 0) return k.devices[board].interrupts[index] ?? -ENXIO;
	const node = nodeOf(k, device.of_node.get(k.space, dev));
	const fromNode = node && cells(node, "interrupts")?.[index];
	if (fromNode !== undefined) return fromNode;
	const r = getResource(k, pdev, IORESOURCE_IRQ, index);
	return r === 0 ? -ENXIO : resource.start.get(k.space, r);
}

function irqByName(k: Kernel, pdev: number, name: string): number {
	const node = nodeOf(k, device.of_node.get(k.space, pdev + PDEV_DEV));
	const at = (node && strings(node, "interrupt-names"))?.indexOf(name) ?? -1;
	if (at >= 0) return irqOf(k, pdev, at);
	const r = getResource(k, pdev, IORESOURCE_IRQ, name);
	return r === 0 ? -ENXIO : resource.start.get(k.space, r);
}

export const platformResourceFunctions: KernelFunction[] = plain({
	"struct resource *platform_get_resource(struct platform_device *dev, unsigned int type, unsigned int num)": (
		k,
		pdev,
		type,
		num,
	) => getResource(k, pdev, type, num),
	"struct resource *platform_get_resource_byname(struct platform_device *dev, unsigned int type, const char *name)": (
		k,
		pdev,
		type,
		name,
	) => getResource(k, pdev, type, readText(k, name)),
	"int platform_get_irq(struct platform_device *dev, unsigned int num)": (k, pdev, num) => {
		const irq = irqOf(k, pdev, num);
		if (irq < 0) probeFailed(k, 3, pdev + PDEV_DEV, irq, `IRQ index ${num} not found\n`);
		return irq;
	},
	"int platform_get_irq_optional(struct platform_device *dev, unsigned int num)": (k, pdev, num) => irqOf(k, pdev, num),
	"int platform_get_irq_byname(struct platform_device *dev, const char *name)": (k, pdev, name) => {
		const irq = irqByName(k, pdev, readText(k, name));
		if (irq < 0) probeFailed(k, 3, pdev + PDEV_DEV, irq, `IRQ ${readText(k, name)} not found\n`);
		return irq;
	},
	"int platform_get_irq_byname_optional(struct platform_device *dev, const char *name)": (k, pdev, name) =>
		irqByName(k, pdev, readText(k, name)),
	"int platform_irq_count(struct platform_device *dev)": (k, pdev) => {
		let count = 0;
		while (irqOf(k, pdev, count) >= 0) count++;
		return count;
	},
	"int of_irq_get(struct device_node *dev, int index)": (k, np, index) => {
		const node = nodeOf(k, np);
		const board = k.devices.find((d) => d.path === node?.path);
		return board?.interrupts[index] ?? (node && cells(node, "interrupts")?.[index]) ?? -EINVAL;
	},
	"int of_irq_get_byname(struct device_node *dev, const char *name)": (k, np, name) => {
		const node = nodeOf(k, np);
		const at = (node && strings(node, "interrupt-names"))?.indexOf(readText(k, name)) ?? -1;
		return at < 0 ? -EINVAL : (k.devices.find((d) => d.path === node?.path)?.interrupts[at] ?? -EINVAL);
	},
	"struct platform_device *of_find_device_by_node(struct device_node *np)": (k, np) => {
		const path = k.state.devices.paths[np];
		return (
			k.state.devices.devices.find((d) => d.platform !== 0 && d.node === path && path !== undefined)?.platform ?? 0
		);
	},
});
