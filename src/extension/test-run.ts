import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { type CancellationToken, type DebugSession, debug, Uri, workspace } from "vscode";
import { type CaseOutcome, parseKtap } from "./ktap";
import { DEBUG_TYPE } from "./launch";

export interface RunOutcome {
	readonly cases: readonly CaseOutcome[];
	/** What went wrong when nothing ran. */
	readonly problem: string;
	/** What the program wrote. */
	readonly text: string;
}

/**
 * Runs KUnit cases by the command that is part of the extension.
 * @param cli path of dist/cli.js
 * @param glob over `suite.case`, or a suite's name
 */
export async function runTests(
	cli: string,
	program: string,
	glob: string,
	token: CancellationToken,
): Promise<RunOutcome> {
	const folder = workspace.getWorkspaceFolder(Uri.file(program))?.uri.fsPath ?? dirname(program);
	const child = spawn(process.execPath, [cli, "test", "--ktap", "--case", glob, program], {
		cwd: folder,
		env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const cancel = token.onCancellationRequested(() => child.kill());
	let text = "";
	let problem = "";
	child.stdout.setEncoding("utf8").on("data", (data: string) => {
		text += data;
	});
	child.stderr.setEncoding("utf8").on("data", (data: string) => {
		problem += data;
	});
	await new Promise<void>((settle) => {
		child.on("error", (error) => {
			problem += error.message;
			settle();
		});
		child.on("close", () => settle());
	});
	cancel.dispose();
	return { cases: parseKtap(text), problem, text: problem + text };
}

/** Runs KUnit cases in the debugger; resolves when the session has ended. */
export async function debugTests(program: string, glob: string, token: CancellationToken): Promise<RunOutcome> {
	const name = `DMAscope: ${glob}`;
	const isOurs = (session: DebugSession): boolean => session.type === DEBUG_TYPE && session.name === name;
	let text = "";
	let started: DebugSession | null = null;
	const tracker = debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
		createDebugAdapterTracker: (session) => ({
			onDidSendMessage: (message: { event?: string; body?: { output?: unknown } }) => {
				if (isOurs(session) && message.event === "output" && typeof message.body?.output === "string")
					text += message.body.output;
			},
		}),
	});
	const begin = debug.onDidStartDebugSession((session) => {
		if (isOurs(session)) started = session;
	});
	const cancel = token.onCancellationRequested(() => void debug.stopDebugging(started ?? undefined));
	const ended = new Promise<void>((settle) => {
		const end = debug.onDidTerminateDebugSession((session) => {
			if (!isOurs(session)) return;
			end.dispose();
			settle();
		});
	});
	const folder = workspace.getWorkspaceFolder(Uri.file(program));
	const configuration = { type: DEBUG_TYPE, request: "launch", name, program, test: glob };
	const good = await debug.startDebugging(folder, configuration);
	if (good) await ended;
	tracker.dispose();
	begin.dispose();
	cancel.dispose();
	return { cases: parseKtap(text), problem: good ? "" : "The debugger did not start.", text };
}
