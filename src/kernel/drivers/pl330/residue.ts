/** How far a cookie is (pl330_tx_status). */
import { DmaStatus } from "../../dmaengine/constants";
import { cookieStatus, setResidue } from "../../dmaengine/cookies";
import { dmaAsyncTxDescriptor } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../../locks/locks";
import { lockInside, unlockInside } from "./locking";
import { descsOn } from "./pool";
import { CHANNEL_LENGTH, DA, dmacOf, pchanOf, read, reqDesc, SA, threadOf } from "./registers";
import { DescStatus, dmaPl330Chan, dmaPl330Desc, pl330Reqcfg, pl330Thread, pl330Xfer } from "./structs";

/** Bytes that the thread has loaded or stored of the descriptor that runs: the side whose address counts. */
function currentXferred(k: Kernel, pch: number, desc: number): number {
	const { space } = k;
	const px = dmaPl330Desc.px.at(desc);
	const source = pl330Reqcfg.src_inc.get(space, dmaPl330Desc.rqcfg.at(desc)) !== 0;
	const register = (source ? SA : DA) + CHANNEL_LENGTH * pl330Thread.id.get(space, threadOf(k, pch));
	const now = read(k, dmacOf(k, pch), register);
	// Before the program's DMAMOV the register may be 0.
	if (now === 0) return 0;
	return (now - (source ? pl330Xfer.src_addr : pl330Xfer.dst_addr).get(space, px)) | 0;
}

/** Descriptor of the request that runs, as far as the driver knows; 0 for none. */
export function runningDesc(k: Kernel, thrd: number): number {
	const running = pl330Thread.req_running.get(k.space, thrd);
	return running === -1 ? 0 : reqDesc(k, thrd, running);
}

/** Bytes of a descriptor that are moved. One that is busy but does not run is either still to come or just over. */
export function transferredOf(k: Kernel, pch: number, desc: number): number {
	const { space } = k;
	const thrd = threadOf(k, pch);
	const status: DescStatus = dmaPl330Desc.status.get(space, desc);
	const whole = dmaPl330Desc.bytes_requested.get(space, desc);
	if (status === DescStatus.DONE) return whole;
	if (desc === runningDesc(k, thrd)) return currentXferred(k, pch, desc);
	if (status !== DescStatus.BUSY && status !== DescStatus.PAUSED) return 0;
	return desc === reqDesc(k, thrd, pl330Thread.lstenq.get(space, thrd)) ? 0 : whole;
}

const STATUS: Readonly<Partial<Record<DescStatus, DmaStatus>>> = {
	[DescStatus.DONE]: DmaStatus.COMPLETE,
	[DescStatus.PAUSED]: DmaStatus.PAUSED,
	[DescStatus.PREP]: DmaStatus.IN_PROGRESS,
	[DescStatus.BUSY]: DmaStatus.IN_PROGRESS,
};

/** What is left sums up from the first descriptor of a submitted chain to the one with the cookie. */
export function txStatus(k: Kernel, chan: number, cookie: number, state: number): DmaStatus {
	const { space } = k;
	let status = cookieStatus(k, chan, cookie, state);
	if (state === 0) return status;
	let residue = 0;
	if (status !== DmaStatus.COMPLETE) {
		const pch = pchanOf(chan);
		const dmac = dmacOf(k, pch);
		const flags = spinLockIrqsave(k, dmaPl330Chan.lock.at(pch));
		lockInside(k, dmac);
		for (const desc of descsOn(k, pch, "work_list")) {
			residue += dmaPl330Desc.bytes_requested.get(space, desc) - transferredOf(k, pch, desc);
			if (dmaAsyncTxDescriptor.cookie.get(space, dmaPl330Desc.txd.at(desc)) === cookie) {
				status = STATUS[dmaPl330Desc.status.get(space, desc) as DescStatus] ?? status;
				break;
			}
			if (dmaPl330Desc.last.get(space, desc)) residue = 0;
		}
		unlockInside(k, dmac);
		spinUnlockIrqrestore(k, dmaPl330Chan.lock.at(pch), flags);
	}
	setResidue(k, state, residue);
	return status;
}
