/** The stretch of time that is in view, and what moves it. Times in ns; nothing here knows of a page. */

export interface View {
	readonly from: number;
	readonly to: number;
}

/** How the view goes on when time does. */
export type Mode =
	/** All that was observed is in view. */
	| "fit"
	/** The newest moment stays in view, at the zoom that was chosen. */
	| "follow"
	/** The view stays where it is. */
	| "free";

/** Nothing is shorter than this, ns. */
const SHORTEST = 4;
/** Part of the view that is left empty behind the newest moment. */
const MARGIN = 0.02;

/** All of [start, end]. */
export function wholeOf(start: number, end: number): View {
	const span = Math.max(SHORTEST, end - start);
	return { from: start, to: start + span * (1 + MARGIN) };
}

/** The same length, with `now` at the right. */
export function follow({ from, to }: View, now: number): View {
	const span = to - from;
	const end = now + span * MARGIN;
	return { from: end - span, to: end };
}

/** `factor` < 1 zooms in; the moment `at` stays where it is. Not beyond all of [start, end]. */
export function zoom({ from, to }: View, factor: number, at: number, start: number, end: number): View {
	const all = wholeOf(start, end);
	const span = Math.min(all.to - all.from, Math.max(SHORTEST, (to - from) * factor));
	const left = at - ((at - from) / (to - from)) * span;
	return clamp({ from: left, to: left + span }, start, end);
}

/** Moves the view by a part of its length. */
export function pan({ from, to }: View, part: number, start: number, end: number): View {
	const by = (to - from) * part;
	return clamp({ from: from + by, to: to + by }, start, end);
}

/** Moves the view so far that a moment is well inside of it; the same view when it is there already. */
export function show(view: View, at: number, start: number, end: number): View {
	const span = view.to - view.from;
	if (at >= view.from + span * 0.05 && at <= view.to - span * 0.05) return view;
	const next = clamp({ from: at - span / 2, to: at + span / 2 }, start, end);
	return next.from === view.from && next.to === view.to ? view : next;
}

/** Moves a view into [start, end], with the margin behind it. */
export function clamp({ from, to }: View, start: number, end: number): View {
	const span = to - from;
	const last = Math.max(start + span, end + span * MARGIN);
	const left = Math.max(start, Math.min(from, last - span));
	return { from: left, to: left + span };
}

/** Width of a bucket for a view of so many pixels: one to two pixels, and a power of two, so that it seldom changes. */
export function bucketFor({ from, to }: View, pixels: number): number {
	return 2 ** Math.ceil(Math.log2((to - from) / Math.max(1, pixels)));
}
