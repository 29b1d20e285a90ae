/** kstrto*, simple_strto*, sscanf, and the snprintf family. */
import { type KernelFunction, plain, type VarArgs, variadic } from "../functions";
import type { Kernel } from "../kernel";
import { kmalloc } from "../mm/kmalloc";
import { warn } from "../sched/oops";
import { readString, stringLength, writeString } from "./bytes";
import { formatAt, storeFormatted, vaListArgs } from "./format";
import { isSpace } from "./string";

const EINVAL = 22;
const ERANGE = 34;
const INT_MAX = 2 ** 31 - 1;
const PAGE_SIZE = 4096;

/** Base and where the digits begin, as _parse_integer_fixup_radix finds them. */
function radix(text: string, at: number, base: number): { base: number; at: number } {
	let found = base;
	const prefix = text[at] === "0" && /^[xX]$/.test(text[at + 1] ?? "");
	if (base === 0) found = text[at] !== "0" ? 10 : prefix && /^[0-9a-fA-F]$/.test(text[at + 2] ?? "") ? 16 : 8;
	return { base: found, at: found === 16 && prefix ? at + 2 : at };
}

/** Digits from `at` on: the value and where they end. */
function digits(
	text: string,
	at: number,
	base: number,
	most = Number.POSITIVE_INFINITY,
): { value: bigint; end: number } {
	let value = 0n;
	let end = at;
	for (; end < text.length && end - at < most; end++) {
		const digit = Number.parseInt(text[end]!, 36);
		if (Number.isNaN(digit) || digit >= base) break;
		value = value * BigInt(base) + BigInt(digit);
	}
	return { value, end };
}

/** A whole number between the limits; a negative error number otherwise. */
export function parseWhole(text: string, base: number, least: bigint, most: bigint): bigint | { error: number } {
	const negative = text[0] === "-" && least < 0n;
	const start = negative || text[0] === "+" ? 1 : 0;
	const from = radix(text, start, base);
	const { value, end } = digits(text, from.at, from.base);
	if (end === from.at) return { error: -EINVAL };
	if (value >= 1n << 64n) return { error: -ERANGE };
	const rest = text.slice(end);
	if (rest !== "" && rest !== "\n") return { error: -EINVAL };
	const result = negative ? -value : value;
	return result < least || result > most ? { error: -ERANGE } : result;
}

function store(k: Kernel, address: number, value: bigint, size: number): void {
	for (let i = 0; i < size; i++) k.space.w8(address + i, Number((value >> BigInt(8 * i)) & 0xffn));
}

function kstrto(size: number, signed: boolean) {
	const bits = BigInt(8 * size);
	const least = signed ? -(1n << (bits - 1n)) : 0n;
	const most = signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
	return (k: Kernel, s: number, base: number, result: number): number => {
		const value = parseWhole(readString(k, s), base, least, most);
		if (typeof value !== "bigint") return value.error;
		store(k, result, value, size);
		return 0;
	};
}

/** kstrtobool of a text; null when it is none. */
export function parseBool(text: string): boolean | null {
	if (/^[yYtT1eE]/.test(text)) return /^[eE]/.test(text) ? null : true;
	if (/^[nNfF0]/.test(text)) return false;
	if (/^[oO][nN]/.test(text)) return true;
	if (/^[oO][fF]/.test(text)) return false;
	return null;
}

function simple(k: Kernel, s: number, end: number, base: number): bigint {
	const text = readString(k, s);
	const from = radix(text, 0, base);
	const parsed = digits(text, from.at, from.base);
	if (end !== 0) k.space.w64(end, s + (parsed.end === from.at && from.at > 0 ? 1 : parsed.end));
	return BigInt.asUintN(64, parsed.value);
}

function simpleSigned(k: Kernel, s: number, end: number, base: number): bigint {
	return k.space.r8(s) === 45 ? -simple(k, s + 1, end, base) : simple(k, s, end, base);
}

