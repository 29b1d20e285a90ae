/** BCM2835 DMA, programmed by register writes as a driver would. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Bcm2835Dma } from "../../src/hardware/bcm2835-dma/controller";
import type { Bcm2835DmaConfig } from "../../src/hardware/bcm2835-dma/state";
import { SimFifo } from "../../src/hardware/sim-fifo";
import { Machine } from "../../src/sim/machine";
import { Response } from "../../src/sim/observers";
import type { RequestSource } from "../../src/sim/requests";
import { pattern } from "./rig";

const BASE = 0x3f007000;
const FIFO = 0x3f203004;
const FIFO_BUS = 0x7e203004;
/** RAM at 0 as the controller sees it. */
const ALIAS = 0xc0000000;
const BLOCKS = 0x10000;
const CS = 0x00;
const CONBLK_AD = 0x04;
const SOURCE_AD = 0x0c;
const DEST_AD = 0x10;
const TXFR_LEN = 0x14;
const DEBUG = 0x20;
const INT_STATUS = 0xfe0;
const ENABLE = 0xff0;

const ACTIVE = 1;
const END = 2;
const INT = 4;
const DREQ = 8;
const PAUSED = 0x10;
const STOPPED = 0x20;
const WAITING = 0x40;
const ERROR = 0x100;
const WAIT_FOR_WRITES = 1 << 28;
const ABORT = 1 << 30;
const RESET = 0x80000000;

const INTEN = 1;
const TDMODE = 2;
const WAIT_RESP = 8;
const D_INC = 0x10;
const D_WIDTH = 0x20;
const D_DREQ = 0x40;
const D_IGNORE = 0x80;
const S_INC = 0x100;
const S_WIDTH = 0x200;
const S_DREQ = 0x400;
const S_IGNORE = 0x800;
const permap = (n: number) => n << 16;
const COPY = S_INC | D_INC;

interface Rig {
	machine: Machine;
	dma: Bcm2835Dma;
	bursts: { channel: number; src: number; dst: number; length: number; response: Response }[];
	warnings: string[];
	read(channel: number, register: number): number;
	write(channel: number, register: number, value: number): void;
	run(): void;
}

function newRig(config: Partial<Bcm2835DmaConfig> = {}, memory = 0x1000000): Rig {
	const machine = new Machine();
	machine.memory.addRegion(0, memory);
	const dma = new Bcm2835Dma(machine, {
		name: "3f007000.dma",
		base: BASE,
		size: 0xf00,
		interrupts: Array.from({ length: 15 }, (_, n) => 48 + Math.min(n, 11)),
		sharedInterrupt: 60,
		windows: [
			{ bus: 0x7e000000, physical: 0x3f000000, size: 0x1000000 },
			{ bus: ALIAS, physical: 0, size: 0x3f000000 },
		],
		...config,
	});
	const bursts: Rig["bursts"] = [];
	const warnings: string[] = [];
	machine.observers.add({
		burst: (_controller, channel, src, dst, length, _beats, response) =>
			bursts.push({ channel, src, dst, length, response }),
		warning: (_device, code) => warnings.push(code),
	});
	return {
		machine,
		dma,
		bursts,
		warnings,
		read: (channel, register) => machine.bus.read(BASE + (channel << 8) + register, 4),
		write: (channel, register, value) => machine.bus.write(BASE + (channel << 8) + register, 4, value),
		run: () => machine.advanceTo(Number.POSITIVE_INFINITY),
	};
}

interface Block {
	readonly info: number;
	readonly src: number;
	readonly dst: number;
	readonly length: number;
	readonly stride?: number;
	readonly next?: number;
}

/** Writes control blocks, one after the other from BLOCKS on; `next` is an index. Returns the first one's bus address. */
function chain(rig: Rig, blocks: readonly Block[], at = BLOCKS): number {
	blocks.forEach(({ info, src, dst, length, stride = 0, next }, index) => {
		const words = [info, src, dst, length, stride, next === undefined ? 0 : ALIAS + at + 32 * next, 0, 0];
		words.forEach((word, i) => {
			rig.machine.memory.write32(at + 32 * index + 4 * i, word);
		});
	});
	return ALIAS + at;
}

function start(rig: Rig, channel: number, blocks: readonly Block[], cs = ACTIVE): void {
	rig.write(channel, CONBLK_AD, chain(rig, blocks, BLOCKS + channel * 0x1000));
	rig.write(channel, CS, cs);
}

