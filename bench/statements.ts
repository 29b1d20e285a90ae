/**
 * Statements per second of the virtual machine for a driver-like loop: struct members read and written through
 * pointers, flags tested, a helper called, a ring index wrapped. Prints one JSON object a line.
 */
import { PhysicalMemory } from "../src/sim/memory";
import { AddressSpace, LINEAR_BASE, WINDOW_BASE } from "../src/language/vm/address-space";
import { Exit } from "../src/language/vm/exit";
import { Op, STATEMENT } from "../src/language/vm/opcodes";
import { createStack } from "../src/language/vm/stack";
import { functionAddress, Vm } from "../src/language/vm/vm";
import { INT } from "../src/language/types";

const RAM = 0x80000000;

function machine(): Vm {
	const memory = new PhysicalMemory();
	memory.addRegion(RAM, 64 << 20);
	const space = new AddressSpace(memory, RAM, 64 << 20);
	space.map(WINDOW_BASE, RAM + (1 << 20), 16, "ram");
	return new Vm(space);
}

function addFunction(vm: Vm, name: string, parameters: number, registers: number, words: number[]): number {
	const firstPc = vm.appendCode(words);
	const info = {
		name,
		index: vm.functions.length,
		file: "bench.c",
		line: 1,
		firstPc,
		endPc: vm.codeLength,
		registers,
		frameSize: 0,
		parameters,
		variadic: false,
		returnType: INT,
		kernelText: false,
		module: "bench",
		external: true,
		lines: [],
		variables: [],
	};
	return vm.addFunction({ kind: "c", name, info });
}

/**
 * static int next(int i, int n) { if (i + 1 >= n) return 0; return i + 1; }
 * int loop(struct ring *r, int rounds)
 * { while (rounds > 0) { r->count = r->count + 1; if (r->flags & 2) r->flags = 1; r->buf[i] = count; sum += r->buf[j];
 *   i = next(i, 64); rounds--; } return sum; }
 */
function build(vm: Vm): number {
	const S = STATEMENT;
	const next = addFunction(vm, "next", 2, 8, [
		...[S | Op.AddI, 4, 0, 1],
		...[Op.Blt, 4, 2, 8],
		...[Op.Li, 5, 0],
		...[Op.Nop],
		...[S | Op.RetS, 4],
	]);
	return addFunction(vm, "loop", 2, 24, [
		// 0-1 r, 2 rounds, 4 i, 5 sum, 6.. temps
		...[S | Op.Li, 4, 0],
		...[S | Op.Li, 5, 0],
		/* 6 */ ...[S | Op.BleI, 2, 0, 52],
		/* 10 */ ...[S | Op.Ld32, 6, 0, 8],
		/* 14 */ ...[Op.AddI, 6, 6, 1],
		/* 18 */ ...[Op.St32, 6, 0, 8],
		/* 22 */ ...[S | Op.Ld32, 7, 0, 12],
		/* 26 */ ...[Op.AndI, 7, 7, 2],
		/* 30 */ ...[Op.Bnz, 7, 3],
		/* 33 */ ...[S | Op.Ld64, 8, 0, 16],
		/* 37 */ ...[Op.St32X, 6, 8, 4],
		/* 41 */ ...[S | Op.Add, 5, 5, 6],
		/* 45 */ ...[S | Op.AndI, 4, 5, 63],
		/* 49 */ ...[S | Op.AddI, 2, 2, -1],
		/* 53 */ ...[Op.Jmp, 6 - 53],
		/* 55 */ ...[Op.Nop, Op.Nop, Op.Nop],
		/* 58 */ ...[S | Op.RetS, 5],
		...[Op.Li, next, 0],
	]);
}

const vm = machine();
const loop = build(vm);
const ring = LINEAR_BASE + 4096;
vm.space.w64(ring + 16, LINEAR_BASE + 8192);
for (let round = 0; round < 5; round++) {
	const stack = createStack(WINDOW_BASE + 65536);
	const before = vm.statements;
	const start = performance.now();
	vm.pushCall(stack, loop, [ring, 5_000_000]);
	let exit = Exit.Slack;
	while (exit === Exit.Slack) exit = vm.run(stack, 2_000_000_000);
	const seconds = (performance.now() - start) / 1000;
	const value = Math.round((vm.statements - before) / seconds);
	console.log(JSON.stringify({ name: "statements by hand", value, unit: "statements/s", exit, at: functionAddress(0) }));
}
