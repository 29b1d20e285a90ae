/** Declarations: locals, file scope objects and functions, and function definitions. */
import { toValue } from "../checker/convert";
import { fallsThrough } from "../checker/flow";
import { flatten } from "../checker/initializers";
import { T, type Token } from "../preprocessor/tokens";
import { printType } from "../print-type";
import type { FunctionSymbol, Statement, VariableSymbol } from "../tree";
import { alignOf, type CType, ERROR, type FunctionType, isComplete, sameType, unqualified } from "../types";
import { type Attributes, attributes } from "./attributes";
import { type Declarator, declarator } from "./declarators";
import { initializer } from "./initializer";
import { needsMemory, newScope, type Parser, SyntaxStop } from "./parser";
import { type Specifiers, specifiers } from "./specifiers";
import { block, resolveGotos } from "./statements";

/** A declaration in a block; statements for the locals go to `into`. */
export function localDeclaration(p: Parser, into: Statement[]): void {
	if (p.token.kind === T.StaticAssert) {
		p.staticAssert();
		return;
	}
	const base = specifiers(p);
	if (p.accept(T.Semicolon)) {
		if (!base.tag) p.error("noDeclarator", base.place);
		return;
	}
	for (;;) {
		const own: Attributes = { ...base.attributes };
		const made = declarator(p, base.type, own);
		attributes(p, own);
		if (base.storage === "typedef") typedef(p, made, own);
		else if (made.type.kind === "function") {
			if (p.token.kind === T.LeftBrace) p.stop("notC", p.token, ["functions inside functions are not supported"]);
			const symbol = declareFunction(p, base, made, made.type, own);
			p.scope.ordinary.set(symbol.name, symbol);
		} else if (base.storage === "extern") externObject(p, made, own);
		else local(p, base, made, own, into);
		if (!p.accept(T.Comma)) break;
	}
	p.semicolon("after the declaration");
}

function typedef(p: Parser, made: Declarator, own: Attributes): void {
	const name = made.name!;
	const before = p.scope.ordinary.get(name);
	let type = made.type;
	if (own.mode) type = p.modeType(type, own.mode, made.place);
	if (before && !(before.kind === "typedef" && sameType(before.type, type))) {
		p.error("redefined", made.place, [name, before.place.line]);
	}
	p.scope.ordinary.set(name, { kind: "typedef", name, type: { ...type, alias: name }, place: made.place });
}

function local(p: Parser, base: Specifiers, made: Declarator, own: Attributes, into: Statement[]): void {
	const name = made.name!;
	const statics = base.storage === "static";
	let type = checkObjectType(p, made);
	const symbol = p.newVariable(name, type, statics ? "static" : "local", made.place);
	if (own.unused) p.maybeUnused.add(symbol);
	applyAlign(symbol, own);
	if (!base.auto) p.declare(name, symbol, made.place);
	let flat: ReturnType<typeof flatten> | null = null;
	if (p.accept(T.Assign)) {
		const raw = initializer(p);
		if (base.auto && raw.kind === "expression") {
			type = unqualified(toValue(p, raw.node).type);
			if (type.kind === "void") {
				p.error("voidValue", raw.place);
				type = ERROR;
			}
			symbol.type = type;
		}
		flat = flatten(p, type, raw, statics);
		symbol.type = flat.type;
	} else if (base.auto) p.error("notC", made.place, ["__auto_type needs an initialiser"]);
	if (base.auto) p.declare(name, symbol, made.place);
	symbol.align = Math.max(symbol.align, alignOf(symbol.type));
	if (!statics && needsMemory(symbol.type)) symbol.inMemory = true;
	if (!isComplete(symbol.type) && symbol.type.kind !== "error")
		p.error("incomplete", made.place, [printType(symbol.type)]);
	if (statics) {
		p.globals.push({ symbol, initializer: flat?.initializer ?? null });
		return;
	}
	p.fn!.locals.push(symbol);
	p.scope.locals.push(symbol);
	into.push({ kind: "declare", symbol, initializer: flat?.initializer ?? null, place: made.place });
	if (own.cleanup) cleanup(p, symbol, own);
}

