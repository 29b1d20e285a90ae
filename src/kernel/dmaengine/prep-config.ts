/**
 * Behind 6.12: configuration and preparation in one call (core-semantics 0.1). A driver may do both in its
 * device_prep_config_sg; without it they are two calls, under a lock of the channel in the _safe variants.
 */
import { scatterlist, sgInitTable } from "../dma-mapping/scatterlist";
import { call, goto, type KernelFunction, next, ret, type Step, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { spinLockIrqsave, spinUnlockIrqrestore } from "../locks/locks";
import type { StepFrame } from "../state";
import { prepOp, sgLength } from "./client";
import { initLock, kzalloc } from "./external";
import { notePrepared } from "./records";
import { stackBytes } from "./scratch";
import { dmaChan, dmaDevice } from "./structs";

const SG =
	"struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len, enum dma_transfer_direction dir, unsigned long flags, struct dma_slave_config *config";
const SINGLE =
	"struct dma_chan *chan, dma_addr_t buf, size_t len, enum dma_transfer_direction dir, unsigned long flags, struct dma_slave_config *config";

/** The channel's lock: 6.12's struct dma_chan, which C sees here too, has none. */
function lockOf(k: Kernel, chan: number): number {
	const { configLocks } = k.state.dma;
	if (configLocks[chan] === undefined) {
		configLocks[chan] = kzalloc(k, 4);
		initLock(k, configLocks[chan], "&chan->lock");
	}
	return configLocks[chan];
}

/** Whether the driver does both in one op. */
const together = (k: Kernel, chan: number): boolean => prepOp(k, chan, dmaDevice.device_prep_config_sg) !== 0;

/** The one buffer of a _single variant as a scatterlist on the stack. */
const single = (to: string): Record<string, Step> => ({
	sg: step("One buffer is a scatterlist of one entry.", (k, f) => {
		const [chan, buf, len, dir, flags, config] = f.args;
		const sg = stackBytes(k, scatterlist.$size);
		sgInitTable(k.space, sg, 1);
		scatterlist.dma_address.set(k.space, sg, buf);
		scatterlist.dma_length.set(k.space, sg, len);
		return call(to, [chan, sg, 1, dir, flags, config]);
	}),
	done: step("Return the descriptor, or NULL.", (_, f) => ret(f.result)),
});

function prepared(k: Kernel, f: StepFrame): number {
	const [chan, sgl, count] = f.args;
	if (chan !== 0) notePrepared(k, chan, f.result, "slave_sg", sgLength(k, sgl, count));
	return f.result;
}

export const prepConfigFunctions: KernelFunction[] = [
	steps(`struct dma_async_tx_descriptor *dmaengine_prep_config_sg(${SG})`, {
		op: step("A driver with device_prep_config_sg does both in it.", (k, f) => {
			const target = prepOp(k, f.args[0], dmaDevice.device_prep_config_sg);
			return target === 0 ? goto("config") : call(target, f.args, "done");
		}),
		config: step("Else configure the channel first, if there is a configuration.", (k, f) => {
			f.result = 0;
			const [chan, , , , , config] = f.args;
			if (chan === 0 || dmaChan.device.get(k.space, chan) === 0) return ret(0);
			if (config === 0) return next;
			return call("dmaengine_slave_config", [f.args[0], f.args[5]]);
		}),
		prep: step("NULL when that fails. Then let the provider build a descriptor.", (k, f) => {
			const target = prepOp(k, f.args[0], dmaDevice.device_prep_slave_sg);
			if ((f.result | 0) === 0 && target !== 0) return call(target, [...f.args.slice(0, 5), 0]);
			f.result = 0;
			return next;
		}),
		done: step("Return the descriptor, or NULL.", (k, f) => ret(prepared(k, f))),
	}),
	steps(`struct dma_async_tx_descriptor *dmaengine_prep_config_single(${SINGLE})`, single("dmaengine_prep_config_sg")),
	steps(`struct dma_async_tx_descriptor *dmaengine_prep_config_sg_safe(${SG})`, {
		lock: step(
			"Unless the driver does both in one op: take the channel's lock, so that nobody comes in between.",
			(k, f) => {
				if (f.args[0] === 0) return ret(0);
				f.locals.locked = together(k, f.args[0]) ? 0 : 1;
				if (f.locals.locked) f.locals.flags = spinLockIrqsave(k, lockOf(k, f.args[0]));
				return call("dmaengine_prep_config_sg", f.args);
			},
		),
		unlock: step("Give the lock back.", (k, f) => {
			if (f.locals.locked) spinUnlockIrqrestore(k, lockOf(k, f.args[0]), f.locals.flags);
			return ret(f.result);
		}),
	}),
	steps(
		`struct dma_async_tx_descriptor *dmaengine_prep_config_single_safe(${SINGLE})`,
		single("dmaengine_prep_config_sg_safe"),
	),
];
