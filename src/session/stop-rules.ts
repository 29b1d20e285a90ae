/** Decides whether a place that was reached is worth a stop: conditions, hit counts, log points, event filters. */
import type { OutputLine, Stopped } from "./api";
import { type ActiveBreakpoint, type Breakpoints, hitConditionMet } from "./breakpoints";
import { type ChannelEntry, listChannels } from "./channels";
import type { Evaluator } from "./evaluate";
import { completeHit } from "./event-detail";
import { type EventHit, eventFilters } from "./event-filters";
import type { EventWatch } from "./event-watch";
import { countHit, type ItemBreakpoints } from "./item-breakpoints";
import { busErrorStory, oopsStory, reportStory, type Story } from "./oops-story";
import { framePosition, hostFrame } from "./position";
import { render } from "./render";
import type { ConsoleCall, StopJudge } from "./run-control";
import type { Simulation } from "./simulation";
import { channelThreadIdOf, kernelThreadId } from "./threads";

/** Where what was reached is kept until somebody looks. */
export interface Watched {
	readonly breakpoints: Breakpoints;
	readonly events: EventWatch;
	readonly items: ItemBreakpoints;
}

export class StopRules implements StopJudge {
	story: Story | null = null;

	constructor(
		private readonly simulation: Simulation,
		private readonly watched: Watched,
		private readonly evaluator: Evaluator,
		private readonly say: (line: OutputLine) => void,
	) {}

	breakpointHit(thread: number, pc: number): Stopped | null {
		const { stack } = this.simulation.k.state.threads[thread]!;
		const hit = this.watched.breakpoints
			.at(pc)
			.filter((breakpoint) => this.wantsStop(breakpoint, thread, stack.depth - 1));
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
		const hit = this.watched.breakpoints
			.onFunction(index)
			.filter((breakpoint) => this.wantsStop(breakpoint, thread, stack.depth - 1));
		if (hit.length === 0) return null;
		return { kind: "function", threadId: kernelThreadId(thread), ids: hit.map(({ id }) => id), text: hit[0]!.name };
	}

	eventHit(): Stopped | null {
		return this.plainHit() ?? this.itemHit() ?? this.watchedHit();
	}

	private plainHit(): Stopped | null {
		const called = this.watched.breakpoints.plainHits;
		this.watched.breakpoints.plainHits = [];
		for (const index of called) {
			const hit = this.functionHit(this.simulation.k.state.cpu.current, index);
			if (hit) return hit;
		}
		return null;
	}

	/** A channel at an item or an instruction. */
	private itemHit(): Stopped | null {
		for (const { breakpoints, event } of this.watched.items.take()) {
			const hit = completeHit(this.simulation, event, this.channelNamed(event.chan));
			const wanting = breakpoints.filter((one) => this.conditionMet(one.condition, hit) && this.counted(one));
			if (wanting.length === 0) continue;
			const ids = wanting.map(({ id }) => id);
			return { kind: "instruction", threadId: channelThreadIdOf(hit.chan), ids, text: hit.text };
		}
		return null;
	}

	/** A hit count that is none stops, and says why. */
	private counted(breakpoint: Parameters<typeof countHit>[0]): boolean {
		try {
			return countHit(breakpoint);
		} catch (error) {
			this.say({ category: "console", text: error instanceof Error ? error.message : String(error) });
			return true;
		}
	}

	private watchedHit(): Stopped | null {
		for (const seen of this.watched.events.take()) {
			const entry = this.channelNamed(seen.chan);
			const hit = completeHit(this.simulation, seen, entry);
			if (!this.conditionMet(this.watched.events.condition(hit.filter), hit)) continue;
			const { k } = this.simulation;
			const { filter, text } = hit;
			const threadId = hit.hardware ? channelThreadIdOf(hit.chan) : kernelThreadId(k.state.cpu.current);
			if (eventFilters.find((one) => one.filter === filter)?.kind !== "exception")
				return { kind: "event", threadId, filter, text };
			this.story = entry
				? busErrorStory(this.simulation, threadId, hit, entry)
				: reportStory(this.simulation, threadId, hit);
			return { kind: "exception", threadId, filter, text };
		}
		return null;
	}

	private channelNamed(name: string): ChannelEntry | null {
		return name === "" ? null : (listChannels(this.simulation.k).find((one) => one.name === name) ?? null);
	}

	oopsHit(thread: number): Stopped | null {
		const { oops } = this.simulation.k.state;
		if (!oops || !this.watched.events.wants("oops")) return null;
		const threadId = kernelThreadId(thread);
		const { message: text } = oops;
		const hit: EventHit = {
			filter: "oops",
			text,
			chan: "",
			cookie: 0,
			addr: oops.address,
			len: 0,
			hardware: false,
		};
		if (!this.conditionMet(this.watched.events.condition("oops"), hit)) return null;
		this.story = oopsStory(this.simulation, threadId, oops);
		return { kind: "exception", threadId, filter: "oops", text };
	}

	lateReturn({ thread }: ConsoleCall): void {
		const late = this.evaluator.finishLate(thread);
		if (!late) return;
		const { text, result } = late;
		const value =
			result.kind === "named"
				? this.simulation.looking(() => render(this.simulation.render, result.value.value))
				: result.kind === "text"
					? result.text
					: result.kind === "error"
						? result.message
						: "";
		this.say({ category: "console", text: value === "" ? `${text} has returned` : `${text} = ${value}` });
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
