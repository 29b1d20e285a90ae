/** The driver's kernel functions. */
import type { KernelFunction } from "../../functions";
import { pl330InterruptFunctions } from "./interrupt";
import { pl330OpsFunctions } from "./ops";
import { pl330PrepFunctions } from "./prep";
import { pl330ProbeFunctions } from "./probe";
import { pl330TaskletFunctions } from "./tasklets";
import { pl330ThreadFunctions } from "./thread";

export const pl330Functions: KernelFunction[] = [
	...pl330PrepFunctions,
	...pl330ThreadFunctions,
	...pl330TaskletFunctions,
	...pl330InterruptFunctions,
	...pl330OpsFunctions,
	...pl330ProbeFunctions,
];
