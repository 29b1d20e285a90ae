/** What the dashboard's page and the extension that hosts it say to each other. */
import type { MachineState } from "./state";
import type { TraceArguments, TraceBody, TraceEndBody, TraceEventsArguments, TraceEventsBody } from "./trace";

/** From the extension to the dashboard's page. */
export type ToPage =
	| { type: "state"; session: string; state: MachineState }
	| { type: "empty" }
	/** The session is over; `end` is null when nobody had observed it. */
	| { type: "ended"; session: string; state: MachineState; end: TraceEndBody | null }
	/** Answers to the page's questions; null when the adapter has none to give. */
	| { type: "trace"; id: number; body: TraceBody | null }
	| { type: "events"; id: number; body: TraceEventsBody | null };

/** From the dashboard's page to the extension. */
export type ToHost =
	| { type: "ready" }
	| { type: "focus"; channel: string }
	| { type: "trace"; id: number; query: TraceArguments }
	| { type: "events"; id: number; query: TraceEventsArguments }
	/** Show a line of the source; 1-based. */
	| { type: "reveal"; file: string; line: number };

/** Whether something that a page sent is one of its messages. The adapter checks what is in a query. */
export function isToHost(message: unknown): message is ToHost {
	if (typeof message !== "object" || message === null) return false;
	const { type, channel, id, query, file, line } = message as Record<string, unknown>;
	switch (type) {
		case "ready":
			return true;
		case "focus":
			return typeof channel === "string";
		case "trace":
		case "events":
			return typeof id === "number" && typeof query === "object" && query !== null;
		case "reveal":
			return typeof file === "string" && typeof line === "number" && Number.isInteger(line) && line > 0;
		default:
			return false;
	}
}
