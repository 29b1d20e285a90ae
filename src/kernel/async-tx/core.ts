/** crypto/async_tx/async_tx.c: channels, dependency chains, the switch from one channel to another (core-semantics 5.2, 5.3). */
import { hasCap } from "../dmaengine/caps";
import { Cap, DMA_CTRL_ACK, DmaStatus } from "../dmaengine/constants";
import { kernelBug } from "../dmaengine/external";
import { dmaAsyncTxDescriptor, dmaChan, dmaDevice } from "../dmaengine/structs";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { spinLock } from "../locks/locks";
import { physToPage } from "../mm/functions";
import { GFP_KERNEL } from "../mm/gfp";
import { getFreePages } from "../mm/pages";
import { panic } from "../sched/oops";
import { say } from "../sched/say";
import { ACK, asyncSubmitCtl, hasFlag, quiesceDependency, syncEpilog } from "./submit-ctl";

const FILE = "crypto/async_tx/async_tx.c";
const desc = dmaAsyncTxDescriptor;

const isAcked = (k: Kernel, tx: number): boolean => (desc.flags.get(k.space, tx) & DMA_CTRL_ACK) !== 0;
const ack = (k: Kernel, tx: number): void => desc.flags.set(k.space, tx, desc.flags.get(k.space, tx) | DMA_CTRL_ACK);

/** txd_lock(): behind it comes a call of spin_unlock_bh. */
function lockDescriptor(k: Kernel, tx: number): void {
	k.current.bhDisabled++;
	spinLock(k, desc.lock.at(tx));
}

/** txd_chain(): `waiting` is submitted when `tx` completes. */
function chain(k: Kernel, tx: number, waiting: number): void {
	desc.next.set(k.space, tx, waiting);
	desc.parent.set(k.space, waiting, tx);
}

const deviceOf = (k: Kernel, tx: number): number => dmaChan.device.get(k.space, desc.chan.get(k.space, tx));

