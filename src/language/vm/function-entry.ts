import type { FunctionInfo } from "../debug-info";

/** Runs a plain kernel function: arguments in regs[base + 2 * i], result into regs[base], regs[base + 1]. */
export type Invoke = (regs: Int32Array, base: number, count: number) => void;

export interface CEntry {
	kind: "c";
	name: string;
	info: FunctionInfo;
}

/** A kernel function that neither blocks nor calls C. `cost` in picoseconds, charged before it runs. */
export interface PlainEntry {
	kind: "plain";
	name: string;
	invoke: Invoke;
	cost: number;
}

/** A kernel function that blocks or calls C: `run` exits with Exit.StepCall at its call. */
export interface StepEntry {
	kind: "step";
	name: string;
}

/** One index space: kernel functions first, C functions appended by each loaded module. */
export type FunctionEntry = CEntry | PlainEntry | StepEntry;
