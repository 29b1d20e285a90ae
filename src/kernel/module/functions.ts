/** Loading and unloading of modules as step functions, and what module.h declares. */

import { restoreDmatest } from "../dmatest/module";
import { EAGAIN, EBUSY, ENOENT, ENOSPC } from "../errno";
import { removePath } from "../fs/files";
import { call, goto, type KernelFunction, type Next, next, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { registerSuites, unregisterSuites } from "../kunit/suites";
import { releaseModuleSpace } from "../mm/vmalloc";
import { KernelBug } from "../sched/oops";
import { say } from "../sched/say";
import { readText } from "../text";
import { findExport, findModule, givenParameters, type ModuleRecord, useModules } from "./modules";
import { paramFunctions, paramHeader } from "./param-functions";
import { addModuleFiles, isCallback, moduleParamText, setParameter } from "./params";
import { moduleGet, moduleHolders, modulePut, moduleUsers, tryModuleGet } from "./references";
import { MODULE_STATE, module, moduleStructText } from "./structs";

function setState(k: Kernel, record: ModuleRecord, state: keyof typeof MODULE_STATE): void {
	if (record.module !== 0) module.state.set(k.space, record.module, MODULE_STATE[state]);
}

/** Gives back what the module held of others. */
function dropUses(k: Kernel, record: ModuleRecord): void {
	for (const use of record.uses) modulePut(k, findModule(k, use.module)?.module ?? 0);
}

/** Takes back what loading has done. */
function failLoad(k: Kernel, record: ModuleRecord, error: number): Next {
	setState(k, record, "GOING");
	dropUses(k, record);
	record.state = "failed";
	record.result = error;
	removePath(k, `/sys/module/${record.name}`);
	restoreDmatest(k, record.name);
	return ret(error);
}

export const moduleFunctions: KernelFunction[] = [
	...paramFunctions,
	steps(
		"int load_module(int index)",
		{
			uses: step(
				"The modules whose symbols it uses must be live; they get a user more. async_tx is loaded where it is used.",
				(k, f) => {
					const record = k.state.modules.modules[f.args[0]];
					const missing = useModules(k, record);
					if (missing === null) return record.usesAsyncTx ? call("async_tx_load", []) : next;
					say(k, 4, `${record.name}: Unknown symbol ${missing} (err ${-ENOENT})`);
					record.state = "failed";
					record.result = -ENOENT;
					return ret(-ENOENT);
				},
			),
			params: step("Set the module's parameters.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				f.locals.at = 0;
				addModuleFiles(k, record);
				return next;
			}),
			param: step("Set the next one. One that it does not have is left out.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				const given = givenParameters(k, record)[f.locals.at++];
				if (given === undefined) {
					f.locals.at = 0;
					return goto("init");
				}
				if (given.address === 0) {
					say(k, 4, `${record.name}: unknown parameter '${given.name}' ignored`);
					return goto("param");
				}
				if (isCallback(k, given.address)) {
					k.state.modules.given = given.text ?? "1";
					return call("module_param_set", [given.address]);
				}
				f.result = setParameter(k, given.address, given.text);
				return next;
			}),
			taken: step("A value that a parameter does not take: the module is not loaded.", (k, f) => {
				const error = f.result | 0;
				if (error >= 0) return goto("param");
				const record = k.state.modules.modules[f.args[0]];
				const { name, text } = givenParameters(k, record)[f.locals.at - 1]!;
				const what = error === -ENOSPC ? "too large" : "invalid";
				say(k, 3, `${record.name}: \`${text ?? ""}' ${what} for parameter \`${name}'`);
				return failLoad(k, record, error);
			}),
			init: step("Call the module's next init function.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				const init = record.inits[f.locals.at++];
				if (init === undefined) return goto("live");
				return call("do_one_initcall", [init]);
			}),
			result: step("0 is success; anything else is the module's failure.", (k, f) => {
				if ((f.result | 0) === 0) return goto("init");
				const record = k.state.modules.modules[f.args[0]];
				say(k, 3, `${record.name}: module init failed: ${f.result | 0}`);
				return failLoad(k, record, f.result | 0);
			}),
			live: step("The module is live.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				record.state = "live";
				setState(k, record, "LIVE");
				registerSuites(k, record.suites);
				return ret(0);
			}),
		},
		0,
	),
	steps(
		"int do_one_initcall(int (*fn)(void))",
		{
			call: step("Call the init function.", (_, f) => call(f.args[0], [])),
			done: step("Return what it returned.", (_, f) => ret(f.result | 0)),
		},
		0,
	),
	steps(
		"int unload_module(int index)",
		{
			begin: step("Only a module that is live, has no user and has an exit function can be unloaded.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				if (record === undefined || record.state === "gone" || record.state === "failed") return ret(-ENOENT);
				if (moduleHolders(k, record).length > 0) return ret(-EAGAIN);
				if (record.state !== "live") return ret(-EBUSY);
				if (record.inits.length > 0 && record.exits.length === 0) return ret(-EBUSY);
				if (moduleUsers(k, record) > 0) return ret(-EAGAIN);
				setState(k, record, "GOING");
				f.locals.at = record.exits.length;
				return next;
			}),
			exit: step("Call the module's exit functions, the last one first.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				if (--f.locals.at >= 0) return call(record.exits[f.locals.at], [], "exit");
				record.state = "gone";
				dropUses(k, record);
				unregisterSuites(k, record.suites);
				removePath(k, `/sys/module/${record.name}`);
				for (const address of record.memory) releaseModuleSpace(k, address);
				restoreDmatest(k, record.name);
				return ret(0);
			}),
		},
		0,
	),
	...plain({
		"bool try_module_get(struct module *module)": tryModuleGet,
		"void module_put(struct module *module)": modulePut,
		"void __module_get(struct module *module)": moduleGet,
		"int module_refcount(struct module *module)": (k, owner) => module.refcnt.get(k.space, owner) - 1,
		"void *__symbol_get(const char *symbol)": (k, symbol) => {
			const found = findExport(k, readText(k, symbol));
			if (found === null || !tryModuleGet(k, found.record.module)) return 0;
			return found.address;
		},
		"void __symbol_put(const char *symbol)": (k, symbol) => {
			const found = findExport(k, readText(k, symbol));
			if (found === null) throw new KernelBug("kernel/module/main.c");
			modulePut(k, found.record.module);
		},
	}),
];