/** sscanf: how many items were stored. */
function scan(k: Kernel, text: string, format: string, args: VarArgs): number {
	let at = 0;
	let stored = 0;
	let next = 0;
	const skip = (): void => {
		while (at < text.length && isSpace(text.charCodeAt(at))) at++;
	};
	for (let f = 0; f < format.length; ) {
		const c = format[f]!;
		if (isSpace(c.charCodeAt(0))) {
			skip();
			f++;
			continue;
		}
		if (c !== "%") {
			if (text[at] !== c) return stored;
			at++;
			f++;
			continue;
		}
		const match = /^%(\*?)(\d*)(hh|h|ll|l|L|z)?(\[[^\]]+\]|.)/.exec(format.slice(f));
		if (!match) return stored;
		f += match[0].length;
		const [, star, width = "", length = "", conversion = ""] = match;
		const most = width === "" ? Number.POSITIVE_INFINITY : Number(width);
		const target = (): number => args.value(next++);
		if (conversion === "%") {
			skip();
			if (text[at] !== "%") return stored;
			at++;
			continue;
		}
		if (conversion === "n") {
			store(k, target(), BigInt(at), 4);
			continue;
		}
		if (conversion !== "c") skip();
		if (at >= text.length && conversion !== "n") return stored;
		if (conversion === "c") {
			const part = text.slice(at, at + (width === "" ? 1 : most));
			at += part.length;
			if (star) continue;
			writeString(k, target(), part, false);
			stored++;
		} else if (conversion === "s" || conversion[0] === "[") {
			const set = conversion === "s" ? /^\S+/ : new RegExp(`^${conversion.replace(/\\/g, "\\\\")}+`);
			const part = (set.exec(text.slice(at))?.[0] ?? "").slice(0, most);
			if (part === "") return stored;
			at += part.length;
			if (star) continue;
			writeString(k, target(), part);
			stored++;
		} else {
			const base = { d: 10, u: 10, x: 16, X: 16, o: 8, i: 0 }[conversion];
			if (base === undefined) return stored;
			const signed = conversion === "d" || conversion === "i";
			const negative = text[at] === "-" && signed;
			const start = negative ? at + 1 : at;
			const from = radix(text, start, base);
			const { value, end } = digits(text, from.at, from.base, most - (from.at - at));
			if (end === from.at) return stored;
			at = end;
			if (star) continue;
			const size = { hh: 1, h: 2, l: 8, ll: 8, L: 8, z: 8 }[length] ?? 4;
			store(k, target(), BigInt.asUintN(64, negative ? -value : value), size);
			stored++;
		}
	}
	return stored;
}

/** vsnprintf's limit on size, with its WARN. */
function sizeIsGood(k: Kernel, size: number): boolean {
	if (size <= INT_MAX) return true;
	warn(k, "lib/vsprintf.c:2774 vsnprintf+0x0/0x0");
	return false;
}

function put(k: Kernel, buffer: number, size: number, text: string, kept: boolean): number {
	if (!sizeIsGood(k, size)) return 0;
	const length = storeFormatted(k, buffer, size, text);
	return kept ? (size === 0 ? 0 : Math.min(length, size - 1)) : length;
}

function allocateText(k: Kernel, gfp: number, text: string): number {
	const copy = kmalloc(k, text.length + 1, gfp);
	if (copy !== 0) writeString(k, copy, text);
	return copy;
}

