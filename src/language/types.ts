/**
 * C types and their layout: LP64, little endian, plain `char` unsigned, as GCC lays them out for arm64.
 * Types are plain immutable objects compared by structure (`sameType`), not by identity; only records and
 * enumerations have an identity, that of their definition object.
 */
import type { Place } from "./source";

/** Bits of `CType.qualifiers`. */
export const CONST = 1;
export const VOLATILE = 2;
export const RESTRICT = 4;

interface TypeBase {
	readonly qualifiers: number;
	/** the typedef name that the user wrote, for printing only */
	readonly alias?: string;
}

export type IntName =
	| "_Bool"
	| "char"
	| "signed char"
	| "unsigned char"
	| "short"
	| "unsigned short"
	| "int"
	| "unsigned int"
	| "long"
	| "unsigned long"
	| "long long"
	| "unsigned long long";

export interface VoidType extends TypeBase {
	readonly kind: "void";
}
export interface IntType extends TypeBase {
	readonly kind: "int";
	readonly name: IntName;
	/** bytes: 1, 2, 4 or 8 */
	readonly size: number;
	readonly signed: boolean;
	/** conversion rank, _Bool lowest */
	readonly rank: number;
}
export interface EnumType extends TypeBase {
	readonly kind: "enum";
	readonly definition: EnumDefinition;
}
export interface PointerType extends TypeBase {
	readonly kind: "pointer";
	readonly target: CType;
}
export interface ArrayType extends TypeBase {
	readonly kind: "array";
	readonly element: CType;
	/** elements; -1 while incomplete (`[]`), and for ever in a flexible array member */
	readonly length: number;
}
export interface FunctionType extends TypeBase {
	readonly kind: "function";
	readonly result: CType;
	readonly parameters: readonly Parameter[];
	readonly variadic: boolean;
	/** `()` : the parameters are not known */
	readonly unspecified: boolean;
}
export interface RecordType extends TypeBase {
	readonly kind: "record";
	readonly definition: RecordDefinition;
}
/** The type of what could not be checked; compatible with everything, so that one error stays one. */
export interface ErrorType extends TypeBase {
	readonly kind: "error";
}

export type CType = VoidType | IntType | EnumType | PointerType | ArrayType | FunctionType | RecordType | ErrorType;

export interface Parameter {
	readonly name: string | null;
	readonly type: CType;
}

export interface EnumDefinition {
	tag: string | null;
	constants: { name: string; value: bigint }[];
	/** `unsigned int`, or `int` when a constant is negative, or a 64-bit type when 32 do not hold them */
	underlying: IntType;
	complete: boolean;
	place: Place;
}

/**
 * A bit-field is bits [bit, bit + width) of the little-endian integer of `unit` bytes at the member's `offset`.
 * `unit` is 1, 2, 4 or 8; it is naturally aligned in the record unless the record is packed.
 */
export interface BitField {
	readonly bit: number;
	readonly width: number;
	readonly unit: number;
	readonly signed: boolean;
}

export interface Member {
	/** null: an anonymous struct or union whose members count as members here */
	readonly name: string | null;
	readonly type: CType;
	/** bytes from the start of the record; of the storage unit for a bit-field */
	offset: number;
	bitField: BitField | null;
	readonly place: Place;
}

export interface RecordDefinition {
	readonly union: boolean;
	tag: string | null;
	members: Member[];
	/** bytes */
	size: number;
	align: number;
	complete: boolean;
	packed: boolean;
	/** ends in an array without length */
	flexible: boolean;
	place: Place;
}

function int(name: IntName, size: number, signed: boolean, rank: number): IntType {
	return { kind: "int", name, size, signed, rank, qualifiers: 0 };
}

export const BOOL = int("_Bool", 1, false, 0);
export const CHAR = int("char", 1, false, 1);
export const SCHAR = int("signed char", 1, true, 1);
export const UCHAR = int("unsigned char", 1, false, 1);
export const SHORT = int("short", 2, true, 2);
export const USHORT = int("unsigned short", 2, false, 2);
export const INT = int("int", 4, true, 3);
export const UINT = int("unsigned int", 4, false, 3);
export const LONG = int("long", 8, true, 4);
export const ULONG = int("unsigned long", 8, false, 4);
export const LLONG = int("long long", 8, true, 5);
export const ULLONG = int("unsigned long long", 8, false, 5);
export const VOID: VoidType = { kind: "void", qualifiers: 0 };
export const ERROR: ErrorType = { kind: "error", qualifiers: 0 };

export function pointerTo(target: CType, qualifiers = 0): PointerType {
	return { kind: "pointer", target, qualifiers };
}
export const VOID_POINTER = pointerTo(VOID);

