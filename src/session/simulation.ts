/** One machine with its kernel and programs: runs, is snapshotted, and says in the end how it went. */
import { startUnload } from "../kernel/boot";
import { looking } from "../kernel/io/looking";
import type { Kernel } from "../kernel/kernel";
import { contextName } from "../kernel/sched/context";
import { run } from "../kernel/sched/run";
import { callerPlace } from "../kernel/sched/trace";
import type { Program } from "../language/program";
import { Hasher } from "../sim/hash";
import type { Machine } from "../sim/machine";
import type { Observer } from "../sim/observers";
import type { Snapshot } from "../sim/snapshot";
import type { TraceContext } from "../trace/record";
import { Recorder } from "../trace/recorder";
import { TraceStore } from "../trace/store";
import type { SessionHost } from "./api";
import { ChannelNames } from "./channel-names";
import { CodeMap } from "./code-map";
import { Inputs } from "./inputs";
import type { RunOptions } from "./options";
import type { RenderContext } from "./render";
import { judge, type RunReport } from "./results";
import { sizeAt, symbolAt } from "./symbols";

/** What loading has built. */
export interface SimulationParts {
	readonly options: RunOptions;
	readonly machine: Machine;
	readonly k: Kernel;
	readonly program: Program;
	/** Where files come from that are loaded later (insmod). */
	readonly host?: SessionHost | undefined;
}

/** A whole simulation at one moment. */
export interface SimulationSnapshot {
	readonly machine: Snapshot;
	readonly statements: number;
	readonly records: number;
}

/** How much of what happens is kept. */
export type TraceDepth =
	/** What the kernel and the devices' lines say. */
	| "log"
	/** Every burst too. */
	| "full";

export class Simulation {
	readonly options: RunOptions;
	readonly machine: Machine;
	readonly k: Kernel;
	readonly program: Program;
	readonly host: SessionHost;
	readonly code: CodeMap;
	readonly store: TraceStore;
	readonly recorder: Recorder;
	readonly inputs: Inputs;
	readonly render: RenderContext;
	private readonly names: ChannelNames;
	/** What a scenario asked for that is not there, or of hardware that does not do it; each told once. */
	readonly hints: string[] = [];
	private readonly hinted = new Set<string>();
	private report: RunReport | null = null;

	constructor(parts: SimulationParts, trace: TraceDepth = "log", mostRecords = Number.POSITIVE_INFINITY) {
		this.options = parts.options;
		this.machine = parts.machine;
		this.k = parts.k;
		this.program = parts.program;
		this.host = parts.host ?? { readFile: () => null };
		this.code = new CodeMap(parts.program);
		this.k.debug.symbols = this.code;
		this.store = new TraceStore(mostRecords);
		this.recorder = new Recorder(this.traceContext(), this.store);
		this.machine.observers.add(trace === "full" ? this.recorder : logOnly(this.recorder));
		this.machine.observers.add({ warning: (device, code, text) => this.hint(device, code, text) });
		this.names = new ChannelNames(this.k);
		this.inputs = new Inputs(this.k);
		this.render = {
			space: this.k.space,
			symbolAt: (address) => symbolAt(this.k, this.code, address),
			sizeAt: (address) => sizeAt(this.k, this.code, address),
		};
	}

	private hint(device: number, code: string, text: string): void {
		const key = `${device} ${code}`;
		if (this.hinted.has(key)) return;
		this.hinted.add(key);
		const name = this.machine.components[device]?.name;
		this.hints.push(device === this.k.component || name === undefined ? text : `${name}: ${text}`);
	}

	/** Runs at most `turns` turns of the run loop; false when the run has ended. */
	advance(turns: number): boolean {
		const stop = run(this.k, { limit: this.options.limit, turns, single: false });
		return stop.kind !== "end" || this.goesOn();
	}

