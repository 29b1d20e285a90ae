/** struct platform_device: made, named, allocated for C. */
import { ENOMEM } from "../errno";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { kfree, kzalloc } from "../mm/kmalloc";
import { readText } from "../text";
import { findDevice, initializeDevice } from "./devices";
import { newText, setDevName } from "./names";
import { copyResources } from "./platform-resource";
import { device, platformDevice } from "./structs";

export const PLATFORM_DEVID_NONE = -1;
const PLATFORM_DEVID_AUTO = -2;
/** DMA_BIT_MASK(32). */
const DEFAULT_MASK = 0xffffffff;
export const PDEV_DEV = platformDevice.dev.offset;

export function newPlatformDevice(k: Kernel, name: string, id: number): number {
	const pdev = kzalloc(k, platformDevice.$size);
	if (pdev === 0) return 0;
	platformDevice.name.set(k.space, pdev, newText(k, name));
	platformDevice.id.set(k.space, pdev, id);
	setupPlatformDevice(k, pdev);
	return pdev;
}

/** What platform_device_alloc and device_initialize set. */
export function setupPlatformDevice(k: Kernel, pdev: number): void {
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

/** platform_device_add's name: "name", "name.id" or "name.N.auto". */
export function nameDevice(k: Kernel, pdev: number): void {
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

export const platformAllocFunctions: KernelFunction[] = plain({
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
});
