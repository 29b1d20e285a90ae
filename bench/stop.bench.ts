/**
 * From a stop to the stack, scopes and variables of every thread, in the adapter (target: p95 16 ms), and how long a
 * free run takes to hear a pause (target: 20 ms). The first runs in this process, the second needs `npm run build`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DebugClient } from "@vscode/debugadapter-testsupport";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { Adapter } from "../src/dap/adapter";
import { launch } from "../src/session/launch";
import { print } from "./print";

type Message = DebugProtocol.Response & DebugProtocol.Event;

class Client {
	private readonly responses = new Map<number, (message: Message) => void>();
	private readonly events = new Map<string, ((message: Message) => void)[]>();
	private seq = 0;
	readonly adapter: Adapter;

	constructor(files: Record<string, string>) {
		const wire = {
			send: (message: DebugProtocol.ProtocolMessage) => this.take(message as Message),
			close: () => undefined,
		};
		const readFile = (path: string): string | null => files[path] ?? null;
		this.adapter = new Adapter(wire, { readFile, launch, exit: () => undefined });
	}

	request(command: string, args?: object): Promise<Message> {
		const seq = ++this.seq;
		const answer = new Promise<Message>((done) => this.responses.set(seq, done));
		this.adapter.receive({ type: "request", seq, command, arguments: args });
		return answer;
	}

	event(name: string): Promise<Message> {
		return new Promise((done) => this.events.set(name, [...(this.events.get(name) ?? []), done]));
	}

	private take(message: Message): void {
		if (message.type === "response") this.responses.get(message.request_seq)?.(message);
		for (const done of this.events.get(message.event) ?? []) done(message);
		this.events.delete(message.event);
	}
}

async function start(file: string, text: string, breakpoints: { functions?: string[] }): Promise<Client> {
	const client = new Client({ [file]: text });
	await client.request("initialize", {});
	const ready = client.event("initialized");
	await client.request("launch", { program: file });
	await ready;
	await client.request("setFunctionBreakpoints", {
		breakpoints: (breakpoints.functions ?? []).map((name) => ({ name })),
	});
	await client.request("setExceptionBreakpoints", { filters: [] });
	return client;
}

/** Everything that a front end shows at a stop, of every thread and frame. */
async function lookAtEverything(client: Client): Promise<void> {
	const { threads } = (await client.request("threads")).body;
	for (const { id } of threads) {
		const { stackFrames } = (await client.request("stackTrace", { threadId: id })).body;
		for (const frame of stackFrames) {
			const { scopes } = (await client.request("scopes", { frameId: frame.id })).body;
			for (const scope of scopes) await client.request("variables", { variablesReference: scope.variablesReference });
		}
	}
}

const percentile95 = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;

async function stops(): Promise<void> {
	const sample = readFileSync(resolve("samples/uart-tx.dma"), "utf8");
	const client = await start("uart-tx.dma", sample, { functions: ["dmaengine_submit"] });
	const stopped = client.event("stopped");
	await client.request("configurationDone");
	let { threadId } = (await stopped).body;
	const times: number[] = [];
	for (let step = 0; step < 100; step++) {
		const halted = Promise.race([client.event("stopped"), client.event("exited")]);
		await client.request("stepIn", { threadId });
		const { event, body } = await halted;
		if (event === "exited") break;
		threadId = body.threadId;
		const start = performance.now();
		await lookAtEverything(client);
		times.push(performance.now() - start);
	}
	const p95 = percentile95(times);
	print("stop to stack, scopes and variables of every thread, p95", p95, "ms", 16);
}

/** Over the pipes to `dist/adapter.js`: a pause comes in the middle of a slice, as it does for a user. */
async function pauses(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "dmascope-bench-"));
	const program = join(folder, "spin.c");
	writeFileSync(
		program,
		"static volatile int n;\nstatic int spin_init(void)\n{\n\tn = 1;\n\tfor (;;)\n\t\tn++;\n\treturn 0;\n}\nmodule_init(spin_init);\n",
	);
	const client = new DebugClient(process.execPath, resolve("dist/adapter.js"), "dmascope");
	await client.start();
	await client.initializeRequest();
	const ready = client.waitForEvent("initialized");
	await client.launchRequest({ program } as DebugProtocol.LaunchRequestArguments);
	await ready;
	await client.setExceptionBreakpointsRequest({ filters: [] });
	await client.configurationDoneRequest();
	const times: number[] = [];
	for (let round = 0; round < 40; round++) {
		await new Promise((done) => setTimeout(done, 20 + (round % 7)));
		const stopped = client.waitForEvent("stopped");
		const start = performance.now();
		void client.pauseRequest({ threadId: 1 });
		const { threadId } = ((await stopped) as DebugProtocol.StoppedEvent).body;
		times.push(performance.now() - start);
		await client.continueRequest({ threadId: threadId ?? 1 });
	}
	await client.stop();
	rmSync(folder, { recursive: true });
	print("pause of a free run over stdio, p95", percentile95(times), "ms", 20);
}

async function main(): Promise<void> {
	await stops();
	await pauses();
}

main().then(
	() => process.exit(0),
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
