import assert from "node:assert/strict";
import { Response } from "../../src/sim/observers";
import { COPY, CYCLE, channelRegister, DMAC, ITEMS, item, LAST, LINE, MORE, newRig, pattern, RAM, start } from "./rig";

const DST = RAM + 0x10000;

/** Reference 1.7: enable 4, fetch 20 + 8, each burst 20 + 16 read and 16 + 8 write, block end 6. */
const FIRST_FETCH = 4 + 28;
const BURST = 20 + 16 + 16 + 8;

function copyRig(observe = true) {
	const rig = newRig({}, observe);
	rig.machine.memory.writeBytes(RAM, pattern(10000));
	item(rig, ITEMS, { sar: RAM, dar: DST, items: 1250, low: COPY, high: LAST });
	return rig;
}

describe("dw-axi-dmac", () => {
	it("copies 10000 bytes in 128-byte bursts (case dwaxi-01) in the time of the cycle model", () => {
		const rig = copyRig();
		const { machine, bursts } = rig;
		start(rig, 0, ITEMS);
		assert.equal(channelRegister(rig, 0, -0x100 + 0x18), 1);
		machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(machine.memory.readBytes(DST, 10000), pattern(10000));
		assert.equal(machine.memory.read8(DST + 10000), 0);
		assert.equal(bursts.length, 79);
		assert.deepEqual(bursts[0], {
			time: (FIRST_FETCH + BURST) * CYCLE,
			channel: 0,
			src: RAM,
			dst: DST,
			length: 128,
			beats: 16,
			response: Response.OKAY,
		});
		assert.deepEqual([bursts[78]!.length, bursts[78]!.beats], [16, 2]);
		// 78 whole bursts, then one of 2 beats, then the end of the block.
		assert.equal(machine.time, (FIRST_FETCH + 78 * BURST + (20 + 2 + 2 + 8) + 6) * CYCLE);
		assert.deepEqual(rig.done, [0]);
		assert.equal(machine.interrupts.pending(), LINE);
		assert.equal(channelRegister(rig, 0, 0x88), 2);
		machine.bus.write(DMAC + 0x100 + 0x98, 4, 2);
		assert.equal(machine.interrupts.pending(), -1);
	});

	it("keeps the last block's values after the end", () => {
		const rig = copyRig();
		start(rig, 0, ITEMS);
		rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.equal(channelRegister(rig, 0, 0x00), RAM + 10000);
		assert.equal(channelRegister(rig, 0, 0x08), DST + 10000);
		assert.equal(channelRegister(rig, 0, 0x10), 0x4e1);
		assert.equal(channelRegister(rig, 0, 0x18), COPY);
		assert.equal(channelRegister(rig, 0, 0x1c), LAST & 0x7fffffff);
		assert.equal(channelRegister(rig, 0, 0x28), 0);
		assert.equal(rig.machine.memory.read32(ITEMS + 36), LAST & 0x7fffffff);
		assert.equal(rig.machine.bus.read(DMAC + 0x18, 4), 0);
	});

	it("follows a chain and advances LLP when it fetches (case dwaxi-02)", () => {
		const rig = newRig();
		rig.machine.memory.writeBytes(RAM, pattern(4096));
		const chunks: number[][] = [];
		rig.machine.observers.add({
			chunk(_controller, _channel, address, src, dst, length) {
				chunks.push([address, src, dst, length, channelRegister(rig, 0, 0x28)]);
			},
		});
		item(rig, ITEMS, { sar: RAM, dar: DST, items: 256, llp: ITEMS + 0x40, low: COPY, high: MORE });
		item(rig, ITEMS + 0x40, { sar: RAM + 2048, dar: DST + 2048, items: 256, low: COPY, high: LAST });
		start(rig, 0, ITEMS);
		rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(rig.machine.memory.readBytes(DST, 4096), pattern(4096));
		assert.deepEqual(chunks, [
			[ITEMS, RAM, DST, 2048, ITEMS + 0x40],
			[ITEMS + 0x40, RAM + 2048, DST + 2048, 2048, 0],
		]);
		assert.equal(rig.machine.time, (FIRST_FETCH + 16 * BURST + 6 + 2 + 28 + 16 * BURST + 6) * CYCLE);
	});

	it("cuts bursts at 4 KiB on both sides", () => {
		const rig = newRig();
		rig.machine.memory.writeBytes(RAM + 0xfc0, pattern(256));
		item(rig, ITEMS, { sar: RAM + 0xfc0, dar: DST + 0xfa0, items: 32, low: COPY, high: LAST });
		start(rig, 0, ITEMS);
		rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(
			rig.bursts.map((burst) => burst.length),
			[64, 32, 128, 32],
		);
		assert.deepEqual(rig.machine.memory.readBytes(DST + 0xfa0, 256), pattern(256));
	});

	it("copies odd addresses byte by byte wide, at the bus's width", () => {
		const rig = newRig();
		rig.machine.memory.writeBytes(RAM + 1, pattern(301));
		item(rig, ITEMS, { sar: RAM + 1, dar: DST + 3, items: 301, low: 0x44004, high: LAST });
		start(rig, 0, ITEMS);
		rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(rig.machine.memory.readBytes(DST + 3, 301), pattern(301));
		assert.deepEqual(
			rig.bursts.map((burst) => [burst.length, burst.beats]),
			[
				[128, 16],
				[128, 16],
				[45, 6],
			],
		);
	});

	it("one beat a burst when AxLEN overflowed (case dwaxi-18)", () => {
		const rig = newRig({ dataWidth: 5 });
		item(rig, ITEMS, { sar: RAM, dar: DST, items: 8, low: 0x46d04, high: 0xc1008040 });
		start(rig, 0, ITEMS);
		rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(
			rig.bursts.map((burst) => burst.length),
			new Array(8).fill(32),
		);
	});

	const errors: [string, number, number, number, number][] = [
		["source decode", 0x1000, DST, 0, 1 << 5],
		["destination decode", RAM, 0x1000, 0, 1 << 6],
		["source slave", RAM, DST, RAM, 1 << 7],
		["destination slave", RAM, DST, DST, 1 << 8],
	];
	for (const [name, sar, dar, fault, bit] of errors)
		it(`ends with the ${name} error's bit`, () => {
			const rig = newRig();
			if (fault !== 0) rig.machine.bus.fault(fault, 64, true, true);
			item(rig, ITEMS, { sar, dar, items: 64, low: COPY, high: LAST });
			start(rig, 0, ITEMS);
			rig.machine.advanceTo(Number.POSITIVE_INFINITY);
			assert.equal(channelRegister(rig, 0, 0x88), bit);
			assert.equal(rig.machine.bus.read(DMAC + 0x18, 4), 0);
			assert.equal(rig.bursts.length, 1);
			assert.equal(rig.bursts[0]!.response, fault === 0 ? Response.DECERR : Response.SLVERR);
			assert.deepEqual(rig.done, [0]);
		});

	it("reports an item that cannot be read, and one that is not valid", () => {
		const rig = newRig();
		start(rig, 0, 0x40);
		rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.equal(channelRegister(rig, 0, 0x88), 1 << 9);
		item(rig, ITEMS, { sar: RAM, dar: DST, items: 1, low: COPY, high: LAST & 0x7fffffff });
		start(rig, 1, ITEMS);
		rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.equal(channelRegister(rig, 1, 0x88), 1 << 13);
		assert.equal(rig.machine.bus.read(DMAC + 0x18, 4), 2);
		assert.equal(rig.dmac.channelView(1).state, "held");
		item(rig, ITEMS, { sar: RAM, dar: DST, items: 1, low: COPY, high: LAST });
		rig.machine.bus.write(DMAC + 0x200 + 0x48, 4, 1);
		rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.equal(rig.machine.bus.read(DMAC + 0x18, 4), 0);
		assert.equal(rig.bursts.length, 1);
	});

	it("suspends after the burst in flight, resumes, and clears SUSP at the end", () => {
		const rig = copyRig();
		const { machine } = rig;
		start(rig, 0, ITEMS);
		machine.advanceTo((FIRST_FETCH + 10 * BURST + 5) * CYCLE);
		machine.bus.write(DMAC + 0x18, 4, 0x01010001);
		assert.equal(channelRegister(rig, 0, 0x88) & (1 << 29), 0);
		machine.advanceTo((FIRST_FETCH + 11 * BURST) * CYCLE);
		assert.equal(channelRegister(rig, 0, 0x88), 1 << 29);
		assert.equal(rig.dmac.channelView(0).state, "suspended");
		const count = rig.bursts.length;
		machine.advanceTo((FIRST_FETCH + 50 * BURST) * CYCLE);
		assert.equal(rig.bursts.length, count);
		// The read that was in flight has filled the FIFO.
		assert.equal(rig.dmac.channelView(0).fifo.length, 128);
		machine.bus.write(DMAC + 0x18, 4, 0x01000001);
		machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(machine.memory.readBytes(DST, 10000), pattern(10000));
		assert.equal(machine.bus.read(DMAC + 0x18, 4), 0);
	});

	it("disables in mid-transfer: the burst ends, the FIFO is dropped", () => {
		const rig = copyRig();
		const { machine } = rig;
		start(rig, 0, ITEMS);
		machine.bus.write(DMAC + 0x180, 4, 0x603f7fe2);
		machine.advanceTo((FIRST_FETCH + 3 * BURST + 5) * CYCLE);
		machine.bus.write(DMAC + 0x18, 4, 0x100);
		assert.equal(machine.bus.read(DMAC + 0x18, 4), 1);
		machine.advanceTo((FIRST_FETCH + 3 * BURST + 36) * CYCLE);
		assert.equal(machine.bus.read(DMAC + 0x18, 4), 0);
		assert.equal(channelRegister(rig, 0, 0x88), 1 << 30);
		assert.equal(rig.dmac.channelView(0).fifo.length, 0);
		machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.equal(rig.bursts.length, 3);
		start(rig, 0, ITEMS);
		machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(machine.memory.readBytes(DST, 10000), pattern(10000));
	});

	it("gives the bus to the highest priority, and turns to equals by least recent service", () => {
		const order = (priorities: number[]) => {
			const rig = newRig();
			for (const [channel, priority] of priorities.entries()) {
				const at = ITEMS + channel * 64;
				item(rig, at, { sar: RAM, dar: DST + channel * 4096, items: 64, low: COPY, high: LAST });
				start(rig, channel, at, priority << 17);
			}
			rig.machine.advanceTo(Number.POSITIVE_INFINITY);
			return rig.bursts.map((burst) => burst.channel);
		};
		assert.deepEqual(order([0, 0, 0]), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
		// Reads and writes are arbitrated apart, so 1 fills the gaps of 2, and 0 waits longest.
		const unequal = order([0, 1, 2]);
		assert.equal(unequal.lastIndexOf(2) < unequal.lastIndexOf(1), true);
		assert.equal(unequal.lastIndexOf(1) < unequal.lastIndexOf(0), true);
	});

	it("re-enabled after a block with LAST, goes on with the next item of a ring (case dwaxi-10)", () => {
		const rig = newRig();
		for (let n = 0; n < 4; n++)
			item(rig, ITEMS + n * 64, {
				sar: RAM + n * 4096,
				dar: DST,
				items: 512,
				llp: ITEMS + ((n + 1) % 4) * 64,
				low: COPY,
				high: LAST,
			});
		start(rig, 0, ITEMS);
		const next: number[] = [];
		for (let block = 0; block < 5; block++) {
			rig.machine.advanceTo(rig.machine.time + 1e9);
			next.push((channelRegister(rig, 0, 0x28) - ITEMS) / 64);
			assert.equal(channelRegister(rig, 0, 0x88), 2);
			rig.machine.bus.write(DMAC + 0x198, 4, 2);
			const matched = ITEMS + next[block]! * 64 + 36;
			rig.machine.memory.write32(matched, LAST);
			rig.machine.bus.write(DMAC + 0x18, 4, 0x101);
		}
		assert.deepEqual(next, [1, 2, 3, 0, 1]);
	});

	it("goes on from a snapshot taken at any moment to the same end and hash", () => {
		const plain = copyRig(false);
		start(plain, 0, ITEMS);
		plain.machine.advanceTo(1e9);
		const end = plain.machine.hash();
		const rig = copyRig(false);
		const { machine } = rig;
		start(rig, 0, ITEMS);
		for (const time of [0, 7 * CYCLE, 33 * CYCLE, 1000 * CYCLE, 1017 * CYCLE, 4700 * CYCLE]) {
			machine.advanceTo(time);
			const hash = machine.hash();
			const snapshot = machine.snapshot();
			machine.advanceTo(1e9);
			assert.equal(machine.hash(), end);
			machine.restore(snapshot);
			assert.equal(machine.hash(), hash);
		}
		machine.advanceTo(1e9);
		assert.equal(machine.hash(), end);
		assert.deepEqual(machine.memory.readBytes(DST, 10000), pattern(10000));
	});

	it("stops between bursts when an observer asks, and when the CPU has an interrupt to take", () => {
		const rig = copyRig();
		const { machine } = rig;
		machine.observers.add({
			burst() {
				if (rig.bursts.length === 5) machine.stopRequested = true;
			},
		});
		start(rig, 0, ITEMS);
		assert.equal(machine.advanceTo(1e9), false);
		assert.equal(machine.time, (FIRST_FETCH + 5 * BURST) * CYCLE);
		machine.stopRequested = false;
		assert.equal(machine.advanceUntilInterrupt(1e12), true);
		assert.equal(machine.interrupts.pending(), LINE);
		assert.equal(machine.time < 1e9, true);
	});
});
