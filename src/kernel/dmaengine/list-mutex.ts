/** dma_list_mutex: who looks for a channel, takes one or gives it back waits for the others. */
import { mutex } from "../base-structs";
import { call, type KernelFunction, type NamedStep } from "../functions";
import type { Kernel } from "../kernel";
import { mutexInit } from "../locks/mutex";
import { callPlain, kzalloc } from "./external";

/** Address of the mutex; made on first need. */
function listMutex(k: Kernel): number {
	const { dma } = k.state;
	if (dma.listMutex === 0) {
		dma.listMutex = kzalloc(k, mutex.$size);
		mutexInit(k, dma.listMutex, "dma_list_mutex", "dma_list_mutex");
	}
	return dma.listMutex;
}

/** A step function that holds the mutex from its first step until it returns. */
export function underListMutex(fn: KernelFunction): KernelFunction {
	if (fn.kind !== "step") throw new Error(`${fn.signature.name} has no steps`);
	const lock: NamedStep = {
		name: "dma_list_mutex",
		text: "Take dma_list_mutex, which may sleep; it is given back on return.",
		run: (k) => call("mutex_lock", [listMutex(k)]),
	};
	const guarded = fn.steps.map((step) => ({
		...step,
		run: (k: Kernel, f: Parameters<NamedStep["run"]>[1]) => {
			const next = step.run(k, f);
			if (next.do === "return") callPlain(k, "mutex_unlock", listMutex(k));
			return next;
		},
	}));
	return { ...fn, steps: [lock, ...guarded] };
}
