/** Binding of devices and drivers on the platform bus, with deferral and retry (drivers/base/dd.c). */
import type { DtNode } from "../../devicetree/tree";
import { strings } from "../../devicetree/tree";
import { ENODEV, ENXIO, EPROBE_DEFER } from "../errno";
import { call, forward, goto, type KernelFunction, next, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { readText } from "../text";
import { scheduleWork } from "../work/queue";
import { devSay, findDevice } from "./devices";
import { nodeAt } from "./nodes";
import type { DeviceRecord, DriverRecord } from "./state";
import { device, deviceDriver, ofDeviceId, platformDevice, platformDeviceId, platformDriver } from "./structs";
import { removeGroups } from "./sysfs";

/** Index of the best match's string among the node's compatibles and the entry's address; null without a match. */
export function matchNode(k: Kernel, table: number, node: DtNode): number {
	if (table === 0) return 0;
	const compatibles = strings(node, "compatible") ?? [];
	let best = 0;
	let bestScore = 0;
	for (let entry = table; ; entry += ofDeviceId.$size) {
		const name = readText(k, ofDeviceId.name.at(entry));
		const type = readText(k, ofDeviceId.type.at(entry));
		const compatible = readText(k, ofDeviceId.compatible.at(entry));
		if (!name && !type && !compatible) return best;
		let score = 0;
		if (compatible) {
			const index = compatibles.indexOf(compatible);
			if (index < 0) continue;
			score = 1_000_000 - (index << 2);
		}
		if (type) {
			if (strings(node, "device_type")?.[0] !== type) continue;
			score += 2;
		}
		if (name) {
			if (node.name.split("@")[0] !== name) continue;
			score++;
		}
		if (score > bestScore) {
			bestScore = score;
			best = entry;
		}
	}
}

/** platform_match(): override, compatible, id table, name. */
function matches(k: Kernel, dev: DeviceRecord, drv: DriverRecord): boolean {
	const { space } = k;
	const override = readText(k, platformDevice.driver_override.get(space, dev.platform));
	if (override) return override === drv.name;
	const node = dev.node ? nodeAt(k, dev.node) : undefined;
	if (node && matchNode(k, deviceDriver.of_match_table.get(space, drv.address), node) !== 0) return true;
	const name = readText(k, platformDevice.name.get(space, dev.platform));
	const table = platformDriver.id_table.get(space, drv.platform);
	if (table !== 0) {
		for (let entry = table; ; entry += platformDeviceId.$size) {
			const id = readText(k, platformDeviceId.name.at(entry));
			if (!id) return false;
			if (id !== name) continue;
			platformDevice.id_entry.set(space, dev.platform, entry);
			return true;
		}
	}
	return name === drv.name;
}

/** Finds what the next attempt should bind: a device of this driver, from the given place in the table on. */
function nextMatch(k: Kernel, drv: DriverRecord, from: number): number {
	const { devices } = k.state.devices;
	for (let at = from; at < devices.length; at++) {
		const dev = devices[at];
		if (dev.registered && dev.platform !== 0 && dev.driver === 0 && matches(k, dev, drv)) return at;
	}
	return -1;
}

function driverOf(k: Kernel, address: number): DriverRecord | undefined {
	return k.state.devices.drivers.find((d) => d.address === address);
}

export const probeFunctions: KernelFunction[] = [
	steps(
		"int really_probe(struct device *dev, struct device_driver *drv)",
		{
			prepare: step("Give the device its driver, then call the driver's probe.", (k, f) => {
				const [dev, drv] = f.args;
				const record = findDevice(k, dev);
				const driver = driverOf(k, drv);
				if (!record || !driver) return ret(-ENODEV);
				record.driver = drv;
				record.deferred = false;
				delete k.state.printk.deferReasons[dev];
				device.driver.set(k.space, dev, drv);
				const probe = driver.platform !== 0 ? platformDriver.probe.get(k.space, driver.platform) : 0;
				if (probe !== 0) return call(probe, [record.platform], "result");
				const own = deviceDriver.probe.get(k.space, drv);
				if (own !== 0) return call(own, [dev], "result");
				f.result = 0;
				return goto("result");
			}),
			result: step(
				"Bound when probe returned 0; -EPROBE_DEFER means: again, when other drivers have come up.",
				(k, f) => {
					const [dev] = f.args;
					const value = f.result | 0;
					f.locals.result = value;
					const groups = deviceDriver.dev_groups.get(k.space, f.args[1]);
					if (value === 0) return groups === 0 ? goto("bound") : call("device_add_groups", [dev, groups], "bound");
					const name = readText(k, deviceDriver.name.get(k.space, f.args[1]));
					if (value !== -EPROBE_DEFER && value !== -ENODEV && value !== -ENXIO) {
						devSay(k, 3, dev, `probe with driver ${name} failed with error ${value}`);
					}
					return call("devres_release_all", [dev], "failed");
				},
			),
			bound: step("Its files in sysfs are part of it: without them, unbind it.", (k, f) => {
				f.locals.result = f.result | 0;
				if (f.locals.result === 0) {
					retryLater(k);
					return ret(0);
				}
				devSay(k, 3, f.args[0], "device_add_groups() failed");
				const record = findDevice(k, f.args[0]);
				const driver = driverOf(k, f.args[1]);
				const remove = driver && driver.platform !== 0 ? platformDriver.remove.get(k.space, driver.platform) : 0;
				return record && remove !== 0 ? call(remove, [record.platform], "release") : goto("release");
			}),
			release: step("Undo what devm_ functions did.", (_, f) => call("devres_release_all", [f.args[0]], "failed")),
			failed: step("Take the driver off the device again.", (k, f) => {
				const [dev] = f.args;
				const record = findDevice(k, dev);
				if (record) {
					record.driver = 0;
					record.deferred = f.locals.result === -EPROBE_DEFER;
				}
				device.driver.set(k.space, dev, 0);
				device.driver_data.set(k.space, dev, 0);
				return ret(f.locals.result);
			}),
		},
		0,
	),
	steps(
		"int driver_attach(const struct device_driver *drv)",
		{
			find: step("Look for the next device without a driver that this one matches.", (k, f) => {
				const driver = driverOf(k, f.args[0]);
				const at = driver ? nextMatch(k, driver, f.locals.at ?? 0) : -1;
				if (at < 0) return ret(0);
				f.locals.at = at + 1;
				return call("really_probe", [k.state.devices.devices[at].address, f.args[0]], "find");
			}),
		},
		0,
	),
	steps(
		"int device_attach(struct device *dev)",
		{
			find: step("Look for the next driver that matches the device.", (k, f) => {
				const { drivers } = k.state.devices;
				const record = findDevice(k, f.args[0]);
				if (record === undefined) return ret(0);
				if (record.driver !== 0 || record.platform === 0) return ret(record.driver !== 0 ? 1 : 0);
				for (let at = f.locals.at ?? 0; at < drivers.length; at++) {
					if (!matches(k, record, drivers[at])) continue;
					f.locals.at = at + 1;
					return call("really_probe", [f.args[0], drivers[at].address], "result");
				}
				return ret(0);
			}),
			result: step("Bound, or on to the next driver.", (_, f) => (f.result === 0 ? ret(1) : goto("find"))),
		},
		0,
	),
	steps(
		"void devres_release_all(struct device *dev)",
		{
			release: step("Undo what devm_ functions did, last first.", (k, f) => {
				const entry = findDevice(k, f.args[0])?.devres.pop();
				return entry ? call(entry.call, entry.args, "release") : ret();
			}),
		},
		0,
	),
	steps(
		"void device_release_driver(struct device *dev)",
		{
			remove: step("Call the driver's remove.", (k, f) => {
				const record = findDevice(k, f.args[0]);
				if (!record || record.driver === 0) return ret();
				removeGroups(k, f.args[0], deviceDriver.dev_groups.get(k.space, record.driver));
				const driver = driverOf(k, record.driver);
				const remove = driver && driver.platform !== 0 ? platformDriver.remove.get(k.space, driver.platform) : 0;
				return remove !== 0 ? call(remove, [record.platform]) : next;
			}),
			release: step("Undo what devm_ functions did.", (_, f) => call("devres_release_all", [f.args[0]])),
			done: step("The device has no driver any more.", (k, f) => {
				const record = findDevice(k, f.args[0]);
				if (record) record.driver = 0;
				device.driver.set(k.space, f.args[0], 0);
				device.driver_data.set(k.space, f.args[0], 0);
				return ret();
			}),
		},
		0,
	),
	steps(
		"void driver_detach(const struct device_driver *drv)",
		{
			find: step("Unbind the driver from its devices, the newest first.", (k, f) => {
				const bound = k.state.devices.devices.filter((d) => d.driver === f.args[0]).at(-1);
				return bound ? call("device_release_driver", [bound.address], "find") : ret();
			}),
		},
		0,
	),
	steps(
		"void deferred_probe_work_func(struct work_struct *work)",
		{
			begin: step("Take the devices whose probe asked to be tried again.", (k) => {
				k.state.devices.retryDeferred = false;
				return next;
			}),
			device: step("Try the next one with every driver.", (k, f) => {
				const { devices } = k.state.devices;
				for (let at = f.locals.at ?? 0; at < devices.length; at++) {
					if (!devices[at].deferred) continue;
					f.locals.at = at + 1;
					devices[at].deferred = false;
					return call("device_attach", [devices[at].address], "device");
				}
				return ret();
			}),
		},
		0,
	),
	forward("void wait_for_device_probe(void)", "Wait until no deferred probe is being tried.", (k) =>
		call("flush_work", [k.state.boot.deferredWork]),
	),
];

/** A driver has bound: whoever was waiting for it may be tried again, in a kernel worker. */
function retryLater(k: Kernel): void {
	if (!k.state.devices.devices.some((d) => d.deferred)) return;
	scheduleWork(k, k.state.boot.deferredWork);
}
