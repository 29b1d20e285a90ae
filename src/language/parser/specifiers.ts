/** Declaration specifiers: storage classes, qualifiers, type words, struct, union, enum, typeof. */

import { type DraftMember, layOut } from "../checker/layout";
import { normalize } from "../checker/nodes";
import { T, type Token } from "../preprocessor/tokens";
import { printType } from "../print-type";
import {
	BOOL,
	CHAR,
	CONST,
	type CType,
	type EnumDefinition,
	ERROR,
	INT,
	type IntType,
	integerOf,
	isComplete,
	LLONG,
	LONG,
	type Member,
	qualified,
	RESTRICT,
	type RecordDefinition,
	SCHAR,
	SHORT,
	UCHAR,
	UINT,
	ULLONG,
	ULONG,
	USHORT,
	unqualified,
	VOID,
	VOLATILE,
} from "../types";
import { type Attributes, attributes, noAttributes } from "./attributes";
import { declarator } from "./declarators";
import { constantExpression, expression, typeName } from "./expressions";
import { type Parser, SyntaxStop } from "./parser";

export interface Specifiers {
	type: CType;
	storage: "none" | "typedef" | "extern" | "static" | "auto" | "register";
	inline: boolean;
	/** __auto_type: the type is that of the initialiser */
	auto: boolean;
	attributes: Attributes;
	/** a struct, union or enum was defined or named, so that `struct s;` declares something */
	tag: boolean;
	place: Token;
}

/** True when the token can begin a declaration. */
export function beginsDeclaration(p: Parser, token: Token): boolean {
	switch (token.kind) {
		case T.Identifier: {
			const symbol = p.find(token.text);
			return symbol?.kind === "typedef";
		}
		case T.Auto:
		case T.CharWord:
		case T.Const:
		case T.Double:
		case T.Enum:
		case T.Extern:
		case T.Float:
		case T.Inline:
		case T.Int:
		case T.Long:
		case T.Register:
		case T.Restrict:
		case T.Short:
		case T.Signed:
		case T.Static:
		case T.Struct:
		case T.Typedef:
		case T.Union:
		case T.Unsigned:
		case T.Void:
		case T.Volatile:
		case T.Alignas:
		case T.Atomic:
		case T.Bool:
		case T.Complex:
		case T.Noreturn:
		case T.ThreadLocal:
		case T.Attribute:
		case T.Typeof:
		case T.AutoType:
		case T.Int128:
		case T.VaList:
		case T.StaticAssert:
			return true;
		default:
			return false;
	}
}

