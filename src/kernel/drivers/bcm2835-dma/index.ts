/** The driver's kernel functions. */
import type { KernelFunction } from "../../functions";
import { bcm2835OpsFunctions } from "./ops";
import { bcm2835PrepFunctions } from "./prep";
import { bcm2835ProbeFunctions } from "./probe";
import { bcm2835RunFunctions } from "./run";

export const bcm2835DmaFunctions: KernelFunction[] = [
	...bcm2835PrepFunctions,
	...bcm2835RunFunctions,
	...bcm2835OpsFunctions,
	...bcm2835ProbeFunctions,
];
