/** Where a function breakpoint stands. */
import type { Statement } from "../tree";
import { Op } from "../vm/opcodes";
import type { Generator } from "./generator";

/**
 * A loop or a label at the head of a function is reached again by its own jumps: a Nop in front of it, which begins no
 * statement and so costs no virtual time, is where a breakpoint on the function stands. Returns its pc, or -1 when the
 * first statement will do.
 */
export function entryMarker(g: Generator, body: readonly Statement[]): number {
	const first = firstReached(body);
	if (!first || !JUMPED_TO.has(first.kind)) return -1;
	const { out } = g;
	out.lines.push({ pc: out.pc, place: first.place, statement: false });
	return out.emit(Op.Nop);
}

const JUMPED_TO: ReadonlySet<Statement["kind"]> = new Set(["while", "do", "for", "label"]);

/** The statement whose code is the first; null when there is none. */
function firstReached(body: readonly Statement[]): Statement | null {
	for (const node of body) {
		if (node.kind === "empty" || (node.kind === "declare" && node.initializer === null)) continue;
		if (node.kind === "block" || node.kind === "for") {
			const inner = firstReached(node.kind === "block" ? node.statements : node.init);
			if (inner || node.kind === "for") return inner ?? node;
			continue;
		}
		return node;
	}
	return null;
}
