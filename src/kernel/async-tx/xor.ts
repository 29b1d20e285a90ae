/** crypto/async_tx/async_xor.c: XOR of pages, and the check that a XOR is zero. */
import { Cap } from "../dmaengine/constants";
import { kernelBug, warnOnce } from "../dmaengine/external";
import { dmaDevice, dmaengineUnmapData } from "../dmaengine/structs";
import { putUnmap } from "../dmaengine/unmap-data";
import { call, forward, goto, type KernelFunction, next, ret, step, steps } from "../functions";
import { checkRead } from "../kasan/check";
import type { Kernel } from "../kernel";
import { memset } from "../lib/string";
import { xorBlocks } from "../raid6/raid6";
import type { StepFrame } from "../state";
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
	pointerOnStack,
	prepFlags,
	quiesceDependency,
	setSubmitValues,
	submitValues,
	syncEpilog,
	XOR_DROP_DST,
	XOR_ZERO_DST,
} from "./submit-ctl";

const FILE = "crypto/async_tx/async_xor.c";

/** Offset of source `i`: its own, or the one for all when there is no array. */
const offsetOf = (k: Kernel, offsets: number, i: number, common: number): number =>
	offsets === 0 ? common : k.space.r32(offsets + 4 * i);

function offsetsAligned(k: Kernel, device: number, common: number, offsets: number, count: number, len: number) {
	const shift = dmaDevice.xor_align.get(k.space, device);
	for (let i = 0; i < count; i++) if (!aligned(shift, offsetOf(k, offsets, i, common), len)) return false;
	return aligned(shift, common, len);
}

/** The XOR on the CPU. The array of sources becomes one of addresses, unless there is scribble space for that. */
function xorOnCpu(k: Kernel, f: StepFrame): void {
	const [dest, offset, list, offsets, count, len, submit] = f.args;
	const first = hasFlag(k, submit, XOR_DROP_DST) ? 1 : 0;
	const sources = asyncSubmitCtl.scribble.get(k.space, submit) || list + 8 * first;
	let used = 0;
	for (let i = first; i < count; i++) {
		const page = pointerAt(k, list, i);
		if (page !== 0) k.space.w64(sources + 8 * used++, byteOf(k, page, offsetOf(k, offsets, i, offset)));
	}
	const to = byteOf(k, dest, offset);
	if (hasFlag(k, submit, XOR_ZERO_DST)) memset(k, to, 0, len);
	xorBlocks(k, used, len, to, sources);
}

