/** The time line: asks for what is in view, draws it, and lets people move in it by mouse and keys. */
import type { MachineState } from "../../messages/state";
import type { TraceEndBody } from "../../messages/trace";
import { make, setText } from "../element";
import type { Host } from "../host";
import { drawAxis, type Plot } from "./draw";
import { eventsFrom } from "./event-source";
import { EventTable, MOST_LISTED } from "./event-table";
import { type Command, commandOf } from "./keys";
import { TimelineModel } from "./model";
import { listenToPointer } from "./pointer";
import { Pointing } from "./pointing";
import { readTheme, type Theme } from "./theme";
import { ticks } from "./ticks";
import { Toolbar } from "./toolbar";
import { prepare, TrackRow } from "./track-row";
import { type Track, tracksOf } from "./tracks";
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

/** Room that a label of the axis needs, pixels. */
const TICK_GAP = 75;
/** From one picture of a running machine to the next for those who want little motion, ms. */
const CALM_MS = 1000;
/** Texts that nobody sees at once wait so long for the drawing to come to rest, ms. */
const REST_MS = 250;

export class TimelinePanel {
	readonly element = make("section", "timeline");
	private readonly model = new TimelineModel();
	private readonly toolbar: Toolbar;
	private readonly pointing: Pointing;
	private readonly axis = make("canvas");
	private readonly tracks = make("div", "tracks");
	private readonly cursorLine = make("div", "cursor");
	private readonly empty = make("p", "empty");
	private readonly list: EventTable;
	private readonly rows = new Map<string, TrackRow>();
	/** Who held each channel last. */
	private readonly clients = new Map<string, string>();
	private width = 0;
	/** When a running machine was shown last, on the host's clock. */
	private shown = Number.NEGATIVE_INFINITY;
	private session = "";
	private kept: Kept;
	private theme: Theme | null = null;
	private frame = 0;
	private rest: ReturnType<typeof setTimeout> | undefined;

