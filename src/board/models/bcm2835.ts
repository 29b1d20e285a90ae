/**
 * The DMA controller of BCM2835 and its successors. Knobs:
 *
 * | property | meaning |
 * | --- | --- |
 * | `clock-frequency` | of the AXI bus, Hz; 250000000 |
 * | `sim,cycle-ps` | a cycle of the AXI bus, for a controller faster than any clock; from `clock-frequency` |
 * | `sim,first-lite-channel` | channels from this one on are lite ones; 7 |
 * | `sim,stop-on-read-error` | a failed read stops the channel (1), or reads zeros (0); 1 |
 */
import { cell, type DtNode, dmaRanges, strings, translate } from "../../devicetree/tree";
import { Bcm2835Dma } from "../../hardware/bcm2835-dma/controller";
import { CHANNELS } from "../../hardware/bcm2835-dma/registers";
import type { BusWindow } from "../../hardware/bcm2835-dma/state";
import { clockRate, cycleOf, type ModelContext, type ModelKind } from "./model-kind";

/** Where VideoCore sees the peripherals. */
const PERIPHERALS = 0x7e000000;
const PERIPHERALS_SIZE = 0x1000000;

/** Channels above this one share its interrupt where the devicetree names none. */
const LAST_OWN_INTERRUPT = 11;

/** Interrupt lines by channel: those named "dma0" to "dma14", or the first twelve. */
function interruptsOf({ device }: ModelContext): { own: number[]; shared: number } {
	const names = strings(device.node, "interrupt-names");
	const line = (index: number): number => device.interrupts[index] ?? -1;
	const own = Array.from({ length: CHANNELS }, (_, n) =>
		line(names ? names.indexOf(`dma${n}`) : Math.min(n, LAST_OWN_INTERRUPT)),
	);
	return { own, shared: names ? line(names.indexOf("dma-shared-all")) : -1 };
}

/** The controller's view of the bus: peripherals where the bus's `ranges` have them, RAM where its `dma-ranges` do. */
function windowsOf(node: DtNode): BusWindow[] {
	const ranges = dmaRanges(node);
	if (ranges === undefined) return [];
	const windows = ranges.map(({ cpu, dma, size }) => ({ bus: dma, physical: cpu, size }));
	const physical = node.parent ? translate(node.parent, PERIPHERALS) : undefined;
	if (physical === undefined) return windows;
	return [{ bus: PERIPHERALS, physical, size: PERIPHERALS_SIZE }, ...windows];
}

export const bcm2835Dma: ModelKind = {
	compatible: ["brcm,bcm2835-dma"],
	smallest: () => 0xf00,
	create: (context) => {
		const { node } = context.device;
		const { own, shared } = interruptsOf(context);
		return new Bcm2835Dma(context.machine, {
			...context.common,
			interrupts: own,
			sharedInterrupt: shared,
			firstLite: cell(node, "sim,first-lite-channel", 7),
			windows: windowsOf(node),
			cyclePs: Math.max(1, cell(node, "sim,cycle-ps", cycleOf(clockRate(context, 250e6)))),
			stopOnReadError: cell(node, "sim,stop-on-read-error", 1) !== 0,
		});
	},
};
