/** Power-on: the kernel of a machine, and its first thread. */
import { allNodes, type DeviceTree, type DtNode } from "../devicetree/tree";
import type { AddressSpace, Mapping } from "../language/vm/address-space";
import { FaultKind, MemoryFault } from "../language/vm/fault";
import type { Vm } from "../language/vm/vm";
import type { Component } from "../sim/component";
import type { Machine } from "../sim/machine";
import { Response } from "../sim/observers";
import { allFunctions } from "./all-functions";
import { bindKernelFunctions } from "./bind";
import type { BoardDevice } from "./board-device";
import { checkPointerCall } from "./dmaengine/callback-check";
import { createKernelFiles } from "./fs/kernel-files";
import { enableMemoryChecks } from "./kasan/report";
import { Kernel, type KernelOptions } from "./kernel";
import { createKernelState } from "./kernel-state";
import { seedRandom } from "./lib/random";
import { lockdepOn } from "./locks/lockdep-state";
import { afterHostCall, syncClock } from "./sched/clock";
import { addThread, createThread } from "./sched/threads";

/**
 * A kernel on a machine that is just powered on: nothing has run, only the idle thread exists. Its functions are in the
 * virtual machine's table, so programs can be loaded; `startBoot` makes the thread that boots. `tree` is the board's
 * devicetree: without it there are no device nodes, only devices.
 */
export function createKernel(parts: {
	machine: Machine;
	devices: readonly BoardDevice[];
	tree?: DeviceTree | null;
	vm: Vm;
	space: AddressSpace;
	options?: KernelOptions;
}): Kernel {
	const { machine, devices, vm, space } = parts;
	const tree = parts.tree ?? treeOf(devices);
	const options = parts.options ?? {};
	const k = new Kernel({
		machine,
		devices,
		tree,
		vm,
		space,
		options,
		functions: allFunctions,
		state: createKernelState(),
	});
	if (options.memoryChecks) enableMemoryChecks(k);
	if (lockdepOn(k)) vm.onPointerCall = (index, first) => checkPointerCall(k, index, first);
	machine.register(new SpaceState(space));
	machine.register(new CpuCount(vm));
	bindKernelFunctions(k);
	connectMmio(k);
	if (options.seed !== undefined) seedRandom(k, options.seed);
	addThread(k, "swapper/0", "idle");
	createKernelFiles(k);
	return k;
}

/**
 * Makes the boot thread. It runs the built-in drivers, then the init of every module that `addModule` has entered, then
 * the KUnit suites unless `tests` is false. `k.state.boot.phase` tells how far it is; with `stopWhenLoaded` the run stops
 * (Stop "machine") when all modules have been loaded.
 */
export function startBoot(k: Kernel, how: { tests: boolean; stopWhenLoaded?: boolean }): void {
	k.state.boot.tests = how.tests;
	k.state.boot.stopWhenLoaded = how.stopWhenLoaded ?? false;
	createThread(k, "init", "init", "kernel_init", []);
}

/** Unloads every live module, the last one first, on a thread of its own (`run --unload`). */
export function startUnload(k: Kernel): void {
	k.state.end = null;
	createThread(k, "rmmod", "init", "unload_all_modules", []);
}

/** Loads one more module while the machine runs (`insmod`); `index` is what addModule returned. */
export function startInsmod(k: Kernel, index: number): void {
	k.state.end = null;
	createThread(k, "insmod", "init", "load_module", [index]);
}

/** Unloads one module (`rmmod`). */
export function startRmmod(k: Kernel, index: number): void {
	k.state.end = null;
	createThread(k, "rmmod", "init", "unload_module", [index]);
}

/** The tree that the devices' nodes hang in, labels and phandles found in it. */
function treeOf(devices: readonly BoardDevice[]): DeviceTree | null {
	let root: DtNode | null = devices[0]?.node ?? null;
	while (root?.parent) root = root.parent;
	if (!root) return null;
	const labels = new Map<string, DtNode>();
	const phandles = new Map<number, DtNode>();
	for (const node of allNodes(root)) {
		for (const label of node.labels) labels.set(label, node);
		if (node.phandle !== 0) phandles.set(node.phandle, node);
	}
	return { root, labels, phandles };
}

/** How many statements have run: part of the state, so that replays agree. */
class CpuCount implements Component {
	readonly name = "cpu";
	constructor(private readonly vm: Vm) {}
	get state(): { statements: number } {
		return { statements: this.vm.statements };
	}
	set state(saved: { statements: number }) {
		this.vm.statements = saved.statements;
	}
	onEvent(): void {}
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
