/** crypto/async_tx/async_pq.c, second half: the check of P and Q. */
import { maxPq } from "../dmaengine/client-plain";
import { Cap, DMA_PREP_PQ_DISABLE_P, DMA_PREP_PQ_DISABLE_Q } from "../dmaengine/constants";
import { kernelBug } from "../dmaengine/external";
import { stackBytes } from "../dmaengine/scratch";
import { dmaDevice, dmaengineUnmapData } from "../dmaengine/structs";
import { putUnmap } from "../dmaengine/unmap-data";
import { call, goto, type KernelFunction, type Next, next, ret, step, steps } from "../functions";
import { checkRead } from "../kasan/check";
import type { Kernel } from "../kernel";
import type { StepFrame } from "../state";
import { byteOf, deviceOfChannel, mapInto, pointerAt, slot, TO_DEVICE, unmapFor } from "./memory";
import { MAX_DISKS, mapData, offsetAt, pqAligned } from "./pq";
import {
	asyncSubmitCtl,
	initSubmit,
	pointerOnStack,
	prepFlags,
	quiesceDependency,
	setSubmitValues,
	submitValues,
	syncEpilog,
	XOR_ZERO_DST,
} from "./submit-ctl";

const FILE = "crypto/async_tx/async_pq.c";
const CHECK_P = 1;
const CHECK_Q = 2;

/** Sets `bit` in the result when `len` bytes of the block and of the spare page differ. */
function compare(k: Kernel, f: StepFrame, page: number, offset: number, bit: number): void {
	const [, , , len, result, spare, spareOffset] = f.args;
	const ranges = [byteOf(k, page, offset), byteOf(k, spare, spareOffset)];
	for (const at of ranges) checkRead(k, at, len);
	const [own, sum] = ranges.map((at) => k.space.readBytes(at, len)) as [Uint8Array, Uint8Array];
	if (own.some((byte, i) => byte !== sum[i])) k.space.w32(result, k.space.r32(result) | bit);
}

function setBlock(k: Kernel, f: StepFrame, index: number, page: number, offset: number): void {
	const [blocks, offsets] = f.args;
	k.space.w64(blocks + 8 * index, page);
	k.space.w32(offsets + 4 * index, offset);
}

const quiesceResult = (k: Kernel, f: StepFrame): Next =>
	call("async_tx_quiesce", [pointerOnStack(k, f, "own", f.result)]);