export const numberFunctions: KernelFunction[] = [
	...variadic({
		"int sprintf(char *buf, const char *fmt, ...)": (k, [buffer, format], rest) =>
			storeFormatted(k, buffer!, INT_MAX, formatAt(k, format!, rest)),
		"int snprintf(char *buf, size_t size, const char *fmt, ...)": (k, [buffer, size, format], rest) =>
			put(k, buffer!, size!, formatAt(k, format!, rest), false),
		"int scnprintf(char *buf, size_t size, const char *fmt, ...)": (k, [buffer, size, format], rest) =>
			put(k, buffer!, size!, formatAt(k, format!, rest), true),
		"int sysfs_emit(char *buf, const char *fmt, ...)": (k, [buffer, format], rest) =>
			put(k, buffer!, PAGE_SIZE, formatAt(k, format!, rest), true),
		"int sysfs_emit_at(char *buf, int at, const char *fmt, ...)": (k, [buffer, at, format], rest) =>
			at! < 0 || at! >= PAGE_SIZE ? 0 : put(k, buffer! + at!, PAGE_SIZE - at!, formatAt(k, format!, rest), true),
		"char *kasprintf(gfp_t gfp, const char *fmt, ...)": (k, [gfp, format], rest) =>
			allocateText(k, gfp!, formatAt(k, format!, rest)),
		"int sscanf(const char *buf, const char *fmt, ...)": (k, [buffer, format], rest) =>
			scan(k, readString(k, buffer!), readString(k, format!), rest),
	}),
	...plain({
		"int vsprintf(char *buf, const char *fmt, va_list args)": (k, buffer, format, list) =>
			storeFormatted(k, buffer!, INT_MAX, formatAt(k, format!, vaListArgs(k, list!))),
		"int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)": (k, buffer, size, format, list) =>
			put(k, buffer!, size!, formatAt(k, format!, vaListArgs(k, list!)), false),
		"int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)": (k, buffer, size, format, list) =>
			put(k, buffer!, size!, formatAt(k, format!, vaListArgs(k, list!)), true),
		"char *kvasprintf(gfp_t gfp, const char *fmt, va_list args)": (k, gfp, format, list) =>
			allocateText(k, gfp!, formatAt(k, format!, vaListArgs(k, list!))),
		"const char *kvasprintf_const(gfp_t gfp, const char *fmt, va_list args)": (k, gfp, format, list) =>
			allocateText(k, gfp!, formatAt(k, format!, vaListArgs(k, list!))),
		"int vsscanf(const char *buf, const char *fmt, va_list args)": (k, buffer, format, list) =>
			scan(k, readString(k, buffer!), readString(k, format!), vaListArgs(k, list!)),
		"int kstrtoull(const char *s, unsigned int base, unsigned long long *res)": kstrtoOf(8, false),
		"int kstrtoll(const char *s, unsigned int base, long long *res)": kstrtoOf(8, true),
		"int kstrtoul(const char *s, unsigned int base, unsigned long *res)": kstrtoOf(8, false),
		"int kstrtol(const char *s, unsigned int base, long *res)": kstrtoOf(8, true),
		"int kstrtouint(const char *s, unsigned int base, unsigned int *res)": kstrtoOf(4, false),
		"int kstrtoint(const char *s, unsigned int base, int *res)": kstrtoOf(4, true),
		"int kstrtou16(const char *s, unsigned int base, u16 *res)": kstrtoOf(2, false),
		"int kstrtos16(const char *s, unsigned int base, s16 *res)": kstrtoOf(2, true),
		"int kstrtou8(const char *s, unsigned int base, u8 *res)": kstrtoOf(1, false),
		"int kstrtos8(const char *s, unsigned int base, s8 *res)": kstrtoOf(1, true),
		"int kstrtobool(const char *s, bool *res)": (k, s, result) => {
			const value = s === 0 ? null : parseBool(readString(k, s!));
			if (value === null) return -EINVAL;
			k.space.w8(result!, value ? 1 : 0);
			return 0;
		},
		"unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base)": (k, s, end, base) =>
			simple(k, s!, end!, base!),
		"long simple_strtol(const char *cp, char **endp, unsigned int base)": (k, s, end, base) =>
			simpleSigned(k, s!, end!, base!),
		"unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base)": (k, s, end, base) =>
			simple(k, s!, end!, base!),
		"long long simple_strtoll(const char *cp, char **endp, unsigned int base)": (k, s, end, base) =>
			simpleSigned(k, s!, end!, base!),
		"unsigned long long memparse(const char *ptr, char **retptr)": (k, s, end) => memparse(k, s!, end!),
		"int get_option(char **str, int *pint)": (k, s, result) => getOption(k, s!, result!),
	}),
];

function kstrtoOf(size: number, signed: boolean): (k: Kernel, s?: number, base?: number, result?: number) => number {
	const parse = kstrto(size, signed);
	return (k, s = 0, base = 0, result = 0) => parse(k, s, base, result);
}

/** A number with K, M, G, T behind it. */
function memparse(k: Kernel, s: number, end: number): bigint {
	const text = readString(k, s);
	const from = radix(text, 0, 0);
	const { value, end: stop } = digits(text, from.at, from.base);
	const suffix = "KMGTPE".indexOf((text[stop] ?? "").toUpperCase());
	const scaled = suffix >= 0 && text[stop] !== undefined ? value << BigInt(10 * (suffix + 1)) : value;
	if (end !== 0) k.space.w64(end, s + (suffix >= 0 && text[stop] !== undefined ? stop + 1 : stop));
	return BigInt.asUintN(64, scaled);
}

function getOption(k: Kernel, pointer: number, result: number): number {
	const s = k.space.r64(pointer);
	if (s === 0 || stringLength(k, s, 1) === 0) return 0;
	const text = readString(k, s);
	const match = /^-?(0[xX][0-9a-fA-F]+|\d+)/.exec(text);
	if (!match) return 0;
	if (result !== 0) k.space.w32(result, Number(match[0]) | 0);
	const after = text[match[0].length];
	k.space.w64(pointer, s + match[0].length + (after === "," ? 1 : 0));
	return after === "," ? 2 : after === "-" ? 3 : 1;
}

export const numberHeader = `
#define kstrtou64(s, base, res) kstrtoull(s, base, res)
#define kstrtos64(s, base, res) kstrtoll(s, base, res)
#define kstrtou32(s, base, res) kstrtouint(s, base, res)
#define kstrtos32(s, base, res) kstrtoint(s, base, res)
#define strtobool(s, res) kstrtobool(s, res)
`;