const copyOf = (length: number, more: Partial<Block> = {}): Block => ({
	info: COPY | INTEN,
	src: ALIAS + 0x100000,
	dst: ALIAS + 0x200000,
	length,
	...more,
});

/** A request that a test raises by hand. */
class Requester implements RequestSource {
	private readonly line: number;
	acknowledges = 0;
	constructor(
		private readonly rig: Rig,
		permap: number,
	) {
		this.line = rig.dma.connectRequest(this, permap);
	}
	set(active: boolean): void {
		this.rig.machine.requests.set(this.line, active);
	}
	acknowledged(): void {
		this.acknowledges++;
		this.set(false);
	}
}

describe("BCM2835 DMA: control blocks", () => {
	for (const channel of [0, 14])
		it(`copies any length between any addresses, byte for byte, on channel ${channel}`, () => {
			const rig = newRig();
			const { memory } = rig.machine;
			const at = fc.integer({ min: 0, max: 5000 });
			const bits = fc.constantFrom(0, WAIT_RESP, S_WIDTH | D_WIDTH, 0xf000, WAIT_RESP | (3 << 21));
			fc.assert(
				fc.property(at, at, fc.integer({ min: 1, max: 3000 }), bits, (from, to, length, more) => {
					const bytes = pattern(length, from);
					memory.fill(0x200000, 0xee, 10000);
					memory.writeBytes(0x100000 + from, bytes);
					const info = COPY | more;
					start(rig, channel, [copyOf(length, { info, src: ALIAS + 0x100000 + from, dst: ALIAS + 0x200000 + to })]);
					rig.run();
					assert.deepEqual(memory.readBytes(0x200000 + to, length), bytes);
					assert.equal(memory.read8(0x200000 + to + length), 0xee);
					if (to > 0) assert.equal(memory.read8(0x200000 + to - 1), 0xee);
				}),
				{ numRuns: 40 },
			);
		});

	it("follows NEXTCONBK; END and INT only where INTEN is; at the end CONBLK_AD is 0 and ACTIVE falls", () => {
		const rig = newRig();
		rig.machine.memory.writeBytes(0x100000, pattern(96));
		start(rig, 3, [copyOf(32, { info: COPY, next: 1 }), copyOf(64, { src: ALIAS + 0x100020, dst: ALIAS + 0x200020 })]);
		assert.equal(rig.read(3, CS) & (ACTIVE | END | INT), ACTIVE);
		rig.run();
		assert.deepEqual(rig.machine.memory.readBytes(0x200000, 96), pattern(96));
		assert.equal(rig.read(3, CS) & 0x1ff, END | INT | PAUSED);
		assert.equal(rig.read(3, CONBLK_AD), 0);
		assert.equal(rig.read(3, SOURCE_AD), ALIAS + 0x100060);
		assert.equal(rig.read(3, DEST_AD), ALIAS + 0x200060);
		assert.equal(rig.read(3, TXFR_LEN), 0);
	});

	it("END and INT are cleared by writing 1; the line follows INT", () => {
		const rig = newRig();
		const { interrupts } = rig.machine;
		start(rig, 5, [copyOf(16)]);
		rig.run();
		assert.equal(interrupts.level(53), true);
		assert.equal(interrupts.level(60), true);
		assert.equal(rig.machine.bus.read(BASE + INT_STATUS, 4), 1 << 5);
		rig.write(5, CS, END | ACTIVE);
		assert.equal(rig.read(5, CS) & (END | INT), INT);
		rig.write(5, CS, INT);
		assert.equal(rig.read(5, CS) & INT, 0);
		assert.equal(interrupts.level(53), false);
		assert.equal(interrupts.level(60), false);
	});

	it("channels 11 to 14 share a line: it falls when the last of them has been cleared", () => {
		const rig = newRig();
		const { interrupts } = rig.machine;
		start(rig, 11, [copyOf(16)]);
		start(rig, 14, [copyOf(16)]);
		rig.run();
		rig.write(11, CS, INT);
		assert.equal(interrupts.level(59), true);
		rig.write(14, CS, INT);
		assert.equal(interrupts.level(59), false);
	});

	it("ACTIVE with CONBLK_AD 0 stays set and does nothing, until a control block is written", () => {
		const rig = newRig();
		rig.machine.memory.writeBytes(0x100000, pattern(16));
		rig.write(0, CS, ACTIVE);
		rig.run();
		assert.equal(rig.read(0, CS) & 0x1f, ACTIVE | PAUSED);
		rig.write(0, CONBLK_AD, chain(rig, [copyOf(16)]));
		rig.run();
		assert.deepEqual(rig.machine.memory.readBytes(0x200000, 16), pattern(16));
	});

	it("2D mode: YLENGTH + 1 rows, with a signed stride behind each", () => {
		const rig = newRig();
		const { memory } = rig.machine;
		memory.writeBytes(0x100000, pattern(0x400));
		const stride = (((16 - 8) << 16) | ((64 - 8) & 0xffff)) >>> 0;
		start(rig, 0, [copyOf((2 << 16) | 8, { info: COPY | TDMODE, stride })]);
		rig.run();
		for (let row = 0; row < 3; row++)
			assert.deepEqual(memory.readBytes(0x200000 + 16 * row, 8), pattern(0x400).slice(64 * row, 64 * row + 8));
		assert.equal(memory.read8(0x200008), 0);
		// Backwards: the second row lies before the first.
		start(rig, 0, [copyOf((1 << 16) | 8, { info: COPY | TDMODE, src: ALIAS + 0x100100, stride: 0xfff0 })]);
		rig.run();
		assert.deepEqual(memory.readBytes(0x200008, 8), pattern(0x400).slice(0x100 + 8 - 16, 0x100 + 16 - 16));
	});

	it("a block of no bytes ends at once, with however many rows", () => {
		for (const [info, length] of [
			[COPY | INTEN, 0],
			[COPY | INTEN | TDMODE, 0x3fff0000],
		]) {
			const rig = newRig();
			rig.machine.memory.fill(0x200000, 0xee, 16);
			start(rig, 0, [copyOf(length!, { info: info! })]);
			rig.run();
			assert.equal(rig.read(0, CS) & (END | INT), END | INT);
			assert.equal(rig.bursts.length, 0);
			assert.equal(rig.machine.memory.read8(0x200000), 0xee);
		}
	});

	it("a lite channel has neither 2D mode nor ignore bits, and 16 bits of length", () => {
		const rig = newRig();
		const { memory } = rig.machine;
		memory.writeBytes(0x100000, pattern(64));
		start(rig, 7, [copyOf((1 << 16) | 40, { info: COPY | TDMODE | S_IGNORE, stride: 0x00080008 })]);
		rig.run();
		assert.deepEqual(memory.readBytes(0x200000, 40), pattern(40));
		assert.equal(memory.read8(0x200028), 0);
		assert.deepEqual(rig.warnings, ["lite"]);
		assert.equal(rig.read(7, DEBUG) >>> 28, 1);
		assert.equal(rig.read(6, DEBUG) >>> 28, 0);
	});

	it("SRC_IGNORE writes zeros without reading, DEST_IGNORE reads without writing", () => {
		const rig = newRig();
		const { memory, bus } = rig.machine;
		bus.fault(0x100000, 0x1000, true, false);
		memory.fill(0x200000, 0xee, 64);
		start(rig, 0, [copyOf(32, { info: COPY | S_IGNORE })]);
		rig.run();
		assert.deepEqual(
			memory.readBytes(0x200000, 33),
			Uint8Array.from({ length: 33 }, (_, i) => (i < 32 ? 0 : 0xee)),
		);
		assert.equal(rig.read(0, SOURCE_AD), ALIAS + 0x100020);
		bus.fault(0x100000, 0x1000, false, false);
		start(rig, 0, [copyOf(32, { info: COPY | D_IGNORE, dst: ALIAS + 0x200020 })]);
		rig.run();
		assert.equal(memory.read8(0x200020), 0xee);
	});

	it("a fixed source fills, a fixed destination keeps the last word", () => {
		const rig = newRig();
		const { memory } = rig.machine;
		memory.write32(0x100000, 0x12345678);
		start(rig, 0, [copyOf(40, { info: D_INC })]);
		rig.run();
		for (let at = 0; at < 40; at += 4) assert.equal(memory.read32(0x200000 + at), 0x12345678);
		memory.writeBytes(0x100000, pattern(40));
		start(rig, 0, [copyOf(40, { info: S_INC })]);
		rig.run();
		assert.deepEqual(memory.readBytes(0x200000, 4), pattern(40).slice(36));
		assert.equal(memory.read32(0x200004), 0x12345678);
	});

	it("a control block's address is rounded down to 32", () => {
		const rig = newRig();
		rig.write(0, CONBLK_AD, ALIAS + BLOCKS + 20);
		assert.equal(rig.read(0, CONBLK_AD), ALIAS + BLOCKS);
		assert.deepEqual(rig.warnings, ["alignment"]);
	});
});

