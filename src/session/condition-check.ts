/** What is wrong with the C text of a breakpoint, told when it is set and not when it is reached. */

import type { FunctionInfo } from "../language/debug-info";
import type { ExpressionScope } from "../language/expression";
import { variablesInScope } from "../language/frames";
import { EVENT_NAMES, replaceNames } from "./expression-names";
import { checkExpression } from "./expression-text";
import { blockingCall } from "./expression-tree";
import type { Simulation } from "./simulation";

/** Where a text will be evaluated: in a function before a statement, at an event, or just anywhere. */
export type CheckPlace =
	| { readonly kind: "c"; readonly info: FunctionInfo; readonly pc: number }
	| { readonly kind: "event" }
	| { readonly kind: "anywhere" };

/** Parts of a log message in braces: C expressions. */
const BRACES = /\\[{}]|\{([^{}]*)\}/g;

export class ConditionCheck {
	constructor(private readonly simulation: Simulation) {}

	/** What is wrong with a condition; "" when nothing is. */
	condition(text: string, place: CheckPlace): string {
		if (text === "") return "";
		try {
			const { k, program } = this.simulation;
			const scope = place.kind === "c" ? scopeAt(this.simulation, place.info, place.pc) : null;
			// A channel that is not there yet may be there when it counts.
			const source = replaceNames(text, (name) =>
				/^dma\d+chan\d+$/.test(name)
					? "((struct dma_chan *)0)"
					: place.kind === "event"
						? (EVENT_NAMES[name] ?? null)
						: null,
			);
			const checked = checkExpression(source, scope, scope?.module ?? program.modules[0] ?? null, program.modules);
			const { type } = checked;
			if (type.kind === "void" || type.kind === "record") return `"${text}" is no number and no pointer`;
			const call = blockingCall(k, checked);
			return call === null ? "" : `${call} may sleep or call C: only the debug console can call it`;
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
	}

	/** What is wrong with the expressions in a log message; "" when nothing is. */
	message(text: string, place: CheckPlace): string {
		for (const [, expression] of text.matchAll(BRACES)) {
			if (expression === undefined) continue;
			const wrong = this.value(expression, place);
			if (wrong !== "") return wrong;
		}
		return "";
	}

	private value(text: string, place: CheckPlace): string {
		const wrong = this.condition(text, place);
		return /is no number and no pointer$/.test(wrong) ? "" : wrong;
	}
}

/** Names that a statement sees. Good for checking only: it has no frame. */
function scopeAt(simulation: Simulation, info: FunctionInfo, pc: number): ExpressionScope {
	const module = simulation.program.modules.find((one) => one.functions.includes(info)) ?? null;
	const variables = variablesInScope(info, pc).reverse();
	return { module, variables, firstRegister: 0, memoryDistance: 0, base: 0 };
}
