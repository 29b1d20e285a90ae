/** RDC R6040, programmed by register writes: rings in memory, frames on a line of 100 Mbit/s. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { frameCheckSequence, hashOf } from "../../src/hardware/r6040/ethernet";
import { R6040, type R6040Config } from "../../src/hardware/r6040/mac";
import { Machine } from "../../src/sim/machine";
import { pattern } from "./rig";

const BASE = 0x10002000;
const LINE = 12;
const RX_RING = 0x1000;
const TX_RING = 0x2000;
const RX_BUFFERS = 0x10000;
const TX_BUFFERS = 0x20000;
const COUNT = 4;
const STRIDE = 32;

const MCR0 = 0;
const MCR1 = 4;
const MTPR = 0x14;
const MR_BSR = 0x18;
const MLSR = 0x1c;
const MISR = 0x3c;
const MIER = 0x40;
const MAR0 = 0x60;
const MID_0L = 0x68;
const RCVEN = 2;
const PROMISC = 0x20;
const HASH_EN = 0x100;
const XMTEN = 0x1000;
const OWNED = 0x8000;
const STATION = [0x02, 0x11, 0x22, 0x33, 0x44, 0x55];

interface Rig {
	machine: Machine;
	mac: R6040;
	read(register: number): number;
	write(register: number, value: number): void;
	run(): void;
}

function newRig(config: Partial<R6040Config> = {}, mcr0 = RCVEN | XMTEN): Rig {
	const machine = new Machine();
	machine.memory.addRegion(0, 0x100000);
	const mac = new R6040(machine, { name: "10002000.ethernet", base: BASE, size: 0x100, interrupt: LINE, ...config });
	const { memory, bus } = machine;
	const write = (register: number, value: number) => bus.write(BASE + register, 2, value);
	const ring = (at: number, buffers: number, status: number) => {
		for (let n = 0; n < COUNT; n++) {
			memory.write32(at + n * STRIDE, status);
			memory.write32(at + n * STRIDE + 4, buffers + n * 0x1000 + 0x800);
			memory.write32(at + n * STRIDE + 8, at + ((n + 1) % COUNT) * STRIDE);
		}
	};
	ring(RX_RING, RX_BUFFERS, OWNED);
	ring(TX_RING, TX_BUFFERS, 0);
	write(0x2c, TX_RING);
	write(0x30, 0);
	write(0x34, RX_RING);
	write(0x38, 0);
	for (let i = 0; i < 3; i++) write(MID_0L + 2 * i, STATION[2 * i]! | (STATION[2 * i + 1]! << 8));
	write(MIER, 0x17);
	write(MCR0, mcr0);
	return {
		machine,
		mac,
		write,
		read: (register) => bus.read(BASE + register, 2),
		run: () => machine.advanceTo(Infinity),
	};
}

const frameTo = (address: readonly number[], length: number, seed = 1): Uint8Array =>
	Uint8Array.from([...address, ...pattern(length - 6, seed)]);
/** status and len of a descriptor. */
const descriptor = (rig: Rig, ring: number, n: number): [number, number] => {
	const word = rig.machine.memory.read32(ring + n * STRIDE);
	return [word & 0xffff, word >>> 16];
};
const received = (rig: Rig, n: number, length: number) =>
	rig.machine.memory.readBytes(RX_BUFFERS + n * 0x1000 + 0x800, length);
function send(rig: Rig, n: number, frame: Uint8Array): void {
	rig.machine.memory.writeBytes(TX_BUFFERS + n * 0x1000 + 0x800, frame);
	rig.machine.memory.write32(TX_RING + n * STRIDE, (frame.length << 16) | OWNED);
}

describe("R6040: the check sequence and the hash", () => {
	it("are those of IEEE 802.3", () => {
		// CRC-32 of "123456789" is 0xcbf43926.
		const digits = new TextEncoder().encode("123456789");
		assert.deepEqual(frameCheckSequence(digits), Uint8Array.from([0x26, 0x39, 0xf4, 0xcb]));
		// A frame and its check sequence leave the CRC's residue 0xdebb20e3 in the register, inverted 0x2144df1c.
		const frame = pattern(60);
		const whole = Uint8Array.from([...frame, ...frameCheckSequence(frame)]);
		assert.deepEqual(frameCheckSequence(whole), Uint8Array.from([0x1c, 0xdf, 0x44, 0x21]));
		// The hash is ether_crc() >> 26: the register's lowest six bits, lowest first.
		const address = Uint8Array.from([0x01, 0x00, 0x5e, 0x00, 0x00, 0x01]);
		const inverted = frameCheckSequence(address);
		const low = ~inverted[0]! & 0x3f;
		const reversed = Number.parseInt(low.toString(2).padStart(6, "0").split("").reverse().join(""), 2);
		assert.equal(hashOf(address), reversed);
	});
});

