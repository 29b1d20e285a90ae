/** Every kernel function that C can call. An area appends its arrays; the order fixes function addresses. */
import { dmaFunctions } from "./dmaengine";
import { driverFunctions } from "./drivers";
import type { KernelFunction } from "./functions";
import { basicFunctions } from "./lib";
import { interruptFunctions } from "./sched/interrupts";

export const allFunctions: readonly KernelFunction[] = [...basicFunctions, ...interruptFunctions, ...dmaFunctions, ...driverFunctions];
