/** The dashboard's requests: DMAscope's own, so that any front end can draw it. */
import type { MachineState } from "../../messages/state";
import {
	TRACE_END_EVENT,
	TRACE_REQUEST,
	type TraceArguments,
	type TraceBody,
	type TraceEndBody,
	type TraceEventsBody,
} from "../../messages/trace";
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
/** Buckets and events of the time line that a client gets at the end of a run. */
const LAST_BUCKETS = 4096;
const LAST_EVENTS = 4000;

/** Hands over the time line when the run is over: what a client shows then is all that it will ever know. */
export function tellTraceEnd(adapter: Adapter): void {
	if (!adapter.observing || !adapter.session) return;
	const { timeline } = adapter.session;
	const { timeNs: nowNs } = adapter.session.machineState();
	const bucket = 2 ** Math.ceil(Math.log2(Math.max(1, nowNs + 1) / LAST_BUCKETS));
	const trace = traceOf(adapter, { bucket });
	if (!trace) return;
	const body: TraceEndBody = { trace, events: timeline.events({ from: 0, to: nowNs + 1, limit: LAST_EVENTS }) };
	adapter.event(TRACE_END_EVENT, body);
}

function traceOf(adapter: Adapter, query: TraceArguments): TraceBody | null {
	const stretch = adapter.require(TRACE_REQUEST).timeline.stretch(query);
	return stretch && { ...stretch, epoch: adapter.launches * EPOCHS + stretch.epoch };
}

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
		const trace = traceOf(adapter, args);
		if (!trace)
			throw new RequestError(ErrorCode.Refused, {
				detail: "The time line has no room for so many buckets: ask for wider ones or for a shorter time.",
			});
		return trace;
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
