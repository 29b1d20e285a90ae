/** The driver's kernel functions. */
import type { KernelFunction } from "../../functions";
import { stm32MdmaInterruptFunctions } from "./interrupt";
import { stm32MdmaOpsFunctions } from "./ops";
import { stm32MdmaPrepFunctions } from "./prep";
import { stm32MdmaProbeFunctions } from "./probe";
import { stm32MdmaStartFunctions } from "./start";

export const stm32MdmaFunctions: KernelFunction[] = [
	...stm32MdmaPrepFunctions,
	...stm32MdmaStartFunctions,
	...stm32MdmaOpsFunctions,
	...stm32MdmaInterruptFunctions,
	...stm32MdmaProbeFunctions,
];
