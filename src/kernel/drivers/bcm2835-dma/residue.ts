/** How much of a transfer is left (reference chapter 6). */
import { Direction, DmaStatus } from "../../dmaengine/constants";
import { cookieStatus, setResidue } from "../../dmaengine/cookies";
import { dmaAsyncTxDescriptor, virtDmaDesc } from "../../dmaengine/structs";
import { vchanFindDesc, withLock } from "../../dmaengine/virt-dma";
import type { Kernel } from "../../kernel";
import { sizeBehind } from "./chain";
import { bcmChannel, DEST_AD, descOf, read, SOURCE_AD } from "./registers";
import { bcm2835Chan, bcm2835Desc } from "./structs";

/** Bytes left of the running descriptor. A copy's position is not looked at: 0 bytes are left of it. */
export function activeResidue(k: Kernel, chan: number): number {
	const desc = descOf(k, chan);
	const direction = bcm2835Desc.dir.get(k.space, desc);
	let position = 0;
	if (direction === Direction.MEM_TO_DEV) position = read(k, chan, SOURCE_AD);
	else if (direction === Direction.DEV_TO_MEM) position = read(k, chan, DEST_AD);
	return sizeBehind(k, desc, position, direction === Direction.DEV_TO_MEM);
}

/** bcm2835_dma_tx_status. */
export function txStatus(k: Kernel, dchan: number, cookie: number, state: number): DmaStatus {
	const status = cookieStatus(k, dchan, cookie, state);
	if (status === DmaStatus.COMPLETE || state === 0) return status;
	const chan = bcmChannel(dchan);
	withLock(k, bcm2835Chan.vc.at(chan), () => {
		const issued = vchanFindDesc(k, bcm2835Chan.vc.at(chan), cookie);
		const active = descOf(k, chan);
		let residue = 0;
		if (issued !== 0) residue = bcm2835Desc.size.get(k.space, bcm2835Desc.vd.container(issued));
		else if (active !== 0) {
			const tx = virtDmaDesc.tx.at(bcm2835Desc.vd.at(active));
			if (dmaAsyncTxDescriptor.cookie.get(k.space, tx) === cookie) residue = activeResidue(k, chan);
		}
		setResidue(k, state, residue);
	});
	return status;
}
