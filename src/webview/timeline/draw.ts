/** Draws tracks on their canvases: as much work as there are pixels, whatever the number of events. */
import { MARK_KINDS } from "../../messages/trace";
import type { CachedLevel, CachedRow } from "./cache";
import { lowerBound } from "./lists";
import { ratesOf } from "./rates";
import type { Theme } from "./theme";
import type { Tick } from "./ticks";
import { highest, highestRate, perSecond, type Track } from "./tracks";
import type { View } from "./view";

/** Where and how to draw: sizes in CSS pixels, `bucket` in ns. */
export interface Plot {
	readonly g: CanvasRenderingContext2D;
	readonly width: number;
	readonly height: number;
	readonly view: View;
	readonly bucket: number;
	readonly theme: Theme;
	readonly ticks: readonly Tick[];
	readonly gaps: readonly number[];
	readonly now: number;
	/** Up to when what has happened is known here. */
	readonly known: number;
}

/** Smaller states have no name in them. */
const NAME_WIDTH = 34;
const NAME_HEIGHT = 13;
const CLIENT_KINDS = ["prep", "submit", "issue_pending", "synchronize", "resume"];
const HARDWARE_KINDS = ["start", "chunk"];
const END_KINDS = ["terminate", "pause"];

export function drawTrack(plot: Plot, track: Track): void {
	const { g, width, height, theme } = plot;
	g.clearRect(0, 0, width, height);
	drawGrid(plot);
	const { row } = track;
	switch (track.kind) {
		case "cpu":
			drawStates(plot, row, [theme.muted, theme.process, theme.softirq, theme.hardirq], [0, 0.7, 0.85, 1], 0);
			break;
		case "softirq":
			drawStates(plot, row, [theme.softirq], [0.85], 0);
			break;
		case "interrupt":
			drawStates(plot, row, [theme.hardirq], [0.5], 0);
			drawMarks(plot, row);
			break;
		case "marks":
			drawMarks(plot, row);
			break;
		case "channel":
			drawStates(plot, row, [theme.muted, theme.running, theme.paused, theme.error], [0, 1, 0.7, 1], 11);
			drawBursts(plot, row);
			drawMarks(plot, row);
			break;
		case "throughput":
			drawThroughput(plot, row);
			break;
		case "queue":
			drawLevels(plot, row, [theme.issued, theme.submitted]);
			break;
		case "fifo":
			drawLevels(plot, row, [theme.fifo]);
			break;
		default:
			track.kind satisfies never;
	}
	drawGaps(plot);
}

/** The axis above the tracks. */
export function drawAxis(plot: Plot): void {
	const { g, width, height, theme } = plot;
	g.clearRect(0, 0, width, height);
	drawGrid(plot);
	g.font = theme.font;
	g.fillStyle = theme.muted;
	g.textBaseline = "middle";
	for (const { time, label } of plot.ticks) {
		const x = xOf(plot, time);
		if (x + 3 + g.measureText(label).width < width) g.fillText(label, x + 3, height / 2);
	}
}

function xOf({ view, width }: Plot, time: number): number {
	return ((time - view.from) / (view.to - view.from)) * width;
}

function drawGrid(plot: Plot): void {
	const { g, height, theme } = plot;
	g.fillStyle = theme.grid;
	for (const { time } of plot.ticks) g.fillRect(Math.round(xOf(plot, time)), 0, 1, height);
	const end = Math.round(xOf(plot, plot.now));
	g.fillStyle = theme.muted;
	g.fillRect(end, 0, 1, height);
}

