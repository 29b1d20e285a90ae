/** Whole scenarios under the debugger, from text. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { LaunchOptions } from "../../src/session/api";
import { DebugSession } from "../../src/session/debug-session";
import { load } from "../../src/session/load";
import type { Simulation } from "../../src/session/simulation";

export interface Scenario {
	readonly session: DebugSession;
	readonly simulation: Simulation;
	/** Line (1-based) of the first line that contains a text. */
	line(text: string): number;
}

/** A session about to boot `text` as file `t.c`. */
export function scenario(text: string, options: Partial<LaunchOptions> = {}): Scenario {
	return open("t.c", text, options);
}

/** A session about to boot a sample. */
export function sampleSession(name: string, options: Partial<LaunchOptions> = {}): Scenario {
	return open(`samples/${name}`, readFileSync(`samples/${name}`, "utf8"), options);
}

function open(path: string, text: string, options: Partial<LaunchOptions>): Scenario {
	const result = load({ program: [path], ...options }, { readFile: (name) => (name === path ? text : null) });
	if (result.kind === "diagnostics") assert.fail(result.diagnostics.map((d) => `${d.line}: ${d.message}`).join("\n"));
	const { simulation } = result;
	const line = (needle: string): number => {
		const at = text.split("\n").findIndex((one) => one.includes(needle));
		assert.ok(at >= 0, `no line with ${needle}`);
		return at + 1;
	};
	return { session: new DebugSession(simulation), simulation, line };
}