describe("BCM2835 DMA: addresses", () => {
	it("RAM answers in all four aliases, peripherals at 0x7e000000, nothing anywhere else", () => {
		const rig = newRig();
		for (const [bus, physical] of [
			[0xc0001234, 0x1234],
			[0x00001234, 0x1234],
			[0x40001234, 0x1234],
			[0x80001234, 0x1234],
			[0x7e203004, 0x3f203004],
			[0x3f203004, -1],
		])
			assert.equal(rig.dma.physical(bus!), physical);
	});

	it("a read from where nothing answers sets READ_ERROR and stops the channel", () => {
		const rig = newRig();
		start(rig, 0, [copyOf(64, { src: ALIAS + 0x2000000 })]);
		rig.run();
		assert.equal(rig.read(0, CS) & (ACTIVE | END | INT | ERROR), ACTIVE | ERROR);
		assert.equal(rig.read(0, DEBUG) & 7, 4);
		assert.notEqual(rig.read(0, CONBLK_AD), 0);
		assert.deepEqual(
			rig.bursts.map(({ response }) => response),
			[Response.DECERR],
		);
		rig.write(0, DEBUG, 4);
		assert.equal(rig.read(0, CS) & ERROR, 0);
		rig.write(0, CS, RESET);
		assert.equal(rig.read(0, CONBLK_AD), 0);
		start(rig, 0, [copyOf(64)]);
		rig.run();
		assert.equal(rig.read(0, CS) & END, END);
	});

	it("or goes on with zeros (sim,stop-on-read-error)", () => {
		const rig = newRig({ stopOnReadError: false });
		rig.machine.memory.fill(0x200000, 0xee, 64);
		start(rig, 0, [copyOf(64, { src: ALIAS + 0x2000000 })]);
		rig.run();
		assert.equal(rig.read(0, CS) & (END | INT | ERROR), END | INT | ERROR);
		assert.deepEqual(rig.machine.memory.readBytes(0x200000, 64), new Uint8Array(64));
	});

	it("a failed write shows nowhere: END and INT come", () => {
		const rig = newRig();
		start(rig, 0, [copyOf(32, { dst: ALIAS + 0x2000000 })]);
		rig.run();
		assert.equal(rig.read(0, CS) & (END | INT | ERROR), END | INT);
		assert.equal(rig.bursts[0]!.response, Response.DECERR);
	});

	it("a control block that cannot be read stops the channel, too", () => {
		const rig = newRig();
		rig.write(0, CONBLK_AD, 0x3f000000);
		rig.write(0, CS, ACTIVE);
		rig.run();
		assert.equal(rig.read(0, CS) & (ACTIVE | ERROR), ACTIVE | ERROR);
	});
});

