/** Ticks: HZ is 250. A jiffy is 4 ms; the counter starts five minutes before it wraps at 32 bits, as in Linux. */
import type { Kernel } from "../kernel";

export const HZ = 250;
/** ps of a tick. */
export const TICK_PS = 4e9;
/** INITIAL_JIFFIES: (unsigned int)(-300 * HZ). */
export const INITIAL_JIFFIES = 4294967296 - 300 * HZ;
/** LONG_MAX as a double: MAX_SCHEDULE_TIMEOUT and everything near it. */
export const FOREVER_JIFFIES = 2 ** 62;

/** Ticks since boot. */
export function tickCount(k: Kernel): number {
	return Math.floor(k.machine.time / TICK_PS);
}

export function jiffies(k: Kernel): number {
	return INITIAL_JIFFIES + tickCount(k);
}

const LEVELS = 9;
/**
 * The tick (since boot) at which the timer wheel runs a timer that is due `delta` ticks from now: never early, and the
 * later the coarser (kernel/time/timer.c, calc_index).
 */
export function wheelTick(now: number, expires: number): number {
	const delta = expires - now;
	if (delta < 0) return now + 1;
	let level = 0;
	while (level < LEVELS - 1 && delta >= 63 * 8 ** level) level++;
	const grain = 8 ** level;
	return (Math.floor(expires / grain) + 1) * grain;
}

/** Time (ps) at which a sleep of `timeout` jiffies ends; Infinity for MAX_SCHEDULE_TIMEOUT. */
export function jiffiesToWake(k: Kernel, timeout: number): number {
	if (timeout >= FOREVER_JIFFIES) return Number.POSITIVE_INFINITY;
	const now = tickCount(k);
	return wheelTick(now, now + timeout) * TICK_PS;
}

/** Jiffies that are left until tick `expires` (since boot), at least 0. */
export function jiffiesLeft(k: Kernel, expires: number): number {
	return Math.max(0, expires - tickCount(k));
}

/** msecs_to_jiffies(): rounded up; negative means for ever. */
export function msecsToJiffies(ms: number): number {
	if (ms >= 0x80000000) return FOREVER_JIFFIES;
	return Math.ceil((ms * HZ) / 1000);
}
