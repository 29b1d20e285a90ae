import type { Place } from "../source";
import type { FunctionSymbol, VariableSymbol } from "../tree";
import { Op, STATEMENT } from "../vm/opcodes";

/** What an address in code or data refers to. */
export type RelocationTarget = VariableSymbol | FunctionSymbol | { kind: "string"; bytes: Uint8Array };

/** `call`: the word is a function index; `address`: two words, low first. */
export interface CodeRelocation {
	at: number;
	kind: "call" | "address";
	target: RelocationTarget;
	offset: number;
	/** Where the user wrote it, for link errors. */
	place: Place;
}

/** A line table row; `pc` is relative to the function's first word. */
export interface LineEntry {
	pc: number;
	place: Place;
	statement: boolean;
}

export interface Label {
	/** Position in the code, -1 until bound. */
	at: number;
}

/** Writes instructions, resolves labels, hands out register slots and frame memory. */
export class Emitter {
	readonly words: number[] = [];
	readonly relocations: CodeRelocation[] = [];
	readonly lines: LineEntry[] = [];
	/** Words that get the distance from the frame's stack pointer to its variable arguments. */
	readonly frameFixups: number[] = [];
	/** First free register slot. */
	next = 0;
	registers = 0;
	/** First free byte of frame memory. */
	memory = 0;
	frameSize = 0;
	/** Objects in frame memory: what is between them is nobody's. */
	readonly objects: { offset: number; size: number }[] = [];
	/** Accesses to a bit-field's unit: where, and which bytes of the unit are the field's (none: all of them may be new). */
	readonly partial: { pc: number; first: number; count: number }[] = [];
	place: Place;
	private readonly fixups: { at: number; from: number; label: Label }[] = [];
	/** pc of the instruction generated last. */
	latest = 0;
	/** Inside how many statement expressions we are. */
	nested = 0;
	/** Set where a jump may come in: the next statement counts whatever its place. */
	barrier = true;
	/** How many statements there are so far. */
	statements = 0;
	private pending: Place | null = null;
	private last: Place | null = null;

	constructor(place: Place) {
		this.place = place;
	}

	get pc(): number {
		return this.words.length;
	}

	/**
	 * The next instruction begins a statement. What one use of a macro expands to counts as one statement, and so does
	 * one declaration of several variables, except where a loop comes back.
	 */
	statement(place: Place): void {
		this.flush();
		this.place = place;
		if (!this.barrier && (samePlace(place, this.last) || (place.macro && this.nested > 0))) return;
		this.pending = place;
		this.last = place;
		this.barrier = false;
		this.statements++;
	}

	/** A statement that made no code yet gets a Nop, so that it is counted and can hold a breakpoint. */
	flush(): void {
		if (this.pending) this.emit(Op.Nop);
	}

	emit(op: Op, ...operands: number[]): number {
		const at = this.words.length;
		this.latest = at;
		if (this.pending) {
			this.lines.push({ pc: at, place: this.pending, statement: true });
			this.pending = null;
			this.words.push(op | STATEMENT);
		} else {
			this.words.push(op);
		}
		for (const operand of operands) this.words.push(operand);
		return at;
	}

	/** A branch: the displacement is the operand after those given. */
	jump(op: Op, label: Label, ...operands: number[]): void {
		const from = this.emit(op, ...operands, 0);
		this.fixups.push({ at: this.words.length - 1, from, label });
	}

	/** A word that holds a label's displacement from the instruction at `from`. */
	displacement(from: number, label: Label): void {
		this.fixups.push({ at: this.words.length, from, label });
		this.words.push(0);
	}

	label(): Label {
		return { at: -1 };
	}

	bind(label: Label): void {
		this.flush();
		label.at = this.words.length;
	}

	/** Loads the address of an object, function or string into a pair. */
	address(slot: number, target: RelocationTarget, offset: number): void {
		const at = this.emit(Op.Li64, slot, 0, 0) + 2;
		this.relocations.push({ at, kind: "address", target, offset, place: this.place });
	}

	call(target: FunctionSymbol, window: number, count: number): void {
		const at = this.emit(Op.Call, 0, window, count) + 1;
		this.relocations.push({ at, kind: "call", target, offset: 0, place: this.place });
	}

	/** Register slots for a value of `slots` words. */
	alloc(slots: number): number {
		const slot = this.next;
		this.next += slots;
		if (this.next > this.registers) this.registers = this.next;
		return slot;
	}

	/**
	 * Frame memory: offset in bytes. Each object has its own, even where scopes do not overlap, with a gap before it, so
	 * that an access beside an object can be told from one to its neighbour.
	 */
	allocMemory(size: number, align: number): number {
		const unit = Math.min(16, Math.max(1, align));
		const offset = Math.ceil((this.memory + (size > 16 ? 32 : 16)) / unit) * unit;
		this.memory = offset + size;
		this.frameSize = this.memory;
		this.objects.push({ offset, size });
		return offset;
	}

	/** Resolves labels. */
	finish(): void {
		this.flush();
		for (const { at, from, label } of this.fixups) {
			if (label.at < 0) throw new Error("unbound label");
			this.words[at] = label.at - from;
		}
	}
}

function samePlace(a: Place, b: Place | null): boolean {
	return b !== null && a.line === b.line && a.column === b.column && a.file === b.file;
}
