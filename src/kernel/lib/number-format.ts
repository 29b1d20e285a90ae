/** Fields of a conversion of lib/vsprintf.c, and how numbers and strings are laid out in them. */

export interface Spec {
	left: boolean;
	plus: boolean;
	space: boolean;
	/** `#` */
	special: boolean;
	zero: boolean;
	/** -1 when not given */
	width: number;
	precision: number;
	upper: boolean;
	base: 8 | 10 | 16;
}

export const newSpec = (): Spec => ({
	left: false,
	plus: false,
	space: false,
	special: false,
	zero: false,
	width: -1,
	precision: -1,
	upper: false,
	base: 10,
});

/** A number: sign, prefix, precision, padding as number() of vsprintf.c does. */
export function formatNumber(value: number | bigint, spec: Spec): string {
	const negative = value < 0;
	let digits = (negative ? -value : value).toString(spec.base);
	if (spec.upper) digits = digits.toUpperCase();
	const sign = negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
	let prefix = "";
	if (spec.special && spec.base === 16) prefix = spec.upper ? "0X" : "0x";
	else if (spec.special && spec.base === 8 && digits !== "0") prefix = "0";
	const body = digits.padStart(spec.precision, "0");
	const room = Math.max(0, spec.width - sign.length - prefix.length - body.length);
	if (spec.left) return sign + prefix + body + " ".repeat(room);
	if (spec.zero) return sign + prefix + "0".repeat(room) + body;
	return " ".repeat(room) + sign + prefix + body;
}

/** A string cut to the precision and padded with blanks to the width. */
export function formatText(text: string, spec: Spec): string {
	const cut = spec.precision >= 0 ? text.slice(0, spec.precision) : text;
	return spec.left ? cut.padEnd(spec.width) : cut.padStart(spec.width);
}

/** "0x" and all digits of a value of `size` bytes (special_hex_number). */
export function hexNumber(value: number | bigint, size: number): string {
	return `0x${BigInt.asUintN(8 * size, BigInt(value))
		.toString(16)
		.padStart(2 * size, "0")}`;
}
