/** The driver's other channel ops. */

import { createPool, destroyPool } from "../../dma-mapping/coherent";
import { Direction, DmaStatus, EAGAIN, EBUSY, ENOMEM } from "../../dmaengine/constants";
import { cookieStatus, setResidue } from "../../dmaengine/cookies";
import { devWarn } from "../../dmaengine/external";
import { listInit } from "../../dmaengine/lists";
import { channelDevice, channelName } from "../../dmaengine/names";
import { stackBytes } from "../../dmaengine/scratch";
import { dmaSlaveConfig } from "../../dmaengine/structs";
import { vchanFindDesc, vchanGetAllDescriptors, withLock } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, plain, ret, spin, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { setByteHalfword, setHwChannel } from "./apb";
import { hwDescOf, putDesc } from "./descriptors";
import { lock, unlock } from "./locking";
import { powerDown, powerUp } from "./power";
import {
	axiChannel,
	CH_INTCLEAR,
	CH_INTSTATUS,
	CH_INTSTATUS_ENA,
	channelAt,
	disableChannel,
	IRQ_SUSPENDED,
	isEnabled,
	readChannel,
	resumeChannel,
	seemsToRun,
	suspendChannel,
	writeChannel,
} from "./registers";
import { complain } from "./start";
import { axiDmaChan, axiDmaChip, axiDmaDesc, axiDmaHwDesc, axiDmaLli } from "./structs";

const PAUSE_POLLS = 20;
const PAUSE_POLL_PS = 2_000_000;
const STOP_POLL_PS = 1_000_000_000;
const STOP_LIMIT_PS = 50_000_000_000;

/** Residue of an issued descriptor: whole blocks, which count only in cyclic transfers. */
function residueOf(k: Kernel, vd: number): number {
	const desc = axiDmaDesc.vd.container(vd);
	const done = axiDmaDesc.completed_blocks.get(k.space, desc);
	return axiDmaDesc.length.get(k.space, desc) - done * axiDmaHwDesc.len.get(k.space, hwDescOf(k, desc, 0));
}

function txStatus(k: Kernel, dchan: number, cookie: number, state: number): DmaStatus {
	const status = cookieStatus(k, dchan, cookie, state);
	if (status === DmaStatus.COMPLETE || state === 0) return status;
	const vc = axiDmaChan.vc.at(axiChannel(dchan));
	withLock(k, vc, () => {
		const vd = vchanFindDesc(k, vc, cookie);
		setResidue(k, state, vd === 0 ? 0 : residueOf(k, vd));
	});
	return status;
}

