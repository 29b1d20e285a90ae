import assert from "node:assert/strict";
import fc from "fast-check";
import {
	aggregateLevels,
	aggregateMarks,
	aggregateStates,
	aggregateSums,
	type Grid,
} from "../../src/trace/timeline/aggregate";
import { Series } from "../../src/trace/timeline/series";

interface Sample {
	time: number;
	value: number;
	extra: number;
}

/** Samples in order of time, several of them at one time now and then. */
const samples = fc
	.array(fc.record({ time: fc.nat(400), value: fc.nat(11), extra: fc.nat(3) }), { maxLength: 60 })
	.map((list) => list.sort((a, b) => a.time - b.time));
const grids = fc
	.record({ first: fc.nat(20), buckets: fc.integer({ min: 1, max: 40 }), bucket: fc.integer({ min: 1, max: 30 }) })
	.map(({ first, buckets, bucket }): Grid => ({ from: first * bucket, to: (first + buckets) * bucket, bucket }));

function seriesOf(list: readonly Sample[]): Series {
	const series = new Series({ left: 1e6 });
	for (const { time, value, extra } of list) series.push(time, value, extra);
	return series;
}

/** The value that stands at a time: that of the last sample not after it. */
const valueAt = (list: readonly Sample[], time: number) =>
	list.reduce((value, sample) => (sample.time <= time ? sample.value : value), -1);

const CLASSES = 4;
const END = 450;

/** ps of each class in each bucket, moment by moment; class 0 is not counted. */
function sharesByMoment(list: readonly Sample[], grid: Grid): Map<string, number> {
	const shares = new Map<string, number>();
	for (let time = grid.from; time < Math.min(grid.to, END); time++) {
		const value = valueAt(list, time);
		if (value < 0 || value % CLASSES === 0) continue;
		const key = `${Math.floor(time / grid.bucket)} ${value % CLASSES}`;
		shares.set(key, (shares.get(key) ?? 0) + 1);
	}
	return shares;
}

function sharesOf(states: { spans: number[]; mixes: number[] }, { bucket }: Grid): Map<string, number> {
	const shares = new Map<string, number>();
	const add = (number: number, group: number, ps: number) => {
		if (group === 0 || ps === 0) return;
		const key = `${number} ${group}`;
		shares.set(key, (shares.get(key) ?? 0) + ps);
	};
	for (let at = 0; at < states.spans.length; at += 3) {
		const [start = 0, end = 0, code = 0] = states.spans.slice(at, at + 3);
		for (let time = start; time < end; time++) add(Math.floor(time / bucket), code % CLASSES, 1);
	}
	for (let at = 0; at < states.mixes.length; at += CLASSES + 1)
		for (let group = 0; group < CLASSES; group++)
			add(states.mixes[at] as number, group, states.mixes[at + 1 + group] as number);
	return shares;
}

