/** The adapter under wrong input: every request is answered, and the session lives. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { launch, nextStop, OutputLog, startClient, stopClients } from "./support";

/** Sends raw bytes to a fresh adapter and collects the messages that come back until `count` have. */
function exchange(bytes: string, count: number): Promise<DebugProtocol.Response[]> {
	return new Promise((done, fail) => {
		const adapter = spawn(process.execPath, [resolve("dist/adapter.js")], { stdio: ["pipe", "pipe", "inherit"] });
		const messages: DebugProtocol.Response[] = [];
		let bytesSoFar = Buffer.alloc(0);
		adapter.on("error", fail);
		adapter.on("exit", (code) => messages.length < count && fail(new Error(`the adapter ended with ${code}`)));
		adapter.stdout.on("data", (chunk: Buffer) => {
			bytesSoFar = Buffer.concat([bytesSoFar, chunk]);
			for (;;) {
				const header = /^Content-Length: (\d+)\r\n\r\n/.exec(bytesSoFar.toString("latin1"))?.[0];
				const end = (header?.length ?? 0) + Number(/\d+/.exec(header ?? "")?.[0]);
				if (!header || bytesSoFar.length < end) break;
				messages.push(JSON.parse(bytesSoFar.subarray(header.length, end).toString("utf8")));
				bytesSoFar = bytesSoFar.subarray(end);
			}
			if (messages.length >= count) {
				done(messages);
				adapter.kill();
			}
		});
		adapter.stdin.write(bytes);
	});
}

/** Every board there is. */
const BOARDS = readdirSync("boards").map((file) => basename(file, ".dtsi"));

const framed = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe("wrong DAP input", () => {
	afterEach(stopClients);

	it("answers what is no JSON, no request or not known with an error response, and goes on", async () => {
		const messages = await exchange(
			framed("{ this is no JSON") +
				framed('{"seq":1,"type":"request"}') +
				framed('{"seq":2,"type":"request","command":"fly","arguments":{}}') +
				framed('{"seq":3,"type":"request","command":"setBreakpoints","arguments":{"source":7}}') +
				framed('{"seq":4,"type":"request","command":"threads"}') +
				framed('{"seq":5,"type":"request","command":"initialize","arguments":{"adapterID":"x"}}'),
			6,
		);
		assert.deepEqual(
			messages.map((m) => m.success),
			[false, false, false, false, false, true],
		);
		assert.match(messages[2]?.message ?? "", /does not know the request “fly”/);
		assert.match(messages[3]?.message ?? "", /arguments that do not fit: source/);
		assert.match(messages[4]?.message ?? "", /needs a launched scenario/);
	});

	it("tells every mistake of a scenario at once and runs nothing", async () => {
		const file = join(mkdtempSync(join(tmpdir(), "dmascope-")), "wrong.dma");
		writeFileSync(
			file,
			"static int f(void)\n{\n\treturn no_such_name;\n}\n\nint g(void)\n{\n\tint x = 1\n\treturn x;\n}\n",
		);
		const client = await startClient();
		const output = new OutputLog(client);
		await client.initializeRequest();
		await assert.rejects(
			client.launchRequest({ program: file } as DebugProtocol.LaunchRequestArguments),
			/2 errors, so nothing runs/,
		);
		assert.match(output.text("stderr"), /wrong\.dma:3:\d+: error: .*no_such_name/);
		assert.match(output.text("stderr"), /wrong\.dma:8:\d+: error: /);
	});

	for (const board of BOARDS)
		it(`pauses loops that never end on ${board}, busy ones and sleeping ones`, async () => {
			for (const wait of ["", "msleep(1);", "udelay(1);"]) {
				const file = join(mkdtempSync(join(tmpdir(), "dmascope-")), "spin.dma");
				const text = [
					`#include <board/${board}.dtsi>`,
					"#include <linux/delay.h>",
					"static volatile int n;",
					"static int spin_init(void)",
					"{",
					"	n = 1;",
					"	for (;;) {",
					"		n++;",
					`		${wait}`,
					"	}",
					"	return 0;",
					"}",
					"module_init(spin_init);",
				];
				writeFileSync(file, `${text.join("\n")}\n`);
				const client = await startClient();
				const entered = nextStop(client);
				await launch(client, { program: file, functions: ["spin_init"], args: { untilNs: 1e15 } });
				const { threadId = 0 } = await entered;
				await client.continueRequest({ threadId });
				const stopped = nextStop(client);
				await client.pauseRequest({ threadId });
				const stop = await stopped;
				assert.equal(stop.reason, "pause", wait);
				const { stackFrames } = (await client.stackTraceRequest({ threadId })).body;
				assert.ok(
					stackFrames.some(({ name }) => name === "spin_init"),
					wait,
				);
			}
		});
});
