/**
 * Expressions of the debugger: compiled like C, run as a frame on top of a stack. The frame reads and writes the
 * variables of the frame that it is for in their own registers and memory.
 */
import { Emitter, type RelocationTarget } from "./codegen/emitter";
import { discard, expression as generate } from "./codegen/expressions";
import { bitFieldOf, Generator } from "./codegen/generator";
import { lvalue } from "./codegen/lvalues";
import { isRecord, isWide, signed } from "./codegen/places";
import { recordPlace } from "./codegen/records";
import { checkExpression } from "./compile";
import type { VariableInfo } from "./debug-info";
import type { Diagnostic } from "./diagnostics";
import { frameAt, type ValueLocation, variablesInScope } from "./frames";
import type { MacroTable } from "./preprocessor/macros";
import type { LoadedModule, Program } from "./program";
import type { Expression, OrdinaryName, UnitScope } from "./tree";
import { type CType, integerOf, sizeOf } from "./types";
import { Op } from "./vm/opcodes";
import { setShadow } from "./vm/shadow";
import { frameTop, pushFrame, reserveRegs, type Stack, stackPointer, WINDOW_HIGH } from "./vm/stack";
import { functionAddress } from "./vm/vm";

const TWO32 = 4294967296;
/** Bytes of kernel stack that an expression may use for strings and record temporaries. */
const EXPRESSION_FRAME = 1024;

/** The frame whose variables an expression sees. */
export interface ExpressionScope {
	module: LoadedModule | null;
	/** Innermost first, to be asked before the file scope. */
	variables: VariableInfo[];
	/** First register slot, from the frame's base, that is free for the expression: both have the same base. */
	firstRegister: number;
	/** Bytes from the expression frame's stack pointer to the frame's. */
	memoryDistance: number;
	/** Absolute slot of the frame's first register. */
	base: number;
}

/** The scope of a C frame of a stack (by depth); null for file scope only. */
export function scopeOfFrame(program: Program, stack: Stack, index: number): ExpressionScope | null {
	const frame = frameAt(program, stack, index);
	const { info } = frame;
	if (!info) return null;
	const innermost = index === stack.depth - 1;
	return {
		module: program.modules.find((module) => module.name === info.module && module.functions.includes(info)) ?? null,
		variables: variablesInScope(info, innermost ? frame.pc : frame.pc - 1).reverse(),
		firstRegister: frameTop(stack, program.vm.functions) - frame.base,
		memoryDistance: frame.sp - (WINDOW_HIGH * TWO32 + (stackPointer(stack) >>> 0)) + EXPRESSION_FRAME,
		base: frame.base,
	};
}

/** Names of the frame's variables, for the front end. */
export function lookupInScope(scope: ExpressionScope | null, name: string): OrdinaryName | null {
	return scope?.variables.find((variable) => variable.name === name && variable.symbol)?.symbol ?? null;
}

export type ExpressionResult =
	| { kind: "void" }
	/** The result pair, in the range of the type (pointers unsigned). */
	| { kind: "value"; type: CType }
	/** The result pair is the address of an object of this type, which may be read and stored to. */
	| { kind: "address"; type: CType }
	/** A variable in a register; nothing has to run. */
	| { kind: "register"; type: CType; slot: number };

/** Code of one expression. Valid for every stack whose frame has the same distances (so: for the innermost frame). */
export interface CompiledExpression {
	pc: number;
	registers: number;
	/** How many of them are the frame's and of frames above it. */
	shared: number;
	result: ExpressionResult;
	strings: { offset: number; bytes: Uint8Array }[];
}

/**
 * Generates code for a checked expression. Throws Error with a message for the user when a name has no address (a
 * kernel function that is not built) or the expression needs more memory than there is.
 */
export function compileExpression(
	program: Program,
	scope: ExpressionScope | null,
	checked: Expression,
	module: LoadedModule | null = scope?.module ?? null,
): CompiledExpression {
	const out = new Emitter(checked.place);
	const g = new Generator(out, null, () => false);
	for (const { symbol, location } of [...(scope?.variables ?? [])].reverse()) {
		if (!symbol || !scope) continue;
		if (location.kind === "register") g.locations.set(symbol, location);
		else if (location.kind === "memory")
			g.locations.set(symbol, { kind: "local", offset: location.offset + scope.memoryDistance });
	}
	out.alloc(scope?.firstRegister ?? 0);
	const slot = out.alloc(2);
	const result = generateResult(g, checked, slot, scope);
	out.emit(Op.Done, slot);
	out.finish();
	const strings: CompiledExpression["strings"] = [];
	for (const relocation of out.relocations)
		relocate(program, module, out, relocation, (bytes) => {
			const offset = out.allocMemory(bytes.length, 1);
			strings.push({ offset, bytes });
			return offset;
		});
	if (out.frameSize > EXPRESSION_FRAME) throw new Error("the expression needs too much memory");
	const pc = program.vm.appendCode(out.words);
	return { pc, registers: out.registers, shared: scope?.firstRegister ?? 0, result, strings };
}

/** What an expression's text may refer to besides the frame's variables. */
export interface TextScope {
	/** File-scope names: CheckedUnit.scope of the frame's module, or of any when there is no frame. */
	unit: UnitScope;
	/** The prelude's macros. */
	macros?: MacroTable;
	/** Names that come before all others (chan, cookie, dma0chan3 …). */
	lookup?: (name: string) => OrdinaryName | null;
}