function cleanup(p: Parser, symbol: VariableSymbol, own: Attributes): void {
	const { name, place } = own.cleanup!;
	const fn = p.find(name);
	if (fn?.kind !== "function") {
		p.error("undeclared", place, [name, p.suggestion(name, p.names())]);
		return;
	}
	p.use(fn, place);
	symbol.cleanup = fn;
	symbol.inMemory = true;
	p.scope.cleanups.push(symbol);
}

function checkObjectType(p: Parser, made: Declarator): CType {
	if (made.type.kind === "void") {
		p.error("voidVariable", made.place, [made.name ?? "", "void"]);
		return ERROR;
	}
	return made.type;
}

function applyAlign(symbol: VariableSymbol, own: Attributes): void {
	if (own.align > symbol.align) symbol.align = own.align;
	if (own.weak) symbol.weak = true;
	if (own.alias !== null) symbol.aliasOf = own.alias;
}

// ---------------------------------------------------------------- file scope

/** One external declaration or function definition. */
export function externalDeclaration(p: Parser): void {
	if (p.token.kind === T.StaticAssert) {
		p.staticAssert();
		return;
	}
	const base = specifiers(p);
	if (p.accept(T.Semicolon)) {
		if (!base.tag) p.error("noDeclarator", base.place);
		return;
	}
	for (;;) {
		const own: Attributes = { ...base.attributes };
		const made = declarator(p, base.type, own);
		attributes(p, own);
		if (base.storage === "typedef") typedef(p, made, own);
		else if (made.type.kind === "function") {
			const symbol = declareFunction(p, base, made, made.type, own);
			if (p.token.kind === T.LeftBrace) {
				functionBody(p, symbol, made);
				return;
			}
		} else globalObject(p, base, made, own);
		if (!p.accept(T.Comma)) break;
	}
	p.semicolon("after the declaration");
}

/** `extern T x;` in a block or at file scope. */
function externObject(p: Parser, made: Declarator, own: Attributes): VariableSymbol {
	const name = made.name!;
	const before = p.find(name);
	if (before?.kind === "variable" && before.owner === null && sameType(before.type, made.type)) {
		if (p.scope.ordinary.get(name) === undefined) p.scope.ordinary.set(name, before);
		return before;
	}
	const symbol = p.newVariable(name, checkObjectType(p, made), "extern", made.place);
	symbol.owner = null;
	applyAlign(symbol, own);
	p.scope.ordinary.set(name, symbol);
	return symbol;
}

function globalObject(p: Parser, base: Specifiers, made: Declarator, own: Attributes): void {
	const name = made.name!;
	const type = checkObjectType(p, made);
	const statics = base.storage === "static";
	const isExtern = base.storage === "extern" && p.token.kind !== T.Assign;
	const known = p.scope.ordinary.get(name);
	if (isExtern && !known) {
		externObject(p, made, own);
		return;
	}
	let symbol: VariableSymbol;
	if (known?.kind === "variable") {
		if (!sameType(known.type, type))
			p.error("conflicting", made.place, [name, printType(type), printType(known.type), known.place.line]);
		symbol = known;
		if (known.type.kind === "array" && known.type.length < 0) known.type = type;
		if (isExtern) return;
		if (symbol.storage === "extern") symbol.storage = statics ? "static" : "global";
		symbol.kernel = false;
	} else {
		if (known) p.error("redefined", made.place, [name, known.place.line]);
		symbol = p.newVariable(name, type, statics ? "static" : "global", made.place);
		p.scope.ordinary.set(name, symbol);
	}
	applyAlign(symbol, own);
	if (own.unused) p.maybeUnused.add(symbol);
	let entry = p.globals.find((g) => g.symbol === symbol);
	if (!entry) {
		entry = { symbol, initializer: null };
		p.globals.push(entry);
	}
	if (p.accept(T.Assign)) {
		const raw = initializer(p);
		if (entry.initializer) p.error("redefined", made.place, [name, symbol.place.line]);
		const flat = flatten(p, symbol.type, raw, true);
		symbol.type = flat.type;
		entry.initializer = flat.initializer;
	}
	symbol.align = Math.max(symbol.align, alignOf(symbol.type));
}

