/** Platform devices and drivers (drivers/base/platform.c). */
import type { KernelFunction } from "../functions";
import { platformAllocFunctions } from "./platform-device";
import { platformDriverFunctions } from "./platform-driver";
import { platformDeviceFunctions } from "./platform-register";
import { platformResourceFunctions } from "./platform-resource";

export const platformFunctions: KernelFunction[] = [
	...platformAllocFunctions,
	...platformResourceFunctions,
	...platformDeviceFunctions,
	...platformDriverFunctions,
];
