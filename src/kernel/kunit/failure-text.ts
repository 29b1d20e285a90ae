/** What a failed expectation prints: the formats of lib/kunit/assert.c. Texts are byte strings. */

import { formatPointer } from "../../language/vm/fault";
import { pairToBigInt } from "../../language/vm/host-call";
import type { VarArgs } from "../functions";
import type { Kernel } from "../kernel";
import { readString } from "../lib/bytes";

const INDENT = "    ";
const INDENT2 = "        ";
/** Bytes in a line of a memory dump. */
const DUMP_WIDTH = 16;
const MAX_ERRNO = 4095;

/** How the operands of a failed check are to be read: the first argument of __kunit_failed. */
export enum Check {
	Fail = 0,
	Unary = 1,
	Integer = 2,
	Pointer = 3,
	Text = 4,
	Memory = 5,
	NotError = 6,
}

/** Left operand, operator, right operand, as written. */
export interface Operands {
	readonly left: string;
	readonly operator: string;
	readonly right: string;
}

/** The text behind "FAILED at …", without the user's message. `values`: left, right, size where there is one. */
export function checkText(k: Kernel, check: Check, operands: Operands, values: VarArgs): string {
	switch (check) {
		case Check.Fail:
			return "";
		case Check.Unary: {
			const wanted = values.low(0) !== 0;
			return `${INDENT}Expected ${operands.left} to be ${wanted}, but is ${!wanted}\n`;
		}
		case Check.Integer:
			return integerText(operands, signed(values, 0), signed(values, 1));
		case Check.Pointer:
			return `${expected(operands)}${INDENT2}${operands.left} == ${formatPointer(values.value(0))}\n${INDENT2}${operands.right} == ${formatPointer(values.value(1))}`;
		case Check.Text:
			return textText(k, operands, values.value(0), values.value(1));
		case Check.Memory:
			return memoryText(k, operands, values.value(0), values.value(1), values.value(2));
		case Check.NotError: {
			const value = values.value(0);
			if (value === 0) return `${INDENT}Expected ${operands.left} is not null, but is\n`;
			return value < 0 && value >= -MAX_ERRNO
				? `${INDENT}Expected ${operands.left} is not error, but is: ${value}\n`
				: "";
		}
		default:
			return check satisfies never;
	}
}

const expected = ({ left, operator, right }: Operands): string =>
	`${INDENT}Expected ${left} ${operator} ${right}, but\n`;

function signed(values: VarArgs, index: number): bigint {
	return BigInt(pairToBigInt(values.low(index), values.high(index), true));
}

/** A literal's value is not told: it is on the line above. */
function integerText(operands: Operands, left: bigint, right: bigint): string {
	let text = expected(operands);
	if (operands.left !== `${left}`) text += `${INDENT2}${operands.left} == ${left} (0x${hex(left)})\n`;
	if (operands.right !== `${right}`) text += `${INDENT2}${operands.right} == ${right} (0x${hex(right)})`;
	return text;
}

const hex = (value: bigint): string => BigInt.asUintN(64, value).toString(16);

function textText(k: Kernel, operands: Operands, left: number, right: number): string {
	let text = expected(operands);
	if (!isLiteral(operands.left, stringAt(k, left))) text += `${INDENT2}${operands.left} == "${stringAt(k, left)}"\n`;
	if (!isLiteral(operands.right, stringAt(k, right))) text += `${INDENT2}${operands.right} == "${stringAt(k, right)}"`;
	return text;
}

/** As `%s` prints it. */
const stringAt = (k: Kernel, address: number): string => (address === 0 ? "(null)" : readString(k, address));

/** Linux compares as far as the literal goes. */
function isLiteral(written: string, value: string): boolean {
	if (written.length < 2 || !written.startsWith('"') || !written.endsWith('"')) return false;
	const inner = written.slice(1, -1);
	return value.slice(0, inner.length) === inner;
}

function memoryText(k: Kernel, operands: Operands, left: number, right: number, size: number): string {
	if (left === 0) return `${INDENT}Expected ${operands.left} is not null, but is\n`;
	if (right === 0) return `${INDENT}Expected ${operands.right} is not null, but is\n`;
	const a = k.space.readBytes(left, size);
	const b = k.space.readBytes(right, size);
	return `${expected(operands)}${INDENT2}${operands.left} ==\n${dump(a, b)}\n${INDENT2}${operands.right} ==\n${dump(b, a)}`;
}

/** Bytes that differ stand in angle brackets. */
function dump(bytes: Uint8Array, other: Uint8Array): string {
	let text = INDENT2;
	bytes.forEach((byte, index) => {
		if (index > 0 && index % DUMP_WIDTH === 0) text += `\n${INDENT2}`;
		const digits = byte.toString(16).padStart(2, "0");
		text += byte === other[index] ? ` ${digits} ` : `<${digits}>`;
	});
	return text;
}
