/** The moment and the track that people point at, by mouse or by keys: what is there, in words, and where it comes from. */
import type { TraceEvent } from "../../messages/trace";
import { make } from "../element";
import type { Host } from "../host";
import type { EventSource } from "./event-source";
import { sourceText } from "./event-table";
import type { TimelineModel } from "./model";
import { moment } from "./ticks";
import { Tooltip } from "./tooltip";
import type { TrackRow } from "./track-row";
import { levelAt, rate, rateAt, stateAt, type Track } from "./tracks";

/** Pixels around the pointer in which events are looked for. */
const REACH = 4;
/** The adapter is asked what is under the pointer when that has rested so long, ms. */
const REST_MS = 80;
/** Events that are told together. */
const MOST_TOGETHER = 6;
/** Times are whole picoseconds: this is between two of them, ns. */
const BETWEEN = 0.0005;

export class Pointing {
	readonly tooltip = new Tooltip();
	/** Tells screen readers what the keys have come to. */
	readonly live = make("p", "spoken");
	/** The moment that was chosen last; null when none was. */
	cursor: number | null = null;
	/** Where events are asked for. */
	source: EventSource;
	private turn = 0;
	private stepping: Promise<void> = Promise.resolve();

	/** @param showMoment brings a moment into view */
	constructor(
		private readonly host: Host,
		private readonly model: TimelineModel,
		private readonly showMoment: (time: number) => void,
	) {
		this.live.ariaLive = "polite";
		this.source = this.adapter;
	}

	/** Asks the adapter. */
	get adapter(): EventSource {
		return (query) => this.host.events(query);
	}

	/** Moves the cursor to the next event of a row, or to the one before, and says what it is; each key after the one before. */
	toEvent(row: TrackRow, last: boolean): Promise<void> {
		this.stepping = this.stepping.then(() => this.step(row, last));
		return this.stepping;
	}

	private async step({ track, canvas }: TrackRow, last: boolean): Promise<void> {
		const { view, now } = this.model;
		const at = this.cursor ?? (last ? view.to : view.from);
		const range = last
			? { from: 0, to: at - BETWEEN }
			: { from: Math.max(0, at + (this.cursor === null ? 0 : BETWEEN)), to: now };
		if (range.to < range.from) return this.say(last ? "Nothing before." : "Nothing after.");
		const found = await this.source({ row: track.row.id, ...range, limit: 1, last });
		const [first] = found?.events ?? [];
		if (!first) return this.say(last ? "Nothing before." : "Nothing after.");
		const time = first.timeNs;
		this.cursor = time;
		this.showMoment(time);
		// Several things may happen at one moment.
		const body = await this.source({ row: track.row.id, from: time, to: time, limit: MOST_TOGETHER });
		const events = body && body.events.length > 0 ? body.events : [first];
		const source = events.some(({ file }) => file !== undefined) ? ", Enter shows the line" : "";
		this.say(`${events.map(textOf).join("; ")} at ${this.momentText(time)}${source}`);
		const rect = canvas.getBoundingClientRect();
		const { from, to } = this.model.view;
		const x = rect.left + ((time - from) / (to - from)) * rect.width;
		this.tooltip.show(x, rect.bottom - 14, `${this.momentText(time)}  ${track.row.label}`, events.map(textOf));
	}

	/** The pointer is over a track. */
	async hover({ track }: TrackRow, time: number, x: number, y: number): Promise<void> {
		const turn = ++this.turn;
		const title = `${this.momentText(time)}  ${track.row.label}`;
		const now = this.nowText(track, time);
		this.tooltip.show(x, y, title, now);
		await new Promise((settle) => setTimeout(settle, REST_MS));
		if (turn !== this.turn || time > this.model.now) return;
		const from = Math.max(0, time - this.reach);
		const body = await this.source({
			row: track.row.id,
			from,
			to: Math.max(from, time + this.reach),
			limit: MOST_TOGETHER,
		});
		if (turn !== this.turn || !body || body.count === 0) return;
		const lines = body.events.map((event) => `${this.momentText(event.timeNs)}: ${textOf(event)}`);
		if (body.count > lines.length) lines.push(`and ${(body.count - lines.length).toLocaleString("en")} more`);
		this.tooltip.show(x, y, title, [...now, ...lines]);
	}

	leave(): void {
		this.turn++;
		this.tooltip.hide();
	}

	/** Shows the source of what is at the cursor; without one, the row's channel in the call stack. */
	async open(row: TrackRow): Promise<void> {
		await this.stepping;
		if (this.cursor === null) this.focusChannel(row.track);
		else await this.openNear(row, this.cursor, 2 * BETWEEN);
	}

	/** A click: the cursor goes there, and what is there is opened. */
	async click(row: TrackRow, time: number): Promise<void> {
		this.cursor = time;
		await this.openNear(row, time, this.reach);
	}

	/** Shows where an event comes from. */
	reveal(event: TraceEvent): void {
		this.cursor = event.timeNs;
		this.showMoment(event.timeNs);
		if (event.file !== undefined) this.host.send({ type: "reveal", file: event.file, line: event.line ?? 1 });
	}

	private async openNear({ track }: TrackRow, time: number, reach: number): Promise<void> {
		const from = Math.max(0, time - reach);
		const body = await this.source({ row: track.row.id, from, to: Math.max(from, time + reach), limit: 20 });
		const distance = ({ timeNs }: TraceEvent) => Math.abs(timeNs - time);
		const [nearest] = (body?.events ?? [])
			.filter(({ file }) => file !== undefined)
			.sort((a, b) => distance(a) - distance(b));
		if (nearest) this.reveal(nearest);
		else this.focusChannel(track);
	}

	private focusChannel({ id }: Track): void {
		const channel = /^dma\d+chan\d+/.exec(id)?.[0];
		if (channel && !this.model.running && !this.model.frozen) this.host.send({ type: "focus", channel });
	}

	private get reach(): number {
		const { view, pixels } = this.model;
		return ((view.to - view.from) / pixels) * REACH;
	}

	/** As exactly as a pixel is. */
	private momentText(time: number): string {
		const { from, to } = this.model.view;
		return moment(time, 10 ** Math.floor(Math.log10((to - from) / 1000)));
	}

	private say(text: string): void {
		// The same text twice is told twice.
		this.live.textContent = this.live.textContent === text ? `${text}\u00a0` : text;
	}

	/** What holds in a track at a moment. */
	private nowText({ kind, row }: Track, time: number): string[] {
		const { cache, now } = this.model;
		if (!cache || time > now) return [];
		switch (kind) {
			case "throughput":
				return [rate(rateAt(row, time, cache.bucket))];
			case "queue":
				return [row.levels.map((level) => `${levelAt(level, time, cache.bucket)} ${level.name}`).join(", ")];
			case "fifo":
				return row.levels.map((level) => `${levelAt(level, time, cache.bucket)} of ${row.depth}`);
			case "marks":
				return [];
			default:
				return [stateAt(row, time, cache.bucket)].filter(Boolean);
		}
	}
}

/** "submit, cookie 2 (uart-tx.dma:55)" */
function textOf(event: TraceEvent): string {
	return event.file === undefined ? event.text : `${event.text} (${sourceText(event)})`;
}
