/** A channel as a dashboard shows it. */
import type { ChannelView } from "../hardware/model";
import type { ChannelSummary } from "./api";
import { progressOf } from "./channel-progress";
import { type ChannelEntry, isRunning, viewOf } from "./channels";

/** "mem-to-dev" of the hardware as Linux's "MEM_TO_DEV". */
const DIRECTIONS: Readonly<Record<string, string>> = {
	"mem-to-mem": "MEM_TO_MEM",
	"mem-to-dev": "MEM_TO_DEV",
	"dev-to-mem": "DEV_TO_MEM",
	"dev-to-dev": "DEV_TO_DEV",
};

export function summarize(entry: ChannelEntry): ChannelSummary {
	const { info } = entry;
	const view = viewOf(entry);
	const running = view !== null && isRunning(view);
	const cookies = (name: keyof ChannelSummary["queues"]) => info?.queues[name].map(({ cookie }) => cookie) ?? [];
	const { transferred, length } = running ? progressOf(entry, view) : { transferred: 0, length: 0 };
	return {
		id: entry.name,
		threadId: entry.threadId,
		controller: entry.controllerName,
		client: info?.client ?? null,
		state: stateOf(entry, view),
		queues: {
			allocated: cookies("allocated"),
			submitted: cookies("submitted"),
			issued: cookies("issued"),
			active: cookies("active"),
			completed: cookies("completed"),
			terminated: cookies("terminated"),
		},
		transferred,
		length,
		residue: info?.residue ?? 0,
		direction: running ? (DIRECTIONS[view.direction] ?? "") : "",
		cyclic: info?.cyclic ?? false,
	};
}

function stateOf({ info, busy }: ChannelEntry, view: ChannelView | null): ChannelSummary["state"] {
	if (info?.state === "paused" || view?.state === "suspended") return "paused";
	if (view?.state === "held") return "error";
	if (view && isRunning(view)) return "running";
	return (info?.client ?? null) === null && !busy ? "unused" : "idle";
}
