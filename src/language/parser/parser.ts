/** State of one compilation, the token cursor, scopes and errors. The grammar is in the functions beside it. */

import { toValue } from "../checker/convert";
import { describe, errorNode, isLValue, type Operand } from "../checker/nodes";
import { type Diagnostics, type MessageName, nearest } from "../diagnostics";
import { T, type Token } from "../preprocessor/tokens";
import { printType } from "../print-type";
import { NOWHERE, type Place } from "../source";
import type {
	Expression,
	FunctionDefinition,
	FunctionSymbol,
	GlobalVariable,
	Initializer,
	LabelSymbol,
	LValue,
	ModuleItem,
	OrdinaryName,
	SwitchStatement,
	VariableSymbol,
} from "../tree";
import {
	alignOf,
	type CType,
	type FunctionType,
	findMember,
	INT,
	LONG,
	qualified,
	type RecordDefinition,
	SCHAR,
	SHORT,
	sameType,
	UCHAR,
	UINT,
	ULONG,
	USHORT,
	VOID_POINTER,
} from "../types";
import { CURSOR_NAME, type Watcher } from "../watch";
import { constantExpression, strings } from "./expressions";

/** Thrown after a syntax error; caught where the grammar can go on (`;`, `}`). */
export class SyntaxStop extends Error {}

export interface Scope {
	readonly ordinary: Map<string, OrdinaryName>;
	readonly tags: Map<string, CType>;
	readonly parent: Scope | null;
	/** locals declared right here, and those of them that have a cleanup function */
	readonly locals: VariableSymbol[];
	readonly cleanups: VariableSymbol[];
	/** a file scope (the prelude's or the unit's), no block */
	readonly file: boolean;
}

export interface FunctionContext {
	readonly symbol: FunctionSymbol;
	readonly labels: Map<string, LabelSymbol>;
	readonly labelScopes: Map<string, { scope: Scope; count: number }>;
	readonly gotos: { label: LabelSymbol; cleanups: VariableSymbol[]; chain: { scope: Scope; count: number }[] }[];
	readonly locals: VariableSymbol[];
	readonly undeclared: Set<string>;
	loopScope: Scope | null;
	breakScope: Scope | null;
	switchCases: { statement: SwitchStatement; type: CType; scope: Scope } | null;
}

export function newScope(parent: Scope | null, file = false): Scope {
	return { ordinary: new Map(), tags: new Map(), parent, locals: [], cleanups: [], file };
}

const NESTING = 256;

export class Parser {
	at = 0;
	token: Token;
	/** > 0 in sizeof, typeof and the like: nothing counts as used there */
	unevaluated = 0;
	depth = 0;
	fn: FunctionContext | null = null;
	readonly functions: FunctionDefinition[] = [];
	readonly globals: GlobalVariable[] = [];
	readonly items: ModuleItem[] = [];
	/** functions and variables of other units that are used: first place */
	readonly references = new Map<FunctionSymbol | VariableSymbol, Place>();
	/** file-scope compound literals */
	readonly literals = new Map<VariableSymbol, Initializer>();
	readonly implicit = new Map<string, FunctionSymbol>();
	readonly implicitUses: { token: Token; hint: string }[] = [];
	readonly undeclaredAtTop = new Set<string>();
	/** declared with __attribute__((unused)) and the like */
	readonly maybeUnused = new Set<VariableSymbol | FunctionSymbol>();
	inParameters = false;
	/** the last operand that stood in parentheses */
	parenthesized: Operand | null = null;
	hidden = 0;
	/** told of each function definition and the functions that it names (for the prelude) */
	onFunction: ((symbol: FunctionSymbol, called: FunctionSymbol[]) => void) | null = null;
	called: FunctionSymbol[] = [];
	/** names for expressions in a debugger: asked before the scopes */
	lookupHook: ((name: string) => OrdinaryName | null) | null = null;
	/** an editor that wants to know what names stand for */
	watcher: Watcher | null = null;

