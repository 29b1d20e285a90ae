/** The driver's structs and registers as a debugger reads them. */

import { DmaStatus } from "../../dmaengine/constants";
import type { ChunkInfo, DriverInspector } from "../../dmaengine/inspector";
import { dmaAsyncTxDescriptor, virtDmaDesc } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { descOf, nextSg, sgAt, stmChannel } from "./registers";
import { residueOf } from "./residue";
import { chanReg, sgReq, stm32DmaChan, stm32DmaDesc } from "./structs";

const MEM_TO_PERIPHERAL = 1;
const descOfTx = (tx: number): number => stm32DmaDesc.vdesc.container(virtDmaDesc.tx.container(tx));

function chunks(k: Kernel, tx: number): ChunkInfo[] {
	const desc = descOfTx(tx);
	return Array.from({ length: stm32DmaDesc.num_sgs.get(k.space, desc) }, (_, index) => {
		const request = sgAt(desc, index);
		const image = sgReq.chan_reg.at(request);
		const memory = chanReg.dma_sm0ar.get(k.space, image);
		const peripheral = chanReg.dma_spar.get(k.space, image);
		const out = ((chanReg.dma_scr.get(k.space, image) >>> 6) & 3) === MEM_TO_PERIPHERAL;
		return {
			address: -1,
			src: out ? memory : peripheral,
			dst: out ? peripheral : memory,
			len: sgReq.len.get(k.space, request),
		};
	});
}

function active(k: Kernel, chan: number): number {
	const desc = descOf(k, stmChannel(chan));
	return desc === 0 ? 0 : virtDmaDesc.tx.at(stm32DmaDesc.vdesc.at(desc));
}

export const stm32DmaInspector: DriverInspector = {
	txStatus: "stm32_dma_tx_status",
	isRunning: (k, chan) => descOf(k, stmChannel(chan)) !== 0,
	isPaused: (k, chan) => stm32DmaChan.status.get(k.space, stmChannel(chan)) === DmaStatus.PAUSED,
	isCyclic: (k, chan) => {
		const desc = descOf(k, stmChannel(chan));
		return desc !== 0 && stm32DmaDesc.cyclic.get(k.space, desc) !== 0;
	},
	config: (_, chan) => stm32DmaChan.dma_sconfig.at(stmChannel(chan)),
	length: (k, tx) => chunks(k, tx).reduce((sum, { len }) => sum + len, 0),
	chunks,
	active,
	residue: (k, tx) => {
		const chan = stmChannel(dmaAsyncTxDescriptor.chan.get(k.space, tx));
		return residueOf(k, chan, descOfTx(tx), nextSg(k, chan));
	},
	channelNumber: (k, chan) => stm32DmaChan.id.get(k.space, stmChannel(chan)),
};