/** Parses, checks and compiles an expression. `compiled` is null when it is wrong; then `diagnostics` says why. */
export function compileText(
	program: Program,
	scope: ExpressionScope | null,
	text: string,
	names: TextScope,
): { compiled: CompiledExpression | null; diagnostics: readonly Diagnostic[] } {
	const lookup = (name: string): OrdinaryName | null => names.lookup?.(name) ?? lookupInScope(scope, name);
	const { expression, diagnostics } = checkExpression(text, {
		unit: names.unit,
		lookup,
		...(names.macros ? { macros: names.macros } : {}),
	});
	if (!expression) return { compiled: null, diagnostics };
	try {
		return { compiled: compileExpression(program, scope, expression), diagnostics };
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const at = { file: "<expression>", line: 1, column: 1, endLine: 1, endColumn: text.length + 1 };
		return { compiled: null, diagnostics: [{ code: "C0501", severity: "error", message, ...at }] };
	}
}

function generateResult(
	g: Generator,
	checked: Expression,
	slot: number,
	scope: ExpressionScope | null,
): ExpressionResult {
	const { type } = checked;
	if (type.kind === "void") {
		discard(g, checked);
		return { kind: "void" };
	}
	const operand =
		checked.kind === "load" || checked.kind === "decay" || checked.kind === "address" ? checked.operand : null;
	if (checked.kind === "load" && operand && !bitFieldOf(operand)) {
		const place = lvalue(g, operand);
		if (place.kind === "register") return { kind: "register", type, slot: place.slot + (scope?.base ?? 0) };
		g.addressOf(place, slot);
		return { kind: "address", type };
	}
	if (checked.kind === "decay" && operand) {
		g.addressOf(lvalue(g, operand), slot);
		return operand.type.kind === "array" ? { kind: "address", type: operand.type } : { kind: "value", type };
	}
	if (isRecord(type)) {
		g.addressOf(recordPlace(g, checked), slot);
		return { kind: "address", type };
	}
	generate(g, checked, slot);
	if (!isWide(type)) g.out.emit(signed(type) ? Op.Sx : Op.Zx, slot, slot);
	return { kind: "value", type };
}

function relocate(
	program: Program,
	module: LoadedModule | null,
	out: Emitter,
	relocation: { at: number; kind: "call" | "address"; target: RelocationTarget; offset: number },
	place: (bytes: Uint8Array) => number,
): void {
	const { at, target } = relocation;
	if (target.kind === "string") {
		// The string goes into the expression's own frame memory: Li64 becomes Lea and a Nop.
		const flags = out.words[at - 2] & ~0xff;
		out.words[at - 2] = Op.Lea | flags;
		out.words[at] = place(target.bytes) + relocation.offset;
		out.words[at + 1] = Op.Nop;
		return;
	}
	const address = program.resolveTarget(target, module);
	if (address === null) throw new Error(`'${target.name}' has no address in this program`);
	if (relocation.kind === "call") {
		out.words[at] = (address - functionAddress(0)) / 16;
		return;
	}
	out.words[at] = (address + relocation.offset) | 0;
	out.words[at + 1] = Math.floor((address + relocation.offset) / TWO32) | 0;
}

/**
 * Puts the expression's frame on the stack; `Vm.run` then executes it and comes back with Exit.HostReturn, the frame
 * gone. Returns false when the kernel stack has no room.
 */
export function startExpression(program: Program, stack: Stack, compiled: CompiledExpression): boolean {
	const { vm, expressionInfo } = program;
	const base = frameTop(stack, vm.functions) - compiled.shared;
	const callerSp = stackPointer(stack);
	if ((callerSp >>> 0) - (stack.memoryBottom - WINDOW_HIGH * TWO32) < EXPRESSION_FRAME) return false;
	const sp = (callerSp - EXPRESSION_FRAME) | 0;
	// One entry serves all expression frames, so it has the size of the largest.
	expressionInfo.registers = Math.max(expressionInfo.registers, compiled.registers);
	reserveRegs(stack, base + expressionInfo.registers);
	setShadow(vm.space, WINDOW_HIGH * TWO32 + (sp >>> 0), EXPRESSION_FRAME, 0);
	for (const { offset, bytes } of compiled.strings)
		vm.space.writeBytes(WINDOW_HIGH * TWO32 + (sp >>> 0) + offset, bytes);
	pushFrame(stack, program.expressionFunction, compiled.pc, base, sp);
	return true;
}

/** The value after Exit.HostReturn: a scalar in the range of its type, or the address of the object. */
export function expressionValue(program: Program, compiled: CompiledExpression): bigint {
	const { vm } = program;
	const raw = (BigInt(vm.resultHi) << 32n) | BigInt(vm.resultLo >>> 0);
	const { result } = compiled;
	if (result.kind !== "value") return raw;
	const bits = 8 * sizeOf(result.type);
	return integerOf(result.type)?.signed ? BigInt.asIntN(bits, raw) : BigInt.asUintN(bits, raw);
}

/** Where the result is, when it is an object; to be called after the expression has run. */
export function expressionLocation(program: Program, compiled: CompiledExpression): ValueLocation | null {
	const { result } = compiled;
	if (result.kind === "register") return { kind: "register", slot: result.slot };
	if (result.kind !== "address") return null;
	return { kind: "memory", address: program.vm.result("ptr") };
}
