/** The driver's other channel ops. */

import { createPool, destroyPool } from "../../dma-mapping/coherent";
import { EBUSY, ENOMEM, EPERM } from "../../dmaengine/constants";
import { callPlain, devWarn } from "../../dmaengine/external";
import { channelName } from "../../dmaengine/names";
import { dmaAsyncTxDescriptor, dmaDevice, dmaSlaveConfig, virtDmaDesc } from "../../dmaengine/structs";
import { vchanTerminateVdesc } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { collectAll, synchronize } from "../common/virt-dma-ops";
import { freeDesc } from "./descriptors";
import { lock, unlock } from "./locking";
import {
	CCR,
	CCR_EN,
	CCR_SWRQ,
	CTCR_SWRM,
	clearPending,
	controlOf,
	descOf,
	deviceOf,
	hwdescAt,
	mdmaChannel,
	read,
	setBits,
	write,
} from "./registers";
import { txStatus } from "./residue";
import { HWDESC_BYTES, mdmaChan, mdmaChanConfig, mdmaDesc, mdmaDevice, mdmaDmaConfig, mdmaHwdesc } from "./structs";

const controllerOf = (k: Kernel, chan: number): number =>
	dmaDevice.dev.get(k.space, mdmaDevice.ddev.at(deviceOf(k, chan)));

/** Keeps the config; with a peripheral_config STM32 DMA triggers this channel from now on. */
function slaveConfig(k: Kernel, dchan: number, config: number): number {
	const { space } = k;
	const chan = mdmaChannel(dchan);
	space.copy(mdmaChan.dma_config.at(chan), config, dmaSlaveConfig.$size);
	if (dmaSlaveConfig.peripheral_size.get(space, config) === 0) return 0;
	const given = dmaSlaveConfig.peripheral_config.get(space, config);
	const own = mdmaChan.chan_config.at(chan);
	mdmaChanConfig.request.set(space, own, mdmaDmaConfig.request.get(space, given));
	mdmaChanConfig.mask_addr.set(space, own, mdmaDmaConfig.cmar.get(space, given));
	mdmaChanConfig.mask_data.set(space, own, mdmaDmaConfig.cmdr.get(space, given));
	mdmaChanConfig.m2m_hw.set(space, own, 1);
	return 0;
}

function suspend(k: Kernel, dev: number): number {
	callPlain(k, "pm_runtime_resume_and_get", dev);
	const dmadev = callPlain(k, "dev_get_drvdata", dev);
	for (let id = 0; id < mdmaDevice.nr_channels.get(k.space, dmadev); id++) {
		if ((controlOf(k, dmadev, id) & CCR_EN) === 0) continue;
		devWarn(k, dev, `Suspend is prevented by Chan ${id}\n`);
		return -EBUSY;
	}
	callPlain(k, "pm_runtime_put_sync", dev);
	callPlain(k, "pm_runtime_force_suspend", dev);
	return 0;
}