	/** After an end: whether there is more to do (`--unload`), which is then begun. */
	goesOn(): boolean {
		if (!this.options.unload || this.unloading || this.k.state.end?.reason !== "idle") return false;
		this.unloading = true;
		startUnload(this.k);
		return true;
	}
	private unloading = false;

	/** Runs on, in the same machine, something that was started after an end. */
	advanceUntil(done: () => boolean, limit: number): "done" | "limit" | "end" {
		while (!done()) {
			if (run(this.k, { limit, turns: 1024, single: false }).kind === "end")
				return this.k.state.end?.reason === "limit" ? "limit" : done() ? "done" : "end";
		}
		return "done";
	}

	/** Runs to the end. */
	runToEnd(): RunReport {
		while (this.advance(4096));
		return this.finish();
	}

	/** How the run went. The end is recorded at the first call; only after `advance` has said false. */
	finish(): RunReport {
		if (!this.report) {
			this.report = judge(this.k, this.options);
			for (const { model } of this.k.devices)
				if (model && "flushOutput" in model && typeof model.flushOutput === "function") model.flushOutput();
			this.recorder.end(this.report.reason, [...this.report.blocked]);
		}
		return this.report;
	}

	snapshot(): SimulationSnapshot {
		return { machine: this.machine.snapshot(), statements: this.k.vm.statements, records: this.store.end };
	}

	/** Back to a snapshot of this simulation; records of what happened since are forgotten. */
	restore(snapshot: SimulationSnapshot): void {
		this.names.forget();
		this.machine.restore(snapshot.machine);
		this.k.vm.statements = snapshot.statements;
		this.machine.stopRequested = false;
		this.store.truncate(snapshot.records);
		this.report = null;
	}

	/** Evaluates on a scratch copy: whatever `body` does to the machine is undone, and nobody observes it. */
	scratch<T>(body: () => T): T {
		const snapshot = this.machine.snapshot();
		const { statements } = this.k.vm;
		const mask = this.machine.observers.mask;
		const { vm } = this.k;
		const { onBadAccess, onPointerCall } = vm;
		vm.onBadAccess = null;
		vm.onPointerCall = null;
		this.machine.observers.mask = 0;
		try {
			return body();
		} finally {
			this.machine.restore(snapshot);
			this.machine.stopRequested = false;
			this.k.vm.statements = statements;
			vm.onBadAccess = onBadAccess;
			vm.onPointerCall = onPointerCall;
			this.machine.observers.mask = mask;
		}
	}

	/** Looks at memory as a debugger does: device registers are seen without the effects and the time of a read. */
	looking<T>(body: () => T): T {
		return looking(this.k, body);
	}

	/** Equal simulations have equal hashes. */
	hash(): string {
		const hasher = new Hasher();
		hasher.string(this.machine.hash());
		hasher.number(this.k.vm.statements);
		return hasher.digest();
	}

	/** Name of a hardware channel, by component index of its controller and its number there. */
	channelName(controller: number, channel: number): string {
		return this.names.of(controller, channel);
	}

	private modelOf(component: number): { readonly name: string } | null {
		for (const { name, model } of this.k.devices) if (model?.index === component) return { name };
		return null;
	}

	private traceContext(): TraceContext {
		return {
			now: () => this.machine.time,
			channelName: (controller, channel) => this.channelName(controller, channel),
			deviceName: (device) => this.modelOf(device)?.name ?? `component${device}`,
			interruptDevice: (line) => this.k.devices.find(({ interrupts }) => interrupts.includes(line))?.name ?? "",
			cpuContext: () => {
				const place = callerPlace(this.k);
				return { ctx: contextName(this.k), cpu: 0, ...(place && { file: place.file, line: place.line }) };
			},
		};
	}
}

/** An observer that leaves bursts, chunks and starts alone, so that they cost nothing. */
function logOnly(recorder: Recorder): Observer {
	return {
		output: (device, bytes) => recorder.output(device, bytes),
		record: (kind, fields) => recorder.record(kind, fields),
	};
}
