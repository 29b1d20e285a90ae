/** A debuggable run: the one thing that a front end talks to. It routes; the work is in the files beside it. */

import type {
	BreakpointStatus,
	Completion,
	DebugSessionApi,
	DisassembledRow,
	EvaluateContext,
	Evaluated,
	EventFilterRequest,
	ExceptionStory,
	FrameInfo,
	FunctionBreakpointRequest,
	ItemBreakpointRequest,
	LineBreakpointRequest,
	MachineSummary,
	MemoryRead,
	OutputLine,
	Progress,
	ScopeInfo,
	SourceRef,
	StepKind,
	ThreadInfo,
	VariableInfo,
	VariablesOptions,
} from "./api";
import { SessionError } from "./api";
import { ChannelMoves } from "./channel-moves";
import { summarize } from "./channel-summary";
import { listChannels } from "./channels";
import type { DmaDevices, RegisterInfo } from "./device-info";
import { describeRegisters, registerBankOf } from "./device-registers";
import { describeDevices } from "./devices";
import { disassemble } from "./disassembly";
import { Evaluator } from "./evaluate";
import { eventFilters } from "./event-filters";
import { Inspection } from "./inspection";
import { parseAddress, readMemory, writableBytes } from "./memory";
import { OutputQueue } from "./output-queue";
import { type Outcome, RunControl } from "./run-control";
import { SessionTimeline } from "./session-timeline";
import type { Simulation } from "./simulation";
import { Stacks } from "./stacks";
import { StopRequests } from "./stop-requests";
import { StopRules } from "./stop-rules";
import { kernelThreadId, kernelThreadOf, threadList } from "./threads";

export class DebugSession implements DebugSessionApi {
	readonly filters = eventFilters;
	readonly timeline: SessionTimeline;
	private readonly requests: StopRequests;
	private readonly rules: StopRules;
	private readonly control: RunControl;
	private readonly moves: ChannelMoves;
	private readonly stacks: Stacks;
	private readonly inspection: Inspection;
	private readonly output: OutputQueue;

	constructor(readonly simulation: Simulation) {
		const { k, code } = simulation;
		this.requests = new StopRequests(simulation);
		const evaluator = new Evaluator(simulation, () => listChannels(k));
		this.output = new OutputQueue(simulation);
		this.rules = new StopRules(simulation, this.requests, evaluator, (line) => this.output.add(line));
		this.control = new RunControl(simulation, this.requests.breakpoints, this.rules);
		this.moves = new ChannelMoves(k.machine);
		this.stacks = new Stacks(k, code);
		this.inspection = new Inspection(simulation, this.stacks, evaluator, this.control);
		this.control.begin(simulation.options.stopOnEntry ? { kind: "entry" } : { kind: "continue" });
		this.timeline = new SessionTimeline(simulation);
	}

	// What to stop at.

	setLineBreakpoints(file: string, requested: readonly LineBreakpointRequest[]): BreakpointStatus[] {
		return this.requests.setLines(file, requested);
	}

	setFunctionBreakpoints(requested: readonly FunctionBreakpointRequest[]): BreakpointStatus[] {
		return this.requests.setFunctions(requested);
	}

	setItemBreakpoints(requested: readonly ItemBreakpointRequest[]): BreakpointStatus[] {
		return this.requests.setItems(requested);
	}

	setEventFilters(requested: readonly EventFilterRequest[]): BreakpointStatus[] {
		return this.requests.setFilters(requested);
	}

	breakpointLocations(file: string, line: number, endLine: number): { line: number; column: number }[] {
		return this.simulation.code
			.statementPlaces(file, line, endLine)
			.map((place) => ({ line: place.line, column: place.column }));
	}

	// Running.

	continue(): void {
		this.moveOn();
		this.rules.story = null;
		this.moves.cursor = null;
		this.control.begin(this.entryPending ? { kind: "entry" } : { kind: "continue" });
	}

	/** Stop on entry was asked for and nothing has run yet. */
	private get entryPending(): boolean {
		return (
			this.simulation.options.stopOnEntry && this.simulation.machine.time === 0 && this.simulation.k.vm.statements === 0
		);
	}

	step(threadId: number, kind: StepKind, byItem = false): void {
		this.moveOn();
		this.rules.story = null;
		const { k } = this.simulation;
		const thread = kernelThreadOf(k, threadId);
		if (thread) {
			this.moves.cursor = null;
			this.control.beginThreadStep(thread.id, kind);
			return;
		}
		const step = this.moves.step(this.stacks.channelOf(threadId), byItem ? "item" : kind);
		if (step) this.control.begin({ kind: "channel", step });
	}

	runToDescriptorEnd(threadId: number): void {
		const step = this.moves.toDescriptorEnd(this.stacks.channelOf(threadId));
		this.moveOn();
		this.rules.story = null;
		this.control.begin({ kind: "channel", step });
	}

