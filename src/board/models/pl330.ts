/**
 * ARM PL330. The devicetree does not say how one was built, since software reads that from it; knobs:
 *
 * | property | meaning |
 * | --- | --- |
 * | `clock-frequency` | Hz, unless `clocks` has a clock with that; 222000000 |
 * | `sim,cycle-ps` | a cycle, for a controller faster than any clock; from `clock-frequency` |
 * | `sim,channels` | channel threads, 1 to 8; 8 |
 * | `sim,peripherals` | peripheral request inputs, 0 to 32; 4 |
 * | `sim,events` | events, 1 to 32; 16 |
 * | `sim,data-width` | log2 of the bytes of the bus, 2 to 4; 3 |
 * | `sim,buffer-depth` | entries of the MFIFO, 1 to 1024; 128 |
 * | `sim,queue-depth` | entries of the read and of the write queue, 1 to 16; 8 |
 * | `sim,revision` | 0 r0p0, 1 r1p0, 2 r1p1; 2 |
 * | `sim,manager-non-secure` | present: the manager is non-secure |
 * | `sim,non-secure-events`, `sim,non-secure-peripherals` | a bit each; 0 |
 * | `sim,boot-address` | program that the manager runs from reset on; absent: none |
 */
import { cell, hasProperty } from "../../devicetree/tree";
import { Pl330 } from "../../hardware/pl330/controller";
import { clockRate, cycleOf, type ModelContext, type ModelKind } from "./model-kind";

/** A number of the node between two limits. */
function knob({ device }: ModelContext, name: string, least: number, most: number, otherwise: number): number {
	return Math.min(most, Math.max(least, cell(device.node, name, otherwise)));
}

export const pl330: ModelKind = {
	compatible: ["arm,pl330"],
	smallest: () => 0x1000,
	create: (context) => {
		const { node, interrupts } = context.device;
		return new Pl330(context.machine, {
			...context.common,
			interrupts,
			cyclePs: Math.max(1, cell(node, "sim,cycle-ps", cycleOf(clockRate(context, 222e6, "apb_pclk")))),
			channels: knob(context, "sim,channels", 1, 8, 8),
			peripherals: knob(context, "sim,peripherals", 0, 32, 4),
			events: knob(context, "sim,events", 1, 32, 16),
			dataWidth: knob(context, "sim,data-width", 2, 4, 3),
			bufferDepth: knob(context, "sim,buffer-depth", 1, 1024, 128),
			queueDepth: knob(context, "sim,queue-depth", 1, 16, 8),
			revision: knob(context, "sim,revision", 0, 15, 2),
			managerNonSecure: hasProperty(node, "sim,manager-non-secure"),
			eventsNonSecure: cell(node, "sim,non-secure-events", 0),
			peripheralsNonSecure: cell(node, "sim,non-secure-peripherals", 0),
			...(hasProperty(node, "sim,boot-address") ? { bootAddress: cell(node, "sim,boot-address", 0) } : {}),
		});
	},
};
