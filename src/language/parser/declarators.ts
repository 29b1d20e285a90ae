/** Declarators: pointers, arrays, functions and their parameters. */
import { toValue } from "../checker/convert";
import { T, type Token } from "../preprocessor/tokens";
import { printType } from "../print-type";
import type { VariableSymbol } from "../tree";
import {
	arrayOf,
	CONST,
	type CType,
	ERROR,
	isComplete,
	isInteger,
	type Parameter,
	pointerTo,
	RESTRICT,
	sizeOf,
	VOLATILE,
} from "../types";
import { type Attributes, attributes, noAttributes } from "./attributes";
import { assignment } from "./expressions";
import { newScope, type Parser } from "./parser";
import { beginsDeclaration, specifiers } from "./specifiers";

export interface Declarator {
	name: string | null;
	type: CType;
	place: Token;
	/** of the function that is declared, null otherwise */
	parameters: VariableSymbol[] | null;
}

const LARGEST = 256 * 1024 * 1024;

/** Parses a declarator (`abstract`: the name may be missing). */
export function declarator(p: Parser, base: CType, own: Attributes, abstract = false): Declarator {
	const result: Declarator = { name: null, type: base, place: p.token, parameters: null };
	parse(p, base, result, own, abstract);
	return result;
}

function parse(p: Parser, base: CType, result: Declarator, own: Attributes, abstract: boolean): void {
	p.enter();
	let type = pointers(p, base, own);
	if (p.token.kind === T.LeftParen && isNested(p, abstract)) {
		// read what follows the parentheses first: it applies before what is inside them
		p.next();
		attributes(p, own);
		const inside = p.at;
		skipNested(p);
		type = suffixes(p, type, result);
		const after = p.at;
		p.seek(inside);
		parse(p, type, result, own, abstract);
		p.expect(T.RightParen, ")", "in the declaration");
		p.seek(after);
	} else {
		result.place = p.token;
		if (p.token.kind === T.Identifier) {
			result.name = p.next().text;
		} else if (!abstract) {
			p.stop("expectedName", p.token, [p.found()]);
		}
		attributes(p, own);
		result.type = suffixes(p, type, result);
	}
	attributes(p, own);
	p.leave();
}

/** `(` begins a nested declarator, not parameters. */
function isNested(p: Parser, abstract: boolean): boolean {
	const next = p.peek();
	if (next.kind === T.Star || next.kind === T.LeftParen || next.kind === T.Attribute) return true;
	if (next.kind === T.LeftBracket) return abstract;
	if (next.kind === T.Identifier) return !abstract || !beginsDeclaration(p, next);
	return false;
}

function skipNested(p: Parser): void {
	let depth = 1;
	while (depth > 0) {
		if (p.token.kind === T.LeftParen) depth++;
		else if (p.token.kind === T.RightParen) depth--;
		else if (p.token.kind === T.End) p.stop("expected", p.token, ["')'", "before the end of the file"]);
		p.next();
	}
}

function pointers(p: Parser, base: CType, own: Attributes): CType {
	let type = base;
	while (p.accept(T.Star)) {
		let qualifiers = 0;
		for (;;) {
			if (p.token.kind === T.Const) qualifiers |= CONST;
			else if (p.token.kind === T.Volatile) qualifiers |= VOLATILE;
			else if (p.token.kind === T.Restrict) qualifiers |= RESTRICT;
			else if (p.token.kind === T.Attribute) {
				attributes(p, own);
				continue;
			} else break;
			p.next();
		}
		type = pointerTo(type, qualifiers);
	}
	return type;
}