	constructor(
		readonly tokens: readonly Token[],
		public scope: Scope,
		readonly diagnostics: Diagnostics,
		readonly isPrelude: boolean,
	) {
		this.token = tokens[0]!;
	}

	error(name: MessageName, place: Place, values: readonly (string | number | bigint)[] = []): void {
		this.diagnostics.report(name, place, values);
	}

	// ------------------------------------------------------------ cursor

	next(): Token {
		const token = this.token;
		if (token.kind !== T.End) this.token = this.tokens[++this.at]!;
		return token;
	}
	peek(ahead = 1): Token {
		return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!;
	}
	accept(kind: T): boolean {
		if (this.token.kind !== kind) return false;
		this.token = this.tokens[++this.at]!;
		return true;
	}
	seek(at: number): void {
		this.at = at;
		this.token = this.tokens[at]!;
	}
	previous(): Token {
		return this.tokens[Math.max(0, this.at - 1)]!;
	}

	/** Is the current token of this kind? (a call, so that nothing is concluded for later tokens) */
	is(kind: T): boolean {
		return this.token.kind === kind;
	}

	/** What the end of the text is called in a message. */
	endName = "the end of the file";

	/** What the current token is called in a message. */
	found(): string {
		return this.token.kind === T.End ? this.endName : `'${this.token.text}'`;
	}

	/** Takes a token that must be there; else reports and stops. */
	expect(kind: T, spelling: string, where: string): Token {
		if (this.token.kind === kind) return this.next();
		this.missing(spelling, where);
		throw new SyntaxStop();
	}

	missing(spelling: string, where: string): void {
		const previous = this.previous();
		const after = this.token.bol || this.token.kind === T.End || this.token.kind === T.RightBrace;
		const place = after ? endOf(previous) : this.token;
		this.diagnostics.report(
			"expected",
			place,
			[`'${spelling}'`, `${where}, found ${this.found()}`],
			after && !previous.macro ? { title: `Insert '${spelling}'`, text: spelling } : undefined,
		);
	}

	/** A `;`: when it is missing at the end of a line, goes on as if it were there. */
	semicolon(where: string): void {
		if (this.accept(T.Semicolon)) return;
		this.missing(";", where);
		if (this.token.bol || this.token.kind === T.RightBrace || this.token.kind === T.End) return;
		throw new SyntaxStop();
	}

	stop(name: MessageName, place: Place, values: readonly (string | number)[] = []): never {
		this.error(name, place, values);
		throw new SyntaxStop();
	}

	/** Passes over the rest of a broken statement: its `;`, or up to the `}` around it. */
	recover(): void {
		let depth = 0;
		for (;;) {
			switch (this.token.kind) {
				case T.End:
					return;
				case T.LeftBrace:
					depth++;
					break;
				case T.RightBrace:
					if (depth === 0) return;
					if (--depth === 0) {
						this.next();
						return;
					}
					break;
				case T.Semicolon:
					if (depth === 0) {
						this.next();
						return;
					}
			}
			this.next();
		}
	}

	/** Counts nesting of the grammar's own recursion. */
	enter(): void {
		if (++this.depth > NESTING * 2) {
			this.depth = 0;
			this.stop("nesting", this.token, [NESTING]);
		}
	}
	leave(): void {
		if (this.depth > 0) this.depth--;
	}

	// ------------------------------------------------------------ names