describe("R6040: receiving", () => {
	it("puts frames with their check sequence into the ring, gives descriptors back and interrupts", () => {
		const rig = newRig();
		const frames = [frameTo(STATION, 60), frameTo(STATION, 333, 2), frameTo([255, 255, 255, 255, 255, 255], 1514, 3)];
		for (const frame of frames) rig.mac.receive(frame);
		rig.run();
		frames.forEach((frame, n) => {
			assert.deepEqual(descriptor(rig, RX_RING, n), [n < 2 ? 0x4004 : 0x4020, frame.length + 4]);
			assert.deepEqual(received(rig, n, frame.length + 4), Uint8Array.from([...frame, ...frameCheckSequence(frame)]));
		});
		assert.deepEqual(descriptor(rig, RX_RING, 3), [OWNED, 0]);
		assert.equal(rig.machine.interrupts.level(LINE), true);
		assert.equal(rig.read(MISR), 1);
		assert.equal(rig.machine.interrupts.level(LINE), false);
		assert.equal(rig.read(MISR), 0);
	});

	it("takes a frame's time on the line: 20 bytes around it, 80 ns a byte", () => {
		const rig = newRig({ cyclePs: 1 });
		rig.mac.receive(frameTo(STATION, 60));
		rig.mac.receive(frameTo(STATION, 60));
		rig.run();
		const line = 2 * (60 + 4 + 20) * 80_000;
		assert.ok(rig.machine.time >= line && rig.machine.time < line + 100_000, `${rig.machine.time}`);
	});

	it("follows ndesc round the ring; without a descriptor a frame is lost: NO_DESC", () => {
		const rig = newRig();
		for (let n = 0; n < 5; n++) rig.mac.receive(frameTo(STATION, 64, n));
		rig.run();
		assert.equal(rig.read(MISR), 1 | 2);
		assert.deepEqual(received(rig, 0, 64), frameTo(STATION, 64, 0));
		rig.machine.memory.write32(RX_RING, OWNED);
		rig.mac.receive(frameTo(STATION, 64, 9));
		rig.run();
		assert.equal(rig.read(MISR), 1);
		assert.deepEqual(received(rig, 0, 64), frameTo(STATION, 64, 9));
	});

	it("a frame that the FIFO has no room for is lost: FIFO_FULL", () => {
		// A bus that needs 2 µs a word moves a frame of 64 bytes in 32 µs, while it comes in 7 µs.
		const rig = newRig({ cyclePs: 2_000_000, rxFifo: 160 });
		for (let n = 0; n < 4; n++) rig.mac.receive(frameTo(STATION, 64, n));
		rig.run();
		assert.equal(rig.read(MISR) & 4, 4);
		assert.deepEqual(received(rig, 0, 64), frameTo(STATION, 64, 0));
		assert.deepEqual(received(rig, 1, 64), frameTo(STATION, 64, 1));
		assert.deepEqual(descriptor(rig, RX_RING, 2)[0], OWNED);
	});

	it("says what is wrong with a frame: runt, long, larger than the buffer, damaged", () => {
		const status = (frame: Uint8Array, config: Partial<R6040Config> = {}, room = 1536) => {
			const rig = newRig(config);
			rig.write(MR_BSR, room);
			rig.mac.receive(frame);
			rig.run();
			return descriptor(rig, RX_RING, 0)[0];
		};
		assert.equal(status(frameTo(STATION, 59)), 0x0800 | 0x0080 | 4);
		assert.equal(status(frameTo(STATION, 60)), 0x4000 | 4);
		assert.equal(status(frameTo(STATION, 1514)), 0x4000 | 4);
		assert.equal(status(frameTo(STATION, 1515)), 0x0800 | 0x0100 | 4);
		assert.equal(status(frameTo(STATION, 200), {}, 100), 0x0800 | 0x0200 | 4);
		assert.equal(status(frameTo(STATION, 60), { crcErrorEvery: 1 }), 0x0800 | 0x0040 | 4);
	});

	it("writes no more than MR_BSR bytes of a frame", () => {
		const rig = newRig();
		rig.write(MR_BSR, 64);
		rig.machine.memory.fill(RX_BUFFERS + 0x800, 0xee, 256);
		rig.mac.receive(frameTo(STATION, 200));
		rig.run();
		assert.deepEqual(received(rig, 0, 64), frameTo(STATION, 200).slice(0, 64));
		assert.equal(received(rig, 0, 65)[64], 0xee);
	});

	it("filters addresses: own ones, broadcasts, groups by table, everything when promiscuous", () => {
		const group = [0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb];
		const other = [0x02, 0x99, 0x99, 0x99, 0x99, 0x99];
		const status = (address: readonly number[], mcr0: number, prepare: (rig: Rig) => void = () => {}) => {
			const rig = newRig({}, RCVEN | mcr0);
			prepare(rig);
			rig.mac.receive(frameTo(address, 60));
			rig.run();
			return descriptor(rig, RX_RING, 0)[0];
		};
		const hash = hashOf(Uint8Array.from(group));
		const table = (rig: Rig) => rig.write(MAR0 + 2 * (hash >>> 4), 1 << (15 - (hash & 15)));
		const second = (rig: Rig) => {
			for (let i = 0; i < 3; i++) rig.write(MID_0L + 8 + 2 * i, group[2 * i]! | (group[2 * i + 1]! << 8));
		};
		assert.equal(status(other, 0), OWNED);
		assert.equal(status(other, PROMISC), 0x4000);
		assert.equal(status(group, 0), OWNED);
		assert.equal(status(group, 0, table), OWNED);
		assert.equal(status(group, HASH_EN, table), 0x4000 | 0x10 | 8);
		assert.equal(status(group, HASH_EN), OWNED);
		assert.equal(status(group, 0, second), 0x4000 | 0x10 | 4 | 1);
	});

	it("takes nothing without RCVEN", () => {
		const rig = newRig({}, XMTEN);
		rig.mac.receive(frameTo(STATION, 60));
		rig.run();
		assert.deepEqual(descriptor(rig, RX_RING, 0), [OWNED, 0]);
		assert.equal(rig.read(MISR), 0);
	});
});

