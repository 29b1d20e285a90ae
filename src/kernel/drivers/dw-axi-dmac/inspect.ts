/** The driver's structs and registers as a debugger reads them. */

import type { ChunkInfo, DriverInspector } from "../../dmaengine/inspector";
import { virtDmaDesc } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { hwDescOf } from "./descriptors";
import { axiChannel, channelAt, isEnabled } from "./registers";
import { axiDmaChan, axiDmaDesc, axiDmaHwDesc, axiDmaLli } from "./structs";

const descOfTx = (tx: number): number => axiDmaDesc.vd.container(virtDmaDesc.tx.container(tx));

function chunks(k: Kernel, tx: number): ChunkInfo[] {
	const desc = descOfTx(tx);
	const list: ChunkInfo[] = [];
	const count = axiDmaDesc.nr_hw_descs.get(k.space, desc);
	for (let index = 0; index < count; index++) {
		const hwDesc = hwDescOf(k, desc, index);
		const lli = axiDmaHwDesc.lli.get(k.space, hwDesc);
		if (lli === 0) continue;
		list.push({
			address: axiDmaHwDesc.llp.get(k.space, hwDesc),
			src: axiDmaLli.sar.get(k.space, lli),
			dst: axiDmaLli.dar.get(k.space, lli),
			len: axiDmaHwDesc.len.get(k.space, hwDesc),
		});
	}
	return list;
}

/** Reads DMAC_CHEN: an inspector is called while looking (io/looking.ts), so this is no access of the CPU. */
const isRunning = (k: Kernel, chan: number): boolean => isEnabled(k, channelAt(k, axiChannel(chan)));

export const dwAxiInspector: DriverInspector = {
	txStatus: "dma_chan_tx_status",
	isRunning,
	isPaused: (k, chan) => isRunning(k, chan) && axiDmaChan.is_paused.get(k.space, axiChannel(chan)) !== 0,
	isCyclic: (k, chan) => axiDmaChan.cyclic.get(k.space, axiChannel(chan)) !== 0,
	config: (_, chan) => axiDmaChan.config.at(axiChannel(chan)),
	length: (k, tx) => axiDmaDesc.length.get(k.space, descOfTx(tx)),
	chunks,
	residue: (k, tx) => {
		const desc = descOfTx(tx);
		const block = axiDmaHwDesc.len.get(k.space, hwDescOf(k, desc, 0));
		return axiDmaDesc.length.get(k.space, desc) - axiDmaDesc.completed_blocks.get(k.space, desc) * block;
	},
	channelNumber: (k, chan) => axiDmaChan.id.get(k.space, axiChannel(chan)),
};
