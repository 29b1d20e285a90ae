/** The driver's kernel functions. */
import type { KernelFunction } from "../../functions";
import { interruptHandlers } from "./interrupt";
import { opsFunctions } from "./ops";
import { prepFunctions } from "./prep";
import { probeFunctions } from "./probe";
import { startFunctions } from "./start";

export const dwAxiDmacFunctions: KernelFunction[] = [
	...prepFunctions,
	...startFunctions,
	...opsFunctions,
	...interruptHandlers,
	...probeFunctions,
];