/** Parses specifiers; `ERROR` is the type when there was none that could be understood. */
export function specifiers(p: Parser): Specifiers {
	const result: Specifiers = {
		type: ERROR,
		storage: "none",
		inline: false,
		auto: false,
		attributes: noAttributes(),
		tag: false,
		place: p.token,
	};
	let qualifiers = 0;
	let type: CType | null = null;
	let signed: Token | null = null;
	let unsigned: Token | null = null;
	let long = 0;
	let short = false;
	let int = false;
	let char = false;
	let words = 0;
	for (;;) {
		const token = p.token;
		switch (token.kind) {
			case T.Typedef:
				result.storage = "typedef";
				p.next();
				continue;
			case T.Extern:
				result.storage = "extern";
				p.next();
				continue;
			case T.Static:
				result.storage = "static";
				p.next();
				continue;
			case T.Auto:
			case T.Register:
				result.storage = token.kind === T.Auto ? "auto" : "register";
				p.next();
				continue;
			case T.Inline:
				result.inline = true;
				p.next();
				continue;
			case T.Noreturn:
				result.attributes.noreturn = true;
				p.next();
				continue;
			case T.ThreadLocal:
				p.error("notC", token, ["thread-local variables do not exist in the kernel"]);
				p.next();
				continue;
			case T.Const:
				qualifiers |= CONST;
				p.next();
				continue;
			case T.Volatile:
				qualifiers |= VOLATILE;
				p.next();
				continue;
			case T.Restrict:
				qualifiers |= RESTRICT;
				p.next();
				continue;
			case T.Extension:
				p.next();
				continue;
			case T.Attribute:
			case T.Alignas:
				attributes(p, result.attributes);
				continue;
			case T.Atomic:
				p.error("notC", token, ["_Atomic is not supported: use atomic_t and its functions"]);
				p.next();
				continue;
			case T.Float:
			case T.Double:
			case T.Complex:
				p.error("notC", token, ["floating point is not supported: the kernel has none"]);
				p.next();
				type = ERROR;
				continue;
			case T.Int128:
				p.error("notC", token, ["128-bit integers are not supported"]);
				p.next();
				type = ERROR;
				continue;
			case T.Signed:
				signed = p.next();
				words++;
				continue;
			case T.Unsigned:
				unsigned = p.next();
				words++;
				continue;
			case T.Long:
				long++;
				words++;
				if (long > 2) p.error("specifiers", token, ["long"]);
				p.next();
				continue;
			case T.Short:
				short = true;
				words++;
				p.next();
				continue;
			case T.Int:
				int = true;
				words++;
				p.next();
				continue;
			case T.CharWord:
				char = true;
				words++;
				p.next();
				continue;
			case T.Void:
			case T.Bool:
				if (type || words) p.error("specifiers", token, [token.text]);
				type = token.kind === T.Void ? VOID : BOOL;
				p.next();
				continue;
			case T.VaList:
				type = p.vaList();
				p.next();
				continue;
			case T.AutoType:
				result.auto = true;
				type = ERROR;
				p.next();
				continue;
			case T.Typeof:
				p.next();
				type = typeOf(p, token.text.includes("unqual"));
				continue;
			case T.Struct:
			case T.Union:
				if (type || words) p.error("specifiers", token, [token.text]);
				type = record(p);
				result.tag = true;
				continue;
			case T.Enum:
				if (type || words) p.error("specifiers", token, [token.text]);
				type = enumeration(p);
				result.tag = true;
				continue;
			case T.Identifier: {
				if (type || words) break;
				const symbol = p.find(token.text);
				if (symbol?.kind === "typedef") {
					type = symbol.type;
					p.next();
					continue;
				}
				break;
			}
		}
		break;
	}
	if (type === null && words > 0) type = intWords(p, result.place, signed, unsigned, long, short, int, char);
	if (type === null) {
		type = unknownType(p, result);
	}
	result.type = qualifiers ? qualified(type, qualifiers) : type;
	return result;
}

function intWords(
	p: Parser,
	place: Token,
	signed: Token | null,
	unsigned: Token | null,
	long: number,
	short: boolean,
	int: boolean,
	char: boolean,
): IntType {
	if ((signed && unsigned) || (char && (long > 0 || short || int)) || (short && long > 0)) {
		p.error("specifiers", unsigned ?? signed ?? place, [(unsigned ?? signed ?? place).text]);
	}
	if (char) return unsigned ? UCHAR : signed ? SCHAR : CHAR;
	if (short) return unsigned ? USHORT : SHORT;
	if (long >= 2) return unsigned ? ULLONG : LLONG;
	if (long === 1) return unsigned ? ULONG : LONG;
	return unsigned ? UINT : INT;
}

/** No type word at all: an unknown typedef name, or `static x;`. */
function unknownType(p: Parser, result: Specifiers): CType {
	const token = p.token;
	if (token.kind === T.Identifier) {
		const next = p.peek();
		if (next.kind === T.Identifier || next.kind === T.Star) {
			const types: string[] = [];
			for (let s: typeof p.scope | null = p.scope; s; s = s.parent) {
				for (const [name, symbol] of s.ordinary) if (symbol.kind === "typedef") types.push(name);
			}
			let hint = p.suggestion(token.text, types);
			if (p.findTag(token.text)) hint = `; did you mean 'struct ${token.text}'?`;
			p.error("unknownType", token, [token.text, hint]);
			p.next();
			return ERROR;
		}
		if (result.storage !== "none") {
			p.error("implicitInt", token, [token.text]);
			return INT;
		}
	}
	if (result.storage !== "none" && token.kind === T.Semicolon) return INT;
	p.stop("expectedType", token, [p.found()]);
}

function typeOf(p: Parser, unqualify: boolean): CType {
	p.expect(T.LeftParen, "(", "after 'typeof'");
	p.unevaluated++;
	try {
		let type: CType;
		if (beginsDeclaration(p, p.token)) type = typeName(p);
		else {
			type = expression(p).type;
		}
		p.expect(T.RightParen, ")", "after the operand of 'typeof'");
		return unqualify ? unqualified(type) : type;
	} finally {
		p.unevaluated--;
	}
}

// ---------------------------------------------------------------- struct, union

