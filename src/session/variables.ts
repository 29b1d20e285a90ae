/** What can be unfolded in the Variables view: nodes behind reference numbers that live until the machine moves on. */

import { printType } from "../language/print-type";
import { type CType, findMember, sizeOf } from "../language/types";
import { formatPointer } from "../language/vm/fault";
import { SessionError, type VariableInfo } from "./api";
import {
	BYTES_A_ROW,
	BYTES_NAME,
	type ByteRange,
	mappedBytes,
	parseRow,
	rowCount,
	rowName,
	rowText,
} from "./byte-rows";
import type { FrameKey } from "./frames";
import { type RenderContext, render } from "./render";
import { asPointer, inMemory, readScalar, type Value } from "./values";

/** Something with children. */
export type Node =
	/** Named C values: a scope. */
	| { readonly kind: "scope"; readonly list: () => readonly NamedValue[] }
	/** A record, array or pointer. */
	| { readonly kind: "value"; readonly value: Value; readonly expression: string }
	| { readonly kind: "bytes"; readonly range: ByteRange }
	/** Rows that the debugger makes up: registers, queues. */
	| { readonly kind: "rows"; readonly list: () => readonly Row[] };

export interface NamedValue {
	readonly name: string;
	readonly value: Value;
	/** C expression that names it. */
	readonly expression: string;
}

export interface Row {
	readonly name: string;
	readonly value: string;
	readonly type?: string;
	readonly children?: () => readonly Row[];
	/** A C value to unfold instead of rows. */
	readonly node?: NamedValue;
	/** Signed pointer. */
	readonly memory?: number;
	/** Bytes to unfold instead of rows. */
	readonly bytes?: ByteRange;
	/** Takes a new value; throws SessionError. Without it the row is read-only. */
	readonly set?: (text: string) => void;
}

/** Elements that one request shows at most when it does not say how many. */
const PAGE = 100;
/** Bytes shown behind a pointer to nobody knows how much. */
const UNKNOWN_BYTES = 4096;

/** Part of the children that a front end asks for. */
export type ChildFilter = "indexed" | "named" | undefined;

export class VariableStore {
	/** References of earlier stops are never given again: the number of those that have ended. */
	private ended = 0;
	private nodes: Node[] = [];
	/** For each node the frame that its C text belongs to. */
	private frames: (FrameKey | null)[] = [];
	/** Frame of what is being described. */
	private frame: FrameKey | null = null;

	constructor(
		private readonly context: RenderContext,
		/** Writes bytes at a signed pointer, as an input of the run. */
		private readonly write: (address: number, bytes: readonly number[]) => void,
	) {}

	/** Forgets all references: the machine has moved on. */
	clear(): void {
		this.ended += this.nodes.length;
		this.nodes = [];
		this.frames = [];
	}

	/** A reference for a node; what is unfolded below it belongs to the same frame. */
	add(node: Node, frame: FrameKey | null = this.frame): number {
		this.frames.push(frame);
		return this.ended + this.nodes.push(node);
	}

	/** Does something in the name of a frame. */
	within<T>(frame: FrameKey | null, body: () => T): T {
		const before = this.frame;
		this.frame = frame;
		try {
			return body();
		} finally {
			this.frame = before;
		}
	}

	/** The frame that a reference belongs to, null when to none. */
	frameOf(reference: number): FrameKey | null {
		return this.frames[reference - this.ended - 1] ?? null;
	}

	node(reference: number): Node {
		const node = this.nodes[reference - this.ended - 1];
		if (!node) throw new SessionError("This variable is from an earlier stop and no longer exists.");
		return node;
	}

	/** The children of a reference, `count` from `start` on. */
	children(
		reference: number,
		start: number,
		count: number | undefined,
		hex: boolean,
		filter?: ChildFilter,
	): VariableInfo[] {
		// A front end that still draws the last stop asks for what was there: it gets nothing, and soon asks anew.
		if (reference > 0 && reference <= this.ended) return [];
		const node = this.node(reference);
		return this.within(this.frameOf(reference), () => {
			switch (node.kind) {
				case "rows":
					return slice(node.list(), start, count).map((row) => this.describeRow(row, hex));
				case "scope":
					return slice(node.list(), start, count).map((child) => this.describe(child, hex));
				case "bytes":
					return byteRows(this.context, node.range, start, count, this.write).map((row) => this.describeRow(row, hex));
				case "value":
					return this.valueChildren(node, start, count, hex, filter);
				default:
					return node satisfies never;
			}
		});
	}

