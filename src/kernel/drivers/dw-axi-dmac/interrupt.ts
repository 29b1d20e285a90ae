/** The driver's interrupt handler. */
import { listDel } from "../../dmaengine/lists";
import { channelName } from "../../dmaengine/names";
import { dmaAsyncTxDescriptor, virtDmaDesc } from "../../dmaengine/structs";
import { vchanCookieComplete, vchanCyclicCallback, vchanNextDesc } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { CTL_H_VALID, hwDescOf } from "./descriptors";
import { lock, unlock } from "./locking";
import {
	CH_INTCLEAR,
	CH_INTSTATUS,
	CH_LLP,
	changeConfig,
	channelAt,
	disableChannel,
	enableChannel,
	INT_EN,
	IRQ_ALL_ERR,
	IRQ_DMA_TRF,
	isEnabled,
	readChannel,
	writeChannel,
} from "./registers";
import { complain, dchanOf } from "./start";
import { knobsOf } from "./state";
import { axiDmaChan, axiDmaChip, axiDmaDesc, axiDmaHwDesc, axiDmaLli, dwAxiDma, dwAxiDmaHcfg } from "./structs";

const IRQ_HANDLED = 1;
const hex = (value: number, width = 0): string => value.toString(16).padStart(width, "0");

/** Prints every LLI slot of a descriptor: as many as the channel has LLIs, whatever the descriptor has. */
function dumpChain(k: Kernel, chan: number, desc: number): void {
	const count = axiDmaChan.descs_allocated.get(k.space, chan);
	for (let index = 0; index < count; index++) {
		const lli = axiDmaHwDesc.lli.get(k.space, hwDescOf(k, desc, index));
		if (lli === 0) {
			complain(k, chan, "NULL LLI\n");
			continue;
		}
		const value = (field: keyof typeof axiDmaLli & ("sar" | "dar" | "llp" | "block_ts_lo" | "ctl_hi" | "ctl_lo")) =>
			axiDmaLli[field].get(k.space, lli);
		complain(
			k,
			chan,
			`SAR: 0x${hex(value("sar"))} DAR: 0x${hex(value("dar"))} LLP: 0x${hex(value("llp"))} ` +
				`BTS 0x${hex(value("block_ts_lo"))} CTL: 0x${hex(value("ctl_hi"))}:${hex(value("ctl_lo"), 8)}\n`,
		);
	}
}

function complainNoDescriptor(k: Kernel, chan: number): void {
	complain(k, chan, `BUG: ${channelName(k, dchanOf(chan))}, IRQ with no descriptors\n`);
}

/** A block of a cyclic transfer is over: finds its LLI by CH_LLP, makes it valid again and counts. */
function cyclicBlockDone(k: Kernel, chan: number, vd: number): void {
	const channel = channelAt(k, chan);
	const desc = axiDmaDesc.vd.container(vd);
	const pointer = readChannel(k, channel, CH_LLP) + readChannel(k, channel, CH_LLP + 4) * 4294967296;
	const count = axiDmaChan.descs_allocated.get(k.space, chan);
	for (let index = 0; index < count; index++) {
		const hwDesc = hwDescOf(k, desc, index);
		if (axiDmaHwDesc.llp.get(k.space, hwDesc) !== pointer) continue;
		const lli = axiDmaHwDesc.lli.get(k.space, hwDesc);
		writeChannel(k, channel, CH_INTCLEAR, axiDmaLli.status_lo.get(k.space, lli));
		axiDmaLli.ctl_hi.set(k.space, lli, (axiDmaLli.ctl_hi.get(k.space, lli) | CTL_H_VALID) >>> 0);
		axiDmaDesc.completed_blocks.set(k.space, desc, index);
		const moved = axiDmaHwDesc.len.get(k.space, hwDesc) * (index + 1);
		if (moved % axiDmaDesc.period_len.get(k.space, desc) === 0) vchanCyclicCallback(k, vd);
		return;
	}
}

