/** What a front end asks about frames, and what it sets there: scopes, variables, expressions, completions. */

import { scopeOfFrame } from "../language/expression";
import {
	type Completion,
	type EvaluateContext,
	type Evaluated,
	type ScopeInfo,
	SessionError,
	type VariableInfo,
	type VariablesOptions,
} from "./api";
import { channelScopes } from "./channel-scopes";
import { type ChannelEntry, listChannels } from "./channels";
import { completions } from "./completions";
import type { Evaluator } from "./evaluate";
import { globalsOf, localsOf } from "./locals";
import { writableBytes } from "./memory";
import { hostFrame } from "./position";
import { renderFull } from "./render-full";
import type { RunControl } from "./run-control";
import type { Simulation } from "./simulation";
import type { Stacks } from "./stacks";
import { isSettable, type Row, VariableStore } from "./variables";

export class Inspection {
	private readonly store: VariableStore;
	/** Whether the result of the call that runs is wanted in hexadecimal. */
	private hexCall = false;

	constructor(
		private readonly simulation: Simulation,
		private readonly stacks: Stacks,
		private readonly evaluator: Evaluator,
		private readonly control: RunControl,
	) {
		const { k, inputs } = simulation;
		this.store = new VariableStore(simulation.render, (address, bytes) => {
			if (writableBytes(k.space, address, bytes.length) < bytes.length)
				throw new SessionError("Not all of these bytes can be written.");
			inputs.apply({ kind: "memory", address, bytes });
		});
	}

	/** References end here. */
	forget(): void {
		this.store.clear();
	}

	scopes(frameId: number): ScopeInfo[] {
		const { k, code } = this.simulation;
		const key = this.stacks.key(frameId);
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

	setVariable(reference: number, name: string, value: string, hex: boolean): VariableInfo {
		const key = this.store.frameOf(reference) ?? this.stacks.current();
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

	setExpression(expression: string, value: string, frameId: number | null, hex: boolean): Evaluated {
		const key = this.stacks.key(frameId);
		const place = this.evaluator.settable(expression, key);
		if (place === null) return this.evaluate(`${expression} = ${value}`, frameId, "repl", hex);
		this.evaluator.assign(place.value, value, key);
		return {
			kind: "value",
			variable: this.simulation.looking(() => this.store.within(key, () => this.store.describe(place, hex))),
		};
	}

	evaluate(expression: string, frameId: number | null, context: EvaluateContext, hex: boolean): Evaluated {
		const key = this.stacks.key(frameId);
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

	complete(before: string, frameId: number | null): Completion[] {
		const { k, program } = this.simulation;
		const key = this.stacks.key(frameId);
		const stack = key.kind === "kernel" ? k.state.threads[key.thread]?.stack : undefined;
		const inC = key.kind === "kernel" && stack && key.index >= 0 && !hostFrame(stack, key.index);
		const channels = listChannels(k).map(({ name, info }) => ({ name, chan: info?.chan ?? 0 }));
		return completions(this.simulation, {
			before,
			scope: inC ? scopeOfFrame(program, stack, key.index) : null,
			channels,
		});
	}

	private channelNamed(name: string): ChannelEntry {
		const entry = listChannels(this.simulation.k).find((one) => one.name === name);
		if (!entry) throw new SessionError(`There is no channel ${name} any more.`);
		return entry;
	}
}
