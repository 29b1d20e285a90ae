/** Single events of a time line, in words. */
import type { RecordFields } from "../../sim/observers";
import { RESPONSE_NAMES } from "../record";
import { MARKS, type Row } from "./rows";
import type { Series } from "./series";
import { stateName } from "./state-names";
import type { Timeline } from "./timeline";

export interface EventsQuery {
	/** Of this row only; without it of all rows, changes of levels left out. */
	readonly row?: string | undefined;
	/** ns, both included. */
	readonly from: number;
	readonly to: number;
	readonly limit: number;
	/** The last ones of that time instead of the first. */
	readonly last?: boolean | undefined;
}

export interface TimelineEvent {
	readonly timeNs: number;
	readonly row: string;
	/** What happened: a record's name, "state", "burst" or "level". */
	readonly kind: string;
	readonly text: string;
	readonly file?: string;
	readonly line?: number;
}

export interface Events {
	/** In order of time. */
	readonly events: TimelineEvent[];
	/** How many there are in that time. */
	readonly count: number;
}

interface Source {
	readonly row: Row;
	readonly series: Series;
	readonly level?: true;
	readonly describe: (index: number) => Omit<TimelineEvent, "timeNs" | "row">;
}

export function eventsOf(timeline: Timeline, query: EventsQuery, threadName: (id: number) => string): Events {
	const from = query.from * 1000;
	const to = query.to * 1000;
	const rows = timeline.rows().filter(({ id }) => query.row === undefined || id === query.row);
	const found: { time: number; index: number; source: Source }[] = [];
	let count = 0;
	for (const source of rows.flatMap((row) => sourcesOf(timeline, row, threadName))) {
		if (source.level && query.row === undefined) continue;
		const { series } = source;
		const first = series.lowerBound(from);
		const end = series.lastAt(to) + 1;
		count += Math.max(0, end - first);
		const low = query.last ? Math.max(first, end - query.limit) : first;
		const high = query.last ? end : Math.min(end, first + query.limit);
		for (let index = low; index < high; index++) found.push({ time: series.time(index), index, source });
	}
	// Equal times stay in the order of rows.
	found.sort((a, b) => a.time - b.time);
	const kept = query.last ? found.slice(Math.max(0, found.length - query.limit)) : found.slice(0, query.limit);
	return {
		events: kept.map(({ time, index, source }) => ({
			timeNs: time / 1000,
			row: source.row.id,
			...source.describe(index),
		})),
		count,
	};
}

function sourcesOf(timeline: Timeline, row: Row, threadName: (id: number) => string): Source[] {
	const sources: Source[] = [
		{
			row,
			series: row.marks,
			describe: (index) => {
				const kind = MARKS[row.marks.extra(index)] ?? "mark";
				return markEvent(kind, row, timeline.detail(row.marks.value(index)));
			},
		},
	];
	const { states, chunks, bursts } = row;
	if (states)
		sources.push({
			row,
			series: states,
			describe: (index) => ({ kind: "state", text: stateName(row.kind, states.value(index), threadName) }),
		});
	if (chunks)
		sources.push({
			row,
			series: chunks,
			describe: (index) => {
				const address = chunks.value(index);
				const from = address < 0 ? "its registers" : `the item at 0x${address.toString(16)}`;
				return { kind: "chunk", text: `chunk of ${chunks.extra(index)} bytes from ${from}` };
			},
		});
	if (bursts)
		sources.push({
			row,
			series: bursts,
			describe: (index) => {
				const response = bursts.extra(index);
				const how = response === 0 ? "" : ` failed: ${RESPONSE_NAMES[response] ?? response}`;
				return { kind: "burst", text: `burst of ${bursts.value(index)} bytes${how}` };
			},
		});
	for (const { name, series } of row.levels)
		sources.push({
			row,
			series,
			level: true,
			describe: (index) => ({
				kind: "level",
				text: name === "level" ? `${series.value(index)} of ${row.depth}` : `${series.value(index)} ${name}`,
			}),
		});
	return sources;
}

function markEvent(kind: string, row: Row, fields: RecordFields): Omit<TimelineEvent, "timeNs" | "row"> {
	const place = fields.file === undefined ? {} : { file: fields.file, line: fields.line ?? 1 };
	return { kind, text: textOf(kind, row, fields), ...place };
}

function textOf(kind: string, row: Row, fields: RecordFields): string {
	switch (kind) {
		case "printk":
		case "mark":
		case "finding":
			return `${kind}: ${(fields.text ?? fields.label ?? "").trimEnd()}`;
		case "irq":
			return `interrupt taken${fields.dev ? `: ${fields.dev}` : ""}`;
		default: {
			const parts = [row.kind === "callback" && fields.chan !== undefined ? `${kind} of ${fields.chan}` : kind];
			if (fields.kind !== undefined) parts[0] += ` ${fields.kind}`;
			if (fields.cookie !== undefined) parts.push(`cookie ${fields.cookie}`);
			if (fields.len !== undefined) parts.push(`${fields.len} bytes`);
			if (fields.ok === false) parts.push("failed");
			if (fields.ctx !== undefined && fields.ctx !== "process") parts.push(`in ${fields.ctx}`);
			return parts.join(", ");
		}
	}
}
