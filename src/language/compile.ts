/**
 * The front end's door: files in, checked unit, devicetree source and diagnostics out.
 */
import { toValue } from "./checker/convert";
import { isLValue } from "./checker/nodes";
import { type Diagnostic, Diagnostics } from "./diagnostics";
import { expression } from "./parser/expressions";
import { newScope, Parser, type Scope, SyntaxStop } from "./parser/parser";
import { finishUnit, reachedKernelFunctions, translationUnit, undefinedSymbols } from "./parser/unit";
import type { Prelude } from "./prelude";
import type { MacroTable } from "./preprocessor/macros";
import { Preprocessor } from "./preprocessor/preprocessor";
import { T } from "./preprocessor/tokens";
import { type DtsChunk, NOWHERE, PRELUDE_FILE, type SourceFile } from "./source";
import type { CheckedUnit, Expression, FunctionSymbol, LValue, OrdinaryName, UnitScope } from "./tree";
import type { CType } from "./types";
import type { Watcher } from "./watch";

export { createPrelude, type Prelude } from "./prelude";
export { printType } from "./print-type";

export interface CompileInput {
	readonly prelude: Prelude;
	/** the main file first; others stand in for what is on disk (unsaved editors) */
	readonly files: readonly SourceFile[];
	/** text of an included file, null when there is none; `path` is relative to where the main file's path is */
	readonly readFile: (path: string) => string | null;
	/** more headers to accept silently */
	readonly isBuiltinHeader?: (path: string) => boolean;
	/** object-like macros from outside, such as KBUILD_MODNAME */
	readonly defines?: Readonly<Record<string, string>>;
	/** told what each name stands for */
	readonly watcher?: Watcher;
}

export interface CompileResult {
	/** sound only when there is no error among the diagnostics */
	readonly unit: CheckedUnit;
	/** the user's macros at the end of the file; null: undefined there */
	readonly macros: MacroTable;
	/** in the order of the source; consecutive chunks may be parts of one node (an #include inside it splits it) */
	readonly dts: DtsChunk[];
	/** NAME of `#include <board/NAME.dtsi>` */
	readonly includesBoard: string | null;
	/** sorted by file and line */
	readonly diagnostics: Diagnostic[];
}

/** The module's name of a file: its last path part without extension, `-` as `_`. */
export function moduleName(path: string): string {
	const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
	return name.replace(/\.[^.]*$/, "").replace(/-/g, "_");
}

/** Compiles one translation unit. Never throws for what a user can write. */
export function compile(input: CompileInput): CompileResult {
	const { prelude } = input;
	const main = input.files[0]!;
	const files: string[] = [PRELUDE_FILE];
	const diagnostics = new Diagnostics(files);
	const macros: MacroTable = new Map();
	const readFile = (path: string): string | null =>
		input.files.find((f) => f.path === path)?.text ?? input.readFile(path);
	const options = {
		files,
		diagnostics,
		macros,
		outer: prelude.macros,
		readFile,
		isBuiltin: input.isBuiltinHeader,
		watcher: input.watcher,
	};
	const defines = { KBUILD_MODNAME: `"${moduleName(main.path)}"`, ...input.defines };
	const head = Object.entries(defines).map(([name, value]) => `#define ${name} ${value}\n`);
	const first = new Preprocessor(options);
	first.run(PRELUDE_FILE, head.join(""));
	const preprocessor = new Preprocessor(options);
	preprocessor.run(main.path, main.text);
	const outer: Scope = { ...prelude.scope, parent: null };
	const parser = new Parser(preprocessor.out, newScope(outer, true), diagnostics, false);
	parser.watcher = input.watcher ?? null;
	translationUnit(parser);
	finishUnit(parser);
	const kernelFunctions = reachedKernelFunctions(parser.references.keys(), prelude.references);
	const unit: CheckedUnit = {
		files,
		functions: [...parser.functions, ...kernelFunctions],
		globals: [...prelude.globals, ...parser.globals],
		items: parser.items,
		undefinedSymbols: undefinedSymbols(parser),
		scope: unitScope(parser.scope),
	};
	return {
		unit,
		macros,
		dts: preprocessor.dts,
		includesBoard: preprocessor.includesBoard,
		diagnostics: sorted(diagnostics.list, files),
	};
}

