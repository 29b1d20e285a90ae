import assert from "node:assert/strict";
import { OutputLines } from "../../src/trace/output-lines";
import type { TraceContext } from "../../src/trace/record";

/** A clock to set, and a line on which a character takes 10 ps. */
function setUp() {
	const clock = { now: 0 };
	const context: TraceContext = {
		now: () => clock.now,
		channelName: () => "",
		deviceName: (device) => `dev${device}`,
		characterTime: () => 10,
		cpuContext: () => ({}),
	};
	const out: [number, string, string][] = [];
	return { clock, out, lines: new OutputLines(context, (t, dev, text) => out.push([t, dev, text])) };
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe("pieces of output (machine.md, Events of --json)", () => {
	it("end at a newline", () => {
		const { lines, out, clock } = setUp();
		clock.now = 7;
		lines.add(1, bytes("ab\ncd"));
		assert.deepEqual(out, [[7, "dev1", "ab\n"]]);
	});

	it("end at 256 bytes", () => {
		const { lines, out } = setUp();
		lines.add(1, bytes("x".repeat(300)));
		assert.deepEqual(out.map(([, , text]) => text.length), [256]);
		lines.flush();
		assert.deepEqual(out.map(([, , text]) => text.length), [256, 44]);
	});

	it("end after 10 idle character times, at that time", () => {
		const { lines, out, clock } = setUp();
		lines.add(1, bytes("ab"));
		clock.now = 99;
		lines.settle();
		assert.deepEqual(out, []);
		clock.now = 500;
		lines.settle();
		assert.deepEqual(out, [[100, "dev1", "ab"]]);
	});

	it("are kept apart by device", () => {
		const { lines, out } = setUp();
		lines.add(2, bytes("b"));
		lines.add(1, bytes("a"));
		lines.flush();
		assert.deepEqual(out.map(([, dev, text]) => dev + text), ["dev1a", "dev2b"]);
	});
});
