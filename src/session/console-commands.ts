/** Words of the debug console that are no C: cat, echo, ls. */
import type { Simulation } from "./simulation";

/** The answer to a command line, or null when it is none: then it is C. */
export function runCommand(_simulation: Simulation, _line: string): string | null {
	return null;
}
