/** Types as C text, for messages, hovers and variables. */
import { CONST, type CType, RESTRICT, VOLATILE } from "./types";

function words(qualifiers: number): string {
	let text = "";
	if (qualifiers & CONST) text += "const ";
	if (qualifiers & VOLATILE) text += "volatile ";
	if (qualifiers & RESTRICT) text += "restrict ";
	return text;
}

/** `const struct dma_chan *`, `int (*)(void *)`; with `name`, the declaration of that name. */
export function printType(type: CType, name = ""): string {
	return declarator(type, name);
}

function declarator(type: CType, inner: string): string {
	if (type.alias !== undefined && type.kind !== "array") return joined(words(type.qualifiers) + type.alias, inner);
	switch (type.kind) {
		case "pointer": {
			const qualifiers = words(type.qualifiers).trimEnd();
			const star = `*${qualifiers}${qualifiers && inner ? " " : ""}${inner}`;
			const wrap = (type.target.kind === "array" || type.target.kind === "function") && type.target.alias === undefined;
			return declarator(type.target, wrap ? `(${star})` : star);
		}
		case "array":
			return declarator(type.element, `${inner}[${type.length < 0 ? "" : type.length}]`);
		case "function": {
			let list = type.parameters.map((p) => printType(p.type, p.name ?? "")).join(", ");
			if (type.variadic) list += list ? ", ..." : "...";
			else if (!list && !type.unspecified) list = "void";
			return declarator(type.result, `${inner}(${list})`);
		}
		default:
			return joined(words(type.qualifiers) + base(type), inner);
	}
}

function joined(base: string, inner: string): string {
	return inner === "" ? base : `${base} ${inner}`;
}

function base(type: CType): string {
	switch (type.kind) {
		case "int":
			return type.name === "_Bool" ? "bool" : type.name;
		case "enum":
			return type.definition.tag === null ? "enum <anonymous>" : `enum ${type.definition.tag}`;
		case "record":
			return `${type.definition.union ? "union" : "struct"} ${type.definition.tag ?? "<anonymous>"}`;
		case "error":
			return "<error>";
		default:
			return type.kind;
	}
}
