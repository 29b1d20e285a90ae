/** Texts of module parameters into values, as kstrtoint() and kstrtobool() read them. */

/** Base 10, 16 after 0x, 8 after 0; a newline may follow. Null when it is no number. */
export function parseInteger(text: string): bigint | null {
	const match = /^\s*([+-]?)(0x[0-9a-f]+|[0-9]+)\s*$/i.exec(text);
	if (!match) return null;
	const digits = match[2] ?? "";
	const magnitude = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
	return match[1] === "-" ? -magnitude : magnitude;
}

/** y, 1, t, on and n, 0, f, off by their first letters; null for anything else. */
export function parseBool(text: string): boolean | null {
	const first = text.trim().toLowerCase();
	if (/^(y|1|on|t)/.test(first)) return true;
	return /^(n|0|of|f)/.test(first) ? false : null;
}