export const opsFunctions: KernelFunction[] = [
	...plain({
		"enum dma_status dma_chan_tx_status(struct dma_chan *dchan, dma_cookie_t cookie, struct dma_tx_state *txstate)":
			txStatus,
		"int dw_axi_dma_chan_slave_config(struct dma_chan *dchan, struct dma_slave_config *config)": (k, dchan, config) => {
			k.space.copy(axiDmaChan.config.at(axiChannel(dchan)), config, dmaSlaveConfig.$size);
			return 0;
		},
		"void vchan_desc_put(struct virt_dma_desc *vdesc)": (k, vd) => putDesc(k, axiDmaDesc.vd.container(vd)),
	}),
	steps("int dma_chan_alloc_chan_resources(struct dma_chan *dchan)", {
		power: step("Keep the controller powered while the channel is in use.", (k, f) => {
			powerUp(k, axiDmaChan.chip.get(k.space, axiChannel(f.args[0])));
			return next;
		}),
		pool: step("The channel must be idle. Make its pool of LLIs: 64 bytes each, aligned to 64.", (k, f) => {
			const address = axiChannel(f.args[0]);
			const chan = channelAt(k, address);
			const name = channelName(k, f.args[0]);
			if (isEnabled(k, chan)) {
				complain(k, address, `${name} is non-idle!\n`);
				powerDown(k, chan.chip);
				return ret(-EBUSY);
			}
			const pool = createPool(k, name, axiDmaChip.dev.get(k.space, chan.chip), axiDmaLli.$size, 64, 0);
			axiDmaChan.desc_pool.set(k.space, address, pool);
			if (pool !== 0) return ret(0);
			complain(k, address, "No memory for descriptors\n");
			powerDown(k, chan.chip);
			return ret(-ENOMEM);
		}),
	}),
	steps("void dma_chan_free_chan_resources(struct dma_chan *dchan)", {
		stop: step("Disable the channel and its interrupts.", (k, f) => {
			const address = axiChannel(f.args[0]);
			const chan = channelAt(k, address);
			if (isEnabled(k, chan)) complain(k, address, `${channelName(k, f.args[0])} is non-idle!\n`);
			disableChannel(k, chan);
			writeChannel(k, chan, CH_INTSTATUS_ENA, 0);
			return call("vchan_free_chan_resources", [axiDmaChan.vc.at(address)]);
		}),
		pool: step("All descriptors are freed: free the pool, and let the controller sleep.", (k, f) => {
			const address = axiChannel(f.args[0]);
			destroyPool(k, axiDmaChan.desc_pool.get(k.space, address));
			axiDmaChan.desc_pool.set(k.space, address, 0);
			powerDown(k, axiDmaChan.chip.get(k.space, address));
			return ret();
		}),
	}),
	steps("int dma_chan_pause(struct dma_chan *dchan)", {
		suspend: step("Under the lock: set the channel's SUSP bit.", (k, f) => {
			lock(k, f, axiChannel(f.args[0]));
			suspendChannel(k, channelAt(k, axiChannel(f.args[0])));
			f.locals.polls = PAUSE_POLLS;
			return next;
		}),
		poll: step("Look whether the channel says SUSPENDED; up to 20 times, every 2 µs.", (k, f) => {
			const chan = channelAt(k, axiChannel(f.args[0]));
			if (readChannel(k, chan, CH_INTSTATUS) & IRQ_SUSPENDED) return goto("clear");
			return spin(PAUSE_POLL_PS);
		}),
		again: step("Not yet.", (_, f) => (--f.locals.polls > 0 ? goto("poll") : next)),
		clear: step("Clear the status. The channel counts as paused either way; -EAGAIN when it never said so.", (k, f) => {
			const address = axiChannel(f.args[0]);
			writeChannel(k, channelAt(k, address), CH_INTCLEAR, IRQ_SUSPENDED);
			axiDmaChan.is_paused.set(k.space, address, 1);
			unlock(k, f, address);
			return ret(f.locals.polls > 0 ? 0 : -EAGAIN);
		}),
	}),
	steps("int dma_chan_resume(struct dma_chan *dchan)", {
		resume: step("Under the lock: clear the SUSP bit of a channel that was paused.", (k, f) => {
			const address = axiChannel(f.args[0]);
			withLock(k, axiDmaChan.vc.at(address), () => {
				if (!axiDmaChan.is_paused.get(k.space, address)) return;
				resumeChannel(k, channelAt(k, address));
				axiDmaChan.is_paused.set(k.space, address, 0);
			});
			return ret(0);
		}),
	}),
	steps("int dma_chan_terminate_all(struct dma_chan *dchan)", {
		disable: step("Clear the channel's enable bit.", (k, f) => {
			disableChannel(k, channelAt(k, axiChannel(f.args[0])));
			f.locals.begin = k.machine.time;
			return next;
		}),
		poll: step("Wait until the hardware has stopped: look every 1 ms, for 50 ms at most.", (k, f) => {
			if (!seemsToRun(k, channelAt(k, axiChannel(f.args[0])))) return goto("drop");
			if (k.machine.time - f.locals.begin < STOP_LIMIT_PS) return spin(STOP_POLL_PS, "poll");
			const name = channelName(k, f.args[0]);
			devWarn(k, channelDevice(k, f.args[0]), `${name} failed to stop\n`);
			return next;
		}),
		drop: step("Under the lock: collect the descriptors of all lists. No cookie is completed.", (k, f) => {
			const address = axiChannel(f.args[0]);
			const direction = axiDmaChan.direction.get(k.space, address);
			if (direction !== Direction.MEM_TO_MEM) setHwChannel(k, channelAt(k, address), false);
			if (direction === Direction.MEM_TO_DEV) setByteHalfword(k, channelAt(k, address), false);
			const head = stackBytes(k, 16);
			listInit(k.space, head);
			withLock(k, axiDmaChan.vc.at(address), () => {
				vchanGetAllDescriptors(k, axiDmaChan.vc.at(address), head);
				axiDmaChan.cyclic.set(k.space, address, 0);
			});
			return call("vchan_dma_desc_free_list", [axiDmaChan.vc.at(address), head]);
		}),
		done: step("All descriptors are freed; none of their callbacks will be called.", () => ret(0)),
	}),
	steps("void dw_axi_dma_synchronize(struct dma_chan *dchan)", {
		wait: step("Wait for the channel's tasklet: vchan_synchronize.", (_, f) =>
			call("vchan_synchronize", [axiDmaChan.vc.at(axiChannel(f.args[0]))]),
		),
		done: step("No callback runs any more.", () => ret()),
	}),
];
