/** The driver's structs as a debugger reads them. The enable bit is read without going over the bus. */

import { deviceName } from "../../dmaengine/external";
import type { ChunkInfo, DriverInspector } from "../../dmaengine/inspect";
import { virtDmaDesc } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { hwDescOf } from "./descriptors";
import { axiChannel } from "./registers";
import { axiDmaChan, axiDmaChip, axiDmaDesc, axiDmaHwDesc, axiDmaLli } from "./structs";

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

/** The model's own view: looking must not count as an access of the CPU. */
function isRunning(k: Kernel, chan: number): boolean {
	const axi = axiChannel(chan);
	const name = deviceName(k, axiDmaChip.dev.get(k.space, axiDmaChan.chip.get(k.space, axi)));
	const model = k.devices.find((board) => board.name === name)?.model;
	if (!model || !("channelView" in model)) return false;
	const viewer = model as unknown as { channelView(channel: number): { enabled: boolean } };
	return viewer.channelView(axiDmaChan.id.get(k.space, axi)).enabled;
}

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
