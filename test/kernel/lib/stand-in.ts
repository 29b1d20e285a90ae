/** As much of a kernel as its basics need: RAM, the address space, one thread, the log. */

import type { KernelFunction, VarArgs } from "../../../src/kernel/functions";
import type { Kernel } from "../../../src/kernel/kernel";
import { writeString } from "../../../src/kernel/lib/bytes";
import { createRandomState } from "../../../src/kernel/lib/random";
import { createMmState } from "../../../src/kernel/mm/state";
import { createPrintkState, logRecords } from "../../../src/kernel/printk/log";
import { AddressSpace } from "../../../src/language/vm/address-space";
import { createStack } from "../../../src/language/vm/stack";
import { Vm } from "../../../src/language/vm/vm";
import { Machine } from "../../../src/sim/machine";

export const RAM_BASE = 0x80000000;
export const RAM_SIZE = 64 * 1024 * 1024;
/** Memory that a test may write as it likes: the first MiB of RAM, which allocators leave alone. */
export const SCRATCH = -281474976710656;

export function standIn(): Kernel {
	const machine = new Machine();
	machine.memory.addRegion(RAM_BASE, RAM_SIZE);
	const space = new AddressSpace(machine.memory, RAM_BASE, RAM_SIZE);
	const vm = new Vm(space);
	const thread = {
		id: 0,
		name: "test",
		role: "init",
		stack: createStack(-140737488355328 + 0x60008000),
		state: { kind: "ready" },
		held: [],
		hardirq: 0,
		softirq: 0,
		bhDisabled: 0,
		preempt: 0,
		irqsOff: false,
		task: 0,
		pid: 42,
	};
	const k = {
		machine,
		space,
		vm,
		functions: [],
		indexOf: new Map(),
		debug: { functionBreaks: new Uint8Array(0), symbols: null },
		state: {
			mm: createMmState(),
			printk: createPrintkState(),
			random: createRandomState(),
			io: { claimed: [] },
			cpu: { current: 0, sleepWarning: -1 },
			threads: [thread],
			warnings: 0,
		},
		current: thread,
	};
	return k as unknown as Kernel;
}

/** Calls a plain function of a table by its name. */
export function invoke(k: Kernel, functions: readonly KernelFunction[], name: string, ...args: number[]): unknown {
	const found = functions.find((f) => f.signature.name === name);
	if (found?.kind !== "plain") throw new Error(`no plain function ${name}`);
	return found.run(k, ...args);
}

/** Variable arguments: numbers and pointers as 64-bit values; bigints for all 64 bits. */
export function varArgs(...values: (number | bigint)[]): VarArgs {
	const words = values.map((value) => BigInt.asIntN(64, BigInt(value)));
	return {
		count: values.length,
		low: (index) => Number(BigInt.asIntN(32, words[index] ?? 0n)),
		high: (index) => Number(BigInt.asIntN(32, (words[index] ?? 0n) >> 32n)),
		value: (index) => Number(words[index] ?? 0n),
	};
}

/** Puts a C string at SCRATCH + offset and returns its address. */
export function cString(k: Kernel, text: string, offset = 0): number {
	writeString(k, SCRATCH + offset, text);
	return SCRATCH + offset;
}

/** The texts in the log. */
export function logTexts(k: Kernel): string[] {
	return logRecords(k).map((record) => record.text);
}
