/** The init function of a built-in driver: it registers a platform driver for what it is compatible with. */
import { deviceDriver, ofDeviceId, platformDriver } from "../../device/structs";
import { kstrdup, kzalloc } from "../../dmaengine/external";
import { call, type KernelFunction, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { writeText } from "../../text";

export interface BuiltInDriver {
	/** As it stands in /sys/bus/platform/drivers. */
	readonly name: string;
	/** What it is compatible with, and what of_device_get_match_data gives for that. */
	readonly matches: readonly (readonly [compatible: string, data?: number])[];
	/** Names of kernel functions. */
	readonly probe: string;
	readonly remove?: string;
}

/** Allocates and fills its struct platform_driver. */
function newDriver(k: Kernel, { name, matches, probe, remove }: BuiltInDriver): number {
	const { space } = k;
	const table = kzalloc(k, ofDeviceId.$size * (matches.length + 1));
	matches.forEach(([compatible, data = 0], index) => {
		const entry = table + index * ofDeviceId.$size;
		writeText(k, ofDeviceId.compatible.at(entry), compatible);
		ofDeviceId.data.set(space, entry, data);
	});
	const driver = kzalloc(k, platformDriver.$size);
	platformDriver.probe.set(space, driver, k.address(probe));
	if (remove !== undefined) platformDriver.remove.set(space, driver, k.address(remove));
	deviceDriver.name.set(space, platformDriver.driver.at(driver), kstrdup(k, name));
	deviceDriver.of_match_table.set(space, platformDriver.driver.at(driver), table);
	return driver;
}

/** The function `prototype`, int f(void), which boot calls (driverInits). */
export function driverInit(prototype: string, driver: BuiltInDriver): KernelFunction {
	return steps(prototype, {
		register: step("Register the platform driver.", (k) =>
			call("__platform_driver_register", [newDriver(k, driver), 0]),
		),
		done: step("Return its result.", (_, f) => ret(f.result | 0)),
	});
}