describe("R6040: sending", () => {
	it("sends what is owned by the MAC, in order, when it is told to look", () => {
		const rig = newRig();
		const frames = [pattern(60, 1), pattern(1514, 2), pattern(333, 3)];
		frames.forEach((frame, n) => {
			send(rig, n, frame);
		});
		rig.run();
		assert.equal(rig.mac.takeSent(2000).length, 0);
		rig.write(MTPR, 1);
		rig.run();
		for (const [n, frame] of frames.entries()) {
			assert.deepEqual(rig.mac.takeSent(2000), frame);
			assert.deepEqual(descriptor(rig, TX_RING, n), [0, frame.length]);
		}
		assert.equal(rig.mac.takeSent(2000).length, 0);
		assert.equal(rig.read(MISR), 0x10);
		// The fourth one, and round again.
		send(rig, 3, pattern(64, 4));
		send(rig, 0, pattern(65, 5));
		rig.write(MTPR, 1);
		rig.run();
		assert.deepEqual(rig.mac.takeSent(2000), pattern(64, 4));
		assert.deepEqual(rig.mac.takeSent(2000), pattern(65, 5));
	});

	it("a frame is given in parts when there is not enough room for it", () => {
		const rig = newRig();
		send(rig, 0, pattern(100));
		send(rig, 1, pattern(60, 7));
		rig.write(MTPR, 1);
		rig.run();
		assert.deepEqual(rig.mac.takeSent(40), pattern(100).slice(0, 40));
		assert.deepEqual(rig.mac.takeSent(2000), pattern(100).slice(40));
		assert.deepEqual(rig.mac.takeSent(2000), pattern(60, 7));
	});

	it("a frame that cannot be read from memory is an under-run", () => {
		const rig = newRig();
		send(rig, 0, pattern(60));
		rig.machine.memory.write32(TX_RING + 4, 0x900000);
		rig.write(MTPR, 1);
		rig.run();
		assert.equal(rig.read(MLSR), 0x0200);
		assert.equal(rig.mac.takeSent(2000).length, 0);
		assert.deepEqual(descriptor(rig, TX_RING, 0), [0, 60]);
		assert.equal(rig.read(MISR), 0x10);
	});
});

describe("R6040: registers", () => {
	it("MCR1 resets everything and reads 1", () => {
		const rig = newRig();
		send(rig, 0, pattern(60));
		rig.write(MTPR, 1);
		rig.write(MCR1, 1);
		rig.run();
		assert.equal(rig.read(MCR1), 1);
		assert.equal(rig.read(MCR0), 0);
		assert.equal(rig.read(MIER), 0);
		assert.equal(rig.read(MR_BSR), 0x600);
		assert.equal(rig.mac.takeSent(2000).length, 0);
	});

	it("the line follows MISR and MIER", () => {
		const rig = newRig();
		rig.write(MIER, 0x10);
		rig.mac.receive(frameTo(STATION, 60));
		rig.run();
		assert.equal(rig.machine.interrupts.level(LINE), false);
		rig.write(MIER, 1);
		assert.equal(rig.machine.interrupts.level(LINE), true);
		rig.write(MIER, 0);
		assert.equal(rig.machine.interrupts.level(LINE), false);
	});

	it("any frames in and out, and a snapshot in the middle", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 60, max: 1514 }), { minLength: 1, maxLength: 4 }),
				fc.nat(300_000_000),
				(lengths, at) => {
					const run = (between: (rig: Rig) => void) => {
						const rig = newRig();
						lengths.forEach((length, n) => {
							rig.mac.receive(frameTo(STATION, length, n));
							send(rig, n, pattern(length, n + 9));
						});
						rig.write(MTPR, 1);
						rig.machine.advanceTo(at);
						between(rig);
						rig.run();
						return rig;
					};
					const straight = run(() => {});
					const back = run((rig) => {
						const snapshot = rig.machine.snapshot();
						rig.write(MCR1, 1);
						rig.run();
						rig.machine.restore(snapshot);
					});
					assert.equal(back.machine.hash(), straight.machine.hash());
					lengths.forEach((length, n) => {
						assert.deepEqual(received(straight, n, length), frameTo(STATION, length, n));
						assert.deepEqual(straight.mac.takeSent(2000), pattern(length, n + 9));
					});
				},
			),
			{ numRuns: 30 },
		);
	});
});