/** States as bars: height and colour say which one. Buckets with several short ones are the denser the busier they are. */
function drawStates(
	plot: Plot,
	row: CachedRow,
	colours: readonly string[],
	heights: readonly number[],
	top: number,
): void {
	const { g, view, bucket, theme, width } = plot;
	const room = plot.height - top - 2;
	const { spans, mixes } = row;
	const classes = row.classes.length;
	const of = <T>(list: readonly T[], group: number) => list[Math.min(group, list.length - 1)] as T;
	g.font = theme.font;
	g.textBaseline = "middle";
	for (let at = lowerBound(spans, 3, 1, view.from); at < spans.length; at += 3) {
		if ((spans[at] as number) > view.to) break;
		const code = spans[at + 2] as number;
		const group = code % classes;
		const left = Math.max(-2, xOf(plot, spans[at] as number));
		const right = Math.min(width + 2, xOf(plot, spans[at + 1] as number));
		const wide = Math.max(1, right - left);
		const tall = Math.max(2, room * of(heights, group));
		const y = top + 1 + room - tall;
		g.fillStyle = of(colours, group);
		g.globalAlpha = theme.fill;
		g.fillRect(left, y, wide, tall);
		g.globalAlpha = 1;
		g.fillRect(left, y, wide, 2);
		g.fillRect(left, y, 1, tall);
		if (theme.outline) g.fillRect(left + wide - 1, y, 1, tall);
		// What a channel does is plain from its bursts unless something is wrong.
		if (wide < NAME_WIDTH || tall < NAME_HEIGHT || (row.kind === "channel" && group < 2)) continue;
		g.fillStyle = theme.foreground;
		const x = Math.max(left, 0) + 4;
		const names = [row.names[code] ?? "", row.classes[group] ?? ""];
		drawName(g, names, x, y + tall / 2 + 1, Math.min(right, width) - x - 2);
	}
	const stride = classes + 1;
	const wide = Math.max(1.5, (bucket / (view.to - view.from)) * width);
	for (let at = lowerBound(mixes, stride, 0, Math.floor(view.from / bucket)); at < mixes.length; at += stride) {
		const time = (mixes[at] as number) * bucket;
		if (time > view.to) break;
		const x = xOf(plot, time);
		for (let group = classes - 1; group > 0; group--) {
			const ns = mixes[at + 1 + group] as number;
			if (ns === 0) continue;
			const tall = Math.max(2, room * of(heights, group));
			g.fillStyle = of(colours, group);
			g.globalAlpha = 0.6 + 0.4 * Math.min(1, ns / bucket);
			g.fillRect(x, top + 1 + room - tall, wide, tall);
		}
	}
	g.globalAlpha = 1;
}

/** The first of the names that there is room for; the last one cut short when there is none. */
function drawName(g: CanvasRenderingContext2D, names: readonly string[], x: number, y: number, room: number): void {
	const fits = names.find((name) => name !== "" && g.measureText(name).width <= room);
	let shown = fits ?? names[names.length - 1] ?? "";
	while (shown.length > 1 && g.measureText(shown).width > room) shown = `${shown.slice(0, -2).trimEnd()}…`;
	if (shown !== "…") g.fillText(shown, x, y);
}

function drawBursts(plot: Plot, { bursts }: CachedRow): void {
	const { g, view, bucket, theme, width, height } = plot;
	const first = lowerBound(bursts, 4, 0, Math.floor(view.from / bucket));
	const end = lowerBound(bursts, 4, 0, Math.floor(view.to / bucket) + 1);
	let most = 1;
	for (let at = first; at < end; at += 4) most = Math.max(most, bursts[at + 2] as number);
	const wide = Math.max(1.5, (bucket / (view.to - view.from)) * width * 0.8);
	const tall = height - 20;
	for (let at = first; at < end; at += 4) {
		const x = xOf(plot, (bursts[at] as number) * bucket);
		const failed = (bursts[at + 3] as number) > 0;
		g.fillStyle = failed ? theme.error : theme.burst;
		g.globalAlpha = failed ? 1 : 0.5 + 0.5 * ((bursts[at + 2] as number) / most);
		g.fillRect(x, failed ? 11 : 16, failed ? Math.max(3, wide) : wide, failed ? height - 12 : tall);
	}
	g.globalAlpha = 1;
}

/** Marks as drops from the top of the track; many in one place are one. */
function drawMarks(plot: Plot, { kind, marks }: CachedRow): void {
	const { g, view, bucket, theme } = plot;
	const high = kind === "channel" ? 10 : plot.height - 2;
	const middle = kind === "channel" ? 5 : plot.height / 2;
	let last = Number.NEGATIVE_INFINITY;
	for (let at = lowerBound(marks, 3, 0, Math.floor(view.from / bucket)); at < marks.length; at += 3) {
		const time = ((marks[at] as number) + 0.5) * bucket;
		if (time > view.to) break;
		const x = xOf(plot, time);
		g.fillStyle = markColour(theme, marks[at + 1] as number);
		g.fillRect(x - 0.5, 1, 1, high);
		// Only chunks: there are as many as blocks, a line is enough.
		if ((marks[at + 1] as number) === CHUNK_BIT || x - last < 5) continue;
		last = x;
		g.beginPath();
		g.moveTo(x, middle - 4.5);
		g.lineTo(x + 4, middle);
		g.lineTo(x, middle + 4.5);
		g.lineTo(x - 4, middle);
		g.fill();
	}
}

const bits = (kinds: readonly string[]) =>
	MARK_KINDS.reduce((mask, kind, bit) => (kinds.includes(kind) ? mask | (1 << bit) : mask), 0);
const CHUNK_BIT = bits(["chunk"]);
const MARK_COLOURS: readonly (readonly [
	mask: number,
	name: "error" | "terminate" | "complete" | "hardirq" | "client" | "hardware",
])[] = [
	[bits(["finding"]), "error"],
	[bits(END_KINDS), "terminate"],
	[bits(["complete", "callback"]), "complete"],
	[bits(["irq"]), "hardirq"],
	[bits(CLIENT_KINDS), "client"],
	[bits(HARDWARE_KINDS), "hardware"],
];

