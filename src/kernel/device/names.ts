/** Names of devices and drivers. */
import type { Kernel } from "../kernel";
import { kfree, kzalloc } from "../mm/kmalloc";
import { readText, writeText } from "../text";
import { device, deviceDriver } from "./structs";

/** A C string in fresh kernel memory. */
export function newText(k: Kernel, text: string): number {
	const bytes = new TextEncoder().encode(text);
	const address = kzalloc(k, bytes.length + 1);
	if (address !== 0) writeText(k, address, text);
	return address;
}

/** dev_name(): init_name while the device is not added. */
export function devName(k: Kernel, dev: number): string {
	if (dev === 0) return "(null)";
	const init = device.init_name.get(k.space, dev);
	return readText(k, init !== 0 ? init : device.kobj.at(dev) && k.space.r64(device.kobj.at(dev)));
}

/** dev_driver_string(): the driver's name, else the bus's, else "". */
export function driverString(k: Kernel, dev: number): string {
	const driver = device.driver.get(k.space, dev);
	if (driver !== 0) return readText(k, deviceDriver.name.get(k.space, driver));
	const bus = device.bus.get(k.space, dev);
	return bus !== 0 ? readText(k, k.space.r64(bus)) : "";
}

/** dev_set_name(). */
export function setDevName(k: Kernel, dev: number, name: string): void {
	const old = k.space.r64(device.kobj.at(dev));
	if (old !== 0) kfree(k, old);
	k.space.w64(device.kobj.at(dev), newText(k, name));
}
