/** insmod and rmmod while the machine runs. */
import { addModule, findModule } from "../kernel/module/modules";
import { moduleHolders } from "../kernel/module/references";
import type { Diagnostic } from "./api";
import { errnoText } from "./errno-names";
import { linkFiles, syncModules } from "./link";
import { moduleName } from "./options";
import type { Simulation } from "./simulation";
import { compileFiles } from "./sources";

export type InsmodResult =
	/** Indices of the new modules, the one that was asked for last; `load_module` of each makes them live. */
	| { readonly kind: "ok"; readonly modules: readonly number[]; readonly warnings: readonly Diagnostic[] }
	| { readonly kind: "refused"; readonly message: string }
	| { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] };

/**
 * Compiles a file and links it in, behind the modules that its SIM_MODULE lines ask for and that are not there yet.
 * `params` as insmod takes them. Nothing of it has run.
 */
export function insmod(simulation: Simulation, path: string, params: string): InsmodResult {
	const { k, program } = simulation;
	syncModules(k, program);
	const name = moduleName(path);
	if (findModule(k, name)) return { kind: "refused", message: insmodError(name, -17) };
	const diagnostics: Diagnostic[] = [];
	const files = compileFiles([path], simulation.host, diagnostics, k.version).filter(
		(file) => !findModule(k, file.name),
	);
	if (files.some(({ result }) => result.dts.length > 0))
		return {
			kind: "refused",
			message: `insmod: ${path} has devicetree in it: it can only be loaded when the machine boots`,
		};
	const wrong = (): boolean => diagnostics.some(({ severity }) => severity === "error");
	if (wrong()) return { kind: "diagnostics", diagnostics };
	const linked = linkFiles(k, program, files, diagnostics);
	if (wrong()) return { kind: "diagnostics", diagnostics };
	const modules = linked.map(({ file, module }) =>
		addModule(k, module, file.path === path && params !== "" ? params : file.params),
	);
	return { kind: "ok", modules, warnings: diagnostics };
}

/** What the insmod command says of an errno of init_module(). */
export function insmodError(name: string, errno: number): string {
	return `insmod: ERROR: could not insert module ${name}: ${errnoText(errno)}`;
}

/** The index of a module to unload, or what the rmmod command says. */
export function rmmodTarget({ k }: Simulation, name: string): number | string {
	const record = findModule(k, moduleName(name));
	if (!record) return `rmmod: ERROR: Module ${name} is not currently loaded`;
	const holders = moduleHolders(k, record);
	if (holders.length > 0) return `rmmod: ERROR: Module ${record.name} is in use by: ${holders.join(" ")}`;
	return k.state.modules.modules.indexOf(record);
}

/** What the rmmod command says of an errno of delete_module(). */
export function rmmodError(name: string, errno: number): string {
	return errno === -11
		? `rmmod: ERROR: Module ${name} is in use`
		: `rmmod: ERROR: could not remove module ${name}: ${errnoText(errno)}`;
}
