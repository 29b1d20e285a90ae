/** The inline client helpers of dmaengine.h that call the provider (core-semantics 1.3). */

import { scatterlist, sgEntries, sgInitTable } from "../dma-mapping/scatterlist";
import { call, forward, type KernelFunction, next, ret, step, steps } from "../functions";
import { checkSource } from "../kasan/check";
import type { Kernel } from "../kernel";
import type { StepFrame } from "../state";
import type { Field } from "../struct";
import { hasCap } from "./caps";
import { Cap, DMA_CTRL_REUSE, DMA_PREP_REPEAT, EINVAL, ENOSYS, EPERM } from "./constants";
import { mightSleep } from "./external";
import { notePrepared, record } from "./records";
import { stackBytes } from "./scratch";
import { dmaAsyncTxDescriptor, dmaChan, dmaDevice, dmaTxState } from "./structs";

/** The op of a channel's device, 0 when the driver has none. Faults like C when a pointer on the way is NULL. */
export function opOf(k: Kernel, chan: number, op: Field): number {
	return op.get(k.space, dmaChan.device.get(k.space, chan));
}

/** Prep helpers test the channel and its device before they look at the op. 6.12 has no device_prep_config_sg. */
export function prepOp(k: Kernel, chan: number, op: Field): number {
	if (chan === 0 || (op === dmaDevice.device_prep_config_sg && k.version === "6.12")) return 0;
	const device = dmaChan.device.get(k.space, chan);
	return device === 0 ? 0 : op.get(k.space, device);
}

/** The op behind dmaengine_prep_slave_sg: in later kernels device_prep_config_sg where it is there, with no config. */
const slaveSgOp = (k: Kernel, chan: number): number =>
	prepOp(k, chan, dmaDevice.device_prep_config_sg) || prepOp(k, chan, dmaDevice.device_prep_slave_sg);

/** A prep helper: NULL when the op is missing, else the op's result; both are told to observers. */
function prep(
	prototype: string,
	kind: string,
	op: Field,
	length: (k: Kernel, args: readonly number[]) => number,
	args: (k: Kernel, f: StepFrame) => readonly number[] = (_, f) => f.args,
	allowed: (k: Kernel, f: StepFrame) => boolean = () => true,
): KernelFunction {
	return steps(prototype, {
		check: step(`Return NULL when the provider has no device_prep op for ${kind}.`, (k, f) => {
			const target = op === dmaDevice.device_prep_slave_sg ? slaveSgOp(k, f.args[0]) : prepOp(k, f.args[0], op);
			if (target === 0 || !allowed(k, f)) {
				if (f.args[0] !== 0) notePrepared(k, f.args[0], 0, kind, 0);
				return ret(0);
			}
			f.locals.target = target;
			return next;
		}),
		call: step("Let the provider build a descriptor. It is on no queue of the hardware yet.", (k, f) =>
			call(f.locals.target, args(k, f)),
		),
		done: step("Return the descriptor, or NULL when the provider refused.", (k, f) => {
			notePrepared(k, f.args[0], f.result, kind, length(k, f.args));
			return ret(f.result);
		}),
	});
}

/** A helper that returns `missing` when the op is not there and the op's result otherwise. */
function control(
	prototype: string,
	text: string,
	op: Field,
	missing: number,
	kind?: "terminate" | "pause" | "resume",
): KernelFunction {
	return steps(prototype, {
		call: step(text, (k, f) => {
			const target = opOf(k, f.args[0], op);
			if (kind) record(k, kind, f.args[0]);
			return target === 0 ? ret(missing) : call(target, f.args);
		}),
		done: step("Return what the provider says.", (_, f) => ret(f.result | 0)),
	});
}

export function sgLength(k: Kernel, sgl: number, count: number): number {
	return sgEntries(k.space, sgl, count).reduce((sum, sg) => sum + scatterlist.dma_length.get(k.space, sg), 0);
}

