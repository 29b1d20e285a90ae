/** linux/string.h: memory and strings. */
import { MemoryFault } from "../../language/vm/fault";
import { type KernelFunction, plain } from "../functions";
import { checkRead, checkSource, checkWrite } from "../kasan/check";
import type { Kernel } from "../kernel";
import { kmalloc } from "../mm/kmalloc";
import { isVmallocAddress } from "../mm/vmalloc";
import { printk } from "../printk/log";
import { KernelBug } from "../sched/oops";
import { readString, stringLength, writeString } from "./bytes";

const E2BIG = 7;
const EINVAL = 22;
/** No buffer is longer; a negative length as size_t is. */
const LONGEST = 2 ** 31;

/** Faults where an access of `length` bytes leaves what is mapped, when the length cannot be right. */
function checkLength(k: Kernel, address: number, length: number, write: boolean): void {
	if (length < LONGEST) return;
	let at = address;
	while (k.space.isMapped(at, 1)) at = (Math.floor(at / 4096) + 1) * 4096;
	throw new MemoryFault(at, 1, write);
}

export function memcpy(k: Kernel, to: number, from: number, length: number): number {
	checkLength(k, to, length, true);
	checkSource(k, from, length);
	checkWrite(k, to, length);
	k.space.copy(to, from, length);
	return to;
}

export function memset(k: Kernel, to: number, value: number, length: number): number {
	checkLength(k, to, length, true);
	checkWrite(k, to, length);
	k.space.fill(to, length, value & 0xff);
	return to;
}

function memcmp(k: Kernel, a: number, b: number, length: number): number {
	for (let done = 0; done < length; done += 256) {
		const part = Math.min(256, length - done);
		const x = k.space.readBytes(a + done, part);
		const y = k.space.readBytes(b + done, part);
		let same = 0;
		while (same < part && x[same] === y[same]) same++;
		const used = Math.min(part, same + 1);
		checkRead(k, a + done, used);
		checkRead(k, b + done, used);
		if (same < part) return x[same]! - y[same]!;
	}
	return 0;
}

/** Address of the first byte that fits, 0 when there is none in `length` bytes. */
function findByte(k: Kernel, at: number, length: number, fits: (byte: number) => boolean): number {
	let i = 0;
	while (i < length && !fits(k.space.r8(at + i))) i++;
	checkRead(k, at, Math.min(length, i + 1));
	return i < length ? at + i : 0;
}

function fillWords(k: Kernel, to: number, count: number, put: (at: number) => void, size: number): number {
	checkWrite(k, to, count * size);
	for (let i = 0; i < count; i++) put(to + i * size);
	return to;
}

function compare(k: Kernel, a: number, b: number, max: number, fold: boolean): number {
	for (let i = 0; i < max; i++) {
		checkRead(k, a + i, 1);
		checkRead(k, b + i, 1);
		const x = fold ? lower(k.space.r8(a + i)) : k.space.r8(a + i);
		const y = fold ? lower(k.space.r8(b + i)) : k.space.r8(b + i);
		if (x !== y) return fold ? x - y : x < y ? -1 : 1;
		if (x === 0) return 0;
	}
	return 0;
}

export const lower = (c: number): number => (c >= 65 && c <= 90 ? c + 32 : c);
const upper = (c: number): number => (c >= 97 && c <= 122 ? c - 32 : c);
export const isSpace = (c: number): boolean => (c >= 9 && c <= 13) || c === 32 || c === 160;

/** strscpy: length copied, or -E2BIG when it was cut. */
export function strscpy(k: Kernel, to: number, from: number, size: number, pad: boolean): number {
	if (size === 0 || size > 2 ** 31 - 1) return -E2BIG;
	const length = stringLength(k, from, size);
	const copied = Math.min(length, size - 1);
	checkWrite(k, to, pad ? size : copied + 1);
	k.space.copy(to, from, copied);
	k.space.w8(to + copied, 0);
	if (pad) k.space.fill(to + copied, size - copied, 0);
	return length < size ? length : -E2BIG;
}

