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
