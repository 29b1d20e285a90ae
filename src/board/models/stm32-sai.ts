/**
 * A sub-block of the STM32's SAI. Knobs:
 *
 * | property | meaning |
 * | --- | --- |
 * | `sim,frame-rate` | frames a second that a codec gives when the SAI is not the one that makes the clock; 48000 |
 */
import { cell } from "../../devicetree/tree";
import { Stm32Sai } from "../../hardware/stm32-sai/controller";
import { clockRate, type ModelKind } from "./model-kind";

export const stm32Sai: ModelKind = {
	compatible: ["st,stm32-sai-sub-a", "st,stm32-sai-sub-b"],
	smallest: () => 0x20,
	create: (context) =>
		new Stm32Sai(context.machine, {
			...context.common,
			clock: clockRate(context, 12288000, "sai_ck"),
			frameRate: Math.max(1, cell(context.device.node, "sim,frame-rate", 48000)),
		}),
};