function strlcat(k: Kernel, to: number, from: number, size: number): number {
	const start = stringLength(k, to);
	const length = stringLength(k, from);
	if (start >= size) throw new KernelBug("lib/string.c:257");
	const copied = Math.min(length, size - start - 1);
	checkWrite(k, to + start, copied + 1);
	k.space.copy(to + start, from, copied);
	k.space.w8(to + start + copied, 0);
	return start + length;
}

function strstr(k: Kernel, haystack: number, needle: number, max: number): number {
	const at = readString(k, haystack, max).indexOf(readString(k, needle));
	return at < 0 ? 0 : haystack + at;
}

function span(k: Kernel, text: number, set: number, accept: boolean): number {
	const bytes = readString(k, set);
	const all = readString(k, text);
	let length = 0;
	while (length < all.length && bytes.includes(all[length]!) === accept) length++;
	return length;
}

function strsep(k: Kernel, pointer: number, set: number): number {
	const start = k.space.r64(pointer);
	if (start === 0) return 0;
	const end = start + span(k, start, set, false);
	if (k.space.r8(end) === 0) k.space.w64(pointer, 0);
	else {
		k.space.w8(end, 0);
		k.space.w64(pointer, end + 1);
	}
	return start;
}

function skipSpaces(k: Kernel, at: number): number {
	let p = at;
	while (isSpace(k.space.r8(p))) p++;
	return p;
}

/** strim: cuts blanks at the end, returns where the text begins. */
function strim(k: Kernel, at: number): number {
	let end = at + stringLength(k, at);
	while (end > at && isSpace(k.space.r8(end - 1))) end--;
	k.space.w8(end, 0);
	return skipSpaces(k, at);
}

function duplicate(k: Kernel, from: number, max: number, gfp: number): number {
	if (from === 0) return 0;
	const length = stringLength(k, from, max);
	const copy = kmalloc(k, length + 1, gfp);
	if (copy === 0) return 0;
	k.space.copy(copy, from, length);
	k.space.w8(copy + length, 0);
	return copy;
}

/** sysfs_streq: equal but for one newline at the end. */
function sysfsEqual(a: string, b: string): boolean {
	return a.replace(/\n$/, "") === b.replace(/\n$/, "");
}

function matchString(
	k: Kernel,
	array: number,
	n: number,
	text: string,
	same: (a: string, b: string) => boolean,
): number {
	for (let i = 0; i < n; i++) {
		const item = k.space.r64(array + 8 * i);
		if (item === 0) break;
		if (same(readString(k, item), text)) return i;
	}
	return -EINVAL;
}

const hexDigit = (c: number): number => {
	const digit = "0123456789abcdef".indexOf(String.fromCharCode(lower(c)));
	return c === 0 ? -1 : digit;
};

function hex2bin(k: Kernel, to: number, from: number, count: number): number {
	for (let i = 0; i < count; i++) {
		const high = hexDigit(k.space.r8(from + 2 * i));
		const low = high < 0 ? -1 : hexDigit(k.space.r8(from + 2 * i + 1));
		if (low < 0) return -EINVAL;
		k.space.w8(to + i, high * 16 + low);
	}
	return 0;
}

