/** sort, bsearch and check sums. */
import { call, goto, type KernelFunction, type Next, next, plain, ret, type Step, step, steps } from "../functions";
import type { Kernel } from "../kernel";
import type { StepFrame } from "../state";

/** Insertion with binary search: stable, and easy to follow in the debugger. */
function sortSteps(priv: boolean): Record<string, Step> {
	const compare = (f: StepFrame): Next => {
		const [base = 0, , size = 0, cmp = 0] = f.args;
		const middle = Math.floor((f.locals.low! + f.locals.high!) / 2);
		f.locals.middle = middle;
		const pair = [base + f.locals.at! * size, base + middle * size];
		return call(cmp, priv ? [...pair, f.args[5]!] : pair);
	};
	return {
		begin: step("The first element is sorted.", (_, f) => {
			f.locals.at = 0;
			return next;
		}),
		element: step("Take the next element; look for its place among those before it.", (_, f) => {
			f.locals.at = f.locals.at! + 1;
			if (f.locals.at >= f.args[1]!) return ret();
			f.locals.low = 0;
			f.locals.high = f.locals.at;
			return next;
		}),
		compare: step("Compare it with the element in the middle.", (_, f) =>
			f.locals.low! < f.locals.high! ? compare(f) : goto("insert"),
		),
		halve: step("Go on in the lower or the upper half.", (_, f) => {
			if ((f.result | 0) < 0) f.locals.high = f.locals.middle!;
			else f.locals.low = f.locals.middle! + 1;
			return goto("compare");
		}),
		insert: step("Move the elements behind its place up by one and put it there.", (k, f) => {
			rotate(k, f.args[0]!, f.args[2]!, f.locals.low!, f.locals.at!);
			return goto("element");
		}),
	};
}

function rotate(k: Kernel, base: number, size: number, to: number, from: number): void {
	if (to === from) return;
	const element = k.space.readBytes(base + from * size, size);
	k.space.copy(base + (to + 1) * size, base + to * size, (from - to) * size);
	k.space.writeBytes(base + to * size, element);
}

/** CRC of reflected bits: `polynomial` reflected. */
export function crcReflected(start: number, bytes: Uint8Array, polynomial: number): number {
	let crc = start;
	for (const byte of bytes) {
		crc ^= byte;
		for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
	}
	return crc >>> 0;
}

/** CRC with the highest bit first, of `bits` bits. */
export function crcForward(start: number, bytes: Uint8Array, polynomial: number, bits: number): number {
	let crc = start << (32 - bits);
	const shifted = polynomial << (32 - bits);
	for (const byte of bytes) {
		crc ^= byte << 24;
		for (let i = 0; i < 8; i++) crc = crc & 0x80000000 ? (crc << 1) ^ shifted : crc << 1;
	}
	return crc >>> (32 - bits);
}

/** list_sort(): insertion from the back, stable; `at` is the entry to place, `before` its candidate predecessor. */
const listSort: KernelFunction = steps(
	"void list_sort(void *priv, struct list_head *head, int (*cmp)(void *priv, const struct list_head *a, const struct list_head *b))",
	{
		begin: step("The first entry is sorted.", (k, f) => {
			const first = k.space.r64(f.args[1]!);
			f.locals.at = first === f.args[1] ? first : k.space.r64(first);
			return next;
		}),
		entry: step("Take the next entry; look for its place among those before it.", (k, f) => {
			if (f.locals.at === f.args[1]) return ret();
			f.locals.before = k.space.r64(f.locals.at! + 8);
			return next;
		}),
		compare: step("Compare it with the one before.", (_, f) =>
			f.locals.before === f.args[1] ? goto("insert") : call(f.args[2]!, [f.args[0]!, f.locals.before!, f.locals.at!]),
		),
		back: step("Go further back while that one is greater.", (k, f) => {
			if ((f.result | 0) <= 0) return goto("insert");
			f.locals.before = k.space.r64(f.locals.before! + 8);
			return goto("compare");
		}),
		insert: step("Move it there.", (k, f) => {
			const at = f.locals.at!;
			const before = f.locals.before!;
			const after = k.space.r64(at);
			f.locals.at = after;
			const previous = k.space.r64(at + 8);
			if (previous !== before) {
				k.space.w64(previous, after);
				k.space.w64(after + 8, previous);
				const follower = k.space.r64(before);
				k.space.w64(at, follower);
				k.space.w64(at + 8, before);
				k.space.w64(before, at);
				k.space.w64(follower + 8, at);
			}
			return goto("entry");
		}),
	},
);

