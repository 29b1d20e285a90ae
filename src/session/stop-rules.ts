/** Decides whether a place that was reached is worth a stop: conditions, hit counts, log points, event filters. */
import type { OutputLine, Stopped } from "./api";
import { type ActiveBreakpoint, type Breakpoints, hitConditionMet } from "./breakpoints";
import type { Evaluator } from "./evaluate";
import { type EventHit, type EventWatch, eventFilters } from "./event-filters";
import { framePosition, hostFrame } from "./position";
import type { StopJudge } from "./run-control";
import type { Simulation } from "./simulation";
import { channelThreadIdOf, kernelThreadId } from "./threads";

/** What is known of the exception that stopped the machine. */
export interface Story {
	readonly threadId: number;
	readonly filter: string;
	readonly text: string;
	readonly trace: readonly string[];
}

export class StopRules implements StopJudge {
	story: Story | null = null;

	constructor(
		private readonly simulation: Simulation,
		private readonly breakpoints: Breakpoints,
		private readonly events: EventWatch,
		private readonly evaluator: Evaluator,
		private readonly say: (line: OutputLine) => void,
	) {}

	breakpointHit(thread: number, pc: number): Stopped | null {
		const { stack } = this.simulation.k.state.threads[thread]!;
		const hit = this.breakpoints.at(pc).filter((breakpoint) => this.wantsStop(breakpoint, thread, stack.depth - 1));
		if (hit.length === 0) return null;
		const ids = hit.map(({ id }) => id);
		const fn = hit.find(({ kind }) => kind === "function");
		const threadId = kernelThreadId(thread);
		return fn && hit.every(({ kind }) => kind === "function")
			? { kind: "function", threadId, ids, text: fn.name }
			: { kind: "breakpoint", threadId, ids };
	}

	functionHit(thread: number, index: number): Stopped | null {
		const { stack } = this.simulation.k.state.threads[thread]!;
		const hit = this.breakpoints
			.onFunction(index)
			.filter((breakpoint) => this.wantsStop(breakpoint, thread, stack.depth - 1));
		if (hit.length === 0) return null;
		return { kind: "function", threadId: kernelThreadId(thread), ids: hit.map(({ id }) => id), text: hit[0]!.name };
	}

	eventHit(): Stopped | null {
		return this.plainHit() ?? this.watchedHit();
	}

	private plainHit(): Stopped | null {
		const called = this.breakpoints.plainHits;
		this.breakpoints.plainHits = [];
		for (const index of called) {
			const hit = this.functionHit(this.simulation.k.state.cpu.current, index);
			if (hit) return hit;
		}
		return null;
	}

	private watchedHit(): Stopped | null {
		for (const hit of this.events.take()) {
			if (!this.conditionMet(this.events.condition(hit.filter), hit)) continue;
			const { k } = this.simulation;
			const kind = eventFilters.find(({ filter }) => filter === hit.filter)?.kind;
			const threadId = hit.filter === "bus-error" ? channelThreadIdOf(hit.chan) : kernelThreadId(k.state.cpu.current);
			if (kind !== "exception") return { kind: "event", threadId, filter: hit.filter, text: hit.text };
			this.story = { threadId, filter: hit.filter, text: hit.text, trace: [] };
			return { kind: "exception", threadId, filter: hit.filter, text: hit.text };
		}
		return null;
	}

	oopsHit(thread: number): Stopped | null {
		const { oops } = this.simulation.k.state;
		if (!oops || !this.events.wants("oops")) return null;
		if (!this.conditionMet(this.events.condition("oops"), null)) return null;
		const threadId = kernelThreadId(thread);
		this.story = { threadId, filter: "oops", text: oops.message, trace: oops.trace };
		return { kind: "exception", threadId, filter: "oops", text: oops.message };
	}

	/** A condition that cannot be evaluated stops, and says why: silence would hide the mistake. */
	private conditionMet(condition: string, hit: EventHit | null): boolean {
		if (condition === "") return true;
		const result = this.evaluator.condition(condition, null, hit);
		if (result.ok) return result.value;
		this.say({ category: "console", text: `Condition "${condition}": ${result.message}` });
		return true;
	}

	private wantsStop(breakpoint: ActiveBreakpoint, thread: number, index: number): boolean {
		const key = { kind: "kernel", thread, index } as const;
		if (breakpoint.condition !== "") {
			const result = this.evaluator.condition(breakpoint.condition, key, null);
			if (!result.ok) this.complain(breakpoint, breakpoint.condition, result.message);
			else if (!result.value) return false;
		}
		breakpoint.hits++;
		try {
			if (!hitConditionMet(breakpoint.hitCondition, breakpoint.hits)) return false;
		} catch (error) {
			this.complain(breakpoint, breakpoint.hitCondition, error instanceof Error ? error.message : String(error));
		}
		if (breakpoint.logMessage === "") return true;
		const { k, code } = this.simulation;
		const { stack } = k.state.threads[thread]!;
		const position = hostFrame(stack, index) ? null : framePosition(k, stack, index, code);
		this.say({
			category: "log",
			text: this.evaluator.interpolate(breakpoint.logMessage, key),
			...(position && { file: position.file, line: position.line }),
		});
		return false;
	}

	private complain(breakpoint: ActiveBreakpoint, what: string, message: string): void {
		this.say({
			category: "console",
			text: `Breakpoint on ${breakpoint.name || `line ${breakpoint.line}`}, "${what}": ${message}`,
		});
	}
}
