/** Starts one KUnit case on the machine as it is. */
import type { Kernel } from "../kernel/kernel";

/** Makes the case's thread; the result tells whether it is over. */
export function startCase(_k: Kernel, _suite: number, _case: number): () => boolean {
	return () => true;
}
