/** Starting and stopping a channel. */

import { EBUSY } from "../../dmaengine/constants";
import { listDel } from "../../dmaengine/lists";
import { virtDmaDesc } from "../../dmaengine/structs";
import { vchanNextDesc } from "../../dmaengine/virt-dma";
import { call, type KernelFunction, next, ret, spin, step, steps } from "../../functions";
import { issuePending } from "../common/virt-dma-ops";
import {
	CBNDTR,
	CBRUR,
	CCR,
	CCR_EN,
	CCR_IRQ_MASK,
	CCR_SWRQ,
	CDAR,
	CISR,
	CLAR,
	CMAR,
	CMDR,
	CSAR,
	CTBR,
	CTCIF,
	CTCR,
	CTCR_SWRM,
	clearBits,
	clearPending,
	complain,
	descOf,
	hwdescAt,
	mdmaChannel,
	read,
	setBits,
	write,
} from "./registers";
import { mdmaChan, mdmaDesc, mdmaHwdesc } from "./structs";

const POLL_PS = 10_000_000;
const POLL_LIMIT_PS = 1_000_000_000;

/** The registers that a node fills, in the order in which the driver writes them. */
const NODE_REGISTERS = [
	[CTCR, mdmaHwdesc.ctcr],
	[CBNDTR, mdmaHwdesc.cbndtr],
	[CSAR, mdmaHwdesc.csar],
	[CDAR, mdmaHwdesc.cdar],
	[CBRUR, mdmaHwdesc.cbrur],
	[CLAR, mdmaHwdesc.clar],
	[CTBR, mdmaHwdesc.ctbr],
	[CMAR, mdmaHwdesc.cmar],
	[CMDR, mdmaHwdesc.cmdr],
] as const;

export const stm32MdmaStartFunctions: KernelFunction[] = [
	steps("int stm32_mdma_disable_chan(struct stm32_mdma_chan *chan)", {
		clear: step("CCR: switch the channel's interrupts off, and clear EN, when it is set.", (k, f) => {
			clearBits(k, f.args[0], CCR, CCR_IRQ_MASK);
			if ((read(k, f.args[0], CCR) & CCR_EN) === 0) return ret(0);
			clearBits(k, f.args[0], CCR, CCR_EN);
			f.locals.begin = k.machine.time;
			return next;
		}),
		poll: step("The buffer in flight ends, then CTCIF is set: look every 10 µs, for 1 ms at most.", (k, f) => {
			if (read(k, f.args[0], CISR) & CTCIF) return ret(0);
			if (k.machine.time - f.locals.begin <= POLL_LIMIT_PS) return spin(POLL_PS, "poll");
			complain(k, f.args[0], "stm32_mdma_disable_chan: timeout!\n");
			return ret(-EBUSY);
		}),
	}),
	steps("void stm32_mdma_stop(struct stm32_mdma_chan *chan)", {
		disable: step("Disable the channel.", (_, f) => call("stm32_mdma_disable_chan", f.args)),
		clear: step("Clear the flags that it has left. It is no longer busy.", (k, f) => {
			if ((f.result | 0) < 0) return ret();
			clearPending(k, f.args[0]);
			mdmaChan.busy.set(k.space, f.args[0], 0);
			return ret();
		}),
	}),
	steps("void stm32_mdma_start_transfer(struct stm32_mdma_chan *chan)", {
		take: step("Take the head of the issued list off it.", (k, f) => {
			const [chan] = f.args;
			const vd = vchanNextDesc(k, mdmaChan.vchan.at(chan));
			if (vd === 0) {
				mdmaChan.desc.set(k.space, chan, 0);
				return ret();
			}
			listDel(k.space, virtDmaDesc.node.at(vd));
			mdmaChan.desc.set(k.space, chan, mdmaDesc.vdesc.container(vd));
			mdmaChan.curr_hwdesc.set(k.space, chan, 0);
			return next;
		}),
		load: step(
			"Write CCR and the first node: CTCR, CBNDTR, CSAR, CDAR, CBRUR, CLAR, CTBR, CMAR, CMDR. Clear old flags.",
			(k, f) => {
				const [chan] = f.args;
				const desc = descOf(k, chan);
				const hwdesc = hwdescAt(k, chan, desc, 0);
				write(k, chan, CCR, mdmaDesc.ccr.get(k.space, desc));
				for (const [register, word] of NODE_REGISTERS) write(k, chan, register, word.get(k.space, hwdesc));
				clearPending(k, chan);
				f.locals.ctcr = mdmaHwdesc.ctcr.get(k.space, hwdesc);
				return next;
			},
		),
		enable: step("CCR: set EN. The channel waits for its request.", (k, f) => {
			setBits(k, f.args[0], CCR, CCR_EN);
			return next;
		}),
		request: step("Memory to memory: the request is software's, SWRQ.", (k, f) => {
			if (f.locals.ctcr & CTCR_SWRM) setBits(k, f.args[0], CCR, CCR_SWRQ);
			mdmaChan.busy.set(k.space, f.args[0], 1);
			return ret();
		}),
	}),
	steps(
		"void stm32_mdma_issue_pending(struct dma_chan *c)",
		issuePending((k, dchan) => {
			const chan = mdmaChannel(dchan);
			return descOf(k, chan) !== 0 || mdmaChan.busy.get(k.space, chan)
				? next
				: call("stm32_mdma_start_transfer", [chan]);
		}),
	),
];
