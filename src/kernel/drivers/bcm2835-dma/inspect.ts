/** The driver's structs and registers as a debugger reads them. */

import type { ChunkInfo, DriverInspector } from "../../dmaengine/inspector";
import { virtDmaDesc } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { bcmChannel, blockAt, descOf, entryAt } from "./registers";
import { activeResidue } from "./residue";
import { bcm2835CbEntry, bcm2835Chan, bcm2835Desc, bcm2835DmaCb } from "./structs";

const descOfTx = (tx: number): number => bcm2835Desc.vd.container(virtDmaDesc.tx.container(tx));

function chunks(k: Kernel, tx: number): ChunkInfo[] {
	const desc = descOfTx(tx);
	return Array.from({ length: bcm2835Desc.frames.get(k.space, desc) }, (_, index) => {
		const block = blockAt(k, desc, index);
		return {
			address: bcm2835CbEntry.paddr.get(k.space, entryAt(desc, index)),
			src: bcm2835DmaCb.src.get(k.space, block),
			dst: bcm2835DmaCb.dst.get(k.space, block),
			len: bcm2835DmaCb.length.get(k.space, block),
		};
	});
}

function active(k: Kernel, chan: number): number {
	const desc = descOf(k, bcmChannel(chan));
	return desc === 0 ? 0 : virtDmaDesc.tx.at(bcm2835Desc.vd.at(desc));
}

export const bcm2835DmaInspector: DriverInspector = {
	txStatus: "bcm2835_dma_tx_status",
	isRunning: (k, chan) => descOf(k, bcmChannel(chan)) !== 0,
	isPaused: () => false,
	isCyclic: (k, chan) => {
		const desc = descOf(k, bcmChannel(chan));
		return desc !== 0 && bcm2835Desc.cyclic.get(k.space, desc) !== 0;
	},
	config: (_, chan) => bcm2835Chan.cfg.at(bcmChannel(chan)),
	length: (k, tx) => chunks(k, tx).reduce((sum, { len }) => sum + len, 0),
	chunks,
	active,
	residue: (k, tx) => activeResidue(k, bcm2835Desc.c.get(k.space, descOfTx(tx))),
	channelNumber: (k, chan) => bcm2835Chan.ch.get(k.space, bcmChannel(chan)),
};
