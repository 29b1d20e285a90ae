/** The built-in drivers of DMA controllers. */
import type { KernelFunction } from "../functions";
import { bcm2835OpsFunctions } from "./bcm2835-dma/ops";
import { bcm2835PrepFunctions } from "./bcm2835-dma/prep";
import { bcm2835ProbeFunctions } from "./bcm2835-dma/probe";
import { bcm2835RunFunctions } from "./bcm2835-dma/run";
import { interruptHandlers } from "./dw-axi-dmac/interrupt";
import { opsFunctions } from "./dw-axi-dmac/ops";
import { prepFunctions } from "./dw-axi-dmac/prep";
import { probeFunctions } from "./dw-axi-dmac/probe";
import { startFunctions } from "./dw-axi-dmac/start";
import { pl330InterruptFunctions } from "./pl330/interrupt";
import { pl330OpsFunctions } from "./pl330/ops";
import { pl330PrepFunctions } from "./pl330/prep";
import { pl330ProbeFunctions } from "./pl330/probe";
import { pl330TaskletFunctions } from "./pl330/tasklets";
import { pl330ThreadFunctions } from "./pl330/thread";
import { stm32DmaInterruptFunctions } from "./stm32-dma/interrupt";
import { stm32DmaOpsFunctions } from "./stm32-dma/ops";
import { stm32DmaPrepFunctions } from "./stm32-dma/prep";
import { stm32DmaProbeFunctions } from "./stm32-dma/probe";
import { stm32DmaStartFunctions } from "./stm32-dma/start";
import { stm32DmamuxProbeFunctions } from "./stm32-dmamux/probe";
import { stm32DmamuxRouteFunctions } from "./stm32-dmamux/route";
import { stm32MdmaInterruptFunctions } from "./stm32-mdma/interrupt";
import { stm32MdmaOpsFunctions } from "./stm32-mdma/ops";
import { stm32MdmaPrepFunctions } from "./stm32-mdma/prep";
import { stm32MdmaProbeFunctions } from "./stm32-mdma/probe";
import { stm32MdmaStartFunctions } from "./stm32-mdma/start";

export const driverFunctions: KernelFunction[] = [
	...prepFunctions,
	...startFunctions,
	...opsFunctions,
	...interruptHandlers,
	...probeFunctions,
	...stm32DmaPrepFunctions,
	...stm32DmaStartFunctions,
	...stm32DmaOpsFunctions,
	...stm32DmaInterruptFunctions,
	...stm32DmaProbeFunctions,
	...stm32DmamuxRouteFunctions,
	...stm32DmamuxProbeFunctions,
	...stm32MdmaPrepFunctions,
	...stm32MdmaStartFunctions,
	...stm32MdmaOpsFunctions,
	...stm32MdmaInterruptFunctions,
	...stm32MdmaProbeFunctions,
	...bcm2835PrepFunctions,
	...bcm2835RunFunctions,
	...bcm2835OpsFunctions,
	...bcm2835ProbeFunctions,
	...pl330PrepFunctions,
	...pl330ThreadFunctions,
	...pl330TaskletFunctions,
	...pl330InterruptFunctions,
	...pl330OpsFunctions,
	...pl330ProbeFunctions,
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
