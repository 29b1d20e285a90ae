import assert from "node:assert/strict";
import fc from "fast-check";
import type { TraceArguments, TraceBody } from "../../src/messages/trace";
import { eventsOf } from "../../src/trace/timeline/events";
import { stretchOf } from "../../src/trace/timeline/query";
import { Timeline } from "../../src/trace/timeline/timeline";
import { createCache } from "../../src/webview/timeline/cache";
import { eventsFrom } from "../../src/webview/timeline/event-source";
import { TimelineModel } from "../../src/webview/timeline/model";

/** A real time line with a clock to turn. */
function machine() {
	const clock = { ps: 0 };
	const timeline = new Timeline({
		now: () => clock.ps,
		channelName: (controller, channel) => `dma${controller}chan${channel}`,
		deviceName: () => "10000000.serial",
		interruptDevice: () => "",
		isController: (device) => device === 0,
	});
	timeline.begin([]);
	const answer = (query: TraceArguments): TraceBody | null => stretchOf(timeline, query, (id) => `thread${id}`);
	return { clock, timeline, answer };
}

/** Asks and answers until nothing is missing. */
function settle(model: TimelineModel, answer: (query: TraceArguments) => TraceBody | null): TraceArguments[] {
	const asked: TraceArguments[] = [];
	for (let query = model.nextQuery(); query; query = model.nextQuery()) {
		assert.ok(asked.push(query) < 10, "it asks again and again");
		const body = answer(query);
		assert.ok(body, "refused");
		model.receive(body);
	}
	return asked;
}

const steps = fc.array(
	fc.record({
		wait: fc.integer({ min: 0, max: 300_000 }),
		what: fc.constantFrom("burst", "cpu", "level", "submit", "complete", "done", "look"),
		value: fc.integer({ min: 1, max: 16 }),
	}),
	{ minLength: 1, maxLength: 60 },
);

