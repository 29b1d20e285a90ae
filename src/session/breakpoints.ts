/** Breakpoints on lines and functions: where they are set, and what is to happen when one is reached. */
import type { Kernel } from "../kernel/kernel";
import type { Invoke } from "../language/vm/function-entry";
import type { CodeMap } from "./code-map";
import type { CheckPlace, ConditionCheck } from "./condition-check";

export interface SourceBreakpoint {
	/** The id that it had in an earlier run; a new one otherwise. */
	readonly id?: number | undefined;
	readonly line: number;
	readonly condition?: string | undefined;
	/** A number n (the n-th time and later), "== n", "> n", ">= n", "% n". */
	readonly hitCondition?: string | undefined;
	/** Text with C expressions in braces: written instead of stopping. */
	readonly logMessage?: string | undefined;
}

export interface FunctionBreakpoint {
	readonly id?: number | undefined;
	readonly name: string;
	readonly condition?: string | undefined;
	readonly hitCondition?: string | undefined;
}

export interface BreakpointInfo {
	readonly id: number;
	readonly verified: boolean;
	readonly message: string;
	readonly file: string;
	/** 0: unknown. */
	readonly line: number;
}

/** A breakpoint that is set. */
export interface ActiveBreakpoint extends BreakpointInfo {
	readonly kind: "line" | "function";
	readonly name: string;
	readonly condition: string;
	readonly hitCondition: string;
	readonly logMessage: string;
	/** Statement starts, for C. */
	readonly pcs: readonly number[];
	/** Function index, for kernel functions; -1 for others. */
	readonly kernelFunction: number;
	hits: number;
}

export class Breakpoints {
	/** Plain kernel functions with a breakpoint that have been called since somebody looked. */
	plainHits: number[] = [];
	/** What such a function really does, by its index. */
	private readonly watched = new Map<number, Invoke>();
	private readonly byFile = new Map<string, ActiveBreakpoint[]>();
	private ofFunctions: ActiveBreakpoint[] = [];
	/** pcs at which the debugger itself wants to stop for now. */
	private temporary: readonly number[] = [];

	constructor(
		private readonly k: Kernel,
		private readonly code: CodeMap,
		private readonly nextId: () => number,
		private readonly check: ConditionCheck,
	) {}

	/** Replaces the breakpoints of a file. */
	setLines(file: string, wanted: readonly SourceBreakpoint[]): BreakpointInfo[] {
		const active = wanted.map((breakpoint) => this.lineBreakpoint(file, breakpoint));
		this.byFile.set(file, active);
		this.apply();
		return active;
	}

	/** Replaces all function breakpoints. */
	setFunctions(wanted: readonly FunctionBreakpoint[]): BreakpointInfo[] {
		this.ofFunctions = wanted.map((breakpoint) => this.functionBreakpoint(breakpoint));
		this.apply();
		return this.ofFunctions;
	}

	/** Stops also at these pcs until told otherwise. */
	setTemporary(pcs: readonly number[]): void {
		if (pcs.length === 0 && this.temporary.length === 0) return;
		this.temporary = pcs;
		this.apply();
	}

	/** Breakpoints of the user's at a pc. */
	at(pc: number): ActiveBreakpoint[] {
		return this.all().filter((breakpoint) => breakpoint.pcs.includes(pc));
	}

	/** Breakpoints of the user's on a kernel function. */
	onFunction(index: number): ActiveBreakpoint[] {
		return this.ofFunctions.filter((breakpoint) => breakpoint.kernelFunction === index);
	}

	/** Puts the marks into the code again: after a program was loaded. */
	apply(): void {
		const { debug } = this.k;
		this.code.program.setBreakpoints([...this.all().flatMap((breakpoint) => breakpoint.pcs), ...this.temporary]);
		debug.functionBreaks.fill(0);
		for (const { kernelFunction } of this.ofFunctions)
			if (kernelFunction >= 0) debug.functionBreaks[kernelFunction] = 1;
		this.watchPlain();
	}

	/**
	 * A plain function has no frame to stop in: its calls are noted, and the machine stops before the next statement.
	 */
	private watchPlain(): void {
		const { vm, machine } = this.k;
		for (const [index, invoke] of this.watched) {
			const entry = vm.functions[index];
			if (entry?.kind === "plain") entry.invoke = invoke;
		}
		this.watched.clear();
		for (const { kernelFunction: index } of this.ofFunctions) {
			const entry = vm.functions[index];
			if (entry?.kind !== "plain" || this.watched.has(index)) continue;
			const { invoke } = entry;
			this.watched.set(index, invoke);
			entry.invoke = (regs, base, count) => {
				this.plainHits.push(index);
				machine.stopRequested = true;
				invoke(regs, base, count);
			};
		}
	}

