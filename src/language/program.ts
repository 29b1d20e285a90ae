import { dataImage } from "./codegen/data";
import type { RelocationTarget } from "./codegen/emitter";
import { type FunctionCode, generateFunction } from "./codegen/functions";
import { layOutData, stringKey } from "./codegen/layout";
import type { FunctionInfo, GlobalInfo, LineRow, SourcePosition, VariableInfo } from "./debug-info";
import type { Place } from "./source";
import type { CheckedUnit, FunctionSymbol, VariableSymbol } from "./tree";
import { type CType, VOID } from "./types";
import { BREAKPOINT, STATEMENT } from "./vm/opcodes";
import { functionAddress, type Vm } from "./vm/vm";

/** What a program needs of the kernel to load a module. */
export interface LoadOptions {
	/** The module's name. */
	name: string;
	/**
	 * Zeroed memory in the 0xffff8000 window: signed pointer to the start of a mapping of its own. Memory asked for as
	 * "strings" is made read-only (AddressSpace.protect) when it is filled.
	 */
	allocate(bytes: number, what: "data" | "strings"): number;
	/** Address of an object that the kernel declares (`extern`), or null when there is none. */
	kernelObject?(name: string, type: CType): number | null;
}

/** A name that no module and no kernel function defines. */
export interface LinkError {
	name: string;
	kind: "function" | "variable";
	message: string;
	position: SourcePosition;
	place: Place;
}

export interface LoadedModule {
	name: string;
	unit: CheckedUnit;
	/** Indices in the function table, in the order of the unit. */
	functions: FunctionInfo[];
	globals: GlobalInfo[];
	/** Names that other modules may use. */
	exports: Set<string>;
	/** Functions of others that it refers to, by name: the kernel's and exported ones. */
	imports: Set<string>;
	/** Mappings made for it, to be freed when it is unloaded. */
	memory: number[];
	loaded: boolean;
}

export type Lookup =
	| { kind: "function"; name: string; index: number; address: number }
	| { kind: "variable"; name: string; type: CType; address: number; size: number };

const EXPRESSION_NAME = "<expression>";

/** All C code of a machine: code and debug information, immutable once loaded but for breakpoints. */
export class Program {
	readonly vm: Vm;
	readonly modules: LoadedModule[] = [];
	/** File names by LineRow.file. */
	readonly files: string[] = [];
	private readonly kernelFunctions = new Map<string, number>();
	/** Address of an object that the kernel declares; set from the last module loaded. */
	private kernelObjects: (name: string, type: CType) => number | null = () => null;
	private readonly breakpoints = new Set<number>();
	private symbols = new Map<LoadedModule, Map<VariableSymbol | FunctionSymbol, number>>();

	/** Function table index of the frames of debugger expressions. */
	readonly expressionFunction: number;
	readonly expressionInfo: FunctionInfo;

	/** The kernel's functions are in the Vm's table already. */
	constructor(vm: Vm) {
		this.vm = vm;
		this.expressionInfo = {
			name: EXPRESSION_NAME,
			index: vm.functions.length,
			file: EXPRESSION_NAME,
			line: 1,
			firstPc: 0,
			endPc: 0,
			entry: 0,
			registers: 0,
			frameSize: 0,
			frameObjects: [],
			parameters: 0,
			variadic: false,
			returnType: VOID,
			kernelText: true,
			module: "",
			external: false,
			variables: [],
			lines: [],
		};
		vm.functions.forEach((entry, index) => {
			if (entry.kind !== "c") this.kernelFunctions.set(entry.name, index);
		});
		this.expressionFunction = vm.addFunction({ kind: "c", name: EXPRESSION_NAME, info: this.expressionInfo });
	}

