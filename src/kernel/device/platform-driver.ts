/** Platform drivers are registered and unregistered. */
import { EBUSY, ENODEV } from "../errno";
import { call, type KernelFunction, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { moduleOfAddress } from "../module/names";
import { say } from "../sched/say";
import { readText } from "../text";
import { deviceDriver, platformDriver } from "./structs";

export const platformDriverFunctions: KernelFunction[] = [
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
