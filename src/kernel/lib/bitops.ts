/** linux/bitops.h and bitmap.h on arrays of unsigned long: little endian, so bit n is bit n % 8 of byte n / 8. */
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";

function testBit(k: Kernel, map: number, bit: number): boolean {
	return ((k.space.r8(map + Math.floor(bit / 8)) >> (bit & 7)) & 1) !== 0;
}

/** Sets or clears a bit; returns what it was. */
function putBit(k: Kernel, map: number, bit: number, value: boolean): boolean {
	const at = map + Math.floor(bit / 8);
	const byte = k.space.r8(at);
	const mask = 1 << (bit & 7);
	k.space.w8(at, value ? byte | mask : byte & ~mask);
	return (byte & mask) !== 0;
}

/** The first bit at or behind `from` that is `value`; `size` when there is none. */
function findBit(k: Kernel, map: number, size: number, from: number, value: boolean): number {
	const skip = value ? 0 : 0xff;
	for (let bit = from; bit < size; ) {
		if ((bit & 7) === 0 && bit + 8 <= size && k.space.r8(map + bit / 8) === skip) bit += 8;
		else if (testBit(k, map, bit) === value) return bit;
		else bit++;
	}
	return size;
}

function lastBit(k: Kernel, map: number, size: number): number {
	for (let bit = size - 1; bit >= 0; bit--) if (testBit(k, map, bit)) return bit;
	return size;
}

function weight(k: Kernel, map: number, size: number): number {
	let count = 0;
	for (let bit = findBit(k, map, size, 0, true); bit < size; bit = findBit(k, map, size, bit + 1, true)) count++;
	return count;
}

const bytesOf = (bits: number): number => Math.ceil(bits / 64) * 8;

/** Whether all of a range of bits have a value. */
function rangeIs(k: Kernel, map: number, start: number, count: number, value: boolean): boolean {
	for (let bit = start; bit < start + count; bit++) if (testBit(k, map, bit) !== value) return false;
	return true;
}

function setRange(k: Kernel, map: number, start: number, count: number, value: boolean): void {
	for (let bit = start; bit < start + count; bit++) putBit(k, map, bit, value);
}

/** dst = op(a, b) by bytes over the words of `bits`; returns whether a bit below `bits` is set. */
function combine(
	k: Kernel,
	dst: number,
	a: number,
	b: number,
	bits: number,
	op: (x: number, y: number) => number,
): boolean {
	let any = 0;
	for (let i = 0; i < bytesOf(bits); i++) {
		const value = op(k.space.r8(a + i), k.space.r8(b + i)) & 0xff;
		k.space.w8(dst + i, value);
		any |= i * 8 + 8 <= bits ? value : i * 8 < bits ? value & ((1 << (bits - i * 8)) - 1) : 0;
	}
	return any !== 0;
}

function freeArea(k: Kernel, map: number, size: number, start: number, count: number, mask: number): number {
	for (let from = start; ; ) {
		const first = Math.ceil(findBit(k, map, size, from, false) / (mask + 1)) * (mask + 1);
		if (first + count > size) return first + count;
		const taken = findBit(k, map, first + count, first, true);
		if (taken >= first + count) return first;
		from = taken + 1;
	}
}

