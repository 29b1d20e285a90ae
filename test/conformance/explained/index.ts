/**
 * Differences from recordings that the machine explains, by the recording's controller: a real difference of hardware
 * or of Linux's version, never of the core. A recording's test holds them to be exactly what differs.
 */
import type { LineResult } from "../compare";
import bcm2835 from "./bcm2835.json";
import pl330 from "./pl330.json";
import pl330Pdma from "./pl330-pdma.json";

export interface Explanation {
	readonly why: string;
	/** "- recorded" and "+ printed" lines, in order. */
	readonly differences: readonly string[];
}

const EXPLANATIONS: Readonly<Record<string, readonly Explanation[]>> = {
	bcm2835,
	pl330,
	"pl330-pdma": pl330Pdma,
};

/** What is explained for a controller's recording. */
export function explanationsOf(controller: string): readonly Explanation[] {
	return EXPLANATIONS[controller] ?? [];
}

/** How an explanation writes a result down; nothing for lines that are the same. */
export function differenceLines(result: LineResult): string[] {
	switch (result.kind) {
		case "same":
		case "machine":
			return [];
		case "missing":
			return [`- ${result.recorded}`];
		case "extra":
			return [`+ ${result.printed}`];
		case "differs":
			return [`- ${result.recorded}`, `+ ${result.printed}`];
		default:
			return result satisfies never;
	}
}
