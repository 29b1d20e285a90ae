/** A machine that runs one C function on a thread, without boot: for what the debugger does with C alone. */
import assert from "node:assert/strict";
import { boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import { createKernel } from "../../src/kernel/boot";
import { allocateModuleSpace } from "../../src/kernel/mm/vmalloc";
import { addThread } from "../../src/kernel/sched/threads";
import { compile, createPrelude } from "../../src/language/compile";
import { Program } from "../../src/language/program";
import { AddressSpace } from "../../src/language/vm/address-space";
import { stackPointer } from "../../src/language/vm/stack";
import { Vm } from "../../src/language/vm/vm";
import type { DebugSessionApi, Progress, Stopped } from "../../src/session/api";
import { DebugSession } from "../../src/session/debug-session";
import { runOptions } from "../../src/session/options";
import { Simulation, type TraceDepth } from "../../src/session/simulation";

const PRELUDE =
	"typedef unsigned int u32; typedef unsigned char u8; typedef unsigned long size_t; typedef int bool_;\nsize_t strlen(const char *s);\nvoid dma_async_issue_pending(void *chan);\n";

/** A session about to run C function `entry` of the text, as file `test.c`. */
export function cSession(
	text: string,
	entry = "top",
	stopOnEntry = false,
	trace: TraceDepth = "log",
): { session: DebugSession; simulation: Simulation } {
	const board = boardSource("generic-axi-dmac");
	assert.ok(board);
	const { machine, devices, memory } = buildMachine(parseDts([board]).tree);
	const space = new AddressSpace(machine.memory, memory[0]!.base, memory[0]!.size);
	const vm = new Vm(space);
	const k = createKernel({ machine, devices, vm, space, options: {} });
	const program = new Program(vm);
	const { unit, diagnostics } = compile({
		prelude: createPrelude(PRELUDE),
		files: [{ path: "test.c", text }],
		readFile: () => null,
	});
	assert.deepEqual(
		diagnostics.filter(({ severity }) => severity === "error"),
		[],
	);
	const { errors } = program.loadModule(unit, {
		name: "test",
		allocate: (bytes) => allocateModuleSpace(k, bytes, false),
	});
	assert.deepEqual(errors, []);
	const found = program.lookup(entry);
	assert.ok(found?.kind === "function");
	const thread = addThread(k, "test", "init");
	vm.enter(thread.stack, found.index, 0, 0, stackPointer(thread.stack));
	k.state.cpu.queue.push(thread.id);
	const options = runOptions({ program: ["test.c"], stopOnEntry, untilNs: 1e9 });
	const simulation = new Simulation({ options, machine, k, program }, trace);
	return { session: new DebugSession(simulation), simulation };
}

/** Runs until the session stops or ends. */
export function settle(session: DebugSessionApi): Exclude<Progress, { kind: "running" }> {
	for (let slices = 0; slices < 10_000; slices++) {
		const progress = session.advance(50);
		if (progress.kind !== "running") return progress;
	}
	throw new Error("the run does not come to a stop");
}

export function stop(session: DebugSessionApi): Stopped {
	const progress = settle(session);
	assert.equal(progress.kind, "stopped", progress.kind === "ended" ? progress.report : "");
	return (progress as { stop: Stopped }).stop;
}

/** "function:line" of the innermost frame of a thread. */
export function where(session: DebugSessionApi, threadId: number): string {
	const frame = session.frames(threadId)[0];
	return frame ? `${frame.name}:${frame.line}` : "nowhere";
}

/** The variables of the first scope of the innermost frame, as text by name. */
export function locals(session: DebugSessionApi, threadId: number): Record<string, string> {
	const frame = session.frames(threadId)[0];
	const scope = frame && session.scopes(frame.id)[0];
	return Object.fromEntries((scope ? session.variables(scope.reference) : []).map(({ name, value }) => [name, value]));
}

/** The text of an expression's value, or "error: …". */
export function value(session: DebugSessionApi, expression: string, context: "watch" | "repl" = "watch"): string {
	let result = session.evaluate(expression, null, context);
	if (result.kind === "running") {
		settle(session);
		result = session.finishEvaluate();
	}
	if (result.kind === "value") return result.variable.value;
	return result.kind === "text" ? result.text : result.kind === "error" ? `error: ${result.message}` : "running";
}