	/** Parts first, then the bytes; the elements of an array are "indexed", everything else is "named". */
	private valueChildren(
		{ value, expression }: { readonly value: Value; readonly expression: string },
		start: number,
		count: number | undefined,
		hex: boolean,
		filter: ChildFilter,
	): VariableInfo[] {
		const array = value.type.kind === "array" ? value.type.length : -1;
		const bytes = bytesBehind(this.context, value);
		const extra = bytes ? [this.describeRow(bytesRow(bytes), hex)] : [];
		if (array >= 0 && filter === "named") return slice(extra, start, count);
		if (array < 0 && filter === "indexed") return [];
		const parts = this.parts(value, expression, start, count).map((child) => this.describe(child, hex));
		if (filter === "indexed") return parts;
		const whole = array >= 0 ? array : partCount(value);
		const end = count === undefined || count === 0 ? Number.POSITIVE_INFINITY : start + count;
		return end > whole && start <= whole ? [...parts, ...extra] : parts;
	}

	/** The child of a reference by its name, or null. */
	child(reference: number, name: string): NamedValue | Row | null {
		const node = this.node(reference);
		if (node.kind === "rows") return node.list().find((row) => row.name === name) ?? null;
		if (node.kind === "scope") return node.list().find((child) => child.name === name) ?? null;
		if (node.kind === "bytes") {
			const offset = Number(name.replace(/^\+/, ""));
			if (!(offset >= 0 && offset < node.range.length)) return null;
			return byteRows(this.context, node.range, offset / BYTES_A_ROW, 1, this.write)[0] ?? null;
		}
		const index = /^\[(\d+)\]$/.exec(name);
		const parts = index
			? this.parts(node.value, node.expression, Number(index[1]), 1)
			: this.parts(node.value, node.expression, 0, undefined);
		return parts.find((child) => child.name === name) ?? null;
	}

	/** A C value as the front end shows it. */
	describe({ name, value, expression }: NamedValue, hex: boolean): VariableInfo {
		const { type } = value;
		const counts = this.counts(value);
		const memory = this.memoryOf(value);
		return {
			name,
			value: render(this.context, value, hex),
			type: printType(type),
			reference: counts ? this.add({ kind: "value", value, expression }) : 0,
			...(counts?.indexed !== undefined && { indexed: counts.indexed }),
			...(counts?.named !== undefined && { named: counts.named }),
			...(expression !== "" && { evaluateName: expression }),
			...(memory !== null && { memory }),
			...(value.at === "result" && { readOnly: true }),
		};
	}

	describeRow(row: Row, hex: boolean): VariableInfo {
		if (row.node) {
			const described = this.describe(row.node, hex);
			return { ...described, name: row.name };
		}
		const { children, bytes } = row;
		return {
			name: row.name,
			value: row.value,
			...(row.type !== undefined && { type: row.type }),
			reference: children
				? this.add({ kind: "rows", list: children })
				: bytes
					? this.add({ kind: "bytes", range: bytes })
					: 0,
			...(bytes && { indexed: rowCount(bytes) }),
			...(row.memory !== undefined && { memory: `0x${formatPointer(row.memory)}` }),
			...(!row.set && { readOnly: true }),
		};
	}

	/** How many children a value has, or null when there are none to see. */
	private counts(value: Value): { indexed?: number; named?: number } | null {
		const { type } = value;
		const extra = bytesBehind(this.context, value) ? 1 : 0;
		if (type.kind === "array" && type.length > 0) return { indexed: type.length, named: extra };
		if (type.kind === "record" && value.at === "memory") return { named: memberCount(type) };
		if (type.kind !== "pointer") return null;
		const named = (this.target(value) ? partCount(value) : 0) + extra;
		return named > 0 ? { named } : null;
	}

	/** What a pointer points to, when that is an object that can be read. */
	private target(value: Value): Value | null {
		if (value.type.kind !== "pointer") return null;
		const { target } = value.type;
		if (target.kind === "void" || target.kind === "function" || target.kind === "error") return null;
		if (target.kind === "record" && !target.definition.complete) return null;
		try {
			const address = asPointer(readScalar(this.context.space, value));
			return this.context.space.isMapped(address, Math.max(1, sizeOf(target))) ? inMemory(target, address) : null;
		} catch {
			return null;
		}
	}

	private memoryOf(value: Value): string | null {
		if (value.type.kind === "pointer") {
			try {
				const address = asPointer(readScalar(this.context.space, value));
				return address === 0 ? null : `0x${formatPointer(address)}`;
			} catch {
				return null;
			}
		}
		return value.at === "memory" ? `0x${formatPointer(value.address)}` : null;
	}

