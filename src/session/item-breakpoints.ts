/** Breakpoints on the items of descriptor chains and on the instructions of channel programs. */
import type { Machine } from "../sim/machine";
import type { Observer } from "../sim/observers";
import type { BreakpointStatus, ItemBreakpointRequest } from "./api";
import { hitConditionMet } from "./breakpoints";
import type { ConditionCheck } from "./condition-check";
import type { EventHit } from "./event-filters";

interface ItemBreakpoint {
	readonly id: number;
	/** Bus address. */
	readonly address: number;
	readonly condition: string;
	readonly hitCondition: string;
	hits: number;
}

/** A channel has come to an address with breakpoints. */
export interface ItemHit {
	readonly breakpoints: readonly ItemBreakpoint[];
	readonly event: EventHit;
}

export class ItemBreakpoints {
	private readonly byAddress = new Map<number, ItemBreakpoint[]>();
	private hits: ItemHit[] = [];
	private readonly observer: Observer;
	private watching = false;

	constructor(
		private readonly machine: Machine,
		private readonly channelName: (controller: number, channel: number) => string,
		private readonly check: ConditionCheck,
	) {
		this.observer = {
			chunk: (controller, channel, address, _src, _dst, length) => this.reached(controller, channel, address, length),
			instruction: (controller, channel, address) => this.reached(controller, channel, address, 0),
		};
	}

	/** Replaces all of them. One whose condition is no C is off, and says why. */
	set(requested: readonly ItemBreakpointRequest[], nextId: () => number): BreakpointStatus[] {
		this.byAddress.clear();
		const statuses = requested.map(({ id: known, address, condition = "", hitCondition = "" }): BreakpointStatus => {
			const id = known ?? nextId();
			const wrong = this.check.condition(condition.trim(), { kind: "event" });
			if (wrong !== "") return { id, verified: false, message: wrong };
			const one = { id, address, condition: condition.trim(), hitCondition: hitCondition.trim(), hits: 0 };
			this.byAddress.set(address, [...(this.byAddress.get(address) ?? []), one]);
			return { id, verified: true };
		});
		const wanted = this.byAddress.size > 0;
		if (wanted && !this.watching) this.machine.observers.add(this.observer);
		if (!wanted && this.watching) this.machine.observers.remove(this.observer);
		this.watching = wanted;
		return statuses;
	}

	/** What has been reached since somebody looked. */
	take(): ItemHit[] {
		const { hits } = this;
		if (hits.length > 0) this.hits = [];
		return hits;
	}

	private reached(controller: number, channel: number, address: number, len: number): void {
		const breakpoints = this.byAddress.get(address);
		if (!breakpoints) return;
		const chan = this.channelName(controller, channel);
		const text = `${chan} at 0x${address.toString(16)}`;
		const event: EventHit = { filter: "chunk", text, chan, cookie: 0, addr: address, len, hardware: true };
		this.hits.push({ breakpoints, event });
		this.machine.stopRequested = true;
	}
}

/** Counts a hit whose condition held; whether it is one to stop at. Throws when the hit condition is no such. */
export function countHit(breakpoint: ItemBreakpoint): boolean {
	breakpoint.hits++;
	return hitConditionMet(breakpoint.hitCondition, breakpoint.hits);
}
