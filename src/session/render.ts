/** C values as text. */
import type { CType, EnumDefinition } from "../language/types";
import { sizeOf } from "../language/types";
import type { AddressSpace } from "../language/vm/address-space";
import { formatPointer } from "../language/vm/fault";
import { asPointer, readScalar, type Value } from "./values";

export interface RenderContext {
	readonly space: AddressSpace;
	/** Name of what stands at an address: a function, a global object ("name+offset"); "" when unknown. */
	symbolAt(address: number): string;
	/** Bytes of the object that begins at a pointer (kmalloc, a global); 0 when unknown. */
	sizeAt?(address: number): number;
}

const MAX_ERRNO = 4095;
const STRING_PREVIEW = 80;
const RECORD_PREVIEW = 4;
const ARRAY_PREVIEW = 8;
/** Integers that are addresses: nobody reads them in decimal. */
const ADDRESS_TYPES: ReadonlySet<string> = new Set(["dma_addr_t", "phys_addr_t", "resource_size_t"]);
const UNREADABLE = "<cannot be read>";

/** One line of text for any value. */
export function render(context: RenderContext, value: Value, hex = false, depth = 0): string {
	const { type } = value;
	try {
		switch (type.kind) {
			case "int":
				return renderInteger(readScalar(context.space, value), type, hex);
			case "enum":
				return renderEnum(readScalar(context.space, value), type.definition, hex);
			case "pointer":
				return renderPointer(context, readScalar(context.space, value), type.target);
			case "array":
				return renderArray(context, value, hex, depth);
			case "record":
				return renderRecord(context, value, hex, depth);
			case "function":
				return value.at === "memory" ? `{${context.symbolAt(value.address)}}` : "{function}";
			case "void":
				return "void";
			default:
				return "?";
		}
	} catch {
		return UNREADABLE;
	}
}

function renderInteger(bits: bigint, type: CType & { kind: "int" }, hex: boolean): string {
	if (type.name === "_Bool") return bits === 0n ? "false" : "true";
	if (hex) return toHex(bits, type.size);
	if (ADDRESS_TYPES.has(type.alias ?? "")) return `0x${BigInt.asUintN(8 * type.size, bits).toString(16)}`;
	return type.name === "char" || type.name === "unsigned char" || type.name === "signed char"
		? `${bits}${character(bits, type.alias)}`
		: String(bits);
}

/** `u8` is a number for people, `char` a letter. */
function character(bits: bigint, alias: string | undefined): string {
	const code = Number(BigInt.asUintN(8, bits));
	return alias === undefined && code >= 0x20 && code < 0x7f ? ` '${String.fromCharCode(code)}'` : "";
}

function toHex(bits: bigint, size: number): string {
	return `0x${BigInt.asUintN(8 * size, bits)
		.toString(16)
		.padStart(2 * size, "0")}`;
}

function renderEnum(bits: bigint, definition: EnumDefinition, hex: boolean): string {
	const name = definition.constants.find((constant) => constant.value === bits)?.name;
	const number = hex ? toHex(bits, definition.underlying.size) : String(bits);
	if (name) return hex ? `${name} (${number})` : name;
	const flags = enumFlags(bits, definition);
	return flags ? `${flags} (${number})` : number;
}

/** A sum of enumeration constants that are single bits, as Linux's flag enums are; "" when it is none. */
function enumFlags(bits: bigint, definition: EnumDefinition): string {
	let rest = bits;
	const names: string[] = [];
	for (const { name, value } of definition.constants) {
		if (value <= 0n || (value & (value - 1n)) !== 0n || (rest & value) === 0n) continue;
		names.push(name);
		rest &= ~value;
	}
	return rest === 0n && names.length > 1 ? names.join(" | ") : "";
}

function renderPointer(context: RenderContext, bits: bigint, target: CType): string {
	const address = asPointer(bits);
	if (address === 0) return "NULL";
	if (address < 0 && address >= -MAX_ERRNO) return `ERR_PTR(${address})`;
	const text = `0x${formatPointer(address)}`;
	if (target.kind === "int" && target.size === 1 && target.name === "char") {
		const string = stringAt(context.space, address);
		return string === null ? text : `${text} ${string}`;
	}
	const symbol = context.symbolAt(address);
	return symbol ? `${text} <${symbol}>` : text;
}

/** A quoted C string from memory, cut after 80 bytes; null when it cannot be read or is no text. */
export function stringAt(space: AddressSpace, address: number): string | null {
	const bytes: number[] = [];
	let cut = false;
	try {
		for (let at = address; ; at++) {
			if (!space.isMapped(at, 1)) return null;
			const byte = space.r8(at);
			if (byte === 0) break;
			if (bytes.length === STRING_PREVIEW) {
				cut = true;
				break;
			}
			bytes.push(byte);
		}
	} catch {
		return null;
	}
	return quoted(bytes) + (cut ? "…" : "");
}

export function quoted(bytes: readonly number[]): string {
	let text = '"';
	for (const byte of bytes) {
		if (byte === 34 || byte === 92) text += `\\${String.fromCharCode(byte)}`;
		else if (byte === 10) text += "\\n";
		else if (byte === 9) text += "\\t";
		else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
		else text += `\\x${byte.toString(16).padStart(2, "0")}`;
	}
	return `${text}"`;
}

function renderArray(context: RenderContext, value: Value, hex: boolean, depth: number): string {
	const type = value.type;
	if (type.kind !== "array" || value.at !== "memory") return "{…}";
	const { element, length } = type;
	if (element.kind === "int" && element.name === "char") {
		const bytes = [...context.space.readBytes(value.address, Math.min(Math.max(0, length), STRING_PREVIEW))];
		const end = bytes.indexOf(0);
		return quoted(end < 0 ? bytes : bytes.slice(0, end)) + (end < 0 && length > STRING_PREVIEW ? "…" : "");
	}
	if (depth > 0) return `[${Math.max(0, length)}]`;
	const size = sizeOf(element);
	const shown: string[] = [];
	for (let i = 0; i < Math.min(length, ARRAY_PREVIEW); i++) {
		shown.push(
			render(
				context,
				{ at: "memory", type: element, address: value.address + i * size, bitField: null },
				hex,
				depth + 1,
			),
		);
	}
	return `{${shown.join(", ")}${length > ARRAY_PREVIEW ? ", …" : ""}}`;
}

function renderRecord(context: RenderContext, value: Value, hex: boolean, depth: number): string {
	const type = value.type;
	if (type.kind !== "record" || value.at !== "memory" || depth > 0) return "{…}";
	const shown: string[] = [];
	for (const member of type.definition.members) {
		if (shown.length === RECORD_PREVIEW) {
			shown.push("…");
			break;
		}
		const place: Value = {
			at: "memory",
			type: member.type,
			address: value.address + member.offset,
			bitField: member.bitField,
		};
		shown.push(`${member.name === null ? "" : `${member.name}=`}${render(context, place, hex, depth + 1)}`);
	}
	return `{${shown.join(", ")}}`;
}
