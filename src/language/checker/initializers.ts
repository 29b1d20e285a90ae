/** Initialisers: from braces and designators to a flat list of stores. */
import type { Parser } from "../parser/parser";
import { printType } from "../print-type";
import type { Place } from "../source";
import type { Initializer, InitializerItem } from "../tree";
import {
	arrayOf,
	type BitField,
	type CType,
	findMember,
	integerOf,
	type RecordDefinition,
	sizeOf,
	unqualified,
} from "../types";
import { convert, toValue } from "./convert";
import type { Operand } from "./nodes";
import { staticValue } from "./static-values";

export type Designator = { member: string; place: Place } | { low: number; high: number; place: Place };
export type RawInitializer =
	| { kind: "expression"; node: Operand; place: Place }
	| { kind: "list"; entries: RawEntry[]; place: Place };
export interface RawEntry {
	designators: Designator[];
	value: RawInitializer;
	place: Place;
}

interface State {
	p: Parser;
	items: InitializerItem[];
	statics: boolean;
}
interface Cursor {
	entries: RawEntry[];
	at: number;
}

/** Elements of one initialiser: more is refused, so that a slip does not eat the host. */
const ELEMENT_LIMIT = 1 << 26;

/** The flat form, and the type with the length of a `[]` array filled in. */
export function flatten(
	p: Parser,
	type: CType,
	raw: RawInitializer,
	statics: boolean,
): { type: CType; initializer: Initializer } {
	const state: State = { p, items: [], statics };
	let result = type;
	if (type.kind === "array") {
		const length = array(state, type, raw);
		if (type.length < 0) result = { ...arrayOf(type.element, length), qualifiers: type.qualifiers };
	} else whole(state, type, 0, null, raw);
	const only = state.items[0];
	const copied =
		state.items.length === 1 && only?.offset === 0 && only.value?.type.kind === "record" && type.kind === "record";
	const zero = (type.kind === "array" || type.kind === "record") && !(copied && raw.kind === "expression");
	return { type: result, initializer: { zero, items: state.items } };
}

/** A top-level array; gives how many elements it has. */
function array(state: State, type: CType & { kind: "array" }, raw: RawInitializer): number {
	const bytes = stringFor(type, raw);
	if (bytes) {
		pushBytes(state, type, 0, bytes, raw.place);
		return type.length < 0 ? bytes.length : type.length;
	}
	if (raw.kind !== "list") {
		const node = raw.node;
		if (node.kind === "compound-literal" && node.type.kind === "array") {
			state.items.push(...node.initializer.items);
			return node.type.length;
		}
		if (node.type.kind !== "error")
			state.p.error("initializer", raw.place, ["an array is initialised by a list in braces '{ … }'"]);
		return Math.max(1, type.length);
	}
	return fill(state, type, 0, { entries: raw.entries, at: 0 }, true);
}

/** One object with one initialiser of its own. */
function whole(state: State, type: CType, offset: number, bitField: BitField | null, raw: RawInitializer): void {
	const { p } = state;
	if (type.kind === "error") return;
	if (type.kind === "array") {
		if (type.length < 0) {
			if (raw.kind === "list" && raw.entries.length === 0) return;
			p.error("initializer", raw.place, ["a flexible array member cannot be initialised here"]);
			return;
		}
		array(state, type, raw);
		return;
	}
	if (type.kind === "record") {
		if (raw.kind === "list") {
			fill(state, type, offset, { entries: raw.entries, at: 0 }, true);
			return;
		}
		record(state, type, offset, raw);
		return;
	}
	if (raw.kind === "list") {
		const first = raw.entries[0];
		if (!first) return;
		if (raw.entries.length > 1) p.error("excessInitializers", raw.entries[1]!.place, [printType(type)]);
		if (first.designators.length > 0)
			p.error("initializer", first.place, [`'${printType(type)}' has no members or elements`]);
		else whole(state, type, offset, bitField, first.value);
		return;
	}
	scalar(state, type, offset, bitField, raw.node, raw.place);
}

function scalar(
	state: State,
	type: CType,
	offset: number,
	bitField: BitField | null,
	node: Operand,
	place: Place,
): void {
	const { p } = state;
	let value = convert(p, node, type, "this initialiser", place);
	if (value.type.kind === "error") return;
	if (state.statics) {
		const fixed = staticValue(value);
		if (!fixed) {
			p.error("notConstant", place, ["the initialiser of an object with static storage"]);
			return;
		}
		value = fixed;
	}
	state.items.push({ offset, type: unqualified(type), bitField, count: 1, stride: 0, value, bytes: null });
}

