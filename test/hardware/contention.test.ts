/** Two bus masters and one memory: the bus gives turns burst by burst. */
import assert from "node:assert/strict";
import { SimMem2Mem } from "../../src/hardware/sim-mem2mem";
import { Machine } from "../../src/sim/machine";
import { RAM } from "./rig";

const BASES = [0x10010000, 0x10020000];

/** Ends of the bursts of two controllers that each copy `bytes` from the same moment on, in ns: [controller, time]. */
function bursts(bytes: number, regions: readonly [number, number]): [number, number][] {
	const machine = new Machine();
	for (const region of new Set(regions)) machine.memory.addRegion(region, 0x100000);
	const engines = BASES.map(
		(base, n) =>
			new SimMem2Mem(machine, { name: `m2m${n}`, base, size: 0x100, interrupt: 40 + n, channels: 1, burstBytes: 64 }),
	);
	const ends: [number, number][] = [];
	machine.observers.add({
		burst: (controller) => {
			ends.push([engines.findIndex(({ index }) => index === controller), machine.time / 1000]);
		},
	});
	BASES.forEach((base, n) => {
		const channel = base + 0x20;
		machine.bus.write(channel, 4, regions[n]! + n * 0x1000);
		machine.bus.write(channel + 4, 4, regions[n]! + 0x8000 + n * 0x1000);
		machine.bus.write(channel + 8, 4, bytes);
		machine.bus.write(channel + 12, 4, 3);
	});
	machine.advanceTo(1e9);
	return ends;
}

describe("bus masters at one memory", () => {
	it("read one after the other: the second burst begins when the first has been read", () => {
		// A burst of 64 bytes reads for 140 ns (20 + 8 cycles of 5 ns) and writes for 80 ns (8 + 8 cycles).
		assert.deepEqual(bursts(64, [RAM, RAM]), [
			[0, 220],
			[1, 140 + 220],
		]);
	});

	it("take turns, and the memory's read side is never idle", () => {
		const ends = bursts(256, [RAM, RAM]);
		assert.deepEqual(
			ends.map(([controller]) => controller),
			[0, 1, 0, 1, 0, 1, 0, 1],
		);
		// Eight reads in a row, then the last write.
		assert.equal(ends.at(-1)?.[1], 8 * 140 + 80);
	});

	it("do not wait for each other at different memories", () => {
		assert.deepEqual(bursts(64, [RAM, RAM + 0x1000000]), [
			[0, 220],
			[1, 220],
		]);
	});
});
