/** drivers/dma/virt-dma.[ch]: descriptor queues shared by most providers (core-semantics 3.3). */
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { addToListTail, deleteFromList, isOnList, moveToListTail } from "../lib/list";
import { assertHeld } from "../locks/lockdep";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../locks/locks";
import { warn } from "../sched/oops";
import type { StepFrame } from "../state";
import { DMA_CTRL_REUSE } from "./constants";
import { cookieAssign, cookieComplete, cookieInit, getCallback } from "./cookies";
import { initLock, initTasklet, scheduleTasklet } from "./external";
import { listAdd, listAddTail, listEmpty, listFirst, listInit, listNodes, listSpliceTailInit } from "./lists";
import { channelName } from "./names";
import { cookieOfPrepared, forgetPrepared, record } from "./records";
import { stackBytes } from "./scratch";
import {
	dmaAsyncTxDescriptor,
	dmaChan,
	dmaDevice,
	dmaengineDescCallback,
	dmaengineResult,
	VIRT_LISTS,
	virtDmaChan,
	virtDmaDesc,
} from "./structs";

const tx = dmaAsyncTxDescriptor;

/** The virt_dma_chan of a dma_chan, and of a descriptor's channel. */
export const virtChannel = (chan: number): number => virtDmaChan.chan.container(chan);
export const channelOfDesc = (k: Kernel, vd: number): number =>
	virtChannel(tx.chan.get(k.space, virtDmaDesc.tx.at(vd)));
const descOfNode = (node: number): number => virtDmaDesc.node.container(node);
const descOfTx = (descriptor: number): number => virtDmaDesc.tx.container(descriptor);

/** Runs `body` under the channel's lock. */
export function withLock<T>(k: Kernel, vc: number, body: () => T): T {
	const flags = spinLockIrqsave(k, virtDmaChan.lock.at(vc));
	const result = body();
	spinUnlockIrqrestore(k, virtDmaChan.lock.at(vc), flags);
	return result;
}

export function vchanInit(k: Kernel, vc: number, device: number): void {
	cookieInit(k, virtDmaChan.chan.at(vc));
	initLock(k, virtDmaChan.lock.at(vc), "&vc->lock");
	for (const list of VIRT_LISTS) listInit(k.space, list.at(vc));
	initTasklet(k, virtDmaChan.task.at(vc), k.address("vchan_complete"));
	dmaChan.device.set(k.space, virtDmaChan.chan.at(vc), device);
	listAddTail(k.space, dmaChan.device_node.at(virtDmaChan.chan.at(vc)), dmaDevice.channels.at(device));
}

/** Makes a new descriptor ready for submission and puts it on `allocated`. Returns its dma_async_tx_descriptor. */
export function vchanTxPrep(k: Kernel, vc: number, vd: number, flags: number): number {
	const descriptor = virtDmaDesc.tx.at(vd);
	tx.chan.set(k.space, descriptor, virtDmaChan.chan.at(vc));
	initLock(k, tx.lock.at(descriptor), "&tx->lock");
	tx.flags.set(k.space, descriptor, flags);
	tx.tx_submit.set(k.space, descriptor, k.address("vchan_tx_submit"));
	tx.desc_free.set(k.space, descriptor, k.address("vchan_tx_desc_free"));
	dmaengineResult.result.set(k.space, virtDmaDesc.tx_result.at(vd), 0);
	dmaengineResult.residue.set(k.space, virtDmaDesc.tx_result.at(vd), 0);
	withLock(k, vc, () => addToListTail(k, virtDmaDesc.node.at(vd), virtDmaChan.desc_allocated.at(vc)));
	return descriptor;
}

/** Moves everything submitted behind what is issued; whether anything is issued now. The lock is held. */
export function vchanIssuePending(k: Kernel, vc: number): boolean {
	listSpliceTailInit(k.space, virtDmaChan.desc_submitted.at(vc), virtDmaChan.desc_issued.at(vc));
	return !listEmpty(k.space, virtDmaChan.desc_issued.at(vc));
}

