import type { CaseStatement, SwitchStatement } from "../tree";
import { Op } from "../vm/opcodes";
import type { Label } from "./emitter";
import { expression } from "./expressions";
import type { Generator } from "./generator";
import { high, isWide, low, signed } from "./places";
import { statement } from "./statements";

/** Entries of a jump table at most. */
const LARGEST_TABLE = 512;

export function switchStatement(g: Generator, node: SwitchStatement): void {
	const { out } = g;
	const mark = out.next;
	const exit = out.label();
	out.statement(node.place);
	const value = expression(g, node.value, -1);
	const fallback = node.fallback ? g.labelOf(node.fallback) : exit;
	if (!table(g, node, value, fallback)) chain(g, node, value, fallback);
	out.next = mark;
	g.loops.push({ exit, again: null });
	statement(g, node.body);
	g.loops.pop();
	out.bind(exit);
}

function bounds(entry: CaseStatement): [bigint, bigint] {
	const lowest = entry.low ?? 0n;
	return [lowest, entry.high ?? lowest];
}

/** A jump table where the cases are dense. */
function table(g: Generator, node: SwitchStatement, value: number, fallback: Label): boolean {
	if (isWide(node.value.type) || node.cases.length < 4) return false;
	let lowest = bounds(node.cases[0])[0];
	let highest = lowest;
	let covered = 0n;
	for (const entry of node.cases) {
		const [from, to] = bounds(entry);
		if (from < lowest) lowest = from;
		if (to > highest) highest = to;
		covered += to - from + 1n;
	}
	const span = highest - lowest + 1n;
	if (span > BigInt(LARGEST_TABLE) || span > covered * 3n) return false;
	const targets: Label[] = new Array(Number(span)).fill(fallback);
	for (const entry of node.cases) {
		const [from, to] = bounds(entry);
		for (let at = from; at <= to; at++) targets[Number(at - lowest)] = g.labelOf(entry);
	}
	const { out } = g;
	const from = out.emit(Op.Switch, value, low(lowest), targets.length);
	out.displacement(from, fallback);
	for (const target of targets) out.displacement(from, target);
	return true;
}

function chain(g: Generator, node: SwitchStatement, value: number, fallback: Label): void {
	const { out } = g;
	const wide = isWide(node.value.type);
	const isSigned = signed(node.value.type);
	for (const entry of node.cases) {
		const [from, to] = bounds(entry);
		const target = g.labelOf(entry);
		if (!wide) {
			if (from === to) out.jump(Op.BeqI, target, value, low(from));
			else {
				const next = out.label();
				out.jump(isSigned ? Op.BltI : Op.BltUI, next, value, low(from));
				out.jump(isSigned ? Op.BleI : Op.BleUI, target, value, low(to));
				out.bind(next);
			}
			continue;
		}
		const mark = out.next;
		const t = out.alloc(2);
		const next = out.label();
		out.emit(Op.Li64, t, low(from), high(from));
		if (from === to) out.jump(Op.Beq64, target, value, t);
		else {
			out.jump(isSigned ? Op.Blt64 : Op.BltU64, next, value, t);
			out.emit(Op.Li64, t, low(to), high(to));
			out.jump(isSigned ? Op.Ble64 : Op.BleU64, target, value, t);
		}
		out.bind(next);
		out.next = mark;
	}
	out.jump(Op.Jmp, fallback);
}
