/** Small helpers that build checked trees by hand, for tests of code generation without the front end. */
import { NOWHERE, type Place } from "../../../src/language/source";
import type * as t from "../../../src/language/tree";
import { type CType, type FunctionType, INT, LONG, pointerTo } from "../../../src/language/types";

export const at = (line: number): Place => ({ ...NOWHERE, file: 1, line });

export function variable(name: string, type: CType, more: Partial<t.VariableSymbol> = {}): t.VariableSymbol {
	return {
		kind: "variable",
		name,
		type,
		storage: "local",
		inMemory: false,
		kernel: false,
		align: 8,
		cleanup: null,
		owner: null,
		place: NOWHERE,
		used: true,
		weak: false,
		aliasOf: null,
		...more,
	};
}

export const number = (value: number | bigint, type: CType = INT): t.Expression => ({
	kind: "constant",
	type,
	place: NOWHERE,
	value: BigInt(value),
});
export const lv = (symbol: t.VariableSymbol): t.LValue => ({
	kind: "variable",
	type: symbol.type,
	place: NOWHERE,
	symbol,
});
export const load = (operand: t.LValue): t.Expression => ({
	kind: "load",
	type: operand.type,
	place: NOWHERE,
	operand,
});
export const get = (symbol: t.VariableSymbol): t.Expression => load(lv(symbol));
export const set = (target: t.LValue, value: t.Expression): t.Expression => ({
	kind: "assign",
	type: target.type,
	place: NOWHERE,
	target,
	value,
});
export const binary = (
	operator: t.BinaryOperator,
	left: t.Expression,
	right: t.Expression,
	type: CType = left.type,
): t.Expression => ({ kind: "binary", type, place: NOWHERE, operator, left, right });
export const compare = (operator: t.CompareOperator, left: t.Expression, right: t.Expression): t.Expression => ({
	kind: "compare",
	type: INT,
	place: NOWHERE,
	operator,
	left,
	right,
});
export const cast = (type: CType, operand: t.Expression): t.Expression => ({
	kind: "cast",
	type,
	place: NOWHERE,
	operand,
});
export const deref = (type: CType, pointer: t.Expression): t.LValue => ({
	kind: "deref",
	type,
	place: NOWHERE,
	pointer,
});
export const element = (pointer: t.Expression, index: t.Expression, type: CType, scale: number): t.LValue =>
	deref(type, {
		kind: "pointer-add",
		type: pointerTo(type),
		place: NOWHERE,
		pointer,
		index: cast(LONG, index),
		scale,
		subtract: false,
	});
export const call = (symbol: t.FunctionSymbol, ...args: t.Expression[]): t.Expression => ({
	kind: "call",
	type: symbol.type.result,
	place: NOWHERE,
	callee: { kind: "function", type: pointerTo(symbol.type), place: NOWHERE, symbol },
	signature: symbol.type,
	arguments: args,
	fixed: symbol.type.parameters.length,
});

export const run = (expression: t.Expression, line = 1): t.Statement => ({
	kind: "expression",
	place: at(line),
	expression,
});
export const give = (value: t.Expression | null, line = 1): t.Statement => ({
	kind: "return",
	place: at(line),
	value,
	cleanups: [],
});
export const block = (statements: t.Statement[], locals: t.VariableSymbol[] = []): t.BlockStatement => ({
	kind: "block",
	place: at(1),
	statements,
	locals,
	cleanups: [],
	end: at(99),
});
export const loop = (condition: t.Expression, body: t.Statement, line = 1): t.Statement => ({
	kind: "while",
	place: at(line),
	condition,
	body,
});
export const when = (
	condition: t.Expression,
	then: t.Statement,
	otherwise: t.Statement | null = null,
	line = 1,
): t.Statement => ({
	kind: "if",
	place: at(line),
	condition,
	then,
	otherwise,
});

export function functionSymbol(name: string, result: CType, parameters: CType[], variadic = false): t.FunctionSymbol {
	const type: FunctionType = {
		kind: "function",
		qualifiers: 0,
		result,
		parameters: parameters.map((parameter) => ({ name: null, type: parameter })),
		variadic,
		unspecified: false,
	};
	return {
		kind: "function",
		name,
		type,
		kernel: false,
		storage: "global",
		inline: false,
		weak: false,
		aliasOf: null,
		noreturn: false,
		definition: null,
		place: at(1),
		used: true,
	};
}

export function define(
	symbol: t.FunctionSymbol,
	parameters: t.VariableSymbol[],
	locals: t.VariableSymbol[],
	statements: t.Statement[],
): t.FunctionDefinition {
	const definition: t.FunctionDefinition = {
		symbol,
		parameters,
		body: block(statements, locals),
		place: at(1),
		end: at(99),
		locals: [...parameters, ...locals],
		kernelText: false,
	};
	symbol.definition = definition;
	return definition;
}

export function unit(functions: t.FunctionDefinition[], globals: t.GlobalVariable[] = []): t.CheckedUnit {
	return {
		files: ["<kernel>", "test.c"],
		functions,
		globals,
		items: [],
		undefinedSymbols: [],
		scope: { ordinary: new Map(), tags: new Map(), parent: null },
	};
}
