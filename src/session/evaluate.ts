/** C expressions of watches, hovers, conditions, log points and the debug console. */

import { kernelDocs } from "../kernel/docs";
import type { Kernel } from "../kernel/kernel";
import { inAtomic } from "../kernel/sched/context";
import type { Thread } from "../kernel/state";
import {
	type CompiledExpression,
	compileExpression,
	type ExpressionScope,
	expressionValue,
	scopeOfFrame,
	startExpression,
} from "../language/expression";
import type { Stack } from "../language/vm/stack";
import { type EvaluateContext, SessionError } from "./api";
import type { ChannelScopeContext, RegisterBits } from "./channel-scopes";
import { cAddress, channelScopes } from "./channel-scopes";
import type { ChannelEntry } from "./channels";
import { signatureOf } from "./completions";
import { type CommandCall, runCommand } from "./console-commands";
import { ConsoleThread } from "./console-thread";
import type { EventHit } from "./event-filters";
import { channelNames, eventNames, type Names, replaceNames } from "./expression-names";
import { type Compiled, resultOf, runExpression, runPure } from "./expression-run";
import { checkExpression } from "./expression-text";
import { blockingCall, hasEffect, isPure } from "./expression-tree";
import type { FrameKey } from "./frames";
import { framePc, hostFrame } from "./position";
import { render } from "./render";
import type { Simulation } from "./simulation";
import { inMemory, readScalar, result, type Value } from "./values";
import { isSettable, type NamedValue, type Row } from "./variables";

export type EvaluateResult =
	| { readonly kind: "named"; readonly value: NamedValue }
	| { readonly kind: "rows"; readonly name: string; readonly text: string; readonly rows: () => readonly Row[] }
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "error"; readonly message: string }
	/** A call that needs the machine to run: on this thread. */
	| { readonly kind: "call"; readonly thread: number; readonly floor: number };

interface PendingCall {
	readonly text: string;
	readonly code: CompiledExpression;
	readonly command: CommandCall | null;
	readonly console: ConsoleThread;
}

export class Evaluator implements ChannelScopeContext {
	readonly k: Kernel;
	/** Calls that have not returned, the newest last. */
	private readonly pending: PendingCall[] = [];

	constructor(
		private readonly simulation: Simulation,
		private readonly channels: () => readonly ChannelEntry[],
	) {
		this.k = simulation.k;
	}

	/** The truth of a condition, on a scratch copy. */
	condition(
		text: string,
		key: FrameKey | null,
		hit: EventHit | null,
	): { readonly ok: true; readonly value: boolean } | { readonly ok: false; readonly message: string } {
		try {
			const names = hit ? eventNames(hit, (name) => this.chanNamed(name)) : null;
			const value = key ? this.repeatedly(text, key) : this.quietly(text, key, names);
			return { ok: true, value: this.simulation.looking(() => readScalar(this.k.space, value)) !== 0n };
		} catch (error) {
			return { ok: false, message: messageOf(error) };
		}
	}

	/** A log message with the C expressions in its braces evaluated; `\{` is a brace. */
	interpolate(text: string, key: FrameKey): string {
		return text.replace(/\\([{}])|\{([^{}]*)\}/g, (_, brace: string | undefined, expression: string | undefined) => {
			if (brace !== undefined) return brace;
			try {
				return this.renderQuietly(expression ?? "", key);
			} catch (error) {
				return `<${messageOf(error)}>`;
			}
		});
	}

	evaluate(text: string, key: FrameKey, context: EvaluateContext): EvaluateResult {
		const trimmed = text.trim().replace(/;$/, "");
		try {
			if (trimmed === "") return { kind: "text", text: "" };
			if (context === "repl") {
				const answer = runCommand(this.simulation, trimmed);
				if (typeof answer === "string") return { kind: "text", text: answer };
				if (answer !== null) {
					this.noteInput(trimmed, key);
					return this.onMachine(answer.expression, key, answer);
				}
			}
			const channel = this.channels().find(({ name }) => name === trimmed);
			if (channel) return this.channelRows(channel);
			const about = context === "hover" ? this.about(trimmed) : "";
			if (about !== "") return { kind: "text", text: about };
			if (context !== "repl") return { kind: "named", value: this.named(trimmed, this.quietly(trimmed, key, null)) };
			return this.onMachine(trimmed, key);
		} catch (error) {
			return { kind: "error", message: messageOf(error) };
		}
	}

	/**
	 * The result of the call that `evaluate` began last, whether it has returned or not; `oops` is what its thread died
	 * of, "" when it did not.
	 */
	finishCall(oops: string): EvaluateResult {
		const call = this.pending[this.pending.length - 1];
		if (!call) return { kind: "error", message: "No call is under way." };
		const { console } = call;
		if (oops !== "" && console.returned) {
			this.pending.pop();
			console.leave(true);
			return { kind: "error", message: `${call.text} oopsed and its thread was killed: ${oops}` };
		}
		if (oops !== "") return { kind: "error", message: `${call.text} oopsed, and the machine stopped there: ${oops}` };
		if (console.returned) return this.take(call);
		const text = this.k.state.end
			? "The call has not returned: the run has ended."
			: "The call has not returned: the machine stopped in it. Its thread is `console`.";
		return { kind: "text", text };
	}