	constructor(private readonly host: Host) {
		this.kept = host.load("timeline", NOTHING_KEPT);
		this.pointing = new Pointing(host, this.model, (time) => this.moved(() => this.model.show(time)));
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
			(event) => this.pointing.reveal(event),
		);
		this.list.element.open = this.kept.listed;
		this.build();
		listenToPointer(this.tracks, this.axis, {
			zoom: (factor, part) => this.moved(() => this.model.zoom(factor, this.timeAt(part))),
			pan: (part) => this.moved(() => this.model.pan(part)),
			hover: (id, part, x, y) => {
				const row = this.rows.get(id);
				if (row) void this.pointing.hover(row, this.timeAt(part), x, y);
			},
			leave: () => this.pointing.leave(),
			click: (id, part) => {
				const row = this.rows.get(id);
				if (!row) return;
				this.select(row.element);
				void this.pointing.click(row, this.timeAt(part));
				this.placeCursor();
			},
		});
	}

	/** The adapter has told a state. */
	show(session: string, state: MachineState): void {
		if (state.running && session === this.session && this.resting()) return;
		if (session !== this.session) this.begin(session);
		this.element.hidden = false;
		this.pointing.source = this.pointing.adapter;
		for (const { id, client } of state.channels) if (client !== null) this.clients.set(id, client);
		this.model.advanced(state.running, state.timeNs);
		this.fetch();
		this.schedule();
	}

	/** Those who want little motion see a running machine once a second. */
	private resting(): boolean {
		const calm =
			document.body.classList.contains("vscode-reduce-motion") ||
			window.matchMedia("(prefers-reduced-motion: reduce)").matches;
		const now = performance.now();
		if (calm && now - this.shown < CALM_MS) return true;
		this.shown = now;
		return false;
	}

	/** The session is over; `end` is all that its adapter has left of it. */
	end(session: string, state: MachineState, end: TraceEndBody | null): void {
		if (!end) this.clear();
		if (!end || (session === this.session && this.model.frozen)) return;
		if (session !== this.session) this.begin(session);
		this.element.hidden = false;
		for (const { id, client } of state.channels) if (client !== null) this.clients.set(id, client);
		this.pointing.source = eventsFrom(end.events);
		this.model.freeze(end.trace);
		this.schedule();
	}

	/** No machine runs. */
	clear(): void {
		this.session = "";
		this.model.reset();
		this.element.hidden = true;
		this.pointing.leave();
	}

	private begin(session: string): void {
		this.session = session;
		this.model.reset();
		this.pointing.cursor = null;
		this.clients.clear();
		for (const row of this.rows.values()) row.element.remove();
		this.rows.clear();
		if (this.kept.session === session && this.kept.view) {
			this.model.mode = this.kept.mode;
			this.model.view = this.kept.view;
		}
	}

	private build(): void {
		const { element, tracks, empty } = this;
		const { live, tooltip } = this.pointing;
		element.ariaLabel = "Time line";
		tracks.setAttribute("role", "listbox");
		tracks.ariaLabel = "Rows of the time line";
		tracks.setAttribute("aria-description", "Left and right: events. Plus and minus: zoom. Enter: source line.");
		tracks.addEventListener("keydown", (event) => {
			const command = commandOf(event);
			if (!command) return;
			event.preventDefault();
			event.stopPropagation();
			void this.obey(command);
		});
		tracks.addEventListener("focusout", () => this.pointing.leave());
		const axisRow = make("div", "axis");
		axisRow.append(make("div", "label"), this.axis);
		this.cursorLine.hidden = true;
		this.cursorLine.ariaHidden = "true";
		tracks.append(this.cursorLine);
		element.append(
			this.toolbar.element,
			this.toolbar.legend,
			axisRow,
			tracks,
			empty,
			live,
			this.list.element,
			tooltip.element,
		);
		new ResizeObserver(() => this.resized()).observe(element);
		// Rows that are out of sight are not drawn.
		window.addEventListener("scroll", () => this.schedule(), { passive: true });
		window.addEventListener("resize", () => this.schedule());
		// VS Code changes a class of the body with the theme.
		new MutationObserver(() => this.retheme()).observe(document.body, { attributes: true });
		new MutationObserver(() => this.retheme()).observe(document.documentElement, { attributes: true });
		window.matchMedia("(forced-colors: active)").addEventListener("change", () => this.retheme());
	}

	/** Only the width changes what is in view; the height does so whenever a list unfolds. */
	private resized(): void {
		if (this.width === this.element.clientWidth) return;
		this.width = this.element.clientWidth;
		this.model.pixels = this.axis.clientWidth || this.model.pixels;
		this.moved(() => undefined);
	}

	private retheme(): void {
		this.theme = null;
		this.schedule();
	}

	private get middle(): number {
		const { view } = this.model;
		const { cursor } = this.pointing;
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
		this.pointing.leave();
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
		this.arrange(tracksOf(cache, this.clients, this.kept.graphs));
		const plot: Omit<Plot, "g" | "height"> = {
			width: model.pixels,
			view: model.view,
			bucket: cache.bucket,
			theme: this.theme,
			ticks: ticks(model.view, model.pixels, TICK_GAP),
			gaps: cache.gaps,
			now: model.now,
			known: cache.to,
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
		const body = await this.pointing.source({
			from: Math.max(0, view.from),
			to: Math.max(0, view.to),
			limit: MOST_LISTED,
		});
		if (body) this.list.show(body, view);
	}

	private placeCursor(): void {
		const { view, pixels } = this.model;
		const { cursor } = this.pointing;
		const at = cursor === null ? -1 : (cursor - view.from) / (view.to - view.from);
		this.cursorLine.hidden = at < 0 || at > 1;
		this.cursorLine.style.left = `${this.axis.offsetLeft + at * pixels}px`;
	}

	private async obey(command: Command): Promise<void> {
		const { model, pointing, focused } = this;
		switch (command.do) {
			case "row":
				return this.focusRow(command.by);
			case "event":
				return focused ? pointing.toEvent(focused, command.last) : undefined;
			case "pan":
				return this.moved(() => model.pan(command.part));
			case "zoom":
				return this.moved(() => model.zoom(command.factor, this.middle));
			case "start":
			case "end": {
				const time = command.do === "start" ? model.start : model.now;
				pointing.cursor = time;
				return this.moved(() => model.show(time));
			}
			case "fit":
				return this.moved(() => model.setMode("fit"));
			case "follow":
				return this.moved(() => this.toggleFollow());
			case "open":
				return focused ? pointing.open(focused) : undefined;
			case "leave":
				pointing.cursor = null;
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
}
