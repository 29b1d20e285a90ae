/** Platform devices and drivers (drivers/base/platform.c). */
import { cells, type DtNode, dmaRanges, strings } from "../../devicetree/tree";
import { EBUSY, EINVAL, ENODEV, ENOMEM, ENXIO, isError } from "../errno";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { kfree, kzalloc } from "../mm/kmalloc";
import { moduleOfAddress } from "../module/names";
import { say } from "../sched/say";
import { readText } from "../text";
import { devSay, enterDevice, findDevice, initializeDevice, removeDevice } from "./devices";
import { newText, setDevName } from "./names";
import { nodeAddress, nodeAt, nodeOf } from "./nodes";
import {
	busDmaRegion,
	device,
	deviceDriver,
	deviceNode,
	IORESOURCE_IRQ,
	IORESOURCE_MEM,
	platformDevice,
	platformDeviceInfo,
	platformDriver,
	resource,
} from "./structs";

const PLATFORM_DEVID_NONE = -1;
const PLATFORM_DEVID_AUTO = -2;
/** DMA_BIT_MASK(32). */
const DEFAULT_MASK = 0xffffffff;
const PDEV_DEV = platformDevice.dev.offset;

/** platform_bus_type: a struct bus_type whose first member is its name. */
export function createPlatformBus(k: Kernel): void {
	const bus = kzalloc(k, 64);
	k.space.w64(bus, newText(k, "platform"));
	k.state.devices.platformBus = bus;
}

function newPlatformDevice(k: Kernel, name: string, id: number): number {
	const pdev = kzalloc(k, platformDevice.$size);
	if (pdev === 0) return 0;
	platformDevice.name.set(k.space, pdev, newText(k, name));
	platformDevice.id.set(k.space, pdev, id);
	setupPlatformDevice(k, pdev);
	return pdev;
}

/** What platform_device_alloc and device_initialize set. */
function setupPlatformDevice(k: Kernel, pdev: number): void {
	const dev = pdev + PDEV_DEV;
	initializeDevice(k, dev);
	device.bus.set(k.space, dev, k.state.devices.platformBus);
	if (device.coherent_dma_mask.get(k.space, dev) === 0) device.coherent_dma_mask.set(k.space, dev, DEFAULT_MASK);
	if (device.dma_mask.get(k.space, dev) === 0) {
		platformDevice.platform_dma_mask.set(k.space, pdev, DEFAULT_MASK);
		device.dma_mask.set(k.space, dev, platformDevice.platform_dma_mask.at(pdev));
	}
	if (device.dma_parms.get(k.space, dev) === 0) device.dma_parms.set(k.space, dev, platformDevice.dma_parms.at(pdev));
}

/** of_platform_populate: a platform device for every node of the board that has a `compatible`. */
export function populate(k: Kernel): void {
	k.devices.forEach((board, index) => {
		const pdev = newPlatformDevice(k, board.name, PLATFORM_DEVID_NONE);
		const dev = pdev + PDEV_DEV;
		const node = nodeAt(k, board.path);
		setDevName(k, dev, board.name);
		device.of_node.set(k.space, dev, nodeAddress(k, node));
		for (let up = node; up; up = up.parent ?? undefined) {
			if (up.properties.has("dma-coherent")) device.dma_coherent.set(k.space, dev, 1);
			if (up.properties.has("dma-noncoherent")) break;
		}
		if (node) configureDma(k, dev, node);
		const names = (node && strings(node, "reg-names")) ?? [];
		const list = [
			...board.reg.map((r, i) => ({
				start: r.base,
				end: r.base + r.size - 1,
				flags: IORESOURCE_MEM,
				name: names[i] ?? board.name,
			})),
		];
		setResources(k, pdev, list);
		enterDevice(k, { address: dev, platform: pdev, board: index, node: board.path });
	});
}

