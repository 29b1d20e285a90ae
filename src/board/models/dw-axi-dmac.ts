/**
 * Synopsys DesignWare AXI DMAC. Knobs:
 *
 * | property | meaning |
 * | --- | --- |
 * | `sim,max-beats` | longest AXI burst, and what ARLEN and AWLEN are cut to; 16 |
 * | `sim,fifo-depth` | FIFO bytes of a channel, rounded up to a power of two; one longest burst |
 * | `sim,llp-advances-on-fetch` | LLP moves on when an item is fetched (1), or when its block ends (0) |
 * | `sim,write-back-clears-valid` | the end of a block clears VALID in the item in memory; 1 |
 */
import { cell, type DtNode, hasProperty } from "../../devicetree/tree";
import { DwAxiDmac } from "../../hardware/dw-axi-dmac/controller";
import { clockRate, cycleOf, type ModelKind } from "./model-kind";

/**
 * A model stands for what is soldered in: values that the driver would refuse are cut to what hardware can have,
 * so that the driver's own check is what the user sees.
 */
const channelsOf = (node: DtNode): number => Math.min(32, Math.max(1, cell(node, "dma-channels", 1)));

export const dwAxiDmac: ModelKind = {
	compatible: ["snps,axi-dma-1.01a", "intel,kmb-axi-dma", "starfive,jh7110-axi-dma", "starfive,jh8100-axi-dma"],
	smallest: ({ device }) => 0x100 * (channelsOf(device.node) + 1),
	create: (context) => {
		const { node, compatible, reg, interrupts } = context.device;
		return new DwAxiDmac(context.machine, {
			...context.common,
			channels: channelsOf(node),
			masters: Math.min(2, Math.max(1, cell(node, "snps,dma-masters", 1))),
			dataWidth: Math.min(6, cell(node, "snps,data-width", 3)),
			layoutB: compatible.includes("starfive,jh7110-axi-dma"),
			channelInterrupts: interrupts.length > 1 ? interrupts : undefined,
			apb: compatible.includes("intel,kmb-axi-dma") ? reg[1] : undefined,
			cyclePs: cycleOf(clockRate(context, 200e6, "core-clk")),
			maxBeats: Math.max(1, cell(node, "sim,max-beats", 16)),
			...(hasProperty(node, "sim,fifo-depth") ? { fifoDepth: cell(node, "sim,fifo-depth", 128) } : {}),
			llpAdvancesOnFetch: cell(node, "sim,llp-advances-on-fetch", 1) !== 0,
			writeBackClearsValid: cell(node, "sim,write-back-clears-valid", 1) !== 0,
		});
	},
};
