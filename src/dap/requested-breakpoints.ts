/** What the client asked for, kept so that a restarted session gets the same. */
import type {
	DebugSessionApi,
	EventFilterRequest,
	FunctionBreakpointRequest,
	LineBreakpointRequest,
} from "../session/api";

export class RequestedBreakpoints {
	readonly lines = new Map<string, readonly LineBreakpointRequest[]>();
	functions: readonly FunctionBreakpointRequest[] = [];
	filters: readonly EventFilterRequest[] = [];

	/** Gives a new session everything that was asked of the one before. */
	apply(session: DebugSessionApi): void {
		for (const [file, requests] of this.lines) session.setLineBreakpoints(file, requests);
		session.setFunctionBreakpoints(this.functions);
		session.setEventFilters(this.filters);
	}
}
