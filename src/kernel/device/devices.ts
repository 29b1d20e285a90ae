/** Device records: finding them, making struct devices, and what is to be undone when a driver goes. */
import { removeOwned } from "../fs/attributes";
import type { Kernel } from "../kernel";
import { KernelBug } from "../sched/oops";
import { say } from "../sched/say";
import { devName, driverString } from "./names";
import type { DeviceRecord, Devres } from "./state";
import { device } from "./structs";

/** The record of a struct device, or undefined. */
export function findDevice(k: Kernel, dev: number): DeviceRecord | undefined {
	return k.state.devices.devices.find((d) => d.address === dev);
}

/** The device of a devicetree label or path, 0 when there is none. */
export function deviceByLabel(k: Kernel, label: string): number {
	const index = k.devices.findIndex((d) => d.path === label || d.labels.includes(label));
	const record = index < 0 ? undefined : k.state.devices.devices.find((d) => d.board === index);
	return record?.address ?? 0;
}

/** The struct device whose name is `name`, 0 when there is none. */
export function deviceByName(k: Kernel, name: string): number {
	return k.state.devices.devices.find((d) => d.registered && d.name === name)?.address ?? 0;
}

/** device_initialize(): the lists and locks of a struct device. Its name stays. */
export function initializeDevice(k: Kernel, dev: number): void {
	const { space } = k;
	for (const list of [device.dma_pools.at(dev), device.devres_head.at(dev)]) {
		space.w64(list, list);
		space.w64(list + 8, list);
	}
	const mutexList = device.mutex.at(dev) + 16;
	space.w64(mutexList, mutexList);
	space.w64(mutexList + 8, mutexList);
	device.numa_node.set(space, dev, -1);
}

/** Enters a device into the driver core's table. Its name must be set, and its memory initialised. */
export function enterDevice(
	k: Kernel,
	record: Pick<DeviceRecord, "address" | "platform" | "board" | "node">,
): DeviceRecord {
	const entered: DeviceRecord = {
		...record,
		name: devName(k, record.address),
		driver: 0,
		deferred: false,
		references: 0,
		registered: true,
		devres: [],
	};
	k.state.devices.devices.push(entered);
	return entered;
}

/** Takes a device out of the table, and its files out of sysfs. Its devres must have been released. */
export function removeDevice(k: Kernel, dev: number): void {
	removeOwned(k, dev);
	const { devices } = k.state;
	devices.devices = devices.devices.filter((d) => d.address !== dev);
}

/** Registers what to call when the device's driver goes, or its probe fails: last in, first out. */
export function addDevres(
	k: Kernel,
	dev: number,
	what: string,
	target: string | number,
	args: readonly number[],
): void {
	const record = findDevice(k, dev);
	if (record) record.devres.push({ call: target, args: [...args], what });
	else k.state.devices.devices.push(unregistered(k, dev, { call: target, args: [...args], what }));
}

/** A struct device that C made itself and has not registered: devres works on it, too. */
function unregistered(k: Kernel, dev: number, first: Devres): DeviceRecord {
	if (dev === 0) throw new KernelBug("devm call on a NULL device");
	return {
		address: dev,
		platform: 0,
		board: -1,
		node: "",
		name: devName(k, dev),
		driver: 0,
		deferred: false,
		references: 0,
		registered: false,
		devres: [first],
	};
}

/** Takes out the newest devres with this call and first argument, without calling it; false when there is none. */
export function forgetDevres(k: Kernel, dev: number, target: string | number, argument: number): boolean {
	const record = findDevice(k, dev);
	if (!record) return false;
	for (let at = record.devres.length - 1; at >= 0; at--) {
		const entry = record.devres[at];
		if (entry.call !== target || (entry.args.length > 0 && entry.args[0] !== argument)) continue;
		record.devres.splice(at, 1);
		return true;
	}
	return false;
}

/** dev_printk(): "driver device: text". */
export function devSay(k: Kernel, level: number, dev: number, text: string): void {
	if (dev === 0) say(k, level, `(NULL device *): ${text}`);
	else say(k, level, `${driverString(k, dev)} ${devName(k, dev)}: ${text}`);
}
