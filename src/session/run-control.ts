/**
 * Runs a simulation for a debugger: slice after slice, with breakpoints, steps and events, until there is something to
 * tell. It changes nothing of what the machine does: a run in slices is the run in one piece.
 */
import { run, type Slice, type Stop } from "../kernel/sched/run";
import type { Thread } from "../kernel/state";
import type { Stopped } from "./api";
import type { Breakpoints } from "./breakpoints";
import type { ChannelStep } from "./channel-stepping";
import { framePc, hostFrame } from "./position";
import type { Simulation } from "./simulation";
import { beginStep, type StepKind, stepEnded, stepTurn, type ThreadStep } from "./stepping";
import { kernelThreadId } from "./threads";

export type Goal =
	| { readonly kind: "continue" }
	/** Stop at the first C statement. */
	| { readonly kind: "entry" }
	| { readonly kind: "thread"; readonly step: ThreadStep }
	| { readonly kind: "channel"; readonly step: ChannelStep }
	/** A kernel call of the debug console: until its thread is back. */
	| { readonly kind: "call"; readonly call: ConsoleCall };

/** A call that is on its way: it has returned when its thread has no more than `floor` frames. */
export interface ConsoleCall {
	readonly thread: number;
	readonly floor: number;
}

export type Outcome =
	| { readonly kind: "running" }
	| { readonly kind: "stopped"; readonly stop: Stopped }
	/** The console's call has returned, or its thread has died. */
	| { readonly kind: "returned" }
	| { readonly kind: "ended" };

/** What decides about a place that was reached: conditions, hit counts, log points. */
export interface StopJudge {
	/** The breakpoints at a pc that want to stop now. */
	breakpointHit(thread: number, pc: number): Stopped | null;
	functionHit(thread: number, index: number): Stopped | null;
	/** Events that observers have seen since. */
	eventHit(): Stopped | null;
	oopsHit(thread: number): Stopped | null;
	/** A call whose wait was broken off by a stop has come back since. */
	lateReturn(call: ConsoleCall): void;
}

/** A statement with a breakpoint that has been told of: it runs without stopping again. */
interface Passing {
	readonly thread: number;
	readonly depth: number;
	readonly pc: number;
}

/** Turns, and statements, between two looks at the clock. */
const TURNS = 16;
const STATEMENTS = 20_000;

export class RunControl {
	private goal: Goal = { kind: "continue" };
	private passing: Passing[] = [];
	private paused = false;
	/** Calls of the console that have not returned, the newest last. */
	private calls: ConsoleCall[] = [];
	/** What the newest call's thread oopsed with; "" when it did not. */
	callOops = "";

	constructor(
		private readonly simulation: Simulation,
		private readonly breakpoints: Breakpoints,
		private readonly judge: StopJudge,
	) {}

	/** Says what to run for; nothing runs yet. */
	begin(goal: Goal): void {
		this.goal = goal;
		this.paused = false;
		if (goal.kind === "call") {
			this.calls.push(goal.call);
			this.callOops = "";
		}
		this.passCurrent();
		this.breakpoints.setTemporary(this.temporaryStops(goal));
	}

	beginThreadStep(threadId: number, kind: StepKind): void {
		const { k, code } = this.simulation;
		const thread = k.state.threads[threadId];
		if (!thread || thread.stack.depth === 0) this.begin({ kind: "continue" });
		else this.begin({ kind: "thread", step: beginStep(k, thread, kind, thread.stack.depth - 1, code) });
	}

	pause(): void {
		this.paused = true;
	}

	/** Runs until something is to be told or `goOn` says no. */
	advance(goOn: () => boolean): Outcome {
		do {
			if (this.paused) {
				this.paused = false;
				return this.stopped({ kind: "pause", threadId: kernelThreadId(this.simulation.k.state.cpu.current) });
			}
			const outcome = this.turns();
			if (outcome) return outcome;
		} while (goOn());
		return { kind: "running" };
	}

	private turns(): Outcome | null {
		const { goal } = this;
		const stop = this.runSome();
		switch (stop.kind) {
			case "end":
				if (this.simulation.goesOn()) return null;
				this.breakpoints.setTemporary([]);
				return { kind: "ended" };
			case "oops": {
				if (goal.kind === "call" && goal.call.thread === stop.thread)
					this.callOops = this.simulation.k.state.oops?.message ?? "";
				const oops = this.judge.oopsHit(stop.thread);
				if (oops) return this.stopped(oops);
				break;
			}
			case "breakpoint": {
				const outcome = this.atBreakpoint(stop.thread);
				if (outcome) return outcome;
				break;
			}
			case "function": {
				const hit = this.judge.functionHit(stop.thread, stop.function);
				if (hit) return this.stopped(hit);
				break;
			}
			case "machine":
			case "slice":
				break;
			default:
				return stop satisfies never;
		}
		const event = this.judge.eventHit();
		if (event) return this.stopped(event);
		return this.returnedCall(goal) ?? this.goalReached(goal);
	}

