/** What the debugger sees of a stack: frames, source positions, variables. */
import type { FunctionInfo, SourcePosition, VariableInfo } from "./debug-info";
import type { Program } from "./program";
import { type CType, integerOf, sizeOf } from "./types";
import type { AddressSpace } from "./vm/address-space";
import { FRAME_BASE, FRAME_FUNCTION, FRAME_INTS, FRAME_PC, FRAME_SP, type Stack, WINDOW_HIGH } from "./vm/stack";

const TWO32 = 4294967296;

export interface FrameView {
	/** Depth of the frame, 0 = outermost. */
	index: number;
	kind: "c" | "host";
	/** Index in the function table. */
	function: number;
	name: string;
	/** null for host frames. */
	info: FunctionInfo | null;
	pc: number;
	/** First register slot. */
	base: number;
	/** Signed pointer to the frame's memory. */
	sp: number;
	position: SourcePosition | null;
}

/** The frame at depth `index` (0 = outermost). A caller's position is that of its call. */
export function frameAt(program: Program, stack: Stack, index: number): FrameView {
	const at = index * FRAME_INTS;
	const fn = stack.frames[at + FRAME_FUNCTION];
	const pc = stack.frames[at + FRAME_PC];
	const entry = program.vm.functions[fn];
	const info = pc >= 0 && entry?.kind === "c" ? entry.info : null;
	const innermost = index === stack.depth - 1;
	return {
		index,
		kind: pc < 0 ? "host" : "c",
		function: fn,
		name: entry?.name ?? "?",
		info,
		pc,
		base: stack.frames[at + FRAME_BASE],
		sp: WINDOW_HIGH * TWO32 + (stack.frames[at + FRAME_SP] >>> 0),
		position: info ? program.position(info, innermost ? pc : Math.max(info.firstPc, pc - 1)) : null,
	};
}

/** Where a variable is at this moment. */
export type ValueLocation =
	/** Absolute slot in stack.regs. */
	| { kind: "register"; slot: number }
	/** Signed pointer. */
	| { kind: "memory"; address: number };

export interface VariableView {
	name: string;
	type: CType;
	location: ValueLocation;
	parameter: boolean;
	info: VariableInfo;
}

/** Variables in scope in a C frame, parameters first; of several with one name only the innermost. */
export function variablesAt(program: Program, stack: Stack, index: number): VariableView[] {
	const frame = frameAt(program, stack, index);
	if (!frame.info) return [];
	const innermost = index === stack.depth - 1;
	const views = new Map<string, VariableView>();
	for (const variable of variablesInScope(frame.info, innermost ? frame.pc : frame.pc - 1))
		views.set(variable.name, {
			name: variable.name,
			type: variable.type,
			location: locate(frame, variable),
			parameter: variable.parameter,
			info: variable,
		});
	return [...views.values()];
}

/** Variables whose scope holds `pc`, outer ones before inner ones. */
export function variablesInScope(info: FunctionInfo, pc: number): VariableInfo[] {
	return info.variables.filter(
		(variable) => (variable.parameter || variable.firstPc <= pc) && (pc < variable.endPc || variable.parameter),
	);
}

function locate(frame: FrameView, variable: VariableInfo): ValueLocation {
	switch (variable.location.kind) {
		case "register":
			return { kind: "register", slot: frame.base + variable.location.slot };
		case "memory":
			return { kind: "memory", address: frame.sp + variable.location.offset };
		default:
			return { kind: "memory", address: variable.location.address };
	}
}

/** A scalar's value, in the range of its type (pointers unsigned). Throws MemoryFault. */
export function readScalar(space: AddressSpace, stack: Stack, location: ValueLocation, type: CType): bigint {
	const size = sizeOf(type);
	let value: bigint;
	if (location.kind === "register") {
		const lo = BigInt(stack.regs[location.slot] >>> 0);
		value = size === 8 ? (BigInt(stack.regs[location.slot + 1] >>> 0) << 32n) | lo : lo;
	} else {
		value = 0n;
		const bytes = space.readBytes(location.address, size);
		for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
	}
	return integerOf(type)?.signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value);
}

/** Stores a scalar, wrapped to its type. Throws MemoryFault. */
export function writeScalar(
	space: AddressSpace,
	stack: Stack,
	location: ValueLocation,
	type: CType,
	value: bigint,
): void {
	const size = sizeOf(type);
	const integer = integerOf(type);
	let wrapped = integer?.signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value);
	if (integer?.name === "_Bool") wrapped = value === 0n ? 0n : 1n;
	if (location.kind === "register") {
		stack.regs[location.slot] = Number(BigInt.asIntN(32, wrapped));
		if (size === 8) stack.regs[location.slot + 1] = Number(BigInt.asIntN(32, wrapped >> 32n));
		return;
	}
	const bytes = new Uint8Array(size);
	for (let i = 0; i < size; i++) bytes[i] = Number((wrapped >> BigInt(8 * i)) & 0xffn);
	space.writeBytes(location.address, bytes);
}
