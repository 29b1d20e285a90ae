/**
 * Public kernel structs as tables: one declaration gives the accessors that TypeScript uses, the C text that
 * the prelude declares, and the layout (LP64, natural alignment, as the arm64 ABI lays them out).
 * The struct itself lives in simulated memory and nowhere else (machine.md, Addresses).
 */

/** The part of the address space that accessors need; addresses are signed 64-bit values as numbers. */
export interface Memory {
	r8(address: number): number;
	r16(address: number): number;
	r32(address: number): number;
	s32(address: number): number;
	r64(address: number): number;
	w8(address: number, value: number): void;
	w16(address: number, value: number): void;
	w32(address: number, value: number): void;
	w64(address: number, value: number): void;
}

/** A member's type: its size and alignment in bytes, how C declares it (`%s` is the name), how it is read and written. */
export interface MemberType {
	readonly size: number;
	readonly align: number;
	readonly c: string;
	get(memory: Memory, address: number): number;
	set(memory: Memory, address: number, value: number): void;
}

/** A member at its offset (bytes) in its struct. */
export class Field {
	readonly offset: number;
	readonly type: MemberType;
	constructor(offset: number, type: MemberType) {
		this.offset = offset;
		this.type = type;
	}
	/** Reads the member of the struct at `base`. Throws MemoryFault when nothing is mapped there. */
	get(memory: Memory, base: number): number {
		return this.type.get(memory, base + this.offset);
	}
	set(memory: Memory, base: number, value: number): void {
		this.type.set(memory, base + this.offset, value);
	}
	/** Address of the member in the struct at `base`. */
	at(base: number): number {
		return base + this.offset;
	}
	/** Address of the struct whose member is at `address` (container_of). */
	container(address: number): number {
		return address - this.offset;
	}
}

function scalar(
	size: number,
	c: string,
	get: (m: Memory, a: number) => number,
	set: (m: Memory, a: number, v: number) => void,
): MemberType {
	return { size, align: size, c: `${c} %s`, get, set };
}

export const u8 = scalar(
	1,
	"u8",
	(m, a) => m.r8(a),
	(m, a, v) => m.w8(a, v),
);
export const bool = scalar(
	1,
	"bool",
	(m, a) => m.r8(a),
	(m, a, v) => m.w8(a, v ? 1 : 0),
);
export const u16 = scalar(
	2,
	"u16",
	(m, a) => m.r16(a),
	(m, a, v) => m.w16(a, v),
);
export const u32 = scalar(
	4,
	"u32",
	(m, a) => m.r32(a),
	(m, a, v) => m.w32(a, v),
);
export const s32 = scalar(
	4,
	"int",
	(m, a) => m.s32(a),
	(m, a, v) => m.w32(a, v),
);
export const u64 = scalar(
	8,
	"u64",
	(m, a) => m.r64(a),
	(m, a, v) => m.w64(a, v),
);
export const s64 = scalar(
	8,
	"s64",
	(m, a) => m.r64(a),
	(m, a, v) => m.w64(a, v),
);

/** A scalar under another C name: `as(u64, "dma_addr_t")`, `as(s32, "enum dma_status")`. */
export function as(type: MemberType, c: string): MemberType {
	return { ...type, c: `${c} %s` };
}

/** A pointer: `ptr("struct device")`, `ptr("const char")`. */
export function ptr(target: string): MemberType {
	return { ...u64, c: `${target} *%s` };
}

/** A function pointer by its C declarator: `fn("int (*%s)(struct dma_chan *chan)")`. */
export function fn(c: string): MemberType {
	return { ...u64, c };
}

/** `count` elements of `type`; `get`/`set` reach the first, `elementAt` the others. */
export function array(type: MemberType, count: number): MemberType {
	return { ...type, size: type.size * count, c: type.c.replace("%s", `%s[${count}]`) };
}

export interface StructMeta {
	readonly $name: string;
	readonly $size: number;
	readonly $align: number;
	/** The struct as a C declaration. */
	readonly $c: string;
	/** The struct as a member of another one. */
	readonly $member: MemberType;
	readonly $fields: readonly (readonly [string, Field])[];
}
export type Struct<M> = StructMeta & { readonly [K in keyof M]: Field };

/**
 * Declares `struct name` with members in order. `keyword` may be "union". Members whose name begins with `_pad`
 * are declared like any other: C must see true offsets.
 */
export function struct<M extends Record<string, MemberType>>(
	name: string,
	members: M,
	keyword: "struct" | "union" = "struct",
): Struct<M> {
	let offset = 0;
	let end = 0;
	let align = 1;
	const fields: [string, Field][] = [];
	for (const [member, type] of Object.entries(members)) {
		const at = keyword === "union" ? 0 : roundUp(offset, type.align);
		fields.push([member, new Field(at, type)]);
		offset = at + type.size;
		end = Math.max(end, offset);
		align = Math.max(align, type.align);
	}
	const size = roundUp(end, align);
	const body = fields.map(([member, field]) => `\t${field.type.c.replace("%s", member)};`).join("\n");
	const address = (_: Memory, at: number): number => at;
	const meta: StructMeta = {
		$name: name,
		$size: size,
		$align: align,
		$c: `${keyword} ${name} {\n${body}\n};`,
		$member: { size, align, c: `${keyword} ${name} %s`, get: address, set: refuseStructStore },
		$fields: fields,
	};
	return { ...meta, ...Object.fromEntries(fields) } as Struct<M>;
}

function refuseStructStore(): never {
	throw new Error("a struct member is written through its own fields");
}

export function roundUp(value: number, align: number): number {
	return Math.ceil(value / align) * align;
}
