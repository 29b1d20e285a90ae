/** `dmascope test`: each case from the snapshot after module load, in one kernel thread (machine.md, Runs). */
import type { Simulation } from "./simulation";

export interface CaseResult {
	readonly suite: string;
	readonly name: string;
	readonly status: "passed" | "failed" | "skipped";
	readonly reason: string;
	/** ps of virtual time that it took. */
	readonly time: number;
	/** What the kernel log said, without times. */
	readonly log: readonly string[];
}

export interface FileResult {
	readonly file: string;
	readonly cases: readonly CaseResult[];
	/** A case ran into its time limit. */
	readonly limit: boolean;
}

export function runCases(simulation: Simulation): FileResult {
	return { file: simulation.options.programs[0] ?? "", cases: [], limit: false };
}
