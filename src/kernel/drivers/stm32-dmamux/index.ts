/** The router's kernel functions. */
import type { KernelFunction } from "../../functions";
import { stm32DmamuxProbeFunctions } from "./probe";
import { stm32DmamuxRouteFunctions } from "./route";

export const stm32DmamuxFunctions: KernelFunction[] = [...stm32DmamuxRouteFunctions, ...stm32DmamuxProbeFunctions];
