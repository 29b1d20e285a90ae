/** Parameters of modules that are not there, and a module of the name of a built-in one. */
import assert from "node:assert/strict";
import { load } from "../../src/session/load";

const FILE = "static int len;\nmodule_param(len, int, 0);\nstatic int f(void) { return 0; }\nmodule_init(f);\n";

function warnings(program: string, params: Record<string, string>): string[] {
	const result = load({ program: [program], params }, { readFile: (name) => (name === program ? FILE : null) });
	assert.equal(result.kind, "ok");
	return result.kind === "ok" ? result.warnings.map(({ severity, message }) => `${severity}: ${message}`) : [];
}

describe("what a launch says of its modules", () => {
	it("a parameter of a module that is not there", () => {
		assert.deepEqual(warnings("uart-tx.c", { "uart_tx.len": "4", "uart-tx.len": "5", "dmatest.iterations": "1" }), []);
		assert.deepEqual(warnings("uart-tx.c", { "uart.len": "4" }), [
			"warning: parameter uart.len=4: there is no module uart here; there are: uart_tx, dmatest",
		]);
	});

	it("a file that takes the place of the built-in dmatest", () => {
		assert.deepEqual(warnings("dmatest.c", { "dmatest.len": "4" }), [
			"warning: this module takes the place of the built-in dmatest; its parameters go here",
		]);
	});
});
