/** What the page has been told of the time line: one stretch at one resolution, added to as time goes on. */
import type { TraceBody, TraceLevel, TraceRow } from "../../messages/trace";
import { lowerBound } from "./lists";

export interface CachedLevel {
	readonly name: string;
	readonly before: number;
	readonly changes: number[];
}

/** A row with all its lists; they are those of TraceRow. */
export interface CachedRow {
	readonly id: string;
	readonly kind: TraceRow["kind"];
	readonly label: string;
	readonly classes: readonly string[];
	depth: number;
	readonly spans: number[];
	readonly mixes: number[];
	readonly bursts: number[];
	readonly marks: number[];
	readonly levels: CachedLevel[];
	readonly names: Record<string, string>;
	/** What rates.ts makes of the bursts; null until it is wanted. */
	rates: readonly number[] | null;
}

export interface Cache {
	readonly epoch: number;
	readonly bucket: number;
	readonly from: number;
	to: number;
	now: number;
	first: number;
	gaps: readonly number[];
	readonly rows: Map<string, CachedRow>;
	/** Rows in the order in which they are shown. */
	order: string[];
}

export function createCache(body: TraceBody): Cache {
	const rows = new Map(body.rows.map((row) => [row.id, cachedRow(row)]));
	const { epoch, bucket, from, to, nowNs, firstNs, gaps } = body;
	return { epoch, bucket, from, to, now: nowNs, first: firstNs, gaps, rows, order: body.rows.map(({ id }) => id) };
}

/** Adds an answer to a question for what has happened since. False when it does not fit to what is there. */
export function addTo(cache: Cache, body: TraceBody): boolean {
	if (body.epoch !== cache.epoch || body.bucket !== cache.bucket || body.from > cache.to || body.from < cache.from)
		return false;
	for (const row of body.rows) {
		const known = cache.rows.get(row.id);
		if (known) addRow(known, row, body.from, body.bucket);
		else cache.rows.set(row.id, cachedRow(row));
	}
	cache.to = Math.max(body.to, body.from);
	cache.now = body.nowNs;
	cache.first = body.firstNs;
	cache.gaps = body.gaps;
	cache.order = body.rows.map(({ id }) => id);
	return true;
}

function cachedRow({
	id,
	kind,
	label,
	classes,
	depth,
	spans,
	mixes,
	bursts,
	marks,
	levels,
	names,
}: TraceRow): CachedRow {
	return {
		id,
		kind,
		label,
		classes,
		depth,
		spans: spans ?? [],
		mixes: mixes ?? [],
		bursts: bursts ?? [],
		marks: marks ?? [],
		levels: levels ?? [],
		names: names ?? {},
		rates: null,
	};
}

/** Replaces what a row has from a bucket's start on. */
function addRow(known: CachedRow, row: TraceRow, from: number, bucket: number): void {
	const number = Math.round(from / bucket);
	known.depth = row.depth;
	known.rates = null;
	replace(known.mixes, known.classes.length + 1, number, row.mixes);
	replace(known.bursts, 4, number, row.bursts);
	replace(known.marks, 3, number, row.marks);
	known.levels.forEach((level, index) => {
		replace(level.changes, 4, number, (row.levels?.[index] as TraceLevel | undefined)?.changes);
	});
	Object.assign(known.names, row.names);
	const { spans } = known;
	spans.length = lowerBound(spans, 3, 0, from);
	if (spans.length > 0 && (spans[spans.length - 2] as number) > from) spans[spans.length - 2] = from;
	const added = row.spans ?? [];
	const end = spans.length;
	// One state that goes on over the seam stays one.
	const joins = end > 0 && added.length > 0 && spans[end - 2] === added[0] && spans[end - 1] === added[2];
	if (joins) spans[end - 2] = added[1] as number;
	append(spans, added, joins ? 3 : 0);
}

function replace(list: number[], stride: number, number: number, added: readonly number[] | undefined): void {
	list.length = lowerBound(list, stride, 0, number);
	if (added) append(list, added, 0);
}

function append(list: number[], added: readonly number[], from: number): void {
	for (let at = from; at < added.length; at++) list.push(added[at] as number);
}
