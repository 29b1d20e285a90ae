/** What the time line shows, and what it has to ask for: no page, no drawing. */
import type { TraceArguments, TraceBody } from "../../messages/trace";
import { addTo, type Cache, createCache } from "./cache";
import { bucketFor, follow, type Mode, pan, show, type View, wholeOf, zoom } from "./view";

/** A cache that has grown beyond so many buckets is fetched anew. */
const MOST_BUCKETS = 8000;

export class TimelineModel {
	mode: Mode = "fit";
	view: View = wholeOf(0, 1000);
	cache: Cache | null = null;
	/** Width of the rows. */
	pixels = 300;
	running = false;
	frozen = false;
	/** Time of the newest state. */
	private latest = 0;
	/** More may have happened than the cache knows. */
	private stale = true;
	/** The question that is not answered yet. */
	private asked: TraceArguments | null = null;

	/** From when on something was observed and is still kept, and now. */
	get start(): number {
		const { cache } = this;
		if (!cache) return 0;
		const [from = -1, to = 0] = cache.gaps;
		return Math.max(cache.first, from === 0 && to < cache.now ? to : 0);
	}
	get now(): number {
		return Math.max(this.cache?.now ?? 0, this.latest);
	}

	/** The run is over and nobody can be asked any more: this is all that there is. */
	freeze(body: TraceBody): void {
		this.cache = createCache(body);
		this.frozen = true;
		this.asked = null;
		this.running = false;
		this.latest = 0;
		this.place();
	}

	/** Another session: nothing that is known holds. */
	reset(): void {
		this.cache = null;
		this.asked = null;
		this.stale = true;
		this.running = false;
		this.frozen = false;
		this.latest = 0;
		this.mode = "fit";
		this.view = wholeOf(0, 1000);
	}

	/** The adapter has told a state: time may have gone on. A machine that starts to run is followed. */
	advanced(running: boolean, timeNs: number): void {
		if (this.frozen) this.cache = null;
		this.frozen = false;
		if (running && !this.running && this.mode === "free") this.mode = "follow";
		this.running = running;
		// The run went back: what is known of later times no longer holds.
		if (this.cache && timeNs < Math.floor(this.cache.now)) this.cache = null;
		this.latest = timeNs;
		this.stale = true;
		this.place();
	}

	setMode(mode: Mode): void {
		this.mode = mode;
		this.place();
	}

	/** `factor` < 1 zooms in, around a moment; around the newest one while the view follows. */
	zoom(factor: number, at: number): void {
		if (this.mode === "fit" && factor >= 1) return;
		if (!this.running) this.mode = "free";
		else if (this.mode === "fit") this.mode = "follow";
		this.view = zoom(this.view, factor, this.mode === "follow" ? this.now : at, this.start, this.now);
		this.place();
	}

	pan(part: number): void {
		this.mode = "free";
		this.view = pan(this.view, part, this.start, this.now);
	}

	/** Brings a moment into view. */
	show(at: number): void {
		const next = show(this.view, at, this.start, this.now);
		if (next === this.view) return;
		this.mode = "free";
		this.view = next;
	}

	/** What to ask the adapter now; null when nothing is missing or an answer is still to come. */
	nextQuery(): TraceArguments | null {
		if (this.asked || this.frozen) return null;
		const query = this.missing();
		this.asked = query;
		return query;
	}

	/** The adapter's answer; null when it gave none. */
	receive(body: TraceBody | null): void {
		const { asked } = this;
		this.asked = null;
		if (!body || !asked || this.frozen) return;
		this.stale = false;
		if (asked.since !== undefined && this.cache) {
			// What does not fit any more is asked for as a whole, by the next question.
			if (!addTo(this.cache, body)) this.cache = null;
		} else this.cache = createCache(body);
		this.place();
	}

	private place(): void {
		if (!this.cache) return;
		if (this.mode === "fit") this.view = wholeOf(this.start, this.now);
		else if (this.mode === "follow") this.view = follow(this.view, this.now);
	}

	private missing(): TraceArguments | null {
		const { cache, view } = this;
		// The first answer says how much there is.
		if (!cache) return { bucket: bucketFor(view, this.pixels), ...this.margins(bucketFor(view, this.pixels)) };
		const bucket = bucketFor(view, this.pixels);
		const covered = cache.from <= Math.max(0, view.from) && cache.to >= Math.min(view.to, cache.now);
		if (cache.bucket !== bucket || !covered) return { bucket, ...this.margins(bucket) };
		if (!this.stale || view.to < cache.now) return null;
		if ((this.now - cache.from) / bucket > MOST_BUCKETS) return { bucket, ...this.margins(bucket) };
		return { bucket, since: cache.to };
	}

	/** The view and half of it on both sides: panning shows what is there already. */
	private margins(bucket: number): { from: number; to: number } {
		const { from, to } = this.view;
		const beside = Math.min((to - from) / 2, (bucket * (MOST_BUCKETS - (to - from) / bucket)) / 2);
		return { from: Math.max(0, from - Math.max(0, beside)), to: to + Math.max(0, beside) };
	}
}
