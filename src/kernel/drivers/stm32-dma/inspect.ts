/** The driver's structs as a debugger reads them. Registers are read without going over the bus. */

import { DmaStatus } from "../../dmaengine/constants";
import { deviceName } from "../../dmaengine/external";
import type { ChunkInfo, DriverInspector } from "../../dmaengine/inspect";
import { dmaAsyncTxDescriptor, dmaDevice, virtDmaDesc } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { descOf, deviceOf, nextSg, sgAt, stmChannel } from "./registers";
import { residueOf } from "./residue";
import { chanReg, sgReq, stm32DmaChan, stm32DmaDesc, stm32DmaDevice } from "./structs";

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

/** The model's own view: looking must not count as an access of the CPU. */
function peek(k: Kernel, chan: number, register: number): number {
	const dev = dmaDevice.dev.get(k.space, stm32DmaDevice.ddev.at(deviceOf(k, chan)));
	const model = k.devices.find((board) => board.name === deviceName(k, dev))?.model;
	if (!model || !("peek" in model)) return 0;
	const bank = model as unknown as { peek(offset: number, size: number): number };
	return bank.peek(register + 0x18 * stm32DmaChan.id.get(k.space, chan), 4);
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
		return residueOf(k, chan, descOfTx(tx), nextSg(k, chan), peek);
	},
	channelNumber: (k, chan) => stm32DmaChan.id.get(k.space, stmChannel(chan)),
};