function markColour(theme: Theme, mask: number): string {
	const found = MARK_COLOURS.find(([kinds]) => kinds & mask);
	return found ? theme[found[1]] : theme.log;
}

function drawThroughput(plot: Plot, row: CachedRow): void {
	const { g, view, bucket, theme, width, height } = plot;
	const rates = ratesOf(row, bucket);
	const most = highestRate(rates, view, bucket);
	if (most === 0) return;
	const room = height - 4;
	g.fillStyle = theme.throughput;
	for (let at = lowerBound(rates, 3, 1, view.from / bucket); at < rates.length; at += 3) {
		const left = Math.max(-2, xOf(plot, (rates[at] as number) * bucket));
		if (left > width) break;
		const end = (rates[at + 1] as number) * bucket;
		// The burst that ends the next stretch lies behind what is known: until then the flow is taken to go on.
		const open = at + 3 === rates.length && plot.known < plot.now;
		const right = Math.min(width + 2, xOf(plot, open ? endOfRun(row, end, plot.known) : end));
		const tall = Math.max(1.5, (perSecond(rates, at, bucket) * room) / most);
		g.globalAlpha = theme.fill;
		g.fillRect(left, height - 1 - tall, right - left, tall);
		g.globalAlpha = 1;
		g.fillRect(left, height - 1 - tall, Math.max(1, right - left), 1.5);
	}
}

/** When the run ends that a channel is in at a moment, or `known` when that is before. */
function endOfRun({ spans }: CachedRow, time: number, known: number): number {
	const at = lowerBound(spans, 3, 1, time);
	return at < spans.length && (spans[at] as number) < time ? Math.min(spans[at + 1] as number, known) : time;
}

/** Highest value of a row's levels together in view, and at least 1. */
export function scaleOf(row: CachedRow, view: View, bucket: number): number {
	if (row.depth > 0) return row.depth;
	return Math.max(1, ...row.levels.map((level) => highest(level, view, bucket)));
}

function drawLevels(plot: Plot, row: CachedRow, colours: readonly string[]): void {
	const scale = scaleOf(row, plot.view, plot.bucket);
	row.levels.forEach((level, index) => {
		drawLevel(plot, level, scale, colours[index] ?? plot.theme.fifo);
	});
}

function drawLevel(plot: Plot, { before, changes }: CachedLevel, scale: number, colour: string): void {
	const { g, view, bucket, theme, width, height } = plot;
	const room = height - 4;
	const yOf = (value: number) => height - 1 - (value / scale) * room;
	const first = Math.max(0, lowerBound(changes, 4, 0, Math.floor(view.from / bucket)) - 4);
	let value = first === 0 ? before : (changes[first + 3] as number);
	let x = 0;
	g.fillStyle = colour;
	const hold = (until: number) => {
		if (value > 0 && until > x) {
			g.globalAlpha = theme.fill;
			g.fillRect(x, yOf(value), until - x, height - 1 - yOf(value));
			g.globalAlpha = 1;
			g.fillRect(x, yOf(value), until - x, 1.5);
		}
		x = Math.max(x, until);
	};
	for (let at = first; at < changes.length; at += 4) {
		const time = (changes[at] as number) * bucket;
		if (time > view.to) break;
		const at0 = Math.max(0, xOf(plot, time));
		hold(at0);
		const [low, high] = [yOf(changes[at + 1] as number), yOf(changes[at + 2] as number)];
		if (time + bucket >= view.from) g.fillRect(at0, high, 1.2, Math.max(1, low - high));
		value = changes[at + 3] as number;
	}
	hold(Math.min(width, xOf(plot, plot.now)));
	g.globalAlpha = 1;
}

/** Times in which nobody observed are hatched. */
function drawGaps(plot: Plot): void {
	const { g, view, theme, width, height, gaps } = plot;
	for (let at = 0; at < gaps.length; at += 2) {
		const left = Math.max(0, xOf(plot, gaps[at] as number));
		const right = Math.min(width, xOf(plot, gaps[at + 1] as number));
		if (right - left < 1 || (gaps[at] as number) > view.to) continue;
		g.save();
		g.beginPath();
		g.rect(left, 0, right - left, height);
		g.clip();
		g.strokeStyle = theme.grid;
		g.lineWidth = 1;
		g.beginPath();
		for (let x = left - height - (left % 6); x < right; x += 6) {
			g.moveTo(x, height);
			g.lineTo(x + height, 0);
		}
		g.stroke();
		g.restore();
	}
}
