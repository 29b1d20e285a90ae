/** The driver's other channel ops. */

import { DmaStatus, EBUSY, EPERM } from "../../dmaengine/constants";
import { cookieComplete } from "../../dmaengine/cookies";
import { callPlain, devWarn, kfree } from "../../dmaengine/external";
import { dmaDevice, dmaSlaveConfig, virtDmaDesc } from "../../dmaengine/structs";
import { vchanTerminateVdesc } from "../../dmaengine/virt-dma";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { warn } from "../../sched/oops";
import { collectAll, synchronize } from "../common/virt-dma-ops";
import { currentImage } from "./interrupt";
import { lock, unlock } from "./locking";
import {
	descOf,
	deviceOf,
	read,
	SCR,
	SCR_CIRC,
	SCR_CT,
	SCR_DBM,
	SCR_EN,
	SCR_MINC,
	SCR_PINC,
	SM0AR,
	SM1AR,
	SNDTR,
	SPAR,
	stmChannel,
	write,
} from "./registers";
import { txStatus } from "./residue";
import { chanReg, mdmaConfig, stm32DmaChan, stm32DmaDesc, stm32DmaDevice } from "./structs";

const controllerOf = (k: Kernel, chan: number): number =>
	dmaDevice.dev.get(k.space, stm32DmaDevice.ddev.at(deviceOf(k, chan)));

/** Keeps SxCR and SxNDTR for the resume. A cyclic transfer stops repeating until its period is over. */
function notePause(k: Kernel, chan: number): void {
	const { space } = k;
	const saved = stm32DmaChan.chan_reg.at(chan);
	const desc = descOf(k, chan);
	let scr = read(k, chan, SCR);
	if (desc !== 0 && stm32DmaDesc.cyclic.get(space, desc)) {
		scr |= stm32DmaDesc.num_sgs.get(space, desc) === 1 ? SCR_CIRC : SCR_DBM;
		write(k, chan, SCR, scr & ~(SCR_DBM | SCR_CIRC));
	}
	chanReg.dma_scr.set(space, saved, scr >>> 0);
	chanReg.dma_sndtr.set(space, saved, read(k, chan, SNDTR));
	stm32DmaChan.status.set(space, chan, DmaStatus.PAUSED);
}

/** Addresses behind what has been moved, the rest of the count, and EN. */
function resume(k: Kernel, chan: number): void {
	const { space } = k;
	const saved = stm32DmaChan.chan_reg.at(chan);
	const scr = chanReg.dma_scr.get(space, saved);
	const ndtr = chanReg.dma_sndtr.get(space, saved);
	const image = currentImage(k, chan);
	const moved = (chanReg.dma_sndtr.get(space, image) - ndtr) << ((scr >>> 11) & 3);
	write(k, chan, SPAR, chanReg.dma_spar.get(space, image) + (scr & SCR_PINC ? moved : 0));
	const offset = scr & SCR_MINC ? moved : 0;
	if (scr & SCR_DBM && scr & SCR_CT) write(k, chan, SM1AR, chanReg.dma_sm1ar.get(space, image) + offset);
	else write(k, chan, SM0AR, chanReg.dma_sm0ar.get(space, image) + offset);
	write(k, chan, SNDTR, ndtr);
	stm32DmaChan.status.set(space, chan, DmaStatus.IN_PROGRESS);
	write(k, chan, SCR, (scr & ~(SCR_CIRC | SCR_DBM)) | SCR_EN);
}

function slaveConfig(k: Kernel, dchan: number, config: number): number {
	const { space } = k;
	const chan = stmChannel(dchan);
	space.copy(stm32DmaChan.dma_sconfig.at(chan), config, dmaSlaveConfig.$size);
	if (dmaSlaveConfig.peripheral_size.get(space, config) !== 0) {
		dmaSlaveConfig.peripheral_config.set(space, config, stm32DmaChan.mdma_config.at(chan));
		dmaSlaveConfig.peripheral_size.set(space, config, mdmaConfig.$size);
		stm32DmaChan.trig_mdma.set(space, chan, 1);
	}
	stm32DmaChan.config_init.set(space, chan, 1);
	return 0;
}

