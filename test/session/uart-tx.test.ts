import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { DebugSessionApi } from "../../src/session/api";
import { launch } from "../../src/session/launch";
import { load } from "../../src/session/load";
import { jsonLines } from "../../src/trace/json-lines";
import { locals, settle, stop, value, where } from "./rig";

const FILE = "samples/uart-tx.dma";
const host = { readFile: (path: string) => (path === FILE ? readFileSync(FILE, "utf8") : null) };
const line = (needle: string) =>
	readFileSync(FILE, "utf8")
		.split("\n")
		.findIndex((one) => one.includes(needle)) + 1;

function session(stopOnEntry = false): DebugSessionApi {
	const result = launch({ program: [FILE], stopOnEntry }, host);
	assert.equal(result.kind, "ok", JSON.stringify(result.kind === "diagnostics" ? result.diagnostics[0] : ""));
	return (result as { session: DebugSessionApi }).session;
}

function toLine(s: DebugSessionApi, needle: string): number {
	s.setLineBreakpoints(FILE, [{ line: line(needle) }]);
	s.continue();
	const reached = stop(s);
	s.setLineBreakpoints(FILE, []);
	assert.equal(reached.kind, "breakpoint");
	return reached.threadId;
}

describe("the debugger on samples/uart-tx.dma", () => {
	it("stops on entry in the scenario's first statement", () => {
		const s = session(true);
		s.continue();
		const { kind, threadId } = stop(s);
		assert.equal(kind, "entry");
		assert.equal(where(s, threadId), `uart_tx_init:${line("struct dma_slave_config config")}`);
	});

	it("steps through dmaengine_submit and dma_async_issue_pending", () => {
		const s = session();
		const threadId = toLine(s, "ret = dma_submit_error");
		s.step(threadId, "into");
		stop(s);
		assert.match(where(s, threadId), /^dmaengine_submit:/);
		const seen = new Set<string>();
		for (let steps = 0; steps < 40; steps++) {
			s.step(threadId, "into");
			stop(s);
			const frame = s.frames(threadId)[0]!;
			seen.add(frame.name);
			if (frame.name === "uart_tx_init") break;
		}
		assert.ok(seen.has("dmaengine_submit"), [...seen].join());
		assert.equal(value(s, "desc->cookie"), "2");
		toLine(s, "dma_async_issue_pending(tx)");
		s.step(threadId, "over");
		stop(s);
		assert.equal(where(s, threadId), `uart_tx_init:${line("if (!wait_for_completion_timeout")}`);
	});

	it("shows locals by type", () => {
		const s = session();
		const threadId = toLine(s, "desc->callback = tx_done");
		const all = locals(s, threadId);
		assert.equal(all.ret, "0");
		assert.match(all.buf ?? "", /"U{80}"…$/);
		assert.equal(value(s, "config.direction"), "DMA_MEM_TO_DEV");
		assert.equal(value(s, "config.dst_maxburst"), "4");
		assert.equal(value(s, "tx == dma0chan0"), "1");
		assert.match(value(s, "tx->dbg_client_name"), /"10000000.serial:tx"$/);
	});

	it("shows the channel as a thread, steps it burst by burst, and ends with the transfer", () => {
		const s = session();
		toLine(s, "if (!wait_for_completion_timeout");
		const channel = s.threads().find(({ kind }) => kind === "channel");
		assert.equal(channel?.name, "dma0chan0 (10000000.serial:tx)");
		const bursts: string[] = [];
		for (let i = 0; i < 3; i++) {
			s.step(channel!.id, "over");
			const reached = stop(s);
			assert.deepEqual([reached.kind, reached.threadId], ["step", channel!.id]);
			bursts.push(s.frames(channel!.id)[0]!.name.replace(/ \(.*/, ""));
		}
		const first = Number(/burst (\d+) of 64/.exec(bursts[0]!)?.[1]);
		assert.deepEqual(
			bursts,
			[0, 1, 2].map((i) => `burst ${first + i} of 64`),
		);
		const frames = s.frames(channel!.id);
		assert.match(frames[1]!.name, /^chunk 1 of 1/);
		assert.equal(frames[2]!.name, "transfer (cookie 2)");
		assert.equal(frames[2]!.line, line("desc = dmaengine_prep_slave_single"));
		s.step(channel!.id, "out");
		assert.equal((stop(s) as { text?: string }).text, "transfer done");
	});

	it("shows the descriptor chain in memory", () => {
		const s = session();
		toLine(s, "if (!wait_for_completion_timeout");
		const channel = s.threads().find(({ kind }) => kind === "channel")!;
		const scopes = s.scopes(s.frames(channel.id)[0]!.id);
		const chain = s.variables(scopes.find(({ name }) => name === "Descriptor chain")!.reference);
		assert.equal(chain.length, 1);
		assert.match(chain[0]!.value, /→ 0x10000000, 256 bytes, last/);
		const bytes = s.readMemory(chain[0]!.memory!, 8, 4).bytes;
		assert.deepEqual([...bytes], [0, 0, 0, 0x10]);
		const queues = s.variables(scopes.find(({ name }) => name === "Queues")!.reference);
		assert.match(queues.find(({ name }) => name === "active")!.value, /^1: 2/);
	});

	it("stops at the events submit, issue_pending, irq and callback", () => {
		const s = session();
		s.setEventFilters(["submit", "issue_pending", "irq", "callback"].map((filter) => ({ filter })));
		const seen: string[] = [];
		for (;;) {
			s.continue();
			const progress = settle(s);
			if (progress.kind === "ended") break;
			assert.equal(progress.stop.kind, "event");
			seen.push((progress.stop as { filter: string }).filter);
		}
		assert.deepEqual(seen, ["submit", "issue_pending", "irq", "callback"]);
	});

	it("shows the interrupt on top of the thread that it interrupted, and the callback in softirq", () => {
		const s = session();
		s.setFunctionBreakpoints([{ name: "dw_axi_dma_interrupt" }, { name: "tx_done" }]);
		s.continue();
		const irq = stop(s);
		assert.ok(irq.kind === "function" && irq.text === "dw_axi_dma_interrupt");
		assert.deepEqual(
			s
				.frames(irq.threadId)
				.map(({ name }) => name)
				.slice(0, 2),
			["dw_axi_dma_interrupt", "handle_irq_event [hardirq]"],
		);
		s.continue();
		const callback = stop(s);
		assert.ok(callback.kind === "function" && callback.text === "tx_done");
		const names = s.frames(callback.threadId).map(({ name }) => name);
		assert.equal(names[0], "tx_done");
		assert.ok(names.includes("vchan_complete") && names.includes("handle_softirqs [softirq]"), names.join());
	});

	it("tells what the UART sent, and ends well", () => {
		const s = session();
		s.continue();
		const progress = settle(s);
		assert.ok(progress.kind === "ended" && progress.exitCode === 0);
		assert.deepEqual(
			s
				.takeOutput()
				.filter(({ category }) => category === "program")
				.map(({ text }) => text),
			["U".repeat(256)],
		);
	});

	it("reads /sys in the console and calls the kernel from there", () => {
		const s = session();
		toLine(s, "if (!wait_for_completion_timeout");
		assert.equal(value(s, "cat /sys/class/dma/dma0chan0/in_use", "repl"), "1");
		assert.match(
			value(s, "cat /sys/kernel/debug/dmaengine/summary", "repl"),
			/^dma0 \(80000.dma-controller\): number of channels: 4\n dma0chan0 {4}\| 10000000.serial:tx$/m,
		);
		assert.match(value(s, "ls /sys/class/dma", "repl"), /dma0chan3/);
		assert.match(value(s, "cat /nope", "repl"), /^error: cat: \/nope: No such file/);
		assert.equal(value(s, "dma_async_is_tx_complete(tx, 2, NULL, NULL)", "repl"), "DMA_IN_PROGRESS");
	});
});

describe("samples/uart-tx.dma run twice", () => {
	it("gives the same JSON, byte for byte, and the same from a snapshot in mid-transfer", () => {
		const run = () => {
			const result = load({ program: [FILE] }, host, { trace: "full" });
			assert.ok(result.kind === "ok");
			return result.simulation;
		};
		const first = run();
		while (jsonLines(first.store, 0).split('"burst"').length < 20) assert.ok(first.advance(1));
		const snapshot = first.snapshot();
		first.runToEnd();
		const text = jsonLines(first.store, 0);
		const hash = first.hash();
		first.restore(snapshot);
		first.runToEnd();
		assert.equal(jsonLines(first.store, 0), text);
		assert.equal(first.hash(), hash);
		const second = run();
		assert.equal(second.runToEnd().exitCode, 0);
		assert.equal(jsonLines(second.store, 0), text);
		assert.equal(second.hash(), hash);
	});
});
