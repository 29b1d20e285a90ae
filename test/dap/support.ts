/** A debug client over stdio for the tests, and helpers that find places in files by their text. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { DebugClient } from "@vscode/debugadapter-testsupport";
import type { DebugProtocol } from "@vscode/debugprotocol";

export const SAMPLES = resolve("samples");
export const sample = (name: string): string => resolve(SAMPLES, name);

/** Line (1-based) of the first line that contains `text`. */
export function lineOf(file: string, text: string): number {
	const at = readFileSync(file, "utf8")
		.split("\n")
		.findIndex((line) => line.includes(text));
	if (at < 0) throw new Error(`${file} has no line with ${text}`);
	return at + 1;
}

/** A client connected to a fresh adapter process; stopped after each test by `stopClients`. */
export async function startClient(): Promise<DebugClient> {
	const client = new DebugClient(process.execPath, resolve("dist/adapter.js"), "dmascope");
	clients.push(client);
	await client.start();
	return client;
}

const clients: DebugClient[] = [];

export async function stopClients(): Promise<void> {
	for (const client of clients.splice(0)) await client.stop();
}

/** What the adapter has printed so far, by category. */
export class OutputLog {
	private readonly events: DebugProtocol.OutputEvent[] = [];
	constructor(client: DebugClient) {
		client.on("output", (event: DebugProtocol.OutputEvent) => this.events.push(event));
	}
	text(category: string): string {
		return this.events
			.filter((e) => e.body.category === category)
			.map((e) => e.body.output)
			.join("");
	}
}

export interface Launch {
	readonly program: string;
	readonly lines?: readonly DebugProtocol.SourceBreakpoint[];
	readonly functions?: readonly string[];
	readonly filters?: readonly string[];
	readonly stopOnEntry?: boolean;
	readonly args?: object;
}

/** initialize → launch → breakpoints → configurationDone; resolves when the machine has been told to run. */
export async function launch(
	client: DebugClient,
	{ program, lines, functions, filters, stopOnEntry, args }: Launch,
): Promise<DebugProtocol.Breakpoint[]> {
	await client.initializeRequest({
		adapterID: "dmascope",
		linesStartAt1: true,
		columnsStartAt1: true,
		pathFormat: "path",
	});
	const initialized = client.waitForEvent("initialized");
	await client.launchRequest({
		program,
		stopOnEntry: stopOnEntry === true,
		...args,
	} as DebugProtocol.LaunchRequestArguments);
	await initialized;
	const set: DebugProtocol.Breakpoint[] = [];
	if (lines)
		set.push(
			...(await client.setBreakpointsRequest({ source: { path: program }, breakpoints: [...lines] })).body.breakpoints,
		);
	if (functions)
		set.push(
			...(await client.setFunctionBreakpointsRequest({ breakpoints: functions.map((name) => ({ name })) })).body
				.breakpoints,
		);
	await client.setExceptionBreakpointsRequest({ filters: [...(filters ?? [])] });
	await client.configurationDoneRequest();
	return set;
}

export async function nextStop(client: DebugClient): Promise<DebugProtocol.StoppedEvent["body"]> {
	return ((await client.waitForEvent("stopped", 10_000)) as DebugProtocol.StoppedEvent).body;
}

/** Sends a move and waits for the stop that follows. */
export async function moveTo(
	client: DebugClient,
	command: "continue" | "next" | "stepIn" | "stepOut",
	threadId: number,
): Promise<DebugProtocol.StoppedEvent["body"]> {
	const stop = nextStop(client);
	await client.send(command, { threadId });
	return stop;
}

export async function frames(client: DebugClient, threadId: number): Promise<DebugProtocol.StackFrame[]> {
	return (await client.stackTraceRequest({ threadId })).body.stackFrames;
}

/** The variables of a scope of the innermost frame of a thread. */
export async function scopeVariables(
	client: DebugClient,
	threadId: number,
	scope: string,
): Promise<DebugProtocol.Variable[]> {
	const [frame] = await frames(client, threadId);
	if (!frame) throw new Error("no frame");
	const { scopes } = (await client.scopesRequest({ frameId: frame.id })).body;
	const found = scopes.find((s) => s.name === scope);
	if (!found) throw new Error(`no scope ${scope} among ${scopes.map((s) => s.name).join(", ")}`);
	return (await client.variablesRequest({ variablesReference: found.variablesReference })).body.variables;
}
