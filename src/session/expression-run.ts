/** Compiled expressions run on the stack of a thread. */
import { type CompiledExpression, expressionLocation, expressionValue, startExpression } from "../language/expression";
import type { Expression } from "../language/tree";
import { VOID } from "../language/types";
import { Exit } from "../language/vm/exit";
import { FaultKind, formatPointer } from "../language/vm/fault";
import type { Stack } from "../language/vm/stack";
import { SessionError } from "./api";
import type { Simulation } from "./simulation";
import { inMemory, result, type Value } from "./values";

/** A watch that takes longer than this is given up, ps of virtual time: it is a loop. */
const LONGEST_PS = 100_000_000_000;

export interface Compiled {
	readonly code: CompiledExpression;
	readonly checked: Expression;
	readonly stack: Stack;
}

/** Runs what changes nothing, and leaves no trace above the stack's frames either: all of the stack is state. */
export function runPure(simulation: Simulation, compiled: Compiled): Value {
	const { vm } = simulation.k;
	const { stack } = compiled;
	const { regs, frames } = stack;
	const regsBefore = regs.slice();
	const framesBefore = frames.slice();
	const { statements } = vm;
	try {
		return runExpression(simulation, compiled);
	} finally {
		regs.set(regsBefore);
		frames.set(framesBefore);
		stack.regs = regs;
		stack.frames = frames;
		vm.statements = statements;
	}
}

/** Runs an expression as a frame on top of its stack. */
export function runExpression(simulation: Simulation, { code, stack }: Compiled): Value {
	const { program } = simulation;
	const { vm } = simulation.k;
	if (code.result.kind === "register")
		return { at: "register", type: code.result.type, regs: stack.regs, slot: code.result.slot };
	if (!startExpression(program, stack, code)) throw new SessionError("The stack has no room for an expression.");
	const depth = stack.depth;
	for (let used = 0; used < LONGEST_PS; used += Math.max(1, vm.used)) {
		const exit = vm.run(stack, LONGEST_PS - used);
		if (exit === Exit.HostReturn) return resultOf(simulation, code, stack, expressionValue(program, code));
		if (exit === Exit.Break) vm.passBreak = true;
		else if (exit !== Exit.Slack && exit !== Exit.KernelRequest) {
			unwind(stack, depth - 1);
			throw new SessionError(
				exit === Exit.Fault ? faultText(simulation) : "a function that sleeps or calls C cannot be called here",
			);
		}
	}
	unwind(stack, depth - 1);
	throw new SessionError("the expression runs too long");
}

function faultText(simulation: Simulation): string {
	const { vm } = simulation.k;
	if (vm.faultKind === FaultKind.StackOverflow) return "the stack overflows";
	if (vm.faultKind === FaultKind.Bug) return "the expression comes to a BUG()";
	const at = vm.faultAddress;
	return at >= 0 && at < 4096
		? "NULL is dereferenced"
		: `nothing can be ${vm.faultWrite ? "written" : "read"} at 0x${formatPointer(at)}`;
}

/** What a compiled expression's result is, when it has run on a stack with these bits as its result. */
export function resultOf(simulation: Simulation, code: CompiledExpression, stack: Stack, bits: bigint): Value {
	const { result: what } = code;
	if (what.kind === "void") return result(VOID, 0n);
	if (what.kind === "value") return result(what.type, bits);
	const location = expressionLocation(simulation.program, code);
	if (location?.kind === "register") return { at: "register", type: what.type, regs: stack.regs, slot: location.slot };
	return inMemory(what.type, location?.kind === "memory" ? location.address : 0);
}

/** Takes the frames above `depth` off a stack. */
function unwind(stack: Stack, depth: number): void {
	stack.depth = Math.min(stack.depth, depth);
	stack.hosts.length = stack.depth;
}
