/** Platform devices come and go: platform_device_add to platform_device_unregister, and what registers in one call. */
import { EINVAL, ENOMEM, isError } from "../errno";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../functions";
import { kzalloc } from "../mm/kmalloc";
import { readText } from "../text";
import { enterDevice, removeDevice } from "./devices";
import { nameDevice, newPlatformDevice, PDEV_DEV, setupPlatformDevice } from "./platform-device";
import { copyResources } from "./platform-resource";
import { device, deviceNode, platformDevice, platformDeviceInfo } from "./structs";

export const platformDeviceFunctions: KernelFunction[] = [
	steps("int platform_device_add(struct platform_device *pdev)", {
		enter: step("Name the device and enter it on the platform bus.", (k, f) => {
			const pdev = f.args[0];
			if (pdev === 0) return ret(-EINVAL);
			nameDevice(k, pdev);
			const dev = pdev + PDEV_DEV;
			device.bus.set(k.space, dev, k.state.devices.platformBus);
			const path = k.state.devices.paths[device.of_node.get(k.space, dev)] ?? "";
			enterDevice(k, { address: dev, platform: pdev, board: -1, node: path });
			return call("device_add_groups", [dev, device.groups.get(k.space, dev)]);
		}),
		groups: step("Without its files it is not added.", (k, f) => {
			if (f.result >= 0) return next;
			removeDevice(k, f.args[0] + PDEV_DEV);
			return ret(f.result);
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
];
