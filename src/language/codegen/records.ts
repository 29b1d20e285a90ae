import type { Expression } from "../tree";
import { sizeOf } from "../types";
import { Op } from "../vm/opcodes";
import { branch } from "./branches";
import { callInto } from "./calls";
import { discard, expression } from "./expressions";
import type { Generator } from "./generator";
import { lvalue } from "./lvalues";
import { loadMemory } from "./memory-access";
import { displaced, type Location } from "./places";
import { statementExpression } from "./statements";

/** Where the value of an expression of record type is. Only valid until memory is written. */
export function recordPlace(g: Generator, node: Expression): Location {
	switch (node.kind) {
		case "load":
			return lvalue(g, node.operand);
		case "assign": {
			const target = lvalue(g, node.target);
			g.copy(target, recordPlace(g, node.value), sizeOf(node.type));
			return target;
		}
		case "comma":
			discard(g, node.left);
			return recordPlace(g, node.right);
		case "conditional": {
			const slot = g.out.alloc(2);
			const mark = g.out.next;
			const otherwise = g.out.label();
			const end = g.out.label();
			branch(g, node.condition, otherwise, false);
			g.out.next = mark;
			g.addressOf(recordPlace(g, node.then), slot);
			g.out.jump(Op.Jmp, end);
			g.out.bind(otherwise);
			g.out.next = mark;
			g.addressOf(recordPlace(g, node.otherwise), slot);
			g.out.bind(end);
			g.out.next = mark;
			return { kind: "memory", slot, disp: 0 };
		}
		case "elvis":
		case "cast":
			return recordPlace(g, node.kind === "cast" ? node.operand : node.value);
		case "call": {
			const place = g.temporary(node.type);
			callInto(g, node, place, -1);
			return place;
		}
		case "statement-expression": {
			const place = g.temporary(node.type);
			statementExpression(g, node, (result) => g.copy(place, recordPlace(g, result), sizeOf(node.type)));
			return place;
		}
		case "va-arg":
			return { kind: "memory", slot: nextVariableSlot(g, node), disp: 0 };
		default:
			return { kind: "memory", slot: expression(g, node, -1), disp: 0 };
	}
}

/** Takes the next 8-byte slot of a va_list into a new pair. */
export function nextVariableSlot(g: Generator, node: Expression & { kind: "va-arg" }): number {
	const { out } = g;
	const d = out.alloc(2);
	const mark = out.next;
	const list = lvalue(g, node.list);
	const next = out.alloc(2);
	loadMemory(g, list, 8, false, next);
	out.emit(Op.Ld64, d, next, 0);
	out.emit(Op.AddI64, next, next, 8);
	storeWide(g, list, next);
	loadMemory(g, displaced(list, 8), 8, false, next);
	out.emit(Op.AddI64, next, next, -1);
	storeWide(g, displaced(list, 8), next);
	out.next = mark;
	return d;
}

export function storeWide(g: Generator, location: Location, slot: number): void {
	if (location.kind === "local") g.out.emit(Op.StL64, slot, location.offset);
	else if (location.kind === "memory") g.out.emit(Op.St64, slot, location.slot, location.disp);
	else g.out.emit(Op.Mov64, location.slot, slot);
}
