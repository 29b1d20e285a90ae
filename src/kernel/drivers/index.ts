/** The built-in drivers of DMA controllers. The order fixes their functions' addresses. */
import type { KernelFunction } from "../functions";
import { bcm2835DmaFunctions } from "./bcm2835-dma";
import { dwAxiDmacFunctions } from "./dw-axi-dmac";
import { pl330Functions } from "./pl330";
import { stm32DmaFunctions } from "./stm32-dma";
import { stm32DmamuxFunctions } from "./stm32-dmamux";
import { stm32MdmaFunctions } from "./stm32-mdma";

export const driverFunctions: KernelFunction[] = [
	...dwAxiDmacFunctions,
	...stm32DmaFunctions,
	...stm32DmamuxFunctions,
	...stm32MdmaFunctions,
	...bcm2835DmaFunctions,
	...pl330Functions,
];

/** Kernel functions `int f(void)` that start dmaengine and register the drivers; boot calls them in this order. */
export const driverInits: readonly string[] = [
	"dma_bus_init",
	"dw_axi_dmac_driver_init",
	"stm32_mdma_init",
	"stm32_dmamux_init",
	"stm32_dma_init",
	"bcm2835_dma_driver_init",
	"pl330_driver_init",
];
