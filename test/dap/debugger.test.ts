/** The rest of the debugger over the wire: restart, races, completions, setting, stories. */
import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import {
	frames,
	launch,
	lineOf,
	moveTo,
	nextStop,
	OutputLog,
	sample,
	scopeVariables,
	startClient,
	stopClients,
} from "./support";

const program = sample("uart-tx.dma");
const waits = { line: lineOf(program, "wait_for_completion_timeout") };

describe("the debugger over DAP", () => {
	afterEach(stopClients);

	it("restarts with the same breakpoints under the same ids", async () => {
		const client = await startClient();
		let first = nextStop(client);
		const [line, fn] = await launch(client, { program, lines: [waits], functions: ["tx_done"] });
		assert.deepEqual((await first).hitBreakpointIds, [line?.id]);
		const changed: DebugProtocol.Breakpoint[] = [];
		client.on("breakpoint", (event: DebugProtocol.BreakpointEvent) => changed.push(event.body.breakpoint));
		first = nextStop(client);
		await client.send("restart", {});
		const again = await first;
		assert.deepEqual(again.hitBreakpointIds, [line?.id]);
		assert.deepEqual(
			changed.map(({ id, verified }) => [id, verified]),
			[
				[line?.id, true],
				[fn?.id, true],
			],
		);
		assert.deepEqual((await moveTo(client, "continue", again.threadId ?? 0)).hitBreakpointIds, [fn?.id]);
	});

	it("says why a breakpoint cannot be", async () => {
		const client = await startClient();
		const exited = client.waitForEvent("exited");
		const set = await launch(client, {
			program,
			lines: [
				{ ...waits, condition: "nobody > 1" },
				{ ...waits, hitCondition: "often" },
				{ ...waits, logMessage: "value {nobody}" },
			],
		});
		assert.deepEqual(
			set.map(({ verified }) => verified),
			[false, false, false],
		);
		assert.match(set[0]?.message ?? "", /'nobody' is not declared/);
		assert.match(set[1]?.message ?? "", /no hit count/);
		const filters = await client.send("setExceptionBreakpoints", {
			filters: [],
			filterOptions: [
				{ filterId: "callback", condition: "cookie == what" },
				{ filterId: "chunk", condition: "chan->cookie > 0 && addr != 0 && len == 7" },
			],
		});
		assert.deepEqual(
			(filters.body?.breakpoints ?? []).map(({ verified }: DebugProtocol.Breakpoint) => verified),
			[false, true],
		);
		await exited;
	});

	it("answers a console call that terminate cuts off, and everything after it", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program, lines: [waits] });
		const { threadId } = await first;
		const frameId = (await frames(client, threadId ?? 0))[0]?.id;
		// Nobody completes it: 10^9 ms of virtual time in which other things are due.
		const call = client.evaluateRequest({ expression: "msleep(1000000000)", frameId, context: "repl" }).then(
			() => "answered",
			(error: Error) => error.message,
		);
		const terminated = client.waitForEvent("terminated");
		await client.send("terminate", {});
		await terminated;
		assert.ok((await call).length > 0);
		await assert.rejects(client.continueRequest({ threadId: threadId ?? 0 }), /over/);
		assert.ok(Array.isArray((await client.threadsRequest()).body.threads));
	});

	it("lets pause, continue and terminate race", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program, lines: [waits], args: { untilNs: 10 ** 12 } });
		const { threadId = 0 } = await first;
		const answers = await Promise.allSettled([
			client.send("pause", { threadId }),
			client.send("continue", { threadId }),
			client.send("pause", { threadId }),
			client.send("next", { threadId }),
			client.send("terminate", {}),
			client.send("terminate", {}),
			client.send("pause", { threadId }),
			client.send("threads", {}),
		]);
		const statuses = answers.map(({ status }) => status);
		// Whether the machine stands still again when "next" comes is up to the race; everything else is not.
		const [, , , next] = statuses;
		assert.ok(next === "rejected" || next === "fulfilled");
		assert.deepEqual(
			statuses.filter((_, index) => index !== 3),
			["fulfilled", "fulfilled", "fulfilled", "fulfilled", "fulfilled", "rejected", "fulfilled"],
		);
	});

	it("completes, sets and copies", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program, lines: [waits] });
		const { threadId = 0 } = await first;
		const frameId = (await frames(client, threadId))[0]?.id;
		const found = await client.send("completions", { text: "tx->coo", column: 8, frameId });
		assert.deepEqual(found.body.targets[0], {
			label: "cookie",
			detail: "dma_cookie_t cookie",
			type: "field",
			start: 5,
			length: 3,
		});
		const set = await client.send("setExpression", {
			expression: "config.dst_maxburst",
			value: "1 + 7",
			frameId,
			format: { hex: true },
		});
		assert.equal(set.body.value, "0x00000008");
		const copied = await client.evaluateRequest({ expression: "config", frameId, context: "clipboard" });
		assert.match(copied.body.result, /\.dst_maxburst = 8,\n/);
		const { sources } = (await client.send("loadedSources", {})).body as { sources: DebugProtocol.Source[] };
		const headers = sources.find(({ name }) => name === "kernel-headers.h");
		const text = await client.send("source", { sourceReference: headers?.sourceReference });
		assert.match(text.body.content, /struct dma_slave_config \{/);
	});

	it("shows the bytes of a buffer and writes memory", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program, lines: [waits] });
		const { threadId = 0 } = await first;
		const buf = (await scopeVariables(client, threadId, "Locals")).find(({ name }) => name === "buf");
		const children = async (reference = 0, args: object = {}): Promise<DebugProtocol.Variable[]> =>
			(await client.send("variables", { variablesReference: reference, ...args })).body.variables;
		const bytes = (await children(buf?.variablesReference)).find(({ name }) => name === "[bytes]");
		assert.equal(bytes?.value, "256 bytes");
		assert.equal(bytes?.indexedVariables, 16);
		const written = await client.send("writeMemory", {
			memoryReference: buf?.memoryReference,
			offset: 254,
			data: Buffer.from("V!").toString("base64"),
		});
		assert.equal(written.body.bytesWritten, 2);
		const [last] = await children(bytes?.variablesReference, { filter: "indexed", start: 15, count: 1 });
		assert.match(last?.value ?? "", /\|UUUUUUUUUUUUUUV!\|$/);
		const output = new OutputLog(client);
		const exited = client.waitForEvent("exited");
		await client.continueRequest({ threadId });
		await exited;
		assert.equal(output.text("stdout"), `${"U".repeat(254)}V!`);
	});

	it("runs to the end of a descriptor, and tells the story of a bus error", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program, lines: [waits] });
		const { threadId } = await first;
		await assert.rejects(client.send("dmascope/runToDescriptorEnd", { threadId }), /no channel/);
		const channel = (await client.threadsRequest()).body.threads.find(({ name }) => name.startsWith("dma0chan0"));
		const end = nextStop(client);
		await client.send("dmascope/runToDescriptorEnd", { threadId: channel?.id });
		assert.equal((await end).description, "end of descriptor, cookie 2");

		const second = await startClient();
		const failed = nextStop(second);
		await launch(second, { program: sample("bus-error.dma"), filters: ["bus-error"] });
		const info = (await second.send("exceptionInfo", { threadId: (await failed).threadId })).body;
		assert.equal(info.exceptionId, "Bus error");
		assert.match(info.description, /LLI 0x[0-9a-f]+, chunk 1 of 1: .* 4096 bytes, 2048 of them moved/);
		assert.match(info.description, /cookie 2, memcpy of 4096 bytes, prepared by bus_error_init \(bus-error\.dma:\d+\)/);
	});

	it("lists a descriptor chain as instructions, and stops and steps by them", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program: sample("memcpy-batch.dma"), filters: ["chunk"] });
		const { threadId = 0 } = await first;
		const [frame] = await frames(client, threadId);
		const reference = frame?.instructionPointerReference ?? "";
		assert.match(reference, /^0x[0-9a-f]+$/);
		const list = async (instructionOffset: number, instructionCount: number) =>
			(await client.send("disassemble", { memoryReference: reference, instructionOffset, instructionCount })).body
				.instructions as DebugProtocol.DisassembledInstruction[];
		// One item for each of the batch's three descriptors.
		const rows = await list(-1, 5);
		assert.deepEqual(
			rows.map(({ presentationHint }) => presentationHint),
			["invalid", undefined, undefined, undefined, "invalid"],
		);
		assert.equal(rows[1]?.address, reference);
		for (const [index, cookie] of [2, 3, 4].entries()) {
			const text = rows[index + 1]?.instruction ?? "";
			assert.match(text, /^LLI 0 of cookie \d {2}0x[0-9a-f]+ → 0x[0-9a-f]+, 1024 bytes, next end, last$/);
			assert.ok(text.includes(`cookie ${cookie}`));
		}
		const set = await client.send("setInstructionBreakpoints", {
			breakpoints: [{ instructionReference: reference, condition: "len == 1024" }],
		});
		assert.equal(set.body.breakpoints[0].verified, true);
		// The machine does the same again: the item is at the same address after a restart.
		await client.send("setExceptionBreakpoints", { filters: [] });
		const again = nextStop(client);
		await client.send("restart", {});
		const reached = await again;
		assert.equal(reached.reason, "instruction breakpoint");
		assert.deepEqual(reached.hitBreakpointIds, [set.body.breakpoints[0].id]);
		await assert.rejects(
			client.send("setInstructionBreakpoints", { breakpoints: [{ instructionReference: "here" }] }),
			/"here" is no address on the bus/,
		);
	});

	it("stops at nothing when it was launched with noDebug", async () => {
		const client = await startClient();
		let stops = 0;
		client.on("stopped", () => stops++);
		const exited = client.waitForEvent("exited");
		const [line] = await launch(client, { program, lines: [waits], filters: ["start"], args: { noDebug: true } });
		assert.deepEqual([line?.verified, line?.message], [false, "The scenario runs without debugging."]);
		assert.equal((await exited).body.exitCode, 0);
		assert.equal(stops, 0);
	});
});
