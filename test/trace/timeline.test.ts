import assert from "node:assert/strict";
import { CpuContext, Fifo, ObserverBit, Observers, Response } from "../../src/sim/observers";
import { eventsOf } from "../../src/trace/timeline/events";
import { type RowData, type Stretch, stretchOf } from "../../src/trace/timeline/query";
import { ChannelActivity } from "../../src/trace/timeline/rows";
import { Timeline } from "../../src/trace/timeline/timeline";

/** A time line with a clock in ns; device 3 is a controller with interrupt line 27, device 4 a UART. */
function timelineWithClock() {
	const clock = { ns: 0 };
	const timeline = new Timeline({
		now: () => clock.ns * 1000,
		channelName: (_, channel) => `dma0chan${channel}`,
		deviceName: () => "10000000.serial",
		interruptDevice: (line) => (line === 27 ? "80000.dma-controller" : ""),
		isController: (device) => device === 3,
	});
	const stretch = (bucket = 10) => stretchOf(timeline, { bucket }, (id) => `thread ${id}`) as Stretch;
	const row = (id: string): RowData => {
		const found = stretch().rows.find((one) => one.id === id);
		assert.ok(
			found,
			`no row ${id} among ${stretch()
				.rows.map((one) => one.id)
				.join()}`,
		);
		return found;
	};
	return { clock, timeline, stretch, row };
}