function record(p: Parser): CType {
	const union = p.next().kind === T.Union;
	const word = union ? "union" : "struct";
	const own = noAttributes();
	attributes(p, own);
	let tag: Token | null = null;
	if (p.token.kind === T.Identifier || (p.token.kind >= T.FirstKeyword && p.peek().kind === T.LeftBrace))
		tag = p.next();
	const place = tag ?? p.token;
	if (p.token.kind !== T.LeftBrace) {
		if (!tag) p.stop("expectedName", p.token, [p.found()]);
		const known = p.token.kind === T.Semicolon ? p.scope.tags.get(tag.text) : p.findTag(tag.text);
		if (known) {
			if (known.kind !== "record" || known.definition.union !== union) p.error("wrongTag", tag, [tag.text, word]);
			return known;
		}
		return declareRecord(p, union, tag.text, tag);
	}
	let type = tag ? p.scope.tags.get(tag.text) : undefined;
	if (type && (type.kind !== "record" || type.definition.union !== union)) {
		p.error("wrongTag", place, [tag!.text, word]);
		type = undefined;
	} else if (type?.kind === "record" && type.definition.complete) {
		p.error("redefined", place, [`${word} ${tag!.text}`, type.definition.place.line]);
		type = undefined;
	}
	const made = type?.kind === "record" ? type : declareRecord(p, union, tag?.text ?? null, place);
	const definition = (made as CType & { kind: "record" }).definition;
	definition.place = place;
	p.next();
	p.enter();
	const drafts = members(p, definition);
	p.leave();
	p.expect(T.RightBrace, "}", `after the members of ${word}${tag ? ` '${tag.text}'` : ""}`);
	attributes(p, own);
	definition.packed = own.packed;
	layOut(definition, drafts, own.align);
	return made;
}

function declareRecord(p: Parser, union: boolean, tag: string | null, place: Token): CType & { kind: "record" } {
	const definition: RecordDefinition = {
		union,
		tag,
		members: [],
		size: 0,
		align: 1,
		complete: false,
		packed: false,
		flexible: false,
		place,
	};
	const type: CType & { kind: "record" } = { kind: "record", definition, qualifiers: 0 };
	if (tag !== null) p.scope.tags.set(tag, type);
	return type;
}

function members(p: Parser, definition: RecordDefinition): DraftMember[] {
	const drafts: DraftMember[] = [];
	const names = new Set<string>();
	while (p.token.kind !== T.RightBrace && p.token.kind !== T.End) {
		try {
			if (p.accept(T.Semicolon)) continue;
			if (p.token.kind === T.StaticAssert) {
				p.staticAssert();
				continue;
			}
			memberDeclaration(p, definition, drafts, names);
		} catch (stop) {
			if (!(stop instanceof SyntaxStop)) throw stop;
			p.recover();
		}
	}
	return drafts;
}

function memberDeclaration(p: Parser, definition: RecordDefinition, drafts: DraftMember[], names: Set<string>): void {
	const base = specifiers(p);
	if (p.token.kind === T.Semicolon) {
		p.next();
		if (base.type.kind === "record" && base.type.definition.complete) {
			for (const name of memberNames(base.type.definition)) {
				if (names.has(name)) p.error("duplicateMember", base.place, [name]);
				names.add(name);
			}
			drafts.push(draft(null, base.type, -1, base.attributes, base.place));
		} else p.error("noDeclarator", base.place);
		return;
	}
	for (;;) {
		const own = { ...base.attributes };
		let type = base.type;
		let name: string | null = null;
		let place: Token = p.token;
		if (p.token.kind !== T.Colon) {
			const made = declarator(p, base.type, own);
			type = made.type;
			name = made.name;
			place = made.place;
		}
		let width = -1;
		if (p.accept(T.Colon)) width = bitFieldWidth(p, type, name, place);
		attributes(p, own);
		if (name !== null) {
			if (names.has(name)) p.error("duplicateMember", place, [name]);
			names.add(name);
		}
		type = memberType(p, definition, type, name, place);
		drafts.push(draft(name, type, width, own, place));
		if (!p.accept(T.Comma)) break;
	}
	p.semicolon("after the member");
}

function draft(name: string | null, type: CType, width: number, own: Attributes, place: Token): DraftMember {
	const member: Member = { name, type, offset: 0, bitField: null, place };
	return { member, width, align: own.align, packed: own.packed };
}