describe("the time line's model", () => {
	it("knows by additions what it would know by asking for all", () => {
		fc.assert(
			fc.property(steps, (list) => {
				const { clock, timeline, answer } = machine();
				const model = new TimelineModel();
				for (const { wait, what, value } of list) {
					clock.ps += wait;
					if (what === "burst") timeline.burst(0, 0, 0, 0, value, 1, value === 16 ? 2 : 0);
					else if (what === "cpu") timeline.cpu(clock.ps, 0, value % 4, value % 2);
					else if (what === "level") timeline.level(1, 1, value, 16);
					else if (what === "done") timeline.channelDone(0, 0);
					else if (what === "submit") {
						timeline.record("submit", { chan: "dma0chan0", cookie: value });
						timeline.start(0, 0);
					} else if (what === "complete") timeline.record("complete", { chan: "dma0chan0", cookie: value });
					else {
						model.advanced(true, Math.floor(clock.ps / 1000));
						settle(model, answer);
					}
				}
				clock.ps += 1000;
				model.advanced(false, Math.floor(clock.ps / 1000));
				settle(model, answer);
				const { cache } = model;
				assert.ok(cache);
				const fresh = createCache(answer({ bucket: cache.bucket, from: cache.from, to: cache.to }) as TraceBody);
				assert.deepEqual([...cache.rows.keys()].sort(), [...fresh.rows.keys()].sort());
				for (const [id, row] of fresh.rows) {
					const known = cache.rows.get(id);
					assert.deepEqual(known?.bursts, row.bursts, `${id} bursts`);
					assert.deepEqual(known?.marks, row.marks, `${id} marks`);
					assert.deepEqual(
						known?.levels.map(({ changes }) => changes),
						row.levels.map(({ changes }) => changes),
						`${id} levels`,
					);
					assert.deepEqual(classTimes(known ?? row), classTimes(row), `${id} states`);
				}
			}),
		);
	});

	it("asks only for what is new while time goes on", () => {
		const { clock, timeline, answer } = machine();
		const model = new TimelineModel();
		clock.ps = 1e9;
		model.advanced(true, 1e6);
		settle(model, answer);
		timeline.burst(0, 0, 0, 0, 64, 1, 0);
		clock.ps += 1000;
		model.advanced(true, 1e6 + 1);
		const asked = settle(model, answer);
		assert.equal(asked.length, 1);
		assert.ok((asked[0]?.since ?? 0) >= 1e6, JSON.stringify(asked));
	});

	it("pans over what is at hand without a question", () => {
		const { clock, answer } = machine();
		const model = new TimelineModel();
		clock.ps = 1e9;
		model.advanced(false, 1e6);
		settle(model, answer);
		model.zoom(0.25, 5e5);
		assert.equal(settle(model, answer).length, 1);
		model.pan(0.3);
		model.pan(-0.6);
		assert.deepEqual(settle(model, answer), []);
		model.pan(2);
		assert.equal(settle(model, answer).length, 1);
	});

	it("follows a machine that runs again, and leaves one that stands still where it was put", () => {
		const { clock, answer } = machine();
		const model = new TimelineModel();
		clock.ps = 1e9;
		model.advanced(false, 1e6);
		settle(model, answer);
		model.zoom(0.1, 3e5);
		const { view } = model;
		model.advanced(false, 1e6);
		settle(model, answer);
		assert.deepEqual(model.view, view);
		clock.ps = 2e9;
		model.advanced(true, 2e6);
		settle(model, answer);
		assert.equal(model.mode, "follow");
		assert.ok(model.view.to > 2e6 && model.view.from > 1e6);
		assert.ok(Math.abs(model.view.to - model.view.from - (view.to - view.from)) < 1);
	});

	it("starts anew when the run goes back in time or is restarted", () => {
		const { clock, timeline, answer } = machine();
		const model = new TimelineModel();
		timeline.start(0, 0);
		clock.ps = 1e9;
		timeline.burst(0, 0, 0, 0, 64, 1, 0);
		model.advanced(false, 1e6);
		settle(model, answer);
		assert.equal(model.cache?.rows.get("dma0chan0")?.bursts.length, 4);
		clock.ps = 5e8;
		model.advanced(false, 5e5);
		settle(model, answer);
		assert.deepEqual(model.cache?.rows.get("dma0chan0")?.bursts, []);
		assert.equal(model.now, 5e5);
	});

	it("begins where somebody began to observe", () => {
		const { clock, timeline, answer } = machine();
		timeline.end();
		clock.ps = 4e8;
		timeline.rewind(0);
		clock.ps = 4e8;
		timeline.begin([]);
		clock.ps = 1e9;
		const model = new TimelineModel();
		model.advanced(false, 1e6);
		settle(model, answer);
		assert.equal(model.view.from, 4e5);
	});

	it("shows what is left when the run is over, and asks no more", () => {
		const { clock, timeline, answer } = machine();
		const model = new TimelineModel();
		clock.ps = 5e8;
		model.advanced(true, 5e5);
		settle(model, answer);
		timeline.burst(0, 0, 0, 0, 64, 1, 0);
		clock.ps = 1e9;
		model.advanced(false, 1e6);
		assert.ok(model.nextQuery(), "this question is never answered");
		model.freeze(answer({ bucket: 4096 }) as TraceBody);
		assert.equal(model.now, 1e6);
		assert.equal(model.view.from, 0);
		assert.equal(model.cache?.rows.get("dma0chan0")?.bursts.length, 4);
		model.zoom(0.1, 5e5);
		assert.equal(model.nextQuery(), null);
		clock.ps = 0;
		model.advanced(true, 0);
		assert.ok(model.nextQuery(), "a restarted one is asked again");
	});

	it("finds events in what is left as the adapter found them", async () => {
		const { clock, timeline, answer } = machine();
		for (let burst = 0; burst < 20; burst++) {
			clock.ps += 1e6;
			timeline.burst(0, burst % 2, 0, 0, burst + 1, 1, 0);
		}
		assert.ok(answer({ bucket: 1e6 }));
		const all = eventsOf(timeline, { from: 0, to: 1e9, limit: 1000 }, () => "");
		const left = eventsFrom(all);
		for (const query of [
			{ row: "dma0chan1", from: 0, to: 1e9, limit: 3 },
			{ row: "dma0chan0", from: 5000, to: 11_000, limit: 2, last: true },
			{ from: 3000, to: 3000, limit: 5 },
			{ from: 0, to: 2500, limit: 1 },
		])
			assert.deepEqual(
				await left(query),
				eventsOf(timeline, query, () => ""),
			);
	});

	it("does not ask again when it was refused, until something changes", () => {
		const model = new TimelineModel();
		model.advanced(false, 1e6);
		assert.ok(model.nextQuery());
		assert.equal(model.nextQuery(), null, "one question at a time");
		model.receive(null);
		model.advanced(false, 1e6);
		assert.ok(model.nextQuery());
	});
});

/** ns of each class, by bucket and within the whole. */
function classTimes({
	spans,
	mixes,
	classes,
}: {
	spans: number[];
	mixes: number[];
	classes: readonly string[];
}): number[] {
	const times = new Array<number>(classes.length).fill(0);
	const add = (group: number, ns: number) => {
		times[group] = (times[group] ?? 0) + ns;
	};
	for (let at = 0; at < spans.length; at += 3)
		add((spans[at + 2] as number) % classes.length, (spans[at + 1] as number) - (spans[at] as number));
	for (let at = 0; at < mixes.length; at += classes.length + 1)
		for (let group = 1; group < classes.length; group++) add(group, mixes[at + 1 + group] as number);
	// Sums in another order differ in their last digits.
	return times.map((ns) => Math.round(ns * 1000));
}