describe("a time line", () => {
	it("listens to what it draws, and to nothing that is for others", () => {
		const { timeline } = timelineWithClock();
		const observers = new Observers();
		observers.add(timeline);
		const { START, CHUNK, BURST, DONE, IRQ, RECORD, CPU, LEVEL } = ObserverBit;
		assert.equal(observers.mask, START | CHUNK | BURST | DONE | IRQ | RECORD | CPU | LEVEL);
		observers.remove(timeline);
		assert.equal(observers.mask, 0);
	});

	it("follows a channel from start over pause to its end", () => {
		const { clock, timeline, row } = timelineWithClock();
		timeline.begin([]);
		for (const [ns, what] of [
			[100, () => timeline.start(3, 1)],
			[300, () => timeline.record("pause", { chan: "dma0chan1" })],
			[500, () => timeline.record("resume", { chan: "dma0chan1" })],
			[700, () => timeline.channelDone(3, 1)],
			[900, () => undefined],
		] as const) {
			clock.ns = ns;
			what();
		}
		assert.deepEqual(row("dma0chan1").spans, [
			100,
			300,
			ChannelActivity.Running,
			300,
			500,
			ChannelActivity.Paused,
			500,
			700,
			ChannelActivity.Running,
		]);
	});

	for (const end of ["terminate", "complete"] as const)
		it(`shows a channel that failed as such until Linux has dealt with it: ${end}`, () => {
			const { clock, timeline, row } = timelineWithClock();
			timeline.begin([]);
			clock.ns = 100;
			timeline.start(3, 0);
			clock.ns = 200;
			timeline.burst(3, 0, 0, 0, 64, 8, Response.SLVERR);
			timeline.channelDone(3, 0);
			clock.ns = 400;
			timeline.record(end, { chan: "dma0chan0" });
			clock.ns = 600;
			const { spans, bursts } = row("dma0chan0");
			assert.deepEqual(spans, [100, 200, ChannelActivity.Running, 200, 400, ChannelActivity.Error]);
			assert.deepEqual(bursts, [20, 0, 1, 1], "no byte has arrived");
			const { events } = eventsOf(timeline, { row: "dma0chan0", from: 200, to: 200, limit: 9 }, () => "");
			assert.deepEqual(
				events.map(({ text }) => text),
				["error", "burst of 64 bytes failed: SLVERR"],
			);
		});

	it("counts what waits: submitted, issued, complete, terminated", () => {
		const { clock, timeline, row } = timelineWithClock();
		timeline.begin([{ id: "dma0chan0", activity: ChannelActivity.Running, submitted: 0, issued: 2 }]);
		const values: number[][] = [];
		for (const kind of ["submit", "submit", "issue_pending", "complete", "submit", "terminate"] as const) {
			clock.ns += 100;
			timeline.record(kind, { chan: "dma0chan0", cookie: 9 });
			values.push((row("dma0chan0:queue").levels ?? []).map(({ before, changes }) => changes.at(-1) ?? before));
		}
		// [issued, submitted]
		assert.deepEqual(values, [
			[2, 1],
			[2, 2],
			[4, 0],
			[3, 0],
			[3, 1],
			[0, 0],
		]);
	});

	it("tells contexts of a CPU apart, with their threads, and the softirqs in them", () => {
		const { clock, timeline, row } = timelineWithClock();
		timeline.begin([]);
		const contexts = [
			[CpuContext.Process, 2],
			[CpuContext.Hardirq, 2],
			[CpuContext.Softirq, 2],
			[CpuContext.Softirq, 2],
			[CpuContext.Process, 2],
			[CpuContext.Idle, 0],
		] as const;
		for (const [context, thread] of contexts) {
			clock.ns += 100;
			timeline.cpu(clock.ns * 1000, 0, context, thread);
			if (clock.ns === 300) timeline.softirq(0, 6);
			if (clock.ns === 400) timeline.softirq(0, 1);
		}
		clock.ns += 100;
		const { spans = [], names } = row("cpu0");
		assert.deepEqual(
			spans.filter((_, at) => at % 3 === 2).map((code) => names?.[code]),
			["process (thread 2)", "hardirq (thread 2)", "softirq (thread 2)", "process (thread 2)"],
		);
		const softirqs = row("softirq");
		assert.deepEqual(
			(softirqs.spans ?? []).map((value, at) => (at % 3 === 2 ? softirqs.classes[value] : value)),
			[300, 400, "TASKLET", 400, 500, "TIMER"],
		);
	});

	it("names interrupts and FIFOs after their devices", () => {
		const { clock, timeline, stretch } = timelineWithClock();
		timeline.begin([]);
		clock.ns = 10;
		timeline.irq(27, 1);
		timeline.level(3, 2, 64, 128);
		timeline.level(4, Fifo.Transmit, 5, 16);
		timeline.level(4, Fifo.Receive, 0, 16);
		assert.deepEqual(
			stretch().rows.map(({ label, depth }) => [label, depth]),
			[
				["IRQ 27 80000.dma-controller", 0],
				["dma0chan2 FIFO", 128],
				["10000000.serial TX FIFO", 16],
			],
		);
	});

	it("shows channels in the order of their numbers, each with its queue and FIFO", () => {
		const { clock, timeline, stretch } = timelineWithClock();
		timeline.begin([]);
		clock.ns = 10;
		for (const channel of [10, 2]) {
			timeline.level(3, channel, 1, 128);
			timeline.record("submit", { chan: `dma0chan${channel}`, cookie: 2 });
		}
		assert.deepEqual(
			stretch().rows.map(({ id }) => id),
			[2, 10].flatMap((n) => [`dma0chan${n}`, `dma0chan${n}:queue`, `dma0chan${n}:fifo`]),
		);
	});

	it("knows when nobody looked", () => {
		const { clock, timeline, stretch, row } = timelineWithClock();
		clock.ns = 50;
		timeline.begin([]);
		clock.ns = 100;
		timeline.start(3, 0);
		clock.ns = 200;
		timeline.end();
		clock.ns = 500;
		assert.deepEqual(stretch().gaps, [0, 50, 200, 500]);
		assert.deepEqual(row("dma0chan0").spans, [100, 200, ChannelActivity.Running]);
		timeline.begin([{ id: "dma0chan0", activity: ChannelActivity.Running, submitted: 0, issued: 0 }]);
		clock.ns = 600;
		assert.deepEqual(stretch().gaps, [0, 50, 200, 500]);
		assert.deepEqual(row("dma0chan0").spans?.slice(3), [500, 600, ChannelActivity.Running]);
	});

	it("forgets what the run has gone back from, and says so", () => {
		const { clock, timeline, stretch, row } = timelineWithClock();
		timeline.begin([]);
		clock.ns = 100;
		timeline.start(3, 0);
		clock.ns = 300;
		timeline.channelDone(3, 0);
		const { epoch } = stretch();
		clock.ns = 200;
		assert.equal(stretch().epoch, epoch + 1);
		assert.deepEqual(row("dma0chan0").spans, [100, 200, ChannelActivity.Running]);
	});

	it("keeps the words of the newest events when it has to forget some", () => {
		const { clock, timeline } = timelineWithClock();
		timeline.begin([]);
		for (let cookie = 1; cookie <= 100_000; cookie++) {
			clock.ns++;
			timeline.record("submit", { chan: "dma0chan0", cookie });
		}
		const { events } = eventsOf(timeline, { row: "dma0chan0", from: 0, to: 2e5, limit: 1, last: true }, () => "");
		assert.equal(events[0]?.text, "submit, cookie 100000");
		const first = eventsOf(timeline, { row: "dma0chan0", from: 0, to: 2e5, limit: 1 }, () => "");
		assert.equal(first.events[0]?.text, "submit");
	});
});