	/**
	 * Adds a unit's code, data and strings and resolves its references: to itself, to the kernel, to what earlier
	 * modules export. Nothing is added when a name is missing.
	 */
	loadModule(unit: CheckedUnit, options: LoadOptions): { module: LoadedModule | null; errors: LinkError[] } {
		const errors = this.missing(unit, options);
		if (errors.length > 0) return { module: null, errors };
		const module: LoadedModule = {
			name: options.name,
			unit,
			functions: [],
			globals: [],
			exports: new Set(),
			imports: new Set(),
			memory: [],
			loaded: true,
		};
		const defined = new Set<unknown>(unit.functions.map((definition) => definition.symbol));
		// One of its own may stand for a declaration of the kernel's.
		const ownNames = new Set(unit.functions.map((definition) => definition.symbol.name));
		const codes = unit.functions.map((definition) => generateFunction(definition, (symbol) => defined.has(symbol)));
		errors.push(...this.unresolved(unit, codes, options));
		if (errors.length > 0) return { module: null, errors };
		const table = new Map<VariableSymbol | FunctionSymbol, number>();
		const strings = layOutData(this.vm.space, unit, codes, module, table, options);
		const bases = codes.map((code) => this.addFunction(code, module, table, unit));
		const resolve = (target: RelocationTarget): number => {
			if (target.kind === "function" && !defined.has(target) && !ownNames.has(target.name))
				module.imports.add(target.name);
			return this.resolve(target, table, strings, unit, options);
		};
		codes.forEach((code, i) => {
			for (const relocation of code.relocations) {
				const at = bases[i] + relocation.at;
				const address = resolve(relocation.target) + relocation.offset;
				if (relocation.kind === "call") this.vm.code[at] = (address - functionAddress(0)) / 16;
				else {
					this.vm.code[at] = address | 0;
					this.vm.code[at + 1] = Math.floor(address / 4294967296) | 0;
				}
			}
		});
		for (const variable of unit.globals) {
			const image = dataImage(variable);
			const base = table.get(variable.symbol) as number;
			this.vm.space.writeBytes(base, image.bytes);
			for (const relocation of image.relocations)
				this.vm.space.w64(base + relocation.at, resolve(relocation.target) + relocation.offset);
		}
		for (const item of unit.items) if (item.kind === "export") module.exports.add(item.symbol.name);
		if (options.kernelObject) this.kernelObjects = options.kernelObject;
		this.modules.push(module);
		this.symbols.set(module, table);
		return { module, errors };
	}

	/** What the code refers to and nobody defines: kernel functions that are declared but not built. */
	private unresolved(unit: CheckedUnit, codes: readonly FunctionCode[], options: LoadOptions): LinkError[] {
		const own = new Set<unknown>();
		const names = new Set<string>();
		for (const { symbol } of [...unit.functions, ...unit.globals]) {
			own.add(symbol);
			if (fileScope(symbol)) names.add(symbol.name);
		}
		const errors: LinkError[] = [];
		const check = (target: RelocationTarget, place: Place): void => {
			if (target.kind === "string" || own.has(target) || target.weak) return;
			if (names.has(target.aliasOf ?? target.name) || this.external(target, options) !== null) return;
			if (errors.some((error) => error.name === target.name && error.position.line === place.line)) return;
			const message = `'${target.name}' is not built into DMAscope's kernel`;
			errors.push({ name: target.name, kind: target.kind, message, position: positionOf(unit, place), place });
		};
		for (const code of codes) for (const relocation of code.relocations) check(relocation.target, relocation.place);
		for (const variable of unit.globals)
			for (const relocation of dataImage(variable).relocations) check(relocation.target, variable.symbol.place);
		return errors;
	}

	/** Takes a module's names out of use. Its code stays, so that old frames can be shown. */
	unloadModule(name: string): LoadedModule | null {
		const module = this.modules.find((one) => one.loaded && one.name === name) ?? null;
		if (module) module.loaded = false;
		return module;
	}

	/** Names used in the unit that nobody defines. */
	missing(unit: CheckedUnit, options: Pick<LoadOptions, "kernelObject">): LinkError[] {
		const errors: LinkError[] = [];
		for (const { symbol, place } of unit.undefinedSymbols) {
			if (symbol.weak || this.external(symbol, options) !== null) continue;
			const kind = symbol.kind;
			const what = symbol.kernel
				? `'${symbol.name}' is not built into DMAscope's kernel`
				: `'${symbol.name}' is defined neither here, nor by the kernel, nor exported by a module loaded before`;
			errors.push({ name: symbol.name, kind, message: what, position: positionOf(unit, place), place });
		}
		return errors;
	}

