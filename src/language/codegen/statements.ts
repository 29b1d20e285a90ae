import type { BlockStatement, Expression, ForStatement, Statement, VariableSymbol } from "../tree";
import { sizeOf } from "../types";
import { Op } from "../vm/opcodes";
import { branch } from "./branches";
import { discard, expression } from "./expressions";
import type { Generator } from "./generator";
import { initializeLocal } from "./initializers";
import { isRecord, isWide, signed } from "./places";
import { recordPlace } from "./records";
import { switchStatement } from "./switches";

export function statement(g: Generator, node: Statement): void {
	const { out } = g;
	const mark = out.next;
	switch (node.kind) {
		case "expression":
			out.statement(node.place);
			discard(g, node.expression);
			out.flush();
			break;
		case "block":
			block(g, node, null);
			break;
		case "declare": {
			const location = g.locations.get(node.symbol) ?? g.place(node.symbol);
			if (!node.initializer) {
				// Not part of C: an uninitialised register reads as zero, so that runs are repeatable.
				if (location.kind === "register")
					if (isWide(node.symbol.type)) out.emit(Op.Li64, location.slot, 0, 0);
					else out.emit(Op.Li, location.slot, 0);
				return;
			}
			out.statement(node.place);
			initializeLocal(g, location, node.symbol.type, node.initializer);
			out.flush();
			// A register given by this very statement (no enclosing block listed it) stays.
			if (location.kind === "register" && location.slot >= mark) return;
			break;
		}
		case "if": {
			const otherwise = out.label();
			out.statement(node.place);
			branch(g, node.condition, otherwise, false);
			out.flush();
			out.next = mark;
			statement(g, node.then);
			if (node.otherwise) {
				const end = out.label();
				out.jump(Op.Jmp, end);
				out.bind(otherwise);
				statement(g, node.otherwise);
				out.bind(end);
			} else out.bind(otherwise);
			break;
		}
		case "while": {
			const top = out.label();
			const exit = out.label();
			const again = out.label();
			out.jump(Op.Jmp, again);
			out.bind(top);
			g.loops.push({ exit, again });
			const before = out.statements;
			statement(g, node.body);
			g.loops.pop();
			out.bind(again);
			out.barrier = true;
			if (!isConstant(node.condition, true) || out.statements === before) out.statement(node.place);
			branch(g, node.condition, top, true);
			out.bind(exit);
			break;
		}
		case "do": {
			const top = out.label();
			const exit = out.label();
			const again = out.label();
			out.bind(top);
			g.loops.push({ exit, again });
			statement(g, node.body);
			g.loops.pop();
			out.bind(again);
			// do { } while (0) of macros costs nothing.
			if (!isConstant(node.condition, false)) {
				out.barrier = true;
				out.statement(conditionPlace(node.condition, node.place));
				branch(g, node.condition, top, true);
			}
			out.bind(exit);
			break;
		}
		case "for":
			forStatement(g, node);
			break;
		case "switch":
			switchStatement(g, node);
			break;
		case "case":
		case "label":
			out.bind(g.labelOf(node.kind === "case" ? node : node.label));
			out.barrier = true;
			break;
		case "break":
		case "continue": {
			const target = g.loops[g.loops.length - 1];
			out.statement(node.place);
			cleanups(g, node.cleanups);
			const label = node.kind === "break" ? target.exit : continueLabel(g);
			out.jump(Op.Jmp, label);
			break;
		}
		case "goto":
			out.statement(node.place);
			cleanups(g, node.cleanups);
			out.jump(Op.Jmp, g.labelOf(node.label));
			break;
		case "return":
			out.statement(node.place);
			returnStatement(g, node.value, node.cleanups);
			break;
		case "empty":
			break;
	}
	out.next = mark;
}

function continueLabel(g: Generator) {
	for (let i = g.loops.length - 1; i >= 0; i--) {
		const { again } = g.loops[i];
		if (again) return again;
	}
	throw new Error("continue outside a loop");
}

