/** Starting, stopping, and the interrupt handler. */

import { devErr } from "../../dmaengine/external";
import { listDel } from "../../dmaengine/lists";
import { dmaChan, dmaDevice, virtDmaDesc } from "../../dmaengine/structs";
import { vchanCookieComplete, vchanCyclicCallback, vchanNextDesc } from "../../dmaengine/virt-dma";
import { call, type KernelFunction, next, ret, spin, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { issuePending } from "../common/virt-dma-ops";
import { lock, unlock } from "./locking";
import {
	ADDR,
	bcmChannel,
	CS,
	CS_ACTIVE,
	CS_INT,
	CS_RESET,
	CS_WAITING_FOR_WRITES,
	dchanOf,
	descOf,
	entryAt,
	read,
	write,
} from "./registers";
import { bcm2835CbEntry, bcm2835Chan, bcm2835Desc } from "./structs";

const IRQ_NONE = 0;
const IRQ_HANDLED = 1;
export const IRQF_SHARED = 0x80;
/** cpu_relax(). */
const POLL_PS = 1_000_000;
const MOST_POLLS = 10_000;

const complainOf = (k: Kernel, chan: number, text: string): void =>
	devErr(k, dmaDevice.dev.get(k.space, dmaChan.device.get(k.space, dchanOf(chan))), text);

export const bcm2835RunFunctions: KernelFunction[] = [
	steps("void bcm2835_dma_abort(struct bcm2835_chan *c)", {
		pause: step(
			"CONBLK_AD 0: the channel is idle, whatever ACTIVE says. Else clear CS: the channel pauses.",
			(k, f) => {
				const [chan] = f.args;
				if (read(k, chan, ADDR) === 0) return ret();
				write(k, chan, CS, 0);
				f.locals.left = MOST_POLLS;
				return next;
			},
		),
		wait: step("Wait until the writes that are under way are answered, for 10000 looks at most.", (k, f) => {
			const waiting = (read(k, f.args[0], CS) & CS_WAITING_FOR_WRITES) !== 0;
			return waiting && --f.locals.left > 0 ? spin(POLL_PS, "wait") : next;
		}),
		reset: step("CS: RESET. The control block and all that belongs to it is forgotten.", (k, f) => {
			const [chan] = f.args;
			if (f.locals.left === 0) complainOf(k, chan, "failed to complete outstanding writes\n");
			write(k, chan, CS, CS_RESET);
			return ret();
		}),
	}),
	steps("void bcm2835_dma_start_desc(struct bcm2835_chan *c)", {
		take: step("Take the head of the issued list off it: it is the channel's transfer now.", (k, f) => {
			const [chan] = f.args;
			const vd = vchanNextDesc(k, bcm2835Chan.vc.at(chan));
			if (vd === 0) {
				bcm2835Chan.desc.set(k.space, chan, 0);
				return ret();
			}
			listDel(k.space, virtDmaDesc.node.at(vd));
			bcm2835Chan.desc.set(k.space, chan, bcm2835Desc.vd.container(vd));
			return next;
		}),
		start: step("CONBLK_AD: its first control block. CS: ACTIVE. The channel runs.", (k, f) => {
			const [chan] = f.args;
			const first = entryAt(descOf(k, chan), 0);
			write(k, chan, ADDR, bcm2835CbEntry.paddr.get(k.space, first));
			write(k, chan, CS, CS_ACTIVE);
			return ret();
		}),
	}),
	steps("irqreturn_t bcm2835_dma_callback(int irq, void *data)", {
		mine: step("On an interrupt line that channels share: is it this one's?", (k, f) => {
			const chan = f.args[1];
			if (bcm2835Chan.irq_flags.get(k.space, chan) & IRQF_SHARED && (read(k, chan, CS) & CS_INT) === 0)
				return ret(IRQ_NONE);
			return next;
		}),
		clear: step(
			"Under the lock: clear INT, keep the channel active. Cyclic: a period callback. CONBLK_AD 0: the cookie is complete.",
			(k, f) => {
				const chan = f.args[1];
				lock(k, f, chan);
				write(k, chan, CS, CS_INT | CS_ACTIVE);
				const desc = descOf(k, chan);
				if (desc === 0) return next;
				const vd = bcm2835Desc.vd.at(desc);
				if (bcm2835Desc.cyclic.get(k.space, desc)) vchanCyclicCallback(k, vd);
				else if (read(k, chan, ADDR) === 0) {
					vchanCookieComplete(k, vd);
					return call("bcm2835_dma_start_desc", [chan]);
				}
				return next;
			},
		),
		done: step("Release the lock.", (k, f) => {
			unlock(k, f, f.args[1]);
			return ret(IRQ_HANDLED);
		}),
	}),
	steps(
		"void bcm2835_dma_issue_pending(struct dma_chan *chan)",
		issuePending((k, dchan) => {
			const chan = bcmChannel(dchan);
			return descOf(k, chan) === 0 ? call("bcm2835_dma_start_desc", [chan]) : next;
		}),
	),
];