export const bitFunctions: KernelFunction[] = plain({
	"void set_bit(long nr, volatile unsigned long *addr)": (k, bit, map) => {
		putBit(k, map!, bit!, true);
	},
	"void clear_bit(long nr, volatile unsigned long *addr)": (k, bit, map) => {
		putBit(k, map!, bit!, false);
	},
	"void change_bit(long nr, volatile unsigned long *addr)": (k, bit, map) => {
		putBit(k, map!, bit!, !testBit(k, map!, bit!));
	},
	"bool test_bit(long nr, const volatile unsigned long *addr)": (k, bit, map) => testBit(k, map!, bit!),
	"bool test_and_set_bit(long nr, volatile unsigned long *addr)": (k, bit, map) => putBit(k, map!, bit!, true),
	"bool test_and_clear_bit(long nr, volatile unsigned long *addr)": (k, bit, map) => putBit(k, map!, bit!, false),
	"bool test_and_change_bit(long nr, volatile unsigned long *addr)": (k, bit, map) =>
		putBit(k, map!, bit!, !testBit(k, map!, bit!)),
	"unsigned long find_first_bit(const unsigned long *addr, unsigned long size)": (k, map, size) =>
		findBit(k, map!, size!, 0, true),
	"unsigned long find_first_zero_bit(const unsigned long *addr, unsigned long size)": (k, map, size) =>
		findBit(k, map!, size!, 0, false),
	"unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)": (
		k,
		map,
		size,
		from,
	) => findBit(k, map!, size!, from!, true),
	"unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size, unsigned long offset)": (
		k,
		map,
		size,
		from,
	) => findBit(k, map!, size!, from!, false),
	"unsigned long find_last_bit(const unsigned long *addr, unsigned long size)": (k, map, size) =>
		lastBit(k, map!, size!),
	"void bitmap_zero(unsigned long *dst, unsigned int nbits)": (k, map, bits) => k.space.fill(map!, bytesOf(bits!), 0),
	"void bitmap_fill(unsigned long *dst, unsigned int nbits)": (k, map, bits) =>
		k.space.fill(map!, bytesOf(bits!), 0xff),
	"void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nbits)": (k, dst, src, bits) =>
		k.space.copy(dst!, src!, bytesOf(bits!)),
	"void bitmap_set(unsigned long *map, unsigned int start, unsigned int nbits)": (k, map, start, count) =>
		setRange(k, map!, start!, count!, true),
	"void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nbits)": (k, map, start, count) =>
		setRange(k, map!, start!, count!, false),
	"bool bitmap_empty(const unsigned long *src, unsigned int nbits)": (k, map, bits) =>
		rangeIs(k, map!, 0, bits!, false),
	"bool bitmap_full(const unsigned long *src, unsigned int nbits)": (k, map, bits) => rangeIs(k, map!, 0, bits!, true),
	"unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)": (k, map, bits) => weight(k, map!, bits!),
	"bool bitmap_and(unsigned long *dst, const unsigned long *src1, const unsigned long *src2, unsigned int nbits)": (
		k,
		d,
		a,
		b,
		n,
	) => combine(k, d!, a!, b!, n!, (x, y) => x & y),
	"void bitmap_or(unsigned long *dst, const unsigned long *src1, const unsigned long *src2, unsigned int nbits)": (
		k,
		d,
		a,
		b,
		n,
	) => {
		combine(k, d!, a!, b!, n!, (x, y) => x | y);
	},
	"void bitmap_xor(unsigned long *dst, const unsigned long *src1, const unsigned long *src2, unsigned int nbits)": (
		k,
		d,
		a,
		b,
		n,
	) => {
		combine(k, d!, a!, b!, n!, (x, y) => x ^ y);
	},
	"bool bitmap_andnot(unsigned long *dst, const unsigned long *src1, const unsigned long *src2, unsigned int nbits)": (
		k,
		d,
		a,
		b,
		n,
	) => combine(k, d!, a!, b!, n!, (x, y) => x & ~y),
	"void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)": (k, d, a, n) => {
		combine(k, d!, a!, a!, n!, (x) => ~x);
	},
	"bool bitmap_equal(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)": (k, a, b, n) => {
		for (let bit = 0; bit < n!; bit++) if (testBit(k, a!, bit) !== testBit(k, b!, bit)) return false;
		return true;
	},
	"bool bitmap_intersects(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)": (k, a, b, n) => {
		for (let bit = 0; bit < n!; bit++) if (testBit(k, a!, bit) && testBit(k, b!, bit)) return true;
		return false;
	},
	"bool bitmap_subset(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)": (k, a, b, n) => {
		for (let bit = 0; bit < n!; bit++) if (testBit(k, a!, bit) && !testBit(k, b!, bit)) return false;
		return true;
	},
	"unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size, unsigned long start, unsigned int nr, unsigned long align_mask)":
		(k, map, size, start, count, mask) => freeArea(k, map!, size!, start!, count!, mask!),
	"int bitmap_find_free_region(unsigned long *bitmap, unsigned int bits, int order)": (k, map, bits, order) => {
		const count = 2 ** order!;
		for (let at = 0; at + count <= bits!; at += count) {
			if (!rangeIs(k, map!, at, count, false)) continue;
			setRange(k, map!, at, count, true);
			return at;
		}
		return -12;
	},
	"void bitmap_release_region(unsigned long *bitmap, unsigned int pos, int order)": (k, map, at, order) =>
		setRange(k, map!, at!, 2 ** order!, false),
});

export const bitopsHeader = `
#define BITS_TO_LONGS(nr) (((nr) + 63) / 64)
#define BITS_TO_BYTES(nr) (((nr) + 7) / 8)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define __set_bit set_bit
#define __clear_bit clear_bit
#define __change_bit change_bit
#define __test_and_set_bit test_and_set_bit
#define __test_and_clear_bit test_and_clear_bit
#define __test_and_change_bit test_and_change_bit
#define set_bit_unlock set_bit
#define clear_bit_unlock clear_bit
#define test_and_set_bit_lock test_and_set_bit
#define assign_bit(nr, addr, value) ((value) ? set_bit((nr), (addr)) : clear_bit((nr), (addr)))
#define __assign_bit(nr, addr, value) assign_bit(nr, addr, value)
#define for_each_set_bit(bit, addr, size) \\
	for ((bit) = find_first_bit((addr), (size)); (bit) < (size); (bit) = find_next_bit((addr), (size), (bit) + 1))
#define for_each_set_bit_from(bit, addr, size) \\
	for ((bit) = find_next_bit((addr), (size), (bit)); (bit) < (size); (bit) = find_next_bit((addr), (size), (bit) + 1))
#define for_each_clear_bit(bit, addr, size) \\
	for ((bit) = find_first_zero_bit((addr), (size)); (bit) < (size); \\
	     (bit) = find_next_zero_bit((addr), (size), (bit) + 1))
#define bitmap_alloc(bits, flags) ((unsigned long *)kmalloc_array(BITS_TO_LONGS(bits), sizeof(unsigned long), flags))
#define bitmap_zalloc(bits, flags) ((unsigned long *)kcalloc(BITS_TO_LONGS(bits), sizeof(unsigned long), flags))
#define bitmap_free(map) kfree(map)
#define devm_bitmap_zalloc(dev, bits, flags) \\
	((unsigned long *)devm_kcalloc(dev, BITS_TO_LONGS(bits), sizeof(unsigned long), flags))
#define set_mask_bits(p, mask, bits) \\
	({ typeof(p) __smb = (p); typeof(*__smb) __smo = *__smb; *__smb = (__smo & ~(mask)) | (bits); __smo; })
`;
