/** A debuggable run: the one thing that a front end talks to. It routes; the work is in the files beside it. */

import { scopeOfFrame } from "../language/expression";
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
import { type ActiveBreakpoint, type BreakpointInfo, Breakpoints } from "./breakpoints";
import { channelFrames } from "./channel-frames";
import { ChannelMoves } from "./channel-moves";
import { channelScopes } from "./channel-scopes";
import { summarize } from "./channel-summary";
import { type ChannelEntry, controllersOf, listChannels } from "./channels";
import { completions } from "./completions";
import { ConditionCheck } from "./condition-check";
import { itemName } from "./descriptor-chain";
import type { DmaDevices, RegisterInfo } from "./device-info";
import { describeRegisters, registerBankOf } from "./device-registers";
import { describeDevices } from "./devices";
import { disassemble } from "./disassembly";
import { Evaluator } from "./evaluate";
import { eventFilters } from "./event-filters";
import { EventWatch } from "./event-watch";
import { type FrameKey, type FrameSource, type StackFrame, threadFrames } from "./frames";
import { ItemBreakpoints } from "./item-breakpoints";
import { Pages } from "./loaded-sources";
import { globalsOf, localsOf } from "./locals";
import { parseAddress, readMemory, writableBytes } from "./memory";
import { OutputQueue } from "./output-queue";
import { frameFunction, framePc, hostFrame } from "./position";
import { renderFull } from "./render-full";
import { type Outcome, RunControl } from "./run-control";
import { SessionTimeline } from "./session-timeline";
import type { Simulation } from "./simulation";
import { StopRules } from "./stop-rules";
import { kernelThreadId, kernelThreadOf, threadList } from "./threads";
import { isSettable, type Row, VariableStore } from "./variables";

/** Frames a stack shows at most. */
const MOST_FRAMES = 1000;

/** A frame that the front end has a number for, and what it looked like then. */
interface KnownFrame {
	readonly key: FrameKey;
	readonly identity: string;
}

export class DebugSession implements DebugSessionApi {
	readonly filters = eventFilters;
	readonly timeline: SessionTimeline;
	private readonly breakpoints: Breakpoints;
	private readonly events: EventWatch;
	private readonly items: ItemBreakpoints;
	private readonly rules: StopRules;
	private readonly control: RunControl;
	private readonly evaluator: Evaluator;
	private readonly store: VariableStore;
	private readonly output: OutputQueue;
	private frameKeys: KnownFrame[] = [];
	private hexCall = false;
	private readonly pages: Pages;
	private nextBreakpointId = 1;
	private readonly moves: ChannelMoves;

	constructor(readonly simulation: Simulation) {
		const { k, code } = simulation;
		const nextId = () => this.nextBreakpointId++;
		const check = new ConditionCheck(simulation);
		const nameOf = (controller: number, channel: number) => simulation.channelName(controller, channel);
		const itemNameOf = (index: number, channel: number, address: number) => {
			const controller = controllersOf(k.devices).find((one) => one.controller.index === index)?.controller;
			return itemName({ hardware: controller ? { controller, channel } : null }, address);
		};
		this.breakpoints = new Breakpoints(k, code, nextId, check);
		this.events = new EventWatch(k.machine, nameOf, itemNameOf, check);
		this.evaluator = new Evaluator(simulation, () => listChannels(k));
		this.output = new OutputQueue(simulation);
		this.items = new ItemBreakpoints(k.machine, nameOf, check);
		const { breakpoints, events, items } = this;
		this.rules = new StopRules(simulation, { breakpoints, events, items }, this.evaluator, (line) =>
			this.output.add(line),
		);
		this.pages = new Pages(k);
		this.moves = new ChannelMoves(k.machine);
		this.control = new RunControl(simulation, this.breakpoints, this.rules);
		this.store = new VariableStore(simulation.render, (address, bytes) => {
			if (writableBytes(k.space, address, bytes.length) < bytes.length)
				throw new SessionError("Not all of these bytes can be written.");
			simulation.inputs.apply({ kind: "memory", address, bytes });
		});
		this.control.begin(simulation.options.stopOnEntry ? { kind: "entry" } : { kind: "continue" });
		this.nextId = nextId;
		this.timeline = new SessionTimeline(simulation);
	}
	private readonly nextId: () => number;

	setLineBreakpoints(file: string, requested: readonly LineBreakpointRequest[]): BreakpointStatus[] {
		this.keepIds(requested);
		return this.breakpoints.setLines(file, requested).map(statusOf);
	}

	setFunctionBreakpoints(requested: readonly FunctionBreakpointRequest[]): BreakpointStatus[] {
		this.keepIds(requested);
		return this.breakpoints.setFunctions(requested).map(statusOf);
	}

	setItemBreakpoints(requested: readonly ItemBreakpointRequest[]): BreakpointStatus[] {
		this.keepIds(requested);
		return this.items.set(requested, this.nextId);
	}

	setEventFilters(requested: readonly EventFilterRequest[]): BreakpointStatus[] {
		this.keepIds(requested);
		return this.events.set(requested, this.nextId);
	}

