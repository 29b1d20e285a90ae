/** Power-on: the kernel of a machine, and its first thread. */
import type { AddressSpace, Mapping } from "../language/vm/address-space";
import { FaultKind, MemoryFault } from "../language/vm/fault";
import type { Vm } from "../language/vm/vm";
import type { Component } from "../sim/component";
import type { Machine } from "../sim/machine";
import { Response } from "../sim/observers";
import { allFunctions } from "./all-functions";
import { bindKernelFunctions } from "./bind";
import type { BoardDevice } from "./board-device";
import { Kernel } from "./kernel";
import { createKernelState } from "./kernel-state";
import { afterHostCall, syncClock } from "./sched/clock";
import { addThread } from "./sched/threads";

export interface KernelOptions {
	/** Feeds get_random_*; nothing else. */
	readonly seed?: number;
	/** Module parameters by "module.name". */
	readonly params?: Readonly<Record<string, string>>;
}

/**
 * A kernel on a machine that is just powered on: nothing has run, only the idle thread exists. Its functions are in the
 * virtual machine's table, so programs can be loaded; `startBoot` makes the thread that boots.
 */
export function createKernel(parts: {
	machine: Machine;
	devices: readonly BoardDevice[];
	vm: Vm;
	space: AddressSpace;
	options?: KernelOptions;
}): Kernel {
	const { machine, devices, vm, space } = parts;
	const k = new Kernel({ machine, devices, vm, space, functions: allFunctions, state: createKernelState() });
	machine.register(new SpaceState(space));
	bindKernelFunctions(k);
	connectMmio(k);
	addThread(k, "swapper/0", "idle");
	return k;
}

/** The page table as a part of the machine's state. */
class SpaceState implements Component {
	readonly name = "address-space";
	private restoredMappings: Mapping[] | null = null;

	constructor(private readonly space: AddressSpace) {}

	get state(): { mappings: Mapping[] } {
		return { mappings: this.space.save() };
	}
	set state(saved: { mappings: Mapping[] }) {
		this.restoredMappings = saved.mappings;
	}
	onEvent(): void {}
	restored(): void {
		if (this.restoredMappings) this.space.restore(this.restoredMappings);
		this.restoredMappings = null;
	}
}

/** MMIO read and write by the CPU: 100 ns and 50 ns (machine.md, Time). */
const MMIO_READ_PS = 100_000;
const MMIO_WRITE_PS = 50_000;

/** Loads and stores of device memory go over the bus at their own time; an error response is a synchronous abort. */
function connectMmio(k: Kernel): void {
	const { machine, space } = k;
	space.mmio = {
		read(phys, size) {
			payForAccess(k, MMIO_READ_PS);
			const value = machine.bus.read(phys, size);
			if (machine.bus.result !== Response.OKAY) throw new MemoryFault(phys, size, false, FaultKind.Bus);
			afterHostCall(k);
			return value;
		},
		write(phys, size, value) {
			payForAccess(k, MMIO_WRITE_PS);
			machine.bus.write(phys, size, value);
			if (machine.bus.result !== Response.OKAY) throw new MemoryFault(phys, size, true, FaultKind.Bus);
			afterHostCall(k);
		},
	};
}

function payForAccess(k: Kernel, ps: number): void {
	if (k.vm.current !== null) {
		k.vm.used += ps;
		syncClock(k);
	} else {
		k.state.cpu.busyUntil = Math.max(k.state.cpu.busyUntil, k.machine.time) + ps;
	}
}
