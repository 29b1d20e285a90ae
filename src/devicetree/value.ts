/** Property values: what stands after `=`. */

import { literal, unescapeText } from "./expression";
import type { Scanner } from "./source";

/** A place in a property's data that is filled when all nodes are known. */
export interface Reference {
	/** Label, or path when it begins with "/". */
	readonly target: string;
	readonly from: number;
	readonly to: number;
	/** Offset of the phandle cell in the data; -1: the path as a string is inserted at `insertAt`. */
	readonly cellAt: number;
	readonly insertAt: number;
}

export interface RawValue {
	bytes: number[];
	references: Reference[];
}

const STRING = /"(?:\\[\s\S]|[^"\\\n])*"/y;
const HEX_PAIR = /[0-9a-fA-F]{2}/y;
const LABEL_MARK = /[A-Za-z_][A-Za-z0-9_]*:/y;
const PATH = /\/[A-Za-z0-9,._+\-@/]*/y;

/** Comma list of strings, cells, byte strings and references. */
export function parseValue(scanner: Scanner): RawValue {
	const value: RawValue = { bytes: [], references: [] };
	do {
		scanner.match(LABEL_MARK);
		element(scanner, value);
		scanner.match(LABEL_MARK);
	} while (scanner.take(","));
	return value;
}

function element(scanner: Scanner, value: RawValue): void {
	if (scanner.take("/bits/")) {
		const bits = literal(scanner);
		if (bits !== 8n && bits !== 16n && bits !== 32n && bits !== 64n)
			scanner.stop("DT006", "expected 8, 16, 32 or 64 after /bits/");
		scanner.expect("<", "after /bits/ and the number");
		cellList(scanner, value, Number(bits));
	} else if (scanner.take("<")) cellList(scanner, value, 32);
	else if (scanner.take("[")) byteString(scanner, value);
	else if (scanner.looksAt('"')) {
		const text = scanner.match(STRING) ?? scanner.stop("DT007", "this string is never closed");
		for (const byte of new TextEncoder().encode(unescapeText(text.slice(1, -1)))) value.bytes.push(byte);
		value.bytes.push(0);
	} else if (scanner.looksAt("&")) {
		const reference = parseReference(scanner);
		value.references.push({ ...reference, cellAt: -1, insertAt: value.bytes.length });
	} else if (scanner.looksAt("/incbin/")) scanner.stop("DT008", "/incbin/ is not supported");
	else scanner.stop("DT001", `expected a value ("text", <cells>, [bytes] or &label), found ${scanner.found()}`);
}

function cellList(scanner: Scanner, value: RawValue, bits: number): void {
	while (!scanner.take(">")) {
		if (scanner.match(LABEL_MARK) !== undefined) continue;
		scanner.space();
		const from = scanner.at;
		if (scanner.looksAt("&")) {
			if (bits !== 32) scanner.stop("DT009", "a reference needs cells of 32 bits");
			value.references.push({ ...parseReference(scanner), cellAt: value.bytes.length, insertAt: -1 });
			value.bytes.push(0, 0, 0, 0);
			continue;
		}
		const number =
			literal(scanner) ??
			scanner.stop(
				"DT001",
				`expected a number, (expression), &label or > in this list of cells, found ${scanner.found()}`,
			);
		if (number >= 1n << BigInt(bits) && BigInt.asIntN(64, number) < -(1n << BigInt(bits - 1)))
			scanner.report("DT010", `this value does not fit into ${bits} bits`, from, scanner.at);
		else if (number >= 1n << BigInt(bits) && BigInt.asIntN(64, number) >= 0n)
			scanner.report("DT010", `this value does not fit into ${bits} bits`, from, scanner.at);
		for (let shift = bits - 8; shift >= 0; shift -= 8) value.bytes.push(Number((number >> BigInt(shift)) & 255n));
	}
}

function byteString(scanner: Scanner, value: RawValue): void {
	while (!scanner.take("]")) {
		const pair = scanner.match(HEX_PAIR);
		if (pair === undefined)
			scanner.stop("DT001", `expected two hexadecimal digits or ] in this byte string, found ${scanner.found()}`);
		else value.bytes.push(Number.parseInt(pair, 16));
	}
}

/** `&label` or `&{/path}`. */
export function parseReference(scanner: Scanner): { target: string; from: number; to: number } {
	scanner.space();
	const from = scanner.at;
	scanner.expect("&", "before a reference");
	if (scanner.take("{")) {
		const path = scanner.match(PATH) ?? scanner.stop("DT001", `expected a path after &{, found ${scanner.found()}`);
		scanner.expect("}", "after this path");
		return { target: path, from, to: scanner.at };
	}
	const label = scanner.label() ?? scanner.stop("DT001", `expected a label after &, found ${scanner.found()}`);
	return { target: label, from, to: scanner.at };
}