	pause(): void {
		this.control.pause();
	}

	advance(milliseconds: number): Progress {
		const beat = this.moves.takeBeatStop();
		if (beat !== null) return { kind: "stopped", stop: { kind: "step", threadId: beat } };
		const end = performance.now() + milliseconds;
		const outcome = this.control.advance(() => performance.now() < end);
		return this.progress(outcome);
	}

	private progress(outcome: Outcome): Progress {
		if (outcome.kind === "running") return outcome;
		// After a call of the console the client still shows the frames of before: those that are still there are good.
		if (outcome.kind === "returned") this.inspection.forget();
		else this.moveOn();
		if (outcome.kind === "ended") {
			const { exitCode, text } = this.simulation.finish();
			return { kind: "ended", exitCode, report: text };
		}
		// What is written without an end of line shows at a stop, too.
		this.output.showPendingOutput();
		this.output.showOpenLine();
		if (outcome.kind === "returned")
			return {
				kind: "stopped",
				stop: { kind: "pause", threadId: kernelThreadId(this.simulation.k.state.cpu.current) },
			};
		this.moves.stopped();
		return outcome;
	}

	/** References and frames of an earlier stop end here. */
	private moveOn(): void {
		this.inspection.forget();
		this.stacks.forget();
	}

	takeOutput(): OutputLine[] {
		return this.output.take();
	}

	exception(threadId: number): ExceptionStory | null {
		const story = this.rules.story;
		return story && story.threadId === threadId ? story : null;
	}

	// Stacks and sources.

	threads(): ThreadInfo[] {
		return threadList(this.simulation.k, listChannels(this.simulation.k));
	}

	frames(threadId: number): FrameInfo[] {
		return this.stacks.frames(threadId, this.moves.cursor);
	}

	page(reference: number): string {
		return this.stacks.page(reference);
	}

	loadedSources(): SourceRef[] {
		const files = this.simulation.program.files.filter((path) => !path.startsWith("<"));
		return [...files.map((path): SourceRef => ({ kind: "file", path })), ...this.stacks.shownPages()];
	}

	// Variables and expressions.

	scopes(frameId: number): ScopeInfo[] {
		return this.inspection.scopes(frameId);
	}

	variables(reference: number, options: VariablesOptions = {}): VariableInfo[] {
		return this.inspection.variables(reference, options);
	}

	setVariable(reference: number, name: string, value: string, hex = false): VariableInfo {
		return this.inspection.setVariable(reference, name, value, hex);
	}

	setExpression(expression: string, value: string, frameId: number | null, hex = false): Evaluated {
		return this.inspection.setExpression(expression, value, frameId, hex);
	}

	evaluate(expression: string, frameId: number | null, context: EvaluateContext, hex = false): Evaluated {
		return this.inspection.evaluate(expression, frameId, context, hex);
	}

	finishEvaluate(): Evaluated {
		return this.inspection.finishEvaluate();
	}

	complete(before: string, frameId: number | null): Completion[] {
		return this.inspection.complete(before, frameId);
	}

	// Memory and devices.

	disassemble(address: number, offset: number, count: number): DisassembledRow[] {
		return disassemble(listChannels(this.simulation.k), address, offset, count);
	}

	readMemory(address: string, offset: number, count: number): MemoryRead {
		return readMemory(this.simulation.k.space, parseAddress(address) + offset, count);
	}

	writeMemory(address: string, offset: number, bytes: Uint8Array): number {
		const { simulation } = this;
		const start = parseAddress(address) + offset;
		const count = writableBytes(simulation.k.space, start, bytes.length);
		if (count === 0 && bytes.length > 0) throw new SessionError(`Nothing can be written at ${address}.`);
		simulation.inputs.apply({ kind: "memory", address: start, bytes: Array.from(bytes.subarray(0, count)) });
		return count;
	}

	machineState(): MachineSummary {
		const { k, machine } = this.simulation;
		return {
			timeNs: Math.floor(machine.time / 1000),
			channels: listChannels(k).map((entry) => summarize(entry)),
		};
	}

	devices(): DmaDevices {
		return describeDevices(this.simulation.k, this.simulation.code);
	}

	deviceRegisters(device: string, channel: number | null): RegisterInfo[] {
		const found = this.simulation.k.devices.find(({ name }) => name === device);
		const bank = found ? registerBankOf(found) : null;
		if (!bank) throw new SessionError(`${device} has no registers that are known.`);
		return describeRegisters(bank, channel);
	}

	channelThread(channel: string): number | null {
		const entry = listChannels(this.simulation.k).find(({ name }) => name === channel);
		return entry?.busy ? entry.threadId : null;
	}
}
