/** debugfs_create_u32() and its relatives: a file that is a variable. */

import { newText } from "../device/names";
import { EINVAL, isError } from "../errno";
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import { parseBool, parseWhole } from "../lib/numbers";
import { kfree } from "../mm/kmalloc";
import { readText } from "../text";
import { createDebugfsFile } from "./debugfs";
import { registerReader, registerWriter } from "./files";
import { dentry, inode } from "./structs";

const variable = (k: Kernel, entry: number): number => inode.i_private.get(k.space, dentry.d_inode.get(k.space, entry));

interface NumberKind {
	readonly type: string;
	readonly bytes: number;
	readonly hexadecimal?: true;
	readonly signed?: true;
}
const NUMBERS: Readonly<Record<string, NumberKind>> = {
	u8: { type: "u8", bytes: 1 },
	u16: { type: "u16", bytes: 2 },
	u32: { type: "u32", bytes: 4 },
	u64: { type: "u64", bytes: 8 },
	ulong: { type: "unsigned long", bytes: 8 },
	size_t: { type: "size_t", bytes: 8 },
	atomic_t: { type: "atomic_t", bytes: 4, signed: true },
	x8: { type: "u8", bytes: 1, hexadecimal: true },
	x16: { type: "u16", bytes: 2, hexadecimal: true },
	x32: { type: "u32", bytes: 4, hexadecimal: true },
	x64: { type: "u64", bytes: 8, hexadecimal: true },
};

function readNumber(k: Kernel, address: number, { bytes, hexadecimal, signed }: NumberKind): string {
	let value = 0n;
	for (let at = bytes - 1; at >= 0; at--) value = (value << 8n) | BigInt(k.space.r8(address + at));
	if (hexadecimal) return `0x${value.toString(16).padStart(2 * bytes, "0")}\n`;
	return `${signed ? BigInt.asIntN(8 * bytes, value) : value}\n`;
}

function writeNumber(k: Kernel, address: number, { bytes, signed }: NumberKind, text: string): number {
	const value = parseWhole(text, 0, signed ? -(1n << 63n) : 0n, (1n << (signed ? 63n : 64n)) - 1n);
	if (typeof value !== "bigint") return value.error;
	for (let at = 0; at < bytes; at++) k.space.w8(address + at, Number((value >> BigInt(8 * at)) & 0xffn));
	return text.length;
}

/** A file without a reader or a writer where its mode has none. */
function create(k: Kernel, name: number, mode: number, parent: number, value: number, kind: string): number {
	return createDebugfsFile(k, [name, mode, parent, value, 0], {
		read: (mode & 0o444) === 0 ? "" : `debugfs_${kind}`,
		write: (mode & 0o222) === 0 ? "" : `debugfs_${kind}`,
	});
}

for (const [name, kind] of Object.entries(NUMBERS)) {
	registerReader(`debugfs_${name}`, (k, entry) => readNumber(k, variable(k, entry), kind));
	registerWriter(`debugfs_${name}`, (k, entry, text) => writeNumber(k, variable(k, entry), kind, text));
}
registerReader("debugfs_bool", (k, entry) => (k.space.r8(variable(k, entry)) !== 0 ? "Y\n" : "N\n"));
registerWriter("debugfs_bool", (k, entry, text) => {
	const value = parseBool(text);
	if (value !== null) k.space.w8(variable(k, entry), value ? 1 : 0);
	return text.length;
});
registerReader("debugfs_str", (k, entry) => `${readText(k, k.space.r64(variable(k, entry)))}\n`);
registerWriter("debugfs_str", (k, entry, text) => {
	if (text.length > 4095) return -EINVAL;
	const address = newText(k, text.trim());
	const old = k.space.r64(variable(k, entry));
	k.space.w64(variable(k, entry), address);
	if (old !== 0 && !isError(old)) kfree(k, old);
	return text.length;
});

export const debugfsValueFunctions: KernelFunction[] = plain({
	...Object.fromEntries(
		Object.entries(NUMBERS).map(([name, { type }]) => [
			`void debugfs_create_${name}(const char *name, umode_t mode, struct dentry *parent, ${type} *value)`,
			(k: Kernel, text: number, mode: number, parent: number, value: number) => {
				create(k, text, mode, parent, value, name);
			},
		]),
	),
	"void debugfs_create_bool(const char *name, umode_t mode, struct dentry *parent, bool *value)": (
		k,
		name,
		mode,
		parent,
		value,
	) => {
		create(k, name!, mode!, parent!, value!, "bool");
	},
	"void debugfs_create_str(const char *name, umode_t mode, struct dentry *parent, char **value)": (
		k,
		name,
		mode,
		parent,
		value,
	) => {
		create(k, name!, mode!, parent!, value!, "str");
	},
});
