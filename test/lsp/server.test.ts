import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

interface Message {
	id?: number;
	method?: string;
	params?: unknown;
	result?: unknown;
}

/** A server in a process of its own, spoken to over its standard input and output. */
class Client {
	readonly got: Message[] = [];
	private readonly process: ChildProcess;
	private bytes = Buffer.alloc(0);
	private next = 1;
	private waiting: (() => void)[] = [];

	constructor(bundle: string) {
		this.process = spawn(process.execPath, [bundle, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
		this.process.stdout?.on("data", (data: Buffer) => this.read(data));
	}

	private read(data: Buffer): void {
		this.bytes = Buffer.concat([this.bytes, data]);
		for (;;) {
			const head = this.bytes.indexOf("\r\n\r\n");
			const length = Number(/Content-Length: (\d+)/.exec(this.bytes.toString("latin1", 0, Math.max(0, head)))?.[1]);
			if (head < 0 || this.bytes.length < head + 4 + length) break;
			this.got.push(JSON.parse(this.bytes.toString("utf8", head + 4, head + 4 + length)));
			this.bytes = this.bytes.subarray(head + 4 + length);
		}
		for (const wake of this.waiting.splice(0)) wake();
	}

	send(message: Message): void {
		const text = JSON.stringify({ jsonrpc: "2.0", ...message });
		this.process.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
	}

	async until(fits: (message: Message) => boolean): Promise<Message> {
		for (;;) {
			const found = this.got.find(fits);
			if (found) return found;
			await new Promise<void>((wake) => this.waiting.push(wake));
		}
	}

	async ask(method: string, params: unknown): Promise<unknown> {
		const id = this.next++;
		this.send({ id, method, params });
		return (await this.until((message) => message.id === id && message.method === undefined)).result;
	}

	async exit(): Promise<number | null> {
		const ended = new Promise<number | null>((settle) => this.process.on("exit", settle));
		await this.ask("shutdown", null);
		this.send({ method: "exit" });
		return ended;
	}
}

describe("the server over standard input and output", function () {
	this.timeout(30_000);
	const folder = mkdtempSync(join(tmpdir(), "dmascope-lsp-"));
	const bundle = join(folder, "cli.js");
	after(() => rmSync(folder, { recursive: true }));

	it("follows a document from open to close", async () => {
		buildSync({
			entryPoints: ["src/entry/cli.ts"],
			outfile: bundle,
			bundle: true,
			platform: "node",
			target: "node22",
			loader: { ".dtsi": "text" },
			logLevel: "error",
		});
		const client = new Client(bundle);
		const initialized = await client.ask("initialize", { processId: null, rootUri: null, capabilities: {} });
		assert.ok(JSON.stringify(initialized).includes("hoverProvider"));
		client.send({ method: "initialized", params: {} });
		const uri = "file:///nowhere/a.dma";
		const text = "int f(void)\n{\n\treturn nonsense;\n}\n";
		client.send({
			method: "textDocument/didOpen",
			params: { textDocument: { uri, languageId: "dma", version: 1, text } },
		});
		const diagnostics = (count: number) =>
			client.until(
				({ method, params }) =>
					method === "textDocument/publishDiagnostics" &&
					(params as { uri: string; diagnostics: unknown[] }).diagnostics.length === count,
			);
		const first = (await diagnostics(1)).params as { diagnostics: { range: unknown }[] };
		assert.deepEqual(first.diagnostics[0]?.range, {
			start: { line: 2, character: 8 },
			end: { line: 2, character: 16 },
		});
		client.got.length = 0;
		client.send({
			method: "textDocument/didChange",
			params: {
				textDocument: { uri, version: 2 },
				contentChanges: [
					{ range: { start: { line: 2, character: 8 }, end: { line: 2, character: 16 } }, text: "sim_time_ns() > 0" },
				],
			},
		});
		await diagnostics(0);
		const hover = await client.ask("textDocument/hover", {
			textDocument: { uri },
			position: { line: 2, character: 10 },
		});
		assert.ok(JSON.stringify(hover).includes("sim_time_ns"));
		const completion = await client.ask("textDocument/completion", {
			textDocument: { uri },
			position: { line: 2, character: 12 },
		});
		assert.ok(JSON.stringify(completion).includes("sim_time_ns"));
		assert.deepEqual(await client.ask("dmascope/tests", { uri }), { suites: [], inits: [] });
		const page = await client.ask("dmascope/page", { uri: "dmascope:/boards/generic-axi-dmac.dtsi" });
		assert.ok(String(page).includes("uart0"));
		assert.equal(await client.ask("dmascope/page", { uri: "dmascope:/../etc/passwd" }), null);
		assert.equal(await client.exit(), 0);
	});
});
