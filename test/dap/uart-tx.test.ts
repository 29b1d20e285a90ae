/** The path of a first session, over the wire: samples/uart-tx.dma from F5 to the text that the UART has sent. */
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

describe("a debug session over DAP", () => {
	afterEach(stopClients);

	it("stops at a line, steps through submit and issue_pending, and sends 256 bytes", async () => {
		const client = await startClient();
		const output = new OutputLog(client);
		const submitLine = lineOf(program, "dmaengine_submit(desc)");
		const first = nextStop(client);
		const [breakpoint] = await launch(client, { program, lines: [{ line: submitLine }] });
		assert.equal(breakpoint?.verified, true);
		assert.equal(breakpoint?.line, submitLine);
		const stop = await first;
		assert.equal(stop.reason, "breakpoint");
		assert.deepEqual(stop.hitBreakpointIds, [breakpoint?.id]);
		const threadId = stop.threadId ?? 0;
		const [top] = await frames(client, threadId);
		assert.equal(top?.name, "uart_tx_init");
		assert.equal(top?.line, submitLine);

		// Into dmaengine_submit: a page of plain words, then out again.
		await moveTo(client, "stepIn", threadId);
		const inside = await frames(client, threadId);
		assert.equal(inside[0]?.name, "dmaengine_submit");
		assert.ok(inside[0]?.source?.sourceReference);
		await moveTo(client, "stepOut", threadId);
		assert.equal((await frames(client, threadId))[0]?.name, "uart_tx_init");

		const ended = client.waitForEvent("exited");
		await client.continueRequest({ threadId });
		assert.equal(((await ended) as DebugProtocol.ExitedEvent).body.exitCode, 0);
		assert.equal(output.text("stdout"), "U".repeat(256));
	});

	it("shows the callback on the softirq on the interrupt on what was interrupted", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program, functions: ["tx_done"] });
		const stop = await first;
		assert.equal(stop.reason, "function breakpoint");
		const names = (await frames(client, stop.threadId ?? 0)).map((f) => f.name);
		const order = ["tx_done", "vchan_complete", "tasklet_action", "handle_softirqs", "handle_irq_event"];
		assert.deepEqual(
			names.map((name) => name.split(" ")[0]).filter((name) => order.includes(name ?? "")),
			order,
		);
	});

	it("steps a channel burst by burst", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program, lines: [{ line: lineOf(program, "wait_for_completion_timeout") }] });
		await first;
		const { threads } = (await client.threadsRequest()).body;
		const channel = threads.find((t) => t.name.startsWith("dma0chan0"));
		assert.equal(channel?.name, "dma0chan0 (10000000.serial:tx)");
		const threadId = channel?.id ?? 0;
		await moveTo(client, "next", threadId);
		const before = await frames(client, threadId);
		assert.match(before[0]?.name ?? "", /^burst \d+ of 64/);
		assert.match(before[1]?.name ?? "", /^chunk 1 of 1 \(LLI 0x/);
		assert.match(before[2]?.name ?? "", /^transfer \(cookie 2\)/);
		assert.equal(before[2]?.line, lineOf(program, "dmaengine_prep_slave_single"));
		const number = Number(/\d+/.exec(before[0]?.name ?? "")?.[0]);
		await moveTo(client, "next", threadId);
		const after = await frames(client, threadId);
		assert.match(after[0]?.name ?? "", new RegExp(`^burst ${number + 1} of 64`));
		const chain = await scopeVariables(client, threadId, "Descriptor chain");
		assert.equal(chain.length, 1);
		// 256 bytes as 64 items of 4 from memory, 1-byte items to the UART, which keeps its address (controllers 1.3).
		assert.ok(chain[0]?.variablesReference);
		const registers = await scopeVariables(client, threadId, "Registers");
		// The item's control words, all 64 bits of them (controller-cases.json, dwaxi-05).
		assert.equal(registers.find((r) => r.name === "CH1_CTL")?.value, "0xc010884000044240");
	});

	it("stops on the interrupt and on bus errors when asked", async () => {
		const client = await startClient();
		const first = nextStop(client);
		await launch(client, { program: sample("bus-error.dma"), filters: ["bus-error"] });
		const stop = await first;
		assert.equal(stop.reason, "exception");
		const info = await client.send("exceptionInfo", { threadId: stop.threadId });
		assert.match(info.body.description, /slave error/);
	});
});
