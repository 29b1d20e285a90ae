/** crypto/async_tx/async_raid6_recov.c: a block times a number, and the sum of two such products. */
import { Cap, DMA_PREP_FENCE, DMA_PREP_PQ_DISABLE_P } from "../dmaengine/constants";
import { stackBytes } from "../dmaengine/scratch";
import { dmaDevice, dmaengineUnmapData } from "../dmaengine/structs";
import { putUnmap } from "../dmaengine/unmap-data";
import { call, goto, type KernelFunction, type Next, next, ret, step, steps } from "../functions";
import { checkRead, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { productsOf } from "../raid6/field";
import type { StepFrame } from "../state";
import { BIDIRECTIONAL, byteOf, deviceOfChannel, mapInto, pointerAt, slot, TO_DEVICE, unmapFor } from "./memory";
import { offsetAt } from "./pq";
import { FENCE, hasFlag, quiesceDependency } from "./submit-ctl";

interface Source {
	readonly page: number;
	readonly offset: number;
	readonly coefficient: number;
}

interface Shape {
	readonly prototype: string;
	readonly sources: (k: Kernel, f: StepFrame) => readonly Source[];
	readonly text: string;
}

/** Maps sources and destination and has Q prepared: the sum of the products without P. */
function prepare(k: Kernel, f: StepFrame, sources: readonly Source[]): Next {
	const [dest, offset] = f.args;
	const len = f.args.at(-2)!;
	const submit = f.args.at(-1)!;
	const { unmap, chan } = f.locals;
	const coefficients = stackBytes(k, sources.length);
	sources.forEach((source, i) => {
		mapInto(k, unmap, i, source.page, source.offset, len, TO_DEVICE);
		k.space.w8(coefficients + i, source.coefficient);
	});
	dmaengineUnmapData.to_cnt.set(k.space, unmap, sources.length);
	const destinations = stackBytes(k, 16);
	k.space.w64(destinations + 8, mapInto(k, unmap, sources.length, dest, offset, len, BIDIRECTIONAL));
	dmaengineUnmapData.bidi_cnt.set(k.space, unmap, 1);
	dmaengineUnmapData.len.set(k.space, unmap, len);
	const flags = DMA_PREP_PQ_DISABLE_P | (hasFlag(k, submit, FENCE) ? DMA_PREP_FENCE : 0);
	const target = dmaDevice.device_prep_dma_pq.get(k.space, deviceOfChannel(k, chan));
	return call(target, [chan, destinations, slot(unmap, 0), sources.length, coefficients, len, flags]);
}

function multiply(k: Kernel, f: StepFrame, sources: readonly Source[]): void {
	const to = byteOf(k, f.args[0], f.args[1]);
	const len = f.args.at(-2)!;
	const sum = new Uint8Array(len);
	for (const { page, offset, coefficient } of sources) {
		const at = byteOf(k, page, offset);
		checkRead(k, at, len);
		const bytes = k.space.readBytes(at, len);
		const products = productsOf(coefficient);
		for (let i = 0; i < len; i++) sum[i]! ^= products[bytes[i]!]!;
	}
	checkWrite(k, to, len);
	k.space.writeBytes(to, sum);
}

const product = ({ prototype, sources, text }: Shape): KernelFunction =>
	steps(prototype, {
		find: step("Find a channel for P and Q.", (_, f) => call("__async_tx_find_channel", [f.args.at(-1)!, Cap.PQ])),
		prep: step(`With a channel: let the provider prepare Q, ${text}, without P.`, (k, f) => {
			f.locals.chan = f.result;
			f.locals.unmap = unmapFor(k, f.result, 3);
			return f.locals.unmap === 0 ? goto("wait") : prepare(k, f, sources(k, f));
		}),
		prepared: step("Submit it, behind what it depends on.", (k, f) => {
			f.locals.tx = f.result;
			if (f.result !== 0) return call("dma_set_unmap", [f.result, f.locals.unmap], "submit");
			putUnmap(k, f.locals.unmap);
			return next;
		}),
		wait: step("Without a channel or a descriptor the CPU multiplies: wait for the dependency.", (_, f) =>
			quiesceDependency(f.args.at(-1)!),
		),
		multiply: step(`Compute ${text}.`, (k, f) => {
			multiply(k, f, sources(k, f));
			return ret(0);
		}),
		submit: step("It is queued.", (_, f) => call("async_tx_submit", [f.locals.chan, f.locals.tx, f.args.at(-1)!])),
		done: step("Return the descriptor.", (k, f) => {
			putUnmap(k, f.locals.unmap);
			return ret(f.locals.tx);
		}),
	});

export const asyncProductFunctions: KernelFunction[] = [
	product({
		prototype:
			"struct dma_async_tx_descriptor *async_sum_product(struct page *dest, unsigned int d_off, struct page **srcs, unsigned int *src_offs, unsigned char *coef, size_t len, struct async_submit_ctl *submit)",
		text: "the sum of two blocks, each times its number",
		sources: (k, f) =>
			[0, 1].map((i) => ({
				page: pointerAt(k, f.args[2], i),
				offset: offsetAt(k, f.args[3], i),
				coefficient: k.space.r8(f.args[4] + i),
			})),
	}),
	product({
		prototype:
			"struct dma_async_tx_descriptor *async_mult(struct page *dest, unsigned int d_off, struct page *src, unsigned int s_off, u8 coef, size_t len, struct async_submit_ctl *submit)",
		text: "a block times a number",
		sources: (_, f) => [{ page: f.args[2], offset: f.args[3], coefficient: f.args[4] & 255 }],
	}),
];
