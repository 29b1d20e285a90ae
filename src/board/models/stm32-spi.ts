/**
 * The STM32's SPI. Knobs:
 *
 * | property | meaning |
 * | --- | --- |
 * | `sim,loopback` | present: MOSI is wired to MISO |
 * | `sim,fifo-bytes` | bytes of each FIFO; 16 |
 * | `sim,far-clock-hz` | clock of the controller on the far end when the SPI is the target; 1000000 |
 */
import { cell, hasProperty } from "../../devicetree/tree";
import { Stm32Spi } from "../../hardware/stm32-spi/controller";
import { clockRate, type ModelKind } from "./model-kind";

export const stm32Spi: ModelKind = {
	compatible: ["st,stm32h7-spi"],
	smallest: () => 0x54,
	create: (context) =>
		new Stm32Spi(context.machine, {
			...context.common,
			clock: clockRate(context, 64e6),
			fifoBytes: Math.max(1, cell(context.device.node, "sim,fifo-bytes", 16)),
			loopback: hasProperty(context.device.node, "sim,loopback"),
			farClock: Math.max(1, cell(context.device.node, "sim,far-clock-hz", 1e6)),
		}),
};
