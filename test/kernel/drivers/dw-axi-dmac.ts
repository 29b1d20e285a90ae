/** Descriptors of the dw-axi-dmac driver as the cases write them. */
import { virtDmaDesc } from "../../../src/kernel/dmaengine/structs";
import { hwDescOf } from "../../../src/kernel/drivers/dw-axi-dmac/descriptors";
import { axiDmaDesc, axiDmaHwDesc, axiDmaLli } from "../../../src/kernel/drivers/dw-axi-dmac/structs";
import type { Rig } from "../dmaengine/rig";
import type { Lli } from "./cases";

export const descOf = (tx: number): number => axiDmaDesc.vd.container(virtDmaDesc.tx.container(tx));
const slotCount = (rig: Rig, tx: number): number => axiDmaDesc.nr_hw_descs.get(rig.k.space, descOf(tx));

export function llis(rig: Rig, tx: number): Lli[] {
	const hex = (value: number, width: number) => `0x${value.toString(16).padStart(width, "0")}`;
	return Array.from({ length: slotCount(rig, tx) }, (_, index) => {
		const hwDesc = hwDescOf(rig.k, descOf(tx), index);
		const lli = axiDmaHwDesc.lli.get(rig.k.space, hwDesc);
		const field = (name: "sar" | "dar" | "block_ts_lo" | "llp" | "ctl_lo" | "ctl_hi") =>
			axiDmaLli[name].get(rig.k.space, lli);
		return {
			at: hex(axiDmaHwDesc.llp.get(rig.k.space, hwDesc), 8),
			sar: hex(field("sar"), 8),
			dar: hex(field("dar"), 8),
			block_ts_lo: hex(field("block_ts_lo"), 0),
			llp: hex(field("llp"), 8),
			ctl_lo: hex(field("ctl_lo"), 8),
			ctl_hi: hex(field("ctl_hi"), 8),
		};
	});
}

/** Bytes of each item. */
export const lengths = (rig: Rig, tx: number): number[] =>
	Array.from({ length: slotCount(rig, tx) }, (_, index) =>
		axiDmaHwDesc.len.get(rig.k.space, hwDescOf(rig.k, descOf(tx), index)),
	);

export const totalLength = (rig: Rig, tx: number): number => axiDmaDesc.length.get(rig.k.space, descOf(tx));
