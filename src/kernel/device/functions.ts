/** struct device for drivers: references, driver data, devm actions, device properties. */
import { EEXIST, EINVAL, ENODATA, ENOMEM } from "../errno";
import { call, goto, type KernelFunction, plain, ret, step, steps, variadic } from "../functions";
import type { Kernel } from "../kernel";
import { formatAt } from "../lib/format";
import { kfree, kzalloc } from "../mm/kmalloc";
import { readText } from "../text";
import {
	addDevres,
	deviceByName,
	enterDevice,
	findDevice,
	forgetDevres,
	initializeDevice,
	removeDevice,
} from "./devices";
import { devName, driverString, newText, setDevName } from "./names";
import { nodeAddress, nodeOf } from "./nodes";
import { readArray, readStrings } from "./of";
import { device, deviceClass, platformDevice, propertyEntry } from "./structs";
import { linkInClass } from "./sysfs";

/** The device's name as a C string. */
function namePointer(k: Kernel, dev: number): number {
	const init = device.init_name.get(k.space, dev);
	return init !== 0 ? init : k.space.r64(device.kobj.at(dev));
}

/** The value of a device property: from the devicetree, else from the device's software properties (little endian). */
function property(k: Kernel, dev: number, name: number): Uint8Array | undefined {
	const text = readText(k, name);
	const node = nodeOf(k, device.of_node.get(k.space, dev));
	const own = node?.properties.get(text)?.data;
	if (own) return own;
	const { space } = k;
	for (
		let entry = k.state.devices.properties[dev] ?? 0;
		entry !== 0 && propertyEntry.name.get(space, entry) !== 0;
		entry += propertyEntry.$size
	) {
		if (readText(k, propertyEntry.name.get(space, entry)) !== text) continue;
		return softwareValue(k, entry);
	}
	return undefined;
}

const PROP_BYTES = [1, 2, 4, 8, 0];

/** As the devicetree would have it: numbers big endian, strings with NUL. */
function softwareValue(k: Kernel, entry: number): Uint8Array {
	const { space } = k;
	const length = propertyEntry.length.get(space, entry);
	const inline = propertyEntry.is_inline.get(space, entry) !== 0;
	const from = inline ? propertyEntry.inline_value.at(entry) : propertyEntry.value.get(space, entry);
	const size = PROP_BYTES[propertyEntry.type.get(space, entry)] ?? 0;
	if (length === 0) return new Uint8Array(0);
	if (size > 0) {
		const bytes = space.readBytes(from, length);
		for (let at = 0; at + size <= length; at += size) bytes.subarray(at, at + size).reverse();
		return bytes;
	}
	const texts: number[] = [];
	for (let i = 0; i < length / 8; i++) {
		const pointer = space.r64(from + 8 * i);
		texts.push(...new TextEncoder().encode(readText(k, pointer)), 0);
	}
	return Uint8Array.from(texts);
}

function readNumbers(k: Kernel, dev: number, name: number, size: number, out: number, count: number): number {
	const bytes = property(k, dev, name);
	if (out === 0) return bytes ? bytes.length / size : -EINVAL;
	return readArray(k, bytes, size, out, count);
}

const drvdata = (at: (dev: number) => number) => ({
	get: (k: Kernel, dev: number): number => device.driver_data.get(k.space, at(dev)),
	set: (k: Kernel, dev: number, value: number): void => device.driver_data.set(k.space, at(dev), value),
});
const ofDevice = drvdata((dev) => dev);
const ofPlatform = drvdata((pdev) => platformDevice.dev.at(pdev));

