/** References to modules: who keeps a module from being unloaded. */
import type { Kernel } from "../kernel";
import type { ModuleRecord } from "./modules";
import { MODULE_STATE, module } from "./structs";

/** try_module_get: true for the kernel's own code (NULL), false for a module that is going. */
export function tryModuleGet(k: Kernel, owner: number): boolean {
	if (owner === 0) return true;
	if (module.state.get(k.space, owner) === MODULE_STATE.GOING || module.refcnt.get(k.space, owner) === 0) return false;
	moduleGet(k, owner);
	return true;
}

/** __module_get: the module has a user already. */
export function moduleGet(k: Kernel, owner: number): void {
	if (owner !== 0) module.refcnt.set(k.space, owner, module.refcnt.get(k.space, owner) + 1);
}

export function modulePut(k: Kernel, owner: number): void {
	if (owner !== 0) module.refcnt.set(k.space, owner, module.refcnt.get(k.space, owner) - 1);
}

/** How many users a module has; those of its symbols count. */
export function moduleUsers(k: Kernel, record: ModuleRecord): number {
	return record.module === 0 ? 0 : Math.max(0, module.refcnt.get(k.space, record.module) - 1);
}

/** The loaded modules that use symbols of this one. */
export function moduleHolders(k: Kernel, record: ModuleRecord): string[] {
	return k.state.modules.modules
		.filter((other) => isLoaded(other) && other.uses.some(({ module: used }) => used === record.name))
		.map(({ name }) => name);
}

/** Its code may run. */
export function isLoaded({ state }: ModuleRecord): boolean {
	return state === "live" || state === "coming";
}

/** Bytes of a module's memory, whole pages. */
export function moduleSize(k: Kernel, record: ModuleRecord): number {
	const areas = k.state.mm.areas.filter(({ start }) => record.memory.includes(start));
	return areas.reduce((sum, { pages }) => sum + pages * 4096, 0);
}
