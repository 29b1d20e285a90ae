import assert from "node:assert/strict";
import { MEMCPY_TEXT as TEXT } from "./memcpy-text";
import { cSession, settle, stop, value, where } from "./rig";

const line = (needle: string) => TEXT.split("\n").findIndex((one) => one.includes(needle)) + 1;
const CHANNEL = 1_000_001;

function started() {
	const { session, simulation } = cSession(TEXT);
	simulation.k.space.map(-140737488355328 + 0x40000000, 0x80000, 1, "mmio");
	session.setLineBreakpoints("test.c", [{ line: line("while (regs") }]);
	session.continue();
	stop(session);
	session.setLineBreakpoints("test.c", []);
	return { session, simulation };
}

describe("the debugger on a DMA channel", () => {
	it("shows a channel with work as a thread of its own, and only while it has work", () => {
		const { session } = started();
		assert.deepEqual(
			session
				.threads()
				.map(({ id, name, kind }) => [id, name, kind])
				.filter(([, , kind]) => kind === "channel"),
			[[CHANNEL, "dma0chan0", "channel"]],
		);
		session.continue();
		assert.equal(settle(session).kind, "ended");
		assert.deepEqual(
			session.threads().filter(({ kind }) => kind === "channel"),
			[],
		);
	});

	it("steps over bursts, into beats and out of chunks, to the end of the transfer", () => {
		const { session } = started();
		const step = (kind: "over" | "into" | "out") => {
			session.step(CHANNEL, kind);
			const reached = stop(session);
			assert.deepEqual([reached.kind, reached.threadId], ["step", CHANNEL]);
			return (reached as { text?: string }).text ?? session.frames(CHANNEL)[0]!.name;
		};
		assert.equal(step("over"), "burst 1 of 8");
		assert.deepEqual(
			session.frames(CHANNEL).map(({ name }) => name),
			["burst 1 of 8", "chunk 1 of 2 (LLI 0x80200000)", "no transfer"],
		);
		assert.equal(step("over"), "burst 2 of 8");
		assert.equal(step("into"), "beat 1 of 16, burst 3 of 8");
		assert.equal(step("into"), "beat 2 of 16, burst 3 of 8");
		assert.equal(step("over"), "burst 4 of 8");
		assert.equal(step("out"), "end of chunk");
		assert.equal(session.frames(CHANNEL)[1]!.name, "chunk 2 of 2 (LLI 0x80200040)");
		assert.equal(step("out"), "transfer done");
		assert.equal(value(session, "dst[2047] == src[2047] && dst[1024] == src[1024]"), "1");
	});

	it("shows state, list items, registers and buffers in scopes", () => {
		const { session } = started();
		session.step(CHANNEL, "over");
		stop(session);
		const scopes = session.scopes(session.frames(CHANNEL)[0]!.id);
		assert.deepEqual(
			scopes.map(({ name }) => name),
			["Channel", "Queues", "Descriptor chain", "Registers", "Buffers"],
		);
		const rows = (name: string) => session.variables(scopes.find((scope) => scope.name === name)!.reference);
		const text = (name: string, row: string) => rows(name).find((one) => one.name === row)?.value;
		assert.equal(text("Channel", "block"), "128 of 1024 bytes");
		assert.equal(text("Channel", "direction"), "mem-to-mem");
		assert.deepEqual(
			rows("Descriptor chain").map(({ value: v }) => v),
			["0x80300000 → 0x80400000, 1024 bytes", "0x80300400 → 0x80400400, 1024 bytes, last"],
		);
		assert.match(text("Buffers", "source") ?? "", /^0x80300000, 1024 bytes: 00 01 02 03/);
		const registers = rows("Registers");
		const chen = registers.find(({ name }) => /CHEN/.test(name))!;
		// Linux's channel 0 is the databook's CH1: its registers are shown, those of the others are not.
		assert.ok(chen.reference > 0 && registers.some(({ name }) => name === "CH1_LLP"));
		assert.ok(registers.every(({ name }) => !/^CH[2-9]_/.test(name)));
		assert.ok(session.variables(chen.reference).length > 1);
		const memory = rows("Buffers").find(({ name }) => name === "source")?.memory;
		assert.deepEqual([...session.readMemory(memory!, 256, 2).bytes], [1, 2]);
	});

	it("is summed up for a dashboard", () => {
		const { session } = started();
		session.step(CHANNEL, "over");
		stop(session);
		const [first, second] = session.machineState().channels;
		assert.equal(first?.state, "running");
		assert.equal(first?.direction, "MEM_TO_MEM");
		assert.equal(second?.state, "unused");
		assert.equal(session.channelThread("dma0chan0"), CHANNEL);
		assert.equal(session.channelThread("dma0chan1"), null);
	});

	it("stops at a bus error as at an exception", () => {
		const { session, simulation } = cSession(TEXT);
		simulation.k.space.map(-140737488355328 + 0x40000000, 0x80000, 1, "mmio");
		simulation.machine.bus.fault(0x80400480, 16, false, true);
		session.setEventFilters([{ filter: "bus-error" }]);
		session.continue();
		const reached = stop(session);
		assert.ok(reached.kind === "exception" && reached.filter === "bus-error" && reached.threadId === CHANNEL);
		assert.match(session.exception(CHANNEL)?.description ?? "", /slave error.*0x80400480/);
		session.continue();
		assert.equal(settle(session).kind, "ended");
	});

	it("leaves the machine as it would be without a debugger", () => {
		const stepped = started();
		for (let i = 0; i < 20; i++) {
			stepped.session.step(CHANNEL, "over");
			stop(stepped.session);
			if (stepped.session.channelThread("dma0chan0") === null) break;
		}
		stepped.session.continue();
		settle(stepped.session);
		const free = cSession(TEXT);
		free.simulation.k.space.map(-140737488355328 + 0x40000000, 0x80000, 1, "mmio");
		free.session.continue();
		settle(free.session);
		assert.equal(stepped.simulation.hash(), free.simulation.hash());
		assert.equal(where(free.session, 2), "nowhere");
	});
});
