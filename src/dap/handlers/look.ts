/** Everything that looks at a machine that stands still. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { ToggleHexResult } from "../../messages/run";
import { STATE_EVENT } from "../../messages/state";
import type { EvaluateContext, Evaluated } from "../../session/api";
import type { Adapter } from "../adapter";
import * as convert from "../convert";
import { ErrorCode, RequestError } from "../errors";
import { machineState } from "./dashboard";
import type { HandlersOf } from "./handler";
import { flushOutput, settle } from "./run";

const CONTEXTS: readonly string[] = ["watch", "hover", "repl", "clipboard", "variables"];

function evaluated(result: Evaluated): DebugProtocol.EvaluateResponse["body"] {
	switch (result.kind) {
		case "value": {
			const { value, type, reference, indexed, named, memory } = result.variable;
			return {
				result: value,
				variablesReference: reference,
				...(type !== undefined && { type }),
				...(indexed !== undefined && { indexedVariables: indexed }),
				...(named !== undefined && { namedVariables: named }),
				...(memory !== undefined && { memoryReference: memory }),
			};
		}
		case "text":
			return { result: result.text, variablesReference: 0 };
		case "error":
			throw new RequestError(ErrorCode.Refused, { detail: result.message });
		case "running":
			return { result: "", variablesReference: 0 };
		default:
			return result satisfies never;
	}
}

/** A kernel call from the console: the machine runs until it has returned. */
function runCall(adapter: Adapter): Promise<DebugProtocol.EvaluateResponse["body"]> {
	const session = adapter.require("evaluate");
	adapter.phase = "running";
	return new Promise((resolve, reject) => {
		adapter.loop.start(session, {
			onSlice: () => flushOutput(adapter, session),
			onState: () => undefined,
			onAbandoned: () => reject(new RequestError(ErrorCode.Ended)),
			onFailure: (error) => {
				adapter.phase = "stopped";
				reject(error);
			},
			onDone: (progress) => {
				const result = session.finishEvaluate();
				if (result.kind === "running" || progress.kind === "ended")
					adapter.afterResponse(() => settle(adapter, progress));
				else {
					adapter.phase = "stopped";
					flushOutput(adapter, session);
					adapter.event(STATE_EVENT, machineState(adapter));
					// The machine has moved: what a client shows of it is old.
					if (adapter.client.invalidated) adapter.afterResponse(() => adapter.event("invalidated", { areas: ["all"] }));
				}
				try {
					resolve(evaluated(result));
				} catch (error) {
					reject(error);
				}
			},
		});
	});
}

/** VS Code has no way to ask for a format: then it is what the user chose for the session. */
function hexOf(
	adapter: Adapter,
	args: { readonly format?: { readonly hex?: boolean | undefined } | undefined },
): boolean {
	return args.format?.hex ?? adapter.hex;
}

export const lookHandlers: HandlersOf<
	| "threads"
	| "stackTrace"
	| "scopes"
	| "variables"
	| "setVariable"
	| "evaluate"
	| "setExpression"
	| "completions"
	| "source"
	| "loadedSources"
	| "exceptionInfo"
	| "dmascope/toggleHex"
> = {
	"dmascope/toggleHex"(adapter): ToggleHexResult {
		adapter.hex = !adapter.hex;
		if (adapter.client.invalidated) adapter.afterResponse(() => adapter.event("invalidated", { areas: ["variables"] }));
		return { hex: adapter.hex };
	},

	threads(adapter) {
		const threads = adapter.require("threads").threads();
		return { threads: threads.map(({ id, name }) => ({ id, name })) };
	},

	stackTrace(adapter, args) {
		const frames = adapter.requireStopped("stackTrace").frames(args.threadId);
		const start = args.startFrame ?? 0;
		const shown = frames.slice(start, args.levels ? start + args.levels : undefined);
		return { stackFrames: shown.map((frame) => convert.stackFrame(adapter.client, frame)), totalFrames: frames.length };
	},

	scopes(adapter, args) {
		return { scopes: adapter.requireStopped("scopes").scopes(args.frameId).map(convert.scope) };
	},

	variables(adapter, args) {
		const filter = args.filter === "indexed" || args.filter === "named" ? args.filter : undefined;
		const options = { start: args.start, count: args.count, hex: hexOf(adapter, args), filter } as const;
		return {
			variables: adapter.requireStopped("variables").variables(args.variablesReference, options).map(convert.variable),
		};
	},

	setVariable(adapter, args) {
		const session = adapter.requireStopped("setVariable");
		const changed = session.setVariable(args.variablesReference, args.name, args.value, hexOf(adapter, args));
		const { name: _, ...body } = convert.variable(changed);
		return body;
	},

	evaluate(adapter, args) {
		const context =
			args.context !== undefined && CONTEXTS.includes(args.context) ? (args.context as EvaluateContext) : "repl";
		const session = adapter.requireStopped("evaluate");
		const result = session.evaluate(args.expression, args.frameId ?? null, context, hexOf(adapter, args));
		flushOutput(adapter, session);
		return result.kind === "running" ? runCall(adapter) : evaluated(result);
	},

	async setExpression(adapter, args) {
		const session = adapter.requireStopped("setExpression");
		const done = session.setExpression(args.expression, args.value, args.frameId ?? null, hexOf(adapter, args));
		const result = done.kind === "running" ? await runCall(adapter) : evaluated(done);
		const { result: value, ...rest } = result;
		return { value, ...rest };
	},

	source(adapter, args) {
		const reference = args.source?.sourceReference ?? args.sourceReference ?? 0;
		return { content: adapter.require("source").page(reference), mimeType: "text/plain" };
	},

	loadedSources(adapter) {
		return { sources: adapter.require("loadedSources").loadedSources().map(convert.source) };
	},

	completions(adapter, args) {
		const session = adapter.requireStopped("completions");
		const column = adapter.client.columnsStartAt1 ? args.column - 1 : args.column;
		const lines = args.text.split("\n");
		const line = lines[adapter.client.linesStartAt1 ? (args.line ?? 1) - 1 : (args.line ?? 0)] ?? "";
		const found = session.complete(line.slice(0, Math.max(0, column)), args.frameId ?? null);
		return { targets: found.map((item) => convert.completion(adapter.client, item)) };
	},

	exceptionInfo(adapter, args) {
		const story = adapter.requireStopped("exceptionInfo").exception(args.threadId);
		if (!story) throw new RequestError(ErrorCode.Refused, { detail: "This thread did not stop at an exception." });
		return {
			exceptionId: story.id,
			description: story.description,
			breakMode: "always",
			details: { message: story.details, stackTrace: story.stackTrace },
		};
	},
};
