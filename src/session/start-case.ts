/** Starts one KUnit case on the machine as it is. */
import type { Kernel } from "../kernel/kernel";
import { startCase as start } from "../kernel/kunit/run-suites";

/** Makes the case's thread; the result tells whether it is over. */
export function startCase(k: Kernel, suite: number, testCase: number): () => boolean {
	k.state.end = null;
	const { id } = start(k, suite, testCase);
	return () => k.state.threads[id]?.state.kind === "done";
}
