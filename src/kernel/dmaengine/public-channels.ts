/** drivers/dma/dmaengine.c: shared channels and the table of the best one for each operation (core-semantics 2.5). */
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { hasCap } from "./caps";
import { Cap, ENODEV } from "./constants";
import { channelsOf, deviceList } from "./core-channels";
import { kernelBug } from "./external";
import { underListMutex } from "./list-mutex";
import { listDel } from "./lists";
import { record } from "./records";
import { dmaChan, dmaDevice } from "./structs";

const WITHOUT_ENTRY: readonly Cap[] = [Cap.INTERRUPT, Cap.PRIVATE, Cap.SLAVE];

/** The public channel in use that serves the fewest operations; earlier ones first. Counts one more for it. */
function leastUsed(k: Kernel, cap: Cap): number {
	let best = 0;
	for (const device of deviceList(k)) {
		if (!hasCap(k, device, cap) || hasCap(k, device, Cap.PRIVATE)) continue;
		for (const chan of channelsOf(k, device)) {
			if (dmaChan.client_count.get(k.space, chan) === 0) continue;
			if (best === 0 || dmaChan.table_count.get(k.space, chan) < dmaChan.table_count.get(k.space, best)) best = chan;
		}
	}
	if (best !== 0) dmaChan.table_count.set(k.space, best, dmaChan.table_count.get(k.space, best) + 1);
	return best;
}

/** Distributes the public channels over the operations anew. */
export function rebalance(k: Kernel): void {
	const dma = k.state.dma;
	dma.table = new Array<number>(Cap.TX_TYPE_END).fill(0);
	for (const device of deviceList(k))
		if (!hasCap(k, device, Cap.PRIVATE))
			for (const chan of channelsOf(k, device)) dmaChan.table_count.set(k.space, chan, 0);
	if (dma.references === 0) return;
	for (let cap = 0; cap < Cap.TX_TYPE_END; cap++) if (!WITHOUT_ENTRY.includes(cap)) dma.table[cap] = leastUsed(k, cap);
}

/** All channels of public controllers, as they are now. */
function publicChannels(k: Kernel): number[] {
	return deviceList(k)
		.filter((device) => !hasCap(k, device, Cap.PRIVATE))
		.flatMap((device) => channelsOf(k, device));
}

export const publicFunctions: KernelFunction[] = [
	...plain({
		"struct dma_chan *dma_find_channel(enum dma_transaction_type tx_type)": (k, type) => k.state.dma.table[type] ?? 0,
	}),
	underListMutex(
		steps("void dmaengine_get(void)", {
			count: step("One public client more.", (k, f) => {
				k.state.dma.references++;
				f.locals.index = 0;
				return next;
			}),
			get: step("It has every channel of every public controller.", (k, f) => {
				const chan = publicChannels(k)[f.locals.index];
				if (chan === undefined) return goto("done");
				f.locals.chan = chan;
				f.locals.index++;
				return call("dma_chan_get", [chan]);
			}),
			check: step("A controller that is gone leaves the list.", (k, f) => {
				if ((f.result | 0) === -ENODEV) {
					listDel(k.space, dmaDevice.global_node.at(dmaChan.device.get(k.space, f.locals.chan)));
					f.locals.index--;
				}
				return goto("get");
			}),
			done: step("For the first public client the operations are distributed over the channels.", (k) => {
				if (k.state.dma.references === 1) rebalance(k);
				return ret();
			}),
		}),
	),
	underListMutex(
		steps("void dmaengine_put(void)", {
			count: step("One public client less.", (k, f) => {
				if (--k.state.dma.references < 0) kernelBug(k, "drivers/dma/dmaengine.c:1015");
				f.locals.index = 0;
				return next;
			}),
			put: step("Give back every channel of every public controller.", (k, f) => {
				const chan = publicChannels(k)[f.locals.index++];
				return chan === undefined ? ret() : call("dma_chan_put", [chan], "put");
			}),
		}),
	),
	steps("void dma_issue_pending_all(void)", {
		begin: step("Walk the channels of all public controllers.", (_, f) => {
			f.locals.index = 0;
			return next;
		}),
		issue: step("Tell each channel in use to start what has been submitted.", (k, f) => {
			const used = publicChannels(k).filter((chan) => dmaChan.client_count.get(k.space, chan) !== 0);
			const chan = used[f.locals.index++];
			if (chan === undefined) return ret();
			record(k, "issue_pending", chan);
			return call(dmaDevice.device_issue_pending.get(k.space, dmaChan.device.get(k.space, chan)), [chan], "issue");
		}),
	}),
];
