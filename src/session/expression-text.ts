/** C text of the debugger's into a checked expression. */
import { checkExpression as check } from "../language/compile";
import { type ExpressionScope, lookupInScope } from "../language/expression";
import type { LoadedModule } from "../language/program";
import type { Expression, OrdinaryName, UnitScope } from "../language/tree";
import { SessionError } from "./api";
import { kernelPrelude } from "./kernel-prelude";

/**
 * Checks an expression in the scope of a frame, else in a module's file scope; then the functions and objects of the
 * other modules are known too. Throws SessionError with what is wrong.
 */
export function checkExpression(
	text: string,
	scope: ExpressionScope | null,
	module: LoadedModule | null,
	modules: readonly LoadedModule[] = [],
): Expression {
	const prelude = kernelPrelude();
	const unit: UnitScope = module?.unit.scope ?? {
		ordinary: prelude.scope.ordinary,
		tags: prelude.scope.tags,
		parent: null,
	};
	const { expression, diagnostics } = check(text, {
		unit,
		macros: prelude.macros,
		lookup: (name) => lookupInScope(scope, name) ?? (knows(unit, name) ? null : elsewhere(modules, name)),
	});
	const error = diagnostics.find(({ severity }) => severity === "error");
	if (!expression || error) throw new SessionError(error?.message ?? `"${text}" is no expression`);
	return expression;
}

function knows(unit: UnitScope, name: string): boolean {
	for (let scope: UnitScope | null = unit; scope; scope = scope.parent) if (scope.ordinary.has(name)) return true;
	return false;
}

/** What a loaded module defines under a name, the newest module first. */
function elsewhere(modules: readonly LoadedModule[], name: string): OrdinaryName | null {
	for (const { loaded, unit } of [...modules].reverse()) {
		const symbol = loaded ? unit.scope.ordinary.get(name) : undefined;
		if (symbol?.kind === "function" || symbol?.kind === "variable") return symbol;
	}
	return null;
}
