/** The values of integer, character and string literals. */

export interface IntegerLiteral {
	value: bigint;
	unsigned: boolean;
	/** 0, 1 (L) or 2 (LL) */
	long: number;
	decimal: boolean;
}

/** The value and suffix of a pp-number, or a text saying what is wrong with it. */
export function parseInteger(text: string): IntegerLiteral | string {
	let end = text.length;
	let unsigned = false;
	let long = 0;
	// suffix from the end: u, l, ll in any order and case
	for (;;) {
		const c = text.charCodeAt(end - 1) | 32;
		if (c === 117 && !unsigned) {
			unsigned = true;
			end--;
		} else if (c === 108 && long === 0) {
			if ((text.charCodeAt(end - 2) | 32) === 108) {
				if (text[end - 1] !== text[end - 2]) return "'lL' is no suffix";
				long = 2;
				end -= 2;
			} else {
				long = 1;
				end--;
			}
		} else break;
	}
	const body = text.slice(0, end);
	if (body.length < 10 && /^(0|[1-9][0-9]*)$/.test(body))
		return { value: BigInt(Number(body)), unsigned, long, decimal: true };
	if (/^0[xX][0-9a-fA-F]+$/.test(body) || /^0[bB][01]+$/.test(body))
		return { value: BigInt(body), unsigned, long, decimal: false };
	if (/^0[0-7]*$/.test(body))
		return { value: body === "0" ? 0n : BigInt(`0o${body.slice(1)}`), unsigned, long, decimal: false };
	if (/^[1-9][0-9]*$/.test(body)) return { value: BigInt(body), unsigned, long, decimal: true };
	if (/^0[xX]/.test(body) && !/[.pP]/.test(body)) return "hexadecimal digits 0-9, a-f expected";
	if (/^0[0-9]+$/.test(body)) return "an octal number (it begins with 0) has digits 0-7 only";
	if (/^[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?[fFlL]?$/.test(text) || /^0[xX].*[pP]/.test(text)) return "float";
	return `'${/^[0-9]*(.*)$/.exec(text)?.[1] ?? ""}' is no suffix of an integer`;
}

const SIMPLE: Readonly<Record<string, number>> = {
	n: 10,
	t: 9,
	r: 13,
	"0": 0,
	"\\": 92,
	"'": 39,
	'"': 34,
	"?": 63,
	a: 7,
	b: 8,
	f: 12,
	v: 11,
	e: 27,
	E: 27,
};

const encoder = new TextEncoder();

/** The bytes of a literal's text between its quotes; `onBadEscape` gets the letter of an unknown escape. */
export function unescapeText(body: string, onBadEscape: (letter: string) => void): Uint8Array {
	if (!body.includes("\\")) return encoder.encode(body);
	const bytes: number[] = [];
	for (let i = 0; i < body.length; i++) {
		const c = body[i]!;
		if (c !== "\\") {
			let j = i;
			while (j < body.length && body[j] !== "\\") j++;
			for (const b of encoder.encode(body.slice(i, j))) bytes.push(b);
			i = j - 1;
			continue;
		}
		const e = body[++i] ?? "\\";
		if (e >= "0" && e <= "7") {
			let value = 0;
			let n = 0;
			while (n < 3 && body[i + n]! >= "0" && body[i + n]! <= "7") value = value * 8 + Number(body[i + n++]);
			bytes.push(value & 255);
			i += n - 1;
		} else if (e === "x") {
			let value = 0;
			let n = 1;
			while (/[0-9a-fA-F]/.test(body[i + n] ?? "")) value = (value * 16 + Number.parseInt(body[i + n++]!, 16)) & 0xff;
			if (n === 1) onBadEscape("x");
			bytes.push(value);
			i += n - 1;
		} else if (e === "u" || e === "U") {
			const digits = body.slice(i + 1, i + 1 + (e === "u" ? 4 : 8));
			const code = Number.parseInt(digits, 16);
			if (!/^[0-9a-fA-F]+$/.test(digits) || code > 0x10ffff) onBadEscape(e);
			else for (const b of encoder.encode(String.fromCodePoint(code))) bytes.push(b);
			i += digits.length;
		} else if (Object.hasOwn(SIMPLE, e)) bytes.push(SIMPLE[e]!);
		else {
			onBadEscape(e);
			for (const b of encoder.encode(e)) bytes.push(b);
		}
	}
	return Uint8Array.from(bytes);
}