/** of_dma_configure: what `dma-ranges` say of the bus, and the highest address that it has. Linux does so when it probes. */
function configureDma(k: Kernel, dev: number, node: DtNode): void {
	const ranges = dmaRanges(node);
	if (ranges === undefined || ranges.length === 0) return;
	const map = kzalloc(k, (ranges.length + 1) * busDmaRegion.$size);
	ranges.forEach(({ cpu, dma, size }, i) => {
		const region = map + i * busDmaRegion.$size;
		busDmaRegion.cpu_start.set(k.space, region, cpu);
		busDmaRegion.dma_start.set(k.space, region, dma);
		busDmaRegion.size.set(k.space, region, size);
	});
	device.dma_range_map.set(k.space, dev, map);
	device.bus_dma_limit.set(k.space, dev, Math.max(...ranges.map(({ dma, size }) => dma + size - 1)));
}

interface ResourceText {
	readonly start: number;
	readonly end: number;
	readonly flags: number;
	readonly name: string;
}

function setResources(k: Kernel, pdev: number, list: readonly ResourceText[]): void {
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

/** platform_device_add's name: "name", "name.id" or "name.N.auto". */
function nameDevice(k: Kernel, pdev: number): void {
	const dev = pdev + PDEV_DEV;
	const name = readText(k, platformDevice.name.get(k.space, pdev));
	const id = platformDevice.id.get(k.space, pdev);
	if (id !== PLATFORM_DEVID_AUTO) {
		setDevName(k, dev, id === PLATFORM_DEVID_NONE ? name : `${name}.${id}`);
		return;
	}
	const number = k.state.devices.nextAutoId++;
	platformDevice.id.set(k.space, pdev, number);
	platformDevice.id_auto.set(k.space, pdev, 1);
	setDevName(k, dev, `${name}.${number}.auto`);
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

export const platformFunctions: KernelFunction[] = [
	...plain({
		"void platform_device_put(struct platform_device *pdev)": (k, pdev) => {
			const record = pdev === 0 ? undefined : findDevice(k, pdev + PDEV_DEV);
			if (pdev !== 0 && !record) kfree(k, pdev);
		},
		"struct platform_device *platform_device_alloc(const char *name, int id)": (k, name, id) =>
			newPlatformDevice(k, readText(k, name), id),
		"int platform_device_add_data(struct platform_device *pdev, const void *data, size_t size)": (
			k,
			pdev,
			from,
			size,
		) => {
			const copy = from === 0 ? 0 : kzalloc(k, size);
			if (from !== 0 && copy === 0) return -ENOMEM;
			if (copy !== 0) k.space.copy(copy, from, size);
			device.platform_data.set(k.space, pdev + PDEV_DEV, copy);
			return 0;
		},
		"int platform_device_add_resources(struct platform_device *pdev, const struct resource *res, unsigned int num)": (
			k,
			pdev,
			res,
			num,
		) => {
			copyResources(k, pdev, res, num);
			return 0;
		},
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
			if (irq < 0) devSay(k, 3, pdev + PDEV_DEV, `error ${irq}: IRQ index ${num} not found`);
			return irq;
		},
		"int platform_get_irq_optional(struct platform_device *dev, unsigned int num)": (k, pdev, num) =>
			irqOf(k, pdev, num),
		"int platform_get_irq_byname(struct platform_device *dev, const char *name)": (k, pdev, name) => {
			const irq = irqByName(k, pdev, readText(k, name));
			if (irq < 0) devSay(k, 3, pdev + PDEV_DEV, `error ${irq}: IRQ ${readText(k, name)} not found`);
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
	}),
	steps("int platform_device_add(struct platform_device *pdev)", {
		enter: step("Name the device and enter it on the platform bus.", (k, f) => {
			const pdev = f.args[0];
			if (pdev === 0) return ret(-EINVAL);
			nameDevice(k, pdev);
			const dev = pdev + PDEV_DEV;
			device.bus.set(k.space, dev, k.state.devices.platformBus);
			const path = k.state.devices.paths[device.of_node.get(k.space, dev)] ?? "";
			enterDevice(k, { address: dev, platform: pdev, board: -1, node: path });
			return next;
		}),
		attach: step("Look for a driver.", (_, f) => call("device_attach", [f.args[0] + PDEV_DEV])),
		done: step("Registered, with or without a driver.", () => ret(0)),
	}),
	steps("int platform_device_register(struct platform_device *pdev)", {
		setup: step("Initialise the device.", (k, f) => {
			setupPlatformDevice(k, f.args[0]);
			return call("platform_device_add", [f.args[0]]);
		}),
		done: step("Return the result.", (_, f) => ret(f.result)),
	}),
	steps("void platform_device_del(struct platform_device *pdev)", {
		release: step("Unbind the driver.", (_, f) =>
			f.args[0] === 0 || isError(f.args[0]) ? ret() : call("device_release_driver", [f.args[0] + PDEV_DEV]),
		),
		devres: step("Release what is left of its resources.", (_, f) =>
			call("devres_release_all", [f.args[0] + PDEV_DEV]),
		),
		remove: step("Take the device off the bus.", (k, f) => {
			removeDevice(k, f.args[0] + PDEV_DEV);
			return ret();
		}),
	}),
	steps("void platform_device_unregister(struct platform_device *pdev)", {
		del: step("Take the device off the bus.", (_, f) =>
			f.args[0] === 0 || isError(f.args[0]) ? ret() : call("platform_device_del", [f.args[0]]),
		),
		release: step("The last reference is gone: call release.", (k, f) => {
			const release = device.release.get(k.space, f.args[0] + PDEV_DEV);
			return release !== 0 ? call(release, [f.args[0] + PDEV_DEV], "done") : goto("done");
		}),
		done: step("Gone.", () => ret()),
	}),
	steps("struct platform_device *platform_device_register_full(const struct platform_device_info *pdevinfo)", {
		make: step("Allocate the device and copy what the info says.", (k, f) => {
			const { space } = k;
			const info = f.args[0];
			const pdev = newPlatformDevice(
				k,
				readText(k, platformDeviceInfo.name.get(space, info)),
				platformDeviceInfo.id.get(space, info),
			);
			if (pdev === 0) return ret(-ENOMEM);
			const dev = pdev + PDEV_DEV;
			f.locals.pdev = pdev;
			device.parent.set(space, dev, platformDeviceInfo.parent.get(space, info));
			const fwnode = platformDeviceInfo.fwnode.get(space, info);
			const np = Object.values(k.state.devices.nodes).find((n) => deviceNode.fwnode.at(n) === fwnode) ?? 0;
			device.of_node.set(space, dev, np);
			const mask = platformDeviceInfo.dma_mask.get(space, info);
			if (mask !== 0) {
				space.copy(platformDevice.platform_dma_mask.at(pdev), platformDeviceInfo.dma_mask.at(info), 8);
				space.copy(device.coherent_dma_mask.at(dev), platformDeviceInfo.dma_mask.at(info), 8);
			}
			copyResources(k, pdev, platformDeviceInfo.res.get(space, info), platformDeviceInfo.num_res.get(space, info));
			const size = platformDeviceInfo.size_data.get(space, info);
			if (size > 0) {
				const copy = kzalloc(k, size);
				space.copy(copy, platformDeviceInfo.data.get(space, info), size);
				device.platform_data.set(space, dev, copy);
			}
			const properties = platformDeviceInfo.properties.get(space, info);
			if (properties !== 0) k.state.devices.properties[dev] = properties;
			return call("platform_device_add", [pdev]);
		}),
		done: step("Return the device, or the error.", (_, f) => ret(f.result < 0 ? f.result : f.locals.pdev)),
	}),
	steps(
		"struct platform_device *platform_device_register_resndata(struct device *parent, const char *name, int id, const struct resource *res, unsigned int num, const void *data, size_t size)",
		{
			make: step("Allocate the device with its resources and data.", (k, f) => {
				const [parent, name, id, res, num, from, size] = f.args;
				const pdev = newPlatformDevice(k, readText(k, name), id);
				if (pdev === 0) return ret(-ENOMEM);
				f.locals.pdev = pdev;
				device.parent.set(k.space, pdev + PDEV_DEV, parent);
				copyResources(k, pdev, res, num);
				if (size > 0) {
					const copy = kzalloc(k, size);
					k.space.copy(copy, from, size);
					device.platform_data.set(k.space, pdev + PDEV_DEV, copy);
				}
				return call("platform_device_add", [pdev]);
			}),
			done: step("Return the device, or the error.", (_, f) => ret(f.result < 0 ? f.result : f.locals.pdev)),
		},
	),
	steps(
		"struct platform_device *platform_device_register_simple(const char *name, int id, const struct resource *res, unsigned int num)",
		{
			make: step("Register a device with resources and nothing else.", (_, f) =>
				call("platform_device_register_resndata", [0, f.args[0], f.args[1], f.args[2], f.args[3], 0, 0]),
			),
			done: step("Return the device, or the error.", (_, f) => ret(f.result)),
		},
	),
	steps(
		"struct platform_device *platform_device_register_data(struct device *parent, const char *name, int id, const void *data, size_t size)",
		{
			make: step("Register a device with data and nothing else.", (_, f) =>
				call("platform_device_register_resndata", [f.args[0], f.args[1], f.args[2], 0, 0, f.args[3], f.args[4]]),
			),
			done: step("Return the device, or the error.", (_, f) => ret(f.result)),
		},
	),
	steps("int __platform_driver_register(struct platform_driver *drv, struct module *owner)", {
		enter: step("Enter the driver on the platform bus.", (k, f) => {
			const drv = platformDriver.driver.at(f.args[0]);
			const name = readText(k, deviceDriver.name.get(k.space, drv));
			if (k.state.devices.drivers.some((d) => d.name === name)) {
				devSayDriver(k, name);
				return ret(-EBUSY);
			}
			deviceDriver.owner.set(k.space, drv, f.args[1]);
			deviceDriver.bus.set(k.space, drv, k.state.devices.platformBus);
			k.state.devices.drivers.push({ address: drv, platform: f.args[0], name, module: moduleOfAddress(k, f.args[0]) });
			return call("driver_attach", [drv]);
		}),
		done: step("Registered; a failed probe is no failure of the driver.", () => ret(0)),
	}),
	steps("void platform_driver_unregister(struct platform_driver *drv)", {
		detach: step("Unbind the driver from its devices.", (_, f) =>
			call("driver_detach", [platformDriver.driver.at(f.args[0])]),
		),
		remove: step("Take the driver off the bus.", (k, f) => {
			k.state.devices.drivers = k.state.devices.drivers.filter((d) => d.platform !== f.args[0]);
			return ret();
		}),
	}),
	steps(
		"int __platform_driver_probe(struct platform_driver *drv, int (*probe)(struct platform_device *pdev), struct module *owner)",
		{
			register: step("Register the driver with this probe function.", (k, f) => {
				platformDriver.probe.set(k.space, f.args[0], f.args[1]);
				return call("__platform_driver_register", [f.args[0], f.args[2]]);
			}),
			check: step("Without a device there is no use for it.", (k, f) => {
				if (f.result !== 0) return ret(f.result);
				const drv = platformDriver.driver.at(f.args[0]);
				if (k.state.devices.devices.some((d) => d.driver === drv)) return ret(0);
				return call("platform_driver_unregister", [f.args[0]]);
			}),
			none: step("-ENODEV.", () => ret(-ENODEV)),
		},
	),
];

function devSayDriver(k: Kernel, name: string): void {
	say(k, 3, `Error: Driver '${name}' is already registered, aborting...`);
}

function copyResources(k: Kernel, pdev: number, from: number, count: number): void {
	if (from === 0 || count === 0) return;
	const copy = kzalloc(k, count * resource.$size);
	k.space.copy(copy, from, count * resource.$size);
	platformDevice.num_resources.set(k.space, pdev, count);
	platformDevice.resource.set(k.space, pdev, copy);
}
