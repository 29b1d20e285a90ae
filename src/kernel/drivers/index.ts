/** The built-in drivers of DMA controllers. */
import type { KernelFunction } from "../functions";
import { interruptHandlers } from "./dw-axi-dmac/interrupt";
import { opsFunctions } from "./dw-axi-dmac/ops";
import { prepFunctions } from "./dw-axi-dmac/prep";
import { probeFunctions } from "./dw-axi-dmac/probe";
import { startFunctions } from "./dw-axi-dmac/start";

export const driverFunctions: KernelFunction[] = [
	...prepFunctions,
	...startFunctions,
	...opsFunctions,
	...interruptHandlers,
	...probeFunctions,
];

/** Kernel functions `int f(void)` that start dmaengine and register the drivers; boot calls them in this order. */
export const driverInits: readonly string[] = ["dma_bus_init", "dw_axi_dmac_driver_init"];
