/** The driver's structs and registers as a debugger reads them. */

import type { ChunkInfo, DriverInspector } from "../../dmaengine/inspector";
import { dmaAsyncTxDescriptor, virtDmaDesc } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { BNDT, CCR, CCR_EN, CCR_IRQ_MASK, countOf, descOf, mdmaChannel, nodeAt, read } from "./registers";
import { residueOf } from "./residue";
import { mdmaChan, mdmaDesc, mdmaDescNode, mdmaHwdesc } from "./structs";

const descOfTx = (tx: number): number => mdmaDesc.vdesc.container(virtDmaDesc.tx.container(tx));

function chunks(k: Kernel, tx: number): ChunkInfo[] {
	const { space } = k;
	const desc = descOfTx(tx);
	return Array.from({ length: countOf(k, desc) }, (_, index) => {
		const node = nodeAt(desc, index);
		const hwdesc = mdmaDescNode.hwdesc.get(space, node);
		return {
			address: mdmaDescNode.hwdesc_phys.get(space, node),
			src: mdmaHwdesc.csar.get(space, hwdesc),
			dst: mdmaHwdesc.cdar.get(space, hwdesc),
			len: mdmaHwdesc.cbndtr.get(space, hwdesc) & BNDT,
		};
	});
}

function active(k: Kernel, chan: number): number {
	const desc = descOf(k, mdmaChannel(chan));
	return desc === 0 ? 0 : virtDmaDesc.tx.at(mdmaDesc.vdesc.at(desc));
}

export const stm32MdmaInspector: DriverInspector = {
	txStatus: "stm32_mdma_tx_status",
	isRunning: (k, chan) => descOf(k, mdmaChannel(chan)) !== 0,
	/** The driver does not note it: a transfer whose channel is off, and its interrupts, which an end or an error leaves. */
	isPaused: (k, chan) => active(k, chan) !== 0 && (read(k, mdmaChannel(chan), CCR) & (CCR_EN | CCR_IRQ_MASK)) === 0,
	isCyclic: (k, chan) => {
		const desc = descOf(k, mdmaChannel(chan));
		return desc !== 0 && mdmaDesc.cyclic.get(k.space, desc) !== 0;
	},
	config: (_, chan) => mdmaChan.dma_config.at(mdmaChannel(chan)),
	length: (k, tx) => chunks(k, tx).reduce((sum, { len }) => sum + len, 0),
	chunks,
	active,
	residue: (k, tx) => residueOf(k, mdmaChannel(dmaAsyncTxDescriptor.chan.get(k.space, tx)), descOfTx(tx)).residue,
	channelNumber: (k, chan) => mdmaChan.id.get(k.space, mdmaChannel(chan)),
};
