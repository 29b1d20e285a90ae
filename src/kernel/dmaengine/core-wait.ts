/** drivers/dma/dmaengine.c: waiting, capabilities, metadata (core-semantics 2.6, 2.7, 2.10). */

import { functionIndexAt } from "../../language/vm/vm";
import { call, type KernelFunction, next, ret, spin, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import type { StepFrame } from "../state";
import type { Field } from "../struct";
import { hasCap } from "./caps";
import {
	Cap,
	DMA_CTRL_REUSE,
	DmaStatus,
	EBUSY,
	EINVAL,
	ENOTSUPP,
	ENXIO,
	EPERM,
	METADATA_CLIENT,
	METADATA_ENGINE,
} from "./constants";
import { devErr, JIFFY_PS, jiffies } from "./external";
import { stackBytes } from "./scratch";
import { dmaAsyncTxDescriptor, dmaChan, dmaDescriptorMetadataOps, dmaDevice, dmaSlaveCaps } from "./structs";

/** 5000 ms in jiffies (HZ = 250). */
const TIMEOUT_JIFFIES = 1250;
/** cpu_relax() and each poll of dma_sync_wait take 1 µs (machine.md, Time). */
const POLL_PS = 1_000_000;

const COPIED = [
	"src_addr_widths",
	"dst_addr_widths",
	"directions",
	"min_burst",
	"max_burst",
	"max_sg_burst",
	"residue_granularity",
	"descriptor_reuse",
] as const;

/** Fills `caps` from the controller; a negative errno, or the driver's device_caps to call (0: none). */
function fillCaps(k: Kernel, chan: number, caps: number): number {
	if (chan === 0 || caps === 0) return -EINVAL;
	const device = dmaChan.device.get(k.space, chan);
	if (!hasCap(k, device, Cap.SLAVE) && !hasCap(k, device, Cap.CYCLIC)) return -ENXIO;
	if (dmaDevice.directions.get(k.space, device) === 0) return -ENXIO;
	for (const name of COPIED) dmaSlaveCaps[name].set(k.space, caps, dmaDevice[name].get(k.space, device));
	const has = (op: Field) => (op.get(k.space, device) !== 0 ? 1 : 0);
	dmaSlaveCaps.cmd_pause.set(k.space, caps, has(dmaDevice.device_pause));
	dmaSlaveCaps.cmd_resume.set(k.space, caps, has(dmaDevice.device_resume));
	dmaSlaveCaps.cmd_terminate.set(k.space, caps, has(dmaDevice.device_terminate_all));
	return 0;
}

/** The first call that asks for a metadata mode fixes it: 0 or a negative errno. */
function latchMetadata(k: Kernel, tx: number, mode: number): number {
	const latched = dmaAsyncTxDescriptor.desc_metadata_mode.get(k.space, tx);
	if (latched === mode) return 0;
	if (latched !== 0) return -EINVAL;
	const device = dmaChan.device.get(k.space, dmaAsyncTxDescriptor.chan.get(k.space, tx));
	if (!(dmaDevice.desc_metadata_modes.get(k.space, device) & mode)) return -ENOTSUPP;
	dmaAsyncTxDescriptor.desc_metadata_mode.set(k.space, tx, mode);
	return 0;
}

function metadata(prototype: string, mode: number, op: Field): KernelFunction {
	return steps(prototype, {
		call: step(
			"Fix the descriptor's metadata mode, then call the provider's metadata op.",
			(k: Kernel, f: StepFrame) => {
				const [tx] = f.args;
				if (tx === 0) return ret(-EINVAL);
				const error = latchMetadata(k, tx, mode);
				if (error !== 0) return ret(error);
				const ops = dmaAsyncTxDescriptor.metadata_ops.get(k.space, tx);
				const target = ops === 0 ? 0 : op.get(k.space, ops);
				return target === 0 ? ret(-ENOTSUPP) : call(target, f.args);
			},
		),
		done: step("Return its result.", (_, f) => ret(f.result)),
	});
}

/**
 * How long to spin before the next poll, ps: one poll's pause, or as many whole polls as surely see nothing new because
 * no event is due. A provider in C may count its calls, so none of them is left out.
 */
function untilNews(k: Kernel, f: StepFrame): number {
	const now = k.machine.time;
	const period = Math.max(POLL_PS, now - (f.locals.polled ?? now));
	f.locals.polled = now;
	const op = dmaDevice.device_tx_status.get(k.space, dmaChan.device.get(k.space, f.args[0]));
	const quiet = functionIndexAt(op, k.functions.length) >= 0;
	const room = Math.min(k.machine.nextEventTime(), f.locals.end * JIFFY_PS) - now;
	// An event since the poll may have been the news: it has to be asked for once more.
	const same = k.machine.nextEventTime() === f.locals.due;
	const polls = quiet && same ? Math.floor(room / period) - 1 : 0;
	if (polls <= 0) return POLL_PS;
	f.locals.polled = now + polls * period;
	return POLL_PS + polls * period;
}

export const waitFunctions: KernelFunction[] = [
	steps("enum dma_status dma_sync_wait(struct dma_chan *chan, dma_cookie_t cookie)", {
		issue: step("Start what has been submitted.", (k, f) => {
			f.locals.end = jiffies(k) + TIMEOUT_JIFFIES;
			return call("dma_async_issue_pending", [f.args[0]]);
		}),
		poll: step("Ask for the cookie's status.", (k, f) => {
			f.locals.due = k.machine.nextEventTime();
			return call("dma_async_is_tx_complete", [f.args[0], f.args[1], 0, 0]);
		}),
		check: step("After 5000 ms give up with DMA_ERROR; spin while the transfer is in progress.", (k, f) => {
			if (jiffies(k) >= f.locals.end) {
				devErr(k, dmaDevice.dev.get(k.space, dmaChan.device.get(k.space, f.args[0])), "dma_sync_wait: timeout!\n");
				return ret(DmaStatus.ERROR);
			}
			return (f.result | 0) === DmaStatus.IN_PROGRESS ? spin(untilNews(k, f), "poll") : ret(f.result | 0);
		}),
	}),
	steps("enum dma_status dma_wait_for_async_tx(struct dma_async_tx_descriptor *tx)", {
		begin: step("No descriptor: nothing to wait for.", (k, f) => {
			f.locals.end = jiffies(k) + TIMEOUT_JIFFIES;
			return f.args[0] === 0 ? ret(DmaStatus.COMPLETE) : next;
		}),
		submitted: step("Spin while the descriptor waits for another one (cookie -EBUSY).", (k, f) => {
			const [tx] = f.args;
			if (dmaAsyncTxDescriptor.cookie.get(k.space, tx) !== -EBUSY) return next;
			if (jiffies(k) < f.locals.end) return spin(POLL_PS, "submitted");
			const device = dmaChan.device.get(k.space, dmaAsyncTxDescriptor.chan.get(k.space, tx));
			const dev = dmaDevice.dev.get(k.space, device);
			devErr(k, dev, "dma_wait_for_async_tx timeout waiting for descriptor submission\n");
			return ret(DmaStatus.ERROR);
		}),
		wait: step("Wait for its completion: dma_sync_wait.", (k, f) =>
			call("dma_sync_wait", [
				dmaAsyncTxDescriptor.chan.get(k.space, f.args[0]),
				dmaAsyncTxDescriptor.cookie.get(k.space, f.args[0]),
			]),
		),
		done: step("Return its status.", (_, f) => ret(f.result | 0)),
	}),
	steps("int dma_get_slave_caps(struct dma_chan *chan, struct dma_slave_caps *caps)", {
		fill: step(
			"Copy what the controller says, for controllers with slave or cyclic capability and directions.",
			(k, f) => {
				const [chan, caps] = f.args;
				const error = fillCaps(k, chan, caps);
				if (error !== 0) return ret(error);
				const override = dmaDevice.device_caps.get(k.space, dmaChan.device.get(k.space, chan));
				return override === 0 ? ret(0) : call(override, [chan, caps]);
			},
		),
		done: step("The driver has put in what is different for this channel.", () => ret(0)),
	}),
	steps("int dmaengine_desc_set_reuse(struct dma_async_tx_descriptor *tx)", {
		caps: step("Ask for the channel's capabilities.", (k, f) => {
			f.locals.caps = stackBytes(k, dmaSlaveCaps.$size);
			return call("dma_get_slave_caps", [dmaAsyncTxDescriptor.chan.get(k.space, f.args[0]), f.locals.caps]);
		}),
		set: step("Where descriptors are reusable set DMA_CTRL_REUSE; -EPERM elsewhere.", (k, f) => {
			if (f.result !== 0) return ret(f.result | 0);
			if (!dmaSlaveCaps.descriptor_reuse.get(k.space, f.locals.caps)) return ret(-EPERM);
			const { flags } = dmaAsyncTxDescriptor;
			flags.set(k.space, f.args[0], flags.get(k.space, f.args[0]) | DMA_CTRL_REUSE);
			return ret(0);
		}),
	}),
	metadata(
		"int dmaengine_desc_attach_metadata(struct dma_async_tx_descriptor *desc, void *data, size_t len)",
		METADATA_CLIENT,
		dmaDescriptorMetadataOps.attach,
	),
	metadata(
		"void *dmaengine_desc_get_metadata_ptr(struct dma_async_tx_descriptor *desc, size_t *payload_len, size_t *max_len)",
		METADATA_ENGINE,
		dmaDescriptorMetadataOps.get_ptr,
	),
	metadata(
		"int dmaengine_desc_set_metadata_len(struct dma_async_tx_descriptor *desc, size_t payload_len)",
		METADATA_ENGINE,
		dmaDescriptorMetadataOps.set_len,
	),
];
