/**
 * The STM32's DMA controllers, their request router and the USART. Knobs:
 *
 * | property | where | meaning |
 * | --- | --- | --- |
 * | `sim,illegal-fifo-raises-fei` | st,stm32-dma | an illegal FIFO configuration sets FEIF and does not start; 1 |
 * | `sim,transfer-ends` | st,stm32h7-mdma | STM32 DMA controllers whose streams' transfer complete are its requests 0 to 7, 8 to 15, … |
 * | `sim,check-sizes` | st,stm32h7-mdma | addresses and lengths that are no multiple of the item set ASE or BSE; 1 |
 * | `sim,secure-channels` | st,stm32h7-mdma | channels whose SM bit is set, a bit each: Linux leaves them alone; 0 |
 */
import { cell, type DtNode } from "../../devicetree/tree";
import { Stm32Dma } from "../../hardware/stm32-dma/controller";
import { Stm32Dmamux } from "../../hardware/stm32-dmamux";
import { Stm32Mdma } from "../../hardware/stm32-mdma/controller";
import { CHANNEL_LENGTH, FIRST_CHANNEL, MOST_CHANNELS } from "../../hardware/stm32-mdma/registers";
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

const mdmaChannelsOf = (node: DtNode): number =>
	Math.min(MOST_CHANNELS, Math.max(1, cell(node, "dma-channels", MOST_CHANNELS)));

export const stm32Mdma: ModelKind = {
	compatible: ["st,stm32h7-mdma"],
	smallest: ({ device }) => FIRST_CHANNEL + CHANNEL_LENGTH * mdmaChannelsOf(device.node),
	create: (context) => {
		const { node } = context.device;
		return new Stm32Mdma(context.machine, {
			...context.common,
			channels: mdmaChannelsOf(node),
			cyclePs: cycleOf(clockRate(context, 266e6)),
			checkSizes: cell(node, "sim,check-sizes", 1) !== 0,
			secureChannels: cell(node, "sim,secure-channels", 0),
		});
	},
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
