/**
 * What a series looks like at a resolution: as many numbers as there are buckets with something in them, whatever the
 * number of samples. Buckets are aligned to time 0, so that what was computed once still holds when more has happened.
 * Times in ps.
 */
import type { Series } from "./series";

/** A half-open stretch of time and the width of the buckets that it is divided into; `from` is a bucket's start. */
export interface Grid {
	readonly from: number;
	readonly to: number;
	readonly bucket: number;
}

export interface States {
	/** Start, end and code of each stretch that is as long as a bucket, clipped to the grid; never code 0. */
	readonly spans: number[];
	/** Of each bucket with shorter stretches: its number, then for each class the ps that those took. */
	readonly mixes: number[];
}

/** States over time. `end` is now: the last state has lasted until then. */
export function aggregateStates(series: Series, grid: Grid, classes: number, end: number): States {
	const { from, to, bucket } = grid;
	const spans: number[] = [];
	const mixes: number[] = [];
	let mixed = -1;
	/** Adds a short stretch to the buckets that it lies in. */
	const mix = (start: number, stop: number, group: number): void => {
		let left = start;
		while (left < stop) {
			const number = Math.floor(left / bucket);
			const right = Math.min(stop, (number + 1) * bucket);
			if (number !== mixed) {
				mixed = number;
				mixes.push(number);
				for (let index = 0; index < classes; index++) mixes.push(0);
			}
			const at = mixes.length - classes + group;
			mixes[at] = (mixes[at] as number) + right - left;
			left = right;
		}
	};
	let index = Math.max(0, series.lastAt(from));
	for (; index < series.length; index++) {
		const start = series.time(index);
		if (start >= to) break;
		const stop = index + 1 < series.length ? series.time(index + 1) : Math.max(end, start);
		const left = Math.max(start, from);
		const right = Math.min(stop, to);
		if (left >= right) continue;
		const code = series.value(index);
		if (stop - start < bucket) mix(left, right, code % classes);
		else if (code !== 0) spans.push(left, right, code);
	}
	return { spans, mixes };
}

/**
 * Sums: of each bucket with samples its number, the sum of the values of those without an extra, how many samples there
 * are, and how many have an extra. For bursts an extra is a failure: nothing has moved.
 */
export function aggregateSums(series: Series, grid: Grid): number[] {
	const { to, bucket } = grid;
	const sums: number[] = [];
	let last = -1;
	for (let index = series.lowerBound(grid.from); index < series.length; index++) {
		const time = series.time(index);
		if (time >= to) break;
		const number = Math.floor(time / bucket);
		if (number !== last) {
			sums.push(number, 0, 0, 0);
			last = number;
		}
		const at = sums.length - 3;
		sums[at + 1] = (sums[at + 1] as number) + 1;
		if (series.extra(index) === 0) sums[at] = (sums[at] as number) + series.value(index);
		else sums[at + 2] = (sums[at + 2] as number) + 1;
	}
	return sums;
}

/** Marks: of each bucket with some its number, a bit for each kind, and how many there are. `kind` fixes it for a series. */
export function aggregateMarks(sources: readonly { series: Series; kind?: number }[], grid: Grid): number[] {
	const { from, to, bucket } = grid;
	const marks: number[] = [];
	const at = sources.map(({ series }) => series.lowerBound(from));
	let last = -1;
	for (;;) {
		let next = -1;
		let time = to;
		sources.forEach(({ series }, source) => {
			const index = at[source] as number;
			if (index >= series.length || series.time(index) >= time) return;
			time = series.time(index);
			next = source;
		});
		if (next < 0) return marks;
		const { series, kind } = sources[next] as { series: Series; kind?: number };
		const bit = 1 << (kind ?? series.extra(at[next] as number));
		at[next] = (at[next] as number) + 1;
		const number = Math.floor(time / bucket);
		if (number !== last) {
			marks.push(number, 0, 0);
			last = number;
		}
		marks[marks.length - 2] = (marks[marks.length - 2] as number) | bit;
		marks[marks.length - 1] = (marks[marks.length - 1] as number) + 1;
	}
}

export interface Levels {
	/** The value at the start of the grid. */
	readonly before: number;
	/** Of each bucket with samples: its number, the lowest, the highest (what it began with counts) and the last value. */
	readonly changes: number[];
}

/** Values that stand until the next sample. */
export function aggregateLevels(series: Series, grid: Grid): Levels {
	const { from, to, bucket } = grid;
	const first = series.lowerBound(from);
	const before = first > 0 ? series.value(first - 1) : 0;
	const changes: number[] = [];
	let value = before;
	let last = -1;
	for (let index = first; index < series.length; index++) {
		const time = series.time(index);
		if (time >= to) break;
		const number = Math.floor(time / bucket);
		if (number !== last) {
			changes.push(number, value, value, value);
			last = number;
		}
		value = series.value(index);
		const at = changes.length - 3;
		if (value < (changes[at] as number)) changes[at] = value;
		if (value > (changes[at + 1] as number)) changes[at + 1] = value;
		changes[at + 2] = value;
	}
	return { before, changes };
}