	find(name: string): OrdinaryName | null {
		const hooked = this.lookupHook?.(name);
		if (hooked) return hooked;
		if (this.watcher !== null && name === CURSOR_NAME) this.watcher.scope(this.scope);
		for (let scope: Scope | null = this.scope; scope; scope = scope.parent) {
			const symbol = scope.ordinary.get(name);
			if (symbol) return symbol;
		}
		return null;
	}
	findTag(name: string): CType | null {
		for (let scope: Scope | null = this.scope; scope; scope = scope.parent) {
			const tag = scope.tags.get(name);
			if (tag) return tag;
		}
		return null;
	}
	fileScope(): Scope {
		let scope = this.scope;
		while (!scope.file && scope.parent) scope = scope.parent;
		return scope;
	}
	/** All visible names, for suggestions. */
	*names(): Iterable<string> {
		for (let scope: Scope | null = this.scope; scope; scope = scope.parent) yield* scope.ordinary.keys();
	}
	suggestion(name: string, candidates: Iterable<string>): string {
		const near = nearest(name, candidates);
		return near === null ? "" : `; did you mean '${near}'?`;
	}

	use(symbol: FunctionSymbol | VariableSymbol, place: Place): void {
		if (this.unevaluated > 0) return;
		symbol.used = true;
		if (this.onFunction && symbol.kind === "function") this.called.push(symbol);
		if (!this.references.has(symbol)) this.references.set(symbol, place);
	}

	newVariable(name: string, type: CType, storage: VariableSymbol["storage"], place: Place): VariableSymbol {
		return {
			kind: "variable",
			name,
			type,
			storage,
			inMemory: !(storage === "local" || storage === "parameter") || needsMemory(type),
			kernel: this.isPrelude && storage === "extern",
			align: alignOf(type),
			cleanup: null,
			owner: this.fn?.symbol.name ?? null,
			place,
			used: false,
			weak: false,
			aliasOf: null,
		};
	}

	/** A hidden object: compound literals, temporaries. */
	newHidden(type: CType, place: Place): VariableSymbol {
		const local = this.fn !== null;
		const symbol = this.newVariable(`.literal${this.hidden++}`, type, local ? "local" : "static", place);
		symbol.inMemory = true;
		symbol.used = true;
		if (local) this.fn!.locals.push(symbol);
		return symbol;
	}

	newFunction(name: string, type: FunctionType, place: Place): FunctionSymbol {
		return {
			kind: "function",
			name,
			type,
			kernel: this.isPrelude,
			storage: "extern",
			inline: false,
			weak: false,
			aliasOf: null,
			noreturn: false,
			definition: null,
			place,
			used: false,
		};
	}

	/** Enters a name into the current scope; a second one of the same scope is an error. */
	declare(name: string, symbol: OrdinaryName, place: Place): void {
		const before = this.scope.ordinary.get(name);
		if (before) this.error("redefined", place, [name, before.place.line]);
		this.scope.ordinary.set(name, symbol);
	}

	vaList(): CType {
		return VA_LIST;
	}

	/** Equal with qualifiers and signedness, as _Generic compares. */
	exactlySame(a: CType, b: CType): boolean {
		return a.kind === b.kind && (a.qualifiers & 3) === (b.qualifiers & 3) && sameType(a, b);
	}

	/** __attribute__((mode(…))) on an integer typedef. */
	modeType(type: CType, mode: string, place: Place): CType {
		const signed = type.kind === "int" && type.signed;
		const modes: Record<string, CType> = signed
			? { QI: SCHAR, HI: SHORT, SI: INT, DI: LONG, word: LONG, pointer: LONG }
			: { QI: UCHAR, HI: USHORT, SI: UINT, DI: ULONG, word: ULONG, pointer: ULONG };
		const made = modes[mode];
		if (!made) this.error("attributeUnsupported", place, [`mode(${mode})`]);
		return made ?? type;
	}

	/** `_Static_assert(condition, "text");` */
	staticAssert(): void {
		const place = this.next();
		this.expect(T.LeftParen, "(", "after '_Static_assert'");
		const value = constantExpression(this, "the condition of _Static_assert");
		let text = "";
		if (this.accept(T.Comma)) text = `: ${new TextDecoder().decode(strings(this).bytes.subarray(0, -1))}`;
		this.expect(T.RightParen, ")", "after '_Static_assert'");
		this.semicolon("after '_Static_assert(…)'");
		if (value === 0n) this.error("staticAssert", place, [text]);
	}

