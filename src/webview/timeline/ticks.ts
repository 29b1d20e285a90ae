/** Marks of a time axis at round moments. */
import type { View } from "./view";

export interface Tick {
	readonly time: number;
	readonly label: string;
}

const UNITS = [
	["s", 1e9],
	["ms", 1e6],
	["µs", 1e3],
	["ns", 1],
] as const;

/** Ticks at 1, 2 or 5 times a power of ten ns, at least `gap` pixels apart. */
export function ticks({ from, to }: View, pixels: number, gap: number): Tick[] {
	const least = ((to - from) / Math.max(1, pixels)) * gap;
	const power = 10 ** Math.floor(Math.log10(least));
	const step = ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
	const made: Tick[] = [];
	for (let number = Math.ceil(from / step); number * step <= to; number++) {
		const time = number * step;
		made.push({ time, label: moment(time, step) });
	}
	return made;
}

/**
 * A moment as exactly as steps of that size need: "1.25 ms". The unit is that of the moment, of the step near 0, or that
 * of a longer time if that is given.
 */
export function moment(time: number, step: number, longest = 0): string {
	const size = Math.max(Math.abs(time), step, longest);
	const [unit, ns] = UNITS.find(([, least]) => size >= least) ?? (["ns", 1] as const);
	const digits = Math.max(0, Math.min(12, Math.ceil(Math.log10(ns / step) - 1e-9)));
	return `${(time / ns).toFixed(digits)} ${unit}`;
}

/** A length of time, rounded to three digits: "12.3 µs". */
export function duration(ns: number): string {
	const [unit, size] = UNITS.find(([, least]) => ns >= least) ?? (["ns", 1] as const);
	return `${Number((ns / size).toPrecision(3))} ${unit}`;
}
