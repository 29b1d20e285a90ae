import assert from "node:assert/strict";
import { BenchMachine } from "../vm/bench-machine";
import { cases } from "./c-cases";
import { compileC } from "./c-compile";

describe("C programs", () => {
	for (const { name, code, expected } of cases)
		it(name, () => {
			const machine = new BenchMachine();
			machine.load(compileC(code));
			machine.call("test");
			const { vm } = machine;
			assert.equal((BigInt(vm.resultHi) << 32n) | BigInt(vm.resultLo >>> 0), expected);
		});
});
