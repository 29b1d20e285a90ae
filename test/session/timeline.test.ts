import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { DebugSessionApi } from "../../src/session/api";
import { launch } from "../../src/session/launch";
import type { RowData, Stretch } from "../../src/trace/timeline/query";
import { settle, stop } from "./rig";

const FILE = "samples/uart-tx.dma";
const text = readFileSync(FILE, "utf8");
const host = { readFile: (path: string) => (path === FILE ? text : null) };
const lineOf = (needle: string) => text.split("\n").findIndex((line) => line.includes(needle)) + 1;

function session(): DebugSessionApi {
	const result = launch({ program: [FILE] }, host);
	assert.equal(result.kind, "ok");
	return (result as { session: DebugSessionApi }).session;
}

function toLine(s: DebugSessionApi, needle: string): void {
	s.setLineBreakpoints(FILE, [{ line: lineOf(needle) }]);
	s.continue();
	assert.equal(stop(s).kind, "breakpoint");
	s.setLineBreakpoints(FILE, []);
}

function toEnd(s: DebugSessionApi): void {
	s.continue();
	assert.equal(settle(s).kind, "ended");
}

/** The whole run in 1,000 buckets. */
function whole(s: DebugSessionApi): Stretch {
	const { nowNs } = s.timeline.stretch({ bucket: 1e9 }) as Stretch;
	return s.timeline.stretch({ bucket: nowNs / 1000 }) as Stretch;
}

function rowOf({ rows }: Stretch, id: string): RowData {
	const row = rows.find((one) => one.id === id);
	assert.ok(row, `no row ${id} among ${rows.map((one) => one.id).join()}`);
	return row;
}

const every = (list: readonly number[] | undefined, stride: number, offset: number) =>
	(list ?? []).filter((_, at) => at % stride === offset);
const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

describe("the time line of a session", () => {
	it("keeps nothing while nobody observes", () => {
		const s = session();
		toEnd(s);
		const stretch = whole(s);
		assert.deepEqual(stretch.rows, []);
		assert.equal(stretch.observing, false);
		assert.deepEqual(stretch.gaps, [0, stretch.nowNs]);
	});

	it("sees every byte, burst, interrupt, softirq and callback of uart-tx", () => {
		const s = session();
		s.timeline.observe(true);
		toEnd(s);
		const stretch = whole(s);
		assert.deepEqual(stretch.gaps, []);
		const channel = rowOf(stretch, "dma0chan0");
		// 256 bytes in bursts of dst_maxburst = 4 items of one byte.
		assert.equal(sum(every(channel.bursts, 4, 1)), 256);
		assert.equal(sum(every(channel.bursts, 4, 2)), 64);
		assert.equal(sum(every(channel.bursts, 4, 3)), 0);
		const [start = 0, end = 0, code] = channel.spans ?? [];
		assert.equal(code, 1, "the channel runs once");
		// 240 characters of 10 bits at 115200 baud have left when the last burst goes into the 16-byte FIFO.
		assert.ok(end - start > (200 * 10 * 1e9) / 115200 && end - start < (256 * 10 * 1e9) / 115200, `${end - start} ns`);
		const fifo = rowOf(stretch, "10000000.serial:TX");
		assert.equal(fifo.depth, 16);
		const highest = Math.max(...every(fifo.levels?.[0]?.changes, 4, 2));
		assert.ok(highest > 8 && highest <= 16, `${highest} bytes in the FIFO`);
		const queue = rowOf(stretch, "dma0chan0:queue");
		assert.deepEqual(
			queue.levels?.map(({ name, changes }) => [name, Math.max(...every(changes, 4, 2)), changes.at(-1)]),
			[
				["issued", 1, 0],
				["submitted", 1, 0],
			],
		);
		rowOf(stretch, "softirq");
		rowOf(stretch, "cpu0");
		const { events, count } = s.timeline.events({ row: "callback", from: 0, to: stretch.nowNs, limit: 10 });
		assert.equal(count, 1);
		assert.equal(events[0]?.text, "callback of dma0chan0, cookie 2, in softirq");
	});

	it("says where in the source an event comes from", () => {
		const s = session();
		s.timeline.observe(true);
		toEnd(s);
		const { nowNs } = whole(s);
		const { events } = s.timeline.events({ row: "dma0chan0", from: 0, to: nowNs, limit: 3 });
		assert.deepEqual(
			events.map(({ kind, file, line }) => [kind, file, line]),
			[
				["prep", FILE, lineOf("desc = dmaengine_prep_slave_single")],
				["submit", FILE, lineOf("ret = dma_submit_error(dmaengine_submit(desc))")],
				["issue_pending", FILE, lineOf("dma_async_issue_pending(tx)")],
			],
		);
		const last = s.timeline.events({ row: "dma0chan0", from: 0, to: nowNs, limit: 1, last: true });
		assert.equal(last.events.length, 1);
		assert.ok((last.events[0]?.timeNs ?? 0) > (events[2]?.timeNs ?? 0));
	});

	it("begins with what holds when somebody begins to look, and leaves a gap before", () => {
		const s = session();
		toLine(s, "if (!wait_for_completion_timeout");
		const { nowNs } = s.timeline.stretch({ bucket: 1e9 }) as Stretch;
		s.timeline.observe(true);
		toEnd(s);
		const stretch = whole(s);
		assert.deepEqual(stretch.gaps, [0, nowNs]);
		const queue = rowOf(stretch, "dma0chan0:queue");
		assert.equal(Math.max(...every(queue.levels?.[0]?.changes, 4, 2)), 1);
		assert.equal(queue.levels?.[0]?.changes.at(-1), 0);
	});

	it("changes nothing of the run", () => {
		const reports = [false, true].map((observed) => {
			const s = session();
			s.timeline.observe(observed);
			toEnd(s);
			return [s.machineState().timeNs, s.takeOutput()];
		});
		assert.deepEqual(reports[0], reports[1]);
	});

	it("refuses more buckets than anybody can see", () => {
		const s = session();
		s.timeline.observe(true);
		toEnd(s);
		assert.equal(s.timeline.stretch({ bucket: 1 }), null);
	});
});
