/** Compiled files into the program of a machine, as modules of its kernel. */
import type { Kernel } from "../kernel/kernel";
import { allocateModuleSpace } from "../kernel/mm/vmalloc";
import type { ModuleUse, NewModule } from "../kernel/module/modules";
import { isLoaded } from "../kernel/module/references";
import type { LoadedModule, Program } from "../language/program";
import type { Diagnostic } from "./api";
import type { CompiledFile } from "./sources";

/** A module that is linked in and waits for its init. */
export interface LinkedModule {
	readonly file: CompiledFile;
	readonly module: NewModule;
}

/** Links the files in their order; what cannot be resolved is added to the diagnostics. */
export function linkFiles(
	k: Kernel,
	program: Program,
	files: readonly CompiledFile[],
	diagnostics: Diagnostic[],
): LinkedModule[] {
	const linked: LinkedModule[] = [];
	for (const file of files) {
		const { unit } = file.result;
		const uses = usesOf(program, unit);
		const { module, errors } = program.loadModule(unit, {
			name: file.name,
			allocate: (bytes) => allocateModuleSpace(k, bytes, false),
			kernelObject: () => null,
		});
		for (const { message, position, place } of errors) {
			const { line, column, file: path } = position;
			diagnostics.push({
				code: "L0001",
				severity: "error",
				message,
				file: path,
				line,
				column,
				endLine: line,
				endColumn: column + place.length,
			});
		}
		if (module) linked.push({ file, module: newModule(program, module, uses) });
	}
	return linked;
}

/** What a unit takes from modules that are linked in. */
function usesOf(program: Program, unit: LoadedModule["unit"]): ModuleUse[] {
	const uses: ModuleUse[] = [];
	for (const { symbol } of unit.undefinedSymbols) {
		const owner = program.modules.findLast((one) => one.loaded && one.exports.has(symbol.name));
		if (owner && !uses.some(({ module }) => module === owner.name))
			uses.push({ module: owner.name, symbol: symbol.name });
	}
	return uses;
}

function newModule(program: Program, module: LoadedModule, uses: readonly ModuleUse[]): NewModule {
	const symbols = [...module.exports].flatMap((name) => {
		const found = program.lookup(name, module);
		return found ? [{ name, address: found.address }] : [];
	});
	const { name, globals, memory } = module;
	const exported = (symbol: string): boolean =>
		program.modules.some((one) => one !== module && one.loaded && one.exports.has(symbol));
	const imports = [...module.imports].filter((symbol) => !exported(symbol));
	return { name, globals, memory, symbols, uses, imports, id: program.modules.indexOf(module) };
}

/** Puts the names of modules that are gone out of use, and back after the machine was taken back. */
export function syncModules(k: Kernel, program: Program): void {
	program.modules.forEach((module, id) => {
		const record = k.state.modules.modules.findLast((one) => one.id === id);
		if (record) module.loaded = isLoaded(record) || record.state === "failed";
	});
}
