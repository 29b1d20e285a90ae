/**
 * The same bursts with everything kept: the whole trace in memory, as `--trace` has it (target: 2 M bursts/s), and what
 * the dashboard's time line keeps; then how long a window of the time line takes with 10^5 and 10^6 events behind it,
 * against a frame's 16 ms.
 */

import { Recorder } from "../src/trace/recorder";
import { TraceStore } from "../src/trace/store";
import { stretchOf } from "../src/trace/timeline/query";
import { Timeline } from "../src/trace/timeline/timeline";
import { BURSTS, burstsPerSecond, type Copier, createCopier } from "./copy";
import { print } from "./print";

const FRAME_MS = 16;
/** A session has the names at hand too. */
const NAMES = ["dma0chan0", "dma0chan1", "dma0chan2", "dma0chan3"];

function contextOf({ machine }: Copier) {
	return {
		now: () => machine.time,
		channelName: (_: number, channel: number) => NAMES[channel] ?? "",
		deviceName: (device: number) => machine.components[device]?.name ?? "",
		interruptDevice: () => "",
		cpuContext: () => ({}),
		isController: () => true,
	};
}

const traced = createCopier();
const store = new TraceStore();
traced.machine.observers.add(new Recorder(contextOf(traced), store));
const rate = burstsPerSecond(traced, () => store.dropBefore(store.end));
print("same, full trace kept", rate, "bursts/s", 2e6);

const watched = createCopier();
const timeline = new Timeline(contextOf(watched));
timeline.begin([]);
watched.machine.observers.add(timeline);
print("same, time line kept", burstsPerSecond(watched), "bursts/s", 2e6);

/** Milliseconds for a window of the newest `events` bursts and levels at 1,200 buckets. */
function windowMs(events: number): number {
	const { time } = watched.machine;
	const psPerBurst = time / (BURSTS * 110);
	const span = (events / 3) * psPerBurst;
	const query = { bucket: span / 1000 / 1200, from: (time - span) / 1000 };
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < 20; round++) {
		const start = performance.now();
		stretchOf(timeline, query, () => "");
		best = Math.min(best, performance.now() - start);
	}
	return best;
}
for (const events of [1e5, 1e6]) {
	const ms = windowMs(events);
	print(`a window of the time line over ${events} events`, ms, "ms", FRAME_MS);
}