export const stm32MdmaOpsFunctions: KernelFunction[] = [
	...plain({
		"enum dma_status stm32_mdma_tx_status(struct dma_chan *c, dma_cookie_t cookie, struct dma_tx_state *state)":
			txStatus,
		"int stm32_mdma_slave_config(struct dma_chan *c, struct dma_slave_config *config)": slaveConfig,
		"void stm32_mdma_desc_free(struct virt_dma_desc *vdesc)": (k, vd) => {
			const dchan = dmaAsyncTxDescriptor.chan.get(k.space, virtDmaDesc.tx.at(vd));
			freeDesc(k, mdmaChannel(dchan), mdmaDesc.vdesc.container(vd));
		},
		"int stm32_mdma_pm_suspend(struct device *dev)": suspend,
		"int stm32_mdma_pm_resume(struct device *dev)": (k, dev) => callPlain(k, "pm_runtime_force_resume", dev),
	}),
	steps("int stm32_mdma_alloc_chan_resources(struct dma_chan *c)", {
		pool: step("Make the channel's pool of nodes: 64 bytes each, aligned to 64. Power the controller.", (k, f) => {
			const chan = mdmaChannel(f.args[0]);
			const dev = controllerOf(k, chan);
			const pool = createPool(k, channelName(k, f.args[0]), dev, HWDESC_BYTES, HWDESC_BYTES, 0);
			mdmaChan.desc_pool.set(k.space, chan, pool);
			if (pool === 0) return ret(-ENOMEM);
			callPlain(k, "pm_runtime_resume_and_get", dev);
			return call("stm32_mdma_disable_chan", [chan]);
		}),
		done: step("A channel that cannot be disabled cannot be used.", (k, f) => {
			const error = f.result | 0;
			if (error < 0) callPlain(k, "pm_runtime_put", controllerOf(k, mdmaChannel(f.args[0])));
			return ret(error);
		}),
	}),
	steps("void stm32_mdma_free_chan_resources(struct dma_chan *c)", {
		stop: step("Stop a channel that is busy.", (k, f) => {
			const chan = mdmaChannel(f.args[0]);
			if (!mdmaChan.busy.get(k.space, chan)) return goto("free");
			lock(k, f, chan);
			return call("stm32_mdma_stop", [chan]);
		}),
		stopped: step("It has no transfer any more.", (k, f) => {
			const chan = mdmaChannel(f.args[0]);
			mdmaChan.desc.set(k.space, chan, 0);
			unlock(k, f, chan);
			return next;
		}),
		free: step("The controller may sleep. Free the descriptors of all lists.", (k, f) => {
			const chan = mdmaChannel(f.args[0]);
			callPlain(k, "pm_runtime_put", controllerOf(k, chan));
			return call("vchan_free_chan_resources", [mdmaChan.vchan.at(chan)]);
		}),
		pool: step("Destroy the pool.", (k, f) => {
			const chan = mdmaChannel(f.args[0]);
			destroyPool(k, mdmaChan.desc_pool.get(k.space, chan));
			mdmaChan.desc_pool.set(k.space, chan, 0);
			return ret();
		}),
	}),
	steps("int stm32_mdma_pause(struct dma_chan *c)", {
		disable: step("Under the lock: disable the channel. Nothing remembers that it is paused.", (k, f) => {
			const chan = mdmaChannel(f.args[0]);
			lock(k, f, chan);
			return call("stm32_mdma_disable_chan", [chan]);
		}),
		done: step("Release the lock.", (k, f) => {
			unlock(k, f, mdmaChannel(f.args[0]));
			return ret(f.result | 0);
		}),
	}),
	steps("int stm32_mdma_resume(struct dma_chan *c)", {
		check: step("There must be a transfer, and EN must be 0 (-EPERM). Its current node says who asks.", (k, f) => {
			const chan = mdmaChannel(f.args[0]);
			const desc = descOf(k, chan);
			if (desc === 0 || read(k, chan, CCR) & CCR_EN) return ret(-EPERM);
			f.locals.hwdesc = hwdescAt(k, chan, desc, mdmaChan.curr_hwdesc.get(k.space, chan));
			return next;
		}),
		enable: step(
			"Under the lock: CCR again as the transfer had it, old flags cleared, EN, and SWRQ for software requests.",
			(k, f) => {
				const chan = mdmaChannel(f.args[0]);
				lock(k, f, chan);
				write(k, chan, CCR, mdmaDesc.ccr.get(k.space, descOf(k, chan)));
				clearPending(k, chan);
				setBits(k, chan, CCR, CCR_EN);
				if (mdmaHwdesc.ctcr.get(k.space, f.locals.hwdesc) & CTCR_SWRM) setBits(k, chan, CCR, CCR_SWRQ);
				unlock(k, f, chan);
				return ret(0);
			},
		),
	}),
	steps("int stm32_mdma_terminate_all(struct dma_chan *c)", {
		active: step(
			"Under the lock: the active descriptor is parked, its cookie stays; the channel is stopped.",
			(k, f) => {
				const chan = mdmaChannel(f.args[0]);
				lock(k, f, chan);
				const desc = descOf(k, chan);
				if (desc === 0) return goto("collect");
				vchanTerminateVdesc(k, mdmaDesc.vdesc.at(desc));
				return mdmaChan.busy.get(k.space, chan) ? call("stm32_mdma_stop", [chan]) : next;
			},
		),
		forget: step("There is no active transfer any more.", (k, f) => {
			mdmaChan.desc.set(k.space, mdmaChannel(f.args[0]), 0);
			return next;
		}),
		...collectAll,
	}),
	steps("void stm32_mdma_synchronize(struct dma_chan *c)", synchronize),
];