	private parts(value: Value, expression: string, start: number, count: number | undefined): NamedValue[] {
		const { type } = value;
		if (type.kind === "pointer") {
			const target = this.target(value);
			if (!target) return [];
			if (target.type.kind === "record") return slice(members(target, `${wrapped(expression)}->`), start, count);
			return [{ name: `*${expression}`, value: target, expression: `*${wrapped(expression)}` }];
		}
		if (type.kind === "record") return slice(members(value, `${wrapped(expression)}.`), start, count);
		if (type.kind === "array" && value.at === "memory") {
			const end = Math.min(type.length, start + (count ?? PAGE));
			const parts: NamedValue[] = [];
			for (let i = start; i < end; i++) {
				parts.push({
					name: `[${i}]`,
					value: inMemory(type.element, value.address + i * sizeOf(type.element)),
					expression: `${wrapped(expression)}[${i}]`,
				});
			}
			return parts;
		}
		return [];
	}
}

/** The memory that a value is or points to; null when there is none to show. */
function bytesBehind({ space, sizeAt }: RenderContext, value: Value): ByteRange | null {
	const { type } = value;
	if (type.kind === "array" && value.at === "memory") {
		const length = mappedBytes(space, value.address, sizeOf(type));
		return length > 0 ? { address: value.address, length } : null;
	}
	if (type.kind !== "pointer" || type.target.kind === "function") return null;
	try {
		const address = asPointer(readScalar(space, value));
		if (!space.isMapped(address, 1)) return null;
		const { target } = type;
		const record = target.kind === "record" && target.definition.complete;
		const wanted = record ? sizeOf(target) : sizeAt?.(address) || UNKNOWN_BYTES;
		const length = mappedBytes(space, address, wanted);
		return length > 0 ? { address, length } : null;
	} catch {
		return null;
	}
}

function bytesRow(bytes: ByteRange): Row {
	return { name: BYTES_NAME, value: `${bytes.length} bytes`, memory: bytes.address, bytes };
}

function byteRows(
	{ space }: RenderContext,
	range: ByteRange,
	start: number,
	count: number | undefined,
	write: (address: number, bytes: readonly number[]) => void,
): Row[] {
	const end = Math.min(rowCount(range), start + (count || PAGE));
	const rows: Row[] = [];
	for (let row = start; row < end; row++) {
		const address = range.address + row * BYTES_A_ROW;
		const room = Math.min(BYTES_A_ROW, range.length - row * BYTES_A_ROW);
		const set = (text: string) => write(address, parseRow(text, room));
		rows.push({ name: rowName(row), value: rowText(space, range, row), memory: address, set });
	}
	return rows;
}

/** Children that are C values. */
function partCount({ type }: Value): number {
	const record = type.kind === "pointer" ? type.target : type;
	return record.kind === "record" ? memberCount(record) : 1;
}

function memberCount(type: CType & { kind: "record" }): number {
	return type.definition.members.reduce(
		(sum, { name, type: member }) => sum + (name === null && member.kind === "record" ? memberCount(member) : 1),
		0,
	);
}

/** Members of a record in memory; those of anonymous members count as its own. */
export function members(value: Value, prefix: string): NamedValue[] {
	if (value.type.kind !== "record" || value.at !== "memory") return [];
	const { address } = value;
	return value.type.definition.members.flatMap((member): NamedValue[] => {
		const place = inMemory(member.type, address + member.offset, member.bitField);
		if (member.name === null) return members(place, prefix);
		return [{ name: member.name, value: place, expression: `${prefix}${member.name}` }];
	});
}

/** The member of a record type by name, as a value. */
export function memberOf(value: Value, name: string): Value | null {
	if (value.type.kind !== "record" || value.at !== "memory") return null;
	const found = findMember(value.type.definition, name);
	return found ? inMemory(found.member.type, value.address + found.offset, found.member.bitField) : null;
}

function slice<T>(items: readonly T[], start: number, count: number | undefined): T[] {
	return items.slice(start, count === undefined || count === 0 ? undefined : start + count);
}

function wrapped(expression: string): string {
	return /^[\w.[\]]+$|^[\w>.\-[\]]+$/.test(expression) ? expression : `(${expression})`;
}

/** Whether a type's values can be typed in. */
export function isSettable(type: CType): boolean {
	return type.kind === "int" || type.kind === "enum" || type.kind === "pointer";
}
