/** A machine with its kernel, driven call by call from a test: no C, no boot, only the parts under test. */
import { boardSource } from "../../../src/board/boards";
import { buildMachine } from "../../../src/board/machine";
import { parseDts } from "../../../src/devicetree/parser";
import { allFunctions } from "../../../src/kernel/all-functions";
import { bindKernelFunctions } from "../../../src/kernel/bind";
import { createNodes } from "../../../src/kernel/device/nodes";
import { createPlatformBus, populate } from "../../../src/kernel/device/platform-board";
import { device, platformDevice } from "../../../src/kernel/device/structs";
import { driverInits } from "../../../src/kernel/drivers";
import { call, type KernelFunction, plain, ret, step, steps } from "../../../src/kernel/functions";
import { Kernel } from "../../../src/kernel/kernel";
import { createKernelState } from "../../../src/kernel/kernel-state";
import { kzalloc } from "../../../src/kernel/mm/kmalloc";
import { allocateModuleSpace } from "../../../src/kernel/mm/vmalloc";
import { preludeText } from "../../../src/kernel/prelude";
import { run } from "../../../src/kernel/sched/run";
import { addThread, createThread } from "../../../src/kernel/sched/threads";
import { writeText } from "../../../src/kernel/text";
import { compile, createPrelude } from "../../../src/language/compile";
import { Program } from "../../../src/language/program";
import { AddressSpace } from "../../../src/language/vm/address-space";
import { Vm } from "../../../src/language/vm/vm";
import type { RecordFields, RecordKind } from "../../../src/sim/observers";

const RAM = 0x80000000;
export const LINEAR = -281474976710656;

export interface Note {
	readonly kind: RecordKind;
	readonly fields: RecordFields;
	readonly time: number;
}

/** A callback that was called: its parameter, and the result's address for callback_result. */
export interface CallbackCall {
	readonly param: number;
	readonly result?: { readonly result: number; readonly residue: number };
	readonly time: number;
}

export interface RigOptions {
	/** Devicetree text behind the board's. */
	readonly dts?: string;
	readonly functions?: readonly KernelFunction[];
	/** "generic-axi-dmac" by default. */
	readonly board?: string;
	/** Probe the built-in drivers (default). */
	readonly probe?: boolean;
}

export class Rig {
	readonly k: Kernel;
	readonly notes: Note[] = [];
	readonly callbacks: CallbackCall[] = [];
	readonly writes: [number, number][] = [];
	readonly oopses: string[] = [];
	private count = 0;

	constructor(options: RigOptions = {}) {
		const parsed = parseDts([
			boardSource(options.board ?? "generic-axi-dmac")!,
			{ text: options.dts ?? "", file: "test.dma", line: 1 },
		]);
		if (parsed.diagnostics.length > 0) throw new Error(JSON.stringify(parsed.diagnostics));
		const { machine, devices, memory } = buildMachine(parsed.tree);
		const space = new AddressSpace(machine.memory, memory[0].base, memory[0].size);
		const functions = [...allFunctions, ...this.testFunctions(), ...(options.functions ?? [])];
		const state = createKernelState();
		this.k = new Kernel({
			machine,
			devices,
			tree: parsed.tree,
			vm: new Vm(space),
			space,
			functions,
			state,
			options: {},
		});
		bindKernelFunctions(this.k);
		this.connectMmio();
		addThread(this.k, "swapper/0", "idle");
		machine.observers.add({
			record: (kind, fields) => this.notes.push({ kind, fields, time: machine.time }),
		});
		createThread(this.k, "ksoftirqd/0", "kthread", "run_ksoftirqd", []);
		createPlatformBus(this.k);
		createNodes(this.k);
		populate(this.k);
		if (options.probe !== false) for (const init of driverInits) this.call(init);
	}

	/** Loads and stores of device memory, as boot connects them, written down. */
	private connectMmio(): void {
		const { k } = this;
		const { machine } = k;
		const pay = (ps: number) => {
			k.state.cpu.busyUntil = Math.max(k.state.cpu.busyUntil, machine.time) + ps;
		};
		k.space.mmio = {
			read: (phys, size) => {
				pay(100_000);
				return machine.bus.read(phys, size);
			},
			write: (phys, size, value) => {
				pay(50_000);
				this.writes.push([phys, value]);
				machine.bus.write(phys, size, value);
			},
		};
	}

