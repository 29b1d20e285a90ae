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
export function setPair(value: bigint): void {
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
