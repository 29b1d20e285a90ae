/** Macro definitions, and those that every file starts with. */
import type { Place } from "../source";
import type { Token } from "./tokens";

export type SpecialMacro =
	| "file"
	| "line"
	| "counter"
	| "base-file"
	| "include-level"
	| "is-enabled"
	| "is-builtin"
	| "pragma";

export interface Macro {
	readonly name: string;
	/** null: object-like. The variadic one, if any, is last */
	readonly parameters: readonly string[] | null;
	readonly variadic: boolean;
	readonly body: readonly Token[];
	readonly place: Place;
	readonly special: SpecialMacro | null;
	/** being expanded right now */
	disabled: boolean;
}

/** null: undefined here although an outer table has it. */
export type MacroTable = Map<string, Macro | null>;

const SPECIAL: readonly (readonly [string, SpecialMacro, readonly string[] | null])[] = [
	["__FILE__", "file", null],
	["__FILE_NAME__", "file", null],
	["__LINE__", "line", null],
	["__COUNTER__", "counter", null],
	["__BASE_FILE__", "base-file", null],
	["__INCLUDE_LEVEL__", "include-level", null],
	["IS_ENABLED", "is-enabled", ["option"]],
	["IS_REACHABLE", "is-enabled", ["option"]],
	["IS_BUILTIN", "is-enabled", ["option"]],
	["IS_MODULE", "is-builtin", ["option"]],
	["_Pragma", "pragma", ["text"]],
];

export function specialMacros(place: Place): MacroTable {
	const table: MacroTable = new Map();
	for (const [name, special, parameters] of SPECIAL) {
		table.set(name, { name, parameters, variadic: false, body: [], place, special, disabled: false });
	}
	return table;
}

/** What GCC for arm64 defines and drivers look at. */
export const PREDEFINED = `
#define __STDC__ 1
#define __STDC_VERSION__ 201112L
#define __STDC_HOSTED__ 0
#define __GNUC__ 13
#define __GNUC_MINOR__ 2
#define __GNUC_PATCHLEVEL__ 0
#define __VERSION__ "DMAscope"
#define __OPTIMIZE__ 1
#define __KERNEL__ 1
#define MODULE 1
#define __DMASCOPE__ 1
#define __aarch64__ 1
#define __LP64__ 1
#define _LP64 1
#define __CHAR_UNSIGNED__ 1
#define __CHAR_BIT__ 8
#define __BYTE_ORDER__ 1234
#define __ORDER_LITTLE_ENDIAN__ 1234
#define __ORDER_BIG_ENDIAN__ 4321
#define __LITTLE_ENDIAN 1234
#define __LITTLE_ENDIAN_BITFIELD 1
#define __SIZEOF_SHORT__ 2
#define __SIZEOF_INT__ 4
#define __SIZEOF_LONG__ 8
#define __SIZEOF_LONG_LONG__ 8
#define __SIZEOF_POINTER__ 8
#define __SIZEOF_SIZE_T__ 8
#define __SCHAR_MAX__ 127
#define __SHRT_MAX__ 32767
#define __INT_MAX__ 2147483647
#define __LONG_MAX__ 9223372036854775807L
#define __LONG_LONG_MAX__ 9223372036854775807LL
#define __SIZE_TYPE__ unsigned long
#define __PTRDIFF_TYPE__ long
#define __INT8_TYPE__ signed char
#define __INT16_TYPE__ short
#define __INT32_TYPE__ int
#define __INT64_TYPE__ long
#define __UINT8_TYPE__ unsigned char
#define __UINT16_TYPE__ unsigned short
#define __UINT32_TYPE__ unsigned int
#define __UINT64_TYPE__ unsigned long
#define __UINTPTR_TYPE__ unsigned long
#define __DATE__ "Jan  1 1970"
#define __TIME__ "00:00:00"
#define __TIMESTAMP__ "Thu Jan  1 00:00:00 1970"
`;
