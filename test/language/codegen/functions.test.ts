import assert from "node:assert/strict";
import { INT, LONG, pointerTo, UCHAR, UINT } from "../../../src/language/types";
import { BenchMachine } from "../vm/bench-machine";
import {
	binary,
	block,
	call,
	cast,
	compare,
	define,
	element,
	functionSymbol,
	get,
	give,
	loop,
	lv,
	number,
	run,
	set,
	unit,
	variable,
	when,
} from "./tree-builder";

describe("code generation from hand-built trees", () => {
	it("loops, adds and returns", () => {
		const n = variable("n", INT, { storage: "parameter" });
		const sum = variable("sum", LONG);
		const f = functionSymbol("sum", LONG, [INT]);
		const machine = new BenchMachine();
		machine.load(
			unit([
				define(
					f,
					[n],
					[sum],
					[
						run(set(lv(sum), number(0, LONG))),
						loop(
							compare(">", get(n), number(0)),
							block([
								run(set(lv(sum), binary("+", get(sum), binary("*", cast(LONG, get(n)), number(3_000_000_000n, LONG))))),
								run(set(lv(n), binary("-", get(n), number(1)))),
							]),
						),
						give(get(sum)),
					],
				),
			]),
		);
		// 3e9 * (1 + … + 100)
		assert.equal(machine.call("sum", [100]), 3e9 * 5050);
	});

	it("recurses with its own registers", () => {
		const n = variable("n", INT, { storage: "parameter" });
		const fib = functionSymbol("fib", INT, [INT]);
		const machine = new BenchMachine();
		machine.load(
			unit([
				define(
					fib,
					[n],
					[],
					[
						when(compare("<", get(n), number(2)), give(get(n))),
						give(binary("+", call(fib, binary("-", get(n), number(1))), call(fib, binary("-", get(n), number(2))))),
					],
				),
			]),
		);
		assert.equal(machine.call("fib", [20]), 6765);
	});

	it("indexes memory through pointers and wraps bytes", () => {
		const p = variable("p", pointerTo(UCHAR), { storage: "parameter" });
		const i = variable("i", UINT);
		const f = functionSymbol("fill", UINT, [pointerTo(UCHAR)]);
		const machine = new BenchMachine();
		machine.load(
			unit([
				define(
					f,
					[p],
					[i],
					[
						run(set(lv(i), number(0, UINT))),
						loop(
							compare("<", get(i), number(300, UINT)),
							block([
								run(set(element(get(p), get(i), UCHAR, 1), cast(UCHAR, get(i)))),
								run(set(lv(i), binary("+", get(i), number(1, UINT)))),
							]),
						),
						give(get(i)),
					],
				),
			]),
		);
		const buffer = machine.allocate(4096);
		assert.equal(machine.call("fill", [buffer]), 300);
		assert.equal(machine.space.r8(buffer + 255), 255);
		assert.equal(machine.space.r8(buffer + 299), 299 - 256);
		assert.equal(machine.space.r8(buffer + 300), 0);
	});
});