function gcd(a: number, b: number): number {
	return b === 0 ? a : gcd(b, a % b);
}

function reverseBits(value: number, bits: number): number {
	let reversed = 0;
	for (let i = 0; i < bits; i++) if ((value >>> i) & 1) reversed |= 1 << (bits - 1 - i);
	return reversed >>> 0;
}

export const sortFunctions: KernelFunction[] = [
	listSort,
	steps(
		"void sort(void *base, size_t num, size_t size, int (*cmp)(const void *a, const void *b), void (*swap)(void *a, void *b, int size))",
		sortSteps(false),
	),
	steps(
		"void sort_r(void *base, size_t num, size_t size, int (*cmp)(const void *a, const void *b, const void *priv), void (*swap)(void *a, void *b, int size, const void *priv), const void *priv)",
		sortSteps(true),
	),
	steps(
		"void *bsearch(const void *key, const void *base, size_t num, size_t size, int (*cmp)(const void *key, const void *elt))",
		{
			begin: step("Begin with the whole array.", (_, f) => {
				f.locals.low = 0;
				f.locals.high = f.args[2]!;
				return next;
			}),
			compare: step("Compare the key with the element in the middle.", (_, f) => {
				if (f.locals.low! >= f.locals.high!) return ret(0);
				f.locals.middle = Math.floor((f.locals.low! + f.locals.high!) / 2);
				return call(f.args[4]!, [f.args[0]!, f.args[1]! + f.locals.middle * f.args[3]!]);
			}),
			halve: step("Found, or go on in one half.", (_, f) => {
				const order = f.result | 0;
				if (order === 0) return ret(f.args[1]! + f.locals.middle! * f.args[3]!);
				if (order < 0) f.locals.high = f.locals.middle!;
				else f.locals.low = f.locals.middle! + 1;
				return goto("compare");
			}),
		},
	),
	...plain({
		"unsigned long int_sqrt(unsigned long x)": (_, x) => Math.floor(Math.sqrt(x!)),
		"unsigned long gcd(unsigned long a, unsigned long b)": (_, a, b) => gcd(a!, b!),
		"unsigned long lcm(unsigned long a, unsigned long b)": (_, a, b) => (a && b ? (a / gcd(a, b)) * b : 0),
		"u8 bitrev8(u8 byte)": (_, byte) => reverseBits(byte!, 8),
		"u16 bitrev16(u16 x)": (_, x) => reverseBits(x!, 16),
		"u32 bitrev32(u32 x)": (_, x) => reverseBits(x!, 32),
		"u32 crc32_le(u32 crc, const unsigned char *p, size_t len)": (k, crc, p, n) =>
			crcReflected(crc!, k.space.readBytes(p!, n!), 0xedb88320),
		"u32 crc32_be(u32 crc, const unsigned char *p, size_t len)": (k, crc, p, n) =>
			crcForward(crc!, k.space.readBytes(p!, n!), 0x04c11db7, 32),
		"u32 crc32c(u32 crc, const void *address, unsigned int length)": (k, crc, p, n) =>
			crcReflected(crc!, k.space.readBytes(p!, n!), 0x82f63b78),
		"u16 crc16(u16 crc, const u8 *buffer, size_t len)": (k, crc, p, n) =>
			crcReflected(crc!, k.space.readBytes(p!, n!), 0xa001),
		"u16 crc_ccitt(u16 crc, const u8 *buffer, size_t len)": (k, crc, p, n) =>
			crcReflected(crc!, k.space.readBytes(p!, n!), 0x8408),
		"u16 crc_itu_t(u16 crc, const u8 *buffer, size_t len)": (k, crc, p, n) =>
			crcForward(crc!, k.space.readBytes(p!, n!), 0x1021, 16),
	}),
];

export const sortHeader = `
#define crc32(seed, data, length) crc32_le(seed, (unsigned char const *)(data), length)
#define ether_crc_le(length, data) crc32_le(~0, data, length)
`;
