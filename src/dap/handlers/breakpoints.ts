import type { LineBreakpointRequest } from "../../session/api";
import type { Adapter } from "../adapter";
import { breakpoint, fromClientLine, itemAddress, toClientColumn, toClientLine } from "../convert";
import type { HandlersOf } from "./handler";

/** A client may set breakpoints before it launches: they are kept, and answered as not yet verified. */
function pending<T>(adapter: Adapter, requested: readonly T[]): { breakpoints: object[] } {
	const message = adapter.debugging ? "The scenario is not loaded yet." : "The scenario runs without debugging.";
	return { breakpoints: requested.map(() => ({ verified: false, message })) };
}

function statuses(adapter: Adapter, list: Parameters<typeof breakpoint>[1][]): { breakpoints: object[] } {
	return { breakpoints: list.map((status) => breakpoint(adapter.client, status)) };
}

export const breakpointHandlers: HandlersOf<
	| "setBreakpoints"
	| "setFunctionBreakpoints"
	| "setInstructionBreakpoints"
	| "setExceptionBreakpoints"
	| "breakpointLocations"
> = {
	setBreakpoints(adapter, args) {
		const requests: LineBreakpointRequest[] = (args.breakpoints ?? []).map((b) => ({
			line: fromClientLine(adapter.client, b.line),
			column: b.column,
			condition: b.condition,
			hitCondition: b.hitCondition,
			logMessage: b.logMessage,
		}));
		const file = args.source.path;
		if (file === undefined) {
			return {
				breakpoints: requests.map(() => ({
					verified: false,
					message: "Breakpoints stand in files; this source is a page of DMAscope's. Use a function breakpoint.",
				})),
			};
		}
		const set = adapter.requested.setLines(adapter.stoppable, file, requests);
		return set ? statuses(adapter, set) : pending(adapter, requests);
	},

	setFunctionBreakpoints(adapter, args) {
		const requests = args.breakpoints.map(({ name, condition, hitCondition }) => ({ name, condition, hitCondition }));
		const set = adapter.requested.setFunctions(adapter.stoppable, requests);
		return set ? statuses(adapter, set) : pending(adapter, requests);
	},

	setInstructionBreakpoints(adapter, args) {
		const requests = args.breakpoints.map(({ instructionReference, offset = 0, condition, hitCondition }) => ({
			address: itemAddress(instructionReference) + offset,
			condition,
			hitCondition,
		}));
		const set = adapter.requested.setItems(adapter.stoppable, requests);
		return set ? statuses(adapter, set) : pending(adapter, requests);
	},

	setExceptionBreakpoints(adapter, args) {
		const options = args.filterOptions ?? [];
		const filters = [
			...args.filters.map((filter) => ({ filter })),
			...options.map((o) => ({ filter: o.filterId, condition: o.condition })),
		];
		const set = adapter.requested.setFilters(adapter.stoppable, filters);
		return set ? statuses(adapter, set) : pending(adapter, filters);
	},

	breakpointLocations(adapter, args) {
		const first = fromClientLine(adapter.client, args.line);
		const last = args.endLine === undefined ? first : fromClientLine(adapter.client, args.endLine);
		const places =
			args.source.path === undefined
				? []
				: adapter.require("breakpointLocations").breakpointLocations(args.source.path, first, last);
		return {
			breakpoints: places.map((p) => ({
				line: toClientLine(adapter.client, p.line),
				column: toClientColumn(adapter.client, p.column),
			})),
		};
	},
};
