/** How the suites went, for the end of a run. */
import type { Kernel } from "../kernel";

/** One line for each case that has failed or has not come to its end, and for each suite that could not begin. */
export function failedCaseTexts(k: Kernel): string[] {
	const { results, failedSuites } = k.state.kunit;
	const texts = failedSuites.map((suite) => `${suite}: suite_init failed`);
	for (const { suite, name, status } of results) {
		if (status === "failed") texts.push(`${suite}.${name} failed`);
		else if (status === "running") texts.push(`${suite}.${name} has not come to its end`);
	}
	return texts;
}
