/** crypto/async_tx/async_pq.c, first half: P and Q of data blocks (core-semantics 5.4). */
import { maxPq } from "../dmaengine/client-plain";
import { Cap, DMA_PREP_CONTINUE, DMA_PREP_PQ_DISABLE_P, DMA_PREP_PQ_DISABLE_Q } from "../dmaengine/constants";
import { kernelBug } from "../dmaengine/external";
import { stackBytes } from "../dmaengine/scratch";
import { dmaDevice, dmaengineUnmapData } from "../dmaengine/structs";
import { putUnmap } from "../dmaengine/unmap-data";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { GF_EXP } from "../raid6/field";
import { emptyZeroPage, genSyndrome, xorSyndrome } from "../raid6/raid6";
import {
	addressAt,
	aligned,
	BIDIRECTIONAL,
	byteOf,
	deviceOfChannel,
	mapInto,
	pointerAt,
	slot,
	TO_DEVICE,
	unmapFor,
} from "./memory";
import {
	ACK,
	asyncSubmitCtl,
	FENCE,
	hasFlag,
	PQ_XOR_DST,
	prepFlags,
	quiesceDependency,
	setSubmitValues,
	submitValues,
	syncEpilog,
} from "./submit-ctl";

const FILE = "crypto/async_tx/async_pq.c";
export const MAX_DISKS = 255;

export const offsetAt = (k: Kernel, offsets: number, i: number): number => k.space.r32(offsets + 4 * i);

export function pqAligned(k: Kernel, device: number, offsets: number, disks: number, len: number): boolean {
	const shift = dmaDevice.pq_align.get(k.space, device);
	for (let i = 0; i < disks; i++) if (!aligned(shift, offsetAt(k, offsets, i), len)) return false;
	return true;
}

/** Maps the data blocks that are there and notes the power of 2 for each; returns how many. */
export function mapData(k: Kernel, unmap: number, coefficients: number, args: readonly number[]): number {
	const [blocks, offsets, disks, len] = args;
	let used = 0;
	for (let i = 0; i < disks - 2; i++) {
		const page = pointerAt(k, blocks, i);
		if (page === 0) continue;
		mapInto(k, unmap, used, page, offsetAt(k, offsets, i), len, TO_DEVICE);
		k.space.w8(coefficients + used++, GF_EXP[i]!);
	}
	dmaengineUnmapData.to_cnt.set(k.space, unmap, used);
	return used;
}

/** P and Q on the CPU. `blocks` becomes an array of addresses, unless there is scribble space for that. */
function pqOnCpu(k: Kernel, args: readonly number[]): void {
	const [blocks, offsets, disks, len, submit] = args;
	for (const i of [disks - 2, disks - 1])
		if (pointerAt(k, blocks, i) === 0) {
			k.space.w64(blocks + 8 * i, k.state.asyncTx.scribblePage);
			k.space.w32(offsets + 4 * i, 0);
		}
	const sources = asyncSubmitCtl.scribble.get(k.space, submit) || blocks;
	let first = -1;
	let last = disks - 3;
	for (let i = 0; i < disks; i++) {
		const page = pointerAt(k, blocks, i);
		k.space.w64(sources + 8 * i, page === 0 ? emptyZeroPage(k) : byteOf(k, page, offsetAt(k, offsets, i)));
		if (page === 0 || i >= disks - 2) continue;
		last = i;
		if (first < 0) first = i;
	}
	if (!hasFlag(k, submit, PQ_XOR_DST)) genSyndrome(k, disks, len, sources);
	else if (first >= 0) xorSyndrome(k, disks, first, last, len, sources);
}

