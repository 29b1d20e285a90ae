/** drivers/dma/dmaengine.h: cookies and the calling of callbacks (core-semantics 3.1, 3.2). */
import { call, type KernelFunction, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { checkCallbackLocks } from "./callback-check";
import { DMA_MIN_COOKIE, DmaStatus } from "./constants";
import { kernelBug } from "./external";
import { cookieOfPrepared, noteCookie, record } from "./records";
import { stackBytes } from "./scratch";
import { dmaAsyncTxDescriptor, dmaChan, dmaengineDescCallback, dmaengineResult, dmaTxState } from "./structs";

const MAX_COOKIE = 0x7fffffff;

/** dma_async_is_complete: numbers only, so unknown cookies read as complete. */
export function cookieState(cookie: number, last: number, used: number): DmaStatus {
	const done = last <= used ? cookie <= last || cookie > used : cookie <= last && cookie > used;
	return done ? DmaStatus.COMPLETE : DmaStatus.IN_PROGRESS;
}

export function cookieInit(k: Kernel, chan: number): void {
	dmaChan.cookie.set(k.space, chan, DMA_MIN_COOKIE);
	dmaChan.completed_cookie.set(k.space, chan, DMA_MIN_COOKIE);
}

/** Gives a descriptor the channel's next cookie: 2 at first, 1 after 2147483647. */
export function cookieAssign(k: Kernel, tx: number): number {
	const chan = dmaAsyncTxDescriptor.chan.get(k.space, tx);
	const last = dmaChan.cookie.get(k.space, chan);
	const cookie = last >= MAX_COOKIE || last + 1 < DMA_MIN_COOKIE ? DMA_MIN_COOKIE : last + 1;
	dmaAsyncTxDescriptor.cookie.set(k.space, tx, cookie);
	dmaChan.cookie.set(k.space, chan, cookie);
	noteCookie(k, tx, cookie);
	record(k, "submit", chan, { cookie });
	return cookie;
}

export function cookieComplete(k: Kernel, tx: number): void {
	const cookie = dmaAsyncTxDescriptor.cookie.get(k.space, tx);
	if (cookie < DMA_MIN_COOKIE) kernelBug(k, "drivers/dma/dmaengine.h:54");
	const chan = dmaAsyncTxDescriptor.chan.get(k.space, tx);
	dmaChan.completed_cookie.set(k.space, chan, cookie);
	dmaAsyncTxDescriptor.cookie.set(k.space, tx, 0);
	record(k, "complete", chan, { cookie });
}

/** Fills `state` (unless NULL) and tells how far the cookie is. */
export function cookieStatus(k: Kernel, chan: number, cookie: number, state: number): DmaStatus {
	const used = dmaChan.cookie.get(k.space, chan);
	const last = dmaChan.completed_cookie.get(k.space, chan);
	if (state !== 0) {
		dmaTxState.last.set(k.space, state, last);
		dmaTxState.used.set(k.space, state, used);
		dmaTxState.residue.set(k.space, state, 0);
		dmaTxState.in_flight_bytes.set(k.space, state, 0);
	}
	return cookieState(cookie, last, used);
}

export function setResidue(k: Kernel, state: number, residue: number): void {
	if (state !== 0) dmaTxState.residue.set(k.space, state, residue);
}

/** Copies what is to be called, so that the client may reuse or free what the descriptor points to. */
export function getCallback(k: Kernel, tx: number, cb: number): void {
	const { space } = k;
	dmaengineDescCallback.callback.set(space, cb, dmaAsyncTxDescriptor.callback.get(space, tx));
	dmaengineDescCallback.callback_result.set(space, cb, dmaAsyncTxDescriptor.callback_result.get(space, tx));
	dmaengineDescCallback.callback_param.set(space, cb, dmaAsyncTxDescriptor.callback_param.get(space, tx));
}

export const cookieFunctions: KernelFunction[] = [
	...plain({
		"void dma_cookie_init(struct dma_chan *chan)": cookieInit,
		"dma_cookie_t dma_cookie_assign(struct dma_async_tx_descriptor *tx)": cookieAssign,
		"void dma_cookie_complete(struct dma_async_tx_descriptor *tx)": cookieComplete,
		"enum dma_status dma_cookie_status(struct dma_chan *chan, dma_cookie_t cookie, struct dma_tx_state *state)":
			cookieStatus,
		"void dma_set_residue(struct dma_tx_state *state, u32 residue)": setResidue,
		"void dma_set_in_flight_bytes(struct dma_tx_state *state, u32 in_flight_bytes)": (k, state, bytes) => {
			if (state !== 0) dmaTxState.in_flight_bytes.set(k.space, state, bytes);
		},
		"void dmaengine_desc_get_callback(struct dma_async_tx_descriptor *tx, struct dmaengine_desc_callback *cb)":
			getCallback,
		"bool dmaengine_desc_callback_valid(struct dmaengine_desc_callback *cb)": (k, cb) =>
			dmaengineDescCallback.callback.get(k.space, cb) !== 0 ||
			dmaengineDescCallback.callback_result.get(k.space, cb) !== 0,
	}),
	steps(
		"void dmaengine_desc_callback_invoke(struct dmaengine_desc_callback *cb, const struct dmaengine_result *result)",
		{
			call: step("Call callback_result with the result if it is set, else callback; never both.", (k, f) => {
				const [cb, given] = f.args;
				checkCallbackLocks(k);
				const withResult = dmaengineDescCallback.callback_result.get(k.space, cb);
				const param = dmaengineDescCallback.callback_param.get(k.space, cb);
				if (withResult !== 0) return call(withResult, [param, given || stackBytes(k, dmaengineResult.$size)]);
				const callback = dmaengineDescCallback.callback.get(k.space, cb);
				return callback === 0 ? ret() : call(callback, [param]);
			}),
			done: step("The client's callback has returned.", () => ret()),
		},
	),
	steps(
		"void dmaengine_desc_get_callback_invoke(struct dma_async_tx_descriptor *tx, const struct dmaengine_result *result)",
		{
			call: step("Copy the descriptor's callback and call it.", (k, f) => {
				const cb = stackBytes(k, dmaengineDescCallback.$size);
				getCallback(k, f.args[0], cb);
				record(k, "callback", dmaAsyncTxDescriptor.chan.get(k.space, f.args[0]), {
					cookie: cookieOfPrepared(k, f.args[0]),
				});
				return call("dmaengine_desc_callback_invoke", [cb, f.args[1]]);
			}),
			done: step("The client's callback has returned.", () => ret()),
		},
	),
];
