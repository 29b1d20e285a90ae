/** The time line: asks for what is in view, draws it, and lets people move in it by mouse and keys. */
import type { ChannelState, MachineState } from "../../messages/state";
import type { TraceEvent } from "../../messages/trace";
import { make, setText } from "../element";
import type { Host } from "../host";
import { drawAxis, type Plot, RATE_BUCKETS, ratesOf } from "./draw";
import { EventTable, MOST_LISTED, sourceText } from "./event-table";
import { type Command, commandOf } from "./keys";
import { TimelineModel } from "./model";
import { listenToPointer } from "./pointer";
import { readTheme, type Theme } from "./theme";
import { moment, ticks } from "./ticks";
import { Toolbar } from "./toolbar";
import { Tooltip } from "./tooltip";
import { prepare, TrackRow } from "./track-row";
import { levelAt, rate, stateAt, type Track, tracksOf } from "./tracks";
import type { Mode, View } from "./view";

/** What is kept while the page is hidden. */
interface Kept {
	session: string;
	mode: Mode;
	view: View | null;
	graphs: boolean;
	listed: boolean;
}
const NOTHING_KEPT: Kept = { session: "", mode: "fit", view: null, graphs: true, listed: false };

/** Pixels around the pointer in which events are looked for. */
const REACH = 4;
/** Room that a label of the axis needs, pixels. */
const TICK_GAP = 90;
/** Texts that nobody sees at once wait so long for the drawing to come to rest, ms. */
const REST_MS = 250;

export class TimelinePanel {
	readonly element = make("section", "timeline");
	private readonly model = new TimelineModel();
	private readonly toolbar: Toolbar;
	private readonly tooltip = new Tooltip();
	private readonly axis = make("canvas");
	private readonly tracks = make("div", "tracks");
	private readonly cursorLine = make("div", "cursor");
	private readonly empty = make("p", "empty");
	private readonly live = make("p", "spoken");
	private readonly list: EventTable;
	private readonly rows = new Map<string, TrackRow>();
	private channels: readonly ChannelState[] = [];
	private session = "";
	private kept: Kept;
	private theme: Theme | null = null;
	private frame = 0;
	private rest: ReturnType<typeof setTimeout> | undefined;
	/** The moment that the keyboard has come to. */
	private cursor: number | null = null;

	constructor(private readonly host: Host) {
		this.kept = host.load("timeline", NOTHING_KEPT);
		this.toolbar = new Toolbar({
			zoom: (factor) => this.moved(() => this.model.zoom(factor, this.middle)),
			fit: () => this.moved(() => this.model.setMode("fit")),
			follow: () => this.moved(() => this.toggleFollow()),
			graphs: () => {
				this.kept.graphs = !this.kept.graphs;
				this.moved(() => undefined);
			},
		});
		this.list = new EventTable(
			() => {
				this.kept.listed = this.list.isOpen;
				this.keep();
				this.settle();
			},
			(event) => this.open(event),
		);
		this.list.element.open = this.kept.listed;
		this.build();
		listenToPointer(this.tracks, this.axis, {
			zoom: (factor, part) => this.moved(() => this.model.zoom(factor, this.timeAt(part))),
			pan: (part) => this.moved(() => this.model.pan(part)),
			hover: (id, part, x, y) => void this.hover(id, part, x, y),
			leave: () => this.leave(),
			click: (id, part) => void this.click(id, part),
		});
	}

	/** The adapter has told a state. */
	show(session: string, state: MachineState): void {
		if (session !== this.session) this.begin(session);
		this.element.hidden = false;
		this.channels = state.channels;
		this.model.advanced(state.running, state.timeNs);
		this.fetch();
		this.schedule();
	}

	/** No machine runs. */
	clear(): void {
		this.session = "";
		this.model.reset();
		this.element.hidden = true;
		this.tooltip.hide();
	}

	private begin(session: string): void {
		this.session = session;
		this.model.reset();
		this.cursor = null;
		for (const row of this.rows.values()) row.element.remove();
		this.rows.clear();
		if (this.kept.session === session && this.kept.view) {
			this.model.mode = this.kept.mode;
			this.model.view = this.kept.view;
		}
	}

