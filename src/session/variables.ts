/** What can be unfolded in the Variables view: nodes behind reference numbers that live until the machine moves on. */

import { printType } from "../language/print-type";
import { type CType, findMember, sizeOf } from "../language/types";
import { formatPointer } from "../language/vm/fault";
import { SessionError, type VariableInfo } from "./api";
import { type RenderContext, render } from "./render";
import { asPointer, inMemory, readScalar, type Value } from "./values";

/** Something with children. */
export type Node =
	/** Named C values: a scope. */
	| { readonly kind: "scope"; readonly list: () => readonly NamedValue[] }
	/** A record, array or pointer. */
	| { readonly kind: "value"; readonly value: Value; readonly expression: string }
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
	/** Takes a new value; throws SessionError. Without it the row is read-only. */
	readonly set?: (text: string) => void;
}

/** Elements that one request shows at most when it does not say how many. */
const PAGE = 100;

export class VariableStore {
	private nodes: Node[] = [];

	constructor(private readonly context: RenderContext) {}

	/** Forgets all references: the machine has moved on. */
	clear(): void {
		this.nodes = [];
	}

	add(node: Node): number {
		return this.nodes.push(node);
	}

	node(reference: number): Node {
		const node = this.nodes[reference - 1];
		if (!node) throw new SessionError("This variable is from an earlier stop and no longer exists.");
		return node;
	}

	/** The children of a reference, `count` from `start` on. */
	children(reference: number, start: number, count: number | undefined, hex: boolean): VariableInfo[] {
		const node = this.node(reference);
		if (node.kind === "rows") return slice(node.list(), start, count).map((row) => this.describeRow(row, hex));
		const named = node.kind === "scope" ? node.list() : this.parts(node.value, node.expression, start, count);
		const shown = node.kind === "scope" ? slice(named, start, count) : named;
		return shown.map((child) => this.describe(child, hex));
	}

	/** The child of a reference by its name, or null. */
	child(reference: number, name: string): NamedValue | Row | null {
		const node = this.node(reference);
		if (node.kind === "rows") return node.list().find((row) => row.name === name) ?? null;
		if (node.kind === "scope") return node.list().find((child) => child.name === name) ?? null;
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
		const { children } = row;
		return {
			name: row.name,
			value: row.value,
			...(row.type !== undefined && { type: row.type }),
			reference: children ? this.add({ kind: "rows", list: children }) : 0,
			...(row.memory !== undefined && { memory: `0x${formatPointer(row.memory)}` }),
			...(!row.set && { readOnly: true }),
		};
	}

	/** How many children a value has, or null when there are none to see. */
	private counts(value: Value): { indexed?: number; named?: number } | null {
		const { type } = value;
		if (type.kind === "array" && type.length > 0) return { indexed: type.length };
		if (type.kind === "record" && value.at === "memory") return { named: type.definition.members.length };
		if (type.kind === "pointer" && this.target(value))
			return { named: type.target.kind === "record" ? type.target.definition.members.length : 1 };
		return null;
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
			if (target.type.kind === "record") return members(target, `${wrapped(expression)}->`);
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
