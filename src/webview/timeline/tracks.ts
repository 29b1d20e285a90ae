/** What is drawn as a track of its own, and what it says in words. */
import { MARK_KINDS } from "../../messages/trace";
import type { Cache, CachedRow } from "./cache";
import { lowerBound } from "./lists";
import { ratesOf } from "./rates";
import { duration } from "./ticks";
import type { View } from "./view";

export type TrackKind = "cpu" | "softirq" | "interrupt" | "marks" | "channel" | "throughput" | "queue" | "fifo";

export interface Track {
	/** The row's id, with ":bytes" for a throughput. */
	readonly id: string;
	readonly kind: TrackKind;
	readonly row: CachedRow;
	/** What stands beside it, and below that in small letters. */
	readonly label: string;
	readonly detail: string;
	/** Belongs to the track above. */
	readonly sub: boolean;
}

/** The tracks in the order in which they are shown; `graphs` false leaves throughputs, queues and FIFOs out. */
export function tracksOf(cache: Cache, clients: ReadonlyMap<string, string>, graphs: boolean): Track[] {
	const known = new Set(cache.order);
	return cache.order.flatMap((id): Track[] => {
		const row = cache.rows.get(id);
		if (!row) return [];
		const owner = id.slice(0, Math.max(0, id.lastIndexOf(":")));
		const sub = known.has(owner);
		switch (row.kind) {
			case "channel": {
				const detail = clients.get(id) ?? "";
				const track: Track = { id, kind: "channel", row, label: id, detail, sub: false };
				const bytes: Track = { id: `${id}:bytes`, kind: "throughput", row, label: "throughput", detail: "", sub: true };
				return graphs ? [track, bytes] : [track];
			}
			case "queue":
			case "fifo": {
				if (!graphs) return [];
				if (sub) return [{ id, kind: row.kind, row, label: row.kind === "queue" ? "queue" : "FIFO", detail: "", sub }];
				const [, device = row.label, label = ""] = /^(.*?) ((?:[RT]X )?(?:FIFO|queue))$/.exec(row.label) ?? [];
				return [{ id, kind: row.kind, row, label, detail: device, sub }];
			}
			case "callback":
			case "log":
				return [{ id, kind: "marks", row, label: row.label, detail: "", sub: false }];
			case "interrupt": {
				const [, line = row.label, device = ""] = /^(IRQ -?\d+) ?(.*)$/.exec(row.label) ?? [];
				return [{ id, kind: "interrupt", row, label: line, detail: device, sub: false }];
			}
			case "cpu":
			case "softirq":
				return [{ id, kind: row.kind, row, label: row.label, detail: "", sub: false }];
			default:
				return row.kind satisfies never;
		}
	});
}

/** What a row does at a moment: "softirq (ksoftirqd/0)"; "" when only short states are there. */
export function stateAt(row: CachedRow, time: number, bucket: number): string {
	const { spans, mixes, classes } = row;
	let at = lowerBound(spans, 3, 1, time);
	// A span ends before its end.
	if (spans[at + 1] === time) at += 3;
	if (at < spans.length && (spans[at] as number) <= time) {
		const code = spans[at + 2] as number;
		return row.names[code] ?? classes[code % classes.length] ?? "";
	}
	const stride = classes.length + 1;
	const mix = lowerBound(mixes, stride, 0, Math.floor(time / bucket));
	const inside = mix < mixes.length && mixes[mix] === Math.floor(time / bucket);
	return inside ? "" : (classes[0] ?? "");
}

/** ns of each class in a view: spans, and buckets of short states. */
export function timeByClass(row: CachedRow, { from, to }: View, bucket: number): number[] {
	const times = new Array<number>(row.classes.length).fill(0);
	const add = (group: number, ns: number) => {
		times[group] = (times[group] ?? 0) + ns;
	};
	const { spans, mixes } = row;
	const classes = row.classes.length;
	for (let at = lowerBound(spans, 3, 1, from); at < spans.length && (spans[at] as number) < to; at += 3)
		add(
			(spans[at + 2] as number) % classes,
			Math.max(0, Math.min(to, spans[at + 1] as number) - Math.max(from, spans[at] as number)),
		);
	const stride = classes + 1;
	for (let at = lowerBound(mixes, stride, 0, from / bucket - 1); at < mixes.length; at += stride) {
		if ((mixes[at] as number) * bucket >= to) break;
		for (let group = 0; group < classes; group++) add(group, mixes[at + 1 + group] as number);
	}
	return times;
}

/** The value of a level at a moment, by what is known of the moment's bucket. */
export function levelAt(level: { before: number; changes: readonly number[] }, time: number, bucket: number): number {
	const at = lowerBound(level.changes, 4, 0, Math.floor(time / bucket) + 1) - 4;
	return at < 0 ? level.before : (level.changes[at + 3] as number);
}