function unitScope(scope: Scope): UnitScope {
	return { ordinary: scope.ordinary, tags: scope.tags, parent: scope.parent ? unitScope(scope.parent) : null };
}

function sorted(list: readonly Diagnostic[], files: readonly string[]): Diagnostic[] {
	return list
		.map((d, i) => ({ d, i }))
		.sort(
			(a, b) =>
				files.indexOf(a.d.file) - files.indexOf(b.d.file) ||
				a.d.line - b.d.line ||
				a.d.column - b.d.column ||
				a.i - b.i,
		)
		.map(({ d }) => d);
}

export interface ExpressionScope {
	/** file-scope names and types: `CheckedUnit.scope` */
	readonly unit: UnitScope;
	/** the prelude's macros, so that NULL or BIT(3) work */
	readonly macros?: MacroTable;
	/** names that come first: locals of a frame, dma0chan3, chan, cookie … */
	readonly lookup?: (name: string) => OrdinaryName | null;
	/** tags that come first (local structs) */
	readonly lookupTag?: (name: string) => CType | null;
}

export interface CheckedExpression {
	/** null after an error. An LValue when the text names an object (its address can be shown, it can be assigned to) */
	readonly node: LValue | Expression | null;
	/** the value of `node` (lvalues loaded, arrays decayed); null after an error */
	readonly expression: Expression | null;
	readonly diagnostics: Diagnostic[];
}

/**
 * Parses and checks one expression, as a debugger or a hover needs it. Names that it uses are not marked as having
 * their address taken unless the text does so with `&`. Places are in a file called `<expression>`.
 */
export function checkExpression(text: string, scope: ExpressionScope): CheckedExpression {
	const files = [PRELUDE_FILE];
	const diagnostics = new Diagnostics(files);
	const macros: MacroTable = new Map();
	const preprocessor = new Preprocessor({
		files,
		diagnostics,
		macros,
		outer: scope.macros ?? null,
		readFile: () => null,
	});
	preprocessor.run("<expression>", text.replace(/\n/g, " "));
	const parser = new Parser(preprocessor.out, newScope(asScope(scope.unit), false), diagnostics, false);
	parser.lookupHook = scope.lookup ?? null;
	parser.fn = scratchFunction();
	parser.endName = "the end of the expression";
	let node: LValue | Expression | null = null;
	try {
		node = expression(parser);
		if (parser.token.kind !== T.End)
			parser.error("expected", parser.token, ["the end of the expression", `but found ${parser.found()}`]);
	} catch (stop) {
		if (!(stop instanceof SyntaxStop)) throw stop;
	}
	for (const { token } of parser.implicitUses) {
		parser.error("notBuilt", token, [token.text, parser.suggestion(token.text, parser.names())]);
	}
	if (node && isLValue(node) && node.type.kind === "error") node = null;
	const value = node ? toValue(parser, node) : null;
	if (diagnostics.errors > 0) return { node: null, expression: null, diagnostics: diagnostics.list };
	return { node, expression: value, diagnostics: diagnostics.list };
}

function asScope(unit: UnitScope): Scope {
	return {
		ordinary: unit.ordinary as Map<string, OrdinaryName>,
		tags: unit.tags as Map<string, CType>,
		parent: unit.parent ? asScope(unit.parent) : null,
		locals: [],
		cleanups: [],
		file: true,
	};
}

function scratchFunction() {
	const symbol: FunctionSymbol = {
		kind: "function",
		name: "<expression>",
		type: {
			kind: "function",
			result: { kind: "void", qualifiers: 0 },
			parameters: [],
			variadic: false,
			unspecified: false,
			qualifiers: 0,
		},
		kernel: false,
		storage: "static",
		inline: false,
		weak: false,
		aliasOf: null,
		noreturn: false,
		definition: null,
		place: NOWHERE,
		used: true,
	};
	return {
		symbol,
		labels: new Map(),
		labelScopes: new Map(),
		gotos: [],
		locals: [],
		undeclared: new Set<string>(),
		loopScope: null,
		breakScope: null,
		switchCases: null,
	};
}