function declareFunction(
	p: Parser,
	base: Specifiers,
	made: Declarator,
	type: FunctionType,
	own: Attributes,
): FunctionSymbol {
	const name = made.name!;
	const file = p.fileScope();
	const known = file.ordinary.get(name);
	let symbol: FunctionSymbol;
	if (known?.kind === "function") {
		symbol = known;
		if (!sameType(known.type, type))
			p.error("conflicting", made.place, [name, printType(type), printType(known.type), known.place.line]);
		else if (!known.definition) symbol.type = type;
	} else {
		if (known) p.error("redefined", made.place, [name, known.place.line]);
		const outer = file.parent?.ordinary.get(name);
		const isDefinition = p.token.kind === T.LeftBrace;
		if (outer?.kind === "function" && base.storage !== "static" && !isDefinition && !p.isPrelude) {
			// a prototype of a kernel function: the same one, unless a definition follows
			symbol = { ...outer, type, place: made.place };
		} else symbol = p.newFunction(name, type, made.place);
		file.ordinary.set(name, symbol);
	}
	if (base.storage === "static") symbol.storage = "static";
	if (base.inline) symbol.inline = true;
	if (own.noreturn) symbol.noreturn = true;
	if (own.weak) symbol.weak = true;
	if (own.alias !== null) symbol.aliasOf = own.alias;
	if (own.unused) p.maybeUnused.add(symbol);
	return symbol;
}

function functionBody(p: Parser, symbol: FunctionSymbol, made: Declarator): void {
	const outer = p.scope;
	if (symbol.definition) p.error("redefined", made.place, [symbol.name, symbol.place.line]);
	symbol.kernel = false;
	symbol.place = made.place;
	if (symbol.storage === "extern") symbol.storage = "global";
	const result = symbol.type.result;
	if (result.kind !== "void" && !isComplete(result)) p.error("incomplete", made.place, [printType(result)]);
	const parameters = made.parameters ?? [];
	const scope = newScope(outer);
	for (const parameter of parameters) {
		parameter.owner = symbol.name;
		if (parameter.name === "") p.error("expectedName", parameter.place, ["a parameter without one"]);
		else scope.ordinary.set(parameter.name, parameter);
		if (!isComplete(parameter.type) && parameter.type.kind !== "error")
			p.error("incomplete", parameter.place, [printType(parameter.type)]);
	}
	p.fn = {
		symbol,
		labels: new Map(),
		labelScopes: new Map(),
		gotos: [],
		locals: [...parameters],
		undeclared: new Set(),
		loopScope: null,
		breakScope: null,
		switchCases: null,
	};
	const depth = p.depth;
	const errors = p.diagnostics.errors;
	try {
		const body = block(p, scope);
		resolveGotos(p);
		const end = body.end as Token;
		if (
			result.kind !== "void" &&
			result.kind !== "error" &&
			!p.isPrelude &&
			p.diagnostics.errors === errors &&
			fallsThrough(body)
		) {
			p.error("noReturn", end, [symbol.name]);
		}
		const definition = {
			symbol,
			parameters,
			body,
			place: made.place,
			end,
			locals: p.fn.locals,
			kernelText: p.isPrelude,
		};
		symbol.definition = definition;
		p.functions.push(definition);
		if (p.onFunction) {
			p.onFunction(symbol, p.called);
			p.called = [];
		}
	} catch (stop) {
		if (!(stop instanceof SyntaxStop)) throw stop;
		p.depth = depth;
		p.scope = outer;
		p.fn = null;
		throw stop;
	}
	p.scope = outer;
	p.fn = null;
}