function isConstant(node: Expression, truth: boolean): boolean {
	if (node.kind === "cast") return isConstant(node.operand, truth);
	return node.kind === "constant" && (node.value !== 0n) === truth;
}

/** The condition of a do loop is at its end, where it is also shown. */
function conditionPlace(condition: Expression, fallback: Statement["place"]): Statement["place"] {
	return condition.place.file === fallback.file ? condition.place : fallback;
}

/**
 * One turn of a `for` costs one statement besides its body: the step and the condition behind it together. The first
 * condition belongs to the initialisation.
 */
function forStatement(g: Generator, node: ForStatement): void {
	const { out } = g;
	const top = out.label();
	const exit = out.label();
	const again = out.label();
	const test = out.label();
	for (const init of node.init) statement(g, init);
	const endless = !node.condition || isConstant(node.condition, true);
	if (node.init.length === 0 && !endless) out.statement(node.place);
	if (node.step && !endless) out.jump(Op.Jmp, test);
	else if (!endless) {
		out.flush();
		branch(g, node.condition as Expression, exit, false);
	}
	out.bind(top);
	g.loops.push({ exit, again });
	const before = out.statements;
	statement(g, node.body);
	g.loops.pop();
	out.bind(again);
	out.barrier = true;
	if (node.step || !endless || out.statements === before)
		out.statement(node.step ? conditionPlace(node.step, node.place) : node.place);
	if (node.step) {
		discard(g, node.step);
		out.flush();
	}
	out.bind(test);
	if (endless) out.jump(Op.Jmp, top);
	else branch(g, node.condition as Expression, top, true);
	out.bind(exit);
}

/** `result`, for statement expressions, is evaluated in the block's scope before its cleanups. */
export function block(g: Generator, node: BlockStatement, result: (() => void) | null): void {
	const { out } = g;
	const mark = out.next;
	const from = g.variables.length;
	for (const local of node.locals) if (!g.locations.has(local)) g.place(local);
	for (const inner of node.statements) statement(g, inner);
	result?.();
	out.flush();
	cleanups(g, node.cleanups);
	g.close(from);
	out.next = mark;
}

/** Calls the cleanup functions of variables, in the order given. */
export function cleanups(g: Generator, variables: readonly VariableSymbol[]): void {
	for (const variable of variables) {
		const location = g.locations.get(variable);
		if (!variable.cleanup || !location) continue;
		const mark = g.out.next;
		const window = g.out.alloc(2);
		g.addressOf(location, window);
		g.out.call(variable.cleanup, window, 1);
		g.out.next = mark;
	}
}

function returnStatement(g: Generator, value: Expression | null, variables: readonly VariableSymbol[]): void {
	const { out } = g;
	if (!value || value.type.kind === "void") {
		if (value) discard(g, value);
		cleanups(g, variables);
		out.emit(Op.Ret);
		return;
	}
	if (isRecord(value.type)) {
		g.copy({ kind: "memory", slot: g.resultPointer, disp: 0 }, recordPlace(g, value), sizeOf(value.type));
		cleanups(g, variables);
		out.emit(Op.Ret64, g.resultPointer);
		return;
	}
	// A variable's own register could be changed by a cleanup's statement expression; a copy is not needed otherwise.
	const slot = expression(g, value, variables.length > 0 ? out.alloc(2) : -1);
	cleanups(g, variables);
	out.emit(isWide(value.type) ? Op.Ret64 : signed(value.type) ? Op.RetS : Op.RetU, slot);
}

/** `({ … })`: `use` generates code for the result, if there is one. */
export function statementExpression(
	g: Generator,
	node: Expression & { kind: "statement-expression" },
	use: (result: Expression) => void,
): void {
	const { result } = node;
	g.out.nested++;
	block(g, node.body, result ? () => use(result) : null);
	g.out.nested--;
}
