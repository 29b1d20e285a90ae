/** What the client asked for, kept so that a restarted session gets the same under the same ids. */
import type {
	BreakpointStatus,
	DebugSessionApi,
	EventFilterRequest,
	FunctionBreakpointRequest,
	ItemBreakpointRequest,
	LineBreakpointRequest,
} from "../session/api";

export class RequestedBreakpoints {
	private readonly lines = new Map<string, readonly LineBreakpointRequest[]>();
	private functions: readonly FunctionBreakpointRequest[] = [];
	private items: readonly ItemBreakpointRequest[] = [];
	private filters: readonly EventFilterRequest[] = [];

	/** Replaces those of a file; statuses only with a session. */
	setLines(
		session: DebugSessionApi | null,
		file: string,
		requests: readonly LineBreakpointRequest[],
	): BreakpointStatus[] | null {
		const statuses = session?.setLineBreakpoints(file, requests) ?? null;
		this.lines.set(file, withIds(requests, statuses));
		return statuses;
	}

	setFunctions(
		session: DebugSessionApi | null,
		requests: readonly FunctionBreakpointRequest[],
	): BreakpointStatus[] | null {
		const statuses = session?.setFunctionBreakpoints(requests) ?? null;
		this.functions = withIds(requests, statuses);
		return statuses;
	}

	setItems(session: DebugSessionApi | null, requests: readonly ItemBreakpointRequest[]): BreakpointStatus[] | null {
		const statuses = session?.setItemBreakpoints(requests) ?? null;
		this.items = withIds(requests, statuses);
		return statuses;
	}

	setFilters(session: DebugSessionApi | null, requests: readonly EventFilterRequest[]): BreakpointStatus[] | null {
		const statuses = session?.setEventFilters(requests) ?? null;
		this.filters = withIds(requests, statuses);
		return statuses;
	}

	/** Gives a new session everything that was asked of the one before, and says how it stands now. */
	apply(session: DebugSessionApi): BreakpointStatus[] {
		return [
			...[...this.lines].flatMap(([file, requests]) => this.setLines(session, file, requests) ?? []),
			...(this.setFunctions(session, this.functions) ?? []),
			...(this.setItems(session, this.items) ?? []),
			...(this.setFilters(session, this.filters) ?? []),
		];
	}
}

function withIds<T extends { readonly id?: number | undefined }>(
	requests: readonly T[],
	statuses: readonly BreakpointStatus[] | null,
): T[] {
	return requests.map((request, index) => {
		const id = statuses?.[index]?.id ?? request.id;
		return id === undefined ? request : { ...request, id };
	});
}
