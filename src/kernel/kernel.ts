/**
 * The kernel of one machine: what ties the machine, the C virtual machine and the kernel's state together. Behaviour
 * lives in the functions beside each kind of state; this class only finds things.
 */
import type { DeviceTree } from "../devicetree/tree";
import type { GlobalInfo, SourcePosition } from "../language/debug-info";
import type { AddressSpace } from "../language/vm/address-space";
import { functionAddress, type Vm } from "../language/vm/vm";
import type { Component } from "../sim/component";
import type { Machine } from "../sim/machine";
import type { BoardDevice } from "./board-device";
import type { KernelFunction } from "./functions";
import type { KernelState } from "./kernel-state";
import type { Thread } from "./state";
import { onKernelEvent } from "./timers/events";
import { DEFAULT_VERSION, type KernelVersion } from "./version";

/** What the debugger asks of the run loop; not part of the machine's state. */
export interface DebugHooks {
	/** 1 at each function index that has a function breakpoint. */
	functionBreaks: Uint8Array;
	/** Names and lines of the C that is loaded; null while nothing is. */
	symbols: Symbols | null;
}

export interface KernelOptions {
	/** Checks every access of C to memory (kasan/). */
	readonly memoryChecks?: boolean | undefined;
	/** The locking validator (locks/lockdep.ts); on unless it is false. */
	readonly lockChecks?: boolean | undefined;
	/** Feeds get_random_*; nothing else. */
	readonly seed?: number | undefined;
	/** Which Linux it is; 6.12 unless it says otherwise. */
	readonly version?: KernelVersion | undefined;
	/** Module parameters by "module.name". */
	readonly params?: Readonly<Record<string, string>> | undefined;
}

export interface Symbols {
	/** Place of the statement whose code holds `pc`, or null. */
	positionAt(pc: number): SourcePosition | null;
	readonly globals: readonly GlobalInfo[];
}

export class Kernel implements Component {
	readonly name = "kernel";
	readonly machine: Machine;
	readonly vm: Vm;
	readonly space: AddressSpace;
	readonly devices: readonly BoardDevice[];
	/** The board's devicetree; null for a bare machine. */
	readonly tree: DeviceTree | null;
	readonly options: KernelOptions;
	/** Kernel functions by function index; C functions follow behind them in the Vm's table. */
	readonly functions: readonly KernelFunction[];
	readonly indexOf: ReadonlyMap<string, number>;
	readonly component: number;
	readonly debug: DebugHooks;
	state: KernelState;

	constructor(parts: {
		machine: Machine;
		vm: Vm;
		space: AddressSpace;
		devices: readonly BoardDevice[];
		tree: DeviceTree | null;
		options?: KernelOptions;
		functions: readonly KernelFunction[];
		state: KernelState;
	}) {
		this.machine = parts.machine;
		this.vm = parts.vm;
		this.space = parts.space;
		this.devices = parts.devices;
		this.tree = parts.tree;
		this.options = parts.options ?? {};
		this.functions = parts.functions;
		this.indexOf = new Map(parts.functions.map((f, index) => [f.signature.name, index]));
		this.state = parts.state;
		this.debug = { functionBreaks: new Uint8Array(parts.functions.length), symbols: null };
		this.component = parts.machine.register(this);
	}

	onEvent(kind: number, arg: number): void {
		onKernelEvent(this, kind, arg);
	}

	get version(): KernelVersion {
		return this.options.version ?? DEFAULT_VERSION;
	}

	/** The thread that has the CPU. */
	get current(): Thread {
		const thread = this.state.threads[this.state.cpu.current];
		if (!thread) throw new Error(`no thread ${this.state.cpu.current}`);
		return thread;
	}

	/** Address of a kernel function, as C sees it in a function pointer. Throws when there is none of that name. */
	address(name: string): number {
		const index = this.indexOf.get(name);
		if (index === undefined) throw new Error(`no kernel function ${name}`);
		return functionAddress(index);
	}
}
