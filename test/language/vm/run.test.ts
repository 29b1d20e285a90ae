import assert from "node:assert/strict";
import fc from "fast-check";
import { frameAt, readScalar, variablesAt, writeScalar } from "../../../src/language/frames";
import { INT, LONG, pointerTo, UINT } from "../../../src/language/types";
import { LINEAR_BASE, WINDOW_BASE } from "../../../src/language/vm/address-space";
import { Exit } from "../../../src/language/vm/exit";
import { FaultKind } from "../../../src/language/vm/fault";
import { bindPlain } from "../../../src/language/vm/host-call";
import { copyStack, pushHost, returnFromHost } from "../../../src/language/vm/stack";
import { functionAddress } from "../../../src/language/vm/vm";
import {
	binary,
	block,
	call,
	compare,
	define,
	deref,
	functionSymbol,
	get,
	give,
	load,
	loop,
	lv,
	number,
	run,
	set,
	unit,
	variable,
	when,
} from "../codegen/tree-builder";
import { BenchMachine } from "./bench-machine";

const STATEMENT = 20_000;
const kernel = (name: string, parameters = [INT]) => ({
	...functionSymbol(name, INT, parameters),
	kernel: true,
	storage: "extern" as const,
});

/** int f(int n) { int s = 0; while (n > 0) { s = s + twice(n); n = n - 1; } return s; } and a helper. */
function summing(machine: BenchMachine, helper = functionSymbol("twice", INT, [INT])): void {
	const x = variable("x", INT, { storage: "parameter" });
	const n = variable("n", INT, { storage: "parameter" });
	const s = variable("s", INT);
	const f = functionSymbol("f", INT, [INT]);
	const functions = [
		define(
			f,
			[n],
			[s],
			[
				run(set(lv(s), number(0)), 2),
				loop(
					compare(">", get(n), number(0)),
					block([
						run(set(lv(s), binary("+", get(s), call(helper, get(n)))), 4),
						run(set(lv(n), binary("-", get(n), number(1))), 5),
					]),
					3,
				),
				give(get(s), 7),
			],
		),
	];
	if (!helper.kernel) functions.push(define(helper, [x], [], [give(binary("+", get(x), get(x)), 10)]));
	machine.load(unit(functions));
}

describe("Vm.run", () => {
	it("counts statements and their time", () => {
		const machine = new BenchMachine();
		summing(machine);
		assert.equal(machine.call("f", [10]), 110);
		// s = 0, 11 conditions, 10 × (sum, decrement, return of twice), return
		assert.equal(machine.vm.statements, 1 + 11 + 30 + 1);
		assert.equal(machine.vm.used, 43 * STATEMENT);
	});

	it("gives the same result and count whatever the slack", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 12 * STATEMENT }), { minLength: 1 }), (slacks) => {
				const machine = new BenchMachine();
				summing(machine);
				let i = 0;
				let time = 0;
				const slack = (): number => {
					time += machine.vm.used;
					return slacks[i++ % slacks.length] + (i % 97 === 0 ? STATEMENT : 0) + (i > 500 ? STATEMENT : 0);
				};
				assert.equal(machine.call("f", [10], slack), 110);
				assert.equal(machine.vm.statements, 43);
				assert.equal(time + machine.vm.used, 43 * STATEMENT);
			}),
			{ numRuns: 50 },
		);
	});

	it("executes one statement with a slack of 1", () => {
		const machine = new BenchMachine();
		summing(machine);
		const stack = machine.start("f", [1]);
		const lines: number[] = [];
		while (machine.vm.run(stack, 1) === Exit.Slack)
			lines.push(frameAt(machine.program, stack, stack.depth - 1).position?.line ?? 0);
		assert.deepEqual(lines, [3, 4, 10, 5, 3, 7]);
	});

	it("charges plain calls and keeps the count exact for them", () => {
		const machine = new BenchMachine();
		const seen: number[] = [];
		machine.plain(
			"twice",
			bindPlain({ args: ["s32"], result: "s32" }, (x) => {
				seen.push(machine.vm.used);
				return 2 * x;
			}),
		);
		summing(machine, kernel("twice"));
		assert.equal(machine.call("f", [2]), 6);
		// s = 0, condition, sum: 3 statements, then its own 200 ns; then decrement, condition, sum, 200 ns
		assert.deepEqual(seen, [3 * STATEMENT + 200_000, 6 * STATEMENT + 400_000]);
	});

	it("comes back at a call of a step function and goes on with its result", () => {
		const machine = new BenchMachine();
		const index = machine.vm.addFunction({ kind: "step", name: "twice" });
		machine.plain("other", () => {});
		summing(machine, kernel("twice"));
		const { vm } = machine;
		const stack = machine.start("f", [2]);
		for (const want of [2, 1]) {
			assert.equal(vm.run(stack, 1e9), Exit.StepCall);
			assert.equal(vm.exitFunction, index);
			assert.equal(stack.regs[vm.exitBase], want);
			pushHost(stack, { fn: index, step: 0 }, vm.exitBase, vm.exitArgs);
			assert.equal(frameAt(machine.program, stack, 1).kind, "host");
			returnFromHost(stack, 2 * want, 0);
		}
		assert.equal(vm.run(stack, 1e9), Exit.HostReturn);
		assert.equal(vm.result("s32"), 6);
	});

	it("stops at breakpoints and passes them once", () => {
		const machine = new BenchMachine();
		summing(machine);
		const { vm, program } = machine;
		const pcs = program.statementPcs("test.c", 5);
		assert.equal(pcs.length, 1);
		program.setBreakpoints(pcs);
		const stack = machine.start("f", [2]);
		assert.equal(vm.run(stack, 1e9), Exit.Break);
		const views = variablesAt(program, stack, 0);
		assert.deepEqual(
			views.map((view) => [view.name, readScalar(vm.space, stack, view.location, view.type)]),
			[
				["n", 2n],
				["s", 4n],
			],
		);
		writeScalar(vm.space, stack, views[1].location, INT, 100n);
		assert.equal(vm.run(stack, 1e9), Exit.Break);
		vm.passBreak = true;
		assert.equal(vm.run(stack, 1e9), Exit.Break);
		program.setBreakpoints([]);
		assert.equal(vm.run(stack, 1e9), Exit.HostReturn);
		assert.equal(vm.result("s32"), 102);
	});

	it("goes on from a copy of the stack", () => {
		const machine = new BenchMachine();
		summing(machine);
		const stack = machine.start("f", [10]);
		assert.equal(machine.vm.run(stack, 20 * STATEMENT), Exit.Slack);
		const copy = copyStack(stack, machine.vm.functions);
		assert.equal(machine.vm.run(stack, 1e9), Exit.HostReturn);
		assert.equal(machine.vm.result("s32"), 110);
		assert.equal(machine.vm.run(copy, 1e9), Exit.HostReturn);
		assert.equal(machine.vm.result("s32"), 110);
	});
});

