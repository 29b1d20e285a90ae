/** struct async_submit_ctl and what operations read of it (core-semantics 5.1). */
import { DMA_PREP_FENCE, DMA_PREP_INTERRUPT } from "../dmaengine/constants";
import { stackBytes } from "../dmaengine/scratch";
import { call, type Next, next } from "../functions";
import type { Kernel } from "../kernel";
import type { StepFrame } from "../state";
import { as, ptr, struct, u32, u64 } from "../struct";

export const asyncSubmitCtl = struct("async_submit_ctl", {
	flags: as(u32, "enum async_tx_flags"),
	depend_tx: ptr("struct dma_async_tx_descriptor"),
	cb_fn: as(u64, "dma_async_tx_callback"),
	cb_param: ptr("void"),
	scribble: ptr("void"),
});

/** enum async_tx_flags. */
export const XOR_ZERO_DST = 1;
export const XOR_DROP_DST = 2;
export const ACK = 4;
export const FENCE = 8;
export const PQ_XOR_DST = 16;

/** What an operation that is split, or made of others, puts back into its caller's control block. */
export interface SubmitValues {
	readonly flags: number;
	readonly callback: number;
	readonly parameter: number;
}

export function submitValues(k: Kernel, submit: number): SubmitValues {
	return {
		flags: asyncSubmitCtl.flags.get(k.space, submit),
		callback: asyncSubmitCtl.cb_fn.get(k.space, submit),
		parameter: asyncSubmitCtl.cb_param.get(k.space, submit),
	};
}

export function setSubmitValues(k: Kernel, submit: number, values: SubmitValues): void {
	asyncSubmitCtl.flags.set(k.space, submit, values.flags);
	asyncSubmitCtl.cb_fn.set(k.space, submit, values.callback);
	asyncSubmitCtl.cb_param.set(k.space, submit, values.parameter);
}

/** init_async_submit(): a control block for a part of an operation; the scribble space stays. */
export function initSubmit(k: Kernel, submit: number, flags: number, depend: number): void {
	setSubmitValues(k, submit, { flags, callback: 0, parameter: 0 });
	asyncSubmitCtl.depend_tx.set(k.space, submit, depend);
}

export const hasFlag = (k: Kernel, submit: number, flag: number): boolean =>
	(asyncSubmitCtl.flags.get(k.space, submit) & flag) !== 0;

/** Flags for a prep op: an interrupt where there is a callback, a fence where one is asked for. */
export function prepFlags(k: Kernel, submit: number): number {
	const interrupt = asyncSubmitCtl.cb_fn.get(k.space, submit) === 0 ? 0 : DMA_PREP_INTERRUPT;
	return interrupt | (hasFlag(k, submit, FENCE) ? DMA_PREP_FENCE : 0);
}

/** Waits for the operation that this one depends on, and forgets it. */
export const quiesceDependency = (submit: number): Next =>
	call("async_tx_quiesce", [asyncSubmitCtl.depend_tx.at(submit)]);

/** async_tx_sync_epilog(): the operation is done, so the caller's callback is called. */
export function syncEpilog(k: Kernel, submit: number): Next {
	const { callback, parameter } = submitValues(k, submit);
	return callback === 0 ? next : call(callback, [parameter]);
}

/** A pointer on the stack of the frame that runs, for async_tx_quiesce to clear. */
export function pointerOnStack(k: Kernel, f: StepFrame, name: string, value: number): number {
	f.locals[name] = f.locals[name] ?? stackBytes(k, 8);
	k.space.w64(f.locals[name], value);
	return f.locals[name];
}
