import type { VariableSymbol } from "./tree";
import type { CType } from "./types";

/** Where a variable of a function lives. */
export type VariableLocation =
	/** Register slot (two slots for a 64-bit value) relative to the frame's base. */
	| { kind: "register"; slot: number }
	/** Byte offset from the frame's stack pointer. */
	| { kind: "memory"; offset: number }
	/** Static storage: absolute signed pointer. */
	| { kind: "static"; address: number };

export interface VariableInfo {
	name: string;
	type: CType;
	location: VariableLocation;
	parameter: boolean;
	/** pcs in which the name is in scope: firstPc <= pc < endPc. */
	firstPc: number;
	endPc: number;
	/** The checked tree's symbol, null for statics. */
	symbol: VariableSymbol | null;
}

/** What the debugger and the interpreter know of a C function. */
export interface FunctionInfo {
	name: string;
	/** Index in the function table; its address is functionAddress(index). */
	index: number;
	file: string;
	line: number;
	firstPc: number;
	endPc: number;
	/** Where a breakpoint on the function stands: reached once a call. */
	entry: number;
	/** Register slots of a frame, argument windows of its calls included. */
	registers: number;
	/** Bytes of kernel stack of a frame, a multiple of 16. */
	frameSize: number;
	/** Objects in the frame's memory, by distance from the frame's stack pointer. */
	frameObjects: readonly { readonly offset: number; readonly size: number }[];
	/** Fixed parameters. */
	parameters: number;
	variadic: boolean;
	returnType: CType;
	/** Declared by the kernel's own text: no breakpoints, stepping goes through. */
	kernelText: boolean;
	/** Name of the module that defines it. */
	module: string;
	/** False for `static` functions. */
	external: boolean;
	variables: VariableInfo[];
	/** Sorted by pc; each row holds up to the next one. */
	lines: LineRow[];
}

/** A row of a function's line table. */
export interface LineRow {
	/** Absolute. */
	pc: number;
	line: number;
	column: number;
	/** Index into Program.files. */
	file: number;
	/** A statement begins here: breakpoints and interrupts come in before it. */
	statement: boolean;
}

export interface SourcePosition {
	file: string;
	/** 1-based. */
	line: number;
	column: number;
}

/** An object of static storage. */
export interface GlobalInfo {
	name: string;
	type: CType;
	/** Signed pointer. */
	address: number;
	size: number;
	/** Module whose file defines it. */
	module: string;
	/** False for `static` ones. */
	external: boolean;
	readOnly: boolean;
	/** The function whose static it is, null at file scope. */
	owner: string | null;
}