	// ------------------------------------------------------------ members

	noMember(type: CType, name: string, place: Place): void {
		const names: string[] = [];
		collect(type, names);
		const near = nearest(name, names);
		const values = [printType(type), name, near === null ? "" : `; did you mean '${near}'?`];
		this.diagnostics.report(
			"noMember",
			place,
			values,
			near === null ? undefined : { title: `Change to '${near}'`, text: near },
		);
	}

	/** `node.name` or, with `arrow`, `node->name`. */
	memberOf(node: Operand, name: string, arrow: boolean, place: Place, namePlace: Place): Operand {
		let object: LValue;
		if (arrow) {
			const pointer = toValue(this, node);
			if (pointer.type.kind === "error") return pointer;
			if (pointer.type.kind !== "pointer" || pointer.type.target.kind !== "record") {
				if (pointer.type.kind === "record") this.error("dotForArrow", place, [describe(node).replace(/'/g, "")]);
				else this.error("notRecordPointer", place, [name, printType(pointer.type)]);
				return errorNode(place);
			}
			object = { kind: "deref", pointer, type: pointer.type.target, place };
		} else if (isLValue(node)) object = node;
		else if (node.type.kind === "record")
			object = { kind: "temporary", value: node as Expression, type: node.type, place };
		else {
			if (node.type.kind === "pointer") this.error("arrowForDot", place, [describe(node).replace(/'/g, "")]);
			else if (node.type.kind !== "error") this.error("notRecord", place, [name, printType(node.type)]);
			return errorNode(place);
		}
		const type = object.type;
		if (type.kind !== "record") {
			if (type.kind === "pointer") {
				const dot = this.tokens[this.at - 2];
				this.diagnostics.report("arrowForDot", dot ?? place, [describe(node).replace(/'/g, "")], {
					title: "Change to '->'",
					text: "->",
				});
			} else if (type.kind !== "error") this.error("notRecord", place, [name, printType(type)]);
			return errorNode(place);
		}
		if (!type.definition.complete) {
			this.error("incomplete", place, [printType(type)]);
			return errorNode(place);
		}
		const found = findMember(type.definition, name);
		this.watcher?.member(namePlace, name, type.definition, found);
		if (!found) {
			this.noMember(type, name, namePlace);
			return errorNode(place);
		}
		const qualifiers = type.qualifiers | found.qualifiers;
		return {
			kind: "member",
			object,
			member: found.member,
			offset: found.offset,
			bitField: found.member.bitField,
			type: qualifiers ? qualified(found.member.type, qualifiers) : found.member.type,
			place,
		};
	}
}

const VA_LIST_DEFINITION: RecordDefinition = {
	union: false,
	tag: "__va_list",
	members: [
		{ name: "next", type: VOID_POINTER, offset: 0, bitField: null, place: NOWHERE },
		{ name: "left", type: ULONG, offset: 8, bitField: null, place: NOWHERE },
	],
	size: 16,
	align: 8,
	complete: true,
	packed: false,
	flexible: false,
	place: NOWHERE,
};
const VA_LIST: CType = { kind: "record", definition: VA_LIST_DEFINITION, qualifiers: 0, alias: "va_list" };

/** True for a local that cannot live in registers. */
export function needsMemory(type: CType): boolean {
	return type.kind === "array" || type.kind === "record" || (type.qualifiers & 2) !== 0;
}

function collect(type: CType, names: string[]): void {
	if (type.kind !== "record") return;
	for (const member of type.definition.members) {
		if (member.name !== null) names.push(member.name);
		else collect(member.type, names);
	}
}

/** The place right after a token. */
export function endOf(token: Token): Place {
	return {
		file: token.file,
		line: token.line,
		column: token.column + token.length,
		length: 1,
		spelled: null,
		macro: token.macro,
	};
}
