/** Mouse, pen and touch on the time line. A place is told as a part of the tracks' width, 0 to 1. */

export interface PointerActions {
	/** `factor` < 1 zooms in around the place. */
	zoom(factor: number, part: number): void;
	/** By a part of the view. */
	pan(part: number): void;
	/** The pointer is over a track; x and y in the window. */
	hover(track: string, part: number, x: number, y: number): void;
	leave(): void;
	click(track: string, part: number): void;
}

/** Movements below this many pixels are a click. */
const STILL = 4;
/** Wheel pixels that double or halve the view. */
const WHEEL_DOUBLE = 300;
/** A line of a wheel that counts in lines, in pixels. */
const LINE_PIXELS = 33;

export function listenToPointer(tracks: HTMLElement, axis: HTMLCanvasElement, actions: PointerActions): void {
	const partOf = (x: number) => {
		const { left, width } = axis.getBoundingClientRect();
		return (x - left) / Math.max(1, width);
	};
	const onPlot = (event: MouseEvent) => event.target instanceof HTMLCanvasElement;
	const trackOf = ({ target }: Event) =>
		(target instanceof Element ? target.closest<HTMLElement>(".track")?.dataset.track : undefined) ?? "";

	const wheel = (event: WheelEvent) => {
		if (!onPlot(event)) return;
		event.preventDefault();
		const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
		const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
		if (event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY))
			actions.pan((sideways * scale) / Math.max(1, axis.clientWidth));
		else actions.zoom(2 ** ((event.deltaY * scale) / WHEEL_DOUBLE), partOf(event.clientX));
	};

	let start: { x: number; last: number; moved: boolean } | null = null;
	const down = (event: PointerEvent) => {
		if (event.button !== 0 || !onPlot(event)) return;
		start = { x: event.clientX, last: event.clientX, moved: false };
		(event.target as Element).setPointerCapture(event.pointerId);
	};
	const move = (event: PointerEvent) => {
		if (!start) {
			if (onPlot(event)) actions.hover(trackOf(event), partOf(event.clientX), event.clientX, event.clientY);
			else actions.leave();
			return;
		}
		if (!start.moved && Math.abs(event.clientX - start.x) < STILL) return;
		start.moved = true;
		actions.pan((start.last - event.clientX) / Math.max(1, axis.clientWidth));
		start.last = event.clientX;
	};
	const up = (event: PointerEvent) => {
		const click = start !== null && !start.moved;
		start = null;
		if (click) actions.click(trackOf(event), partOf(event.clientX));
	};
	for (const area of [tracks, axis]) {
		area.addEventListener("wheel", wheel, { passive: false });
		area.addEventListener("pointerdown", down);
		area.addEventListener("pointermove", move);
		area.addEventListener("pointerup", up);
		area.addEventListener("pointercancel", () => {
			start = null;
		});
		area.addEventListener("pointerleave", () => actions.leave());
	}
}