export const asyncTxCoreFunctions: KernelFunction[] = [
	steps(
		"void async_tx_load(void)",
		{
			load: step("Loading async_tx makes it a public client of all channels.", (k) => {
				if (k.state.asyncTx.loaded) return ret();
				k.state.asyncTx.loaded = true;
				k.state.asyncTx.scribblePage = physToPage(k, k.space.toPhys(getFreePages(k, GFP_KERNEL, 0)));
				return call("dmaengine_get", []);
			}),
			done: step("Say so.", (k) => {
				say(k, 6, "async_tx: api initialized (async)");
				return ret();
			}),
		},
		0,
	),
	steps(
		"struct dma_chan *__async_tx_find_channel(struct async_submit_ctl *submit, enum dma_transaction_type tx_type)",
		{
			load: step("async_tx is loaded.", (k) => (k.state.asyncTx.loaded ? next : call("async_tx_load", []))),
			find: step("Stay on the channel of the operation that this one depends on, when it can do it.", (k, f) => {
				const depend = asyncSubmitCtl.depend_tx.get(k.space, f.args[0]);
				const can = depend !== 0 && hasCap(k, deviceOf(k, depend), f.args[1]);
				return can ? ret(desc.chan.get(k.space, depend)) : call("dma_find_channel", [f.args[1]]);
			}),
			done: step("Else take the public channel for this kind of operation; NULL when there is none.", (_, f) =>
				ret(f.result),
			),
		},
	),
	steps("void async_tx_channel_switch(struct dma_async_tx_descriptor *depend_tx, struct dma_async_tx_descriptor *tx)", {
		append: step("When depend_tx still waits itself and is on the same channel after all: wait behind it.", (k, f) => {
			const [depend, tx] = f.args;
			f.locals.chan = desc.chan.get(k.space, depend);
			lockDescriptor(k, depend);
			const same = f.locals.chan === desc.chan.get(k.space, tx);
			f.locals.queued = desc.parent.get(k.space, depend) !== 0 && same ? 1 : 0;
			if (f.locals.queued) chain(k, depend, tx);
			return call("spin_unlock_bh", [desc.lock.at(depend)]);
		}),
		interrupt: step("Ask the channel of depend_tx for an interrupt descriptor.", (k, f) => {
			if (f.locals.queued) return goto("issue");
			const device = dmaChan.device.get(k.space, f.locals.chan);
			f.result = 0;
			if (!hasCap(k, device, Cap.INTERRUPT)) return next;
			return call(dmaDevice.device_prep_dma_interrupt.get(k.space, device), [f.locals.chan, 0]);
		}),
		attach: step("tx waits behind it, and it waits behind depend_tx if that waits too.", (k, f) => {
			const [depend, tx] = f.args;
			const interrupt = f.result;
			if (interrupt === 0) return call("dma_wait_for_async_tx", [depend], "waited");
			f.locals.interrupt = interrupt;
			desc.callback.set(k.space, interrupt, 0);
			desc.callback_param.set(k.space, interrupt, 0);
			chain(k, interrupt, tx);
			lockDescriptor(k, depend);
			f.locals.queued = desc.parent.get(k.space, depend) !== 0 ? 1 : 0;
			if (f.locals.queued) {
				chain(k, depend, interrupt);
				ack(k, interrupt);
			}
			return call("spin_unlock_bh", [desc.lock.at(depend)]);
		}),
		submit: step("If depend_tx does not wait: submit the interrupt descriptor.", (k, f) => {
			if (f.locals.queued) return goto("issue");
			desc.parent.set(k.space, f.locals.interrupt, 0);
			return call(desc.tx_submit.get(k.space, f.locals.interrupt), [f.locals.interrupt]);
		}),
		ack: step("Nobody else will use it.", (k, f) => {
			ack(k, f.locals.interrupt);
			return next;
		}),
		issue: step("Start the channel of depend_tx.", (k, f) => {
			const device = dmaChan.device.get(k.space, f.locals.chan);
			return call(dmaDevice.device_issue_pending.get(k.space, device), [f.locals.chan]);
		}),
		done: step("tx is submitted when the interrupt descriptor completes.", () => ret()),
		waited: step(
			"Without an interrupt descriptor: wait for depend_tx, then submit tx. An error is a panic.",
			(k, f) => {
				if ((f.result | 0) !== DmaStatus.COMPLETE) {
					panic(k, "async_tx_channel_switch: DMA error waiting for depend_tx");
					return ret();
				}
				return call(desc.tx_submit.get(k.space, f.args[1]), [f.args[1]], "end");
			},
		),
		end: step("It is submitted.", () => ret()),
	}),
	steps(
		"void async_tx_submit(struct dma_chan *chan, struct dma_async_tx_descriptor *tx, struct async_submit_ctl *submit)",
		{
			callback: step("The callback goes into the descriptor. Without a dependency submit it at once.", (k, f) => {
				const [, tx, submit] = f.args;
				desc.callback.set(k.space, tx, asyncSubmitCtl.cb_fn.get(k.space, submit));
				desc.callback_param.set(k.space, tx, asyncSubmitCtl.cb_param.get(k.space, submit));
				f.locals.depend = asyncSubmitCtl.depend_tx.get(k.space, submit);
				return f.locals.depend === 0 ? goto("submit") : next;
			}),
			check: step(
				"BUG when the dependency is acknowledged (it may be gone), has a dependent already, or tx has a parent.",
				(k, f) => {
					const [chan, tx] = f.args;
					const { depend } = f.locals;
					if (isAcked(k, depend) || desc.next.get(k.space, depend) !== 0 || desc.parent.get(k.space, tx) !== 0)
						kernelBug(k, `${FILE}:160`);
					f.locals.same = desc.chan.get(k.space, depend) === chan ? 1 : 0;
					lockDescriptor(k, depend);
					f.locals.queued = desc.parent.get(k.space, depend) !== 0 && f.locals.same ? 1 : 0;
					if (f.locals.queued) chain(k, depend, tx);
					return call("spin_unlock_bh", [desc.lock.at(depend)]);
				},
			),
			route: step(
				"On the dependency's channel it waits behind it or is submitted; on another one channels are switched.",
				(_, f) => {
					if (f.locals.queued) return goto("acks");
					return f.locals.same ? next : call("async_tx_channel_switch", [f.locals.depend, f.args[1]], "acks");
				},
			),
			submit: step("Submit the descriptor.", (k, f) => {
				desc.parent.set(k.space, f.args[1], 0);
				return call(desc.tx_submit.get(k.space, f.args[1]), [f.args[1]]);
			}),
			acks: step("Acknowledge it if the caller will not use it, and the dependency in any case.", (k, f) => {
				if (hasFlag(k, f.args[2], ACK)) ack(k, f.args[1]);
				if (f.locals.depend !== 0) ack(k, f.locals.depend);
				return ret();
			}),
		},
	),
	steps("struct dma_async_tx_descriptor *async_trigger_callback(struct async_submit_ctl *submit)", {
		interrupt: step("Ask the dependency's channel for an interrupt descriptor.", (k, f) => {
			const depend = asyncSubmitCtl.depend_tx.get(k.space, f.args[0]);
			if (depend === 0) return goto("wait");
			f.locals.chan = desc.chan.get(k.space, depend);
			const device = deviceOf(k, depend);
			if (!hasCap(k, device, Cap.INTERRUPT)) return goto("wait");
			return call(dmaDevice.device_prep_dma_interrupt.get(k.space, device), [f.locals.chan, 0]);
		}),
		submit: step("The callback runs when it completes.", (_, f) => {
			f.locals.tx = f.result;
			return f.result === 0 ? next : call("async_tx_submit", [f.locals.chan, f.result, f.args[0]], "done");
		}),
		wait: step("Without one: wait for the dependency.", (_, f) => {
			f.locals.tx = 0;
			return quiesceDependency(f.args[0]);
		}),
		callback: step("Call the callback here.", (k, f) => syncEpilog(k, f.args[0])),
		done: step("Return the descriptor, NULL when all is done.", (_, f) => ret(f.locals.tx)),
	}),
	steps("void async_tx_quiesce(struct dma_async_tx_descriptor **tx)", {
		check: step("NULL: nothing to wait for. An acknowledged descriptor may be another one by now: BUG.", (k, f) => {
			const tx = k.space.r64(f.args[0]);
			if (tx === 0) return ret();
			if (isAcked(k, tx)) kernelBug(k, `${FILE}:269`);
			return call("dma_wait_for_async_tx", [tx]);
		}),
		done: step("Acknowledge it and forget it. An error is a panic.", (k, f) => {
			if ((f.result | 0) === DmaStatus.COMPLETE) {
				ack(k, k.space.r64(f.args[0]));
				k.space.w64(f.args[0], 0);
			} else panic(k, "async_tx_quiesce: DMA error waiting for transaction");
			return ret();
		}),
	}),
	steps("void dma_run_dependencies(struct dma_async_tx_descriptor *tx)", {
		take: step("Whoever waited for tx runs now.", (k, f) => {
			const waiting = desc.next.get(k.space, f.args[0]);
			if (waiting === 0) return ret();
			desc.next.set(k.space, f.args[0], 0);
			f.locals.waiting = waiting;
			f.locals.chan = desc.chan.get(k.space, waiting);
			return next;
		}),
		detach: step("It has no parent any more; the next one on the same channel goes with it.", (k, f) => {
			const { waiting, chan } = f.locals;
			if (waiting === 0) return goto("issue");
			lockDescriptor(k, waiting);
			desc.parent.set(k.space, waiting, 0);
			const following = desc.next.get(k.space, waiting);
			const same = following !== 0 && desc.chan.get(k.space, following) === chan;
			f.locals.following = same ? following : 0;
			if (same) desc.next.set(k.space, waiting, 0);
			return call("spin_unlock_bh", [desc.lock.at(waiting)]);
		}),
		submit: step("Submit it. Where the channel changes, the interrupt descriptor goes on.", (k, f) => {
			const { waiting } = f.locals;
			f.locals.waiting = f.locals.following;
			return call(desc.tx_submit.get(k.space, waiting), [waiting], "detach");
		}),
		issue: step("Start their channel.", (k, f) => {
			const device = dmaChan.device.get(k.space, f.locals.chan);
			return call(dmaDevice.device_issue_pending.get(k.space, device), [f.locals.chan]);
		}),
		done: step("They run.", () => ret()),
	}),
];
