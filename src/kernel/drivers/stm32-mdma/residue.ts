/** How much of a transfer is left (reference 4.4). */
import { DmaStatus } from "../../dmaengine/constants";
import { cookieStatus, setResidue } from "../../dmaengine/cookies";
import { dmaAsyncTxDescriptor, dmaTxState, virtDmaDesc } from "../../dmaengine/structs";
import { vchanFindDesc, withLock } from "../../dmaengine/virt-dma";
import type { Kernel } from "../../kernel";
import { isChained } from "./parameters";
import { BNDT, CBNDTR, CISR, CLAR, CRQA, countOf, descOf, mdmaChannel, nodeAt, read } from "./registers";
import { mdmaChan, mdmaDesc, mdmaDescNode, mdmaHwdesc } from "./structs";

interface Residue {
	/** Bytes left, and how many of them MDMA has not taken out of SRAM yet. */
	readonly residue: number;
	readonly inFlight: number;
}

/** The nodes behind the one whose CLAR the hardware has, and what is left of that one. */
export function residueOf(k: Kernel, chan: number, desc: number): Residue {
	const { space } = k;
	const requested = (read(k, chan, CISR) & CRQA) !== 0;
	const clar = read(k, chan, CLAR);
	let residue = 0;
	for (let index = countOf(k, desc) - 1; index >= 0; index--) {
		const hwdesc = mdmaDescNode.hwdesc.get(space, nodeAt(desc, index));
		if (mdmaHwdesc.clar.get(space, hwdesc) === clar) break;
		residue += mdmaHwdesc.cbndtr.get(space, hwdesc) & BNDT;
	}
	const left = read(k, chan, CBNDTR) & BNDT;
	residue += left;
	const inFlight = isChained(k, chan) && requested ? left : 0;
	const burst = mdmaChan.mem_burst.get(space, chan) * mdmaChan.mem_width.get(space, chan);
	return { residue: burst === 0 ? residue : Math.ceil(residue / burst) * burst, inFlight };
}

/** stm32_mdma_tx_status: never paused, never an error. */
export function txStatus(k: Kernel, dchan: number, cookie: number, state: number): DmaStatus {
	const status = cookieStatus(k, dchan, cookie, state);
	if (status === DmaStatus.COMPLETE || state === 0) return status;
	const { space } = k;
	const chan = mdmaChannel(dchan);
	const vc = mdmaChan.vchan.at(chan);
	withLock(k, vc, () => {
		const issued = vchanFindDesc(k, vc, cookie);
		const active = descOf(k, chan);
		const running = active === 0 ? 0 : virtDmaDesc.tx.at(mdmaDesc.vdesc.at(active));
		let desc = issued === 0 ? 0 : mdmaDesc.vdesc.container(issued);
		if (running !== 0 && dmaAsyncTxDescriptor.cookie.get(space, running) === cookie) desc = active;
		if (desc === 0) return;
		const { residue, inFlight } = residueOf(k, chan, desc);
		dmaTxState.in_flight_bytes.set(space, state, inFlight);
		setResidue(k, state, residue);
	});
	return status;
}
