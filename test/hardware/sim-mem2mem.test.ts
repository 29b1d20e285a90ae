import assert from "node:assert/strict";
import { SimMem2Mem } from "../../src/hardware/sim-mem2mem";
import { Machine } from "../../src/sim/machine";
import { pattern, RAM } from "./rig";

const BASE = 0x10010000;
const LINE = 40;
const [SRC, DST, LEN, CTRL, STATUS] = [0, 4, 8, 12, 16];

function rig(burstBytes = 64) {
	const machine = new Machine();
	machine.memory.addRegion(RAM, 0x100000);
	const engine = new SimMem2Mem(machine, {
		name: "m2m",
		base: BASE,
		size: 0x100,
		interrupt: LINE,
		channels: 2,
		burstBytes,
	});
	machine.interrupts.unmask(LINE);
	const bursts: string[] = [];
	machine.observers.add({
		burst: (_c, channel, src, dst, length) => {
			bursts.push(`${channel}: ${src - RAM} ${dst - RAM} ${length}`);
		},
	});
	const at = (channel: number, register: number) => BASE + 0x20 + 0x20 * channel + register;
	return {
		machine,
		engine,
		bursts,
		read: (channel: number, register: number) => machine.bus.read(at(channel, register), 4),
		write: (channel: number, register: number, value: number) => machine.bus.write(at(channel, register), 4, value),
		copy(channel: number, src: number, dst: number, length: number) {
			this.write(channel, SRC, RAM + src);
			this.write(channel, DST, RAM + dst);
			this.write(channel, LEN, length);
			this.write(channel, CTRL, 3);
		},
	};
}

describe("sim,mem2mem", () => {
	it("copies in bursts that cross no 4 KiB, says DONE and interrupts until that is cleared", () => {
		const r = rig();
		r.machine.memory.writeBytes(RAM + 4090, pattern(101));
		r.copy(0, 4090, 8192 + 3, 101);
		assert.equal(r.read(0, STATUS), 1);
		r.machine.advanceTo(1e9);
		assert.deepEqual(r.bursts, ["0: 4090 8195 6", "0: 4096 8201 64", "0: 4160 8265 31"]);
		assert.deepEqual(r.machine.memory.readBytes(RAM + 8195, 101), pattern(101));
		assert.deepEqual([r.read(0, STATUS), r.read(0, LEN), r.machine.bus.read(BASE + 4, 4)], [2, 0, 1]);
		assert.equal(r.machine.interrupts.pending(), LINE);
		r.write(0, STATUS, 2);
		assert.deepEqual([r.read(0, STATUS), r.machine.interrupts.pending()], [0, -1]);
	});

	it("takes 220 ns for a burst of 64 bytes: DDR's 20 cycles of latency, 8 beats, 8 beats, 8 cycles' response", () => {
		const r = rig();
		r.copy(0, 0, 4096, 64);
		r.machine.advanceTo(219_999);
		assert.equal(r.read(0, STATUS), 1);
		r.machine.advanceTo(220_000);
		assert.equal(r.read(0, STATUS), 2);
	});

	it("serves its channels in turn", () => {
		const r = rig(32);
		r.copy(0, 0, 4096, 64);
		r.copy(1, 128, 8192, 64);
		r.machine.advanceTo(1e9);
		assert.deepEqual(
			r.bursts.map((b) => b[0]),
			["0", "1", "0", "1"],
		);
		assert.equal(r.machine.bus.read(BASE + 4, 4), 3);
	});

	it("STOP ends a transfer without DONE; the channel can start again at once", () => {
		const r = rig();
		r.machine.memory.writeBytes(RAM, pattern(4096));
		r.copy(0, 0, 4096, 4096);
		r.machine.advanceTo(500_000);
		r.write(0, CTRL, 4);
		const left = r.read(0, LEN);
		assert.deepEqual([r.read(0, STATUS), left > 0 && left < 4096, left % 64], [0, true, 0]);
		r.copy(0, 0, 16384, 128);
		r.machine.advanceTo(1e9);
		assert.deepEqual(r.machine.memory.readBytes(RAM + 16384, 128), pattern(4096).subarray(0, 128));
		assert.deepEqual(r.machine.memory.readBytes(RAM + 8192 - left, left), new Uint8Array(left));
		assert.equal(r.read(0, STATUS), 2);
	});

	it("says ERROR at a bus error, where the burst began, and for a length of 0", () => {
		const r = rig();
		r.machine.bus.fault(RAM + 4096 + 128, 4, false, true);
		r.copy(0, 0, 4096, 256);
		r.machine.advanceTo(1e9);
		assert.deepEqual([r.read(0, STATUS), r.read(0, LEN), r.read(0, DST)], [4, 128, RAM + 4096 + 128]);
		r.write(1, CTRL, 3);
		assert.equal(r.read(1, STATUS), 4);
	});

	it("ignores writes to SRC, DST and LEN while it copies", () => {
		const r = rig();
		r.copy(0, 0, 4096, 64);
		for (const register of [SRC, DST, LEN]) r.write(0, register, 7);
		assert.deepEqual([r.read(0, SRC), r.read(0, DST), r.read(0, LEN)], [RAM, RAM + 4096, 64]);
	});

	it("goes on from a snapshot in the middle of a burst", () => {
		const r = rig();
		r.machine.memory.writeBytes(RAM, pattern(1000));
		r.copy(0, 0, 4096, 1000);
		r.machine.advanceTo(300_000);
		const snapshot = r.machine.snapshot();
		r.machine.advanceTo(1e9);
		const after = r.machine.hash();
		r.machine.restore(snapshot);
		r.machine.advanceTo(1e9);
		assert.equal(r.machine.hash(), after);
		assert.deepEqual(r.machine.memory.readBytes(RAM + 4096, 1000), pattern(1000));
	});
});