	/** Address of a symbol defined outside the unit, or null. */
	private external(symbol: VariableSymbol | FunctionSymbol, options: Pick<LoadOptions, "kernelObject">): number | null {
		for (let i = this.modules.length - 1; i >= 0; i--) {
			const module = this.modules[i];
			if (!module.loaded || !module.exports.has(symbol.name)) continue;
			const found = this.lookupIn(module, symbol.name);
			if (found) return found.address;
		}
		if (symbol.kind === "function") {
			const index = this.kernelFunctions.get(symbol.name);
			if (index !== undefined) return functionAddress(index);
			return null;
		}
		return options.kernelObject?.(symbol.name, symbol.type) ?? null;
	}

	private resolve(
		target: RelocationTarget,
		table: Map<VariableSymbol | FunctionSymbol, number>,
		strings: Map<string, number>,
		unit: CheckedUnit,
		options: LoadOptions,
	): number {
		if (target.kind === "string") return strings.get(stringKey(target.bytes)) as number;
		const own = table.get(target);
		if (own !== undefined) return own;
		const alias = target.aliasOf;
		if (alias) for (const [symbol, address] of table) if (symbol.name === alias) return address;
		if (target.storage !== "static")
			for (const [symbol, address] of table)
				if (symbol.name === target.name && symbol.kind === target.kind && fileScope(symbol)) return address;
		const address = this.external(target, options);
		if (address !== null) return address;
		if (target.weak) return 0;
		throw new Error(`'${target.name}' of ${unit.files[1] ?? options.name} cannot be resolved`);
	}

	/** Enters a function; returns the pc of its first word. */
	private addFunction(
		code: FunctionCode,
		module: LoadedModule,
		table: Map<VariableSymbol | FunctionSymbol, number>,
		unit: CheckedUnit,
	): number {
		const { definition } = code;
		const first = this.vm.appendCode(code.words);
		for (const { pc, first: from, count } of code.partial) this.vm.partial.set(first + pc, { first: from, count });
		const info: FunctionInfo = {
			name: definition.symbol.name,
			index: this.vm.functions.length,
			file: unit.files[definition.place.file] ?? "",
			line: definition.place.line,
			firstPc: first,
			endPc: first + code.words.length,
			entry: first + entryOf(code),
			registers: code.registers,
			frameSize: code.frameSize,
			frameObjects: code.frameObjects,
			parameters: code.parameters,
			variadic: definition.symbol.type.variadic,
			returnType: definition.symbol.type.result,
			kernelText: definition.kernelText,
			module: module.name,
			external: definition.symbol.storage === "global",
			variables: code.variables.map(
				(variable): VariableInfo => ({
					name: variable.symbol.name,
					type: variable.symbol.type,
					location: variable.location,
					parameter: variable.parameter,
					firstPc: first + variable.firstPc,
					endPc: first + variable.endPc,
					symbol: variable.symbol,
				}),
			),
			lines: code.lines.map(
				(row): LineRow => ({
					pc: first + row.pc,
					line: row.place.line,
					column: row.place.column,
					file: this.fileIndex(unit.files[row.place.file] ?? ""),
					statement: row.statement,
				}),
			),
		};
		for (const global of module.globals)
			if (global.owner === info.name)
				info.variables.push({
					name: global.name,
					type: global.type,
					location: { kind: "static", address: global.address },
					parameter: false,
					firstPc: info.firstPc,
					endPc: info.endPc,
					symbol: unit.globals[module.globals.indexOf(global)]?.symbol ?? null,
				});
		this.vm.addFunction({ kind: "c", name: info.name, info });
		table.set(definition.symbol, functionAddress(info.index));
		module.functions.push(info);
		return first;
	}

	private fileIndex(name: string): number {
		let index = this.files.indexOf(name);
		if (index < 0) index = this.files.push(name) - 1;
		return index;
	}

	/** A name in one module, then exported ones of the others, then kernel functions. */
	lookup(name: string, module?: LoadedModule): Lookup | null {
		const order = module ? [module, ...this.modules.filter((one) => one !== module)] : [...this.modules];
		for (const one of order) {
			const found = one.loaded ? this.lookupIn(one, name) : null;
			if (found) return found;
		}
		const index = this.kernelFunctions.get(name);
		return index === undefined ? null : { kind: "function", name, index, address: functionAddress(index) };
	}

