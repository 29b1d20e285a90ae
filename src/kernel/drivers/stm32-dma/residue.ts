/** How much of a transfer is left (reference 2.5). */
import { DmaStatus } from "../../dmaengine/constants";
import { cookieStatus, setResidue } from "../../dmaengine/cookies";
import { dmaAsyncTxDescriptor, virtDmaDesc } from "../../dmaengine/structs";
import { vchanFindDesc, withLock } from "../../dmaengine/virt-dma";
import type { Kernel } from "../../kernel";
import { descOf, nextSg, read, SCR, SCR_CT, SCR_DBM, SM0AR, SM1AR, SNDTR, sgAt, stmChannel } from "./registers";
import { chanReg, sgReq, stm32DmaChan, stm32DmaDesc } from "./structs";

/** Whether the hardware has not yet switched to the request behind the one that the driver believes to run. */
function isCurrent(k: Kernel, chan: number): boolean {
	const scr = read(k, chan, SCR);
	if ((scr & SCR_DBM) === 0) return true;
	const request = sgAt(descOf(k, chan), nextSg(k, chan));
	const image = sgReq.chan_reg.at(request);
	const second = (scr & SCR_CT) === 0;
	const address = read(k, chan, second ? SM1AR : SM0AR);
	const begin = (second ? chanReg.dma_sm1ar : chanReg.dma_sm0ar).get(k.space, image);
	return address >= begin && address < begin + sgReq.len.get(k.space, request);
}

/** Bytes left: what NDTR says, and the requests from `sg` of `desc` on. */
export function residueOf(k: Kernel, chan: number, desc: number, sg: number): number {
	const { space } = k;
	const active = descOf(k, chan);
	const repeats = stm32DmaDesc.cyclic.get(space, active) !== 0 || stm32DmaChan.trig_mdma.get(space, chan) !== 0;
	const psize = (read(k, chan, SCR) >>> 11) & 3;
	let residue = read(k, chan, SNDTR) << psize;
	let from = sg;
	if (repeats && !isCurrent(k, chan)) {
		// The hardware is a period ahead: NDTR may belong to either, so take the whole next one.
		from = (sg + 1) % stm32DmaDesc.num_sgs.get(space, active);
		if (!stm32DmaChan.trig_mdma.get(space, chan)) residue = sgReq.len.get(space, sgAt(active, nextSg(k, chan)));
	}
	if (!repeats || from !== 0)
		for (let index = from; index < stm32DmaDesc.num_sgs.get(space, desc); index++)
			residue += sgReq.len.get(space, sgAt(desc, index));
	const burst = stm32DmaChan.mem_burst.get(space, chan) * stm32DmaChan.mem_width.get(space, chan);
	return burst === 0 ? residue : Math.ceil(residue / burst) * burst;
}

/** stm32_dma_tx_status: whatever is not complete has the state of the channel. */
export function txStatus(k: Kernel, dchan: number, cookie: number, state: number): DmaStatus {
	const { space } = k;
	if (cookieStatus(k, dchan, cookie, state) === DmaStatus.COMPLETE) return DmaStatus.COMPLETE;
	const chan = stmChannel(dchan);
	const status = stm32DmaChan.status.get(space, chan);
	if (state === 0) return status;
	withLock(k, stm32DmaChan.vchan.at(chan), () => {
		const issued = vchanFindDesc(k, stm32DmaChan.vchan.at(chan), cookie);
		const active = descOf(k, chan);
		const running = active === 0 ? 0 : virtDmaDesc.tx.at(stm32DmaDesc.vdesc.at(active));
		let residue = 0;
		if (running !== 0 && dmaAsyncTxDescriptor.cookie.get(space, running) === cookie)
			residue = residueOf(k, chan, active, nextSg(k, chan));
		else if (issued !== 0) residue = residueOf(k, chan, stm32DmaDesc.vdesc.container(issued), 0);
		setResidue(k, state, residue);
	});
	return status;
}