export const stm32DmaOpsFunctions: KernelFunction[] = [
	...plain({
		"enum dma_status stm32_dma_tx_status(struct dma_chan *c, dma_cookie_t cookie, struct dma_tx_state *state)":
			txStatus,
		"int stm32_dma_slave_config(struct dma_chan *c, struct dma_slave_config *config)": slaveConfig,
		"void stm32_dma_desc_free(struct virt_dma_desc *vdesc)": (k, vd) => kfree(k, stm32DmaDesc.vdesc.container(vd)),
		"int stm32_dma_pm_suspend(struct device *dev)": (k, dev) => {
			callPlain(k, "pm_runtime_resume_and_get", dev);
			const dmadev = callPlain(k, "dev_get_drvdata", dev);
			for (let id = 0; id < 8; id++) {
				const scr = k.space.r32(stm32DmaDevice.base.get(k.space, dmadev) + SCR + 0x18 * id);
				if ((scr & SCR_EN) === 0) continue;
				devWarn(k, dev, `Suspend is prevented by Chan ${id}\n`);
				return -EBUSY;
			}
			callPlain(k, "pm_runtime_put_sync", dev);
			return callPlain(k, "pm_runtime_force_suspend", dev);
		},
	}),
	steps("int stm32_dma_alloc_chan_resources(struct dma_chan *c)", {
		disable: step("A new client: nothing is configured. Power the controller and disable the stream.", (k, f) => {
			const chan = stmChannel(f.args[0]);
			stm32DmaChan.config_init.set(k.space, chan, 0);
			callPlain(k, "pm_runtime_resume_and_get", controllerOf(k, chan));
			return call("stm32_dma_disable_chan", [chan]);
		}),
		done: step("A stream that cannot be disabled cannot be used.", (k, f) => {
			const error = f.result | 0;
			if (error < 0) callPlain(k, "pm_runtime_put", controllerOf(k, stmChannel(f.args[0])));
			return ret(error);
		}),
	}),
	steps("void stm32_dma_free_chan_resources(struct dma_chan *c)", {
		stop: step("Stop a channel that is busy.", (k, f) => {
			const chan = stmChannel(f.args[0]);
			if (!stm32DmaChan.busy.get(k.space, chan)) return goto("free");
			lock(k, f, chan);
			return call("stm32_dma_stop", [chan]);
		}),
		stopped: step("It has no transfer any more.", (k, f) => {
			const chan = stmChannel(f.args[0]);
			stm32DmaChan.desc.set(k.space, chan, 0);
			unlock(k, f, chan);
			return next;
		}),
		free: step("The controller may sleep. Free the descriptors of all lists.", (k, f) => {
			const chan = stmChannel(f.args[0]);
			callPlain(k, "pm_runtime_put", controllerOf(k, chan));
			return call("vchan_free_chan_resources", [stm32DmaChan.vchan.at(chan)]);
		}),
		forget: step("Forget what the devicetree said of this client: configuration and threshold.", (k, f) => {
			const chan = stmChannel(f.args[0]);
			k.space.fill(stm32DmaChan.chan_reg.at(chan), chanReg.$size, 0);
			stm32DmaChan.threshold.set(k.space, chan, 0);
			return ret();
		}),
	}),
	steps("int stm32_dma_pause(struct dma_chan *c)", {
		disable: step("Only a running channel can be paused (-EPERM). Under the lock: disable the stream.", (k, f) => {
			const chan = stmChannel(f.args[0]);
			if (stm32DmaChan.status.get(k.space, chan) !== DmaStatus.IN_PROGRESS) return ret(-EPERM);
			lock(k, f, chan);
			return call("stm32_dma_disable_chan", [chan]);
		}),
		note: step("Keep SxCR and SxNDTR for the resume. Cyclic: switch CIRC and DBM off.", (k, f) => {
			const chan = stmChannel(f.args[0]);
			const error = f.result | 0;
			if (error === 0) notePause(k, chan);
			unlock(k, f, chan);
			return ret(error);
		}),
	}),
	steps("int stm32_dma_resume(struct dma_chan *c)", {
		resume: step("Only a paused channel can be resumed (-EPERM): addresses, count and EN, under the lock.", (k, f) => {
			const chan = stmChannel(f.args[0]);
			if (stm32DmaChan.status.get(k.space, chan) !== DmaStatus.PAUSED) return ret(-EPERM);
			if (read(k, chan, SCR) & SCR_EN) {
				warn(k, "stm32_dma_resume", "");
				return ret(-EPERM);
			}
			lock(k, f, chan);
			resume(k, chan);
			unlock(k, f, chan);
			return ret(0);
		}),
	}),
	steps("int stm32_dma_terminate_all(struct dma_chan *c)", {
		active: step(
			"Under the lock: the active transfer's cookie is completed, its descriptor parked, the stream stopped.",
			(k, f) => {
				const chan = stmChannel(f.args[0]);
				lock(k, f, chan);
				const desc = descOf(k, chan);
				if (desc === 0) return goto("collect");
				const vd = stm32DmaDesc.vdesc.at(desc);
				cookieComplete(k, virtDmaDesc.tx.at(vd));
				vchanTerminateVdesc(k, vd);
				return stm32DmaChan.busy.get(k.space, chan) ? call("stm32_dma_stop", [chan]) : next;
			},
		),
		forget: step("There is no active transfer any more.", (k, f) => {
			stm32DmaChan.desc.set(k.space, stmChannel(f.args[0]), 0);
			return next;
		}),
		...collectAll,
	}),
	steps("void stm32_dma_synchronize(struct dma_chan *c)", synchronize),
];
