import type { FunctionDefinition, LValue, VariableSymbol } from "../tree";
import { type CType, sizeOf } from "../types";
import { Op } from "../vm/opcodes";
import type { Emitter, Label } from "./emitter";
import { type Location, slotsOf } from "./places";

/** A variable as the debugger will know it; pcs are relative to the function. */
export interface LocalVariable {
	symbol: VariableSymbol;
	location: { kind: "register"; slot: number } | { kind: "memory"; offset: number };
	firstPc: number;
	endPc: number;
	parameter: boolean;
}

/** Where `break` and `continue` go. */
export interface JumpTargets {
	exit: Label;
	again: Label | null;
}

/** The state of generating one function; the code that uses it is in the other files of this folder. */
export class Generator {
	readonly out: Emitter;
	readonly locations = new Map<VariableSymbol, Location>();
	readonly variables: LocalVariable[] = [];
	readonly labels = new Map<unknown, Label>();
	readonly loops: JumpTargets[] = [];
	/** Slot of the pointer to where a record result goes, -1 for other functions. */
	resultPointer = -1;
	readonly definition: FunctionDefinition | null;
	/** Functions that are C for sure, whose 32-bit arguments need no extension. */
	readonly isC: (symbol: unknown) => boolean;

	constructor(out: Emitter, definition: FunctionDefinition | null, isC: (symbol: unknown) => boolean) {
		this.out = out;
		this.definition = definition;
		this.isC = isC;
	}

	/** Gives a local its register or frame memory. */
	place(symbol: VariableSymbol, parameter = false): Location {
		let location: Location;
		let known: LocalVariable["location"];
		if (symbol.inMemory) {
			location = { kind: "local", offset: this.out.allocMemory(sizeOf(symbol.type), symbol.align) };
			known = { kind: "memory", offset: location.offset };
		} else {
			location = { kind: "register", slot: this.out.alloc(slotsOf(symbol.type)) };
			known = location;
		}
		this.locations.set(symbol, location);
		this.note(symbol, known, parameter);
		return location;
	}

	note(symbol: VariableSymbol, location: LocalVariable["location"], parameter: boolean): void {
		this.variables.push({ symbol, location, firstPc: this.out.pc, endPc: -1, parameter });
	}

	/** Ends the scope of the variables noted since `from`. */
	close(from: number): void {
		for (let i = from; i < this.variables.length; i++)
			if (this.variables[i].endPc < 0) this.variables[i].endPc = this.out.pc;
	}

	labelOf(key: unknown): Label {
		let label = this.labels.get(key);
		if (!label) {
			label = this.out.label();
			this.labels.set(key, label);
		}
		return label;
	}

	/** The address of a memory location in a pair: `dst`, or a new temporary when that is -1. */
	addressOf(location: Location, dst: number): number {
		const { out } = this;
		switch (location.kind) {
			case "register":
				throw new Error("a register variable has no address");
			case "local": {
				const d = dst >= 0 ? dst : out.alloc(2);
				out.emit(Op.Lea, d, location.offset);
				return d;
			}
			default: {
				if (location.disp === 0 && dst < 0) return location.slot;
				const d = dst >= 0 ? dst : out.alloc(2);
				if (location.disp === 0) {
					if (d !== location.slot) out.emit(Op.Mov64, d, location.slot);
				} else out.emit(Op.AddI64, d, location.slot, location.disp);
				return d;
			}
		}
	}

	/** Copies `size` bytes between memory locations. */
	copy(to: Location, from: Location, size: number): void {
		if (size === 0) return;
		const mark = this.out.next;
		const d = this.addressOf(to, -1);
		const s = this.addressOf(from, -1);
		this.out.emit(Op.Copy, d, s, size);
		this.out.next = mark;
	}

	/** Frame memory for a value of record type. */
	temporary(type: CType): Location {
		return { kind: "local", offset: this.out.allocMemory(Math.max(1, sizeOf(type)), 16) };
	}
}

/** An lvalue that is a bit-field, or null. */
export function bitFieldOf(lvalue: LValue) {
	return lvalue.kind === "member" ? lvalue.bitField : null;
}