	/** What a hover says of a kernel function; "" for anything else. */
	private about(name: string): string {
		const prototype = signatureOf(this.k, name);
		if (prototype === "") return "";
		const text = (kernelDocs[name] ?? "").replaceAll("`", "");
		return text === "" ? prototype : `${prototype}\n${text}`;
	}

	/** The result of a call that has come back after its evaluation was given up; null when its thread has died. */
	finishLate(thread: number): { readonly text: string; readonly result: EvaluateResult } | null {
		const call = this.pending.find(({ console }) => console.thread?.id === thread);
		if (!call) return null;
		if (this.k.state.threads[thread]?.state.kind !== "done") return { text: call.text, result: this.take(call) };
		this.pending.splice(this.pending.indexOf(call), 1);
		return null;
	}

	private take(call: PendingCall): EvaluateResult {
		const { code, text, command, console } = call;
		this.pending.splice(this.pending.indexOf(call), 1);
		const { program } = this.simulation;
		const value = resultOf(this.simulation, code, console.thread!.stack, expressionValue(program, code));
		console.leave();
		if (command) return this.answer(command, value);
		return value.type.kind === "void" ? { kind: "text", text: "" } : { kind: "named", value: this.named(text, value) };
	}

	/** The object that C text names, when a value can be stored there without running anything; else null. */
	settable(text: string, key: FrameKey): NamedValue | null {
		try {
			const { checked } = this.compileOnly(text, key);
			if (hasEffect(checked)) return null;
			const value = this.quietly(text, key, null);
			return value.at !== "result" && isSettable(value.type) ? this.named(text, value) : null;
		} catch {
			return null;
		}
	}

	private compileOnly(text: string, key: FrameKey): Compiled {
		const compiled = this.compile(text, key, null);
		this.dropCode(compiled);
		return compiled;
	}

	private answer(command: CommandCall, value: Value): EvaluateResult {
		try {
			return { kind: "text", text: command.finish(Number(BigInt.asIntN(32, readScalar(this.k.space, value)))) };
		} catch (error) {
			return { kind: "error", message: messageOf(error) };
		}
	}

	/** Stores what C text gives into a value. Throws SessionError. */
	assign(target: Value, text: string, key: FrameKey): void {
		let bits: bigint;
		try {
			const value = this.quietly(text, key, null);
			bits = this.simulation.looking(() => readScalar(this.k.space, value));
		} catch (error) {
			throw new SessionError(messageOf(error));
		}
		this.simulation.inputs.write(target, bits);
	}

	setRegister({ address, size, value, lsb, width }: RegisterBits, text: string): void {
		let bits: bigint;
		try {
			const typed = this.quietly(text, { kind: "kernel", thread: this.k.current.id, index: -1 }, null);
			bits = this.simulation.looking(() => readScalar(this.k.space, typed));
		} catch (error) {
			throw new SessionError(messageOf(error));
		}
		const mask = ((1n << BigInt(width)) - 1n) << BigInt(lsb);
		const whole = (value & ~mask) | ((bits << BigInt(lsb)) & mask);
		this.simulation.inputs.apply({
			kind: "mmio",
			address,
			size,
			bits: `0x${BigInt.asUintN(8 * size, whole).toString(16)}`,
		});
	}

	struct(tag: string, address: number, expression: string): NamedValue | null {
		for (const { unit } of this.simulation.program.modules) {
			for (let scope: typeof unit.scope | null = unit.scope; scope; scope = scope.parent) {
				const type = scope.tags.get(tag);
				if (type) return { name: `struct ${tag}`, value: inMemory(type, address), expression: `(*${expression})` };
			}
		}
		return null;
	}

	/** A condition is evaluated again and again at one place: it is compiled once. */
	private repeatedly(text: string, key: FrameKey): Value {
		const compiled = this.cached(text, key);
		if (isPure(compiled.checked)) return runPure(this.simulation, compiled);
		this.refuseBlocking(compiled);
		return this.simulation.scratch(() => this.freeze(runExpression(this.simulation, compiled)));
	}

	private cached(text: string, key: FrameKey): Compiled {
		if (key.kind !== "kernel") return this.compile(text, key, null);
		const { stack } = this.k.state.threads[key.thread]!;
		const scope = hostFrame(stack, key.index) ? null : scopeOfFrame(this.simulation.program, stack, key.index);
		const place = scope
			? [framePc(stack, key.index), scope.base, scope.firstRegister, scope.memoryDistance].join()
			: "";
		const name = `${place} ${text}`;
		const known = this.cache.get(name);
		if (known) return { ...known, stack };
		const compiled = this.compile(text, key, null);
		this.cache.set(name, compiled);
		return compiled;
	}
	private readonly cache = new Map<string, Compiled>();

