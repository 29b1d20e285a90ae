/** The element of a track: its name and numbers beside a canvas, or above it where there is little room. */
import { make, setLabel, setText, setTitle } from "../element";
import { drawTrack, type Plot, scaleOf } from "./draw";
import { ratesOf } from "./rates";
import { describeTrack, highestRate, levelAt, rate, type Track } from "./tracks";

export class TrackRow {
	readonly element = make("div", "track");
	readonly canvas = make("canvas");
	private readonly name = make("span", "name");
	private readonly detail = make("span", "detail");
	private readonly value = make("span", "value");

	constructor(public track: Track) {
		const label = make("div", "label");
		label.append(this.name, this.detail, this.value);
		this.canvas.ariaHidden = "true";
		this.element.append(label, this.canvas);
		this.element.setAttribute("role", "option");
		this.element.tabIndex = -1;
		this.element.dataset.track = track.id;
		this.update(track);
	}

	update(track: Track): void {
		this.track = track;
		this.element.className = `track ${track.kind}${track.sub ? " sub" : ""}`;
		setText(this.name, track.label);
		setText(this.detail, track.detail);
		setTitle(this.name.parentElement as HTMLElement, [track.label, track.detail].filter(Boolean).join(" "));
	}

	/** Whether any of it is on the screen. */
	get visible(): boolean {
		const { top, bottom } = this.element.getBoundingClientRect();
		return bottom >= 0 && top <= window.innerHeight;
	}

	draw(plot: Omit<Plot, "g" | "height">): void {
		const g = prepare(this.canvas, plot.width);
		if (!g) return;
		drawTrack({ ...plot, g, height: this.canvas.clientHeight }, this.track);
		setText(this.value, this.valueText(plot));
	}

	/** Says in words what is in view, for screen readers. */
	describe(plot: Pick<Plot, "view" | "bucket">): void {
		setLabel(this.element, describeTrack(this.track, plot.view, plot.bucket));
	}

	/** What the height of the drawing means. */
	private valueText({ view, bucket, now }: Omit<Plot, "g" | "height">): string {
		const { kind, row } = this.track;
		switch (kind) {
			case "throughput": {
				const most = highestRate(ratesOf(row, bucket), view, bucket);
				return most > 0 ? `≤ ${rate(most)}` : "";
			}
			case "queue":
				return `≤ ${scaleOf(row, view, bucket)}`;
			case "fifo": {
				const [level] = row.levels;
				return level ? `${levelAt(level, Math.min(view.to, now), bucket)} / ${row.depth}` : "";
			}
			default:
				return "";
		}
	}
}

/** Fits a canvas to its size on the screen; its context in CSS pixels, null when it is not shown. */
export function prepare(canvas: HTMLCanvasElement, width: number): CanvasRenderingContext2D | null {
	const ratio = window.devicePixelRatio || 1;
	const height = canvas.clientHeight;
	const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
	if (wide === 0 || tall === 0) return null;
	if (canvas.width !== wide) canvas.width = wide;
	if (canvas.height !== tall) canvas.height = tall;
	const g = canvas.getContext("2d");
	g?.setTransform(ratio, 0, 0, ratio, 0, 0);
	return g;
}
