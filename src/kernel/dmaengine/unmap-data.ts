/** drivers/dma/dmaengine.c: mappings that go with a descriptor (core-semantics 2.9), as with DMA_ENGINE_RAID. */
import { unmapDma } from "../dma-mapping/mapping";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { kernelBug, kfree, kzalloc } from "./external";
import { dmaAsyncTxDescriptor, dmaengineUnmapData } from "./structs";

const POOLS = [2, 16, 128, 256];
const data = dmaengineUnmapData;

/** How many addresses the pool for `nr` holds. A count that no pool holds is a BUG. */
function poolSize(k: Kernel, nr: number): number {
	const size = POOLS.find((limit) => nr <= limit);
	return size === undefined || nr < 0 ? kernelBug(k, "drivers/dma/dmaengine.c:1384") : size;
}

/** dmaengine_get_unmap_data: room for `nr` addresses; 0 when memory is short. */
export function getUnmap(k: Kernel, dev: number, nr: number): number {
	const unmap = kzalloc(k, data.$size + 8 * poolSize(k, nr));
	if (unmap === 0) return 0;
	k.space.w32(data.kref.at(unmap), 1);
	data.dev.set(k.space, unmap, dev);
	data.map_cnt.set(k.space, unmap, nr);
	return unmap;
}

/** Drops a reference; the last one unmaps the sources, the destinations, then what goes both ways. */
export function putUnmap(k: Kernel, unmap: number): void {
	if (unmap === 0) return;
	const count = k.space.s32(data.kref.at(unmap)) - 1;
	k.space.w32(data.kref.at(unmap), count);
	if (count !== 0) return;
	const groups = [
		{ count: data.to_cnt.get(k.space, unmap), direction: 1 },
		{ count: data.from_cnt.get(k.space, unmap), direction: 2 },
		{ count: data.bidi_cnt.get(k.space, unmap), direction: 0 },
	];
	const dev = data.dev.get(k.space, unmap);
	const length = data.len.get(k.space, unmap);
	let at = unmap + data.$size;
	for (const group of groups)
		for (let i = 0; i < group.count; i++, at += 8) {
			const address = k.space.r64(at);
			if (group.direction !== 0 || address !== 0) unmapDma(k, dev, address, length, group.direction);
		}
	kfree(k, unmap);
}

export const unmapFunctions: KernelFunction[] = plain({
	"struct dmaengine_unmap_data *dmaengine_get_unmap_data(struct device *dev, int nr, gfp_t flags)": getUnmap,
	"void dmaengine_unmap_put(struct dmaengine_unmap_data *unmap)": putUnmap,
	"void dma_set_unmap(struct dma_async_tx_descriptor *tx, struct dmaengine_unmap_data *unmap)": (k, tx, unmap) => {
		k.space.w32(data.kref.at(unmap), k.space.s32(data.kref.at(unmap)) + 1);
		dmaAsyncTxDescriptor.unmap.set(k.space, tx, unmap);
	},
	"void dma_descriptor_unmap(struct dma_async_tx_descriptor *tx)": (k, tx) => {
		const unmap = dmaAsyncTxDescriptor.unmap.get(k.space, tx);
		if (unmap === 0) return;
		putUnmap(k, unmap);
		dmaAsyncTxDescriptor.unmap.set(k.space, tx, 0);
	},
});
