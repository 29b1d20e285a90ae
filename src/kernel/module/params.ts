/** Module parameters: their values in C variables, as text (kernel/params.c). */

import { unsignedInt } from "../base-structs";
import { newText } from "../device/names";
import { EINVAL, ENOSPC, ERANGE } from "../errno";
import { addFile, removePath } from "../fs/files";
import type { Kernel } from "../kernel";
import { ptr, struct } from "../struct";
import { readText, writeText } from "../text";
import type { ModuleRecord } from "./modules";
import { parseBool, parseInteger } from "./numbers";

/** What module_param makes: see moduleHeader. */
const moduleParam = struct("dmascope_param", {
	name: ptr("const char"),
	type: ptr("const char"),
	arg: ptr("void"),
	perm: unsignedInt,
	size: unsignedInt,
	/** Array: capacity and where the number of elements goes; else 0. */
	max: unsignedInt,
	_pad: unsignedInt,
	num: ptr("unsigned int"),
});
export const moduleParamText = moduleParam.$c;

const RANGES: Readonly<Record<string, [bigint, bigint, number]>> = {
	byte: [0n, 255n, 1],
	hexint: [0n, 0xffffffffn, 4],
	short: [-32768n, 32767n, 2],
	ushort: [0n, 65535n, 2],
	int: [-2147483648n, 2147483647n, 4],
	uint: [0n, 0xffffffffn, 4],
	long: [-(2n ** 63n), 2n ** 63n - 1n, 8],
	ulong: [0n, 2n ** 64n - 1n, 8],
	ullong: [0n, 2n ** 64n - 1n, 8],
};

export function writeValue(k: Kernel, type: string, at: number, text: string): number {
	const range = RANGES[type];
	if (range) {
		const value = parseInteger(text);
		if (value === null) return -EINVAL;
		if (value < range[0] || value > range[1]) return -ERANGE;
		for (let i = 0; i < range[2]; i++) k.space.w8(at + i, Number((BigInt.asUintN(64, value) >> BigInt(8 * i)) & 255n));
		return 0;
	}
	if (type === "bool" || type === "invbool" || type === "bool_enable_only") {
		const yes = parseBool(text);
		if (yes === null) return -EINVAL;
		k.space.w8(at, yes !== (type === "invbool") ? 1 : 0);
		return 0;
	}
	if (type === "charp") {
		const copy = newText(k, text);
		k.space.w64(at, copy);
		return 0;
	}
	return -EINVAL;
}

export function readValue(k: Kernel, type: string, at: number): string {
	const range = RANGES[type];
	if (range) {
		let value = 0n;
		for (let i = range[2] - 1; i >= 0; i--) value = (value << 8n) | BigInt(k.space.r8(at + i));
		if (type === "hexint") return `0x${value.toString(16).padStart(8, "0")}`;
		return (range[0] < 0n ? BigInt.asIntN(8 * range[2], value) : value).toString();
	}
	if (type.includes("bool")) return (k.space.r8(at) !== 0) !== (type === "invbool") ? "Y" : "N";
	if (type === "charp") {
		const pointer = k.space.r64(at);
		return pointer === 0 ? "(null)" : readText(k, pointer);
	}
	return readText(k, at);
}

/** A parameter with functions of its own (module_param_cb): its `arg` is a struct kernel_param. */
export const isCallback = (k: Kernel, param: number): boolean => typeOf(k, param) === "cb";
const typeOf = (k: Kernel, param: number): string => readText(k, moduleParam.type.get(k.space, param));

/** The struct kernel_param of a parameter with functions of its own. */
export const kernelParamOf = (k: Kernel, param: number): number => moduleParam.arg.get(k.space, param);

/** Sets a parameter from text; `null` is a bare name ("debug"), which only booleans take. 0 or a negative errno. */
export function setParameter(k: Kernel, param: number, text: string | null): number {
	const { space } = k;
	const type = readText(k, moduleParam.type.get(space, param));
	const arg = moduleParam.arg.get(space, param);
	const max = moduleParam.max.get(space, param);
	if (text === null) return type === "bool" ? writeValue(k, type, arg, "1") : -EINVAL;
	if (type === "string") {
		if (new TextEncoder().encode(text).length + 1 > max) return -ENOSPC;
		writeText(k, arg, text);
		return 0;
	}
	if (max === 0) return writeValue(k, type, arg, text);
	const parts = text.split(",");
	if (parts.length > max) return -EINVAL;
	const size = moduleParam.size.get(space, param);
	for (let i = 0; i < parts.length; i++) {
		const result = writeValue(k, type, arg + i * size, parts[i]);
		if (result < 0) return result;
	}
	const num = moduleParam.num.get(space, param);
	if (num !== 0) space.w32(num, parts.length);
	return 0;
}

/** A parameter as its sysfs file shows it. */
export function showParameter(k: Kernel, param: number): string {
	const { space } = k;
	const type = readText(k, moduleParam.type.get(space, param));
	const arg = moduleParam.arg.get(space, param);
	const max = moduleParam.max.get(space, param);
	if (type === "string" || max === 0) return `${readValue(k, type, arg)}\n`;
	const num = moduleParam.num.get(space, param);
	const count = num === 0 ? max : space.r32(num);
	const size = moduleParam.size.get(space, param);
	return `${Array.from({ length: count }, (_, i) => readValue(k, type, arg + i * size)).join(",")}\n`;
}

/** /sys/module/NAME/parameters. */
export function addModuleFiles(k: Kernel, record: ModuleRecord): void {
	removePath(k, `/sys/module/${record.name}`);
	for (const param of record.params) {
		const mode = moduleParam.perm.get(k.space, param.address);
		if (mode !== 0)
			addFile(k, {
				path: `/sys/module/${record.name}/parameters/${param.name}`,
				mode,
				read: "module_parameter",
				write: "module_parameter",
				arg: param.address,
				...(isCallback(k, param.address) && { before: "module_param_get", after: "module_param_set" }),
			});
	}
}