/** A struct or union from an expression of its own type. */
function record(
	state: State,
	type: CType & { kind: "record" },
	offset: number,
	raw: RawInitializer & { kind: "expression" },
): void {
	const { p, items } = state;
	const node = raw.node;
	if (node.type.kind === "error") return;
	if (node.type.kind !== "record" || node.type.definition !== type.definition) {
		p.error("incompatible", raw.place, ["this initialiser", printType(type), printType(node.type)]);
		return;
	}
	if (state.statics) {
		const literal = node.kind === "variable" ? p.literals.get(node.symbol) : undefined;
		if (!literal) {
			p.error("notConstant", raw.place, ["the initialiser of an object with static storage"]);
			return;
		}
		for (const item of literal.items) items.push({ ...item, offset: item.offset + offset });
		return;
	}
	items.push({
		offset,
		type: unqualified(type),
		bitField: null,
		count: 1,
		stride: 0,
		value: toValue(p, node),
		bytes: null,
	});
}

function stringFor(type: CType, raw: RawInitializer): Uint8Array | null {
	if (type.kind !== "array" || integerOf(type.element)?.size !== 1) return null;
	if (raw.kind === "list") {
		const only = raw.entries.length === 1 && raw.entries[0]!.designators.length === 0 ? raw.entries[0]!.value : null;
		return only ? stringFor(type, only) : null;
	}
	return raw.node.kind === "string" ? raw.node.bytes : null;
}

function pushBytes(
	state: State,
	type: CType & { kind: "array" },
	offset: number,
	bytes: Uint8Array,
	place: Place,
): void {
	let stored = bytes;
	if (type.length >= 0 && bytes.length > type.length) {
		// the terminating zero may be left out
		if (bytes.length - 1 > type.length) state.p.error("excessInitializers", place, [printType(type)]);
		stored = bytes.subarray(0, type.length);
	}
	const length = type.length < 0 ? bytes.length : type.length;
	state.items.push({
		offset,
		type: arrayOf(type.element, length),
		bitField: null,
		count: 1,
		stride: 0,
		value: null,
		bytes: stored,
	});
}

/** Members or elements in order from the cursor; gives the number of elements reached. */
function fill(
	state: State,
	type: CType & { kind: "array" | "record" },
	offset: number,
	cursor: Cursor,
	braced: boolean,
): number {
	return type.kind === "array"
		? fillArray(state, type, offset, cursor, braced)
		: fillRecord(state, type.definition, offset, cursor, braced, type);
}

function fillArray(
	state: State,
	type: CType & { kind: "array" },
	offset: number,
	cursor: Cursor,
	braced: boolean,
): number {
	const { p } = state;
	const size = sizeOf(type.element);
	let position = 0;
	let length = 0;
	let excess = false;
	while (cursor.at < cursor.entries.length) {
		const entry = cursor.entries[cursor.at]!;
		if (entry.designators.length > 0) {
			if (!braced) return length;
			cursor.at++;
			const first = entry.designators[0]!;
			if (!("low" in first)) {
				p.error("initializer", first.place, [
					`'.${first.member}' names a member, but '${printType(type)}' is an array: '[index]' expected`,
				]);
				continue;
			}
			const { low, high } = first;
			if (low < 0 || high < low || high >= ELEMENT_LIMIT || (type.length >= 0 && high >= type.length)) {
				p.error("initializer", first.place, [`index ${Math.max(low, high)} is outside '${printType(type)}'`]);
				continue;
			}
			const from = state.items.length;
			designate(state, type.element, offset + low * size, null, entry.designators, 1, entry.value);
			if (high > low) {
				for (let i = from; i < state.items.length; i++) {
					const item = state.items[i]!;
					if (item.count === 1) state.items[i] = { ...item, count: high - low + 1, stride: size };
					else p.error("initializer", first.place, ["a range inside a range is not supported"]);
				}
			}
			position = high + 1;
			if (position > length) length = position;
			continue;
		}
		if (type.length >= 0 && position >= type.length) {
			if (!braced) return length;
			if (!excess) p.error("excessInitializers", entry.place, [printType(type)]);
			excess = true;
			cursor.at++;
			continue;
		}
		next(state, type.element, offset + position * size, null, cursor);
		position++;
		if (position > length) length = position;
	}
	return length;
}