const sorted = (map: Map<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

describe("a time line at a resolution", () => {
	it("gives every class its time in every bucket", () => {
		fc.assert(
			fc.property(samples, grids, (list, grid) => {
				const states = aggregateStates(seriesOf(list), grid, CLASSES, END);
				assert.deepEqual(sorted(sharesOf(states, grid)), sorted(sharesByMoment(list, grid)));
			}),
		);
	});

	it("shows what lasts for a bucket exactly, and at most a few numbers a bucket", () => {
		fc.assert(
			fc.property(samples, grids, (list, grid) => {
				const { spans, mixes } = aggregateStates(seriesOf(list), grid, CLASSES, END);
				const buckets = (grid.to - grid.from) / grid.bucket;
				assert.ok(spans.length / 3 <= 2 * buckets + 1, `${spans.length / 3} spans in ${buckets} buckets`);
				assert.ok(mixes.length / (CLASSES + 1) <= buckets);
				list.forEach(({ time, value }, index) => {
					const end = list[index + 1]?.time ?? END;
					const left = Math.max(time, grid.from);
					const right = Math.min(end, grid.to);
					if (end - time < grid.bucket || value === 0 || left >= right) return;
					const found = spans.some((_, at) => at % 3 === 0 && spans[at] === left && spans[at + 1] === right);
					assert.ok(found, `[${left}, ${right}) of ${value} is missing`);
				});
			}),
		);
	});

	it("adds up what succeeded, counts and failures of every bucket", () => {
		fc.assert(
			fc.property(samples, grids, (list, grid) => {
				const expected: number[] = [];
				for (let number = grid.from / grid.bucket; number * grid.bucket < grid.to; number++) {
					const inside = list.filter(({ time }) => Math.floor(time / grid.bucket) === number);
					if (inside.length === 0) continue;
					const bytes = inside.reduce((sum, { value, extra }) => sum + (extra === 0 ? value : 0), 0);
					expected.push(number, bytes, inside.length, inside.filter(({ extra }) => extra !== 0).length);
				}
				assert.deepEqual(aggregateSums(seriesOf(list), grid), expected);
			}),
		);
	});

	it("gathers the kinds and counts of marks, of several series together", () => {
		fc.assert(
			fc.property(samples, samples, grids, (list, fixed, grid) => {
				const all = [...list, ...fixed.map((sample) => ({ ...sample, extra: 7 }))];
				const expected: number[] = [];
				for (let number = grid.from / grid.bucket; number * grid.bucket < grid.to; number++) {
					const inside = all.filter(({ time }) => Math.floor(time / grid.bucket) === number);
					if (inside.length === 0) continue;
					expected.push(
						number,
						[...new Set(inside.map(({ extra }) => 2 ** extra))].reduce((a, b) => a + b),
						inside.length,
					);
				}
				const sources = [{ series: seriesOf(list) }, { series: seriesOf(fixed), kind: 7 }];
				assert.deepEqual(aggregateMarks(sources, grid), expected);
			}),
		);
	});

	it("keeps the lowest, highest and last value of every bucket in which a level changes", () => {
		fc.assert(
			fc.property(samples, grids, (list, grid) => {
				const { before, changes } = aggregateLevels(seriesOf(list), grid);
				assert.equal(before, Math.max(0, valueAt(list, grid.from - 1)));
				const expected: number[] = [];
				let value = before;
				for (let number = grid.from / grid.bucket; number * grid.bucket < grid.to; number++) {
					const inside = list.filter(({ time }) => Math.floor(time / grid.bucket) === number).map((s) => s.value);
					if (inside.length === 0) continue;
					const last = inside[inside.length - 1] as number;
					expected.push(number, Math.min(value, ...inside), Math.max(value, ...inside), last);
					value = last;
				}
				assert.deepEqual(changes, expected);
			}),
		);
	});

	it("says of a part what it says of the whole: what was fetched once can be added to", () => {
		fc.assert(
			fc.property(samples, grids, fc.nat(100), (list, grid, cut) => {
				const middle = grid.from + Math.floor((cut / 101) * ((grid.to - grid.from) / grid.bucket)) * grid.bucket;
				const series = seriesOf(list);
				const parts = [
					{ ...grid, to: middle },
					{ ...grid, from: middle },
				];
				const joined = <T>(of: (part: Grid) => T[]) => parts.filter(({ from, to }) => from < to).flatMap(of);
				assert.deepEqual(
					joined((part) => aggregateSums(series, part)),
					aggregateSums(series, grid),
				);
				assert.deepEqual(
					joined((part) => aggregateLevels(series, part).changes),
					aggregateLevels(series, grid).changes,
				);
				const whole = sharesOf(aggregateStates(series, grid, CLASSES, END), grid);
				const sum = new Map<string, number>();
				for (const part of parts)
					for (const [key, ps] of sharesOf(aggregateStates(series, part, CLASSES, END), grid))
						sum.set(key, (sum.get(key) ?? 0) + ps);
				assert.deepEqual(sorted(sum), sorted(whole));
			}),
		);
	});
});

describe("a series", () => {
	it("forgets the oldest samples when its room is used up, and says from when on it is complete", () => {
		const series = new Series({ left: 300 });
		for (let time = 0; time < 1000; time++) series.push(time * 10, time, 0);
		assert.equal(series.length, 256);
		assert.equal(series.time(0), 7440);
		assert.equal(series.completeFrom, 7431);
		assert.equal(series.value(255), 999);
		assert.equal(series.lowerBound(9985), 255);
		assert.equal(series.lastAt(9985), 254);
	});

	it("keeps the order of samples while it grows", () => {
		const series = new Series({ left: 1e6 });
		for (let time = 0; time < 5000; time++) series.push(time, time * 2, time * 3);
		assert.equal(series.length, 5000);
		for (const index of [0, 255, 256, 257, 4095, 4999])
			assert.deepEqual([series.time(index), series.value(index), series.extra(index)], [index, index * 2, index * 3]);
		series.truncate(4000);
		assert.equal(series.length, 4001);
	});
});
