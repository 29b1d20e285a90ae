/** The debugger on samples/pl330-memcpy.dma: a channel that runs a program, stepped instruction by instruction. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { DebugSessionApi } from "../../src/session/api";
import { launch } from "../../src/session/launch";
import { settle, stop } from "./rig";

const FILE = "samples/pl330-memcpy.dma";

function launched(): DebugSessionApi {
	const result = launch(
		{ program: [FILE], test: "*.copies_by_a_program" },
		{ readFile: (path) => (path === FILE ? readFileSync(path, "utf8") : null) },
	);
	assert.equal(result.kind, "ok", JSON.stringify(result.kind === "diagnostics" ? result.diagnostics[0] : ""));
	return (result as { session: DebugSessionApi }).session;
}

/** At the start of the channel: the manager has just executed DMAGO. */
function started(): DebugSessionApi {
	const session = launched();
	session.setEventFilters([{ filter: "start" }]);
	session.continue();
	assert.equal(stop(session).kind, "event");
	session.setEventFilters([]);
	return session;
}
const channelOf = (s: DebugSessionApi) => s.threads().find(({ name }) => name.startsWith("dma0chan0"))!;
const place = (s: DebugSessionApi) => s.frames(channelOf(s).id)[0]!.item;
/** The program of the channel, without addresses and operands. */
const listing = (s: DebugSessionApi, count = 12) =>
	s.disassemble(place(s), 0, count).map(({ address, text }) => ({ address, name: text.split(" ")[0] }));
const registers = (s: DebugSessionApi): Record<string, string> => {
	const scope = s.scopes(s.frames(channelOf(s).id)[0]!.id).find(({ name }) => name === "Registers")!;
	return Object.fromEntries(s.variables(scope.reference).map(({ name, value }) => [name, value]));
};
const next = (s: DebugSessionApi): number => {
	s.step(channelOf(s).id, "over", true);
	assert.equal(stop(s).kind, "step");
	return place(s);
};

describe("the debugger on a PL330's program", () => {
	it("lists it, with the arrow at the first instruction", () => {
		const s = started();
		assert.deepEqual(
			listing(s).map(({ name }) => name),
			[
				"DMAMOV",
				"DMAMOV",
				"DMAMOV",
				"DMALP",
				"DMALD",
				"DMAST",
				"DMALPEND",
				"DMAMOV",
				"DMALD",
				"DMAST",
				"DMASEV",
				"DMAEND",
			],
		);
		const frames = s.frames(channelOf(s).id).map(({ name }) => name);
		assert.match(frames[0]!, /^DMAMOV CCR, SB16 SS64 SAI DB16 DS64 DAI \(0x3dc0f7\), burst 0 of 79$/);
		assert.equal(frames[1], `chunk (its program at 0x${place(s).toString(16)})`);
		assert.equal(frames[2], "transfer (cookie 2)");
	});

	it("steps from instruction to instruction, round the loop too, and the registers follow", () => {
		const s = started();
		const program = listing(s);
		const at = (index: number) => program[index]!.address;
		assert.equal(registers(s).CCR0, "0x00000000");
		assert.equal(next(s), at(1));
		assert.equal(registers(s).CCR0, "0x003dc0f7");
		const [, , , loop, load, store, back] = program.map(({ address }) => address);
		assert.deepEqual([next(s), next(s), next(s), next(s), next(s)], [at(2), loop, load, store, back]);
		const sar = Number(registers(s).SAR0);
		assert.equal(registers(s).LC1_0, "0x0000004d");
		assert.equal(next(s), load);
		assert.equal(registers(s).LC1_0, "0x0000004c");
		assert.equal(next(s), store);
		assert.equal(Number(registers(s).SAR0), sar + 128);
	});

	it("stops at a breakpoint on an instruction, behind the loop", () => {
		const s = started();
		const signal = listing(s)[10]!.address;
		const [status] = s.setItemBreakpoints([{ address: signal }]);
		s.continue();
		const reached = stop(s);
		assert.deepEqual(
			[reached.kind, reached.threadId, "ids" in reached && reached.ids],
			["instruction", channelOf(s).id, [status?.id]],
		);
		assert.equal(place(s), signal);
		assert.match(s.frames(channelOf(s).id)[0]!.name, /^DMASEV E0, burst 7\d of 79/);
		s.continue();
		assert.equal(settle(s).kind, "ended");
	});

	it("counts one hit at the first instruction", () => {
		const first = place(started());
		const stops = (hitCondition: string) => {
			const s = launched();
			s.setItemBreakpoints([{ address: first, hitCondition }]);
			s.continue();
			return settle(s).kind;
		};
		assert.deepEqual([stops("1"), stops("2")], ["stopped", "ended"]);
	});

	it("steps by bursts as any other channel, and to the transfer's end", () => {
		const s = started();
		s.step(channelOf(s).id, "over");
		assert.equal(stop(s).kind, "step");
		assert.match(s.frames(channelOf(s).id)[0]!.name, /burst 1 of 79/);
		s.step(channelOf(s).id, "out");
		const over = stop(s);
		assert.equal(over.kind, "step");
		assert.equal(s.frames(channelOf(s).id)[0]!.name, "idle");
	});
});

const OTHER_THREAD = `
#include <board/zynq-7000.dtsi>
static int __init t_init(void)
{
	struct dma_slave_config config = { .dst_addr = 0x43c10000, .dst_addr_width = 4, .dst_maxburst = 4 };
	struct dma_chan *chan = dma_request_chan(sim_device("fifo1"), "tx");
	void *words = kmalloc(4096, GFP_KERNEL);

	dmaengine_slave_config(chan, &config);
	dmaengine_submit(dmaengine_prep_slave_single(chan, virt_to_phys(words), 4096, DMA_MEM_TO_DEV, 0));
	dma_async_issue_pending(chan);
	return 0;
}
module_init(t_init);
`;

describe("a channel of Linux that has another thread of the PL330", () => {
	it("is shown under Linux's name, with the registers of its thread, and nothing else is", () => {
		const result = launch({ program: ["t.dma"] }, { readFile: (path) => (path === "t.dma" ? OTHER_THREAD : null) });
		assert.equal(result.kind, "ok", JSON.stringify(result.kind === "diagnostics" ? result.diagnostics : ""));
		const { session: s } = result as { session: DebugSessionApi };
		s.setEventFilters([{ filter: "start" }]);
		s.continue();
		assert.equal(stop(s).kind, "event");
		const channels = s.threads().filter(({ name }) => name.startsWith("dma0"));
		assert.deepEqual(
			channels.map(({ name }) => name),
			["dma0chan3 (43c10000.fifo:tx)"],
		);
		const { id } = channels[0]!;
		const scope = s.scopes(s.frames(id)[0]!.id).find(({ name }) => name === "Registers")!;
		const names = s.variables(scope.reference).map(({ name }) => name);
		assert.ok(names.includes("SAR0") && !names.includes("SAR3"));
		s.setEventFilters([]);
		s.step(id, "over", true);
		assert.equal(stop(s).threadId, id);
		assert.match(s.frames(id)[0]!.name, /^DMAMOV SAR, 0x/);
		for (let step = 0; step < 5; step++) {
			s.step(id, "over", true);
			stop(s);
		}
		assert.match(s.frames(id)[0]!.name, /^DMALDB, burst 0 of 256$/);
	});
});
