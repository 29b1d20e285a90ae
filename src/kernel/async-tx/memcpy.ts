/** crypto/async_tx/async_memcpy.c. */
import { Cap } from "../dmaengine/constants";
import { dmaDevice, dmaengineUnmapData } from "../dmaengine/structs";
import { putUnmap } from "../dmaengine/unmap-data";
import { call, goto, type KernelFunction, next, ret, step, steps } from "../functions";
import { memcpy } from "../lib/string";
import { addressAt, aligned, byteOf, deviceOfChannel, FROM_DEVICE, mapInto, TO_DEVICE, unmapFor } from "./memory";
import { prepFlags, quiesceDependency, syncEpilog } from "./submit-ctl";

export const asyncMemcpyFunctions: KernelFunction[] = [
	steps(
		"struct dma_async_tx_descriptor *async_memcpy(struct page *dest, struct page *src, unsigned int dest_offset, unsigned int src_offset, size_t len, struct async_submit_ctl *submit)",
		{
			find: step("Find a channel that copies.", (_, f) => call("__async_tx_find_channel", [f.args[5], Cap.MEMCPY])),
			map: step("With a channel, and offsets and length aligned as it needs: map both pages.", (k, f) => {
				const [dest, src, destOffset, srcOffset, len] = f.args;
				f.locals.chan = f.result;
				f.locals.unmap = unmapFor(k, f.result, 2);
				f.locals.tx = 0;
				const device = deviceOfChannel(k, f.result);
				const { unmap } = f.locals;
				if (unmap === 0 || !aligned(dmaDevice.copy_align.get(k.space, device), srcOffset, destOffset, len))
					return goto("wait");
				dmaengineUnmapData.to_cnt.set(k.space, unmap, 1);
				mapInto(k, unmap, 0, src, srcOffset, len, TO_DEVICE);
				dmaengineUnmapData.from_cnt.set(k.space, unmap, 1);
				mapInto(k, unmap, 1, dest, destOffset, len, FROM_DEVICE);
				dmaengineUnmapData.len.set(k.space, unmap, len);
				return next;
			}),
			prep: step("Let the provider prepare the copy.", (k, f) => {
				const { chan, unmap } = f.locals;
				const target = dmaDevice.device_prep_dma_memcpy.get(k.space, deviceOfChannel(k, chan));
				const addresses = [addressAt(k, unmap, 1), addressAt(k, unmap, 0)];
				return call(target, [chan, ...addresses, f.args[4], prepFlags(k, f.args[5])]);
			}),
			submit: step("Submit it, behind what it depends on.", (_, f) => {
				f.locals.tx = f.result;
				if (f.result === 0) return next;
				return call("dma_set_unmap", [f.result, f.locals.unmap], "queue");
			}),
			wait: step("Without a channel or a descriptor the CPU copies: wait for the dependency.", (_, f) =>
				quiesceDependency(f.args[5]),
			),
			copy: step("Copy, and call the callback.", (k, f) => {
				const [dest, src, destOffset, srcOffset, len, submit] = f.args;
				memcpy(k, byteOf(k, dest, destOffset), byteOf(k, src, srcOffset), len);
				return syncEpilog(k, submit);
			}),
			copied: step("Done: there is no descriptor.", () => goto("done")),
			queue: step("It gets the callback and its place in the chain.", (_, f) =>
				call("async_tx_submit", [f.locals.chan, f.locals.tx, f.args[5]]),
			),
			done: step("Return the descriptor, NULL when the CPU has copied.", (k, f) => {
				putUnmap(k, f.locals.unmap);
				return ret(f.locals.tx);
			}),
		},
	),
];