export const asyncXorFunctions: KernelFunction[] = [
	steps(
		"struct dma_async_tx_descriptor *do_async_xor(struct dma_chan *chan, struct dmaengine_unmap_data *unmap, struct async_submit_ctl *submit)",
		{
			begin: step("Remember what the caller asked for: it is for the last piece.", (k, f) => {
				const [, unmap, submit] = f.args;
				const { flags, callback, parameter } = submitValues(k, submit);
				const left = dmaengineUnmapData.to_cnt.get(k.space, unmap);
				Object.assign(f.locals, { flags, callback, parameter, left, at: 0, prep: 0 });
				f.locals.dest = addressAt(k, unmap, left);
				return left === 0 ? ret(0) : next;
			}),
			piece: step(
				"A piece has at most max_xor sources. All but the last are fenced, not acknowledged, without callback.",
				(k, f) => {
					const [chan, , submit] = f.args;
					const { flags, callback, parameter, left } = f.locals;
					f.locals.count = Math.min(left, dmaDevice.max_xor.get(k.space, deviceOfChannel(k, chan)));
					f.locals.last = f.locals.count === left ? 1 : 0;
					const wanted = f.locals.last
						? { flags, callback, parameter }
						: { flags: (flags & ~ACK) | FENCE, callback: 0, parameter: 0 };
					setSubmitValues(k, submit, wanted);
					// What an earlier piece needed stays set.
					f.locals.prep |= prepFlags(k, submit);
					return next;
				},
			),
			prep: step("Prepare it. From the second piece on the result so far is its first source.", (k, f) => {
				const [chan, unmap] = f.args;
				const { at, dest, count, prep } = f.locals;
				const list = slot(unmap, at);
				f.locals.saved = k.space.r64(list);
				if (at > 0) k.space.w64(list, dest);
				const target = dmaDevice.device_prep_dma_xor.get(k.space, deviceOfChannel(k, chan));
				return call(target, [chan, dest, list, count, dmaengineUnmapData.len.get(k.space, unmap), prep]);
			}),
			check: step(
				"When the provider has no descriptor: wait for the dependency, start the channel, try again.",
				(k, f) => {
					f.locals.tx = f.result;
					k.space.w64(slot(f.args[1], f.locals.at), f.locals.saved);
					return f.result !== 0 ? call("dma_set_unmap", [f.result, f.args[1]], "submit") : quiesceDependency(f.args[2]);
				},
			),
			retry: step("Start the channel so that descriptors come free.", (_, f) =>
				call("dma_async_issue_pending", [f.args[0]], "prep"),
			),
			submit: step("Submit the piece behind the one before.", (_, f) =>
				call("async_tx_submit", [f.args[0], f.locals.tx, f.args[2]]),
			),
			next: step("Go on with the next piece.", (k, f) => {
				asyncSubmitCtl.depend_tx.set(k.space, f.args[2], f.locals.tx);
				if (f.locals.last) return ret(f.locals.tx);
				f.locals.left -= f.locals.count - 1;
				f.locals.at += f.locals.count - 1;
				return goto("piece");
			}),
		},
	),
	steps(
		"struct dma_async_tx_descriptor *async_xor_offs(struct page *dest, unsigned int offset, struct page **src_list, unsigned int *src_offs, int src_cnt, size_t len, struct async_submit_ctl *submit)",
		{
			find: step("Find a channel that XORs.", (_, f) => call("__async_tx_find_channel", [f.args[6], Cap.XOR])),
			map: step(
				"BUG for fewer than two sources. With a channel and aligned offsets: map sources and destination.",
				(k, f) => {
					const [dest, offset, list, offsets, count, len] = f.args;
					f.locals.chan = f.result;
					f.locals.tx = 0;
					if (count <= 1) kernelBug(k, `${FILE}:192`);
					const unmap = unmapFor(k, f.result, count + 1);
					f.locals.unmap = unmap;
					if (unmap === 0 || !offsetsAligned(k, deviceOfChannel(k, f.result), offset, offsets, count, len))
						return goto("wait");
					dmaengineUnmapData.len.set(k.space, unmap, len);
					let used = 0;
					for (let i = 0; i < count; i++) {
						const page = pointerAt(k, list, i);
						if (page !== 0) mapInto(k, unmap, used++, page, offsetOf(k, offsets, i, offset), len, TO_DEVICE);
					}
					dmaengineUnmapData.to_cnt.set(k.space, unmap, used);
					mapInto(k, unmap, used, dest, offset, len, BIDIRECTIONAL);
					dmaengineUnmapData.bidi_cnt.set(k.space, unmap, 1);
					return call("do_async_xor", [f.locals.chan, unmap, f.args[6]]);
				},
			),
			queued: step("The descriptor of the last piece is the result.", (k, f) => {
				putUnmap(k, f.locals.unmap);
				return ret(f.result);
			}),
			wait: step("The CPU does it: wait for the dependency.", (k, f) => {
				putUnmap(k, f.locals.unmap);
				if (f.locals.chan !== 0)
					warnOnce(k, `${FILE}:227 async_xor_offs`, "async_xor_offs: no space for dma address conversion\n");
				return quiesceDependency(f.args[6]);
			}),
			xor: step("XOR block by block, and call the callback.", (k, f) => {
				xorOnCpu(k, f);
				return syncEpilog(k, f.args[6]);
			}),
			done: step("Done: there is no descriptor.", () => ret(0)),
		},
	),
	forward(
		"struct dma_async_tx_descriptor *async_xor(struct page *dest, struct page **src_list, unsigned int offset, int src_cnt, size_t len, struct async_submit_ctl *submit)",
		"async_xor_offs with one offset for all pages.",
		(_, f) => {
			const [dest, list, offset, count, len, submit] = f.args;
			return call("async_xor_offs", [dest, offset, list, 0, count, len, submit]);
		},
	),
	steps(
		"struct dma_async_tx_descriptor *async_xor_val_offs(struct page *dest, unsigned int offset, struct page **src_list, unsigned int *src_offs, int src_cnt, size_t len, enum sum_check_flags *result, struct async_submit_ctl *submit)",
		{
			find: step("Find a channel that checks a XOR.", (_, f) =>
				call("__async_tx_find_channel", [f.args[7], Cap.XOR_VAL]),
			),
			map: step("BUG for fewer than two sources. With a channel that takes as many sources: map them.", (k, f) => {
				const [, offset, list, offsets, count, len] = f.args;
				f.locals.chan = f.result;
				if (count <= 1) kernelBug(k, `${FILE}:325`);
				const device = deviceOfChannel(k, f.result);
				const unmap = unmapFor(k, f.result, count);
				f.locals.unmap = unmap;
				const fits = device !== 0 && count <= dmaDevice.max_xor.get(k.space, device);
				if (unmap === 0 || !fits || !offsetsAligned(k, device, offset, offsets, count, len)) {
					if (fits)
						warnOnce(k, `${FILE}:369 async_xor_val_offs`, "async_xor_val_offs: no space for dma address conversion\n");
					return goto("xor");
				}
				for (let i = 0; i < count; i++)
					mapInto(k, unmap, i, pointerAt(k, list, i), offsetOf(k, offsets, i, offset), len, TO_DEVICE);
				dmaengineUnmapData.to_cnt.set(k.space, unmap, count);
				dmaengineUnmapData.len.set(k.space, unmap, len);
				f.locals.prep = prepFlags(k, f.args[7]);
				return next;
			}),
			prep: step("Let the provider prepare the check.", (k, f) => {
				const [, , , , count, len, result] = f.args;
				const { chan, unmap, prep } = f.locals;
				const target = dmaDevice.device_prep_dma_xor_val.get(k.space, deviceOfChannel(k, chan));
				return call(target, [chan, slot(unmap, 0), count, len, result, prep]);
			}),
			check: step("When it has no descriptor: wait for the dependency, start the channel, try again.", (_, f) => {
				f.locals.tx = f.result;
				return f.result !== 0
					? call("dma_set_unmap", [f.result, f.locals.unmap], "submit")
					: quiesceDependency(f.args[7]);
			}),
			retry: step("Start the channel so that descriptors come free.", (_, f) =>
				call("dma_async_issue_pending", [f.locals.chan], "prep"),
			),
			submit: step("Submit it, behind what it depends on.", (_, f) =>
				call("async_tx_submit", [f.locals.chan, f.locals.tx, f.args[7]], "done"),
			),
			xor: step("Else XOR all sources into the destination, which is the first of them.", (k, f) => {
				const [dest, offset, list, offsets, count, len, , submit] = f.args;
				f.locals.flags = asyncSubmitCtl.flags.get(k.space, submit);
				asyncSubmitCtl.flags.set(k.space, submit, (f.locals.flags | XOR_DROP_DST) & ~ACK);
				return call("async_xor_offs", [dest, offset, list, offsets, count, len, submit]);
			}),
			wait: step("Wait for it.", (k, f) => call("async_tx_quiesce", [pointerOnStack(k, f, "own", f.result)])),
			judge: step("The sum is right when the destination is all zero. Call the callback.", (k, f) => {
				const [dest, offset, , , , len, result, submit] = f.args;
				const at = byteOf(k, dest, offset);
				checkRead(k, at, len);
				k.space.w32(result, k.space.readBytes(at, len).some((byte) => byte !== 0) ? 1 : 0);
				f.locals.tx = 0;
				return syncEpilog(k, submit);
			}),
			restore: step("The caller's flags stay as they were.", (k, f) => {
				asyncSubmitCtl.flags.set(k.space, f.args[7], f.locals.flags);
				return next;
			}),
			done: step("Return the descriptor, NULL when all is done.", (k, f) => {
				putUnmap(k, f.locals.unmap);
				return ret(f.locals.tx);
			}),
		},
	),
	forward(
		"struct dma_async_tx_descriptor *async_xor_val(struct page *dest, struct page **src_list, unsigned int offset, int src_cnt, size_t len, enum sum_check_flags *result, struct async_submit_ctl *submit)",
		"async_xor_val_offs with one offset for all pages.",
		(_, f) => {
			const [dest, list, offset, count, len, result, submit] = f.args;
			return call("async_xor_val_offs", [dest, offset, list, 0, count, len, result, submit]);
		},
	),
];
