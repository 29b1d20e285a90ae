/** GF(2^8) with polynomial 0x11d and generator 2, and RAID6's tables over it (core-semantics 5.5). */
const POLYNOMIAL = 0x11d;

export function gfMultiply(a: number, b: number): number {
	let product = 0;
	for (let x = a, y = b; y !== 0; y >>= 1) {
		if (y & 1) product ^= x;
		x = (x << 1) ^ (x & 0x80 ? POLYNOMIAL : 0);
	}
	return product;
}

/** 2^i; the last entry is a filler. */
export const GF_EXP: Uint8Array = new Uint8Array(256);
/** The i with 2^i = v; 255 for 0. */
export const GF_LOG: Uint8Array = new Uint8Array(256).fill(255);
for (let i = 0, value = 1; i < 255; i++, value = gfMultiply(value, 2)) {
	GF_EXP[i] = value;
	GF_LOG[value] = i;
}

/** 1 / v; 0 for 0. */
export const GF_INV: Uint8Array = Uint8Array.from({ length: 256 }, (_, v) =>
	v === 0 ? 0 : GF_EXP[(255 - GF_LOG[v]!) % 255]!,
);

/** 1 / (2^i ^ 1). */
export const GF_EXI: Uint8Array = GF_EXP.map((power) => GF_INV[power ^ 1]!);

/** The products of `a` with every byte. */
export const productsOf = (a: number): Uint8Array => Uint8Array.from({ length: 256 }, (_, b) => gfMultiply(a, b));

/** All products, row after row. */
export function productTable(): Uint8Array {
	const table = new Uint8Array(65536);
	for (let a = 0; a < 256; a++) table.set(productsOf(a), 256 * a);
	return table;
}
