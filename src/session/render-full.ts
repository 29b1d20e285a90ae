/** C values in full, for the clipboard: nothing is cut, records and arrays are written out line by line. */
import { sizeOf } from "../language/types";
import { formatPointer } from "../language/vm/fault";
import { quoted, type RenderContext, render } from "./render";
import { asPointer, inMemory, readScalar, type Value } from "./values";
import { members } from "./variables";

/** Elements of an array, bytes of a string, and levels, so that nothing grows without end. */
const MOST_ELEMENTS = 65536;
const MOST_TEXT = 65536;
const DEEPEST = 12;

export function renderFull(context: RenderContext, value: Value, hex: boolean, depth = 0): string {
	const { type } = value;
	const indent = "\t".repeat(depth + 1);
	const end = "\t".repeat(depth);
	if (depth >= DEEPEST) return "…";
	if (type.kind === "record" && value.at === "memory") {
		const rows = members(value, "").map(
			({ name, value: member }) => `${indent}.${name} = ${renderFull(context, member, hex, depth + 1)},\n`,
		);
		return `{\n${rows.join("")}${end}}`;
	}
	if (type.kind === "array" && value.at === "memory") {
		const { element } = type;
		if (element.kind === "int" && element.name === "char") return text(context, value.address, type.length) ?? "{…}";
		const size = sizeOf(element);
		const items: string[] = [];
		for (let i = 0; i < Math.min(type.length, MOST_ELEMENTS); i++)
			items.push(renderFull(context, inMemory(element, value.address + i * size), hex, depth + 1));
		const flat = element.kind !== "record" && element.kind !== "array";
		const cut = type.length > MOST_ELEMENTS ? ["…"] : [];
		return flat
			? `{ ${[...items, ...cut].join(", ")} }`
			: `{\n${[...items, ...cut].map((item) => `${indent}${item},\n`).join("")}${end}}`;
	}
	if (type.kind === "pointer" && type.target.kind === "int" && type.target.name === "char") {
		try {
			const address = asPointer(readScalar(context.space, value));
			const string = address === 0 ? null : text(context, address, context.sizeAt?.(address) || MOST_TEXT);
			if (string !== null) return `0x${formatPointer(address)} ${string}`;
		} catch {
			return render(context, value, hex);
		}
	}
	return render(context, value, hex);
}

/** A quoted string up to its NUL; null when it cannot be read. */
function text({ space }: RenderContext, address: number, most: number): string | null {
	const bytes: number[] = [];
	for (let at = 0; at < Math.min(most, MOST_TEXT); at++) {
		if (!space.isMapped(address + at, 1)) return null;
		const byte = space.r8(address + at);
		if (byte === 0) break;
		bytes.push(byte);
	}
	return quoted(bytes);
}
