import assert from "node:assert/strict";
import {
	compileExpression,
	compileText,
	expressionLocation,
	expressionValue,
	lookupInScope,
	scopeOfFrame,
	startExpression,
} from "../../src/language/expression";
import { frameAt, readScalar, variablesAt } from "../../src/language/frames";
import type { Expression, VariableSymbol } from "../../src/language/tree";
import { CHAR, INT, pointerTo } from "../../src/language/types";
import { Exit } from "../../src/language/vm/exit";
import { bindPlain } from "../../src/language/vm/host-call";
import type { Stack } from "../../src/language/vm/stack";
import { compileC } from "./codegen/c-compile";
import {
	binary,
	call,
	define,
	functionSymbol,
	get,
	give,
	lv,
	number,
	run,
	set,
	unit,
	variable,
} from "./codegen/tree-builder";
import { BenchMachine } from "./vm/bench-machine";

/** int inner(int x) { int a = x * 2; return a; }  int outer(int y) { volatile int m = 7; return inner(y) + m; } */
function stopped(): { machine: BenchMachine; stack: Stack } {
	const machine = new BenchMachine();
	machine.plain(
		"strlen",
		bindPlain({ args: ["ptr"], result: "u64" }, (p) => machine.space.cstring(p).length),
	);
	const x = variable("x", INT, { storage: "parameter" });
	const a = variable("a", INT);
	const y = variable("y", INT, { storage: "parameter" });
	const m = variable("m", INT, { inMemory: true, align: 4 });
	const inner = functionSymbol("inner", INT, [INT]);
	const outer = functionSymbol("outer", INT, [INT]);
	machine.load(
		unit([
			define(inner, [x], [a], [run(set(lv(a), binary("*", get(x), number(2))), 2), give(get(a), 3)]),
			define(outer, [y], [m], [run(set(lv(m), number(7)), 6), give(binary("+", call(inner, get(y)), get(m)), 7)]),
		]),
	);
	machine.program.setBreakpoints(machine.program.statementPcs("test.c", 3));
	const stack = machine.start("outer", [21]);
	assert.equal(machine.vm.run(stack, 1e9), Exit.Break);
	return { machine, stack };
}

function evaluate(
	machine: BenchMachine,
	stack: Stack,
	index: number,
	build: (name: (n: string) => VariableSymbol) => Expression,
) {
	const scope = scopeOfFrame(machine.program, stack, index);
	const name = (text: string): VariableSymbol => {
		const found = lookupInScope(scope, text);
		if (found?.kind !== "variable") throw new Error(`no ${text}`);
		return found;
	};
	const compiled = compileExpression(machine.program, scope, build(name));
	const depth = stack.depth;
	assert.ok(startExpression(machine.program, stack, compiled));
	assert.equal(machine.vm.run(stack, 1e9), Exit.HostReturn);
	assert.equal(stack.depth, depth);
	return {
		compiled,
		value: expressionValue(machine.program, compiled),
		at: expressionLocation(machine.program, compiled),
	};
}