describe("BCM2835 DMA: pause, abort, reset", () => {
	/** Runs until half of 4096 bytes are read. */
	const half = (cs = ACTIVE): Rig => {
		const rig = newRig();
		rig.machine.memory.writeBytes(0x100000, pattern(4096));
		start(rig, 2, [copyOf(4096, { next: 1 }), copyOf(64, { dst: ALIAS + 0x300000 })], cs);
		while (rig.read(2, TXFR_LEN) > 2048 || rig.read(2, TXFR_LEN) === 0)
			rig.machine.advanceTo(rig.machine.nextEventTime());
		return rig;
	};

	it("pauses without ACTIVE and goes on where it was", () => {
		const rig = half();
		rig.write(2, CS, 0);
		rig.run();
		const left = rig.read(2, TXFR_LEN);
		assert.ok(left > 0 && left <= 2048);
		assert.equal(rig.read(2, CS) & (ACTIVE | PAUSED | END), PAUSED);
		assert.equal(rig.dma.channelView(2).state, "suspended");
		rig.write(2, CS, ACTIVE);
		rig.run();
		assert.deepEqual(rig.machine.memory.readBytes(0x200000, 4096), pattern(4096));
	});

	it("ABORT ends the block without END and INT and goes on with the next", () => {
		const rig = half();
		rig.write(2, CS, ACTIVE | ABORT);
		assert.equal(rig.read(2, CS) & (END | INT), 0);
		assert.equal(rig.read(2, CONBLK_AD), ALIAS + BLOCKS + 0x2000 + 32);
		rig.run();
		assert.equal(rig.machine.memory.read8(0x200fff), 0);
		assert.deepEqual(rig.machine.memory.readBytes(0x300000, 64), pattern(64));
		assert.equal(rig.read(2, CS) & (END | INT), END | INT);
	});

	it("RESET forgets everything", () => {
		const rig = half();
		rig.write(2, CS, RESET);
		rig.run();
		for (const register of [CONBLK_AD, SOURCE_AD, DEST_AD, TXFR_LEN]) assert.equal(rig.read(2, register), 0);
		assert.equal(rig.read(2, CS), PAUSED);
		assert.equal(rig.machine.memory.read8(0x200fff), 0);
	});

	it("WAIT_FOR_WRITES delays END until the last write is answered; WAITING_WRITES says so", () => {
		const ends = [0, WAIT_FOR_WRITES].map((bit) => {
			const rig = newRig();
			start(rig, 0, [copyOf(32)], ACTIVE | bit);
			const seen = new Set<number>();
			while ((rig.read(0, CS) & END) === 0) {
				rig.machine.advanceTo(rig.machine.nextEventTime());
				seen.add(rig.read(0, CS) & WAITING);
			}
			return { time: rig.machine.time, waited: seen.has(WAITING) };
		});
		// 8 cycles of 4 ns.
		assert.equal(ends[1]!.time - ends[0]!.time, 32_000);
		assert.deepEqual(
			ends.map(({ waited }) => waited),
			[false, true],
		);
	});

	it("a channel whose ENABLE bit is 0 waits", () => {
		const rig = newRig();
		rig.machine.bus.write(BASE + ENABLE, 4, 0x7ffe);
		start(rig, 0, [copyOf(16)]);
		rig.run();
		assert.equal(rig.read(0, CS) & END, 0);
		rig.machine.bus.write(BASE + ENABLE, 4, 0x7fff);
		rig.run();
		assert.equal(rig.read(0, CS) & END, END);
	});
});

