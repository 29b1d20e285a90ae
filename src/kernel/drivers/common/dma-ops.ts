/** The ops of a struct dma_device. */
import { dmaDevice } from "../../dmaengine/structs";
import type { Kernel } from "../../kernel";

export type DmaOps = Readonly<Partial<Record<Extract<keyof typeof dmaDevice, `device_${string}`>, string>>>;

/** Sets them by the names of the kernel functions. */
export function setOps(k: Kernel, dma: number, ops: DmaOps): void {
	for (const [op, name] of Object.entries(ops) as [keyof DmaOps, string][])
		dmaDevice[op].set(k.space, dma, k.address(name));
}
