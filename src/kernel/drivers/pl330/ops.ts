/** The driver's other channel ops. */
import { ENOMEM } from "../../dmaengine/constants";
import { cookieComplete, cookieInit } from "../../dmaengine/cookies";
import { callPlain, initTasklet } from "../../dmaengine/external";
import { listEmpty, listSpliceTailInit } from "../../dmaengine/lists";
import { forgetPrepared } from "../../dmaengine/records";
import { call, type KernelFunction, plain, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../../locks/locks";
import { warn } from "../../sched/oops";
import { lockChannel, lockController, lockInside, unlockChannel, unlockController, unlockInside } from "./locking";
import { descsOn } from "./pool";
import { unprepSlaveFifo } from "./prep";
import { config, deviceOf, dmacOf, isManagerNonSecure, pchanOf, threadAt, threadOf } from "./registers";
import { abortRequests, forgetRequests } from "./request";
import { txStatus } from "./residue";
import { DescStatus, DmacState, dmaPl330Chan, dmaPl330Desc, pl330Config, pl330Dmac, pl330Thread } from "./structs";

const eventAt = (dmac: number, ev: number): number => pl330Dmac.events.at(dmac) + 4 * ev;

/** Reserves the first free event for a thread; -1 when there is none. */
function allocEvent(k: Kernel, dmac: number, thrd: number): number {
	const count = config(k, dmac, "num_events");
	for (let ev = 0; ev < count; ev++) {
		if (k.space.s32(eventAt(dmac, ev)) !== -1) continue;
		k.space.w32(eventAt(dmac, ev), pl330Thread.id.get(k.space, thrd));
		return ev;
	}
	return -1;
}

function freeEvent(k: Kernel, dmac: number, thrd: number): void {
	const ev = pl330Thread.ev.get(k.space, thrd);
	if (ev < 0 || ev >= config(k, dmac, "num_events")) return;
	if (k.space.s32(eventAt(dmac, ev)) === pl330Thread.id.get(k.space, thrd)) k.space.w32(eventAt(dmac, ev), -1);
}

/** The first free thread, with an event; 0 when all are taken, or the controller is dying. */
function requestChannel(k: Kernel, dmac: number): number {
	const { space } = k;
	if (pl330Dmac.state.get(space, dmac) === DmacState.DYING) return 0;
	const nonSecureEvents = pl330Config.irq_ns.get(space, pl330Dmac.pcfg.at(dmac));
	const count = config(k, dmac, "num_chan");
	for (let id = 0; id < count; id++) {
		const thrd = threadAt(k, dmac, id);
		const allowed = !isManagerNonSecure(k, dmac) || (nonSecureEvents & (1 << id)) !== 0;
		if (!pl330Thread.free.get(space, thrd) || !allowed) continue;
		const ev = allocEvent(k, dmac, thrd);
		pl330Thread.ev.set(space, thrd, ev);
		if (ev < 0) continue;
		pl330Thread.free.set(space, thrd, 0);
		pl330Thread.lstenq.set(space, thrd, 1);
		forgetRequests(k, thrd);
		return thrd;
	}
	return 0;
}

function allocChanResources(k: Kernel, chan: number): number {
	const { space } = k;
	const pch = pchanOf(chan);
	const dmac = dmacOf(k, pch);
	const flags = spinLockIrqsave(k, pl330Dmac.lock.at(dmac));
	cookieInit(k, chan);
	dmaPl330Chan.cyclic.set(space, pch, 0);
	const thrd = requestChannel(k, dmac);
	dmaPl330Chan.thread.set(space, pch, thrd);
	if (thrd !== 0) initTasklet(k, dmaPl330Chan.task.at(pch), k.address("pl330_tasklet"));
	spinUnlockIrqrestore(k, pl330Dmac.lock.at(dmac), flags);
	return thrd === 0 ? -ENOMEM : 1;
}

const powerUp = (k: Kernel, dmac: number): number => callPlain(k, "pm_runtime_get_sync", deviceOf(k, dmac));
function powerDown(k: Kernel, dmac: number): void {
	callPlain(k, "pm_runtime_mark_last_busy", deviceOf(k, dmac));
	callPlain(k, "pm_runtime_put_autosuspend", deviceOf(k, dmac));
}

/** Every submitted and issued cookie is complete, and the descriptors of all lists go back to the pool. */
function dropAll(k: Kernel, pch: number): void {
	for (const list of ["submitted_list", "work_list"] as const)
		for (const desc of descsOn(k, pch, list)) {
			dmaPl330Desc.status.set(k.space, desc, DescStatus.FREE);
			cookieComplete(k, dmaPl330Desc.txd.at(desc));
		}
	for (const list of ["submitted_list", "work_list", "completed_list"] as const) {
		for (const desc of descsOn(k, pch, list)) forgetPrepared(k, dmaPl330Desc.txd.at(desc));
		listSpliceTailInit(k.space, dmaPl330Chan[list].at(pch), pl330Dmac.desc_pool.at(dmacOf(k, pch)));
	}
}

export const pl330OpsFunctions: KernelFunction[] = [
	...plain({
		"enum dma_status pl330_tx_status(struct dma_chan *chan, dma_cookie_t cookie, struct dma_tx_state *txstate)":
			txStatus,
		"int pl330_alloc_chan_resources(struct dma_chan *chan)": allocChanResources,
	}),
	steps("void pl330_issue_pending(struct dma_chan *chan)", {
		issue: step("Under the lock: everything submitted goes to the end of the work list.", (k, f) => {
			const pch = pchanOf(f.args[0]);
			const submitted = dmaPl330Chan.submitted_list.at(pch);
			const work = dmaPl330Chan.work_list.at(pch);
			lockChannel(k, f, pch);
			if (listEmpty(k.space, work)) {
				if (listEmpty(k.space, submitted)) warn(k, "drivers/dma/pl330.c:2493 pl330_issue_pending");
				dmaPl330Chan.active.set(k.space, pch, 1);
				powerUp(k, dmacOf(k, pch));
			}
			listSpliceTailInit(k.space, submitted, work);
			unlockChannel(k, f, pch);
			return call("pl330_tasklet", [dmaPl330Chan.task.at(pch)]);
		}),
		done: step("Its tasklet's function, called here, has started it.", () => ret()),
	}),
	steps("int pl330_terminate_all(struct dma_chan *chan)", {
		stop: step("Under the locks: stop the thread.", (k, f) => {
			const pch = pchanOf(f.args[0]);
			powerUp(k, dmacOf(k, pch));
			lockChannel(k, f, pch);
			lockInside(k, dmacOf(k, pch));
			return call("_stop", [threadOf(k, pch)]);
		}),
		drop: step(
			"It has no requests any more. All cookies, also those only submitted, are complete; no callback is called.",
			(k, f) => {
				const pch = pchanOf(f.args[0]);
				const dmac = dmacOf(k, pch);
				forgetRequests(k, threadOf(k, pch));
				unlockInside(k, dmac);
				const active = dmaPl330Chan.active.get(k.space, pch) !== 0;
				dmaPl330Chan.active.set(k.space, pch, 0);
				dropAll(k, pch);
				unlockChannel(k, f, pch);
				if (active) powerDown(k, dmac);
				powerDown(k, dmac);
				return ret(0);
			},
		),
	}),
	steps("int pl330_pause(struct dma_chan *chan)", {
		stop: step(
			"Under the locks: kill the thread. The hardware cannot go on afterwards, so there is no resume.",
			(k, f) => {
				const pch = pchanOf(f.args[0]);
				powerUp(k, dmacOf(k, pch));
				lockChannel(k, f, pch);
				lockInside(k, dmacOf(k, pch));
				return call("_stop", [threadOf(k, pch)]);
			},
		),
		mark: step(
			"What it was busy with is paused: its residue can be read, and then it has to be terminated.",
			(k, f) => {
				const pch = pchanOf(f.args[0]);
				const dmac = dmacOf(k, pch);
				unlockInside(k, dmac);
				for (const desc of descsOn(k, pch, "work_list"))
					if (dmaPl330Desc.status.get(k.space, desc) === DescStatus.BUSY)
						dmaPl330Desc.status.set(k.space, desc, DescStatus.PAUSED);
				unlockChannel(k, f, pch);
				powerDown(k, dmac);
				return ret(0);
			},
		),
	}),
	steps("void pl330_release_channel(struct pl330_thread *thrd)", {
		stop: step("Stop the thread, unless it is free.", (k, f) =>
			f.args[0] === 0 || pl330Thread.free.get(k.space, f.args[0]) ? ret() : call("_stop", [f.args[0]]),
		),
		free: step("What it was doing counts as done. Its event and the thread itself are free.", (k, f) => {
			const [thrd] = f.args;
			abortRequests(k, thrd);
			freeEvent(k, pl330Thread.dmac.get(k.space, thrd), thrd);
			pl330Thread.free.set(k.space, thrd, 1);
			return ret();
		}),
	}),
	steps("void pl330_free_chan_resources(struct dma_chan *chan)", {
		kill: step("Wait for the channel's tasklet.", (_, f) =>
			call("tasklet_kill", [dmaPl330Chan.task.at(pchanOf(f.args[0]))]),
		),
		release: step("Under the controller's lock: give the thread back.", (k, f) => {
			const pch = pchanOf(f.args[0]);
			const dmac = dmacOf(k, pch);
			powerUp(k, dmac);
			lockController(k, f, dmac);
			return call("pl330_release_channel", [threadOf(k, pch)]);
		}),
		forget: step(
			"The descriptors of a ring go back to the pool; what was issued or submitted otherwise stays.",
			(k, f) => {
				const pch = pchanOf(f.args[0]);
				const dmac = dmacOf(k, pch);
				dmaPl330Chan.thread.set(k.space, pch, 0);
				if (dmaPl330Chan.cyclic.get(k.space, pch)) {
					for (const desc of descsOn(k, pch, "work_list")) forgetPrepared(k, dmaPl330Desc.txd.at(desc));
					listSpliceTailInit(k.space, dmaPl330Chan.work_list.at(pch), pl330Dmac.desc_pool.at(dmac));
				}
				unlockController(k, f, dmac);
				powerDown(k, dmac);
				unprepSlaveFifo(k, pch);
				return ret();
			},
		),
	}),
];
