/** C text of the debugger's into a checked expression. */
import { checkExpression as check } from "../language/compile";
import { type ExpressionScope, lookupInScope } from "../language/expression";
import type { LoadedModule } from "../language/program";
import type { Expression, UnitScope } from "../language/tree";
import { SessionError } from "./api";
import { kernelPrelude } from "./kernel-prelude";

/** Checks an expression in the scope of a frame, else in a module's file scope. Throws SessionError with what is wrong. */
export function checkExpression(text: string, scope: ExpressionScope | null, module: LoadedModule | null): Expression {
	const prelude = kernelPrelude();
	const unit: UnitScope = module?.unit.scope ?? {
		ordinary: prelude.scope.ordinary,
		tags: prelude.scope.tags,
		parent: null,
	};
	const { expression, diagnostics } = check(text, {
		unit,
		macros: prelude.macros,
		lookup: (name) => lookupInScope(scope, name),
	});
	const error = diagnostics.find(({ severity }) => severity === "error");
	if (!expression || error) throw new SessionError(error?.message ?? `"${text}" is no expression`);
	return expression;
}