export const asyncPqFunctions: KernelFunction[] = [
	steps(
		"struct dma_async_tx_descriptor *do_async_gen_syndrome(struct dma_chan *chan, const unsigned char *scfs, int disks, struct dmaengine_unmap_data *unmap, enum dma_ctrl_flags dma_flags, struct async_submit_ctl *submit)",
		{
			begin: step("Remember what the caller asked for: it is for the last piece.", (k, f) => {
				const [, , disks, , prep, submit] = f.args;
				const { flags, callback, parameter } = submitValues(k, submit);
				Object.assign(f.locals, { flags, callback, parameter, left: disks - 2, at: 0, prep });
				f.locals.dest = stackBytes(k, 16);
				return disks <= 2 ? ret(0) : next;
			}),
			piece: step(
				"A piece has as many sources as the controller takes. All but the last are fenced, without callback.",
				(k, f) => {
					const [chan, , , , , submit] = f.args;
					const { flags, callback, parameter, left } = f.locals;
					f.locals.count = Math.min(left, maxPq(k, deviceOfChannel(k, chan), f.locals.prep));
					f.locals.last = f.locals.count === left ? 1 : 0;
					const wanted = f.locals.last
						? { flags, callback, parameter }
						: { flags: (flags & ~ACK) | FENCE, callback: 0, parameter: 0 };
					setSubmitValues(k, submit, wanted);
					f.locals.prep |= prepFlags(k, submit);
					return next;
				},
			),
			prep: step("Prepare it. From the second piece on it continues from P and Q so far.", (k, f) => {
				const [chan, coefficients, disks, unmap] = f.args;
				const { at, dest, count, prep } = f.locals;
				k.space.w64(dest, addressAt(k, unmap, disks - 2));
				k.space.w64(dest + 8, addressAt(k, unmap, disks - 1));
				const target = dmaDevice.device_prep_dma_pq.get(k.space, deviceOfChannel(k, chan));
				const len = dmaengineUnmapData.len.get(k.space, unmap);
				return call(target, [chan, dest, slot(unmap, at), count, coefficients + at, len, prep]);
			}),
			check: step(
				"When the provider has no descriptor: wait for the dependency, start the channel, try again.",
				(_, f) => {
					f.locals.tx = f.result;
					return f.result !== 0 ? call("dma_set_unmap", [f.result, f.args[3]], "submit") : quiesceDependency(f.args[5]);
				},
			),
			retry: step("Start the channel so that descriptors come free.", (_, f) =>
				call("dma_async_issue_pending", [f.args[0]], "prep"),
			),
			submit: step("Submit the piece behind the one before.", (_, f) =>
				call("async_tx_submit", [f.args[0], f.locals.tx, f.args[5]]),
			),
			next: step("Go on with the next piece.", (k, f) => {
				asyncSubmitCtl.depend_tx.set(k.space, f.args[5], f.locals.tx);
				if (f.locals.last) return ret(f.locals.tx);
				f.locals.left -= f.locals.count;
				f.locals.at += f.locals.count;
				f.locals.prep |= DMA_PREP_CONTINUE;
				return goto("piece");
			}),
		},
	),
	steps(
		"struct dma_async_tx_descriptor *async_gen_syndrome(struct page **blocks, unsigned int *offsets, int disks, size_t len, struct async_submit_ctl *submit)",
		{
			find: step("Find a channel for P and Q.", (_, f) => call("__async_tx_find_channel", [f.args[4], Cap.PQ])),
			check: step("BUG for more than 255 disks, and when neither P nor Q is wanted.", (k, f) => {
				const [blocks, offsets, disks, len, submit] = f.args;
				const chan = f.result;
				f.locals.chan = chan;
				const wanted = pointerAt(k, blocks, disks - 2) !== 0 || pointerAt(k, blocks, disks - 1) !== 0;
				if (disks > MAX_DISKS || !wanted) kernelBug(k, `${FILE}:187`);
				const device = deviceOfChannel(k, chan);
				f.locals.unmap = unmapFor(k, chan, disks);
				// Adding to P and Q is for the CPU only.
				if (f.locals.unmap === 0 || hasFlag(k, submit, PQ_XOR_DST)) return goto("wait");
				const fits = disks - 2 <= maxPq(k, device, 0) || maxPq(k, device, DMA_PREP_CONTINUE) > 0;
				return fits && pqAligned(k, device, offsets, disks, len) ? next : goto("wait");
			}),
			map: step("Map the data blocks that are there, P and Q both ways.", (k, f) => {
				const [blocks, offsets, disks, len, submit] = f.args;
				const { unmap, chan } = f.locals;
				dmaengineUnmapData.len.set(k.space, unmap, len);
				const coefficients = stackBytes(k, MAX_DISKS);
				const used = mapData(k, unmap, coefficients, f.args);
				let flags = 0;
				[DMA_PREP_PQ_DISABLE_P, DMA_PREP_PQ_DISABLE_Q].forEach((disable, i) => {
					const page = pointerAt(k, blocks, disks - 2 + i);
					if (page !== 0) mapInto(k, unmap, used + i, page, offsetAt(k, offsets, disks - 2 + i), len, BIDIRECTIONAL);
					else {
						k.space.w64(slot(unmap, used + i), 0);
						flags |= disable;
					}
				});
				dmaengineUnmapData.bidi_cnt.set(k.space, unmap, 2);
				return call("do_async_gen_syndrome", [chan, coefficients, used + 2, unmap, flags, submit]);
			}),
			queued: step("The descriptor of the last piece is the result.", (k, f) => {
				putUnmap(k, f.locals.unmap);
				return ret(f.result);
			}),
			wait: step("The CPU does it: wait for the dependency.", (k, f) => {
				putUnmap(k, f.locals.unmap);
				return quiesceDependency(f.args[4]);
			}),
			compute: step("Compute P and Q, into a page of async_tx's own what is not wanted. Call the callback.", (k, f) => {
				pqOnCpu(k, f.args);
				return syncEpilog(k, f.args[4]);
			}),
			done: step("Done: there is no descriptor.", () => ret(0)),
		},
	),
];