export const deviceFunctions: KernelFunction[] = [
	...plain({
		"const char *dev_name(const struct device *dev)": (k, dev) => namePointer(k, dev),
		"const char *dev_driver_string(const struct device *dev)": (k, dev) => newText(k, driverString(k, dev)),
		"void *dev_get_drvdata(const struct device *dev)": ofDevice.get,
		"void dev_set_drvdata(struct device *dev, void *data)": ofDevice.set,
		"void *platform_get_drvdata(const struct platform_device *pdev)": ofPlatform.get,
		"void platform_set_drvdata(struct platform_device *pdev, void *data)": ofPlatform.set,
		"void *dev_get_platdata(const struct device *dev)": (k, dev) => device.platform_data.get(k.space, dev),
		"struct device *get_device(struct device *dev)": (k, dev) => {
			const record = dev === 0 ? undefined : findDevice(k, dev);
			if (record) record.references++;
			return dev;
		},
		"void device_initialize(struct device *dev)": (k, dev) => initializeDevice(k, dev),
		"struct device_node *dev_of_node(struct device *dev)": (k, dev) =>
			dev === 0 ? 0 : device.of_node.get(k.space, dev),
		"struct fwnode_handle *dev_fwnode(const struct device *dev)": (k, dev) => {
			const np = device.of_node.get(k.space, dev);
			return np === 0 ? 0 : np + 24;
		},
		"struct device *bus_find_device_by_name(const struct bus_type *bus, struct device *start, const char *name)": (
			k,
			_bus,
			_start,
			name,
		) => deviceByName(k, readText(k, name)),
		"int __devm_add_action(struct device *dev, void (*action)(void *), void *data, const char *name)": (
			k,
			dev,
			action,
			data,
		) => {
			addDevres(k, dev, "devm_action", action, [data]);
			return 0;
		},
		"void devm_remove_action(struct device *dev, void (*action)(void *), void *data)": (k, dev, action, data) => {
			forgetDevres(k, dev, action, data);
		},
		"bool device_property_present(const struct device *dev, const char *propname)": (k, dev, name) =>
			property(k, dev, name) !== undefined,
		"bool device_property_read_bool(const struct device *dev, const char *propname)": (k, dev, name) =>
			property(k, dev, name) !== undefined,
		"int device_property_read_u8(const struct device *dev, const char *propname, u8 *val)": (k, dev, name, out) =>
			readNumbers(k, dev, name, 1, out, 1),
		"int device_property_read_u16(const struct device *dev, const char *propname, u16 *val)": (k, dev, name, out) =>
			readNumbers(k, dev, name, 2, out, 1),
		"int device_property_read_u32(const struct device *dev, const char *propname, u32 *val)": (k, dev, name, out) =>
			readNumbers(k, dev, name, 4, out, 1),
		"int device_property_read_u64(const struct device *dev, const char *propname, u64 *val)": (k, dev, name, out) =>
			readNumbers(k, dev, name, 8, out, 1),
		"int device_property_read_u8_array(const struct device *dev, const char *propname, u8 *val, size_t nval)": (
			k,
			dev,
			name,
			out,
			n,
		) => readNumbers(k, dev, name, 1, out, n),
		"int device_property_read_u16_array(const struct device *dev, const char *propname, u16 *val, size_t nval)": (
			k,
			dev,
			name,
			out,
			n,
		) => readNumbers(k, dev, name, 2, out, n),
		"int device_property_read_u32_array(const struct device *dev, const char *propname, u32 *val, size_t nval)": (
			k,
			dev,
			name,
			out,
			n,
		) => readNumbers(k, dev, name, 4, out, n),
		"int device_property_read_u64_array(const struct device *dev, const char *propname, u64 *val, size_t nval)": (
			k,
			dev,
			name,
			out,
			n,
		) => readNumbers(k, dev, name, 8, out, n),
		"int device_property_count_u32(const struct device *dev, const char *propname)": (k, dev, name) =>
			readNumbers(k, dev, name, 4, 0, 0),
		"int device_property_read_string(const struct device *dev, const char *propname, const char **val)": (
			k,
			dev,
			name,
			out,
		) => {
			const list = readStrings(property(k, dev, name));
			if (typeof list === "number") return list;
			k.space.w64(out, newText(k, list[0] ?? ""));
			return 0;
		},
		"int device_property_read_string_array(const struct device *dev, const char *propname, const char **val, size_t nval)":
			(k, dev, name, out, n) => {
				const list = readStrings(property(k, dev, name));
				if (typeof list === "number") return list;
				if (out === 0) return list.length;
				for (const [i, text] of list.slice(0, n).entries()) k.space.w64(out + 8 * i, newText(k, text));
				return Math.min(n, list.length);
			},
		"int device_property_match_string(const struct device *dev, const char *propname, const char *string)": (
			k,
			dev,
			name,
			text,
		) => {
			const list = readStrings(property(k, dev, name));
			if (typeof list === "number") return list;
			const at = list.indexOf(readText(k, text));
			return at < 0 ? -ENODATA : at;
		},
		"struct device *device_find_child_by_name(struct device *parent, const char *name)": (k, parent, name) => {
			const text = readText(k, name);
			return (
				k.state.devices.devices.find((d) => d.name === text && device.parent.get(k.space, d.address) === parent)
					?.address ?? 0
			);
		},
		"struct device_node *of_get_device_node(struct device *dev)": (k, dev) =>
			nodeAddress(k, nodeOf(k, device.of_node.get(k.space, dev))),
	}),
	...variadic({
		"int dev_set_name(struct device *dev, const char *name, ...)": (k, [dev, format], rest) => {
			setDevName(k, dev, formatAt(k, format, rest));
			return 0;
		},
	}),
	steps("void put_device(struct device *dev)", {
		put: step("Drop a reference; with the last one of an unregistered device, release it.", (k, f) => {
			const dev = f.args[0];
			const record = dev === 0 ? undefined : findDevice(k, dev);
			if (record && record.references > 0) record.references--;
			if (dev === 0 || record) return ret();
			const kind = device.class.get(k.space, dev);
			const own = device.release.get(k.space, dev);
			const release = own === 0 && kind !== 0 ? deviceClass.dev_release.get(k.space, kind) : own;
			return release !== 0 ? call(release, [dev]) : ret();
		}),
		done: step("Gone.", () => ret()),
	}),
	steps("int device_add(struct device *dev)", {
		add: step("Enter the device into the driver core.", (k, f) => {
			const dev = f.args[0];
			if (dev === 0 || devName(k, dev) === "") return ret(-EINVAL);
			if (findDevice(k, dev)?.registered) return ret(-EEXIST);
			if (device.init_name.get(k.space, dev) !== 0) {
				setDevName(k, dev, devName(k, dev));
				device.init_name.set(k.space, dev, 0);
			}
			const path = k.state.devices.paths[device.of_node.get(k.space, dev)] ?? "";
			enterDevice(k, { address: dev, platform: 0, board: -1, node: path });
			linkInClass(k, dev);
			const kind = device.class.get(k.space, dev);
			return call("device_add_groups", [dev, kind === 0 ? 0 : deviceClass.dev_groups.get(k.space, kind)]);
		}),
		own: step("Make its own files after those of its class.", (k, f) =>
			f.result < 0 ? goto("done") : call("device_add_groups", [f.args[0], device.groups.get(k.space, f.args[0])]),
		),
		done: step("Without its files it is not added.", (k, f) => {
			if (f.result < 0) removeDevice(k, f.args[0]);
			return ret(f.result);
		}),
	}),
	steps("int device_register(struct device *dev)", {
		add: step("Initialise the device and enter it.", (k, f) => {
			initializeDevice(k, f.args[0]);
			return call("device_add", [f.args[0]]);
		}),
		done: step("Return the result.", (_, f) => ret(f.result)),
	}),
	steps("void device_del(struct device *dev)", {
		devres: step("Unbind it and undo its devm_ calls.", (_, f) => call("devres_release_all", [f.args[0]])),
		remove: step("Take it out of the driver core.", (k, f) => {
			removeDevice(k, f.args[0]);
			return ret();
		}),
	}),
	steps("void device_unregister(struct device *dev)", {
		del: step("Take it out of the driver core.", (_, f) => call("device_del", [f.args[0]])),
		put: step("Drop the last reference.", (_, f) => call("put_device", [f.args[0]])),
		done: step("Gone.", () => ret()),
	}),
	steps("struct device *root_device_register(const char *name)", {
		make: step("Make a device with no parent.", (k, f) => {
			const dev = kzalloc(k, device.$size);
			if (dev === 0) return ret(-ENOMEM);
			initializeDevice(k, dev);
			setDevName(k, dev, readText(k, f.args[0]));
			device.release.set(k.space, dev, k.address("root_device_release"));
			enterDevice(k, { address: dev, platform: 0, board: -1, node: "" });
			return ret(dev);
		}),
	}),
	...plain({
		"void root_device_release(struct device *dev)": (k, dev) => kfree(k, dev),
	}),
	steps("void root_device_unregister(struct device *dev)", {
		del: step("Take it out of the driver core.", (_, f) => call("device_unregister", [f.args[0]])),
		done: step("Gone.", () => ret()),
	}),
	steps("void devm_release_action(struct device *dev, void (*action)(void *), void *data)", {
		run: step("Call the action now and forget it.", (k, f) =>
			forgetDevres(k, f.args[0], f.args[1], f.args[2]) ? call(f.args[1], [f.args[2]]) : goto("done"),
		),
		done: step("Done.", () => ret()),
	}),
];
