/** How a debugger reads the channels of the built-in drivers: one inspector each. */
import type { DriverInspector } from "../dmaengine/inspector";
import { bcm2835DmaInspector } from "./bcm2835-dma/inspect";
import { dwAxiInspector } from "./dw-axi-dmac/inspect";
import { pl330Inspector } from "./pl330/inspect";
import { stm32DmaInspector } from "./stm32-dma/inspect";
import { stm32MdmaInspector } from "./stm32-mdma/inspect";

export const inspectors: readonly DriverInspector[] = [
	dwAxiInspector,
	stm32DmaInspector,
	stm32MdmaInspector,
	bcm2835DmaInspector,
	pl330Inspector,
];
