import assert from "node:assert/strict";
import fc from "fast-check";
import { bucketFor, clamp, follow, pan, show, wholeOf, zoom } from "../../src/webview/timeline/view";

const near = (actual: number, expected: number, what: string) =>
	assert.ok(
		Math.abs(actual - expected) <= 1e-6 * Math.max(1, Math.abs(expected)),
		`${what}: ${actual}, not ${expected}`,
	);

/** A time line of at least 100 ns and a view inside of it. */
const situations = fc
	.record({
		start: fc.integer({ min: 0, max: 1e6 }),
		length: fc.integer({ min: 100, max: 1e9 }),
		at: fc.double({ min: 0, max: 1, noNaN: true }),
		part: fc.double({ min: 0.01, max: 1, noNaN: true }),
	})
	.map(({ start, length, at, part }) => {
		const end = start + length;
		const span = Math.max(4, length * part);
		return { start, end, view: clamp({ from: start + at * length, to: start + at * length + span }, start, end) };
	});

describe("the view of a time line", () => {
	it("keeps the moment under the pointer where it is while it zooms in", () => {
		fc.assert(
			fc.property(situations, fc.double({ min: 0, max: 0.95, noNaN: true }), ({ start, end, view }, part) => {
				const at = view.from + (view.to - view.from) * part;
				const next = zoom(view, 0.5, at, start, end);
				near(next.to - next.from, Math.max(4, (view.to - view.from) / 2), "length");
				near((at - next.from) / (next.to - next.from), part, "place");
			}),
		);
	});

	it("never leaves the time line, and never shows more than all of it", () => {
		fc.assert(
			fc.property(
				situations,
				fc.array(fc.tuple(fc.boolean(), fc.double({ min: -3, max: 3, noNaN: true })), { maxLength: 20 }),
				({ start, end, view }, moves) => {
					const all = wholeOf(start, end);
					let now = view;
					for (const [isZoom, by] of moves)
						now = isZoom ? zoom(now, 2 ** by, now.from, start, end) : pan(now, by, start, end);
					assert.ok(now.from >= start - 1e-6 * end, `from ${now.from}, start ${start}`);
					assert.ok(now.to <= Math.max(all.to, end + (now.to - now.from)) + 1e-6 * end, `to ${now.to}, end ${end}`);
					assert.ok(now.to - now.from <= (all.to - all.from) * (1 + 1e-9));
					assert.ok(now.to - now.from >= 4 - 1e-6);
				},
			),
		);
	});

	it("brings a moment well inside, and stays when it is there", () => {
		fc.assert(
			fc.property(situations, fc.double({ min: 0, max: 1, noNaN: true }), ({ start, end, view }, part) => {
				const at = start + (end - start) * part;
				const next = show(view, at, start, end);
				assert.ok(at >= next.from - 1e-6 && at <= next.to + 1e-6);
				assert.equal(show(next, (next.from + next.to) / 2, start, end), next);
			}),
		);
	});

	it("follows with the newest moment at the right and the zoom unchanged", () => {
		const view = follow({ from: 100, to: 200 }, 5000);
		assert.equal(view.to - view.from, 100);
		assert.equal(view.to, 5002);
	});

	it("divides into buckets of one to two pixels that are powers of two", () => {
		fc.assert(
			fc.property(fc.integer({ min: 4, max: 1e12 }), fc.integer({ min: 50, max: 4000 }), (span, pixels) => {
				const bucket = bucketFor({ from: 0, to: span }, pixels);
				assert.ok(Number.isInteger(Math.log2(bucket)));
				const pixelsOfBucket = bucket / (span / pixels);
				assert.ok(pixelsOfBucket >= 1 - 1e-9 && pixelsOfBucket < 2, String(pixelsOfBucket));
			}),
		);
	});
});