	private build(): void {
		const { element, tracks, live, empty } = this;
		element.ariaLabel = "Time line";
		tracks.setAttribute("role", "listbox");
		tracks.ariaLabel = "Rows of the time line";
		tracks.title = "";
		tracks.addEventListener("keydown", (event) => {
			const command = commandOf(event);
			if (!command) return;
			event.preventDefault();
			event.stopPropagation();
			void this.obey(command);
		});
		tracks.addEventListener("focusout", () => this.tooltip.hide());
		live.ariaLive = "polite";
		const axisRow = make("div", "axis");
		axisRow.append(make("div", "label"), this.axis);
		this.cursorLine.hidden = true;
		tracks.append(this.cursorLine);
		element.append(
			this.toolbar.element,
			this.toolbar.legend,
			axisRow,
			tracks,
			empty,
			live,
			this.list.element,
			this.tooltip.element,
		);
		new ResizeObserver(() => this.moved(() => undefined)).observe(element);
		window.addEventListener("scroll", () => this.schedule(), { passive: true });
		// VS Code changes a class of the body with the theme.
		new MutationObserver(() => this.retheme()).observe(document.body, { attributes: true });
		new MutationObserver(() => this.retheme()).observe(document.documentElement, { attributes: true });
		window.matchMedia("(forced-colors: active)").addEventListener("change", () => this.retheme());
	}

	private retheme(): void {
		this.theme = null;
		this.schedule();
	}

	private get middle(): number {
		const { view } = this.model;
		const { cursor } = this;
		return cursor !== null && cursor > view.from && cursor < view.to ? cursor : (view.from + view.to) / 2;
	}

	private toggleFollow(): void {
		this.model.setMode(this.model.mode === "follow" ? "free" : "follow");
	}

	private timeAt(part: number): number {
		const { from, to } = this.model.view;
		return from + (to - from) * part;
	}

	/** Does something to the view, and brings page and adapter along. */
	private moved(how: () => void): void {
		how();
		this.tooltip.hide();
		this.fetch();
		this.schedule();
		this.keep();
	}

	private keep(): void {
		const { mode, view } = this.model;
		this.kept = { ...this.kept, session: this.session, mode, view };
		this.host.keep("timeline", this.kept);
	}

	private fetch(): void {
		const query = this.session ? this.model.nextQuery() : null;
		if (!query) return;
		const { session } = this;
		void this.host.trace(query).then((body) => {
			if (session !== this.session) return;
			this.model.receive(body);
			this.schedule();
			if (body) this.fetch();
		});
	}

	private schedule(): void {
		if (this.frame === 0)
			this.frame = requestAnimationFrame(() => {
				this.frame = 0;
				this.draw();
			});
	}

	private draw(): void {
		const { model } = this;
		const { cache } = model;
		if (this.element.hidden) return;
		model.pixels = this.axis.clientWidth || model.pixels;
		this.theme ??= readTheme(this.element);
		this.toolbar.show(model.mode, this.kept.graphs, model.view);
		if (!cache) return;
		this.arrange(tracksOf(cache, this.channels, this.kept.graphs));
		const plot: Omit<Plot, "g" | "height"> = {
			width: model.pixels,
			view: model.view,
			bucket: cache.bucket,
			theme: this.theme,
			ticks: ticks(model.view, model.pixels, TICK_GAP),
			gaps: cache.gaps,
			now: model.now,
		};
		const g = prepare(this.axis, model.pixels);
		if (g) drawAxis({ ...plot, g, height: this.axis.clientHeight });
		for (const row of this.rows.values()) if (row.visible) row.draw(plot);
		this.placeCursor();
		setText(this.empty, this.rows.size > 0 ? "" : "Nothing has happened since the dashboard was opened.");
		this.settle();
	}

