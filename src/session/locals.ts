/** The C variables that a frame can see. */

import type { Kernel } from "../kernel/kernel";
import { THIS_MODULE_NAME } from "../kernel/module/structs";
import type { Thread } from "../kernel/state";
import type { FunctionInfo, VariableInfo } from "../language/debug-info";
import { FRAME_BASE, FRAME_INTS, FRAME_SP, type Stack, WINDOW_HIGH } from "../language/vm/stack";
import type { CodeMap } from "./code-map";
import { frameInfo } from "./frames";
import { statementPc } from "./position";
import { inMemory, type Value } from "./values";
import type { NamedValue } from "./variables";

const TWO32 = 4294967296;

/** Parameters and locals in scope where the frame stands; of equal names the innermost. */
export function localsOf(k: Kernel, thread: Thread, index: number): NamedValue[] {
	const info = frameInfo(k, thread, index);
	if (!info) return [];
	const visible = new Map<string, VariableInfo>();
	for (const variable of variablesInScope(info, statementPc(k, thread.stack, index)))
		visible.set(variable.name, variable);
	return [...visible.values()].map((variable) => ({
		name: variable.name,
		value: locate(thread.stack, index, variable),
		expression: variable.name,
	}));
}

function variablesInScope(info: FunctionInfo, pc: number): VariableInfo[] {
	return info.variables
		.filter((variable) => pc >= variable.firstPc && pc < variable.endPc && /^[A-Za-z_]\w*$/.test(variable.name))
		.sort((a, b) => a.firstPc - b.firstPc);
}

function locate(stack: Stack, index: number, variable: VariableInfo): Value {
	const { location, type } = variable;
	const at = index * FRAME_INTS;
	switch (location.kind) {
		case "register":
			return { at: "register", type, regs: stack.regs, slot: (stack.frames[at + FRAME_BASE] ?? 0) + location.slot };
		case "memory":
			return inMemory(type, WINDOW_HIGH * TWO32 + ((stack.frames[at + FRAME_SP] ?? 0) >>> 0) + location.offset);
		case "static":
			return inMemory(type, location.address);
		default:
			return location satisfies never;
	}
}

/** Objects of static storage at file scope, by name. */
export function globalsOf(code: CodeMap): NamedValue[] {
	return code.globals
		.filter(({ owner, name }) => owner === null && /^[A-Za-z_]\w*$/.test(name) && !isMadeUp(name))
		.map((global) => ({ name: global.name, value: inMemory(global.type, global.address), expression: global.name }));
}

/** Objects that macros of the kernel's headers make: nobody wrote their names. */
function isMadeUp(name: string): boolean {
	return name === THIS_MODULE_NAME || name.startsWith("__dmascope_");
}
