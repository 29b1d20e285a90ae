/** Answers for whoever draws a time line: a stretch of it at a resolution, and single events. Times in ns there. */
import { aggregateLevels, aggregateMarks, aggregateStates, aggregateSums, type Grid } from "./aggregate";
import { MARKS, type Row, seriesOf } from "./rows";
import { CLASS_NAMES, stateName } from "./state-names";
import type { Timeline } from "./timeline";

/** More buckets than this are not computed. */
export const MOST_BUCKETS = 8192;

export interface StretchQuery {
	/** ns per bucket. */
	readonly bucket: number;
	/** Start and end in ns; 0 and now when they are left out. */
	readonly from?: number | undefined;
	readonly to?: number | undefined;
	/** Only what may have changed since this time: the bucket that it lies in, and all later ones. Instead of `from`. */
	readonly since?: number | undefined;
}

export interface LevelData {
	readonly name: string;
	readonly before: number;
	readonly changes: number[];
}

/** A row of the time line; what it has nothing of is left out. See aggregate.ts for the numbers; times in ns. */
export interface RowData {
	readonly id: string;
	readonly kind: Row["kind"];
	readonly label: string;
	/** Names of the classes of states: `code % classes.length` is a code's class. */
	readonly classes: readonly string[];
	readonly depth: number;
	readonly spans?: number[];
	readonly mixes?: number[];
	readonly bursts?: number[];
	readonly marks?: number[];
	readonly levels?: LevelData[];
	/** Names of codes in `spans`, where they have one. */
	readonly names?: Record<string, string>;
}

export interface Stretch {
	/** When it differs from that of an earlier answer, forget that one. */
	readonly epoch: number;
	readonly observing: boolean;
	/** From when on everything is kept, and now. */
	readonly firstNs: number;
	readonly nowNs: number;
	readonly from: number;
	readonly to: number;
	readonly bucket: number;
	/** Start and end of each time in which nobody observed. */
	readonly gaps: number[];
	readonly rows: RowData[];
}

const CHUNK = MARKS.indexOf("chunk");
const PS = 1000;

/** A stretch of a time line; null when it would have more than {@link MOST_BUCKETS} buckets. */
export function stretchOf(timeline: Timeline, query: StretchQuery, threadName: (id: number) => string): Stretch | null {
	const now = timeline.now();
	const bucket = query.bucket * PS;
	const asked = Math.max(0, (query.since ?? query.from ?? 0) * PS);
	const from = Math.floor(asked / bucket) * bucket;
	// The bucket of now is part of it, half as it is.
	const to = Math.max(from, Math.min(query.to === undefined ? Number.POSITIVE_INFINITY : query.to * PS, now + 1));
	if ((to - from) / bucket > MOST_BUCKETS) return null;
	const grid = { from, to, bucket };
	const rows = timeline.rows().filter((row) => seriesOf(row).some(({ length }) => length > 0));
	return {
		epoch: timeline.epoch,
		observing: timeline.observing,
		firstNs: Math.max(0, ...rows.flatMap((row) => seriesOf(row).map(({ completeFrom }) => completeFrom))) / PS,
		nowNs: now / PS,
		from: from / PS,
		to: to / PS,
		bucket: query.bucket,
		gaps: gapsOf(timeline, now).map((time) => time / PS),
		rows: rows.map((row) => rowData(row, grid, now, threadName)),
	};
}

/** Times in which nobody observed, the one that goes on until now included. */
function gapsOf({ gaps, observing }: Timeline, now: number): number[] {
	const all = observing ? [...gaps] : [...gaps, now];
	return all.filter((_, index) => all[index - (index % 2)] !== all[index - (index % 2) + 1]);
}

function rowData(row: Row, grid: Grid, now: number, threadName: (id: number) => string): RowData {
	const { id, kind, label, depth, states, bursts, chunks } = row;
	const classes = CLASS_NAMES[kind];
	const { spans, mixes } = states ? aggregateStates(states, grid, classes.length, now) : { spans: [], mixes: [] };
	const names: Record<string, string> = {};
	if (kind === "cpu")
		for (const code of spans.filter((_, at) => at % 3 === 2)) names[code] ??= stateName(kind, code, threadName);
	for (let at = 0; at < spans.length; at += 3) {
		spans[at] = (spans[at] as number) / PS;
		spans[at + 1] = (spans[at + 1] as number) / PS;
	}
	for (let at = 0; at < mixes.length; at++) if (at % (classes.length + 1) !== 0) mixes[at] = (mixes[at] as number) / PS;
	const sums = bursts ? aggregateSums(bursts, grid) : [];
	const marks = aggregateMarks(
		chunks ? [{ series: row.marks }, { series: chunks, kind: CHUNK }] : [{ series: row.marks }],
		grid,
	);
	return {
		id,
		kind,
		label,
		classes,
		depth,
		...(spans.length > 0 && { spans }),
		...(mixes.length > 0 && { mixes }),
		...(sums.length > 0 && { bursts: sums }),
		...(marks.length > 0 && { marks }),
		...(row.levels.length > 0 && {
			levels: row.levels.map(({ name, series }) => ({ name, ...aggregateLevels(series, grid) })),
		}),
		...(Object.keys(names).length > 0 && { names }),
	};
}
