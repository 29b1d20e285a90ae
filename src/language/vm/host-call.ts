import type { Invoke } from "./function-entry";

/** How an argument or result crosses between register pairs and JavaScript numbers. */
export type ValueKind = "s32" | "u32" | "s64" | "u64" | "bool" | "ptr" | "u8" | "s8" | "u16" | "s16";
export type ResultKind = ValueKind | "void";

/** Argument kinds of a kernel function; `variadic` ones are passed on as "s64". */
export interface HostPrototype {
	args: readonly ValueKind[];
	result: ResultKind;
	variadic?: boolean;
}

export type HostResult = number | bigint | boolean | undefined;
/** Implementation of a plain kernel function; one that returns nothing gives 0. */
export type HostFunction = ((...args: number[]) => HostResult) | ((...args: number[]) => void);

const TWO32 = 4294967296;

/** One argument as a JavaScript number. "s64" and "ptr" are exact within 2^53; "u64" rounds above. */
export function decodeValue(kind: ValueKind, lo: number, hi: number): number {
	switch (kind) {
		case "s32":
			return lo | 0;
		case "u32":
			return lo >>> 0;
		case "u64":
			return (hi >>> 0) * TWO32 + (lo >>> 0);
		case "bool":
			return lo !== 0 ? 1 : 0;
		case "u8":
			return lo & 0xff;
		case "s8":
			return (lo << 24) >> 24;
		case "u16":
			return lo & 0xffff;
		case "s16":
			return (lo << 16) >> 16;
		default:
			return hi * TWO32 + (lo >>> 0);
	}
}

/** High word of a number taken as a 64-bit integer. */
export function highWord(value: number): number {
	return Math.floor(value / TWO32) | 0;
}

/** Low word of a number taken as a 64-bit integer. ToInt32 is modulo 2^32, so this is exact. */
export function lowWord(value: number): number {
	return value | 0;
}

/** Writes a result pair, extended to 64 bits as the call convention wants. */
export function encodeValue(kind: ResultKind, value: unknown, regs: Int32Array, base: number): void {
	let lo = 0;
	let hi = 0;
	if (typeof value === "number") {
		switch (kind) {
			case "s32":
				lo = value | 0;
				hi = lo >> 31;
				break;
			case "u32":
				lo = value | 0;
				break;
			case "bool":
				lo = value !== 0 ? 1 : 0;
				break;
			case "u8":
				lo = value & 0xff;
				break;
			case "s8":
				lo = (value << 24) >> 24;
				hi = lo >> 31;
				break;
			case "u16":
				lo = value & 0xffff;
				break;
			case "s16":
				lo = (value << 16) >> 16;
				hi = lo >> 31;
				break;
			case "void":
				break;
			default:
				lo = value | 0;
				// -0 and fractions do not occur in integer results; floor keeps negatives right.
				hi = Math.floor(value / TWO32) | 0;
		}
	} else if (typeof value === "bigint") {
		lo = Number(BigInt.asIntN(32, value));
		hi = Number(BigInt.asIntN(32, value >> 32n));
	} else if (value === true) {
		lo = 1;
	}
	regs[base] = lo;
	regs[base + 1] = hi;
}

/** A 64-bit pair as a bigint, for the few functions that need all bits. */
export function pairToBigInt(lo: number, hi: number, signed: boolean): bigint {
	const value = (BigInt(hi) << 32n) | BigInt(lo >>> 0);
	return signed ? value : BigInt.asUintN(64, value);
}

/**
 * Wraps a JavaScript function as a plain kernel function. Arguments are decoded by kind, the result is
 * encoded by kind; a variadic function gets its further arguments as "s64".
 */
export function bindPlain(prototype: HostPrototype, impl: HostFunction): Invoke {
	const { args, result, variadic } = prototype;
	const n = args.length;
	if (!variadic && n === 0) return (regs, base) => encodeValue(result, impl(), regs, base);
	if (!variadic && n === 1) {
		const [k0] = args;
		return (regs, base) => encodeValue(result, impl(decodeValue(k0, regs[base], regs[base + 1])), regs, base);
	}
	if (!variadic && n === 2) {
		const [k0, k1] = args;
		return (regs, base) =>
			encodeValue(
				result,
				impl(decodeValue(k0, regs[base], regs[base + 1]), decodeValue(k1, regs[base + 2], regs[base + 3])),
				regs,
				base,
			);
	}
	return (regs, base, count) => {
		const values: number[] = [];
		const total = variadic ? Math.max(count, n) : n;
		for (let i = 0; i < total; i++) {
			const kind = i < n ? args[i] : "s64";
			values.push(decodeValue(kind, regs[base + 2 * i], regs[base + 2 * i + 1]));
		}
		encodeValue(result, impl(...values), regs, base);
	};
}
