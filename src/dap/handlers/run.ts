/** continue, pause and steps, and what is told when the machine stops. */

import { STATE_EVENT } from "../../messages/state";
import type { DebugSessionApi, Progress } from "../../session/api";
import type { Adapter } from "../adapter";
import * as convert from "../convert";
import { ErrorCode, RequestError } from "../errors";
import { machineState, tellTraceEnd } from "./dashboard";
import type { HandlersOf } from "./handler";

/** Starts the machine with what `how` asks for and tells the client all that comes of it. */
export function go(adapter: Adapter, how: (session: DebugSessionApi) => void): void {
	const session = adapter.require("continue");
	how(session);
	adapter.phase = "running";
	adapter.loop.start(session, {
		onSlice: () => flushOutput(adapter, session),
		onState: () => adapter.event(STATE_EVENT, machineState(adapter)),
		onDone: (progress) => settle(adapter, progress),
		onFailure: (error) => fail(adapter, error),
	});
}

/** Sends what has come out. */
export function flushOutput(adapter: Adapter, session: DebugSessionApi): void {
	for (const line of session.takeOutput()) adapter.event("output", convert.output(adapter.client, line));
}

/** The machine has come to a standstill. */
export function settle(adapter: Adapter, progress: Exclude<Progress, { kind: "running" }>): void {
	if (progress.kind === "stopped") {
		adapter.phase = "stopped";
		adapter.event(STATE_EVENT, machineState(adapter));
		adapter.event("stopped", convert.stopped(progress.stop));
		return;
	}
	adapter.phase = "ended";
	adapter.event(STATE_EVENT, machineState(adapter));
	tellTraceEnd(adapter);
	if (progress.report) adapter.event("output", { category: "console", output: `${progress.report}\n` });
	adapter.event("exited", { exitCode: progress.exitCode });
	adapter.event("terminated");
}

function fail(adapter: Adapter, error: unknown): void {
	const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
	const text = new RequestError(ErrorCode.Internal, { command: "continue", detail }).message;
	adapter.phase = "ended";
	adapter.event("output", { category: "important", output: `${text}\n` });
	adapter.event("exited", { exitCode: 1 });
	adapter.event("terminated");
}

/** Steps and continue need a machine that stands still and has not ended. */
function move(adapter: Adapter, command: string, how: (session: DebugSessionApi) => void): void {
	if (adapter.phase === "ended") throw new RequestError(ErrorCode.Ended);
	adapter.requireStopped(command);
	adapter.phase = "running";
	adapter.afterResponse(() => {
		try {
			go(adapter, how);
		} catch (error) {
			fail(adapter, error);
		}
	});
}

export const runHandlers: HandlersOf<
	"continue" | "pause" | "next" | "stepIn" | "stepOut" | "dmascope/runToDescriptorEnd"
> = {
	"dmascope/runToDescriptorEnd"(adapter, args) {
		if (adapter.phase === "ended") throw new RequestError(ErrorCode.Ended);
		const session = adapter.requireStopped("dmascope/runToDescriptorEnd");
		// What is wrong with the thread is the answer to this request.
		session.runToDescriptorEnd(args.threadId);
		adapter.phase = "running";
		adapter.afterResponse(() => {
			adapter.event("continued", { threadId: args.threadId, allThreadsContinued: true });
			go(adapter, () => undefined);
		});
		return undefined;
	},
	continue(adapter) {
		move(adapter, "continue", (session) => session.continue());
		return { allThreadsContinued: true };
	},
	next(adapter, args) {
		move(adapter, "next", (session) => session.step(args.threadId, "over", args.granularity === "instruction"));
		return undefined;
	},
	stepIn(adapter, args) {
		move(adapter, "stepIn", (session) => session.step(args.threadId, "into", args.granularity === "instruction"));
		return undefined;
	},
	stepOut(adapter, args) {
		move(adapter, "stepOut", (session) => session.step(args.threadId, "out", args.granularity === "instruction"));
		return undefined;
	},
	pause(adapter) {
		if (adapter.phase === "ended") throw new RequestError(ErrorCode.Ended);
		adapter.require("pause").pause();
		return undefined;
	},
};
