/** Whether control can reach the end of a function: for the warning about a missing return. */
import type { Expression, Statement } from "../tree";

/** True when the code after the statement can be reached. Errs towards false with goto. */
export function fallsThrough(statement: Statement): boolean {
	switch (statement.kind) {
		case "return":
		case "goto":
		case "break":
		case "continue":
			return false;
		case "expression":
			return !neverReturns(statement.expression);
		case "block": {
			let reachable = true;
			for (const inner of statement.statements) {
				if (inner.kind === "label" || inner.kind === "case") reachable = true;
				if (reachable) reachable = fallsThrough(inner);
			}
			return reachable;
		}
		case "if": {
			if (statement.condition.kind === "constant") {
				if (statement.condition.value !== 0n) return fallsThrough(statement.then);
				return statement.otherwise ? fallsThrough(statement.otherwise) : true;
			}
			return fallsThrough(statement.then) || (statement.otherwise ? fallsThrough(statement.otherwise) : true);
		}
		case "while":
			return !(statement.condition.kind === "constant" && statement.condition.value !== 0n) || breaks(statement.body);
		case "for":
			if (statement.condition && !(statement.condition.kind === "constant" && statement.condition.value !== 0n))
				return true;
			return breaks(statement.body);
		case "do":
			if (breaks(statement.body)) return true;
			if (statement.condition.kind === "constant" && statement.condition.value !== 0n) return false;
			return fallsThrough(statement.body) || continues(statement.body);
		case "switch":
			return statement.fallback === null || fallsThrough(statement.body) || breaks(statement.body);
		default:
			return true;
	}
}

function neverReturns(value: Expression): boolean {
	switch (value.kind) {
		case "trap":
			return true;
		case "call":
			return value.callee.kind === "function" && value.callee.symbol.noreturn;
		case "cast":
			return neverReturns(value.operand);
		case "statement-expression":
			return !fallsThrough(value.body);
		default:
			return false;
	}
}

function breaks(statement: Statement): boolean {
	return holds(statement, "break");
}
function continues(statement: Statement): boolean {
	return holds(statement, "continue");
}

/** A break or continue that belongs to the loop around. */
function holds(statement: Statement, kind: "break" | "continue"): boolean {
	switch (statement.kind) {
		case kind:
			return true;
		case "block":
			return statement.statements.some((s) => holds(s, kind));
		case "if":
			return holds(statement.then, kind) || (statement.otherwise !== null && holds(statement.otherwise, kind));
		case "switch":
			return kind === "continue" && holds(statement.body, kind);
		default:
			return false;
	}
}
