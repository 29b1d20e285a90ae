/** Declarations as C text, and what is known about a name. */

import { spell } from "../language/preprocessor/expander";
import type { Macro } from "../language/preprocessor/macros";
import { printType } from "../language/print-type";
import type { Place } from "../language/source";
import type { OrdinaryName } from "../language/tree";
import { type CType, type Member, type RecordDefinition, sizeOf } from "../language/types";
import type { Target } from "./analysis";

/** A macro's body is shown up to this many characters. */
const BODY = 160;
/** Members of a struct that are shown. */
const MEMBERS = 60;

/** The name that a target has in the source. */
export function nameOf(target: Target): string {
	switch (target.kind) {
		case "symbol":
			return target.symbol.name;
		case "member":
			return target.member.name ?? "";
		case "macro":
			return target.macro.name;
		case "tag":
			return tagOf(target.type);
		default:
			return target satisfies never;
	}
}

export function tagOf(type: CType): string {
	return type.kind === "record" || type.kind === "enum" ? (type.definition.tag ?? "") : "";
}

/** Where a target is declared; null for what has no place. */
export function placeOf(target: Target): Place | null {
	switch (target.kind) {
		case "symbol":
			return target.symbol.place;
		case "member":
			return target.member.place;
		case "macro":
			return target.macro.place;
		case "tag":
			return target.type.kind === "record" || target.type.kind === "enum" ? target.type.definition.place : null;
		default:
			return target satisfies never;
	}
}

/** One line of C that declares the target. */
export function declarationOf(target: Target): string {
	switch (target.kind) {
		case "symbol":
			return symbolText(target.symbol);
		case "member":
			return memberText(target.member);
		case "macro":
			return macroText(target.macro);
		case "tag":
			return printType(target.type);
		default:
			return target satisfies never;
	}
}

function symbolText(symbol: OrdinaryName): string {
	switch (symbol.kind) {
		case "typedef":
			return `typedef ${printType(Object.assign({}, symbol.type, { alias: undefined }), symbol.name)}`;
		case "enum-constant":
			return `${symbol.name} = ${symbol.value}`;
		case "function": {
			const words = symbol.storage === "static" && !symbol.kernel ? "static " : "";
			return words + printType(symbol.type, symbol.name);
		}
		case "variable":
			return (symbol.storage === "static" ? "static " : "") + printType(symbol.type, symbol.name);
		default:
			return symbol satisfies never;
	}
}

function memberText(member: Member): string {
	const bits = member.bitField ? ` : ${member.bitField.width}` : "";
	return `${printType(member.type, member.name ?? "")}${bits}`;
}

/** `NAME(a, b)` */
export function macroHead(macro: Macro): string {
	if (macro.parameters === null) return macro.name;
	const names = macro.parameters.map((name) => (name === "__VA_ARGS__" ? "..." : name));
	return `${macro.name}(${names.join(", ")})`;
}

function macroText(macro: Macro): string {
	const body = spell(macro.body);
	const shown = body.length > BODY ? `${body.slice(0, BODY)} …` : body;
	return `#define ${macroHead(macro)}${shown === "" ? "" : ` ${shown}`}`;
}

/** A struct with its members, or an enum with its constants; the declaration for anything else. */
export function fullText(target: Target): string {
	if (target.kind !== "tag") return declarationOf(target);
	const { type } = target;
	if (type.kind === "record" && type.definition.complete) return recordText(type.definition, printType(type));
	if (type.kind === "enum") {
		const lines = type.definition.constants.slice(0, MEMBERS).map(({ name, value }) => `\t${name} = ${value},`);
		if (type.definition.constants.length > MEMBERS) lines.push("\t…");
		return `${printType(type)} {\n${lines.join("\n")}\n}`;
	}
	return printType(type);
}

function recordText(definition: RecordDefinition, head: string): string {
	const lines = definition.members.slice(0, MEMBERS).map((member) => `\t${memberText(member)};`);
	if (definition.members.length > MEMBERS) lines.push("\t…");
	return `${head} {\n${lines.join("\n")}\n}`;
}

/** Numbers that a driver author asks for: sizes in bytes, offsets of members, values. */
export function facts(target: Target): string {
	switch (target.kind) {
		case "member": {
			const { member, record } = target;
			const owner = record.tag === null ? "" : ` of ${record.union ? "union" : "struct"} ${record.tag}`;
			if (member.bitField)
				return `Bits ${member.bitField.bit} to ${member.bitField.bit + member.bitField.width - 1} at offset ${member.offset}${owner}`;
			return `Offset ${member.offset}, ${bytes(sizeOf(member.type))}${owner}`;
		}
		case "tag":
			return target.type.kind === "record" && target.type.definition.complete ? bytes(target.type.definition.size) : "";
		case "symbol":
			return target.symbol.kind === "variable" && target.symbol.type.kind !== "pointer" && !isWord(target.symbol.type)
				? bytes(sizeOf(target.symbol.type))
				: "";
		default:
			return "";
	}
}

function isWord(type: CType): boolean {
	return type.kind === "int" || type.kind === "enum" || type.kind === "error";
}

function bytes(count: number): string {
	return count === 1 ? "1 byte" : `${count} bytes`;
}

/** The comment that ends right above a line (1-based), without its signs; "" when there is none. */
export function commentAbove(text: string, line: number): string {
	const lines = text.split("\n").slice(0, line - 1);
	let at = lines.length - 1;
	// the type of a function may stand on a line of its own
	if (at >= 0 && /^[\w \t*]+$/.test(lines[at]!) && lines[at]!.trim() !== "") at--;
	const end = at;
	if (at < 0) return "";
	if (/\*\/\s*$/.test(lines[at]!)) {
		while (at > 0 && !lines[at]!.includes("/*")) at--;
		if (!/^\s*\/\*/.test(lines[at]!)) return "";
	} else {
		while (at >= 0 && /^\s*\/\//.test(lines[at]!)) at--;
		at++;
	}
	return lines
		.slice(at, end + 1)
		.map((part) =>
			part
				.replace(/^\s*(\/\*\*?|\*\/|\*(?!\/)|\/\/+)?\s?/, "")
				.replace(/\s*\*\/\s*$/, "")
				.trimEnd(),
		)
		.join("\n")
		.trim();
}