describe("debugger expressions", () => {
	it("read registers and memory of any frame", () => {
		const { machine, stack } = stopped();
		assert.equal(evaluate(machine, stack, 1, (n) => binary("+", get(n("x")), get(n("a")))).value, 63n);
		assert.equal(evaluate(machine, stack, 0, (n) => binary("+", get(n("y")), get(n("m")))).value, 28n);
	});

	it("give the place of a variable", () => {
		const { machine, stack } = stopped();
		const register = evaluate(machine, stack, 1, (n) => get(n("a"))).at;
		assert.deepEqual(register, variablesAt(machine.program, stack, 1).find((view) => view.name === "a")?.location);
		const memory = evaluate(machine, stack, 0, (n) => get(n("m"))).at;
		assert.equal(memory?.kind, "memory");
		assert.equal(memory && readScalar(machine.space, stack, memory, INT), 7n);
	});

	it("assign, and the program goes on with the new values", () => {
		const { machine, stack } = stopped();
		assert.equal(evaluate(machine, stack, 1, (n) => set(lv(n("a")), number(100))).value, 100n);
		assert.equal(evaluate(machine, stack, 0, (n) => set(lv(n("m")), number(1))).value, 1n);
		machine.program.setBreakpoints([]);
		assert.equal(machine.vm.run(stack, 1e9), Exit.HostReturn);
		assert.equal(machine.vm.result("s32"), 101);
	});

	it("call C and kernel functions, with strings", () => {
		const { machine, stack } = stopped();
		machine.program.setBreakpoints([]);
		const inner = functionSymbol("inner", INT, [INT]);
		assert.equal(evaluate(machine, stack, 1, () => call(inner, number(8))).value, 16n);
		const strlen = functionSymbol("strlen", INT, [pointerTo(CHAR)]);
		const text: Expression = {
			kind: "decay",
			type: pointerTo(CHAR),
			place: inner.place,
			operand: { kind: "string", type: CHAR, place: inner.place, bytes: new TextEncoder().encode("hello\0") },
		};
		assert.equal(evaluate(machine, stack, 1, () => call(strlen, text)).value, 5n);
		assert.equal(frameAt(machine.program, stack, 1).position?.line, 3);
	});
});

describe("expressions as text", () => {
	const CODE = `
struct pair { int a; unsigned char b[4]; };
static struct pair pairs[3] = { { 1, "abc" }, { 20 }, { 300 } };
static int calls;
static int twice(int x) { calls++; return 2 * x; }
static long work(struct pair *p, int n)
{
	long sum = 0;
	unsigned char small = 250;
	int i;

	for (i = 0; i < n; i++)
		sum += p[i].a;
	return sum;
}
long start(void) { int n = 3; return work(pairs, n) + twice(n); }
`;
	function atReturn(): { machine: BenchMachine; stack: Stack; value: (text: string, frame?: number) => bigint } {
		const machine = new BenchMachine();
		const { program, vm } = machine;
		const module = machine.load(compileC(CODE));
		program.setBreakpoints(program.statementPcs("test.c", 14));
		const stack = machine.start("start");
		assert.equal(vm.run(stack, 1e9), Exit.Break);
		const value = (text: string, frame = 1): bigint => {
			const scope = scopeOfFrame(program, stack, frame);
			const { compiled, diagnostics } = compileText(program, scope, text, { unit: module.unit.scope });
			if (!compiled) throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join());
			assert.ok(startExpression(program, stack, compiled));
			assert.equal(vm.run(stack, 1e9), Exit.HostReturn);
			const at = expressionLocation(program, compiled);
			if (at && "type" in compiled.result) return readScalar(machine.space, stack, at, compiled.result.type);
			return expressionValue(program, compiled);
		};
		return { machine, stack, value };
	}

	it("see locals, globals, members, casts and calls", () => {
		const { value } = atReturn();
		assert.equal(value("sum"), 321n);
		assert.equal(value("sum * 2 + n"), 645n);
		assert.equal(value("p[1].a"), 20n);
		assert.equal(value("p->b[2]"), 99n);
		assert.equal(value("(p + 2)->a == 300 && i == 3"), 1n);
		assert.equal(value("twice(n) + calls"), 7n);
		assert.equal(value("sizeof(struct pair)"), 8n);
		assert.equal(value("n", 0), 3n);
		assert.equal(value("&pairs[1] - pairs", 0), 1n);
		assert.equal(value("p[1].a = 7"), 7n);
		assert.equal(value("pairs[1].a", 0), 7n);
		assert.equal(value("small += 10"), 4n);
	});

	it("say what is wrong", () => {
		const { value } = atReturn();
		assert.throws(() => value("nothing + 1"), /nothing/);
		assert.throws(() => value("sum +"), /expression/);
		assert.throws(() => value("p->c"), /no member 'c'/);
	});

	it("change what the program returns", () => {
		const { machine, stack, value } = atReturn();
		value("sum = 1000");
		machine.program.setBreakpoints([]);
		assert.equal(machine.vm.run(stack, 1e9), Exit.HostReturn);
		assert.equal(machine.vm.result("s64"), 1006);
	});
});
