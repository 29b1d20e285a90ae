/** A machine without a kernel: RAM, an address space, a virtual CPU and a program. */
import { Program } from "../../../src/language/program";
import type { CheckedUnit } from "../../../src/language/tree";
import { AddressSpace, PAGE_SIZE, WINDOW_BASE } from "../../../src/language/vm/address-space";
import { Exit } from "../../../src/language/vm/exit";
import { createStack, type Stack } from "../../../src/language/vm/stack";
import { Vm } from "../../../src/language/vm/vm";
import { PhysicalMemory } from "../../../src/sim/memory";

export const RAM = 0x80000000;
const STACK_PAGES = 4;

export class BenchMachine {
	readonly memory = new PhysicalMemory();
	readonly space: AddressSpace;
	readonly vm: Vm;
	program: Program;
	private nextPage = 256;
	private nextWindow = WINDOW_BASE;

	constructor() {
		this.memory.addRegion(RAM, 64 << 20);
		this.space = new AddressSpace(this.memory, RAM, 64 << 20);
		this.vm = new Vm(this.space);
		this.program = new Program(this.vm);
	}

	/** Adds plain kernel functions; to be called before programs are loaded. */
	plain(name: string, invoke: (regs: Int32Array, base: number, count: number) => void, cost = 200_000): void {
		this.vm.addFunction({ kind: "plain", name, invoke, cost });
		this.program = new Program(this.vm);
	}

	allocate(bytes: number): number {
		const pages = Math.ceil(bytes / PAGE_SIZE);
		const address = this.nextWindow;
		this.space.map(address, RAM + this.nextPage * PAGE_SIZE, pages, "ram");
		this.nextPage += pages;
		this.nextWindow += (pages + 1) * PAGE_SIZE;
		return address;
	}

	load(unit: CheckedUnit, name = "test") {
		const { module, errors } = this.program.loadModule(unit, { name, allocate: (bytes) => this.allocate(bytes) });
		if (!module) throw new Error(errors.map((error) => error.message).join("\n"));
		return module;
	}

	stack(): Stack {
		return createStack(this.allocate(STACK_PAGES * PAGE_SIZE) + STACK_PAGES * PAGE_SIZE);
	}

	/** Starts a function by name. */
	start(name: string, args: readonly number[] = []): Stack {
		const found = this.program.lookup(name);
		if (found?.kind !== "function") throw new Error(`no function ${name}`);
		const stack = this.stack();
		this.vm.pushCall(stack, found.index, args);
		return stack;
	}

	/** Runs to the end in slices of `slack` ps and returns the result as a signed 64-bit number. */
	call(name: string, args: readonly number[] = [], slack: () => number = () => 1e12): number {
		const stack = this.start(name, args);
		for (;;) {
			const exit = this.vm.run(stack, slack());
			if (exit === Exit.Slack) continue;
			if (exit === Exit.HostReturn) return this.vm.result("s64");
			throw new Error(`exit ${exit}, fault ${this.vm.faultKind} at ${this.vm.faultAddress}`);
		}
	}
}
