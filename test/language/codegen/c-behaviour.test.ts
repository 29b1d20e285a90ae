import assert from "node:assert/strict";
import fc from "fast-check";
import { frameAt } from "../../../src/language/frames";
import { Exit } from "../../../src/language/vm/exit";
import { FaultKind } from "../../../src/language/vm/fault";
import { bindPlain } from "../../../src/language/vm/host-call";
import { BenchMachine } from "../vm/bench-machine";
import { compileC } from "./c-compile";

const STATEMENT = 20_000;

function machineWith(code: string): BenchMachine {
	const machine = new BenchMachine();
	machine.plain(
		"kernel_add",
		bindPlain({ args: ["s32", "s32"], result: "s32" }, (a, b) => (a + b) | 0),
	);
	machine.load(compileC(code));
	return machine;
}

/** Statements that a call of test() executes. */
function count(code: string): number {
	const machine = machineWith(code);
	machine.call("test");
	return machine.vm.statements;
}

/** The line at which test() faults, and the kind. */
function faultOf(code: string): [number, FaultKind] {
	const machine = machineWith(code);
	const stack = machine.start("test");
	assert.equal(machine.vm.run(stack, 1e12), Exit.Fault);
	return [frameAt(machine.program, stack, stack.depth - 1).position?.line ?? 0, machine.vm.faultKind];
}

describe("what C costs", () => {
	it("counts a statement each, a condition of a loop each time", () => {
		// s = 0; 4 conditions; 3 bodies; return
		assert.equal(count("long test(void) { int s = 0, n = 3; while (n) n--; return s; }"), 2 + 4 + 3 + 1);
	});

	it("counts one statement a turn of for besides the body", () => {
		// the initialisation with the first condition, 3 × (body, step and condition), return
		assert.equal(count("long test(void) { int i, s = 0; for (i = 0; i < 3; i++) s += i; return s; }"), 1 + 1 + 6 + 1);
	});

	it("lets no loop be free, however empty", () => {
		const machine = machineWith(
			"void test(void) { for (;;) ; }\nvoid test2(void) { while (1) { } }\nvoid test3(void) { do { } while (1); }\nvoid test4(void) { x: goto x; }",
		);
		for (const name of ["test", "test2", "test3", "test4"]) {
			const stack = machine.start(name);
			assert.equal(machine.vm.run(stack, 100 * STATEMENT), Exit.Slack, name);
			assert.equal(machine.vm.used, 100 * STATEMENT);
		}
	});

	it("counts what a macro makes as one statement", () => {
		const macros =
			"#define TWICE(x) do { (x)++; (x)++; } while (0)\n#define MAX(a, b) ({ int _a = (a); int _b = (b); _a > _b ? _a : _b; })\n";
		assert.equal(count(`${macros}long test(void) { int n = 1; TWICE(n); n = MAX(n, 7); return n; }`), 4);
	});
});

describe("C in slices", () => {
	const CODE = `
struct s { int a; long b; };
static int log;
static void note(int *p) { log += *p; }
static long sum(int n, ...)
{
	__builtin_va_list ap;
	long s = 0;
	va_start(ap, n);
	while (n--)
		s += va_arg(ap, int);
	va_end(ap);
	return s;
}
static struct s twice(struct s x) { x.a *= 2; x.b *= 3; return x; }
long test(void)
{
	struct s v = { 1, 2 };
	int i;

	for (i = 0; i < 5; i++) {
		int c __attribute__((cleanup(note))) = i;
		v = twice(v);
		if (i == 3)
			continue;
		v.b += sum(3, i, kernel_add(i, 4), -1);
	}
	return v.a + v.b * 1000 + log;
}
`;

	it("give the same result, statements and time whatever the slack", () => {
		const whole = machineWith(CODE);
		const want = whole.call("test");
		const statements = whole.vm.statements;
		const used = whole.vm.used;
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 1, max: 30 * STATEMENT }), { minLength: 1, maxLength: 20 }), (slacks) => {
				const machine = machineWith(CODE);
				let i = 0;
				let time = 0;
				const got = machine.call("test", [], () => {
					time += machine.vm.used;
					return slacks[i++ % slacks.length];
				});
				assert.equal(got, want);
				assert.equal(machine.vm.statements, statements);
				assert.equal(time + machine.vm.used, used);
			}),
			{ numRuns: 40 },
		);
	});
});

describe("faults in C", () => {
	it("are at the line of the access", () => {
		assert.deepEqual(faultOf("long test(void)\n{\n\tint *p = 0;\n\n\treturn *p;\n}"), [5, FaultKind.Unmapped]);
		assert.deepEqual(
			faultOf(
				"struct s { long pad; int v; };\nlong test(void)\n{\n\tstruct s *p = (struct s *)-12;\n\tint a = 1;\n\ta +=\n\t\tp->v;\n\treturn a;\n}",
			),
			[6, FaultKind.Unmapped],
		);
	});

	it("catch calls of wild function pointers", () => {
		assert.deepEqual(faultOf("long test(void)\n{\n\tint (*f)(void) = (int (*)(void))0x1234;\n\treturn f();\n}"), [
			4,
			FaultKind.BadCall,
		]);
	});

	it("catch writes to string literals", () => {
		assert.deepEqual(faultOf('long test(void)\n{\n\tchar *s = "abc";\n\ts[0] = 1;\n\treturn 0;\n}'), [
			4,
			FaultKind.ReadOnly,
		]);
	});

	it("catch endless recursion", () => {
		const [line, kind] = faultOf("static int f(int n)\n{\n\treturn f(n + 1) + 1;\n}\nlong test(void) { return f(0); }");
		assert.deepEqual([line, kind], [3, FaultKind.StackOverflow]);
	});

	it("divide by zero as arm64 does", () => {
		const machine = machineWith("long test(void) { volatile int a = 7, z = 0; return a / z + (a % z) * 10; }");
		assert.equal(machine.call("test"), 70);
	});
});

describe("links", () => {
	it("name the kernel function that is not built, at its line", () => {
		const machine = new BenchMachine();
		const unit = compileC("long test(void)\n{\n\treturn kernel_add(1, 2);\n}");
		const { module, errors } = machine.program.loadModule(unit, {
			name: "m",
			allocate: (bytes) => machine.allocate(bytes),
		});
		assert.equal(module, null);
		assert.deepEqual(
			errors.map((error) => [error.name, error.position.line]),
			[["kernel_add", 3]],
		);
	});

	it("keep the statics of modules apart", () => {
		const machine = new BenchMachine();
		const code = (value: number): string =>
			`static int v = ${value};\nstatic int get(void) { return v; }\nlong test${value}(void) { return get(); }`;
		machine.load(compileC(code(1)), "a");
		machine.load(compileC(code(2)), "b");
		assert.equal(machine.call("test1"), 1);
		assert.equal(machine.call("test2"), 2);
	});
});
