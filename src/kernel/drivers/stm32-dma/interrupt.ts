/** The driver's interrupt handler: one line for each stream. */
import { DmaStatus } from "../../dmaengine/constants";
import { vchanCookieComplete, vchanCyclicCallback } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { lock, unlock } from "./locking";
import {
	clearPending,
	complain,
	DMEI,
	descOf,
	FEI,
	irqClear,
	irqStatus,
	nextSg,
	read,
	SCR,
	SCR_CIRC,
	SCR_CT,
	SCR_DBM,
	SCR_EN,
	SCR_TCIE,
	SFCR,
	SFCR_FEIE,
	SM0AR,
	SM1AR,
	SNDTR,
	SPAR,
	sgAt,
	TCI,
	write,
} from "./registers";
import { configureNextSg, countSg } from "./start";
import { chanReg, sgReq, stm32DmaChan, stm32DmaDesc } from "./structs";

const IRQ_HANDLED = 1;

/** Image of the request before next_sg: the one that runs. */
export function currentImage(k: Kernel, chan: number): number {
	const desc = descOf(k, chan);
	const sg = nextSg(k, chan);
	return sgReq.chan_reg.at(sgAt(desc, (sg === 0 ? stm32DmaDesc.num_sgs.get(k.space, desc) : sg) - 1));
}

/** The first period's end after a resume: whole periods and the mode that repeats come back. */
function reconfigureAfterResume(k: Kernel, chan: number): void {
	const { space } = k;
	let scr = read(k, chan, SCR);
	clearPending(k, chan);
	const image = currentImage(k, chan);
	write(k, chan, SNDTR, chanReg.dma_sndtr.get(space, image));
	write(k, chan, SPAR, chanReg.dma_spar.get(space, image));
	write(k, chan, SM0AR, chanReg.dma_sm0ar.get(space, image));
	write(k, chan, SM1AR, chanReg.dma_sm1ar.get(space, image));
	const saved = chanReg.dma_scr.get(space, stm32DmaChan.chan_reg.at(chan));
	if (saved & SCR_DBM) scr = saved & SCR_CT ? (scr | SCR_DBM) & ~SCR_CT : scr | SCR_DBM | SCR_CT;
	else if (saved & SCR_CIRC) scr |= SCR_CIRC;
	write(k, chan, SCR, scr);
	configureNextSg(k, chan);
	write(k, chan, SCR, scr | SCR_EN);
}

export const stm32DmaInterruptFunctions: KernelFunction[] = [
	steps("void stm32_dma_handle_chan_done(struct stm32_dma_chan *chan, u32 scr)", {
		which: step(
			"Cyclic: a period callback, one period further. Else the channel is idle, and the last request completes the cookie.",
			(k, f) => {
				const [chan, scr] = f.args;
				const { space } = k;
				const desc = descOf(k, chan);
				if (desc === 0) return ret();
				const vd = stm32DmaDesc.vdesc.at(desc);
				if (!stm32DmaDesc.cyclic.get(space, desc)) {
					stm32DmaChan.busy.set(space, chan, 0);
					stm32DmaChan.status.set(space, chan, DmaStatus.COMPLETE);
					if (nextSg(k, chan) === stm32DmaDesc.num_sgs.get(space, desc)) {
						vchanCookieComplete(k, vd);
						stm32DmaChan.desc.set(space, chan, 0);
					}
					return goto("start");
				}
				vchanCyclicCallback(k, vd);
				if (stm32DmaChan.trig_mdma.get(space, chan)) return ret();
				countSg(k, chan);
				if ((scr & (SCR_CIRC | SCR_DBM)) === 0) return goto("resumed");
				return scr & SCR_DBM && stm32DmaDesc.num_sgs.get(space, desc) > 2 ? goto("second") : ret();
			},
		),
		second: step("Double buffer with more than two periods: the idle address register gets the next one.", (k, f) => {
			configureNextSg(k, f.args[0]);
			return ret();
		}),
		resumed: step(
			"The rest of a resumed period is done: whole periods again, circular or double buffer again.",
			(k, f) => {
				reconfigureAfterResume(k, f.args[0]);
				return ret();
			},
		),
		start: step("Start the next request of the transfer, or the next issued transfer.", (_, f) =>
			call("stm32_dma_start_transfer", [f.args[0]]),
		),
		done: step("The channel runs again, or nothing is left.", () => ret()),
	}),
	steps("irqreturn_t stm32_dma_chan_irq(int irq, void *devid)", {
		status: step(
			"Under the lock: read the stream's flags, SxCR and SxFCR. Clear FEIF and DMEIF, with a word.",
			(k, f) => {
				const chan = f.args[1];
				lock(k, f, chan);
				let status = irqStatus(k, chan);
				const scr = read(k, chan, SCR);
				const sfcr = read(k, chan, SFCR);
				if (status & FEI) {
					irqClear(k, chan, FEI);
					status &= ~FEI;
					if (sfcr & SFCR_FEIE && !(scr & SCR_EN) && !(status & TCI)) complain(k, chan, "FIFO Error\n");
				}
				if (status & DMEI) {
					irqClear(k, chan, DMEI);
					status &= ~DMEI;
				}
				f.locals.status = status;
				f.locals.scr = scr;
				return next;
			},
		),
		complete: step("Clear TCIF. A paused channel ignores it: disabling the stream sets it, too.", (k, f) => {
			const chan = f.args[1];
			if ((f.locals.status & TCI) === 0) return next;
			irqClear(k, chan, TCI);
			f.locals.status &= ~TCI;
			if ((f.locals.scr & SCR_TCIE) === 0) return next;
			if (stm32DmaChan.status.get(k.space, chan) === DmaStatus.PAUSED) return next;
			return call("stm32_dma_handle_chan_done", [chan, f.locals.scr]);
		}),
		error: step("TEIF is left: clear it and say so. Nothing is completed: the client has to time out.", (k, f) => {
			const chan = f.args[1];
			const { status, scr } = f.locals;
			if (status !== 0) {
				irqClear(k, chan, status);
				complain(k, chan, `DMA error: status=0x${status.toString(16).padStart(8, "0")}\n`);
				if ((scr & SCR_EN) === 0) complain(k, chan, "chan disabled by HW\n");
			}
			unlock(k, f, chan);
			return ret(IRQ_HANDLED);
		}),
	}),
];