export function arrayOf(element: CType, length: number): ArrayType {
	return { kind: "array", element, length, qualifiers: 0 };
}

/** The same type with exactly these qualifiers; an array hands them to its elements. */
function withQualifiers(type: CType, qualifiers: number): CType {
	if (type.kind === "array") {
		const element = withQualifiers(type.element, qualifiers);
		return element === type.element ? type : { ...type, element };
	}
	return type.qualifiers === qualifiers ? type : { ...type, qualifiers };
}

/** Adds qualifiers. */
export function qualified(type: CType, qualifiers: number): CType {
	return withQualifiers(type, qualifiersOf(type) | qualifiers);
}

/** The qualifiers that count for an object of the type: those of the elements for an array. */
export function qualifiersOf(type: CType): number {
	let t = type;
	while (t.kind === "array") t = t.element;
	return t.qualifiers;
}

export function unqualified(type: CType): CType {
	return withQualifiers(type, 0);
}

/** The integer type that an integer or enumeration computes as; null for any other type. */
export function integerOf(type: CType): IntType | null {
	if (type.kind === "int") return type;
	if (type.kind === "enum") return type.definition.underlying;
	return null;
}

export function isInteger(type: CType): boolean {
	return type.kind === "int" || type.kind === "enum";
}
export function isScalar(type: CType): boolean {
	return type.kind === "int" || type.kind === "enum" || type.kind === "pointer";
}
/** Signedness of a scalar as the machine sees it; pointers are unsigned. */
export function isSigned(type: CType): boolean {
	const integer = integerOf(type);
	return integer?.signed ?? false;
}
export function isComplete(type: CType): boolean {
	switch (type.kind) {
		case "void":
		case "function":
			return false;
		case "array":
			return type.length >= 0 && isComplete(type.element);
		case "record":
			return type.definition.complete;
		default:
			return true;
	}
}

/** Bytes; 1 for void and functions (GNU C), 0 for what has no size (yet). */
export function sizeOf(type: CType): number {
	switch (type.kind) {
		case "void":
		case "function":
			return 1;
		case "int":
			return type.size;
		case "enum":
			return type.definition.underlying.size;
		case "pointer":
			return 8;
		case "array":
			return type.length < 0 ? 0 : type.length * sizeOf(type.element);
		case "record":
			return type.definition.size;
		case "error":
			return 4;
	}
}

/** Bytes. */
export function alignOf(type: CType): number {
	switch (type.kind) {
		case "array":
			return alignOf(type.element);
		case "record":
			return Math.max(1, type.definition.align);
		case "function":
			return 4;
		default:
			return sizeOf(type);
	}
}

/** Same type but for qualifiers at the top (and typedef names). */
export function sameType(a: CType, b: CType): boolean {
	if (a === b || a.kind === "error" || b.kind === "error") return true;
	switch (a.kind) {
		case "void":
			return b.kind === "void";
		case "int":
			return b.kind === "int" ? a.name === b.name : b.kind === "enum" && b.definition.underlying.name === a.name;
		case "enum":
			return b.kind === "enum"
				? a.definition === b.definition
				: b.kind === "int" && a.definition.underlying.name === b.name;
		case "pointer":
			return b.kind === "pointer" && a.target.qualifiers === b.target.qualifiers && sameType(a.target, b.target);
		case "array":
			return (
				b.kind === "array" && (a.length === b.length || a.length < 0 || b.length < 0) && sameType(a.element, b.element)
			);
		case "record":
			return b.kind === "record" && a.definition === b.definition;
		case "function":
			return b.kind === "function" && sameFunction(a, b);
	}
}

function sameFunction(a: FunctionType, b: FunctionType): boolean {
	if (!sameType(a.result, b.result)) return false;
	if (a.unspecified || b.unspecified) return true;
	if (a.variadic !== b.variadic || a.parameters.length !== b.parameters.length) return false;
	return a.parameters.every((parameter, i) => sameType(parameter.type, b.parameters[i]!.type));
}

/** A member found by name, also inside anonymous members; `offset` is from the start of the outer record. */
export interface FoundMember {
	member: Member;
	offset: number;
	/** qualifiers of the anonymous records on the way */
	qualifiers: number;
}

export function findMember(record: RecordDefinition, name: string): FoundMember | null {
	for (const member of record.members) {
		if (member.name === name) return { member, offset: member.offset, qualifiers: 0 };
		if (member.name === null && member.type.kind === "record") {
			const inner = findMember(member.type.definition, name);
			if (inner) {
				inner.offset += member.offset;
				inner.qualifiers |= member.type.qualifiers;
				return inner;
			}
		}
	}
	return null;
}