	/** Makes and removes rows so that they are those of the tracks, in their order. */
	private arrange(tracks: readonly Track[]): void {
		const ids = new Set(tracks.map(({ id }) => id));
		for (const [id, row] of this.rows)
			if (!ids.has(id)) {
				row.element.remove();
				this.rows.delete(id);
			}
		let before: Element | null = this.cursorLine;
		for (const track of tracks) {
			let row = this.rows.get(track.id);
			if (row) row.update(track);
			else {
				row = new TrackRow(track);
				this.rows.set(track.id, row);
			}
			if (before?.nextElementSibling !== row.element) before?.after(row.element);
			before = row.element;
		}
		const first = this.tracks.querySelector<HTMLElement>(".track");
		if (first && !this.tracks.querySelector('.track[tabindex="0"]')) first.tabIndex = 0;
	}

	/** Texts, once the drawing has come to rest. */
	private settle(): void {
		clearTimeout(this.rest);
		this.rest = setTimeout(() => {
			const { cache, view } = this.model;
			if (!cache) return;
			for (const row of this.rows.values()) row.describe({ view, bucket: cache.bucket });
			if (this.list.isOpen) void this.listEvents();
		}, REST_MS);
	}

	private async listEvents(): Promise<void> {
		const { view } = this.model;
		const body = await this.host.events({ from: Math.max(0, view.from), to: Math.max(0, view.to), limit: MOST_LISTED });
		if (body) this.list.show(body, view);
	}

	private placeCursor(): void {
		const { view, pixels } = this.model;
		const at = this.cursor === null ? -1 : (this.cursor - view.from) / (view.to - view.from);
		this.cursorLine.hidden = at < 0 || at > 1;
		this.cursorLine.style.left = `${this.axis.offsetLeft + at * pixels}px`;
	}

	private async obey(command: Command): Promise<void> {
		const { model } = this;
		switch (command.do) {
			case "row":
				return this.focusRow(command.by);
			case "event":
				return this.toEvent(command.last);
			case "pan":
				return this.moved(() => model.pan(command.part));
			case "zoom":
				return this.moved(() => model.zoom(command.factor, this.middle));
			case "start":
			case "end":
				this.cursor = command.do === "start" ? model.start : model.now;
				return this.moved(() => model.show(this.cursor ?? 0));
			case "fit":
				return this.moved(() => model.setMode("fit"));
			case "follow":
				return this.moved(() => this.toggleFollow());
			case "open":
				return this.openAtCursor();
			case "leave":
				this.cursor = null;
				return this.moved(() => undefined);
			default:
				return command satisfies never;
		}
	}

	private get focused(): TrackRow | null {
		const id = document.activeElement?.closest<HTMLElement>(".track")?.dataset.track;
		return this.rows.get(id ?? "") ?? null;
	}

	private focusRow(by: number): void {
		const rows = [...this.tracks.querySelectorAll<HTMLElement>(".track")];
		const at = rows.indexOf(document.activeElement as HTMLElement);
		const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
		if (next) this.select(next);
	}

	private select(element: HTMLElement): void {
		for (const row of this.tracks.querySelectorAll<HTMLElement>(".track")) {
			row.tabIndex = row === element ? 0 : -1;
			row.ariaSelected = String(row === element);
		}
		element.focus({ preventScroll: false });
	}

	/** Moves the cursor to the next event of the focused row, or to the one before, and says what it is. */
	private async toEvent(last: boolean): Promise<void> {
		const row = this.focused;
		if (!row) return;
		const { view, now } = this.model;
		const at = this.cursor ?? (last ? view.to : view.from);
		// Times are whole picoseconds.
		const range = last ? { from: 0, to: at - 0.0005 } : { from: at + (this.cursor === null ? 0 : 0.0005), to: now };
		if (range.to < range.from) return;
		const id = row.track.row.id;
		const body = await this.host.events({ row: id, ...range, limit: 1, last });
		const [event] = body?.events ?? [];
		if (!event) return this.say(last ? "Nothing before." : "Nothing after.");
		this.cursor = event.timeNs;
		this.moved(() => this.model.show(event.timeNs));
		const source = event.file === undefined ? "" : `, ${sourceText(event)}, Enter shows the line`;
		const text = `${event.text} at ${this.momentText(event.timeNs)}`;
		this.say(`${text}${source}`);
		const rect = row.canvas.getBoundingClientRect();
		const { from, to } = this.model.view;
		const x = rect.left + ((event.timeNs - from) / (to - from)) * rect.width;
		this.tooltip.show(x, rect.bottom - 14, `${this.momentText(event.timeNs)}  ${row.track.row.id}`, [
			event.text + (event.file === undefined ? "" : ` (${sourceText(event)})`),
		]);
	}