export const clientFunctions: KernelFunction[] = [
	control(
		"int dmaengine_slave_config(struct dma_chan *chan, struct dma_slave_config *config)",
		"Hand the configuration to the provider's device_config. The core checks none of it.",
		dmaDevice.device_config,
		-ENOSYS,
	),
	prep(
		"struct dma_async_tx_descriptor *dmaengine_prep_slave_single(struct dma_chan *chan, dma_addr_t buf, size_t len, enum dma_transfer_direction dir, unsigned long flags)",
		"slave_sg",
		dmaDevice.device_prep_slave_sg,
		(_, args) => args[2],
		(k, f) => {
			const sg = stackBytes(k, scatterlist.$size);
			sgInitTable(k.space, sg, 1);
			scatterlist.dma_address.set(k.space, sg, f.args[1]);
			scatterlist.dma_length.set(k.space, sg, f.args[2]);
			return [f.args[0], sg, 1, f.args[3], f.args[4], 0];
		},
	),
	prep(
		"struct dma_async_tx_descriptor *dmaengine_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len, enum dma_transfer_direction dir, unsigned long flags)",
		"slave_sg",
		dmaDevice.device_prep_slave_sg,
		(k, args) => sgLength(k, args[1], args[2]),
		(_, f) => [...f.args.slice(0, 5), 0],
	),
	prep(
		"struct dma_async_tx_descriptor *dmaengine_prep_peripheral_dma_vec(struct dma_chan *chan, const struct dma_vec *vecs, size_t nents, enum dma_transfer_direction dir, unsigned long flags)",
		"peripheral_dma_vec",
		dmaDevice.device_prep_peripheral_dma_vec,
		() => 0,
	),
	prep(
		"struct dma_async_tx_descriptor *dmaengine_prep_dma_cyclic(struct dma_chan *chan, dma_addr_t buf_addr, size_t buf_len, size_t period_len, enum dma_transfer_direction dir, unsigned long flags)",
		"cyclic",
		dmaDevice.device_prep_dma_cyclic,
		(_, args) => args[2],
	),
	prep(
		"struct dma_async_tx_descriptor *dmaengine_prep_interleaved_dma(struct dma_chan *chan, struct dma_interleaved_template *xt, unsigned long flags)",
		"interleaved",
		dmaDevice.device_prep_interleaved_dma,
		() => 0,
		undefined,
		(k, f) => !(f.args[2] & DMA_PREP_REPEAT) || hasCap(k, dmaChan.device.get(k.space, f.args[0]), Cap.REPEAT),
	),
	prep(
		"struct dma_async_tx_descriptor *dmaengine_prep_dma_memset(struct dma_chan *chan, dma_addr_t dest, int value, size_t len, unsigned long flags)",
		"memset",
		dmaDevice.device_prep_dma_memset,
		(_, args) => args[3],
	),
	prep(
		"struct dma_async_tx_descriptor *dmaengine_prep_dma_memcpy(struct dma_chan *chan, dma_addr_t dest, dma_addr_t src, size_t len, unsigned long flags)",
		"memcpy",
		dmaDevice.device_prep_dma_memcpy,
		(_, args) => args[3],
	),
	steps("dma_cookie_t dmaengine_submit(struct dma_async_tx_descriptor *desc)", {
		call: step("Hand the descriptor over: call its tx_submit, which gives it a cookie and queues it.", (k, f) => {
			// Inline in the client: one that is freed already shows there.
			checkSource(k, dmaAsyncTxDescriptor.tx_submit.at(f.args[0]), 8);
			return call(dmaAsyncTxDescriptor.tx_submit.get(k.space, f.args[0]), f.args);
		}),
		done: step("Return the cookie. Nothing runs before dma_async_issue_pending.", (_, f) => ret(f.result | 0)),
	}),
	steps("void dma_async_issue_pending(struct dma_chan *chan)", {
		call: step("Tell the provider to start what has been submitted: call its device_issue_pending.", (k, f) => {
			record(k, "issue_pending", f.args[0]);
			return call(opOf(k, f.args[0], dmaDevice.device_issue_pending), f.args);
		}),
		done: step("The hardware runs beside the CPU from here on.", () => ret()),
	}),
	control(
		"int dmaengine_terminate_all(struct dma_chan *chan)",
		"Deprecated form of dmaengine_terminate_async: stop the channel and drop its descriptors.",
		dmaDevice.device_terminate_all,
		-ENOSYS,
		"terminate",
	),
	control(
		"int dmaengine_terminate_async(struct dma_chan *chan)",
		"Stop the channel and drop its descriptors. A callback that runs already is not waited for.",
		dmaDevice.device_terminate_all,
		-EINVAL,
		"terminate",
	),
	steps("void dmaengine_synchronize(struct dma_chan *chan)", {
		call: step("May sleep. Wait in the provider's device_synchronize until no callback runs any more.", (k, f) => {
			mightSleep(k, "include/linux/dmaengine.h", 1189);
			record(k, "synchronize", f.args[0]);
			const target = opOf(k, f.args[0], dmaDevice.device_synchronize);
			return target === 0 ? ret() : call(target, f.args);
		}),
		done: step("From here on the channel's buffers may be freed.", () => ret()),
	}),
	steps("int dmaengine_terminate_sync(struct dma_chan *chan)", {
		stop: step("Terminate without waiting: dmaengine_terminate_async.", (_, f) =>
			call("dmaengine_terminate_async", f.args),
		),
		check: step("An error is returned at once, without synchronizing.", (_, f) =>
			f.result !== 0 ? ret(f.result) : call("dmaengine_synchronize", f.args),
		),
		done: step("Return 0.", () => ret(0)),
	}),
	control(
		"int dmaengine_pause(struct dma_chan *chan)",
		"Stop the channel where it is, without losing data: device_pause.",
		dmaDevice.device_pause,
		-ENOSYS,
		"pause",
	),
	control(
		"int dmaengine_resume(struct dma_chan *chan)",
		"Let a paused channel go on: device_resume.",
		dmaDevice.device_resume,
		-ENOSYS,
		"resume",
	),
	forward(
		"enum dma_status dmaengine_tx_status(struct dma_chan *chan, dma_cookie_t cookie, struct dma_tx_state *state)",
		"Ask the provider's device_tx_status about the cookie.",
		(k, f) => call(opOf(k, f.args[0], dmaDevice.device_tx_status), f.args),
	),
	steps(
		"enum dma_status dma_async_is_tx_complete(struct dma_chan *chan, dma_cookie_t cookie, dma_cookie_t *last, dma_cookie_t *used)",
		{
			call: step("Ask the provider's device_tx_status, with a state on the stack.", (k, f) => {
				f.locals.state = stackBytes(k, dmaTxState.$size);
				return call(opOf(k, f.args[0], dmaDevice.device_tx_status), [f.args[0], f.args[1], f.locals.state]);
			}),
			done: step("Copy the last completed and the last used cookie to the caller and return the status.", (k, f) => {
				const [, , last, used] = f.args;
				if (last !== 0) k.space.w32(last, dmaTxState.last.get(k.space, f.locals.state));
				if (used !== 0) k.space.w32(used, dmaTxState.used.get(k.space, f.locals.state));
				return ret(f.result | 0);
			}),
		},
	),
	steps("int dmaengine_desc_free(struct dma_async_tx_descriptor *desc)", {
		check: step("Only reusable descriptors may be freed by the client: -EPERM for others.", (k, f) => {
			if (!(dmaAsyncTxDescriptor.flags.get(k.space, f.args[0]) & DMA_CTRL_REUSE)) return ret(-EPERM);
			return call(dmaAsyncTxDescriptor.desc_free.get(k.space, f.args[0]), f.args);
		}),
		done: step("Return what the provider's desc_free says.", (_, f) => ret(f.result | 0)),
	}),
];