function memberType(p: Parser, definition: RecordDefinition, type: CType, name: string | null, place: Token): CType {
	if (type.kind === "array" && type.length < 0) {
		definition.flexible = true;
		return type;
	}
	if (type.kind === "function" || type.kind === "void") {
		p.error("voidVariable", place, [name ?? "member", printType(type)]);
		return ERROR;
	}
	if (!isComplete(type)) {
		p.error("incomplete", place, [printType(type)]);
		return ERROR;
	}
	return type;
}

function bitFieldWidth(p: Parser, type: CType, name: string | null, place: Token): number {
	const width = Number(constantExpression(p, "the width of a bit-field"));
	const integer = integerOf(type);
	const shown = name ?? "unnamed";
	if (!integer) {
		if (type.kind !== "error") p.error("bitField", place, [shown, `'${printType(type)}' is no integer type`]);
		return 1;
	}
	const most = integer.name === "_Bool" ? 1 : integer.size * 8;
	if (width < 0 || width > most) {
		p.error("bitField", place, [shown, `width ${width} is not between 0 and the ${most} bits of '${printType(type)}'`]);
		return 1;
	}
	if (width === 0 && name !== null) p.error("bitField", place, [shown, "only an unnamed bit-field can have width 0"]);
	return width;
}

function* memberNames(definition: RecordDefinition): Iterable<string> {
	for (const member of definition.members) {
		if (member.name !== null) yield member.name;
		else if (member.type.kind === "record") yield* memberNames(member.type.definition);
	}
}

// ---------------------------------------------------------------- enum

function enumeration(p: Parser): CType {
	p.next();
	attributes(p, noAttributes());
	const tag = p.token.kind === T.Identifier ? p.next() : null;
	if (p.token.kind !== T.LeftBrace) {
		if (!tag) p.stop("expectedName", p.token, [p.found()]);
		const known = p.findTag(tag.text);
		if (known) {
			if (known.kind !== "enum") p.error("wrongTag", tag, [tag.text, "enum"]);
			return known;
		}
		const type = declareEnum(p, tag.text, tag);
		return type;
	}
	const existing = tag ? p.scope.tags.get(tag.text) : undefined;
	if (existing && (existing.kind !== "enum" || existing.definition.complete)) {
		if (existing.kind === "enum") p.error("redefined", tag!, [`enum ${tag!.text}`, existing.definition.place.line]);
		else p.error("wrongTag", tag!, [tag!.text, "enum"]);
	}
	const type =
		existing?.kind === "enum" && !existing.definition.complete
			? existing
			: declareEnum(p, tag?.text ?? null, tag ?? p.token);
	const open = p.next();
	constants(p, type.definition);
	p.expect(T.RightBrace, "}", `after the constants of the enum (opened at line ${open.line})`);
	const own = noAttributes();
	attributes(p, own);
	return type;
}

function declareEnum(p: Parser, tag: string | null, place: Token): CType & { kind: "enum" } {
	const definition: EnumDefinition = { tag, constants: [], underlying: UINT, complete: false, place };
	const type: CType & { kind: "enum" } = { kind: "enum", definition, qualifiers: 0 };
	if (tag !== null) p.scope.tags.set(tag, type);
	return type;
}

function constants(p: Parser, definition: EnumDefinition): void {
	let value = 0n;
	let negative = false;
	let wide = false;
	const places: Token[] = [];
	while (p.token.kind !== T.RightBrace && p.token.kind !== T.End) {
		const name = p.token;
		if (name.kind !== T.Identifier) p.stop("expectedName", name, [p.found()]);
		p.next();
		attributes(p, noAttributes());
		if (p.accept(T.Assign)) value = constantExpression(p, "the value of an enum constant");
		if (value < 0n) negative = true;
		if (value > 0xffffffffn || value < -0x80000000n) wide = true;
		definition.constants.push({ name: name.text, value });
		places.push(name);
		const type =
			value >= -0x80000000n && value <= 0x7fffffffn
				? INT
				: value <= 0xffffffffn && value > 0n
					? UINT
					: value < 0n
						? LONG
						: ULONG;
		p.declare(
			name.text,
			{ kind: "enum-constant", name: name.text, type, value: normalize(value, type), place: name },
			name,
		);
		value++;
		if (!p.accept(T.Comma)) break;
	}
	definition.underlying = wide ? (negative ? LONG : ULONG) : negative ? INT : UINT;
	definition.complete = true;
}
