/** The driver's kernel functions. */
import type { KernelFunction } from "../../functions";
import { stm32DmaInterruptFunctions } from "./interrupt";
import { stm32DmaOpsFunctions } from "./ops";
import { stm32DmaPrepFunctions } from "./prep";
import { stm32DmaProbeFunctions } from "./probe";
import { stm32DmaStartFunctions } from "./start";

export const stm32DmaFunctions: KernelFunction[] = [
	...stm32DmaPrepFunctions,
	...stm32DmaStartFunctions,
	...stm32DmaOpsFunctions,
	...stm32DmaInterruptFunctions,
	...stm32DmaProbeFunctions,
];
