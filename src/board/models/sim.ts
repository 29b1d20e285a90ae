/**
 * The simulated peripherals of no maker. Knobs:
 *
 * | property | where | meaning |
 * | --- | --- | --- |
 * | `sim,depth` | sim,fifo | words each way; 16 |
 * | `sim,word-rate` | sim,fifo | words a second, both ways; 1000000 |
 * | `sim,request-words` | sim,fifo | words filled (RX) or free (TX) from which on it asks; 4 |
 * | `sim,burst-bytes` | sim,mem2mem | bytes of its longest burst; 64 |
 */
import { cell, type DtNode } from "../../devicetree/tree";
import { SimFifo } from "../../hardware/sim-fifo";
import { SimMem2Mem } from "../../hardware/sim-mem2mem";
import { CHANNEL_BASE, CHANNEL_STRIDE, MOST_CHANNELS } from "../../hardware/sim-mem2mem-registers";
import type { ModelKind } from "./model-kind";

export const simFifo: ModelKind = {
	compatible: ["sim,fifo"],
	smallest: () => 4,
	create: ({ machine, common, device: { node } }) =>
		new SimFifo(machine, {
			...common,
			depth: Math.max(1, cell(node, "sim,depth", 16)),
			wordRate: Math.max(1, cell(node, "sim,word-rate", 1e6)),
			requestWords: cell(node, "sim,request-words", 4),
		}),
};

const channelsOf = (node: DtNode): number => Math.min(MOST_CHANNELS, Math.max(1, cell(node, "dma-channels", 1)));

export const simMem2Mem: ModelKind = {
	compatible: ["sim,mem2mem"],
	smallest: ({ device }) => CHANNEL_BASE + CHANNEL_STRIDE * channelsOf(device.node),
	create: ({ machine, common, device: { node } }) =>
		new SimMem2Mem(machine, {
			...common,
			channels: channelsOf(node),
			burstBytes: Math.min(4096, Math.max(1, cell(node, "sim,burst-bytes", 64))),
		}),
};
