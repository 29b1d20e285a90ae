/** The dashboard's requests: DMAscope's own, so that any front end can draw it. */
import type { MachineState } from "../../messages/state";
import type { TraceBody, TraceEventsBody } from "../../messages/trace";
import type { Adapter } from "../adapter";
import { ErrorCode, RequestError } from "../errors";
import type { HandlersOf } from "./handler";

export function machineState(adapter: Adapter): MachineState {
	const { timeNs, channels } = adapter.require("dmascope/channels").machineState();
	return {
		timeNs,
		running: adapter.phase === "running",
		channels: channels.map((channel) => {
			const { allocated, submitted, issued, active, completed, terminated } = channel.queues;
			return {
				...channel,
				queues: {
					allocated: [...allocated],
					submitted: [...submitted],
					issued: [...issued],
					active: [...active],
					completed: [...completed],
					terminated: [...terminated],
				},
			};
		}),
	};
}

/** Answers keep apart what two runs of a session said. */
const EPOCHS = 1e6;

export const dashboardHandlers: HandlersOf<
	"dmascope/channels" | "dmascope/focus" | "dmascope/observe" | "dmascope/trace" | "dmascope/traceEvents"
> = {
	"dmascope/channels": (adapter) => machineState(adapter),

	"dmascope/observe"(adapter, { on }) {
		adapter.observing = on;
		adapter.session?.timeline.observe(on);
		return undefined;
	},

	"dmascope/trace"(adapter, args): TraceBody {
		const stretch = adapter.require("dmascope/trace").timeline.stretch(args);
		if (!stretch)
			throw new RequestError(ErrorCode.Refused, {
				detail: "The time line has no room for so many buckets: ask for wider ones or for a shorter time.",
			});
		return { ...stretch, epoch: adapter.launches * EPOCHS + stretch.epoch };
	},

	"dmascope/traceEvents": (adapter, args): TraceEventsBody =>
		adapter.require("dmascope/traceEvents").timeline.events(args),

	"dmascope/focus"(adapter, args) {
		const threadId = adapter.require("dmascope/focus").channelThread(args.channel);
		if (threadId === null)
			throw new RequestError(ErrorCode.Refused, {
				detail: `${args.channel} has no work, so it has no thread to show.`,
			});
		// A client selects a thread only when it stops: tell it once more, for this thread.
		if (adapter.phase === "stopped") {
			adapter.afterResponse(() =>
				adapter.event("stopped", {
					reason: "focus",
					description: args.channel,
					threadId,
					allThreadsStopped: true,
					preserveFocusHint: false,
				}),
			);
		}
		return { threadId };
	},
};
