/** A channel as a dashboard shows it. */
import type { ChannelView } from "../hardware/model";
import type { Kernel } from "../kernel/kernel";
import { virtDmaChan } from "../kernel/dmaengine/structs";
import type { ChannelSummary } from "./api";
import { type ChannelEntry, QUEUE_NAMES, viewOf } from "./channels";
import { descriptorChain } from "./descriptor-chain";

/** "mem-to-dev" of the hardware as Linux's "MEM_TO_DEV". */
const DIRECTIONS: Readonly<Record<string, string>> = {
	"mem-to-mem": "MEM_TO_MEM",
	"mem-to-dev": "MEM_TO_DEV",
	"dev-to-mem": "DEV_TO_MEM",
	"dev-to-dev": "DEV_TO_DEV",
};

export function summarize(k: Kernel, entry: ChannelEntry): ChannelSummary {
	const view = viewOf(entry);
	const running = view !== null && (view.enabled || view.state !== "idle");
	const { transferred, length } = running ? progress(k, view) : { transferred: 0, length: 0 };
	const queues = Object.fromEntries(QUEUE_NAMES.map((name) => [name, entry.queues[name].map(({ cookie }) => cookie)]));
	return {
		id: entry.name,
		threadId: entry.threadId,
		controller: entry.controllerName,
		client: entry.client,
		state: stateOf(entry, view),
		queues: queues as ChannelSummary["queues"],
		transferred,
		length,
		residue: Math.max(0, length - transferred),
		direction: running ? (DIRECTIONS[view.direction] ?? "") : "",
		cyclic: isCyclic(k, entry),
	};
}

/** Bytes moved and bytes in all of the chain that runs; blocks before the current one are as long as it is. */
function progress(k: Kernel, view: ChannelView): { transferred: number; length: number } {
	const chain = view.descriptor < 0 ? [] : descriptorChain(k.machine.memory, view.descriptor, 4096);
	const rest = chain.slice(1).reduce((bytes, item) => bytes + item.length, 0);
	const before = view.blocksDone * view.blockLength;
	return { transferred: before + view.blockDone, length: before + view.blockLength + rest };
}

function stateOf(entry: ChannelEntry, view: ChannelView | null): ChannelSummary["state"] {
	if (view?.state === "suspended") return "paused";
	if (view?.state === "held") return "error";
	if (view && (view.enabled || view.state !== "idle")) return "running";
	return entry.client === null && !entry.busy ? "unused" : "idle";
}

function isCyclic(k: Kernel, entry: ChannelEntry): boolean {
	if (entry.chan === 0) return false;
	try {
		return virtDmaChan.cyclic.get(k.space, virtDmaChan.chan.container(entry.chan)) !== 0;
	} catch {
		return false;
	}
}