export const interruptHandlers: KernelFunction[] = [
	steps("void axi_chan_handle_err(struct axi_dma_chan *chan, u32 status)", {
		disable: step("Under the lock: disable the channel.", (k, f) => {
			lock(k, f, f.args[0]);
			disableChannel(k, channelAt(k, f.args[0]));
			return next;
		}),
		drop: step(
			"The bad descriptor is the head of the issued list: take it off, print it, complete its cookie.",
			(k, f) => {
				const [chan, status] = f.args;
				const vd = vchanNextDesc(k, axiDmaChan.vc.at(chan));
				if (vd === 0) {
					complainNoDescriptor(k, chan);
					return goto("done");
				}
				listDel(k.space, virtDmaDesc.node.at(vd));
				const cookie = dmaAsyncTxDescriptor.cookie.get(k.space, virtDmaDesc.tx.at(vd));
				const name = channelName(k, dchanOf(chan));
				complain(k, chan, `Bad descriptor submitted for ${name}, cookie: ${cookie}, irq: 0x${hex(status, 8)}\n`);
				dumpChain(k, chan, axiDmaDesc.vd.container(vd));
				vchanCookieComplete(k, vd);
				return next;
			},
		),
		restart: step("Try the next issued descriptor.", (_, f) => call("axi_chan_start_first_queued", [f.args[0]])),
		done: step("Release the lock.", (k, f) => {
			unlock(k, f, f.args[0]);
			return ret();
		}),
	}),
	steps("void axi_chan_block_xfer_complete(struct axi_dma_chan *chan)", {
		idle: step("Under the lock: the hardware must have stopped by itself.", (k, f) => {
			lock(k, f, f.args[0]);
			const channel = channelAt(k, f.args[0]);
			if (isEnabled(k, channel)) {
				const name = channelName(k, dchanOf(f.args[0]));
				complain(k, f.args[0], `BUG: ${name} caught DWAXIDMAC_IRQ_DMA_TRF, but channel not idle!\n`);
				disableChannel(k, channel);
			}
			return next;
		}),
		complete: step(
			"The head of the issued list is done: complete its cookie, the tasklet calls its callback. Cyclic: count the block and enable the channel again.",
			(k, f) => {
				const [chan] = f.args;
				const vd = vchanNextDesc(k, axiDmaChan.vc.at(chan));
				if (vd === 0) {
					complainNoDescriptor(k, chan);
					return goto("done");
				}
				if (axiDmaChan.cyclic.get(k.space, chan)) {
					cyclicBlockDone(k, chan, vd);
					enableChannel(k, channelAt(k, chan));
					return goto("done");
				}
				listDel(k.space, virtDmaDesc.node.at(vd));
				vchanCookieComplete(k, vd);
				return knobsOf(k.state.dwAxi, axiDmaChan.chip.get(k.space, chan)).startNextInIrq ? next : goto("done");
			},
		),
		restart: step("Start the next issued descriptor (older kernels; 6.12 waits for the next issue_pending).", (_, f) =>
			call("axi_chan_start_first_queued", [f.args[0]]),
		),
		done: step("Release the lock.", (k, f) => {
			unlock(k, f, f.args[0]);
			return ret();
		}),
	}),
	steps("irqreturn_t dw_axi_dma_interrupt(int irq, void *dev_id)", {
		off: step("DMAC_CFG: switch the controller's interrupts off while the channels are looked at.", (k, f) => {
			changeConfig(k, f.args[1], 0, INT_EN);
			f.locals.index = 0;
			return next;
		}),
		channel: step(
			"Read the next channel's INTSTATUS, clear what it says, and handle it: an error first, else the end.",
			(k, f) => {
				const dw = axiDmaChip.dw.get(k.space, f.args[1]);
				if (f.locals.index >= dwAxiDmaHcfg.nr_channels.get(k.space, dwAxiDma.hdata.get(k.space, dw))) return goto("on");
				const chan = dwAxiDma.chan.get(k.space, dw) + f.locals.index++ * axiDmaChan.$size;
				const channel = channelAt(k, chan);
				const status = readChannel(k, channel, CH_INTSTATUS);
				writeChannel(k, channel, CH_INTCLEAR, status);
				if (status & IRQ_ALL_ERR) return call("axi_chan_handle_err", [chan, status], "channel");
				if (status & IRQ_DMA_TRF) return call("axi_chan_block_xfer_complete", [chan], "channel");
				return goto("channel");
			},
		),
		on: step("DMAC_CFG: interrupts on again.", (k, f) => {
			changeConfig(k, f.args[1], INT_EN, 0);
			return ret(IRQ_HANDLED);
		}),
	}),
];
