/** async_tx (core-semantics 5): a module that is loaded with the first module that uses it. */
import type { KernelFunction } from "../functions";
import { asyncTxCoreFunctions } from "./core";
import { asyncMemcpyFunctions } from "./memcpy";
import { asyncPqFunctions } from "./pq";
import { asyncPqValFunctions } from "./pq-val";
import { asyncProductFunctions } from "./product";
import { asyncRecoveryFunctions } from "./recovery";
import { asyncXorFunctions } from "./xor";

export const asyncTxFunctions: readonly KernelFunction[] = [
	...asyncTxCoreFunctions,
	...asyncMemcpyFunctions,
	...asyncXorFunctions,
	...asyncPqFunctions,
	...asyncPqValFunctions,
	...asyncProductFunctions,
	...asyncRecoveryFunctions,
];

/** Provider side of dmaengine: calling it does not need the module. */
const IN_CORE = "dma_run_dependencies";

/** Functions that async_tx exports. */
export const asyncTxExports: ReadonlySet<string> = new Set(
	asyncTxFunctions.map((fn) => fn.signature.name).filter((name) => name !== IN_CORE),
);
