import type { FunctionDefinition } from "../tree";
import { sizeOf } from "../types";
import { Op } from "../vm/opcodes";
import type { FrameObject } from "../vm/shadow";
import { type CodeRelocation, Emitter, type LineEntry } from "./emitter";
import { entryMarker } from "./entry";
import { Generator, type LocalVariable } from "./generator";
import { storeMemory } from "./memory-access";
import { isRecord } from "./places";
import { block } from "./statements";

/** A function's code before it has a place. */
export interface FunctionCode {
	definition: FunctionDefinition;
	words: number[];
	relocations: CodeRelocation[];
	lines: LineEntry[];
	/** pc of the marker in front of a loop that the function begins with, -1 when there is none. */
	entry: number;
	variables: LocalVariable[];
	registers: number;
	frameSize: number;
	frameObjects: readonly FrameObject[];
	/** See Emitter.partial. */
	partial: readonly { pc: number; first: number; count: number }[];
	/** Fixed argument pairs, the hidden result pointer included. */
	parameters: number;
}

/** Generates a function. `isC` tells the functions that will certainly be C code. */
export function generateFunction(definition: FunctionDefinition, isC: (symbol: unknown) => boolean): FunctionCode {
	const out = new Emitter(definition.place);
	const g = new Generator(out, definition, isC);
	const { type } = definition.symbol;
	const hidden = isRecord(type.result) ? 1 : 0;
	const parameters = definition.parameters.length + hidden;
	out.alloc(2 * Math.max(1, parameters));
	if (hidden) g.resultPointer = 0;
	definition.parameters.forEach((symbol, i) => {
		const slot = 2 * (i + hidden);
		if (!symbol.inMemory) {
			g.locations.set(symbol, { kind: "register", slot });
			g.note(symbol, { kind: "register", slot }, true);
			return;
		}
		const place = g.place(symbol, true);
		if (isRecord(symbol.type)) g.copy(place, { kind: "memory", slot, disp: 0 }, sizeOf(symbol.type));
		else storeMemory(g, place, sizeOf(symbol.type), slot);
	});
	const entry = entryMarker(g, definition.body.statements);
	block(g, definition.body, null);
	out.place = definition.end;
	out.lines.push({ pc: out.pc, place: definition.end, statement: false });
	if (type.result.kind === "void") out.emit(Op.Ret);
	else if (isRecord(type.result)) out.emit(Op.Ret64, 0);
	else {
		// Falling off the end: the value is undefined in C, zero here.
		const zero = out.alloc(2);
		out.emit(Op.Li64, zero, 0, 0);
		out.emit(Op.Ret64, zero);
	}
	out.finish();
	g.close(0);
	const frameSize = Math.ceil(out.frameSize / 16) * 16;
	for (const at of out.frameFixups) out.words[at] += frameSize;
	return {
		definition,
		words: out.words,
		relocations: out.relocations,
		lines: out.lines,
		entry,
		variables: g.variables,
		registers: out.registers,
		frameSize,
		frameObjects: out.objects,
		partial: out.partial,
		parameters,
	};
}