/** Head of `issued`, not removed; 0 when it is empty. */
export function vchanNextDesc(k: Kernel, vc: number): number {
	const head = virtDmaChan.desc_issued.at(vc);
	return listEmpty(k.space, head) ? 0 : descOfNode(listFirst(k.space, head));
}

/** The issued descriptor with a cookie; 0 when there is none, or it is only submitted. */
export function vchanFindDesc(k: Kernel, vc: number, cookie: number): number {
	for (const node of listNodes(k.space, virtDmaChan.desc_issued.at(vc)))
		if (tx.cookie.get(k.space, virtDmaDesc.tx.at(descOfNode(node))) === cookie) return descOfNode(node);
	return 0;
}

/** Completes the cookie at once and leaves the callback to the tasklet. The descriptor is on no list before. */
export function vchanCookieComplete(k: Kernel, vd: number): void {
	const vc = channelOfDesc(k, vd);
	const cookie = tx.cookie.get(k.space, virtDmaDesc.tx.at(vd));
	cookieComplete(k, virtDmaDesc.tx.at(vd));
	const node = virtDmaDesc.node.at(vd);
	if (isOnList(k, node)) warn(k, "drivers/dma/virt-dma.h:105", stillQueued(k, vc, node, cookie));
	addToListTail(k, node, virtDmaChan.desc_completed.at(vc));
	scheduleTasklet(k, virtDmaChan.task.at(vc));
}

/** What is wrong with a descriptor that is completed while it is still on one of the channel's lists. */
function stillQueued(k: Kernel, vc: number, node: number, cookie: number): string {
	const at = VIRT_LISTS.findIndex((list) => listNodes(k.space, list.at(vc)).includes(node));
	const list = ["desc_allocated", "desc_submitted", "desc_issued", "desc_completed", "desc_terminated"][at] ?? "a list";
	return `vchan_cookie_complete: cookie ${cookie} of ${channelName(k, virtDmaChan.chan.at(vc))} is still on ${list}: list_del(&vd->node) first`;
}

/** A period is over: one callback, however many periods pass before the tasklet runs. */
export function vchanCyclicCallback(k: Kernel, vd: number): void {
	const vc = channelOfDesc(k, vd);
	virtDmaChan.cyclic.set(k.space, vc, vd);
	scheduleTasklet(k, virtDmaChan.task.at(vc));
}

export function vchanTerminateVdesc(k: Kernel, vd: number): void {
	const vc = channelOfDesc(k, vd);
	listAddTail(k.space, virtDmaDesc.node.at(vd), virtDmaChan.desc_terminated.at(vc));
	if (virtDmaChan.cyclic.get(k.space, vc) === vd) virtDmaChan.cyclic.set(k.space, vc, 0);
}

/** All five lists, in order, behind what is on `head`. */
export function vchanGetAllDescriptors(k: Kernel, vc: number, head: number): void {
	for (const list of VIRT_LISTS) listSpliceTailInit(k.space, list.at(vc), head);
}

const reusable = (k: Kernel, vd: number): boolean =>
	(tx.flags.get(k.space, virtDmaDesc.tx.at(vd)) & DMA_CTRL_REUSE) !== 0;

/** The driver's desc_free of a descriptor that is over; a reusable one goes back to `allocated` instead (0). */
function finish(k: Kernel, vd: number): number {
	const vc = channelOfDesc(k, vd);
	if (reusable(k, vd)) {
		withLock(k, vc, () => listAdd(k.space, virtDmaDesc.node.at(vd), virtDmaChan.desc_allocated.at(vc)));
		return 0;
	}
	forgetPrepared(k, virtDmaDesc.tx.at(vd));
	return virtDmaChan.desc_free.get(k.space, vc);
}

/** Steps that free what is on the list head in `f.locals.head`; begins at step `take` and goes on at `then`. */
const freeListSteps = (then: string) => ({
	take: step("Take the next descriptor off the list, until it is empty.", (k: Kernel, f: StepFrame) => {
		if (listEmpty(k.space, f.locals.head)) return goto(then);
		const node = listFirst(k.space, f.locals.head);
		deleteFromList(k, node);
		f.locals.vd = descOfNode(node);
		return next;
	}),
	free: step(
		"A reusable descriptor goes back to the allocated list; the driver's desc_free frees any other.",
		(k: Kernel, f: StepFrame) => {
			const free = finish(k, f.locals.vd);
			return free === 0 ? goto("take") : call(free, [f.locals.vd], "take");
		},
	),
});

