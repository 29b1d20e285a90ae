/** Everything that a front end wants to stop at: lines, functions, items of chains, events. One run of ids for all. */

import { stackTrace } from "../kernel/sched/trace";
import type {
	BreakpointStatus,
	EventFilterRequest,
	FunctionBreakpointRequest,
	ItemBreakpointRequest,
	LineBreakpointRequest,
} from "./api";
import { type ActiveBreakpoint, type BreakpointInfo, Breakpoints } from "./breakpoints";
import { controllersOf } from "./channels";
import { ConditionCheck } from "./condition-check";
import { itemName } from "./descriptor-chain";
import { EventWatch } from "./event-watch";
import { ItemBreakpoints } from "./item-breakpoints";
import type { Simulation } from "./simulation";

export class StopRequests {
	readonly breakpoints: Breakpoints;
	readonly events: EventWatch;
	readonly items: ItemBreakpoints;
	private nextBreakpointId = 1;

	constructor(simulation: Simulation) {
		const { k, code } = simulation;
		const check = new ConditionCheck(simulation);
		const nameOf = (controller: number, channel: number) => simulation.channelName(controller, channel);
		const itemNameOf = (index: number, channel: number, address: number) => {
			const controller = controllersOf(k.devices).find((one) => one.controller.index === index)?.controller;
			return itemName({ hardware: controller ? { controller, channel } : null }, address);
		};
		this.breakpoints = new Breakpoints(k, code, this.nextId, check);
		this.events = new EventWatch(k.machine, nameOf, itemNameOf, check, () => stackTrace(k, k.current));
		this.items = new ItemBreakpoints(k.machine, nameOf, check);
	}

	setLines(file: string, requested: readonly LineBreakpointRequest[]): BreakpointStatus[] {
		this.keepIds(requested);
		return this.breakpoints.setLines(file, requested).map(statusOf);
	}

	setFunctions(requested: readonly FunctionBreakpointRequest[]): BreakpointStatus[] {
		this.keepIds(requested);
		return this.breakpoints.setFunctions(requested).map(statusOf);
	}

	setItems(requested: readonly ItemBreakpointRequest[]): BreakpointStatus[] {
		this.keepIds(requested);
		return this.items.set(requested, this.nextId);
	}

	setFilters(requested: readonly EventFilterRequest[]): BreakpointStatus[] {
		this.keepIds(requested);
		return this.events.set(requested, this.nextId);
	}

	private readonly nextId = (): number => this.nextBreakpointId++;

	/** Ids that come from an earlier session are not given out again. */
	private keepIds(requested: readonly { readonly id?: number | undefined }[]): void {
		for (const { id } of requested)
			if (id !== undefined) this.nextBreakpointId = Math.max(this.nextBreakpointId, id + 1);
	}
}

function statusOf({ id, verified, message, file, line }: BreakpointInfo | ActiveBreakpoint): BreakpointStatus {
	return { id, verified, ...(message && { message }), ...(file && { file }), ...(line > 0 && { line }) };
}