	private all(): ActiveBreakpoint[] {
		return [...[...this.byFile.values()].flat(), ...this.ofFunctions];
	}

	private lineBreakpoint(file: string, wanted: SourceBreakpoint): ActiveBreakpoint {
		const line = this.code.statementLineFrom(file, wanted.line);
		const common = { ...emptyBreakpoint(wanted.id ?? this.nextId(), "line"), file, ...textsOf(wanted) };
		if (!this.code.hasFile(file))
			return { ...common, line: wanted.line, message: "This file is not part of what runs." };
		if (line === null) return { ...common, line: wanted.line, message: "No statement stands here or below." };
		const message = line === wanted.line ? "" : `No statement begins on line ${wanted.line}; moved to the next one.`;
		const pcs = firstOfEachFunction(this.code, this.code.statementsOf(file, line));
		const wrong = this.wrongText(common, this.placeOf(pcs[0] ?? -1));
		return wrong === "" ? { ...common, verified: true, line, message, pcs } : { ...common, line, message: wrong };
	}

	private functionBreakpoint(wanted: FunctionBreakpoint): ActiveBreakpoint {
		const common = {
			...emptyBreakpoint(wanted.id ?? this.nextId(), "function"),
			name: wanted.name,
			...textsOf(wanted),
		};
		const infos = this.code.functionsNamed(wanted.name);
		if (infos.length > 0) {
			const pcs = infos.flatMap((info) => [this.code.program.entryStatement(info)]);
			const position = this.code.positionAt(pcs[0] ?? -1);
			const at = { ...common, file: position?.file ?? "", line: position?.line ?? 0 };
			const wrong = this.wrongText(common, this.placeOf(pcs[0] ?? -1));
			return wrong === "" ? { ...at, verified: pcs.length > 0, pcs } : { ...at, message: wrong };
		}
		const index = this.k.indexOf.get(wanted.name);
		if (index === undefined) return { ...common, message: `No function ${wanted.name} is known.` };
		const wrong = this.wrongText(common, { kind: "anywhere" });
		if (wrong !== "") return { ...common, message: wrong };
		const plain = this.k.functions[index]?.kind !== "step";
		const message = plain ? "This function has no steps to stop in: the stop is behind the call." : "";
		return { ...common, verified: true, kernelFunction: index, message };
	}

	private placeOf(pc: number): CheckPlace {
		const info = this.code.functionAt(pc);
		return info ? { kind: "c", info, pc } : { kind: "anywhere" };
	}

	/** Why the texts of a breakpoint cannot do what they are for; "" when they can. */
	private wrongText({ condition, hitCondition, logMessage }: ActiveBreakpoint, place: CheckPlace): string {
		const bad = this.check.condition(condition, place) || this.check.message(logMessage, place);
		if (bad !== "") return bad;
		try {
			hitConditionMet(hitCondition, 1);
			return "";
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
	}
}

/** A line's code may be in pieces: stop where each function comes to it first. */
function firstOfEachFunction(code: CodeMap, pcs: readonly number[]): number[] {
	const seen = new Set<number>();
	return pcs.filter((pc) => {
		const info = code.functionAt(pc);
		if (!info || seen.has(info.index)) return false;
		seen.add(info.index);
		return true;
	});
}

function emptyBreakpoint(id: number, kind: "line" | "function"): ActiveBreakpoint {
	return {
		id,
		kind,
		verified: false,
		message: "",
		file: "",
		line: 0,
		name: "",
		condition: "",
		hitCondition: "",
		logMessage: "",
		pcs: [],
		kernelFunction: -1,
		hits: 0,
	};
}

function textsOf(wanted: {
	condition?: string | undefined;
	hitCondition?: string | undefined;
	logMessage?: string | undefined;
}) {
	return {
		condition: wanted.condition?.trim() ?? "",
		hitCondition: wanted.hitCondition?.trim() ?? "",
		logMessage: wanted.logMessage ?? "",
	};
}

/** Whether a hit condition is met by this many hits. Throws with a message for what is no hit condition. */
export function hitConditionMet(condition: string, hits: number): boolean {
	if (condition === "") return true;
	const match = /^(==|=|>=|>|<=|<|%)?\s*(\d+)$/.exec(condition);
	if (!match) throw new Error(`"${condition}" is no hit count: a number, or one behind ==, >=, >, <=, < or %.`);
	const count = Number(match[2]);
	switch (match[1]) {
		case "==":
		case "=":
			return hits === count;
		case ">":
			return hits > count;
		case "<":
			return hits < count;
		case "<=":
			return hits <= count;
		case "%":
			return count > 0 && hits % count === 0;
		default:
			return hits >= count;
	}
}