	private testFunctions(): KernelFunction[] {
		return [
			steps("long test_call(void *fn)", {
				call: step("Call what the test wants.", (_, f) => call(f.args[0], f.args.slice(1))),
				done: step("Give the test its result.", (_, f) => ret(f.result)),
			}),
			...plain({
				"void test_callback(void *param)": (k, param) => {
					this.callbacks.push({ param, time: k.machine.time });
				},
				"void test_callback_result(void *param, const struct dmaengine_result *result)": (k, param, result) => {
					const value = { result: k.space.r32(result), residue: k.space.r32(result + 4) };
					this.callbacks.push({ param, result: value, time: k.machine.time });
				},
			}),
		];
	}

	/** Calls a kernel function by name or address on a thread of its own and runs until it has returned. */
	call(target: string | number, ...args: number[]): number {
		const { k } = this;
		const address = typeof target === "string" ? k.address(target) : target;
		const thread = createThread(k, `test${this.count++}`, "init", "test_call", [address, ...args]);
		const isDone = () => thread.state.kind === "done";
		for (let turn = 0; !isDone(); turn++) {
			if (turn > 1_000_000) throw new Error(`${target} does not return: ${JSON.stringify(thread.state)}`);
			const stop = run(k, { limit: Number.POSITIVE_INFINITY, turns: 1, single: true });
			if (stop?.kind === "oops") this.oopses.push(k.state.oops?.message ?? "");
			if (k.state.end) {
				const end = k.state.end;
				k.state.end = null;
				if (thread.state.kind !== "done")
					throw new Error(`${target}: the run ends (${end.reason}, ${this.log().at(-1)})`);
			}
		}
		return thread.state.kind === "done" ? thread.state.result : 0;
	}

	/** Lets the machine run for `ps`, or until nothing is left to do. */
	run(ps = Number.POSITIVE_INFINITY): void {
		const { k } = this;
		const limit = k.machine.time + ps;
		while (!k.state.end) {
			const stop = run(k, { limit, turns: 1000, single: false });
			if (stop?.kind === "oops") this.oopses.push(k.state.oops?.message ?? "");
		}
		k.state.end = null;
	}

	/** Runs in small steps until `done` is true; throws after one second of virtual time. */
	until(done: () => boolean, what = "condition"): void {
		const { k } = this;
		const limit = k.machine.time + 1e12;
		while (!done()) {
			run(k, { limit, turns: 1, single: true });
			if (k.state.end) throw new Error(`${what} never came: ${k.state.end.reason}`);
		}
	}

	/** Loads C and returns the addresses of its functions by name. Fails on any diagnostic or missing name. */
	load(text: string): (name: string) => number {
		const { k } = this;
		const prelude = createPrelude(preludeText);
		const { unit, diagnostics } = compile({ prelude, files: [{ path: "test.c", text }], readFile: () => null });
		if (diagnostics.length > 0) throw new Error(diagnostics.map((d) => `${d.line}: ${d.message}`).join("\n"));
		const program = new Program(k.vm);
		const { errors } = program.loadModule(unit, {
			name: "test",
			allocate: (bytes) => allocateModuleSpace(k, bytes, false),
		});
		if (errors.length > 0) throw new Error(errors.map((e) => e.message).join("\n"));
		return (name) => {
			const found = program.lookup(name);
			if (found?.kind !== "function") throw new Error(`no function ${name}`);
			return found.address;
		};
	}

	log(): string[] {
		return this.notes.filter((note) => note.kind === "printk").map((note) => note.fields.text ?? "");
	}

	kinds(...wanted: RecordKind[]): Note[] {
		return this.notes.filter((note) => wanted.includes(note.kind));
	}

	/** Zeroed kernel memory. */
	memory(size: number): number {
		return kzalloc(this.k, size);
	}

	text(text: string): number {
		const at = this.memory(text.length + 1);
		writeText(this.k, at, text);
		return at;
	}

	/** The struct device of a board device, by label. */
	device(label: string): number {
		const index = this.k.devices.findIndex((d) => d.labels.includes(label));
		const record = this.k.state.devices.devices.find((d) => d.board === index);
		if (!record) throw new Error(`no device ${label}`);
		return record.address;
	}

	/** What the last probe of the controller returned. */
	probeResult(): number {
		return this.call("dw_probe", this.platform("dmac"));
	}

	deviceName(dev: number): string {
		return this.k.space.cstring(this.k.space.r64(device.kobj.at(dev)));
	}

	platform(label: string): number {
		return platformDevice.dev.container(this.device(label));
	}

	/** Requests any channel with the capability bits of `mask`; NULL is 0. */
	channel(mask = 1): number {
		const at = this.memory(8);
		this.k.space.w64(at, mask);
		return this.call("__dma_request_channel", at, 0, 0, 0);
	}
}

/** The pointer through which the CPU sees a physical address. */
export const pointer = (phys: number): number => LINEAR + (phys - RAM);
