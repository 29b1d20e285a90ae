/** What a run is asked to be (machine.md, Launch configuration and Runs), with every default filled in. */
import { DEFAULT_VERSION, type KernelVersion } from "../kernel/version";
import type { LaunchOptions } from "./api";

export interface RunOptions {
	/** Files to load as modules of one machine, in this order; at least one. */
	readonly programs: readonly string[];
	/** Board to boot when no program includes one; null: generic-axi-dmac. */
	readonly board: string | null;
	/** Module parameters: "module.name" to value as written. */
	readonly params: Readonly<Record<string, string>>;
	/** Glob over suite.case; null: every case, in an ordinary run. */
	readonly test: string | null;
	/** Of get_random_*(). */
	readonly seed: number;
	/** Virtual time at which the run ends with exit 3, ps. */
	readonly limit: number;
	readonly stopOnEntry: boolean;
	readonly findings: "off" | "report" | "fail" | "stop";
	/** Sanitizer rules to switch, such as "-DS02,+DS17". */
	readonly rules: string;
	/** Unload the modules at the end (module_exit). */
	readonly unload: boolean;
	/** Which Linux the machine runs. */
	readonly kernel: KernelVersion;
}

export const DEFAULT_BOARD = "generic-axi-dmac";
/** The clock is an integer of picoseconds in a double. */
const LAST_TIME_PS = 2 ** 53;

export function runOptions(given: LaunchOptions): RunOptions {
	return {
		programs: given.program,
		board: given.board ?? null,
		params: given.params ?? {},
		test: given.test ?? null,
		seed: given.seed ?? 0,
		limit: given.untilNs === undefined ? LAST_TIME_PS : Math.min(LAST_TIME_PS, given.untilNs * 1000),
		stopOnEntry: given.stopOnEntry ?? false,
		findings: given.findings ?? "report",
		rules: given.rules ?? "",
		unload: given.unload ?? false,
		kernel: given.kernel ?? DEFAULT_VERSION,
	};
}

/** A module's name: its file's, without directory and ending, `-` as `_`. */
export function moduleName(path: string): string {
	const file = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
	const dot = file.lastIndexOf(".");
	return (dot > 0 ? file.slice(0, dot) : file).replaceAll("-", "_");
}

/** Whether a name fits a glob of `*`, `?` and plain characters. */
export function globMatches(glob: string, name: string): boolean {
	const pattern = glob
		.replace(/[.+^${}()|[\]\\]/g, "\\$&")
		.replace(/\*+/g, ".*")
		.replaceAll("?", ".");
	return new RegExp(`^${pattern}$`, "s").test(name);
}