	private momentText(time: number): string {
		const { from, to } = this.model.view;
		return moment(time, 10 ** Math.floor(Math.log10((to - from) / 1000)));
	}

	private say(text: string): void {
		// The same text twice is told twice.
		this.live.textContent = this.live.textContent === text ? `${text}\u00a0` : text;
	}

	private async openAtCursor(): Promise<void> {
		const row = this.focused;
		if (row && this.cursor !== null) await this.openNear(row, this.cursor, 0.001);
		else if (row) this.focusChannel(row);
	}

	/** Shows the source of an event of a row near a moment; without one, the row's channel in the call stack. */
	private async openNear(row: TrackRow, time: number, reach: number): Promise<void> {
		const from = Math.max(0, time - reach);
		const body = await this.host.events({ row: row.track.row.id, from, to: Math.max(from, time + reach), limit: 20 });
		const placed = (body?.events ?? []).filter(({ file }) => file !== undefined);
		const distance = ({ timeNs }: TraceEvent) => Math.abs(timeNs - time);
		const [nearest] = placed.sort((a, b) => distance(a) - distance(b));
		if (nearest) this.open(nearest);
		else this.focusChannel(row);
	}

	private open(event: TraceEvent): void {
		this.cursor = event.timeNs;
		this.moved(() => this.model.show(event.timeNs));
		if (event.file !== undefined) this.host.send({ type: "reveal", file: event.file, line: event.line ?? 1 });
	}

	private focusChannel({ track }: TrackRow): void {
		const channel = /^dma\d+chan\d+/.exec(track.id)?.[0];
		if (channel && !this.model.running) this.host.send({ type: "focus", channel });
	}

	private async click(id: string, part: number): Promise<void> {
		const row = this.rows.get(id);
		if (!row) return;
		this.select(row.element);
		const time = this.timeAt(part);
		this.cursor = time;
		this.placeCursor();
		await this.openNear(row, time, this.reach);
	}

	private get reach(): number {
		const { view, pixels } = this.model;
		return ((view.to - view.from) / pixels) * REACH;
	}

	private hovered = 0;

	private leave(): void {
		this.hovered++;
		this.tooltip.hide();
	}

	private async hover(id: string, part: number, x: number, y: number): Promise<void> {
		const row = this.rows.get(id);
		if (!row) return;
		const turn = ++this.hovered;
		const time = this.timeAt(part);
		const title = `${this.momentText(time)}  ${row.track.row.label}`;
		const now = this.nowText(row.track, time);
		this.tooltip.show(x, y, title, now);
		// Only where the pointer rests: each question goes to the adapter.
		await new Promise((settle) => setTimeout(settle, 80));
		if (turn !== this.hovered || time > this.model.now) return;
		const from = Math.max(0, time - this.reach);
		const body = await this.host.events({
			row: row.track.row.id,
			from,
			to: Math.max(from, time + this.reach),
			limit: 6,
		});
		if (turn !== this.hovered || !body || body.count === 0) return;
		const lines = body.events.map(
			(event) => `${this.momentText(event.timeNs)}: ${event.text}${event.file ? ` (${sourceText(event)})` : ""}`,
		);
		if (body.count > lines.length) lines.push(`and ${(body.count - lines.length).toLocaleString("en")} more`);
		this.tooltip.show(x, y, title, [...now, ...lines]);
	}

	/** What holds in a track at a moment. */
	private nowText({ kind, row }: Track, time: number): string[] {
		const { cache, view, now } = this.model;
		if (!cache || time > now) return [];
		switch (kind) {
			case "throughput": {
				const { groups } = ratesOf(row, view, cache.bucket);
				const width = cache.bucket * RATE_BUCKETS;
				return [rate(((groups.get(Math.floor(time / width)) ?? 0) / width) * 1e9)];
			}
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