export const stringFunctions: KernelFunction[] = plain({
	"void *memcpy(void *dest, const void *src, size_t count)": (k, to, from, n) => memcpy(k, to!, from!, n!),
	"void *memmove(void *dest, const void *src, size_t count)": (k, to, from, n) => memcpy(k, to!, from!, n!),
	"void *memset(void *s, int c, size_t count)": (k, to, c, n) => memset(k, to!, c!, n!),
	"int memcmp(const void *cs, const void *ct, size_t count)": (k, a, b, n) => memcmp(k, a!, b!, n!),
	"int bcmp(const void *cs, const void *ct, size_t count)": (k, a, b, n) => memcmp(k, a!, b!, n!),
	"void *memchr(const void *s, int c, size_t n)": (k, at, c, n) => findByte(k, at!, n!, (b) => b === (c! & 0xff)),
	"void *memchr_inv(const void *s, int c, size_t n)": (k, at, c, n) => findByte(k, at!, n!, (b) => b !== (c! & 0xff)),
	"void *memscan(void *addr, int c, size_t size)": (k, at, c, n) =>
		findByte(k, at!, n!, (b) => b === (c! & 0xff)) || at! + n!,
	"void *memset16(u16 *s, u16 v, size_t count)": (k, to, v, n) => fillWords(k, to!, n!, (at) => k.space.w16(at, v!), 2),
	"void *memset32(u32 *s, u32 v, size_t count)": (k, to, v, n) => fillWords(k, to!, n!, (at) => k.space.w32(at, v!), 4),
	"void memzero_explicit(void *s, size_t count)": (k, to, n) => {
		memset(k, to!, 0, n!);
	},
	"void memcpy_and_pad(void *dest, size_t dest_len, const void *src, size_t count, int pad)": (
		k,
		to,
		size,
		from,
		n,
		pad,
	) => {
		memcpy(k, to!, from!, Math.min(size!, n!));
		if (size! > n!) memset(k, to! + n!, pad!, size! - n!);
	},
	"size_t strlen(const char *s)": (k, s) => stringLength(k, s!),
	"size_t strnlen(const char *s, size_t count)": (k, s, n) => stringLength(k, s!, n),
	"char *strcpy(char *dest, const char *src)": (k, to, from) => {
		writeString(k, to!, readString(k, from!));
		return to;
	},
	"char *stpcpy(char *dest, const char *src)": (k, to, from) => {
		const text = readString(k, from!);
		writeString(k, to!, text);
		return to! + text.length;
	},
	"char *strncpy(char *dest, const char *src, size_t count)": (k, to, from, n) => {
		const text = readString(k, from!, n);
		checkWrite(k, to!, n!);
		writeString(k, to!, text, false);
		k.space.fill(to! + text.length, n! - text.length, 0);
		return to;
	},
	"ssize_t sized_strscpy(char *dest, const char *src, size_t count)": (k, to, from, n) =>
		strscpy(k, to!, from!, n!, false),
	"ssize_t __strscpy_pad(char *dest, const char *src, size_t count)": (k, to, from, n) =>
		strscpy(k, to!, from!, n!, true),
	"char *strcat(char *dest, const char *src)": (k, to, from) => {
		writeString(k, to! + stringLength(k, to!), readString(k, from!));
		return to;
	},
	"char *strncat(char *dest, const char *src, size_t count)": (k, to, from, n) => {
		writeString(k, to! + stringLength(k, to!), readString(k, from!, n));
		return to;
	},
	"size_t strlcat(char *dest, const char *src, size_t count)": (k, to, from, n) => strlcat(k, to!, from!, n!),
	"int strcmp(const char *cs, const char *ct)": (k, a, b) => compare(k, a!, b!, LONGEST, false),
	"int strncmp(const char *cs, const char *ct, size_t count)": (k, a, b, n) => compare(k, a!, b!, n!, false),
	"int strcasecmp(const char *s1, const char *s2)": (k, a, b) => compare(k, a!, b!, LONGEST, true),
	"int strncasecmp(const char *s1, const char *s2, size_t len)": (k, a, b, n) => compare(k, a!, b!, n!, true),
	"char *strchr(const char *s, int c)": (k, s, c) => findByte(k, s!, stringLength(k, s!) + 1, (b) => b === (c! & 0xff)),
	"char *strchrnul(const char *s, int c)": (k, s, c) => {
		const length = stringLength(k, s!);
		return findByte(k, s!, length, (b) => b === (c! & 0xff)) || s! + length;
	},
	"char *strnchr(const char *s, size_t count, int c)": (k, s, n, c) => {
		const length = stringLength(k, s!, n);
		return findByte(k, s!, length < n! ? length + 1 : length, (b) => b === (c! & 0xff));
	},
	"char *strrchr(const char *s, int c)": (k, s, c) => {
		for (let at = s! + stringLength(k, s!); at >= s!; at--) if (k.space.r8(at) === (c! & 0xff)) return at;
		return 0;
	},
	"char *strstr(const char *s1, const char *s2)": (k, a, b) => strstr(k, a!, b!, LONGEST),
	"char *strnstr(const char *s1, const char *s2, size_t len)": (k, a, b, n) => strstr(k, a!, b!, n!),
	"size_t strspn(const char *s, const char *accept)": (k, s, set) => span(k, s!, set!, true),
	"size_t strcspn(const char *s, const char *reject)": (k, s, set) => span(k, s!, set!, false),
	"char *strpbrk(const char *cs, const char *ct)": (k, s, set) => {
		const at = s! + span(k, s!, set!, false);
		return k.space.r8(at) === 0 ? 0 : at;
	},
	"char *strsep(char **s, const char *ct)": (k, s, set) => strsep(k, s!, set!),
	"char *skip_spaces(const char *str)": (k, s) => skipSpaces(k, s!),
	"char *strim(char *s)": (k, s) => strim(k, s!),
	"char *strreplace(char *str, char old, char new)": (k, s, old, fresh) => {
		for (let at = s!; k.space.r8(at) !== 0; at++) if (k.space.r8(at) === (old! & 0xff)) k.space.w8(at, fresh!);
		return s;
	},
	"size_t str_has_prefix(const char *str, const char *prefix)": (k, s, prefix) => {
		const text = readString(k, prefix!);
		return readString(k, s!, text.length) === text ? text.length : 0;
	},
	"bool strstarts(const char *str, const char *prefix)": (k, s, prefix) => {
		const text = readString(k, prefix!);
		return readString(k, s!, text.length) === text;
	},
	"bool sysfs_streq(const char *s1, const char *s2)": (k, a, b) => sysfsEqual(readString(k, a!), readString(k, b!)),
	"int match_string(const char * const *array, size_t n, const char *string)": (k, array, n, s) =>
		matchString(k, array!, n!, readString(k, s!), (a, b) => a === b),
	"int __sysfs_match_string(const char * const *array, size_t n, const char *s)": (k, array, n, s) =>
		matchString(k, array!, n!, readString(k, s!), sysfsEqual),
	"const char *kbasename(const char *path)": (k, path) => path! + readString(k, path!).lastIndexOf("/") + 1,
	"char *kstrdup(const char *s, gfp_t gfp)": (k, s, gfp) => duplicate(k, s!, LONGEST, gfp!),
	"const char *kstrdup_const(const char *s, gfp_t gfp)": (k, s, gfp) =>
		isVmallocAddress(s!) ? s : duplicate(k, s!, LONGEST, gfp!),
	"char *kstrndup(const char *s, size_t max, gfp_t gfp)": (k, s, max, gfp) => duplicate(k, s!, max!, gfp!),
	"char *kmemdup_nul(const char *s, size_t len, gfp_t gfp)": (k, s, length, gfp) => {
		const copy = s === 0 ? 0 : kmalloc(k, length! + 1, gfp);
		if (copy === 0) return 0;
		k.space.copy(copy, s!, length!);
		k.space.w8(copy + length!, 0);
		return copy;
	},
	"int hex_to_bin(unsigned char ch)": (_, c) => hexDigit(c! & 0xff),
	"int hex2bin(u8 *dst, const char *src, size_t count)": (k, to, from, n) => hex2bin(k, to!, from!, n!),
	"char *bin2hex(char *dst, const void *src, size_t count)": (k, to, from, n) => {
		const text = Array.from(k.space.readBytes(from!, n!), (b) => b.toString(16).padStart(2, "0")).join("");
		writeString(k, to!, text, false);
		return to! + text.length;
	},
	"int tolower(int c)": (_, c) => lower(c! & 0xff),
	"int toupper(int c)": (_, c) => upper(c! & 0xff),
	"void fortify_panic(const char *name)": (k, name) => {
		printk(k, 0, `detected buffer overflow in ${readString(k, name!)}\n`);
		throw new KernelBug("lib/string_helpers.c:1047");
	},
});

