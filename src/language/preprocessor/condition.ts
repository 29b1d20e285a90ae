/** `#if` expressions: 64-bit integers, unsigned where C says so. Names that are left count as 0. */
import { parseInteger } from "./literals";
import { T, type Token } from "./tokens";

interface Value {
	value: bigint;
	unsigned: boolean;
}

export class ConditionError extends Error {
	constructor(
		message: string,
		readonly token: Token | null,
	) {
		super(message);
	}
}

const LEVELS: readonly (readonly T[])[] = [
	[T.PipePipe],
	[T.AmpAmp],
	[T.Pipe],
	[T.Caret],
	[T.Amp],
	[T.EqualEqual, T.NotEqual],
	[T.Less, T.Greater, T.LessEqual, T.GreaterEqual],
	[T.ShiftLeft, T.ShiftRight],
	[T.Plus, T.Minus],
	[T.Star, T.Slash, T.Percent],
];

/** Value of an expanded expression; throws ConditionError with a message for the user. */
export function evaluateCondition(tokens: readonly Token[]): boolean {
	let at = 0;
	let depth = 0;
	const result = ternary(true);
	if (at < tokens.length) throw new ConditionError(`'${tokens[at]!.text}' is not expected here`, tokens[at]!);
	return result.value !== 0n;

	function ternary(live: boolean): Value {
		const condition = binary(0, live);
		if (tokens[at]?.kind !== T.Question) return condition;
		at++;
		const then = ternary(live && condition.value !== 0n);
		if (tokens[at]?.kind !== T.Colon) throw new ConditionError("':' expected", tokens[at] ?? null);
		at++;
		const otherwise = ternary(live && condition.value === 0n);
		const unsigned = then.unsigned || otherwise.unsigned;
		return wrap(condition.value !== 0n ? then.value : otherwise.value, unsigned);
	}

	function binary(level: number, live: boolean): Value {
		const kinds = LEVELS[level];
		if (!kinds) return unary(live);
		let left = binary(level + 1, live);
		for (;;) {
			const operator = tokens[at];
			if (!operator || !kinds.includes(operator.kind)) return left;
			at++;
			const need =
				operator.kind === T.AmpAmp ? left.value !== 0n : operator.kind === T.PipePipe ? left.value === 0n : true;
			const right = binary(level + 1, live && need);
			left = apply(operator, left, right, live);
		}
	}

	function apply(operator: Token, a: Value, b: Value, live: boolean): Value {
		const unsigned = a.unsigned || b.unsigned;
		const x = wrap(a.value, unsigned).value;
		const y = wrap(b.value, unsigned).value;
		const truth = (t: boolean): Value => ({ value: t ? 1n : 0n, unsigned: false });
		switch (operator.kind) {
			case T.PipePipe:
				return truth(a.value !== 0n || b.value !== 0n);
			case T.AmpAmp:
				return truth(a.value !== 0n && b.value !== 0n);
			case T.Pipe:
				return wrap(x | y, unsigned);
			case T.Caret:
				return wrap(x ^ y, unsigned);
			case T.Amp:
				return wrap(x & y, unsigned);
			case T.EqualEqual:
				return truth(x === y);
			case T.NotEqual:
				return truth(x !== y);
			case T.Less:
				return truth(x < y);
			case T.Greater:
				return truth(x > y);
			case T.LessEqual:
				return truth(x <= y);
			case T.GreaterEqual:
				return truth(x >= y);
			case T.ShiftLeft:
				return wrap(a.value << (b.value & 63n), a.unsigned);
			case T.ShiftRight:
				return wrap(a.value >> (b.value & 63n), a.unsigned);
			case T.Plus:
				return wrap(x + y, unsigned);
			case T.Minus:
				return wrap(x - y, unsigned);
			case T.Star:
				return wrap(x * y, unsigned);
			default:
				if (y === 0n) {
					if (live) throw new ConditionError("division by zero", operator);
					return truth(false);
				}
				return wrap(operator.kind === T.Slash ? x / y : x % y, unsigned);
		}
	}

	function unary(live: boolean): Value {
		const token = tokens[at++];
		if (!token) throw new ConditionError("a value is missing at its end", null);
		if (++depth > 256) throw new ConditionError("nested deeper than the limit of 256", token);
		try {
			switch (token.kind) {
				case T.Not:
					return { value: unary(live).value === 0n ? 1n : 0n, unsigned: false };
				case T.Minus: {
					const v = unary(live);
					return wrap(-v.value, v.unsigned);
				}
				case T.Plus:
					return unary(live);
				case T.Tilde: {
					const v = unary(live);
					return wrap(~v.value, v.unsigned);
				}
				case T.LeftParen: {
					const v = ternary(live);
					if (tokens[at]?.kind !== T.RightParen) throw new ConditionError("')' expected", tokens[at] ?? token);
					at++;
					return v;
				}
				case T.Number: {
					const parsed = parseInteger(token.text);
					if (typeof parsed === "string") throw new ConditionError(`'${token.text}' is not an integer`, token);
					return wrap(parsed.value, parsed.unsigned || parsed.value > 0x7fffffffffffffffn);
				}
				case T.Char:
					return { value: BigInt(token.text.charCodeAt(1)), unsigned: false };
				default:
					if (token.kind === T.Identifier || token.kind >= T.FirstKeyword) {
						if (tokens[at]?.kind === T.LeftParen) {
							throw new ConditionError(`function-like macro '${token.text}' is not defined`, token);
						}
						return { value: 0n, unsigned: false };
					}
					throw new ConditionError(`'${token.text}' is not expected here`, token);
			}
		} finally {
			depth--;
		}
	}
}

function wrap(value: bigint, unsigned: boolean): Value {
	return { value: unsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value), unsigned };
}