export const moduleHeader: string = `
${moduleStructText}
${moduleParamText}
${paramHeader}
static struct module __this_module;
#define THIS_MODULE (&__this_module)
#define MODULE_NAME_LEN 56
#define module_name(mod) ((mod) ? (mod)->name : "kernel")
#define symbol_get(x) ((typeof(&x))__symbol_get(#x))
#define symbol_put(x) __symbol_put(#x)
#define symbol_request(x) symbol_get(x)
#define KBUILD_MODNAME "dmascope"
#define module_init(initfn) static int (*__dmascope_init_##initfn)(void) = initfn
#define module_exit(exitfn) static void (*__dmascope_exit_##exitfn)(void) = exitfn
#define early_initcall(fn) module_init(fn)
#define core_initcall(fn) module_init(fn)
#define arch_initcall(fn) module_init(fn)
#define subsys_initcall(fn) module_init(fn)
#define fs_initcall(fn) module_init(fn)
#define device_initcall(fn) module_init(fn)
#define late_initcall(fn) module_init(fn)
#define module_param_named(_name, _value, _type, _perm) static const struct dmascope_param __dmascope_param_##_name = { .name = #_name, .type = #_type, .arg = &(_value), .perm = (_perm), .size = sizeof(_value) }
#define module_param(_name, _type, _perm) static const struct dmascope_param __dmascope_param_##_name = { .name = #_name, .type = #_type, .arg = &_name, .perm = (_perm), .size = sizeof(_name) }
#define module_param_unsafe(_name, _type, _perm) module_param(_name, _type, _perm)
#define module_param_array_named(_name, _array, _type, _nump, _perm) static const struct dmascope_param __dmascope_param_##_name = { .name = #_name, .type = #_type, .arg = &(_array)[0], .perm = (_perm), .size = sizeof((_array)[0]), .max = sizeof(_array) / sizeof((_array)[0]), .num = (_nump) }
#define module_param_array(_name, _type, _nump, _perm) static const struct dmascope_param __dmascope_param_##_name = { .name = #_name, .type = #_type, .arg = &(_name)[0], .perm = (_perm), .size = sizeof((_name)[0]), .max = sizeof(_name) / sizeof((_name)[0]), .num = (_nump) }
#define module_param_cb(_name, _ops, _arg, _perm) static const struct kernel_param __dmascope_kernel_param_##_name = { .name = #_name, .mod = THIS_MODULE, .ops = (_ops), .perm = (_perm), .arg = (void *)(_arg) }; static const struct dmascope_param __dmascope_param_##_name = { .name = #_name, .type = "cb", .arg = (void *)&__dmascope_kernel_param_##_name, .perm = (_perm), .size = 8 }
#define module_param_string(_name, _string, _len, _perm) static const struct dmascope_param __dmascope_param_##_name = { .name = #_name, .type = "string", .arg = (_string), .perm = (_perm), .size = 1, .max = (_len) }
#define __dmascope_paste2(a, b) a##b
#define __dmascope_paste(a, b) __dmascope_paste2(a, b)
#define __dmascope_text(kind, value) static const char *const __dmascope_paste(__dmascope_##kind##_, __COUNTER__) = value
#define MODULE_PARM_DESC(_parm, _text) __dmascope_text(desc, _text)
#define MODULE_LICENSE(x) __dmascope_text(license, x)
#define MODULE_AUTHOR(x) __dmascope_text(author, x)
#define MODULE_DESCRIPTION(x) __dmascope_text(description, x)
#define MODULE_VERSION(x) __dmascope_text(version, x)
#define MODULE_ALIAS(x) __dmascope_text(alias, x)
#define MODULE_SOFTDEP(x) __dmascope_text(softdep, x)
#define MODULE_FIRMWARE(x) __dmascope_text(firmware, x)
#define MODULE_IMPORT_NS(x)
#define S_IRUGO 0444
#define S_IWUSR 0200
#define S_IRUSR 0400
`;
