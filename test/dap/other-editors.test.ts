/** `dmascope dap` as other editors use it: over stdio, and on a port. The requests are those that nvim-dap sends. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { DebugClient } from "@vscode/debugadapter-testsupport";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { frames, lineOf, nextStop, sample } from "./support";

const COMMAND = resolve("bin/dmascope");

/** From initialize to the end, with a breakpoint. */
async function session(client: DebugClient): Promise<void> {
	const program = sample("uart-tx.dma");
	const line = lineOf(program, "dma_async_issue_pending(tx)");
	const { body } = await client.initializeRequest({
		clientID: "neovim",
		clientName: "neovim",
		adapterID: "dmascope",
		pathFormat: "path",
		columnsStartAt1: true,
		linesStartAt1: true,
		supportsRunInTerminalRequest: true,
		supportsVariableType: true,
		locale: "en_US.UTF-8",
	});
	assert.ok(body?.supportsConfigurationDoneRequest);
	const initialized = client.waitForEvent("initialized");
	const launch = { type: "dmascope", request: "launch", name: "Debug scenario", program };
	await client.launchRequest(launch as DebugProtocol.LaunchRequestArguments);
	await initialized;
	const set = await client.setBreakpointsRequest({
		source: { path: program, name: "uart-tx.dma" },
		breakpoints: [{ line }],
		sourceModified: false,
		lines: [line],
	});
	assert.equal(set.body.breakpoints[0]?.verified, true);
	await client.setExceptionBreakpointsRequest({ filters: [] });
	const stop = nextStop(client);
	await client.configurationDoneRequest();
	const { threadId = 0 } = await stop;
	assert.equal((await frames(client, threadId))[0]?.line, line);
	const ended = client.waitForEvent("terminated");
	await client.continueRequest({ threadId });
	await ended;
	// The adapter ends its side by itself.
	await client.disconnectRequest({ restart: false, terminateDebuggee: true });
}

function freePort(): Promise<number> {
	return new Promise((settle) => {
		const probe = createServer().listen(0, "127.0.0.1", () => {
			const address = probe.address();
			probe.close(() => settle(typeof address === "object" && address ? address.port : 0));
		});
	});
}

describe("dmascope dap for other editors", () => {
	let server: ChildProcess | undefined;
	afterEach(() => {
		server?.kill();
		server = undefined;
	});

	it("serves a session on stdio", async () => {
		// The client starts it with a script and no arguments of its own: the adapter's bundle is `dmascope dap`.
		const client = new DebugClient(process.execPath, resolve("dist/adapter.js"), "dmascope");
		await client.start();
		await session(client);
	});

	it("serves one session after another on a port", async () => {
		const port = await freePort();
		server = spawn(process.execPath, [COMMAND, "dap", "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
		await new Promise<void>((listening) => {
			server?.stdout?.once("data", () => listening());
			server?.stderr?.once("data", () => listening());
		});
		for (let round = 0; round < 2; round++) {
			const client = new DebugClient("node", "", "dmascope");
			await client.start(port);
			await session(client);
		}
	});
});
