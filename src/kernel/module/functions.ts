/** Loading and unloading of modules as step functions, and what module.h declares. */

import { removePath } from "../fs/files";
import { call, goto, type KernelFunction, next, plain, ret, step, steps } from "../functions";
import { registerSuites, unregisterSuites } from "../kunit/suites";
import { say } from "../sched/say";
import { applyParameters } from "./modules";
import { moduleParamText } from "./params";

export const moduleFunctions: KernelFunction[] = [
	steps(
		"int load_module(int index)",
		{
			params: step("Set the module's parameters.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				for (const text of applyParameters(k, record)) say(k, 4, text);
				f.locals.at = 0;
				return next;
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
				record.state = "failed";
				record.result = f.result | 0;
				say(k, 3, `${record.name}: module init failed: ${record.result}`);
				return ret(record.result);
			}),
			live: step("The module is live.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				record.state = "live";
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
			begin: step("Only a module that is live has something to unload.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				if (record.state !== "live") return ret(-2);
				f.locals.at = record.exits.length;
				return next;
			}),
			exit: step("Call the module's exit functions, the last one first.", (k, f) => {
				const record = k.state.modules.modules[f.args[0]];
				if (--f.locals.at >= 0) return call(record.exits[f.locals.at], [], "exit");
				record.state = "gone";
				unregisterSuites(k, record.suites);
				removePath(k, `/sys/module/${record.name}`);
				return ret(0);
			}),
		},
		0,
	),
	...plain({
		"bool try_module_get(struct module *module)": () => true,
		"void module_put(struct module *module)": () => undefined,
		"void __module_get(struct module *module)": () => undefined,
	}),
];

export const moduleHeader: string = `
struct module { char name[56]; int state; };
${moduleParamText}
#define THIS_MODULE ((struct module *)0)
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
