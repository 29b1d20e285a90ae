/** The suites of the loaded modules, as they stand in simulated memory. */
import type { Kernel } from "../kernel";
import { readText } from "../text";
import { kunitCase, kunitSuite } from "./structs";

export interface CaseInfo {
	/** Address of its struct kunit_case. */
	readonly address: number;
	readonly name: string;
}
export interface SuiteInfo {
	/** Address of its struct kunit_suite. */
	readonly address: number;
	readonly name: string;
	readonly cases: readonly CaseInfo[];
}

/** Enters the suites of a module (addresses of struct kunit_suite), behind those that are there. */
export function registerSuites(k: Kernel, suites: readonly number[]): void {
	k.state.kunit.suites.push(...suites.filter((suite) => !k.state.kunit.suites.includes(suite)));
}

/** Takes the suites of a module out that is unloaded. */
export function unregisterSuites(k: Kernel, suites: readonly number[]): void {
	k.state.kunit.suites = k.state.kunit.suites.filter((suite) => !suites.includes(suite));
}

/** Every suite that is registered with its cases. `filter`: leave out what the filter leaves out (default). */
export function listSuites(k: Kernel, filter = true): SuiteInfo[] {
	const suites = k.state.kunit.suites.map((suite) => ({
		address: suite,
		name: suiteName(k, suite),
		cases: casesOf(k, suite, filter),
	}));
	return filter && (k.state.kunit.filter !== "" || k.state.kunit.only !== 0)
		? suites.filter(({ cases }) => cases.length > 0)
		: suites;
}

export const suiteName = (k: Kernel, suite: number): string => readText(k, kunitSuite.name.at(suite));
export const caseName = (k: Kernel, testCase: number): string => readText(k, kunitCase.name.get(k.space, testCase));

/** The cases of a suite that the filter lets through, in order: the array ends at the first without run_case. */
export function casesOf(k: Kernel, suite: number, filter = true): CaseInfo[] {
	const found: CaseInfo[] = [];
	let at = kunitSuite.test_cases.get(k.space, suite);
	for (; at !== 0 && kunitCase.run_case.get(k.space, at) !== 0; at += kunitCase.$size)
		found.push({ address: at, name: caseName(k, at) });
	const { filter: glob, only } = k.state.kunit;
	if (!filter) return found;
	if (only !== 0) return found.filter((one) => one.address === only);
	if (glob === "") return found;
	const name = suiteName(k, suite);
	return found.filter((one) => globFits(glob, `${name}.${one.name}`));
}

/** Whether a glob of `*`, `?` and plain characters fits a whole name; one without a dot is about suites. */
export function globFits(glob: string, name: string): boolean {
	const whole = glob.includes(".") ? glob : `${glob}.*`;
	const pattern = whole
		.replace(/[.+^${}()|[\]\\]/g, "\\$&")
		.replace(/\*+/g, ".*")
		.replaceAll("?", ".");
	return new RegExp(`^${pattern}$`, "s").test(name);
}
