/** Parameters with functions of their own (module_param_cb), and the functions that they build on (kernel/params.c). */
import { newText } from "../device/names";
import { ENOSPC, EPERM } from "../errno";
import { call, type KernelFunction, plain, ret, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import { kfree, kzalloc } from "../mm/kmalloc";
import { say } from "../sched/say";
import { as, fn, ptr, struct, u8, u16, u32 } from "../struct";
import { readText, writeText } from "../text";
import { kernelParamOf, readValue, writeValue } from "./params";

const kernelParamOps = struct("kernel_param_ops", {
	flags: as(u32, "unsigned int"),
	set: fn("int (*%s)(const char *val, const struct kernel_param *kp)"),
	get: fn("int (*%s)(char *buffer, const struct kernel_param *kp)"),
	free: fn("void (*%s)(void *arg)"),
});
const kparamString = struct("kparam_string", { maxlen: as(u32, "unsigned int"), string: ptr("char") });
const kernelParam = struct("kernel_param", {
	name: ptr("const char"),
	mod: ptr("struct module"),
	ops: ptr("const struct kernel_param_ops"),
	perm: as(u16, "u16"),
	level: as(u8, "s8"),
	flags: u8,
	arg: { ...ptr("void"), c: "union { void *%s; const struct kparam_string *str; }" },
});

/** A page: what a get function may fill. */
const PAGE = 4096;
const TYPES = [
	"byte",
	"short",
	"ushort",
	"int",
	"uint",
	"long",
	"ulong",
	"ullong",
	"hexint",
	"charp",
	"bool",
	"invbool",
];

const argOf = (k: Kernel, kp: number): number => kernelParam.arg.get(k.space, kp);

function show(k: Kernel, buffer: number, text: string): number {
	writeText(k, buffer, text);
	return text.length;
}

/** param_set_int and relatives. */
const standard = TYPES.flatMap((type) =>
	plain({
		[`int param_set_${type}(const char *val, const struct kernel_param *kp)`]: (k, val, kp) =>
			writeValue(k, type, argOf(k, kp), val === 0 ? "1" : readText(k, val).replace(/\n$/, "")),
		[`int param_get_${type}(char *buffer, const struct kernel_param *kp)`]: (k, buffer, kp) =>
			show(k, buffer, `${readValue(k, type, argOf(k, kp))}\n`),
	}),
);

export const paramFunctions: KernelFunction[] = [
	...standard,
	...plain({
		"int param_set_copystring(const char *val, const struct kernel_param *kp)": (k, val, kp) => {
			const string = argOf(k, kp);
			const size = kparamString.maxlen.get(k.space, string);
			const text = readText(k, val);
			if (text.length + 1 > size) {
				const name = readText(k, kernelParam.name.get(k.space, kp));
				say(k, 3, `${name}: string doesn't fit in ${size - 1} chars.`);
				return -ENOSPC;
			}
			writeText(k, kparamString.string.get(k.space, string), text);
			return 0;
		},
		"int param_get_string(char *buffer, const struct kernel_param *kp)": (k, buffer, kp) =>
			show(k, buffer, `${readText(k, kparamString.string.get(k.space, argOf(k, kp)))}\n`),
	}),
	steps("int module_param_set(void *param)", {
		set: step("Call the parameter's set function.", (k, f) => {
			const kp = kernelParamOf(k, f.args[0]);
			const set = kernelParamOps.set.get(k.space, kernelParam.ops.get(k.space, kp));
			if (set === 0) return ret(-EPERM);
			f.locals.text = newText(k, k.state.modules.given);
			return call(set, [f.locals.text, kp]);
		}),
		done: step("Return what it says.", (k, f) => {
			kfree(k, f.locals.text);
			return ret(f.result | 0);
		}),
	}),
	steps("int module_param_get(void *param)", {
		get: step("Call the parameter's get function.", (k, f) => {
			const kp = kernelParamOf(k, f.args[0]);
			const get = kernelParamOps.get.get(k.space, kernelParam.ops.get(k.space, kp));
			k.state.modules.shown = "";
			if (get === 0) return ret(-EPERM);
			f.locals.buffer = kzalloc(k, PAGE);
			return call(get, [f.locals.buffer, kp]);
		}),
		done: step("Keep the text for the reader.", (k, f) => {
			const count = f.result | 0;
			if (count > 0) k.state.modules.shown = readText(k, f.locals.buffer).slice(0, count);
			kfree(k, f.locals.buffer);
			return ret(count);
		}),
	}),
];

export const paramHeader: string = ["struct kernel_param;", kernelParamOps.$c, kparamString.$c, kernelParam.$c].join(
	"\n",
);
