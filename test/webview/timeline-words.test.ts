import assert from "node:assert/strict";
import type { CachedRow } from "../../src/webview/timeline/cache";
import { commandOf } from "../../src/webview/timeline/keys";
import { ratesOf } from "../../src/webview/timeline/rates";
import { duration, moment, ticks } from "../../src/webview/timeline/ticks";
import {
	describeTrack,
	highestRate,
	levelAt,
	rate,
	rateAt,
	stateAt,
	type Track,
} from "../../src/webview/timeline/tracks";

const channel: CachedRow = {
	id: "dma0chan0",
	kind: "channel",
	label: "dma0chan0",
	classes: ["idle", "running", "paused", "error"],
	depth: 0,
	// Runs from 100 to 900 ns, in buckets of 10 ns.
	spans: [100, 900, 1],
	mixes: [],
	bursts: [10, 64, 1, 0, 30, 64, 1, 0, 50, 64, 1, 1],
	marks: [9, 2, 1, 10, 8 | 16, 2],
	levels: [],
	names: {},
	rates: null,
};
const track = (kind: Track["kind"], row: CachedRow): Track => ({
	id: row.id,
	kind,
	row,
	label: row.label,
	detail: "",
	sub: false,
});
const view = { from: 0, to: 1000 };

describe("the time line in words", () => {
	it("labels moments as exactly as the steps between them need", () => {
		assert.equal(moment(1_250_000, 10_000), "1.25 ms");
		assert.equal(moment(22_000_100, 100), "22.0001 ms");
		assert.equal(moment(0, 5e6), "0 ms");
		assert.equal(moment(0, 1e5, 2.3e7), "0.0 ms");
		assert.equal(moment(12.5, 0.5), "12.5 ns");
		assert.equal(duration(12_345), "12.3 µs");
		assert.equal(duration(2e9), "2 s");
	});

	it("puts ticks at round moments, not closer than asked", () => {
		assert.deepEqual(
			ticks({ from: 0, to: 1000 }, 500, 90).map(({ time, label }) => [time, label]),
			[
				[0, "0 ns"],
				[200, "200 ns"],
				[400, "400 ns"],
				[600, "600 ns"],
				[800, "800 ns"],
				[1000, "1 µs"],
			].map(([time, label]) => [time, label === "1 µs" ? "1.0 µs" : label]),
		);
	});

	it("says what of a channel is in view", () => {
		assert.equal(
			describeTrack(track("channel", channel), view, 10),
			"dma0chan0: running 800 ns (80 %), 3 bursts of 192 bytes together, 1 failed, 3 events",
		);
		assert.equal(
			describeTrack(track("throughput", channel), view, 10),
			"dma0chan0 throughput: 192 bytes in view, 192 MB/s on average",
		);
		assert.equal(describeTrack(track("channel", channel), { from: 910, to: 990 }, 10), "dma0chan0: nothing in view");
	});

	it("says what of a FIFO is in view", () => {
		const fifo: CachedRow = {
			...channel,
			id: "dma0chan0:fifo",
			kind: "fifo",
			label: "dma0chan0 FIFO",
			classes: [],
			depth: 16,
			spans: [],
			bursts: [],
			marks: [],
			levels: [{ name: "level", before: 2, changes: [10, 2, 12, 8, 20, 8, 8, 4] }],
		};
		assert.equal(describeTrack(track("fifo", fifo), view, 10), "dma0chan0 FIFO: 4 level at the end, 12 at most of 16");
		const level = fifo.levels[0] as (typeof fifo.levels)[0];
		assert.deepEqual(
			[0, 99, 105, 150, 205, 5000].map((time) => levelAt(level, time, 10)),
			[2, 2, 8, 8, 4, 4],
		);
	});

	it("knows what a row does at a moment", () => {
		assert.equal(stateAt(channel, 50, 10), "idle");
		assert.equal(stateAt(channel, 100, 10), "running");
		assert.equal(stateAt(channel, 900, 10), "idle");
	});

	it("makes a steady rate of a steady flow, whatever the zoom", () => {
		// 64 bytes every 200 ns are 320 MB/s; the first burst came at the start.
		const bursts = Array.from({ length: 50 }, (_, index) => [20 * (index + 1) - 1, 64, 1, 0]).flat();
		const steady: CachedRow = { ...channel, spans: [0, 10_000, 1], bursts };
		const rates = ratesOf(steady, 10);
		assert.equal(highestRate(rates, { from: 0, to: 10_000 }, 10), 320e6);
		for (const time of [5, 100, 4321, 9999]) assert.equal(rateAt(steady, time, 10), 320e6);
		assert.equal(rate(320e6), "320 MB/s");
	});

	it("gives all bytes to the stretches of a rate, and none to a pause", () => {
		const two: CachedRow = {
			...channel,
			spans: [0, 400, 1, 5000, 5400, 1],
			bursts: [0, 8, 1, 0, 20, 8, 1, 0, 39, 8, 1, 0, 500, 8, 1, 0, 539, 8, 1, 0],
		};
		const rates = ratesOf(two, 10);
		let bytes = 0;
		for (let at = 0; at < rates.length; at += 3) bytes += rates[at + 2] as number;
		assert.equal(bytes, 40);
		assert.equal(rateAt(two, 2000, 10), 0);
		assert.ok(rateAt(two, 300, 10) > 0 && rateAt(two, 5200, 10) > 0);
	});

	it("has a key for everything, and leaves the editor's own keys alone", () => {
		const press = (key: string, more = {}) =>
			commandOf({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });
		assert.deepEqual(press("+"), { do: "zoom", factor: 0.5 });
		assert.deepEqual(press("-"), { do: "zoom", factor: 2 });
		assert.deepEqual(press("ArrowRight"), { do: "event", last: false });
		assert.deepEqual(press("ArrowRight", { shiftKey: true }), { do: "pan", part: 0.2 });
		assert.deepEqual(press("Home"), { do: "start" });
		assert.deepEqual(press("End"), { do: "end" });
		assert.equal(press("+", { ctrlKey: true }), null);
		assert.equal(press("F10"), null);
	});
});
