/** Where single events come from: the adapter, or after its end what it has left. */
import type { TraceEventsArguments, TraceEventsBody } from "../../messages/trace";

export type EventSource = (query: TraceEventsArguments) => Promise<TraceEventsBody | null>;

/** Answers out of a list, as an adapter does. */
export function eventsFrom({ events }: TraceEventsBody): EventSource {
	return ({ row, from, to, limit, last }) => {
		const found = events.filter(
			(event) => event.timeNs >= from && event.timeNs <= to && (row === undefined || event.row === row),
		);
		const kept = last ? found.slice(Math.max(0, found.length - limit)) : found.slice(0, limit);
		return Promise.resolve({ events: kept, count: found.length });
	};
}
