import type { Expression, LValue } from "../tree";
import { integerOf } from "../types";
import { Op } from "../vm/opcodes";
import { expression } from "./expressions";
import type { Generator } from "./generator";
import { initializeLocal } from "./initializers";
import { displaced, isWide, type Location } from "./places";
import { recordPlace } from "./records";

/** Where an lvalue is. Temporaries made on the way stay allocated for the caller to release. */
export function lvalue(g: Generator, node: LValue): Location {
	switch (node.kind) {
		case "variable": {
			const { symbol } = node;
			const known = g.locations.get(symbol);
			if (known) return known;
			if (symbol.storage === "local" || symbol.storage === "parameter") return g.place(symbol);
			const slot = g.out.alloc(2);
			g.out.address(slot, symbol, 0);
			return { kind: "memory", slot, disp: 0 };
		}
		case "deref":
			return pointee(g, node.pointer);
		case "member":
			return displaced(lvalue(g, node.object), node.offset);
		case "string": {
			const slot = g.out.alloc(2);
			g.out.address(slot, { kind: "string", bytes: node.bytes }, 0);
			return { kind: "memory", slot, disp: 0 };
		}
		case "compound-literal": {
			const location = g.locations.get(node.symbol) ?? g.place(node.symbol);
			initializeLocal(g, location, node.symbol.type, node.initializer);
			return location;
		}
		case "temporary":
			return recordPlace(g, node.value);
	}
}

/** The place that a pointer value points to; constant offsets go into the displacement. */
export function pointee(g: Generator, pointer: Expression): Location {
	switch (pointer.kind) {
		case "address":
		case "decay": {
			// The address of a bit-field or register variable never gets here: the checker forbids it.
			return lvalue(g, pointer.operand);
		}
		case "cast":
			if (pointer.operand.type.kind === "pointer" && pointer.type.kind === "pointer")
				return pointee(g, pointer.operand);
			break;
		case "pointer-add":
			if (pointer.index.kind === "constant") {
				const bytes = Number(BigInt.asIntN(64, pointer.index.value)) * pointer.scale * (pointer.subtract ? -1 : 1);
				const inner = pointee(g, pointer.pointer);
				const disp = inner.kind === "local" ? inner.offset : inner.kind === "memory" ? inner.disp : 0;
				if (Math.abs(bytes + disp) < 0x40000000) return displaced(inner, bytes);
				const d = g.out.alloc(2);
				const base = g.addressOf(inner, -1);
				g.out.emit(Op.Li64, d, bytes | 0, Math.floor(bytes / 4294967296));
				g.out.emit(Op.Add64, d, d, base);
				return { kind: "memory", slot: d, disp: 0 };
			}
			break;
		default:
			break;
	}
	return { kind: "memory", slot: expression(g, pointer, -1), disp: 0 };
}

/** An index expression whose value is that of a signed or unsigned 32-bit register, without the extension. */
function narrowIndex(index: Expression): { operand: Expression; signed: boolean } | null {
	if (index.kind !== "cast" || !isWide(index.type)) return null;
	const from = integerOf(index.operand.type);
	if (!from || from.size > 4) return null;
	return { operand: index.operand, signed: from.signed || from.size < 4 };
}

/** pointer ± index × scale into `dst` or a new pair. */
export function pointerAdd(g: Generator, node: Expression & { kind: "pointer-add" }, dst: number): number {
	const { out } = g;
	const d = dst >= 0 ? dst : out.alloc(2);
	const mark = out.next;
	if (node.index.kind === "constant") {
		g.addressOf(pointee(g, node), d);
		out.next = mark;
		return d;
	}
	const base = g.addressOf(pointee(g, node.pointer), -1);
	scaledAdd(g, d, base, node.index, node.scale, node.subtract);
	out.next = mark;
	return d;
}

/** d = base ± index × scale. */
export function scaledAdd(
	g: Generator,
	d: number,
	base: number,
	index: Expression,
	scale: number,
	subtract: boolean,
): void {
	const { out } = g;
	const narrow = narrowIndex(index);
	if (narrow) {
		const i = expression(g, narrow.operand, -1);
		out.emit(narrow.signed ? Op.LeaX : Op.LeaXU, d, base, i, subtract ? -scale : scale);
		return;
	}
	const i = expression(g, index, -1);
	const product = out.alloc(2);
	if (scale === 1) out.emit(Op.Mov64, product, i);
	else if ((scale & (scale - 1)) === 0) out.emit(Op.ShlI64, product, i, 31 - Math.clz32(scale));
	else {
		out.emit(Op.Li64, product, scale, 0);
		out.emit(Op.Mul64, product, product, i);
	}
	out.emit(subtract ? Op.Sub64 : Op.Add64, d, base, product);
}
