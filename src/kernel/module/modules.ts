/** Modules: what a loaded C file declares for the kernel, found by the names that its macros make. */
import type { GlobalInfo } from "../../language/debug-info";
import { asyncTxExports } from "../async-tx";
import type { Kernel } from "../kernel";
import { readText, writeText } from "../text";
import { isLoaded, moduleGet } from "./references";
import { MODULE_NAME_LEN, MODULE_STATE, module as moduleStruct, THIS_MODULE_NAME } from "./structs";

export interface ModuleParam {
	readonly name: string;
	/** Address of its struct dmascope_param. */
	readonly address: number;
}

/** A symbol that other modules may use. */
export interface ModuleExport {
	readonly name: string;
	readonly address: number;
}

/** A module whose symbols another one uses, and the first of them. */
export interface ModuleUse {
	readonly module: string;
	readonly symbol: string;
}

/** A module that has been linked in. */
export interface NewModule {
	readonly name: string;
	readonly globals: readonly GlobalInfo[];
	/** What it exports, by name. */
	readonly symbols?: readonly ModuleExport[] | undefined;
	/** What it needs of others. */
	readonly uses?: readonly ModuleUse[] | undefined;
	/** Functions that it takes from the kernel. */
	readonly imports?: readonly string[] | undefined;
	/** Its mappings: freed when it is unloaded. */
	readonly memory?: readonly number[] | undefined;
	/** The loader's number of it. */
	readonly id?: number | undefined;
}

export interface ModuleRecord {
	readonly name: string;
	/** Its struct module; 0 when it has none. */
	readonly module: number;
	readonly exports: readonly ModuleExport[];
	readonly uses: readonly ModuleUse[];
	/** It calls async_tx, which is a module that is loaded first. */
	readonly usesAsyncTx: boolean;
	readonly memory: readonly number[];
	/** The loader's number of it, -1 for none. */
	readonly id: number;
	/** Functions by address. */
	readonly inits: readonly number[];
	readonly exits: readonly number[];
	readonly params: readonly ModuleParam[];
	/** struct kunit_suite addresses. */
	readonly suites: readonly number[];
	state: "coming" | "live" | "failed" | "gone";
	/** What its init returned. */
	result: number;
	/** "param=1 param2=x": taken before init. */
	readonly args: string;
}

export interface ModulesState {
	modules: ModuleRecord[];
	/** Text on its way to a parameter's own set function, and from its get function. */
	given: string;
	shown: string;
}
export const createModulesState = (): ModulesState => ({ modules: [], given: "", shown: "" });

/** The prefixes of the objects that module_init and its relatives define. */
const INIT = "__dmascope_init_";
const EXIT = "__dmascope_exit_";
const PARAM = "__dmascope_param_";
const SUITE = "__dmascope_suite_";
const SUITES = "__dmascope_suites_";

/**
 * Enters a linked module; its init runs when the boot thread (or insmod) comes to it. `args` as insmod takes them.
 * Returns its index in `k.state.modules.modules`.
 */
export function addModule(k: Kernel, module: NewModule, args = ""): number {
	const { space } = k;
	const own = module.globals.filter((g) => g.module === module.name || g.module === "");
	const pointers = (prefix: string): number[] =>
		own.filter((g) => g.name.startsWith(prefix)).map((g) => space.r64(g.address));
	const suites = pointers(SUITE);
	for (const list of own.filter((g) => g.name.startsWith(SUITES))) {
		for (let at = 0; at + 8 <= list.size; at += 8) suites.push(space.r64(list.address + at));
	}
	const name = module.name.replace(/-/g, "_");
	const self = own.find((g) => g.name === THIS_MODULE_NAME && g.owner === null)?.address ?? 0;
	if (self !== 0) {
		writeText(k, moduleStruct.name.at(self), name, MODULE_NAME_LEN);
		moduleStruct.state.set(space, self, MODULE_STATE.COMING);
		moduleStruct.refcnt.set(space, self, 1);
	}
	const record: ModuleRecord = {
		name,
		module: self,
		exports: module.symbols ?? [],
		uses: module.uses ?? [],
		usesAsyncTx: (module.imports ?? []).some((symbol) => asyncTxExports.has(symbol)),
		memory: module.memory ?? [],
		id: module.id ?? -1,
		inits: pointers(INIT),
		exits: pointers(EXIT),
		params: own
			.filter((g) => g.name.startsWith(PARAM))
			.map((g) => ({ name: readText(k, space.r64(g.address)), address: g.address })),
		suites: suites.filter((s) => s !== 0),
		state: "coming",
		result: 0,
		args,
	};
	return k.state.modules.modules.push(record) - 1;
}

/** A word of a module's parameters. */
export interface GivenParameter {
	readonly name: string;
	/** null: a bare name. */
	readonly text: string | null;
	/** Address of its struct dmascope_param, 0 when there is none of that name. */
	readonly address: number;
}

/** What a module's arguments and the run's options set, in order. */
export function givenParameters(k: Kernel, record: ModuleRecord): GivenParameter[] {
	const given = record.args.split(/\s+/).filter((word) => word !== "");
	for (const [name, value] of Object.entries(k.options.params ?? {})) {
		const [module, param] = splitName(name);
		if (module === record.name && param) given.push(`${param}=${value}`);
	}
	return given.map((word) => {
		const at = word.indexOf("=");
		const name = at < 0 ? word : word.slice(0, at);
		const address = record.params.find((p) => p.name === name)?.address ?? 0;
		return { name, text: at < 0 ? null : word.slice(at + 1), address };
	});
}

function splitName(name: string): [string, string] {
	const dot = name.indexOf(".");
	return dot < 0 ? ["", name] : [name.slice(0, dot).replace(/-/g, "_"), name.slice(dot + 1)];
}

/** The loaded module of this name. */
export function findModule(k: Kernel, name: string): ModuleRecord | undefined {
	const wanted = name.replace(/-/g, "_");
	return k.state.modules.modules.find((m) => m.name === wanted && isLoaded(m));
}

/** Takes a reference to every module whose symbols this one uses; the name of a symbol that has none, or null. */
export function useModules(k: Kernel, record: ModuleRecord): string | null {
	for (const { module, symbol } of record.uses) if (findModule(k, module)?.state !== "live") return symbol;
	for (const { module } of record.uses) moduleGet(k, findModule(k, module)?.module ?? 0);
	return null;
}

/** The module that exports a symbol, and the symbol. */
export function findExport(k: Kernel, name: string): { record: ModuleRecord; address: number } | null {
	for (const record of k.state.modules.modules) {
		if (record.state !== "live") continue;
		const found = record.exports.find((one) => one.name === name);
		if (found) return { record, address: found.address };
	}
	return null;
}