export const asyncPqValFunctions: KernelFunction[] = [
	steps(
		"struct dma_async_tx_descriptor *async_syndrome_val(struct page **blocks, unsigned int *offsets, int disks, size_t len, enum sum_check_flags *pqres, struct page *spare, unsigned int s_off, struct async_submit_ctl *submit)",
		{
			find: step("Find a channel that checks P and Q.", (_, f) =>
				call("__async_tx_find_channel", [f.args[7], Cap.PQ_VAL]),
			),
			check: step(
				"BUG for less than 4 or more than 255 disks. The controller must take all blocks at once.",
				(k, f) => {
					const [blocks, offsets, disks, len, , , , submit] = f.args;
					f.locals.chan = f.result;
					if (disks < 4 || disks > MAX_DISKS) kernelBug(k, `${FILE}:309`);
					const { flags, callback, parameter } = submitValues(k, submit);
					Object.assign(f.locals, { flags, callback, parameter });
					f.locals.p = pointerAt(k, blocks, disks - 2);
					f.locals.q = pointerAt(k, blocks, disks - 1);
					f.locals.pOffset = offsetAt(k, offsets, disks - 2);
					f.locals.qOffset = offsetAt(k, offsets, disks - 1);
					const device = deviceOfChannel(k, f.result);
					f.locals.unmap = unmapFor(k, f.result, disks);
					if (f.locals.unmap === 0 || disks > maxPq(k, device, 0)) return goto("begin");
					return pqAligned(k, device, offsets, disks, len) ? next : goto("begin");
				},
			),
			map: step("Map every block to the device.", (k, f) => {
				const [, , , len, , , , submit] = f.args;
				const { unmap, p, q, pOffset, qOffset } = f.locals;
				dmaengineUnmapData.len.set(k.space, unmap, len);
				f.locals.coefficients = stackBytes(k, MAX_DISKS);
				f.locals.dest = stackBytes(k, 16);
				f.locals.prep = prepFlags(k, submit);
				const used = mapData(k, unmap, f.locals.coefficients, f.args);
				f.locals.count = used;
				let at = used;
				[
					{ page: p, offset: pOffset, disable: DMA_PREP_PQ_DISABLE_P },
					{ page: q, offset: qOffset, disable: DMA_PREP_PQ_DISABLE_Q },
				].forEach(({ page, offset, disable }, i) => {
					if (page === 0) f.locals.prep |= disable;
					const dma = page === 0 ? 0 : mapInto(k, unmap, at++, page, offset, len, TO_DEVICE);
					k.space.w64(f.locals.dest + 8 * i, dma);
				});
				dmaengineUnmapData.to_cnt.set(k.space, unmap, at);
				return next;
			}),
			prep: step("Let the provider prepare the check.", (k, f) => {
				const [, , , len, result] = f.args;
				const { chan, unmap, coefficients, dest, count, prep } = f.locals;
				const target = dmaDevice.device_prep_dma_pq_val.get(k.space, deviceOfChannel(k, chan));
				return call(target, [chan, dest, slot(unmap, 0), count, coefficients, len, result, prep]);
			}),
			taken: step("When it has no descriptor: wait for the dependency, start the channel, try again.", (_, f) => {
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
			begin: step("The CPU compares: BUG without spare page and scribble space. Wait for the dependency.", (k, f) => {
				const [, , , , , spare, , submit] = f.args;
				if (spare === 0 || asyncSubmitCtl.scribble.get(k.space, submit) === 0) kernelBug(k, `${FILE}:390`);
				return quiesceDependency(submit);
			}),
			xor: step("P again into the spare page: the XOR of the data blocks.", (k, f) => {
				const [blocks, offsets, disks, len, result, spare, spareOffset, submit] = f.args;
				f.locals.tx = 0;
				k.space.w32(result, 0);
				if (f.locals.p === 0) return goto("q");
				initSubmit(k, submit, XOR_ZERO_DST, 0);
				return call("async_xor_offs", [spare, spareOffset, blocks, offsets, disks - 2, len, submit]);
			}),
			xored: step("Wait for it.", quiesceResult),
			p: step("Compare it with P.", (k, f) => {
				compare(k, f, f.locals.p, f.locals.pOffset, CHECK_P);
				return next;
			}),
			q: step("Q again into the spare page.", (k, f) => {
				const [blocks, offsets, disks, len, , spare, spareOffset, submit] = f.args;
				if (f.locals.q === 0) return goto("restore");
				setBlock(k, f, disks - 2, 0, f.locals.pOffset);
				setBlock(k, f, disks - 1, spare, spareOffset);
				initSubmit(k, submit, 0, 0);
				return call("async_gen_syndrome", [blocks, offsets, disks, len, submit]);
			}),
			computed: step("Wait for it.", quiesceResult),
			compare: step("Compare it with Q.", (k, f) => {
				compare(k, f, f.locals.q, f.locals.qOffset, CHECK_Q);
				return next;
			}),
			restore: step("Give the caller's arrays and control block their values back. Call the callback.", (k, f) => {
				const [, , disks, , , , , submit] = f.args;
				const { p, q, pOffset, qOffset, flags, callback, parameter } = f.locals;
				setBlock(k, f, disks - 2, p, pOffset);
				setBlock(k, f, disks - 1, q, qOffset);
				setSubmitValues(k, submit, { flags, callback, parameter });
				return syncEpilog(k, submit);
			}),
			done: step("Return the descriptor, NULL when all is done.", (k, f) => {
				putUnmap(k, f.locals.unmap);
				return ret(f.locals.tx);
			}),
		},
	),
];
