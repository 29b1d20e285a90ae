/** Starting and stopping a stream. */

import { Direction, DmaStatus } from "../../dmaengine/constants";
import { listDel } from "../../dmaengine/lists";
import { dmaSlaveConfig, virtDmaDesc } from "../../dmaengine/structs";
import { vchanNextDesc } from "../../dmaengine/virt-dma";
import { ETIMEDOUT } from "../../errno";
import { call, type KernelFunction, next, ret, spin, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { issuePending } from "../common/virt-dma-ops";
import {
	clearPending,
	descOf,
	nextSg,
	read,
	SCR,
	SCR_CT,
	SCR_DMEIE,
	SCR_EN,
	SCR_TCIE,
	SCR_TEIE,
	SFCR,
	SFCR_FEIE,
	SM0AR,
	SM1AR,
	SNDTR,
	SPAR,
	sgAt,
	stmChannel,
	write,
} from "./registers";
import { chanReg, sgReq, stm32DmaChan, stm32DmaDesc } from "./structs";

const POLL_PS = 10_000_000;
const POLL_LIMIT_PS = 1_000_000_000_000;

/** One software request further; a cyclic transfer begins again behind its last. */
export function countSg(k: Kernel, chan: number): void {
	const desc = descOf(k, chan);
	let sg = nextSg(k, chan) + 1;
	if (stm32DmaDesc.cyclic.get(k.space, desc) && sg === stm32DmaDesc.num_sgs.get(k.space, desc)) sg = 0;
	stm32DmaChan.next_sg.set(k.space, chan, sg);
}

/** Loads the address register that the stream does not use now with that of the next request. */
export function configureNextSg(k: Kernel, chan: number): void {
	const image = sgReq.chan_reg.at(sgAt(descOf(k, chan), nextSg(k, chan)));
	if (read(k, chan, SCR) & SCR_CT) write(k, chan, SM0AR, chanReg.dma_sm0ar.get(k.space, image));
	else write(k, chan, SM1AR, chanReg.dma_sm1ar.get(k.space, image));
}

/** The image of the request that is to run next, without EN; 0 when there is nothing to start. */
function nextImage(k: Kernel, chan: number): number {
	const { space } = k;
	if (descOf(k, chan) === 0) {
		const vd = vchanNextDesc(k, stm32DmaChan.vchan.at(chan));
		if (vd === 0) return 0;
		listDel(space, virtDmaDesc.node.at(vd));
		stm32DmaChan.desc.set(space, chan, stm32DmaDesc.vdesc.container(vd));
		stm32DmaChan.next_sg.set(space, chan, 0);
	}
	const desc = descOf(k, chan);
	if (nextSg(k, chan) === stm32DmaDesc.num_sgs.get(space, desc)) stm32DmaChan.next_sg.set(space, chan, 0);
	const image = sgReq.chan_reg.at(sgAt(desc, nextSg(k, chan)));
	let scr = chanReg.dma_scr.get(space, image) & ~SCR_EN;
	// MDMA takes care of the end of a transfer that triggers it.
	const direction = dmaSlaveConfig.direction.get(space, stm32DmaChan.dma_sconfig.at(chan));
	if (stm32DmaChan.trig_mdma.get(space, chan) && direction !== Direction.MEM_TO_DEV) scr &= ~SCR_TCIE;
	chanReg.dma_scr.set(space, image, scr >>> 0);
	return image;
}

export const stm32DmaStartFunctions: KernelFunction[] = [
	steps("int stm32_dma_disable_chan(struct stm32_dma_chan *chan)", {
		clear: step("SxCR: clear EN, when it is set.", (k, f) => {
			const scr = read(k, f.args[0], SCR);
			if ((scr & SCR_EN) === 0) return ret(0);
			write(k, f.args[0], SCR, scr & ~SCR_EN);
			f.locals.begin = k.machine.time;
			return next;
		}),
		poll: step("EN reads 1 until the item in flight is done: look every 10 µs, for one second at most.", (k, f) => {
			if ((read(k, f.args[0], SCR) & SCR_EN) === 0) return ret(0);
			return k.machine.time - f.locals.begin > POLL_LIMIT_PS ? ret(-ETIMEDOUT) : spin(POLL_PS, "poll");
		}),
	}),
	steps("void stm32_dma_stop(struct stm32_dma_chan *chan)", {
		mask: step("SxCR and SxFCR: switch the stream's interrupts off. Disable the stream.", (k, f) => {
			const [chan] = f.args;
			write(k, chan, SCR, read(k, chan, SCR) & ~(SCR_TCIE | SCR_TEIE | SCR_DMEIE));
			write(k, chan, SFCR, read(k, chan, SFCR) & ~SFCR_FEIE);
			return call("stm32_dma_disable_chan", [chan]);
		}),
		clear: step("Clear the flags that it has left. The channel is no longer busy.", (k, f) => {
			if ((f.result | 0) < 0) return ret();
			clearPending(k, f.args[0]);
			stm32DmaChan.busy.set(k.space, f.args[0], 0);
			stm32DmaChan.status.set(k.space, f.args[0], DmaStatus.COMPLETE);
			return ret();
		}),
	}),
	steps("void stm32_dma_start_transfer(struct stm32_dma_chan *chan)", {
		idle: step("The stream must be disabled.", (_, f) => call("stm32_dma_disable_chan", f.args)),
		load: step(
			"Take the head of the issued list off it, unless a transfer goes on. Write the next request's register image: SxCR, SxPAR, SxM0AR, SxFCR, SxM1AR, SxNDTR.",
			(k, f) => {
				if ((f.result | 0) < 0) return ret();
				const [chan] = f.args;
				const image = nextImage(k, chan);
				if (image === 0) return ret();
				f.locals.image = image;
				const put = (
					register: number,
					value: "dma_scr" | "dma_spar" | "dma_sm0ar" | "dma_sfcr" | "dma_sm1ar" | "dma_sndtr",
				) => write(k, chan, register, chanReg[value].get(k.space, image));
				put(SCR, "dma_scr");
				put(SPAR, "dma_spar");
				put(SM0AR, "dma_sm0ar");
				put(SFCR, "dma_sfcr");
				put(SM1AR, "dma_sm1ar");
				put(SNDTR, "dma_sndtr");
				countSg(k, chan);
				clearPending(k, chan);
				return next;
			},
		),
		second: step("Cyclic: the other address register gets the next period.", (k, f) => {
			if (stm32DmaDesc.cyclic.get(k.space, descOf(k, f.args[0]))) configureNextSg(k, f.args[0]);
			return next;
		}),
		enable: step("SxCR: set EN. The stream runs.", (k, f) => {
			const [chan] = f.args;
			const { image } = f.locals;
			stm32DmaChan.busy.set(k.space, chan, 1);
			stm32DmaChan.status.set(k.space, chan, DmaStatus.IN_PROGRESS);
			chanReg.dma_scr.set(k.space, image, (chanReg.dma_scr.get(k.space, image) | SCR_EN) >>> 0);
			write(k, chan, SCR, chanReg.dma_scr.get(k.space, image));
			return ret();
		}),
	}),
	steps(
		"void stm32_dma_issue_pending(struct dma_chan *c)",
		issuePending((k, dchan) => {
			const chan = stmChannel(dchan);
			return descOf(k, chan) !== 0 || stm32DmaChan.busy.get(k.space, chan)
				? next
				: call("stm32_dma_start_transfer", [chan]);
		}),
	),
];