function fillRecord(
	state: State,
	definition: RecordDefinition,
	offset: number,
	cursor: Cursor,
	braced: boolean,
	type: CType,
): number {
	const { p } = state;
	const members = definition.members;
	let position = 0;
	let excess = false;
	if (!definition.complete) {
		p.error("incomplete", cursor.entries[0]?.place ?? definition.place, [printType(type)]);
		cursor.at = cursor.entries.length;
		return 0;
	}
	while (cursor.at < cursor.entries.length) {
		const entry = cursor.entries[cursor.at]!;
		if (entry.designators.length > 0) {
			if (!braced) return position;
			cursor.at++;
			const first = entry.designators[0]!;
			if ("low" in first) {
				p.error("initializer", first.place, [
					`'[…]' needs an array, but this is '${printType(type)}': '.member' expected`,
				]);
				continue;
			}
			const found = findMember(definition, first.member);
			p.watcher?.member(first.place, first.member, definition, found);
			if (!found) {
				p.noMember(type, first.member, first.place);
				continue;
			}
			designate(
				state,
				found.member.type,
				offset + found.offset,
				found.member.bitField,
				entry.designators,
				1,
				entry.value,
			);
			position = 1 + members.findIndex((m) => m === found.member || (m.name === null && holds(m.type, first.member)));
			if (definition.union) position = members.length;
			continue;
		}
		const member = members[position];
		if (!member) {
			if (!braced) return position;
			if (!excess) p.error("excessInitializers", entry.place, [printType(type)]);
			excess = true;
			cursor.at++;
			continue;
		}
		next(state, member.type, offset + member.offset, member.bitField, cursor);
		position = definition.union ? members.length : position + 1;
	}
	return position;
}

function holds(type: CType, name: string): boolean {
	return type.kind === "record" && findMember(type.definition, name) !== null;
}

/** The value for what designators lead to, from designators[at] on. */
function designate(
	state: State,
	type: CType,
	offset: number,
	bitField: BitField | null,
	designators: Designator[],
	at: number,
	raw: RawInitializer,
): void {
	if (at === designators.length) {
		moved(state, type, offset, bitField, raw);
		return;
	}
	const entry: RawEntry = { designators: designators.slice(at), value: raw, place: raw.place };
	if (type.kind === "array" || type.kind === "record") fill(state, type, offset, { entries: [entry], at: 0 }, true);
	else if (type.kind !== "error") {
		state.p.error("initializer", designators[at]!.place, [`'${printType(type)}' has no members or elements`]);
	}
}

/** `whole` at an offset, for arrays too. */
function moved(state: State, type: CType, offset: number, bitField: BitField | null, raw: RawInitializer): void {
	if (type.kind !== "array" || type.length < 0) {
		whole(state, type, offset, bitField, raw);
		return;
	}
	const bytes = stringFor(type, raw);
	if (bytes) pushBytes(state, type, offset, bytes, raw.place);
	else if (raw.kind === "list") fill(state, type, offset, { entries: raw.entries, at: 0 }, true);
	else if (raw.node.type.kind !== "error") {
		state.p.error("initializer", raw.place, ["an array is initialised by a list in braces '{ … }'"]);
	}
}

/** The next subobject from the cursor: takes one entry, or as many as an aggregate without braces needs. */
function next(state: State, type: CType, offset: number, bitField: BitField | null, cursor: Cursor): void {
	const raw = cursor.entries[cursor.at]!.value;
	const aggregate = type.kind === "array" || type.kind === "record";
	const takesWhole =
		raw.kind === "list" ||
		!aggregate ||
		raw.node.type.kind === "error" ||
		(type.kind === "array" && (type.length < 0 || stringFor(type, raw) !== null)) ||
		(type.kind === "record" && raw.node.type.kind === "record" && raw.node.type.definition === type.definition);
	if (takesWhole) {
		cursor.at++;
		moved(state, type, offset, bitField, raw);
		return;
	}
	const before = cursor.at;
	fill(state, type, offset, cursor, false);
	if (cursor.at === before) cursor.at++;
}