	private lookupIn(module: LoadedModule, name: string): Lookup | null {
		for (const info of module.functions)
			if (info.name === name)
				return { kind: "function", name, index: info.index, address: functionAddress(info.index) };
		for (const global of module.globals)
			if (global.name === name && global.owner === null)
				return { kind: "variable", name, type: global.type, address: global.address, size: global.size };
		return this.lookupAlias(module, name);
	}

	private lookupAlias(module: LoadedModule, name: string): Lookup | null {
		const symbol = module.unit.scope.ordinary.get(name);
		if (!symbol || (symbol.kind !== "function" && symbol.kind !== "variable") || !symbol.aliasOf) return null;
		return this.lookupIn(module, symbol.aliasOf);
	}

	/** Address of a symbol of a module's unit (an initialiser's function, a suite …). */
	addressOf(module: LoadedModule, symbol: VariableSymbol | FunctionSymbol): number {
		const table = this.symbols.get(module);
		const own = table?.get(symbol);
		return own ?? this.lookup(symbol.name, module)?.address ?? 0;
	}

	/** Address of what an expression refers to (not strings), or null. */
	resolveTarget(target: VariableSymbol | FunctionSymbol, module: LoadedModule | null): number | null {
		for (const one of module ? [module, ...this.modules] : this.modules) {
			const address = this.symbols.get(one)?.get(target);
			if (address !== undefined) return address;
		}
		const found = this.lookup(target.aliasOf ?? target.name, module ?? undefined);
		return found?.address ?? this.kernelObjects(target.name, target.type);
	}

	/** The C function whose code holds `pc`, or null. */
	functionAt(pc: number): FunctionInfo | null {
		for (const module of this.modules)
			for (const info of module.functions) if (pc >= info.firstPc && pc < info.endPc) return info;
		return null;
	}

	/** Source position of an instruction of a function. */
	position(info: FunctionInfo, pc: number): SourcePosition & { statement: boolean } {
		const { lines } = info;
		let low = 0;
		let high = lines.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (lines[middle].pc <= pc) low = middle + 1;
			else high = middle;
		}
		const row = lines[Math.max(0, low - 1)];
		if (!row) return { file: info.file, line: info.line, column: 1, statement: false };
		return {
			file: this.files[row.file],
			line: row.line,
			column: row.column,
			statement: row.statement && row.pc === pc,
		};
	}

	/** pcs of the statements that begin on a line, the first of each function only unless columns differ. */
	statementPcs(file: string, line: number): number[] {
		const pcs: number[] = [];
		for (const module of this.modules)
			for (const info of module.loaded ? module.functions : [])
				for (const row of info.lines)
					if (row.statement && row.line === line && this.files[row.file] === file) pcs.push(row.pc);
		return pcs;
	}

	/** The first line at or after `line` in the file on which a statement begins, or -1; kernel text has none. */
	breakpointLine(file: string, line: number): number {
		let best = -1;
		for (const module of this.modules)
			for (const info of module.loaded ? module.functions : [])
				for (const row of info.lines)
					if (row.statement && row.line >= line && this.files[row.file] === file && (best < 0 || row.line < best))
						best = row.line;
		return best;
	}

	/** Sets exactly these breakpoints (pcs of statements). */
	setBreakpoints(pcs: Iterable<number>): void {
		const { code } = this.vm;
		for (const pc of this.breakpoints) code[pc] &= ~BREAKPOINT;
		this.breakpoints.clear();
		for (const pc of pcs) {
			if ((code[pc] & STATEMENT) === 0 && this.functionAt(pc)?.entry !== pc) continue;
			code[pc] |= BREAKPOINT;
			this.breakpoints.add(pc);
		}
	}

	/** Where a breakpoint on a function stands. */
	entryStatement(info: FunctionInfo): number {
		return info.entry;
	}
}

function entryOf({ entry, lines }: FunctionCode): number {
	return entry >= 0 ? entry : (lines.find((row) => row.statement)?.pc ?? 0);
}

function fileScope(symbol: VariableSymbol | FunctionSymbol): boolean {
	return symbol.kind === "function" || symbol.owner === null;
}

function positionOf(unit: CheckedUnit, place: Place): SourcePosition {
	return { file: unit.files[place.file] ?? "", line: place.line, column: place.column };
}
