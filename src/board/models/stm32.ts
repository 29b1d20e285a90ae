/**
 * The STM32's DMA controller, its request router and its USART. Knob of the controller:
 * `sim,illegal-fifo-raises-fei`, an illegal FIFO configuration sets FEIF and does not start; 1.
 */
import { cell } from "../../devicetree/tree";
import { Stm32Dma } from "../../hardware/stm32-dma/controller";
import { Stm32Dmamux } from "../../hardware/stm32-dmamux";
import { Stm32Usart } from "../../hardware/stm32-usart";
import { dmaMasters } from "../dma-masters";
import { clockRate, cycleOf, type ModelContext, type ModelKind } from "./model-kind";

export const stm32Dma: ModelKind = {
	compatible: ["st,stm32-dma"],
	smallest: () => 0xd0,
	create: (context) =>
		new Stm32Dma(context.machine, {
			...context.common,
			interrupts: context.device.interrupts,
			cyclePs: cycleOf(clockRate(context, 209e6)),
			illegalFifoRaisesFei: cell(context.device.node, "sim,illegal-fifo-raises-fei", 1) !== 0,
		}),
};

const outputsOf = ({ tree, device }: ModelContext): number =>
	Math.min(
		32,
		dmaMasters(tree, device.node).reduce((sum, { requests }) => sum + requests, 0),
	);

export const stm32Dmamux: ModelKind = {
	compatible: ["st,stm32h7-dmamux"],
	smallest: (context) => 4 * outputsOf(context),
	create: (context) => new Stm32Dmamux(context.machine, { ...context.common, outputs: outputsOf(context) }),
};

export const stm32Usart: ModelKind = {
	compatible: ["st,stm32h7-uart"],
	smallest: () => 0x30,
	create: (context) => new Stm32Usart(context.machine, { ...context.common, clock: clockRate(context, 64e6) }),
};
