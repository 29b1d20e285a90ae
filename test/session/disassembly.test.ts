/** Descriptor chains as a listing: rows, breakpoints on them, steps from one to the next. */
import assert from "node:assert/strict";
import { MEMCPY_TEXT as TEXT } from "./memcpy-text";
import { cSession, settle, stop } from "./rig";

const line = (needle: string) => TEXT.split("\n").findIndex((one) => one.includes(needle)) + 1;
const CHANNEL = 1_000_001;
/** The two items of TEXT, 64 bytes each. */
const [FIRST, SECOND] = [0x80200000, 0x80200040];

function started() {
	const { session, simulation } = cSession(TEXT);
	simulation.k.space.map(-140737488355328 + 0x40000000, 0x80000, 1, "mmio");
	session.setLineBreakpoints("test.c", [{ line: line("while (regs") }]);
	session.continue();
	stop(session);
	session.setLineBreakpoints("test.c", []);
	return session;
}

describe("the listing of a descriptor chain", () => {
	it("has a row for each item, at its address, with its link", () => {
		const session = started();
		session.step(CHANNEL, "over");
		stop(session);
		assert.equal(session.frames(CHANNEL)[0]?.item, FIRST);
		const rows = session.disassemble(FIRST, 0, 2);
		assert.deepEqual(
			rows.map(({ address, size, valid, text }) => [address, size, valid, text]),
			[
				[FIRST, 64, true, "LLI 0  0x80300000 → 0x80400000, 1024 bytes, next 0x80200040"],
				[SECOND, 64, true, "LLI 1  0x80300400 → 0x80400400, 1024 bytes, next end, last"],
			],
		);
		assert.match(rows[0]?.symbol ?? "", /^dma0chan0/);
	});

	it("gives as many rows as were asked for, with rising addresses, also where nothing is", () => {
		const session = started();
		session.step(CHANNEL, "over");
		stop(session);
		const rows = session.disassemble(FIRST, -3, 8);
		assert.deepEqual(
			rows.map(({ valid }) => valid),
			[false, false, false, true, true, false, false, false],
		);
		for (let at = 1; at < rows.length; at++) assert.ok(rows[at]!.address > rows[at - 1]!.address);
		assert.deepEqual(
			session.disassemble(0x1000, 0, 2).map(({ valid }) => valid),
			[false, false],
		);
	});

	it("stops where an item with a breakpoint is loaded, and counts and asks its condition", () => {
		const session = started();
		const [status] = session.setItemBreakpoints([{ address: SECOND }]);
		assert.equal(status?.verified, true);
		session.continue();
		const reached = stop(session);
		assert.deepEqual(
			[reached.kind, reached.threadId, "ids" in reached && reached.ids],
			["instruction", CHANNEL, [status?.id]],
		);
		assert.equal(session.frames(CHANNEL)[0]?.item, SECOND);
		session.continue();
		assert.equal(settle(session).kind, "ended");
	});

	it("refuses a condition that is no C and runs past one that is not met", () => {
		const session = started();
		const [wrong, unmet] = session.setItemBreakpoints([
			{ address: SECOND, condition: "nobody > 1" },
			{ address: SECOND, condition: "len == 1" },
		]);
		assert.equal(wrong?.verified, false);
		assert.match(wrong?.message ?? "", /'nobody' is not declared/);
		assert.equal(unmet?.verified, true);
		session.continue();
		assert.equal(settle(session).kind, "ended");
	});

	it("is stepped from item to item", () => {
		const session = started();
		session.step(CHANNEL, "over", true);
		assert.equal(stop(session).kind, "step");
		const first = session.frames(CHANNEL)[0]?.item;
		session.step(CHANNEL, "over", true);
		stop(session);
		const seen = first === FIRST ? session.frames(CHANNEL)[0]?.item : first;
		assert.equal(seen, SECOND);
	});
});
