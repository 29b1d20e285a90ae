import { BitOperation } from "./opcodes";

/**
 * 64-bit arithmetic that is too long to be inline in the interpreter. Results go into `pair`, low word first, to
 * avoid an allocation.
 */
export const pair = new Int32Array(2);

const TWO32 = 4294967296;
const EXACT = 2097152;

/** Low 64 bits of a product. */
export function mul64(alo: number, ahi: number, blo: number, bhi: number): void {
	const a = alo >>> 0;
	const p0 = a * (blo & 0xffff);
	const p1 = a * (blo >>> 16);
	const high = Math.floor((p1 + Math.floor(p0 / 65536)) / 65536);
	pair[0] = Math.imul(alo, blo);
	pair[1] = (high | 0) + Math.imul(alo, bhi) + Math.imul(ahi, blo);
}

/** Quotient or remainder; x / 0 is 0 and x % 0 is x, as arm64's instructions give. */
export function divide64(
	alo: number,
	ahi: number,
	blo: number,
	bhi: number,
	signed: boolean,
	remainder: boolean,
): void {
	if ((blo | bhi) === 0) {
		pair[0] = remainder ? alo : 0;
		pair[1] = remainder ? ahi : 0;
		return;
	}
	const limitA = signed ? ahi >= -EXACT && ahi < EXACT : ahi >>> 0 < EXACT;
	const limitB = signed ? bhi >= -EXACT && bhi < EXACT : bhi >>> 0 < EXACT;
	if (limitA && limitB) {
		const a = ahi * TWO32 + (alo >>> 0);
		const b = bhi * TWO32 + (blo >>> 0);
		const rest = a % b;
		// (a - rest) / b is an integer below 2^53, so the division is exact.
		const value = remainder ? rest : (a - rest) / b;
		pair[0] = value | 0;
		pair[1] = Math.floor(value / TWO32) | 0;
		return;
	}
	let a = (BigInt(ahi) << 32n) | BigInt(alo >>> 0);
	let b = (BigInt(bhi) << 32n) | BigInt(blo >>> 0);
	if (!signed) {
		a = BigInt.asUintN(64, a);
		b = BigInt.asUintN(64, b);
	}
	setPair(remainder ? a % b : a / b);
}

/** Writes the low 64 bits of a bigint into `pair`. */
function setPair(value: bigint): void {
	pair[0] = Number(BigInt.asIntN(32, value));
	pair[1] = Number(BigInt.asIntN(32, value >> 32n));
}

/** 32-bit division as arm64 does it: by zero gives 0, the remainder by zero the dividend. */
export function divS(a: number, b: number): number {
	return b === 0 ? 0 : (a / b) | 0;
}
export function divU(a: number, b: number): number {
	return b === 0 ? 0 : ((a >>> 0) / (b >>> 0)) | 0;
}
export function modS(a: number, b: number): number {
	return b === 0 ? a : (a % b) | 0;
}
export function modU(a: number, b: number): number {
	return b === 0 ? a : ((a >>> 0) % (b >>> 0)) | 0;
}

function popcount(value: number): number {
	let v = value - ((value >>> 1) & 0x55555555);
	v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
	return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function bswap(value: number): number {
	return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

function ctz(value: number): number {
	return value === 0 ? 32 : 31 - Math.clz32(value & -value);
}

/** GCC's bit builtins: the result goes to r[d] (and r[d + 1] for a 64-bit byte swap). */
export function bits(r: Int32Array, d: number, s: number, operation: number): void {
	const wide = (operation & BitOperation.Wide) !== 0;
	const lo = r[s];
	const hi = wide ? r[s + 1] : 0;
	const trailing = wide && lo === 0 ? 32 + ctz(hi) : ctz(lo);
	switch (operation & 15) {
		case BitOperation.Clz:
			r[d] = wide ? (hi !== 0 ? Math.clz32(hi) : 32 + Math.clz32(lo)) : Math.clz32(lo);
			break;
		case BitOperation.Ctz:
			r[d] = trailing;
			break;
		case BitOperation.Ffs:
			r[d] = (lo | hi) === 0 ? 0 : trailing + 1;
			break;
		case BitOperation.Popcount:
			r[d] = popcount(lo) + popcount(hi);
			break;
		case BitOperation.Parity:
			r[d] = (popcount(lo) + popcount(hi)) & 1;
			break;
		case BitOperation.Clrsb: {
			const sign = (wide ? hi : lo) >> 31;
			const top = wide ? hi ^ sign : lo ^ sign;
			r[d] = (wide && top === 0 ? 32 + Math.clz32(lo ^ sign) : Math.clz32(top)) - 1;
			break;
		}
		case BitOperation.Bswap16:
			r[d] = bswap(lo) >>> 16;
			break;
		case BitOperation.Bswap32:
			r[d] = bswap(lo);
			break;
		default:
			r[d] = bswap(hi);
			r[d + 1] = bswap(lo);
	}
}

/** Descriptor of Op.Overflow. */
export const OVERFLOW_SUB = 1;
export const OVERFLOW_MUL = 2;
export const OVERFLOW_LEFT_SIGNED = 4;
export const OVERFLOW_RIGHT_SIGNED = 8;
export const OVERFLOW_RESULT_SIGNED = 16;
/** The result's size in bits is in the bits from here on. */
export const OVERFLOW_BITS_SHIFT = 8;

/** Exact arithmetic: r[d] = 1 when the result does not fit, r[d + 2] and r[d + 3] the wrapped result. */
export function overflow(r: Int32Array, d: number, a: number, b: number, descriptor: number): void {
	const left = wideValue(r, a, (descriptor & OVERFLOW_LEFT_SIGNED) !== 0);
	const right = wideValue(r, b, (descriptor & OVERFLOW_RIGHT_SIGNED) !== 0);
	const exact = descriptor & OVERFLOW_SUB ? left - right : descriptor & OVERFLOW_MUL ? left * right : left + right;
	const size = descriptor >> OVERFLOW_BITS_SHIFT;
	const wrapped = descriptor & OVERFLOW_RESULT_SIGNED ? BigInt.asIntN(size, exact) : BigInt.asUintN(size, exact);
	setPair(wrapped);
	r[d] = wrapped === exact ? 0 : 1;
	r[d + 2] = pair[0];
	r[d + 3] = pair[1];
}

function wideValue(r: Int32Array, slot: number, signed: boolean): bigint {
	const value = (BigInt(r[slot + 1]) << 32n) | BigInt(r[slot] >>> 0);
	return signed ? value : BigInt.asUintN(64, value);
}
