/** The driver's own tasklets: a channel's, which completes cookies and calls back, and the controller's, which resets. */
import { cookieComplete, getCallback } from "../../dmaengine/cookies";
import { callPlain } from "../../dmaengine/external";
import { listEmpty, listFirst, listMoveTail } from "../../dmaengine/lists";
import { cookieOfPrepared, record } from "../../dmaengine/records";
import { stackBytes } from "../../dmaengine/scratch";
import { dmaengineDescCallback } from "../../dmaengine/structs";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../../functions";
import type { Kernel } from "../../kernel";
import { lockChannel, lockController, lockInside, unlockChannel, unlockController, unlockInside } from "./locking";
import { descsOn, putDesc } from "./pool";
import { chanOf, config, descOfNode, deviceOf, dmacOf, FSC, read, threadAt, threadOf } from "./registers";
import { abortRequests, fillQueue, forgetRequests } from "./request";
import { DescStatus, DmacState, dmaPl330Chan, dmaPl330Desc, pl330Dmac, pl330Tbd } from "./structs";

/** What is done leaves the work list; the cookies of a ring are never completed. */
function pickUpDone(k: Kernel, pch: number): void {
	const { space } = k;
	const cyclic = dmaPl330Chan.cyclic.get(space, pch) !== 0;
	for (const desc of descsOn(k, pch, "work_list")) {
		if (dmaPl330Desc.status.get(space, desc) !== DescStatus.DONE) continue;
		if (!cyclic) cookieComplete(k, dmaPl330Desc.txd.at(desc));
		listMoveTail(space, dmaPl330Desc.node.at(desc), dmaPl330Chan.completed_list.at(pch));
	}
}