/** Sums of a row's bursts in a stretch of time. */
export function burstsIn({ bursts }: CachedRow, from: number, to: number, bucket: number) {
	let [bytes, count, failed] = [0, 0, 0];
	for (let at = lowerBound(bursts, 4, 0, Math.floor(from / bucket)); at < bursts.length; at += 4) {
		if ((bursts[at] as number) * bucket >= to) break;
		bytes += bursts[at + 1] as number;
		count += bursts[at + 2] as number;
		failed += bursts[at + 3] as number;
	}
	return { bytes, count, failed };
}

/** Bytes per second at a moment. */
export function rateAt(row: CachedRow, time: number, bucket: number): number {
	const rates = ratesOf(row, bucket);
	const at = lowerBound(rates, 3, 1, time / bucket);
	if (at >= rates.length || (rates[at] as number) * bucket > time) return 0;
	return perSecond(rates, at, bucket);
}

/** The highest rate in a view, bytes per second. */
export function highestRate(rates: readonly number[], { from, to }: View, bucket: number): number {
	let most = 0;
	for (let at = lowerBound(rates, 3, 1, from / bucket); at < rates.length; at += 3) {
		if ((rates[at] as number) * bucket > to) break;
		most = Math.max(most, perSecond(rates, at, bucket));
	}
	return most;
}

export function perSecond(rates: readonly number[], at: number, bucket: number): number {
	const buckets = (rates[at + 1] as number) - (rates[at] as number);
	return ((rates[at + 2] as number) / (buckets * bucket)) * 1e9;
}

/** "11.5 kB/s" */
export function rate(bytesPerSecond: number): string {
	const [unit, size] = ([
		["GB", 1e9],
		["MB", 1e6],
		["kB", 1e3],
	].find(([, least]) => bytesPerSecond >= (least as number)) ?? ["B", 1]) as [string, number];
	return `${Number((bytesPerSecond / size).toPrecision(3))} ${unit}/s`;
}

/** A track in words, for screen readers: what is in view of it. */
export function describeTrack({ kind, row, label, detail }: Track, view: View, bucket: number): string {
	const name = [label, detail].filter(Boolean).join(", ");
	const span = view.to - view.from;
	switch (kind) {
		case "throughput": {
			const { bytes } = burstsIn(row, view.from, view.to, bucket);
			return `${row.id} throughput: ${bytes} bytes in view, ${rate((bytes / span) * 1e9)} on average`;
		}
		case "queue":
		case "fifo": {
			const now = row.levels.map((level) => `${levelAt(level, view.to, bucket)} ${level.name}`).join(", ");
			const most = Math.max(0, ...row.levels.map((level) => highest(level, view, bucket)));
			return `${row.label}: ${now} at the end, ${most} at most${row.depth > 0 ? ` of ${row.depth}` : ""}`;
		}
		case "marks":
			return `${name}: ${countText(marksIn(row, view, bucket).count, "event")}`;
		default: {
			const times = timeByClass(row, view, bucket);
			const states = times.flatMap((ns, group) =>
				group > 0 && ns > 0 ? [`${row.classes[group]} ${duration(ns)} (${percent(ns / span)})`] : [],
			);
			const parts = states.length > 0 ? states : ["nothing in view"];
			if (kind === "channel") {
				const { bytes, count, failed } = burstsIn(row, view.from, view.to, bucket);
				if (count > 0) parts.push(`${countText(count, "burst")} of ${bytes} bytes together`);
				if (failed > 0) parts.push(`${failed} failed`);
			}
			const { count } = marksIn(row, view, bucket);
			if (count > 0) parts.push(countText(count, "event"));
			return `${name}: ${parts.join(", ")}`;
		}
	}
}

/** Kinds and number of the marks in a stretch of time. */
export function marksIn({ marks }: CachedRow, { from, to }: View, bucket: number): { kinds: string[]; count: number } {
	let [bits, count] = [0, 0];
	for (let at = lowerBound(marks, 3, 0, Math.floor(from / bucket)); at < marks.length; at += 3) {
		if ((marks[at] as number) * bucket >= to) break;
		bits |= marks[at + 1] as number;
		count += marks[at + 2] as number;
	}
	return { kinds: MARK_KINDS.filter((_, bit) => bits & (1 << bit)), count };
}

/** The highest value of a level in a view. */
export function highest(level: { before: number; changes: readonly number[] }, view: View, bucket: number): number {
	let most = levelAt(level, view.from, bucket);
	const { changes } = level;
	for (let at = lowerBound(changes, 4, 0, Math.floor(view.from / bucket)); at < changes.length; at += 4) {
		if ((changes[at] as number) * bucket >= view.to) break;
		most = Math.max(most, changes[at + 2] as number);
	}
	return most;
}

function countText(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function percent(share: number): string {
	return share < 0.001 ? "under 0.1 %" : `${Number((share * 100).toPrecision(2))} %`;
}
