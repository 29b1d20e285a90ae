/** Bytes per second out of bursts: averages over stretches that end where bursts end, so that a steady flow is steady. */
import type { CachedRow } from "./cache";
import { lowerBound } from "./lists";

/** Buckets that a rate is averaged over, at least. */
const LEAST_BUCKETS = 8;
/** A pause of so many buckets ends a flow unless the channel ran all the time. */
const PAUSE_BUCKETS = 16;

/** [first bucket, bucket behind the last, bytes] of each stretch with a rate of its own. */
export function ratesOf(row: CachedRow, bucket: number): readonly number[] {
	row.rates ??= computeRates(row, bucket);
	return row.rates;
}

function computeRates(row: CachedRow, bucket: number): number[] {
	const { bursts } = row;
	const rates: number[] = [];
	let start = -1;
	let end = -1;
	let bytes = 0;
	const close = () => {
		if (end > start) rates.push(start, end, bytes);
		start = end;
		bytes = 0;
	};
	for (let at = 0; at < bursts.length; at += 4) {
		const number = bursts[at] as number;
		const begin = startOfRun(row, number, bucket);
		const paused = number - end > PAUSE_BUCKETS && begin > end;
		if (start < 0 || paused) {
			if (start >= 0) close();
			start = Math.max(end, Math.min(number, begin));
		}
		bytes += bursts[at + 1] as number;
		end = number + 1;
		if (end - start >= LEAST_BUCKETS) close();
	}
	if (bytes > 0) close();
	return rates;
}

/** Bucket in which the channel's run began that a bucket is in; the bucket itself when that is not known. */
function startOfRun({ spans }: CachedRow, number: number, bucket: number): number {
	const at = lowerBound(spans, 3, 1, number * bucket);
	const start = at < spans.length ? Math.floor((spans[at] as number) / bucket) : number;
	return Math.min(start, number);
}