	/** Ids that come from an earlier session are not given out again. */
	private keepIds(requested: readonly { readonly id?: number | undefined }[]): void {
		for (const { id } of requested)
			if (id !== undefined) this.nextBreakpointId = Math.max(this.nextBreakpointId, id + 1);
	}

	breakpointLocations(file: string, line: number, endLine: number): { line: number; column: number }[] {
		return this.simulation.code
			.statementPlaces(file, line, endLine)
			.map((place) => ({ line: place.line, column: place.column }));
	}

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
		const step = this.moves.step(this.channelOf(threadId), byItem ? "item" : kind);
		if (step) this.control.begin({ kind: "channel", step });
	}

	runToDescriptorEnd(threadId: number): void {
		const step = this.moves.toDescriptorEnd(this.channelOf(threadId));
		this.moveOn();
		this.rules.story = null;
		this.control.begin({ kind: "channel", step });
	}

	setExpression(expression: string, value: string, frameId: number | null, hex = false): Evaluated {
		const key = frameId === null ? this.currentFrame() : this.frameKey(frameId);
		const place = this.evaluator.settable(expression, key);
		if (place === null) return this.evaluate(`${expression} = ${value}`, frameId, "repl", hex);
		this.evaluator.assign(place.value, value, key);
		return {
			kind: "value",
			variable: this.simulation.looking(() => this.store.within(key, () => this.store.describe(place, hex))),
		};
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
		if (outcome.kind === "returned") this.store.clear();
		else this.moveOn();
		if (outcome.kind === "ended") {
			const { exitCode, text } = this.simulation.finish();
			return { kind: "ended", exitCode, report: text };
		}
		if (outcome.kind === "returned") {
			this.showOpenOutput();
			return {
				kind: "stopped",
				stop: { kind: "pause", threadId: kernelThreadId(this.simulation.k.state.cpu.current) },
			};
		}
		this.showOpenOutput();
		this.moves.stopped();
		return outcome;
	}

	/** What is written without an end of line shows at a stop, too. */
	private showOpenOutput(): void {
		this.output.showPendingOutput();
		this.output.showOpenLine();
	}

	takeOutput(): OutputLine[] {
		return this.output.take();
	}

	threads(): ThreadInfo[] {
		return threadList(this.simulation.k, listChannels(this.simulation.k));
	}

	frames(threadId: number): FrameInfo[] {
		const { k, code } = this.simulation;
		const thread = kernelThreadOf(k, threadId);
		const entry = thread ? null : this.channelOf(threadId);
		if (!thread && !entry) throw new SessionError("There is no such thread.");
		const frames = thread
			? threadFrames(k, thread, code)
			: channelFrames(entry as ChannelEntry, code, this.moves.cursor);
		return frames.slice(0, MOST_FRAMES).map((frame) => this.frameInfo(frame));
	}

	private frameInfo({ key, name, source, presentation, instruction }: StackFrame): FrameInfo {
		const id = this.frameKeys.push({ key, identity: this.identityOf(key) });
		const line = source.kind === "none" ? 0 : source.line;
		const column = source.kind === "none" ? 0 : source.column;
		const item = key.kind === "channel" ? instruction : 0;
		return { id, name, source: this.sourceRef(source), line, column, hint: presentation, item };
	}

	private sourceRef(source: FrameSource): FrameInfo["source"] {
		if (source.kind === "none") return null;
		if (source.kind === "file") return { kind: "file", path: source.path };
		return { kind: "page", reference: this.pages.reference(source.page), name: source.page };
	}

	page(reference: number): string {
		const text = this.pages.text(reference);
		if (text === null) throw new SessionError("There is no such page.");
		return text;
	}

	loadedSources(): SourceRef[] {
		const files = this.simulation.program.files.filter((path) => !path.startsWith("<"));
		return [
			...files.map((path): SourceRef => ({ kind: "file", path })),
			...this.pages.all.map(({ reference, name }): SourceRef => ({ kind: "page", reference, name })),
		];
	}

	complete(before: string, frameId: number | null): Completion[] {
		const { k, program } = this.simulation;
		const key = frameId === null ? this.currentFrame() : this.frameKey(frameId);
		const stack = key.kind === "kernel" ? k.state.threads[key.thread]?.stack : undefined;
		const inC = key.kind === "kernel" && stack && key.index >= 0 && !hostFrame(stack, key.index);
		const channels = listChannels(k).map(({ name, info }) => ({ name, chan: info?.chan ?? 0 }));
		return completions(this.simulation, {
			before,
			scope: inC ? scopeOfFrame(program, stack, key.index) : null,
			channels,
		});
	}

	scopes(frameId: number): ScopeInfo[] {
		const { k, code } = this.simulation;
		const key = this.frameKey(frameId);
		if (key.kind === "channel") {
			const find = () => this.channelNamed(key.channel);
			return channelScopes(this.evaluator, find).map(({ name, hint, rows }) => ({
				name,
				reference: this.store.add({ kind: "rows", list: rows }, key),
				hint,
				expensive: false,
			}));
		}
		const thread = k.state.threads[key.thread];
		const locals = thread ? localsOf(k, thread, key.index) : [];
		return [
			{
				name: "Locals",
				reference: this.store.add({ kind: "scope", list: () => locals }, key),
				hint: "locals",
				expensive: false,
				named: locals.length,
			},
			{
				name: "Globals",
				reference: this.store.add({ kind: "scope", list: () => globalsOf(code) }, key),
				hint: "other",
				expensive: true,
			},
		];
	}

	variables(reference: number, options: VariablesOptions = {}): VariableInfo[] {
		const { start = 0, count, hex = false, filter } = options;
		return this.simulation.looking(() => this.store.children(reference, start, count, hex, filter));
	}

	setVariable(reference: number, name: string, value: string, hex = false): VariableInfo {
		const key = this.store.frameOf(reference) ?? this.currentFrame();
		const child = this.simulation.looking(() => this.store.child(reference, name));
		if (!child) throw new SessionError(`There is no ${name} here.`);
		const target = "expression" in child ? child : child.node;
		if (!target) return this.setRow(reference, child as Row, value, hex);
		if (!isSettable(target.value.type)) throw new SessionError(`${name} is no number and no pointer: set its parts.`);
		this.evaluator.assign(target.value, value, key);
		return this.simulation.looking(() => this.store.within(key, () => this.store.describe(target, hex)));
	}

	private setRow(reference: number, row: Row, value: string, hex: boolean): VariableInfo {
		if (!row.set) throw new SessionError(`${row.name} is read-only.`);
		row.set(value);
		return this.simulation.looking(() => {
			const changed = this.store.child(reference, row.name) as Row | null;
			return this.store.describeRow(changed ?? row, hex);
		});
	}

	evaluate(expression: string, frameId: number | null, context: EvaluateContext, hex = false): Evaluated {
		const key = frameId === null ? this.currentFrame() : this.frameKey(frameId);
		const result = this.evaluator.evaluate(expression, key, context);
		if (context === "clipboard" && result.kind === "named")
			return {
				kind: "text",
				text: this.simulation.looking(() => renderFull(this.simulation.render, result.value.value, hex)),
			};
		if (result.kind === "call") {
			this.control.begin({ kind: "call", call: { thread: result.thread, floor: result.floor } });
			this.hexCall = hex;
			return { kind: "running" };
		}
		return this.store.within(key, () => this.shown(result, hex));
	}

	finishEvaluate(): Evaluated {
		const result = this.evaluator.finishCall(this.control.callOops);
		return result.kind === "call" ? { kind: "running" } : this.shown(result, this.hexCall);
	}

	private shown(result: ReturnType<Evaluator["finishCall"]>, hex: boolean): Evaluated {
		switch (result.kind) {
			case "named":
				return { kind: "value", variable: this.simulation.looking(() => this.store.describe(result.value, hex)) };
			case "rows":
				return {
					kind: "value",
					variable: {
						name: result.name,
						value: result.text,
						reference: this.store.add({ kind: "rows", list: result.rows }),
						readOnly: true,
					},
				};
			case "text":
				return { kind: "text", text: result.text };
			case "error":
				return { kind: "error", message: result.message };
			case "call":
				return { kind: "running" };
			default:
				return result satisfies never;
		}
	}

	exception(threadId: number): ExceptionStory | null {
		const story = this.rules.story;
		return story && story.threadId === threadId ? story : null;
	}

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

	/** References and frames of an earlier stop end here. */
	private moveOn(): void {
		this.store.clear();
		this.frameKeys = [];
	}

	private frameKey(id: number): FrameKey {
		const known = this.frameKeys[id - 1];
		if (!known || this.identityOf(known.key) !== known.identity)
			throw new SessionError("This frame is from an earlier stop and no longer exists.");
		return known.key;
	}

	/** What tells a frame from another one at its place. */
	private identityOf(key: FrameKey): string {
		if (key.kind === "channel") return key.channel;
		const stack = this.simulation.k.state.threads[key.thread]?.stack;
		if (!stack || key.index >= stack.depth) return "";
		return `${frameFunction(stack, key.index)} ${framePc(stack, key.index)}`;
	}

	/** The innermost frame of the thread that has the CPU. */
	private currentFrame(): FrameKey {
		const { current } = this.simulation.k;
		return { kind: "kernel", thread: current.id, index: current.stack.depth - 1 };
	}

	private channelOf(threadId: number): ChannelEntry | null {
		return listChannels(this.simulation.k).find((entry) => entry.threadId === threadId) ?? null;
	}

	private channelNamed(name: string): ChannelEntry {
		const entry = listChannels(this.simulation.k).find((one) => one.name === name);
		if (!entry) throw new SessionError(`There is no channel ${name} any more.`);
		return entry;
	}
}

function statusOf({ id, verified, message, file, line }: BreakpointInfo | ActiveBreakpoint): BreakpointStatus {
	return { id, verified, ...(message && { message }), ...(file && { file }), ...(line > 0 && { line }) };
}