function suffixes(p: Parser, base: CType, result: Declarator): CType {
	if (p.token.kind === T.LeftBracket) {
		const open = p.next();
		let length = -1;
		while (p.is(T.Static) || p.is(T.Const) || p.is(T.Volatile) || p.is(T.Restrict)) p.next();
		if (p.is(T.Star) && p.peek().kind === T.RightBracket) p.next();
		else if (!p.is(T.RightBracket)) length = arrayLength(p);
		p.expect(T.RightBracket, "]", "after the array's length");
		const element = suffixes(p, base, result);
		if (element.kind === "function" || element.kind === "void" || (!isComplete(element) && element.kind !== "error")) {
			p.error("arraySize", open, [`an array cannot have elements of type '${printType(element)}'`]);
			return ERROR;
		}
		if (length > 0 && length * sizeOf(element) > LARGEST) {
			p.error("typeTooLarge", open, [printType(arrayOf(element, length))]);
			return ERROR;
		}
		return arrayOf(element, length);
	}
	if (p.token.kind === T.LeftParen) {
		const place = p.next();
		const list = parameters(p);
		const inner = suffixes(p, base, result);
		result.parameters = list.symbols;
		if (inner.kind === "function" || inner.kind === "array") {
			p.error("functionReturns", place, [printType(inner)]);
			return ERROR;
		}
		return {
			kind: "function",
			result: inner,
			parameters: list.parameters,
			variadic: list.variadic,
			unspecified: list.unspecified,
			qualifiers: 0,
		};
	}
	return base;
}

function arrayLength(p: Parser): number {
	const place = p.token;
	const value = toValue(p, assignment(p));
	if (value.type.kind === "error") return 1;
	if (!isInteger(value.type)) {
		p.error("notInteger", place, ["the length of an array", printType(value.type)]);
		return 1;
	}
	if (value.kind !== "constant") {
		if (!p.inParameters)
			p.error("notC", place, [
				"variable-length arrays are not supported: the length must be a constant (allocate with kmalloc)",
			]);
		return 1;
	}
	if (value.value < 0n) {
		p.error("arraySize", place, [`the length of an array cannot be negative (${value.value})`]);
		return 1;
	}
	return Number(value.value > 0xffffffffn ? 0xffffffffn : value.value);
}

interface ParameterList {
	parameters: Parameter[];
	symbols: VariableSymbol[];
	variadic: boolean;
	unspecified: boolean;
}

function parameters(p: Parser): ParameterList {
	const list: ParameterList = { parameters: [], symbols: [], variadic: false, unspecified: false };
	if (p.accept(T.RightParen)) {
		// the kernel is built with -Wstrict-prototypes: `()` is taken as `(void)`
		return list;
	}
	if (p.token.kind === T.Void && p.peek().kind === T.RightParen) {
		p.next();
		p.next();
		return list;
	}
	const outer = p.scope;
	const before = p.inParameters;
	p.scope = newScope(outer);
	p.inParameters = true;
	try {
		for (;;) {
			if (p.accept(T.Ellipsis)) {
				list.variadic = true;
				break;
			}
			const base = specifiers(p);
			const own = noAttributes();
			const made = declarator(p, base.type, own, true);
			const type = parameterType(made.type);
			if (type.kind === "void") p.error("voidVariable", made.place, [made.name ?? "parameter", "void"]);
			list.parameters.push({ name: made.name, type });
			const symbol = p.newVariable(made.name ?? "", type, "parameter", made.place);
			symbol.owner = null;
			list.symbols.push(symbol);
			if (made.name !== null) {
				if (p.scope.ordinary.has(made.name)) p.error("redefined", made.place, [made.name, made.place.line]);
				p.scope.ordinary.set(made.name, symbol);
			}
			if (!p.accept(T.Comma)) break;
		}
	} finally {
		p.scope = outer;
		p.inParameters = before;
	}
	p.expect(T.RightParen, ")", "after the parameters");
	return list;
}

/** Arrays and functions as parameters are pointers. */
function parameterType(type: CType): CType {
	if (type.kind === "array") return pointerTo(type.element, type.qualifiers);
	if (type.kind === "function") return pointerTo(type);
	return type;
}