function newHead(k: Kernel, f: StepFrame): number {
	f.locals.head = stackBytes(k, 16);
	listInit(k.space, f.locals.head);
	return f.locals.head;
}

/** lockdep_assert_held(&vc->lock) at a line of virt-dma.h. */
const lockHeld = (k: Kernel, vc: number, line: number): void =>
	assertHeld(k, virtDmaChan.lock.at(vc), `drivers/dma/virt-dma.h:${line}`);

export const virtDmaFunctions: KernelFunction[] = [
	...plain({
		"void vchan_init(struct virt_dma_chan *vc, struct dma_device *dmadev)": vchanInit,
		"struct virt_dma_chan *to_virt_chan(struct dma_chan *chan)": (_, chan) => virtChannel(chan),
		"struct dma_async_tx_descriptor *vchan_tx_prep(struct virt_dma_chan *vc, struct virt_dma_desc *vd, unsigned long tx_flags)":
			vchanTxPrep,
		"dma_cookie_t vchan_tx_submit(struct dma_async_tx_descriptor *tx)": (k, descriptor) => {
			const vc = virtChannel(tx.chan.get(k.space, descriptor));
			return withLock(k, vc, () => {
				const cookie = cookieAssign(k, descriptor);
				moveToListTail(k, virtDmaDesc.node.at(descOfTx(descriptor)), virtDmaChan.desc_submitted.at(vc));
				return cookie;
			});
		},
		"bool vchan_issue_pending(struct virt_dma_chan *vc)": (k, vc) => {
			lockHeld(k, vc, 84);
			return vchanIssuePending(k, vc);
		},
		"struct virt_dma_desc *vchan_next_desc(struct virt_dma_chan *vc)": (k, vc) => {
			lockHeld(k, vc, 169);
			return vchanNextDesc(k, vc);
		},
		"struct virt_dma_desc *vchan_find_desc(struct virt_dma_chan *vc, dma_cookie_t cookie)": vchanFindDesc,
		"void vchan_cookie_complete(struct virt_dma_desc *vd)": (k, vd) => {
			lockHeld(k, channelOfDesc(k, vd), 101);
			vchanCookieComplete(k, vd);
		},
		"void vchan_cyclic_callback(struct virt_dma_desc *vd)": vchanCyclicCallback,
		"void vchan_terminate_vdesc(struct virt_dma_desc *vd)": (k, vd) => {
			lockHeld(k, channelOfDesc(k, vd), 153);
			vchanTerminateVdesc(k, vd);
		},
		"void vchan_get_all_descriptors(struct virt_dma_chan *vc, struct list_head *head)": (k, vc, head) => {
			lockHeld(k, vc, 188);
			vchanGetAllDescriptors(k, vc, head);
		},
	}),
	steps("int vchan_tx_desc_free(struct dma_async_tx_descriptor *tx)", {
		free: step("Take the descriptor off its list and let the driver's desc_free free it.", (k, f) => {
			const vd = descOfTx(f.args[0]);
			deleteFromList(k, virtDmaDesc.node.at(vd));
			forgetPrepared(k, f.args[0]);
			return call(virtDmaChan.desc_free.get(k.space, channelOfDesc(k, vd)), [vd]);
		}),
		done: step("Return 0.", () => ret(0)),
	}),
	steps("void vchan_vdesc_fini(struct virt_dma_desc *vd)", {
		finish: step("A reusable descriptor goes back to the allocated list, any other is freed.", (k, f) => {
			const free = finish(k, f.args[0]);
			return free === 0 ? ret() : call(free, f.args);
		}),
		done: step("The descriptor is gone.", () => ret()),
	}),
	steps("void vchan_complete(struct tasklet_struct *t)", {
		collect: step("Under the lock: take all completed descriptors and the pending period callback.", (k, f) => {
			const vc = virtDmaChan.task.container(f.args[0]);
			const head = newHead(k, f);
			f.locals.cb = stackBytes(k, dmaengineDescCallback.$size);
			listSpliceTailInit(k.space, virtDmaChan.desc_completed.at(vc), head);
			const cyclic = virtDmaChan.cyclic.get(k.space, vc);
			f.locals.vd = cyclic;
			if (cyclic === 0) return goto("take");
			virtDmaChan.cyclic.set(k.space, vc, 0);
			getCallback(k, virtDmaDesc.tx.at(cyclic), f.locals.cb);
			return next;
		}),
		period: step("Call the callback of the cyclic transfer: once, however many periods have passed.", (k, f) => {
			const descriptor = virtDmaDesc.tx.at(f.locals.vd);
			tellCallback(k, f, descriptor);
			return call("dmaengine_desc_callback_invoke", [f.locals.cb, virtDmaDesc.tx_result.at(f.locals.vd)]);
		}),
		take: step("Take the next completed descriptor off the list, in the order of completion.", (k, f) => {
			if (listEmpty(k.space, f.locals.head)) return goto("done");
			const node = listFirst(k.space, f.locals.head);
			f.locals.vd = descOfNode(node);
			getCallback(k, virtDmaDesc.tx.at(f.locals.vd), f.locals.cb);
			deleteFromList(k, node);
			return next;
		}),
		callback: step("Call its callback, with no lock held, in softirq context.", (k, f) => {
			tellCallback(k, f, virtDmaDesc.tx.at(f.locals.vd));
			return call("dmaengine_desc_callback_invoke", [f.locals.cb, virtDmaDesc.tx_result.at(f.locals.vd)]);
		}),
		finish: step("Now that the callback has returned: free the descriptor, or park it when it is reusable.", (k, f) => {
			const free = finish(k, f.locals.vd);
			return free === 0 ? goto("take") : call(free, [f.locals.vd], "take");
		}),
		done: step("All callbacks of this run have been called.", () => ret()),
	}),
	steps("void vchan_dma_desc_free_list(struct virt_dma_chan *vc, struct list_head *head)", {
		begin: step("Free every descriptor on the list; no callback is called.", (_, f) => {
			f.locals.head = f.args[1];
			return next;
		}),
		...freeListSteps("done"),
		done: step("The list is empty.", () => ret()),
	}),
	steps("void vchan_free_chan_resources(struct virt_dma_chan *vc)", {
		collect: step(
			"Under the lock: collect the descriptors of all five lists; reusable ones lose that flag.",
			(k, f) => {
				const head = newHead(k, f);
				vchanGetAllDescriptors(k, f.args[0], head);
				for (const node of listNodes(k.space, head)) {
					const descriptor = virtDmaDesc.tx.at(descOfNode(node));
					tx.flags.set(k.space, descriptor, tx.flags.get(k.space, descriptor) & ~DMA_CTRL_REUSE);
				}
				return next;
			},
		),
		...freeListSteps("done"),
		done: step("The channel has no descriptors any more.", () => ret()),
	}),
	steps("void vchan_synchronize(struct virt_dma_chan *vc)", {
		kill: step("Wait until the channel's tasklet neither runs nor is scheduled: tasklet_kill.", (_, f) =>
			call("tasklet_kill", [virtDmaChan.task.at(f.args[0])]),
		),
		collect: step("Under the lock: take what terminate has parked.", (k, f) => {
			listSpliceTailInit(k.space, virtDmaChan.desc_terminated.at(f.args[0]), newHead(k, f));
			return next;
		}),
		...freeListSteps("done"),
		done: step("No callback of this channel runs any more.", () => ret()),
	}),
];

function tellCallback(k: Kernel, f: StepFrame, descriptor: number): void {
	const cb = f.locals.cb;
	const called =
		dmaengineDescCallback.callback.get(k.space, cb) !== 0 ||
		dmaengineDescCallback.callback_result.get(k.space, cb) !== 0;
	if (called) record(k, "callback", tx.chan.get(k.space, descriptor), { cookie: cookieOfPrepared(k, descriptor) });
}