	private refuseBlocking({ checked }: Compiled): void {
		const call = blockingCall(this.k, checked);
		if (call !== null) throw new SessionError(`${call} may sleep or call C: only the debug console can call it`);
	}

	/** Evaluates without changing the machine. */
	private quietly(text: string, key: FrameKey | null, names: Names | null): Value {
		const compiled = this.compile(text, key, names);
		try {
			this.refuseBlocking(compiled);
			if (isPure(compiled.checked)) return runPure(this.simulation, compiled);
			return this.simulation.scratch(() => this.freeze(runExpression(this.simulation, this.compile(text, key, names))));
		} finally {
			this.dropCode(compiled);
		}
	}

	private renderQuietly(text: string, key: FrameKey): string {
		const compiled = this.compile(text, key, null);
		this.dropCode(compiled);
		if (isPure(compiled.checked) && !hasEffect(compiled.checked)) return this.look(this.quietly(text, key, null));
		return this.simulation.scratch(() => this.look(runExpression(this.simulation, this.compile(text, key, null))));
	}

	private look(value: Value): string {
		return this.simulation.looking(() => render(this.simulation.render, value));
	}

	/** What has to be known of a value before the machine it was computed on is taken back. */
	private freeze(value: Value): Value {
		if (value.at !== "register") return value;
		return result(value.type, readScalar(this.k.space, value));
	}

	/** Evaluates on the machine itself. */
	private onMachine(text: string, key: FrameKey, command: CommandCall | null = null): EvaluateResult {
		const compiled = this.compile(text, key, null);
		if (command === null && hasEffect(compiled.checked)) this.noteInput(text, key);
		if (blockingCall(this.k, compiled.checked) === null) {
			const value = runExpression(this.simulation, compiled);
			return value.type.kind === "void"
				? { kind: "text", text: "" }
				: { kind: "named", value: this.named(text, value) };
		}
		const { current } = this.k;
		if (current.role !== "idle" && inAtomic(current)) {
			throw new SessionError(
				"The CPU is in atomic context (an interrupt, a softirq or under a lock): nothing that sleeps can be called now.",
			);
		}
		const console = new ConsoleThread(this.simulation);
		const stack = console.enter(key);
		const code = this.compileFor(text, stack, scopeOfFrame(this.simulation.program, stack, 0), null).code;
		if (!startExpression(this.simulation.program, stack, code))
			throw new SessionError("The console's stack has no room.");
		console.start();
		this.pending.push({ text, code, command, console });
		return { kind: "call", thread: console.thread!.id, floor: console.floor };
	}

	private noteInput(text: string, key: FrameKey): void {
		const thread = key.kind === "kernel" ? key.thread : -1;
		const frame = key.kind === "kernel" ? key.index : -1;
		this.simulation.inputs.note({ kind: "console", text, thread, frame });
	}

	private compile(text: string, key: FrameKey | null, names: Names | null): Compiled {
		const thread: Thread | undefined = key?.kind === "kernel" ? this.k.state.threads[key.thread] : undefined;
		const stack = (thread ?? this.k.current).stack;
		const { program } = this.simulation;
		const inC = key?.kind === "kernel" && thread && key.index >= 0 && !hostFrame(stack, key.index);
		return this.compileFor(text, stack, inC ? scopeOfFrame(program, stack, key.index) : null, names);
	}

	private compileFor(text: string, stack: Stack, scope: ExpressionScope | null, names: Names | null): Compiled {
		const { program } = this.simulation;
		const channels = channelNames((name) => this.chanNamed(name));
		const source = replaceNames(text, (name) => names?.(name) ?? channels(name));
		const module = scope?.module ?? program.modules[0] ?? null;
		const checked = checkExpression(source, scope, module, program.modules);
		try {
			return { code: compileExpression(program, scope, checked, module), checked, stack };
		} catch (error) {
			throw new SessionError(messageOf(error));
		}
	}

	private dropCode({ code }: Compiled): void {
		if (this.pending.length === 0 && code.pc > 0) this.k.vm.codeLength = Math.min(this.k.vm.codeLength, code.pc);
	}

	private named(text: string, value: Value): NamedValue {
		return { name: text, value, expression: text };
	}

	private channelRows(entry: ChannelEntry): EvaluateResult {
		const find = () => this.channels().find(({ name }) => name === entry.name) ?? entry;
		const rows = () =>
			channelScopes(this, find).map((scope): Row => ({ name: scope.name, value: "", children: scope.rows }));
		return {
			kind: "rows",
			name: entry.name,
			text: `${entry.title}, struct dma_chan * ${cAddress(entry.info?.chan ?? 0)}`,
			rows,
		};
	}

	private chanNamed(name: string): number {
		return this.channels().find((entry) => entry.name === name)?.info?.chan ?? 0;
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
