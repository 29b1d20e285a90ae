/** The read-only pages that show what a kernel function does: a line for each of its steps, in plain words. */
import type { KernelFunction, StepFunction } from "../kernel/functions";
import type { Kernel } from "../kernel/kernel";

/** Line (1-based) of the first step on a page. */
const FIRST_STEP_LINE = 4;

export interface StepPage {
	/** Shown as the file's name: "dmaengine_submit". */
	readonly name: string;
	readonly text: string;
}

function stepFunctionPage(fn: StepFunction): StepPage {
	const lines = [
		`/* ${fn.signature.name}: what Linux does here, step by step. */`,
		`${fn.signature.prototype}`,
		"{",
		...fn.steps.map((step) => `\t${step.text.replace(/\s+/g, " ").trim()}`),
		"}",
		"",
	];
	return { name: fn.signature.name, text: lines.join("\n") };
}

/** Line of a step on its function's page; one past the last step is the closing brace. */
export function stepLine(step: number): number {
	return FIRST_STEP_LINE + step;
}

/** The page of a kernel function by name, or null when it has no steps. */
export function pageOf(k: Kernel, name: string): StepPage | null {
	const fn = functionOf(k, name);
	return fn?.kind === "step" ? stepFunctionPage(fn) : null;
}

export function functionOf(k: Kernel, name: string): KernelFunction | undefined {
	const index = k.indexOf.get(name);
	return index === undefined ? undefined : k.functions[index];
}