	/** Calls that are back: the one that is waited for ends the run, others are told of. */
	private returnedCall(goal: Goal): Outcome | null {
		if (this.calls.length === 0) return null;
		const { threads, oops } = this.simulation.k.state;
		// An oops is handled in the turn after it: only then the thread is gone.
		if (oops) return null;
		const back = this.calls.filter(({ thread, floor }) => (threads[thread]?.stack.depth ?? 0) <= floor);
		if (back.length === 0) return null;
		this.calls = this.calls.filter((call) => !back.includes(call));
		for (const call of back) if (goal.kind !== "call" || call !== goal.call) this.judge.lateReturn(call);
		if (goal.kind !== "call" || !back.includes(goal.call)) return null;
		this.goal = { kind: "continue" };
		return { kind: "returned" };
	}

	private goalReached(goal: Goal): Outcome | null {
		const { k, code } = this.simulation;
		switch (goal.kind) {
			case "thread":
				if (!stepEnded(k, goal.step, code)) return null;
				return this.stopped({ kind: "step", threadId: kernelThreadId(k.state.cpu.current) });
			case "channel": {
				const text = goal.step.reached();
				if (text === null) return null;
				return this.stopped({ kind: "step", threadId: goal.step.threadId, ...(text !== "" && { text }) });
			}
			default:
				return null;
		}
	}

	/** A statement with a mark: the user's breakpoint, the first statement of all, or where a step may end. */
	private atBreakpoint(thread: number): Outcome | null {
		const { k } = this.simulation;
		const stack = k.state.threads[thread]!.stack;
		const pc = framePc(stack, stack.depth - 1);
		// A thread that has just got the CPU back where it was stopped before.
		if (this.passing.some((p) => isAt(p, k.state.threads[thread]!))) return null;
		const hit = this.judge.breakpointHit(thread, pc);
		if (hit) return this.stopped(hit);
		if (this.goal.kind === "entry") return this.stopped({ kind: "entry", threadId: kernelThreadId(thread) });
		const reached = this.goalReached(this.goal);
		if (reached) return reached;
		this.passing.push({ thread, depth: stack.depth, pc });
		return null;
	}

	private stopped(stop: Stopped): Outcome {
		// Whatever has the CPU next time (a call of the console), this place has been told of.
		this.passCurrent();
		if (this.goal.kind === "channel") this.goal.step.end();
		this.goal = { kind: "continue" };
		this.breakpoints.setTemporary([]);
		return { kind: "stopped", stop };
	}

	private runSome(): Stop {
		const { k, options } = this.simulation;
		const { goal } = this;
		const limit = options.limit;
		if (this.passing.length > 0) return this.runPassing({ limit, turns: 1, single: this.single() });
		if (goal.kind === "thread") return run(k, { limit, turns: 1, single: this.single() });
		if (goal.kind === "channel" || this.calls.length > 0) return run(k, { limit, turns: 1, single: false });
		const before = k.vm.statements;
		for (let turn = 1; ; turn++) {
			const stop = run(k, { limit, turns: 1, single: false });
			if (stop.kind !== "slice" || turn === TURNS || k.vm.statements - before >= STATEMENTS) return stop;
		}
	}

	private single(): boolean {
		return this.goal.kind === "thread" && stepTurn(this.simulation.k, this.goal.step).single;
	}

	/** One turn in which a statement that has been told of runs without stopping again. */
	private runPassing(slice: Slice): Stop {
		const { k } = this.simulation;
		const { vm } = k;
		const { current } = k;
		const passing = this.passing.find((p) => isAt(p, current));
		const before = vm.statements;
		vm.passBreak = passing !== undefined;
		const stop = run(k, slice);
		vm.passBreak = false;
		const stands = (p: Passing) => {
			const stack = k.state.threads[p.thread]?.stack;
			return stack !== undefined && stack.depth >= p.depth && framePc(stack, p.depth - 1) === p.pc;
		};
		this.passing = this.passing.filter((p) => stands(p) && !(p === passing && vm.statements !== before));
		return stop;
	}

	/** Where the debugger stands now, it has told of: the statement runs first. */
	private passCurrent(): void {
		const { k } = this.simulation;
		const { stack, id } = k.current;
		if (stack.depth === 0 || hostFrame(stack, stack.depth - 1)) return;
		const pc = framePc(stack, stack.depth - 1);
		const known = this.passing.some((p) => p.thread === id && p.depth === stack.depth && p.pc === pc);
		if (!known) this.passing.push({ thread: id, depth: stack.depth, pc });
	}

	/** Statements of the functions to which a step may come back, in which C does not leave the virtual machine. */
	private temporaryStops(goal: Goal): number[] {
		const { k, code } = this.simulation;
		if (goal.kind === "entry") return code.functions.flatMap((info) => code.statementsIn(info).slice(0, 1));
		if (goal.kind !== "thread") return [];
		const thread = k.state.threads[goal.step.thread];
		const pcs = new Set<number>();
		for (let index = 0; thread && index < Math.min(goal.step.depth, thread.stack.depth); index++) {
			const pc = framePc(thread.stack, index);
			const info = pc < 0 ? null : code.functionAt(index === thread.stack.depth - 1 ? pc : pc - 1);
			if (info) for (const at of code.statementsIn(info)) pcs.add(at);
		}
		return [...pcs];
	}
}

function isAt({ thread, depth, pc }: Passing, { id, stack }: Thread): boolean {
	return id === thread && stack.depth === depth && framePc(stack, depth - 1) === pc;
}