describe("BCM2835 DMA: requests", () => {
	it("a source DREQ paces reads, one word each; DREQ_STOPS_DMA while it waits", () => {
		const rig = newRig();
		const source = new Requester(rig, 4);
		rig.machine.memory.write32(0x100000, 0xabcd);
		start(rig, 0, [copyOf(12, { info: D_INC | S_DREQ | permap(4) })]);
		rig.run();
		assert.equal(rig.read(0, CS) & (DREQ | STOPPED), STOPPED);
		assert.equal(rig.dma.channelView(0).state, "waiting");
		for (let words = 1; words <= 3; words++) {
			source.set(true);
			rig.run();
			assert.equal(source.acknowledges, words);
			assert.equal(rig.read(0, TXFR_LEN), 12 - 4 * words);
		}
		assert.equal(rig.read(0, CS) & END, END);
	});

	it("BURST_LENGTH words are moved for each request, up to the data register", () => {
		for (const [burst, length] of [
			[4, 16],
			[15, 32],
		]) {
			const rig = newRig();
			const source = new Requester(rig, 4);
			start(rig, 0, [copyOf(64, { info: COPY | D_DREQ | permap(4) | (burst! << 12) })]);
			source.set(true);
			rig.run();
			assert.equal(rig.bursts[0]!.length, length);
			assert.equal(rig.bursts.length, 1);
		}
	});

	it("PERMAP 0 does not pace", () => {
		const rig = newRig();
		start(rig, 0, [copyOf(64, { info: COPY | S_DREQ | D_DREQ })]);
		rig.run();
		assert.equal(rig.read(0, CS) & END, END);
	});

	it("words go out and come in through a FIFO; a tail is filled up with zeros", () => {
		const rig = newRig();
		const fifo = new SimFifo(rig.machine, { name: "pcm", base: FIFO, size: 4, interrupt: -1, requestWords: 1 });
		fifo.wireRequests(rig.dma.connectRequest(fifo, 3), rig.dma.connectRequest(fifo, 2));
		rig.machine.memory.writeBytes(0x100000, pattern(42));
		start(rig, 0, [copyOf(42, { info: S_INC | D_DREQ | WAIT_RESP | permap(2), dst: FIFO_BUS })]);
		rig.run();
		assert.deepEqual(fifo.takeSent(100), Uint8Array.from([...pattern(42), 0, 0]));
		fifo.receive(pattern(44, 9));
		start(rig, 1, [copyOf(42, { info: D_INC | S_DREQ | permap(3), src: FIFO_BUS })]);
		rig.run();
		assert.deepEqual(rig.machine.memory.readBytes(0x200000, 43), Uint8Array.from([...pattern(42, 9), 0]));
	});
});