export const stringHeader = `
#define __strscpy_2(dest, src) sized_strscpy(dest, src, sizeof(dest))
#define __strscpy_3(dest, src, size) sized_strscpy(dest, src, size)
#define __strscpy_pick(a, b, c, name, ...) name
#define strscpy(dest, ...) __strscpy_pick(dest, ##__VA_ARGS__, __strscpy_3, __strscpy_2)(dest, __VA_ARGS__)
#define __strscpy_pad_2(dest, src) __strscpy_pad(dest, src, sizeof(dest))
#define __strscpy_pad_3(dest, src, size) __strscpy_pad(dest, src, size)
#define strscpy_pad(dest, ...) __strscpy_pick(dest, ##__VA_ARGS__, __strscpy_pad_3, __strscpy_pad_2)(dest, __VA_ARGS__)
#define strlcpy(dest, src, size) ({ sized_strscpy(dest, src, size); strlen(src); })
#define strstrip(s) strim(s)
#define strtomem_pad(dest, src, pad) memcpy_and_pad(dest, sizeof(dest), src, strnlen(src, sizeof(dest)), pad)
#define sysfs_match_string(array, s) __sysfs_match_string(array, ARRAY_SIZE(array), s)
#define memset_after(obj, v, member) \\
	({ typeof(obj) __msa = (obj); memset((u8 *)__msa + offsetofend(typeof(*(obj)), member), v, \\
		sizeof(*__msa) - offsetofend(typeof(*(obj)), member)); })
#define memset_startat(obj, v, member) \\
	({ typeof(obj) __mss = (obj); memset((u8 *)__mss + offsetof(typeof(*(obj)), member), v, \\
		sizeof(*__mss) - offsetof(typeof(*(obj)), member)); })
#define memset64(s, v, n) ({ u64 *__ms64 = (s); u64 __mv64 = (v); size_t __mn64 = (n); \\
	while (__mn64--) *__ms64++ = __mv64; (void *)(s); })
#define isdigit(c) ((unsigned int)(c) - '0' < 10)
#define isxdigit(c) (isdigit(c) || ((unsigned int)(c) | 32) - 'a' < 6)
#define islower(c) ((unsigned int)(c) - 'a' < 26)
#define isupper(c) ((unsigned int)(c) - 'A' < 26)
#define isalpha(c) (((unsigned int)(c) | 32) - 'a' < 26)
#define isalnum(c) (isalpha(c) || isdigit(c))
#define isspace(c) ((unsigned int)(c) - 9 < 5 || (c) == ' ' || (c) == 0xa0)
#define isprint(c) ((unsigned int)(c) - 0x20 < 0x5f)
#define isgraph(c) ((unsigned int)(c) - 0x21 < 0x5e)
#define ispunct(c) (isgraph(c) && !isalnum(c))
#define iscntrl(c) ((unsigned int)(c) < 0x20 || (c) == 0x7f)
#define isascii(c) (((unsigned char)(c)) <= 0x7f)
#define hex_asc_lo(x) ("0123456789abcdef"[(x) & 0x0f])
#define hex_asc_hi(x) ("0123456789abcdef"[((x) & 0xf0) >> 4])
#define str_yes_no(v) ((v) ? "yes" : "no")
#define str_on_off(v) ((v) ? "on" : "off")
#define str_enabled_disabled(v) ((v) ? "enabled" : "disabled")
#define str_enable_disable(v) ((v) ? "enable" : "disable")
#define str_true_false(v) ((v) ? "true" : "false")
#define str_high_low(v) ((v) ? "high" : "low")
#define str_read_write(v) ((v) ? "read" : "write")
#define str_plural(n) ((n) == 1 ? "" : "s")
`;
