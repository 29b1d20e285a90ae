/** The part of linux/kfifo.h that hands a queue's memory to DMA: at most two pieces, since the queue is a ring. */
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { kfifo } from "../lib/kfifo";
import { scatterlist, setBuffer } from "./scatterlist";

/** DMA_MAPPING_ERROR as an argument: all ones is the number 2^64. The queue's memory is not mapped. */
const NOT_MAPPED = 2 ** 64;

/** Fills entries for `length` elements from position `position` on; how many entries that took. */
function pieces(
	k: Kernel,
	fifo: number,
	sgl: number,
	entries: number,
	length: number,
	position: number,
	dma: number,
): number {
	const { space } = k;
	const esize = kfifo.esize.get(space, fifo);
	const capacity = kfifo.mask.get(space, fifo) + 1;
	const data = kfifo.data.get(space, fifo);
	const offset = position % capacity;
	const first = Math.min(length, capacity - offset);
	const list = [
		{ at: offset * esize, bytes: first * esize },
		{ at: 0, bytes: (length - first) * esize },
	].filter(({ bytes }) => bytes > 0);
	const count = Math.min(list.length, Math.max(0, entries));
	for (let entry = 0; entry < count; entry++) {
		const { at, bytes } = list[entry]!;
		const sg = sgl + entry * scatterlist.$size;
		setBuffer(k, sg, data + at, bytes);
		if (dma === NOT_MAPPED) continue;
		scatterlist.dma_address.set(space, sg, dma + at);
		scatterlist.dma_length.set(space, sg, bytes);
	}
	return count;
}

export const kfifoDmaFunctions: KernelFunction[] = plain({
	"unsigned int __kfifo_dma_in_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len, dma_addr_t dma)":
		(k, fifo, sgl, entries, length, dma) => {
			const { in: head, out, mask } = kfifo;
			const at = head.get(k.space, fifo);
			const free = mask.get(k.space, fifo) + 1 - ((at - out.get(k.space, fifo)) >>> 0);
			return pieces(k, fifo, sgl, entries, Math.min(length, free), at, dma);
		},
	"unsigned int __kfifo_dma_out_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len, dma_addr_t dma)":
		(k, fifo, sgl, entries, length, dma) => {
			const at = kfifo.out.get(k.space, fifo);
			const used = (kfifo.in.get(k.space, fifo) - at) >>> 0;
			return pieces(k, fifo, sgl, entries, Math.min(length, used), at, dma);
		},
});

export const kfifoDmaHeader = `
#define kfifo_dma_in_prepare_mapped(fifo, sgl, nents, len, dma) \\
	__kfifo_dma_in_prepare(&(fifo)->kfifo, (sgl), (nents), (len), (dma))
#define kfifo_dma_in_prepare(fifo, sgl, nents, len) kfifo_dma_in_prepare_mapped(fifo, sgl, nents, len, DMA_MAPPING_ERROR)
#define kfifo_dma_in_finish(fifo, len) ((void)((fifo)->kfifo.in += (len) / sizeof(*(fifo)->type)))
#define kfifo_dma_out_prepare_mapped(fifo, sgl, nents, len, dma) \\
	__kfifo_dma_out_prepare(&(fifo)->kfifo, (sgl), (nents), (len), (dma))
#define kfifo_dma_out_prepare(fifo, sgl, nents, len) kfifo_dma_out_prepare_mapped(fifo, sgl, nents, len, DMA_MAPPING_ERROR)
#define kfifo_dma_out_finish(fifo, len) kfifo_skip_count(fifo, (len) / sizeof(*(fifo)->type))
`;
