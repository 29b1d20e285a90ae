import { type CType, integerOf, sizeOf } from "../types";

/** Where an object is: a register variable, frame memory, or memory at a pointer in a pair. */
export type Location =
	| { kind: "register"; slot: number }
	| { kind: "local"; offset: number }
	| { kind: "memory"; slot: number; disp: number };

export function isWide(type: CType): boolean {
	return sizeOf(type) === 8 && type.kind !== "record" && type.kind !== "array";
}

/** Register slots of a value. */
export function slotsOf(type: CType): number {
	return isWide(type) ? 2 : 1;
}

export function isRecord(type: CType): boolean {
	return type.kind === "record";
}

export function signed(type: CType): boolean {
	return integerOf(type)?.signed ?? false;
}

export function isBool(type: CType): boolean {
	return type.kind === "int" && type.name === "_Bool";
}

/** The same place, `bytes` further. */
export function displaced(location: Location, bytes: number): Location {
	if (bytes === 0) return location;
	if (location.kind === "local") return { kind: "local", offset: location.offset + bytes };
	if (location.kind === "memory") return { kind: "memory", slot: location.slot, disp: location.disp + bytes };
	throw new Error("a register variable has no members");
}

export function low(value: bigint): number {
	return Number(BigInt.asIntN(32, value));
}

export function high(value: bigint): number {
	return Number(BigInt.asIntN(32, value >> 32n));
}
