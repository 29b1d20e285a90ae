/** Integer expressions of devicetree source: 64-bit unsigned, C operators. */

import type { Scanner } from "./source";

const NUMBER = /(?:0[xX][0-9a-fA-F]+|\d+)(?:[uU]|[lL])*(?![A-Za-z0-9_])/y;
const CHARACTER = /'(?:\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)|[^'\\\n])'/y;
const LEVELS: readonly (readonly string[])[] = [
	["||"],
	["&&"],
	["|"],
	["^"],
	["&"],
	["==", "!="],
	["<=", ">=", "<", ">"],
	["<<", ">>"],
	["+", "-"],
	["*", "/", "%"],
];
const OPERATOR = /\|\||&&|==|!=|<=|>=|<<|>>|[|^&<>+\-*/%]/y;
const MAX_DEPTH = 100;

/** A number, a character or an expression in parentheses; undefined when none of them is next. */
export function literal(scanner: Scanner): bigint | undefined {
	if (scanner.looksAt("(")) {
		scanner.take("(");
		const value = ternary(scanner, 0);
		scanner.expect(")", "after this expression");
		return BigInt.asUintN(64, value);
	}
	return constant(scanner);
}

function constant(scanner: Scanner): bigint | undefined {
	const number = scanner.match(NUMBER);
	if (number !== undefined) {
		const digits = number.replace(/[uUlL]+$/, "");
		if (/^0\d/.test(digits)) {
			if (/[89]/.test(digits)) scanner.stop("DT003", `${digits} is not an octal number`);
			return BigInt(`0o${digits.slice(1)}`);
		}
		return BigInt(digits);
	}
	const character = scanner.match(CHARACTER);
	return character === undefined ? undefined : BigInt(unescapeText(character.slice(1, -1)).charCodeAt(0));
}

/** The text behind the escapes of a string or character. */
export function unescapeText(text: string): string {
	const named: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };
	return text.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g, (_, octal, hex, letter) => {
		if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
		if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
		return named[letter] ?? letter;
	});
}

function ternary(scanner: Scanner, depth: number): bigint {
	if (depth > MAX_DEPTH) scanner.stop("DT004", `expressions nest at most ${MAX_DEPTH} deep`);
	const condition = binary(scanner, 0, depth);
	if (!scanner.take("?")) return condition;
	const yes = ternary(scanner, depth + 1);
	scanner.expect(":", "between the two results of ?:");
	const no = ternary(scanner, depth + 1);
	return condition !== 0n ? yes : no;
}

function binary(scanner: Scanner, level: number, depth: number): bigint {
	if (level === LEVELS.length) return unary(scanner, depth);
	let left = binary(scanner, level + 1, depth);
	for (;;) {
		const start = scanner.at;
		const operator = scanner.match(OPERATOR);
		if (operator === undefined) return left;
		if (!LEVELS[level]!.includes(operator)) {
			scanner.at = start;
			return left;
		}
		const right = binary(scanner, level + 1, depth);
		if ((operator === "/" || operator === "%") && right === 0n) scanner.stop("DT005", "division by zero");
		left = BigInt.asUintN(64, apply(operator, left, right));
	}
}

function apply(operator: string, a: bigint, b: bigint): bigint {
	const truth = (value: boolean) => (value ? 1n : 0n);
	switch (operator) {
		case "||":
			return truth(a !== 0n || b !== 0n);
		case "&&":
			return truth(a !== 0n && b !== 0n);
		case "|":
			return a | b;
		case "^":
			return a ^ b;
		case "&":
			return a & b;
		case "==":
			return truth(a === b);
		case "!=":
			return truth(a !== b);
		case "<=":
			return truth(a <= b);
		case ">=":
			return truth(a >= b);
		case "<":
			return truth(a < b);
		case ">":
			return truth(a > b);
		case "<<":
			return b > 63n ? 0n : a << b;
		case ">>":
			return b > 63n ? 0n : a >> b;
		case "+":
			return a + b;
		case "-":
			return a - b;
		case "*":
			return a * b;
		case "/":
			return a / b;
		default:
			return a % b;
	}
}

function unary(scanner: Scanner, depth: number): bigint {
	if (depth > MAX_DEPTH) scanner.stop("DT004", `expressions nest at most ${MAX_DEPTH} deep`);
	if (scanner.take("-")) return BigInt.asUintN(64, -unary(scanner, depth + 1));
	if (scanner.take("~")) return BigInt.asUintN(64, ~unary(scanner, depth + 1));
	if (scanner.looksAt("!") && !scanner.looksAt("!=")) {
		scanner.take("!");
		return unary(scanner, depth + 1) === 0n ? 1n : 0n;
	}
	if (scanner.take("(")) {
		const value = ternary(scanner, depth + 1);
		scanner.expect(")", "after this expression");
		return value;
	}
	return constant(scanner) ?? scanner.stop("DT001", `expected a number, found ${scanner.found()}`);
}
