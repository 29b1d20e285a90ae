/** The driver's interrupt handler: one line for all channels, one channel each time. */
import { devWarn } from "../../dmaengine/external";
import { channelDevice } from "../../dmaengine/names";
import { vchanCookieComplete, vchanCyclicCallback } from "../../dmaengine/virt-dma";
import { call, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import type { StepFrame } from "../../state";
import { lock, unlock } from "./locking";
import {
	BRTIF,
	BTIF,
	CCR,
	CCR_IRQ_MASK,
	CESR,
	CIFCR,
	CISR,
	CRQA,
	CTCIF,
	complain,
	countOf,
	dchanOf,
	descOf,
	GISR0,
	read,
	setBits,
	TCIF,
	TEIF,
} from "./registers";
import { mdmaChan, mdmaDesc, mdmaDevice } from "./structs";

const IRQ_NONE = 0;
const IRQ_HANDLED = 1;
const hex = (value: number, digits: number): string => `0x${(value >>> 0).toString(16).padStart(digits, "0")}`;

const channelAt = (dmadev: number, id: number): number => mdmaDevice.chan.at(dmadev) + id * mdmaChan.$size;

/** Clears a flag, in hardware and in what is left to handle; false when it is not set. */
function take(k: Kernel, f: StepFrame, flag: number): boolean {
	if ((f.locals.status & flag) === 0) return false;
	setBits(k, f.locals.chan, CIFCR, flag);
	f.locals.status &= ~flag;
	return true;
}

/** A block is over. After CTCIF this counts for the transfer that has just been started. */
function blockEnd(k: Kernel, chan: number): void {
	const { space } = k;
	let current = mdmaChan.curr_hwdesc.get(space, chan) + 1;
	const desc = descOf(k, chan);
	const cyclic = desc !== 0 && mdmaDesc.cyclic.get(space, desc) !== 0;
	if (cyclic && current === countOf(k, desc)) current = 0;
	mdmaChan.curr_hwdesc.set(space, chan, current);
	if (cyclic) vchanCyclicCallback(k, mdmaDesc.vdesc.at(desc));
}

export const stm32MdmaInterruptFunctions: KernelFunction[] = [
	steps("void stm32_mdma_xfer_end(struct stm32_mdma_chan *chan)", {
		complete: step("The active transfer's cookie is complete. The channel starts the next one.", (k, f) => {
			const [chan] = f.args;
			vchanCookieComplete(k, mdmaDesc.vdesc.at(descOf(k, chan)));
			mdmaChan.desc.set(k.space, chan, 0);
			mdmaChan.busy.set(k.space, chan, 0);
			return call("stm32_mdma_start_transfer", [chan]);
		}),
		done: step("It runs again, or nothing is left.", () => ret()),
	}),
	steps("irqreturn_t stm32_mdma_irq_handler(int irq, void *devid)", {
		status: step(
			"GISR0 says which channels ask: take the lowest. Under its lock read CISR and CCR; none of its enabled flags may be set.",
			(k, f) => {
				const dmadev = f.args[1];
				const asking = k.space.r32(mdmaDevice.base.get(k.space, dmadev) + GISR0);
				if (asking === 0) return ret(IRQ_NONE);
				const chan = channelAt(dmadev, 31 - Math.clz32(asking & -asking));
				lock(k, f, chan);
				const status = read(k, chan, CISR) & ~CRQA;
				const ccr = read(k, chan, CCR);
				const enabled = (ccr & CCR_IRQ_MASK) >>> 1;
				f.locals.chan = chan;
				f.locals.status = status;
				if (status & enabled) return next;
				unlock(k, f, chan);
				if (mdmaChan.busy.get(k.space, chan))
					devWarn(
						k,
						channelDevice(k, dchanOf(chan)),
						`spurious it (status=${hex(status, 4)}, ien=${hex(enabled, 4)})\n`,
					);
				return ret(IRQ_NONE);
			},
		),
		error: step(
			"TEIF: CESR goes to the log, the flag is cleared. Nothing is completed: the client has to time out.",
			(k, f) => {
				const { chan } = f.locals;
				if (f.locals.status & TEIF) complain(k, chan, `Transfer Err: stat=${hex(read(k, chan, CESR), 8)}\n`);
				take(k, f, TEIF);
				return next;
			},
		),
		complete: step("CTCIF: the transfer is over.", (k, f) =>
			take(k, f, CTCIF) ? call("stm32_mdma_xfer_end", [f.locals.chan]) : next,
		),
		block: step("BTIF: one block further; cyclic: a period callback. BRTIF and TCIF are cleared, too.", (k, f) => {
			take(k, f, BRTIF);
			if (take(k, f, BTIF)) blockEnd(k, f.locals.chan);
			take(k, f, TCIF);
			return next;
		}),
		done: step("Release the lock. Another channel that asks raises the line again.", (k, f) => {
			unlock(k, f, f.locals.chan);
			return ret(IRQ_HANDLED);
		}),
	}),
];