export const pl330TaskletFunctions: KernelFunction[] = [
	steps("void pl330_tasklet(struct tasklet_struct *t)", {
		collect: step(
			"Under the channel's lock: complete the cookies of what is done, but for a ring. Fill the thread's two requests.",
			(k, f) => {
				const pch = dmaPl330Chan.task.container(f.args[0]);
				f.locals.pch = pch;
				f.locals.cb = stackBytes(k, dmaengineDescCallback.$size);
				lockChannel(k, f, pch);
				pickUpDone(k, pch);
				fillQueue(k, pch);
				f.locals.idle = listEmpty(k.space, dmaPl330Chan.work_list.at(pch)) ? 1 : 0;
				lockInside(k, dmacOf(k, pch));
				return call(f.locals.idle ? "_stop" : "pl330_start_thread", [threadOf(k, pch)]);
			},
		),
		started: step("The thread runs, or with nothing left to do it has been stopped.", (k, f) => {
			unlockInside(k, dmacOf(k, f.locals.pch));
			if (f.locals.idle) dmaPl330Chan.active.set(k.space, f.locals.pch, 0);
			return next;
		}),
		take: step("Take the next completed descriptor and copy its callback.", (k, f) => {
			const { pch } = f.locals;
			const head = dmaPl330Chan.completed_list.at(pch);
			if (listEmpty(k.space, head)) return goto("done");
			const desc = descOfNode(listFirst(k.space, head));
			f.locals.desc = desc;
			f.locals.cookie = cookieOfPrepared(k, dmaPl330Desc.txd.at(desc));
			getCallback(k, dmaPl330Desc.txd.at(desc), f.locals.cb);
			if (!dmaPl330Chan.cyclic.get(k.space, pch)) {
				callPlain(k, "dma_descriptor_unmap", dmaPl330Desc.txd.at(desc));
				putDesc(k, dmacOf(k, pch), desc);
				return goto("callback");
			}
			dmaPl330Desc.status.set(k.space, desc, DescStatus.PREP);
			listMoveTail(k.space, dmaPl330Desc.node.at(desc), dmaPl330Chan.work_list.at(pch));
			return f.locals.idle ? next : goto("unmap");
		}),
		restart: step("A period of a ring goes to the end of the work list: the thread is to go on.", (k, f) => {
			const { pch } = f.locals;
			dmaPl330Chan.active.set(k.space, pch, 1);
			f.locals.idle = 0;
			lockInside(k, dmacOf(k, pch));
			return call("pl330_start_thread", [threadOf(k, pch)]);
		}),
		restarted: step("It runs when it has a request.", (k, f) => {
			unlockInside(k, dmacOf(k, f.locals.pch));
			return next;
		}),
		unmap: step("Unmap what the client has left to dmaengine.", (k, f) => {
			callPlain(k, "dma_descriptor_unmap", dmaPl330Desc.txd.at(f.locals.desc));
			return next;
		}),
		callback: step("Release the lock and call the callback, in softirq context; without a result.", (k, f) => {
			const { pch, cb, cookie } = f.locals;
			const { space } = k;
			const called =
				dmaengineDescCallback.callback.get(space, cb) !== 0 ||
				dmaengineDescCallback.callback_result.get(space, cb) !== 0;
			if (!called) return goto("take");
			unlockChannel(k, f, pch);
			record(k, "callback", chanOf(pch), { cookie });
			return call("dmaengine_desc_callback_invoke", [cb, 0]);
		}),
		again: step("Take the lock again and go on with the next one.", (k, f) => {
			lockChannel(k, f, f.locals.pch);
			return goto("take");
		}),
		done: step("All callbacks have been called. Without work the controller may sleep.", (k, f) => {
			const { pch, idle } = f.locals;
			unlockChannel(k, f, pch);
			const dev = deviceOf(k, dmacOf(k, pch));
			if (idle) {
				callPlain(k, "pm_runtime_mark_last_busy", dev);
				callPlain(k, "pm_runtime_put_autosuspend", dev);
			}
			return ret();
		}),
	}),
	steps("void pl330_dotask(struct tasklet_struct *t)", {
		manager: step("Under the controller's lock: a controller that went mad takes no requests any more.", (k, f) => {
			const dmac = pl330Dmac.tasks.container(f.args[0]);
			const tbd = pl330Dmac.dmac_tbd.at(dmac);
			f.locals.dmac = dmac;
			f.locals.id = 0;
			lockController(k, f, dmac);
			if (pl330Tbd.reset_dmac.get(k.space, tbd)) {
				pl330Dmac.state.set(k.space, dmac, DmacState.DYING);
				pl330Tbd.reset_mngr.set(k.space, tbd, 1);
				pl330Tbd.reset_dmac.set(k.space, tbd, 0);
			}
			if (!pl330Tbd.reset_mngr.get(k.space, tbd)) return goto("channel");
			return call("_stop", [pl330Dmac.manager.get(k.space, dmac)]);
		}),
		all: step("With a faulty manager all channels are reset.", (k, f) => {
			const tbd = pl330Dmac.dmac_tbd.at(f.locals.dmac);
			pl330Tbd.reset_chan.set(k.space, tbd, (1 << config(k, f.locals.dmac, "num_chan")) - 1);
			pl330Tbd.reset_mngr.set(k.space, tbd, 0);
			return next;
		}),
		channel: step("Stop the next channel that is to be reset.", (k, f) => {
			const { dmac } = f.locals;
			const count = config(k, dmac, "num_chan");
			const wanted = pl330Tbd.reset_chan.get(k.space, pl330Dmac.dmac_tbd.at(dmac));
			while (f.locals.id < count && (wanted & (1 << f.locals.id)) === 0) f.locals.id++;
			if (f.locals.id >= count) {
				unlockController(k, f, dmac);
				return ret();
			}
			return call("_stop", [threadAt(k, dmac, f.locals.id)]);
		}),
		abort: step(
			"Its requests count as done, whatever has happened: the tasklet will call back as after success.",
			(k, f) => {
				const { dmac, id } = f.locals;
				const thrd = threadAt(k, dmac, id);
				read(k, dmac, FSC);
				unlockController(k, f, dmac);
				abortRequests(k, thrd);
				lockController(k, f, dmac);
				forgetRequests(k, thrd);
				const tbd = pl330Dmac.dmac_tbd.at(dmac);
				pl330Tbd.reset_chan.set(k.space, tbd, pl330Tbd.reset_chan.get(k.space, tbd) & ~(1 << id));
				return goto("channel");
			},
		),
	}),
];