describe("BCM2835 DMA: several channels", () => {
	it("the higher PRIORITY has its turn first, equal ones take turns", () => {
		const order = (...priorities: number[]) => {
			const rig = newRig();
			priorities.forEach((priority, n) => {
				const block = copyOf(256, { info: COPY | WAIT_RESP, dst: ALIAS + 0x200000 + n * 0x1000 });
				start(rig, n, [block], ACTIVE | (priority << 16));
			});
			rig.run();
			return rig.bursts.map(({ channel }) => channel);
		};
		assert.deepEqual(order(0, 0, 0).slice(0, 6), [0, 1, 2, 0, 1, 2]);
		// While one of the two higher ones writes the other reads: channel 0 has to wait for both.
		const channels = order(0, 5, 5);
		const second = channels.indexOf(0, channels.indexOf(0) + 1);
		assert.ok(second > channels.lastIndexOf(1) - 1 && second > channels.lastIndexOf(2) - 1, channels.join(" "));
	});

	it("each copies its own bytes while all run", () => {
		const rig = newRig();
		for (let n = 0; n < 15; n++) {
			rig.machine.memory.writeBytes(0x100000 + n * 0x1000, pattern(1000, n));
			start(rig, n, [copyOf(1000, { src: ALIAS + 0x100000 + n * 0x1000, dst: ALIAS + 0x200000 + n * 0x1000 })]);
		}
		rig.run();
		for (let n = 0; n < 15; n++)
			assert.deepEqual(rig.machine.memory.readBytes(0x200000 + n * 0x1000, 1000), pattern(1000, n));
		assert.equal(rig.machine.bus.read(BASE + INT_STATUS, 4), 0x7fff);
	});

	it("a snapshot in the middle comes back exactly", () => {
		const run = (between: (rig: Rig) => void) => {
			const rig = newRig();
			rig.machine.memory.writeBytes(0x100000, pattern(4096));
			start(rig, 0, [copyOf(4096)]);
			start(rig, 8, [copyOf(4096, { dst: ALIAS + 0x300000 })]);
			rig.machine.advanceTo(20_000_000);
			between(rig);
			rig.run();
			return rig.machine.hash();
		};
		const straight = run(() => {});
		const back = run((rig) => {
			const snapshot = rig.machine.snapshot();
			rig.write(0, CS, RESET);
			rig.run();
			rig.machine.restore(snapshot);
		});
		assert.equal(back, straight);
	});
});

describe("BCM2835 DMA: what a debugger sees", () => {
	it("control blocks are decoded through the bus's alias", () => {
		const rig = newRig();
		const at = chain(rig, [copyOf(4096, { info: 0x20149, next: 0 })]);
		const item = rig.dma.readChainItem(0, at);
		assert.deepEqual(
			{ ...item, fields: item?.fields.slice(0, 1) },
			{
				address: ALIAS + BLOCKS,
				phys: BLOCKS,
				size: 32,
				name: "CB",
				src: ALIAS + 0x100000,
				dst: ALIAS + 0x200000,
				length: 4096,
				next: ALIAS + BLOCKS,
				last: false,
				notes: ["interrupt"],
				fields: [{ name: "info", value: "0x00020149 INTEN WAIT_RESP DEST_DREQ SRC_INC PERMAP PCM TX" }],
			},
		);
		assert.equal(rig.dma.readChainItem(0, 0x7e203004), null);
	});

	it("the view of a running channel counts what has reached its destination", () => {
		const rig = newRig();
		start(rig, 0, [copyOf(256, { info: COPY | WAIT_RESP })]);
		while (rig.bursts.length < 3) rig.machine.advanceTo(rig.machine.nextEventTime());
		const view = rig.dma.channelView(0);
		assert.equal(view.blockDone, 96);
		assert.deepEqual([view.burstsDone, view.burstsTotal, view.descriptor], [3, 8, ALIAS + BLOCKS]);
		assert.deepEqual([view.direction, view.state], ["mem-to-mem", "running"]);
	});
});