describe("faults", () => {
	const p = variable("p", pointerTo(UINT), { storage: "parameter" });
	const reader = () =>
		define(functionSymbol("read", UINT, [pointerTo(UINT)]), [p], [], [give(load(deref(UINT, get(p))), 3)]);
	const fault = (address: number): { machine: BenchMachine; line: number } => {
		const machine = new BenchMachine();
		machine.load(unit([reader()]));
		const stack = machine.start("read", [address]);
		assert.equal(machine.vm.run(stack, 1e9), Exit.Fault);
		return { machine, line: frameAt(machine.program, stack, 0).position?.line ?? 0 };
	};

	it("names the line, address and kind of NULL, wild and small negative pointers", () => {
		for (const address of [0, 0x1234, -5, WINDOW_BASE + 0x10000000, LINEAR_BASE + 2 ** 40, functionAddress(0)]) {
			const { machine, line } = fault(address);
			assert.equal(machine.vm.faultKind, FaultKind.Unmapped);
			assert.equal(machine.vm.faultAddress, address);
			assert.equal(line, 3);
		}
	});

	it("reaches device memory aligned and faults when misaligned", () => {
		const machine = new BenchMachine();
		machine.load(unit([reader()]));
		machine.space.mmio = { read: (phys, size) => phys + size, write: () => {} };
		machine.space.map(WINDOW_BASE + 0x100000, 0x10000000, 1, "mmio");
		assert.equal(machine.call("read", [WINDOW_BASE + 0x100008]), 0x1000000c);
		const stack = machine.start("read", [WINDOW_BASE + 0x100002]);
		assert.equal(machine.vm.run(stack, 1e9), Exit.Fault);
		assert.equal(machine.vm.faultKind, FaultKind.Misaligned);
	});

	it("reads unaligned RAM, across pages too", () => {
		const machine = new BenchMachine();
		machine.load(unit([reader()]));
		const address = machine.allocate(8192) + 4094;
		machine.space.w32(address, 0x89abcdef);
		assert.equal(machine.call("read", [address]), 0x89abcdef);
	});

	it("ends endless recursion at the bottom of the kernel stack", () => {
		const n = variable("n", INT, { storage: "parameter" });
		const f = functionSymbol("f", INT, [INT]);
		const machine = new BenchMachine();
		machine.load(unit([define(f, [n], [], [give(binary("+", call(f, get(n)), number(1)), 2)])]));
		const stack = machine.start("f", [1]);
		assert.equal(machine.vm.run(stack, 1e12), Exit.Fault);
		assert.equal(machine.vm.faultKind, FaultKind.StackOverflow);
		// 16 KiB in frames of at least 32 bytes
		assert.ok(stack.depth > 100 && stack.depth <= 512);
		assert.equal(frameAt(machine.program, stack, stack.depth - 1).position?.line, 2);
	});

	it("wraps integers as C does at 32 bits", () => {
		const a = variable("a", UINT, { storage: "parameter" });
		const machine = new BenchMachine();
		machine.load(
			unit([
				define(
					functionSymbol("inc", UINT, [UINT]),
					[a],
					[],
					[
						when(compare("<", get(a), number(5, UINT)), give(number(1, UINT))),
						give(binary("+", get(a), number(1, UINT))),
					],
				),
				define(
					functionSymbol("twice64", LONG, [LONG]),
					[variableLong],
					[],
					[give(binary("*", get(variableLong), number(3n << 32n, LONG)))],
				),
			]),
		);
		assert.equal(machine.call("inc", [0xffffffff]), 0);
		assert.equal(machine.call("inc", [0xfffffffe]), 0xffffffff);
		assert.equal(machine.call("twice64", [-2]), -6 * 2 ** 32);
	});
});

const variableLong = variable("v", LONG, { storage: "parameter" });
