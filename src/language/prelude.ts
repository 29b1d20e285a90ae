/** The kernel's declarations as C text: parsed once, then the outer scope of every file. */
import { type Diagnostic, Diagnostics } from "./diagnostics";
import { newScope, Parser, type Scope } from "./parser/parser";
import { translationUnit } from "./parser/unit";
import { type MacroTable, PREDEFINED, specialMacros } from "./preprocessor/macros";
import { Preprocessor } from "./preprocessor/preprocessor";
import { NOWHERE, PRELUDE_FILE } from "./source";
import type { FunctionSymbol, GlobalVariable } from "./tree";

export interface Prelude {
	readonly macros: MacroTable;
	readonly scope: Scope;
	/** which of the kernel's C functions call which */
	readonly references: ReadonlyMap<FunctionSymbol, readonly FunctionSymbol[]>;
	readonly globals: readonly GlobalVariable[];
	/** empty for a sound prelude */
	readonly diagnostics: readonly Diagnostic[];
}

/** Parses and checks the text. What it declares without a body or initialiser is the kernel's (`kernel` true). */
export function createPrelude(text: string): Prelude {
	const files = [PRELUDE_FILE];
	const diagnostics = new Diagnostics(files);
	const macros = specialMacros(NOWHERE);
	const preprocessor = new Preprocessor({ files, diagnostics, macros, outer: null, readFile: () => null });
	preprocessor.run(PRELUDE_FILE, `${PREDEFINED.replaceAll("\n", " \n")}`);
	const main = new Preprocessor({ files, diagnostics, macros, outer: null, readFile: () => null });
	main.run(PRELUDE_FILE, text);
	const parser = new Parser(main.out, newScope(null, true), diagnostics, true);
	const references = new Map<FunctionSymbol, FunctionSymbol[]>();
	parser.onFunction = (symbol, called) => references.set(symbol, called);
	translationUnit(parser);
	return { macros, scope: parser.scope, references, globals: parser.globals, diagnostics: diagnostics.list };
}
