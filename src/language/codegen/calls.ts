import type { Expression } from "../tree";
import { sizeOf } from "../types";
import { Op } from "../vm/opcodes";
import { expression } from "./expressions";
import type { Generator } from "./generator";
import { isRecord, isWide, type Location, signed } from "./places";
import { recordPlace } from "./records";

/**
 * A call. Arguments go into a window of slot pairs above everything in use, which becomes the base of the callee's
 * frame. A record result is written to `record`. The scalar result is moved to `dst`, or with -1 left in the window.
 */
export function callInto(
	g: Generator,
	node: Expression & { kind: "call" },
	record: Location | null,
	dst: number,
): number {
	const { out } = g;
	const { callee } = node;
	const hidden = record ? 1 : 0;
	const count = node.arguments.length + hidden;
	const direct = callee.kind === "function" ? callee.symbol : null;
	const known = direct !== null && g.isC(direct);
	const mark = out.next;
	let pointer = -1;
	if (!direct) {
		pointer = out.alloc(2);
		expression(g, callee, pointer);
	}
	const window = out.alloc(2 * Math.max(1, count));
	const above = out.next;
	if (record) g.addressOf(record, window);
	for (let i = 0; i < node.arguments.length; i++) {
		const argument = node.arguments[i];
		const slot = window + 2 * (i + hidden);
		if (isRecord(argument.type)) {
			const copy = g.temporary(argument.type);
			g.copy(copy, recordPlace(g, argument), sizeOf(argument.type));
			g.addressOf(copy, slot);
		} else {
			expression(g, argument, slot);
			if (!isWide(argument.type) && !(known && i < node.fixed))
				out.emit(signed(argument.type) ? Op.Sx : Op.Zx, slot, slot);
		}
		out.next = above;
	}
	if (direct) out.call(direct, window, count);
	else out.emit(Op.CallI, pointer, window, count);
	if (node.type.kind === "void" || record) {
		out.next = mark;
		return dst >= 0 ? dst : window;
	}
	if (dst >= 0) {
		out.emit(isWide(node.type) ? Op.Mov64 : Op.Mov, dst, window);
		out.next = mark;
		return dst;
	}
	out.next = window + 2;
	return window;
}
