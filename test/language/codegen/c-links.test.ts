import assert from "node:assert/strict";
import { BenchMachine } from "../vm/bench-machine";
import { compileC } from "./c-compile";

describe("several modules", () => {
	it("use what another one exports, and only that", () => {
		const machine = new BenchMachine();
		const provider = compileC(
			"int shared = 5;\nint give(void) { return shared + 1; }\nint hidden(void) { return 1; }\nEXPORT_SYMBOL(give);\nEXPORT_SYMBOL_GPL(shared);",
		);
		const module = machine.load(provider, "a");
		assert.deepEqual([...module.exports].sort(), ["give", "shared"]);
		machine.load(compileC("extern int shared;\nint give(void);\nlong test(void) { shared = 10; return give(); }"), "b");
		assert.equal(machine.call("test"), 11);
		const unit = compileC("int hidden(void);\nlong bad(void)\n{\n\treturn hidden();\n}");
		const { errors } = machine.program.loadModule(unit, { name: "c", allocate: (bytes) => machine.allocate(bytes) });
		assert.deepEqual(
			errors.map((error) => error.name),
			["hidden"],
		);
		machine.program.unloadModule("a");
		const again = machine.program.loadModule(compileC("int give(void);\nlong late(void) { return give(); }"), {
			name: "d",
			allocate: (bytes) => machine.allocate(bytes),
		});
		assert.deepEqual(
			again.errors.map((error) => error.name),
			["give"],
		);
	});

	it("follow aliases", () => {
		const machine = new BenchMachine();
		machine.load(
			compileC(
				'static int real(void) { return 9; }\nstatic int other(void) __attribute__((alias("real")));\nlong test(void) { return other() + (other == real); }',
			),
		);
		assert.equal(machine.call("test"), 10);
	});
});
