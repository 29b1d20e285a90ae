import assert from "node:assert/strict";
import { Stm32Dma } from "../../src/hardware/stm32-dma/controller";
import { isLegal } from "../../src/hardware/stm32-dma/registers";
import { Machine } from "../../src/sim/machine";

const DMA = 0x48000000;
const RAM = 0xc0000000;
const PORT = 0x40000000;
/** 209 MHz. */
const CYCLE = 4785;
const CR = (stream: number) => DMA + 0x10 + 0x18 * stream;
const [NDTR, PAR, M0AR, M1AR, FCR] = [4, 8, 12, 16, 20];
const EN = 1;
const DMDIS = 4;
const P2M = 0;
const M2P = 1 << 6;
const M2M = 2 << 6;
const [CIRC, PINC, MINC, DBM, CT] = [1 << 8, 1 << 9, 1 << 10, 1 << 18, 1 << 19];

interface Burst {
	readonly channel: number;
	readonly src: number;
	readonly dst: number;
	readonly length: number;
	readonly beats: number;
	readonly time: number;
}

/** A machine with one controller and a peripheral that gives and takes numbers. */
class Bench {
	readonly machine = new Machine();
	readonly dma: Stm32Dma;
	readonly bursts: Burst[] = [];
	readonly taken: number[] = [];
	private given = 0;
	private readonly lines: number[];
	private readonly wanted: number[] = [];

	constructor(config: { illegalFifoRaisesFei?: boolean } = {}) {
		const { machine } = this;
		machine.memory.addRegion(RAM, 0x100000);
		machine.bus.attach({
			name: "port",
			base: PORT,
			size: 16,
			readLatency: 8,
			readLatencyPs: -1,
			peek: () => 0,
			read: (_, size) => {
				let value = 0;
				for (let byte = 0; byte < size; byte++) value += (this.given++ & 255) * 256 ** byte;
				return value;
			},
			write: (_, __, value) => {
				this.taken.push(value);
			},
		});
		const interrupts = [0, 1, 2, 3, 4, 5, 6, 7];
		this.dma = new Stm32Dma(machine, { name: "dma", base: DMA, size: 0x400, interrupts, cyclePs: CYCLE, ...config });
		this.lines = interrupts.map((stream) => {
			this.wanted.push(0);
			const source = {
				acknowledged: () => {
					this.wanted[stream]!--;
					machine.requests.set(this.lines[stream]!, this.wanted[stream]! > 0);
				},
			};
			return this.dma.connectRequest(source, stream * 8);
		});
		machine.observers.add({
			burst: (_, channel, src, dst, length, beats) =>
				this.bursts.push({ channel, src, dst, length, beats, time: machine.time }),
		});
	}

	ask(stream: number, count: number): void {
		this.wanted[stream]! += count;
		this.machine.requests.set(this.lines[stream]!, true);
	}
	read(at: number): number {
		return this.machine.bus.read(at, 4);
	}
	write(at: number, value: number): void {
		this.machine.bus.write(at, 4, value);
	}
	start(stream: number, cr: number, fcr: number, items: number, memory = RAM, peripheral = PORT): void {
		this.write(CR(stream) + PAR, peripheral);
		this.write(CR(stream) + M0AR, memory);
		this.write(CR(stream) + NDTR, items);
		this.write(CR(stream) + FCR, fcr);
		this.write(CR(stream), cr | EN);
	}
	run(): void {
		this.machine.advanceTo(this.machine.time + 1e12);
	}
	flags(stream: number): number {
		return (this.read(DMA + (stream & 4)) >>> [0, 6, 16, 22][stream & 3]!) & 0x3d;
	}
	memory(length: number, at = RAM): number[] {
		return [...this.machine.memory.readBytes(at, length)];
	}
}

const count = (length: number, first = 0) => Array.from({ length }, (_, at) => (at + first) & 255);

describe("STM32 DMA", () => {
	it("direct mode: one item for each request, nothing is kept back", () => {
		const bench = new Bench();
		bench.start(0, P2M | MINC, 0, 8);
		bench.ask(0, 3);
		bench.run();
		assert.deepEqual(bench.memory(4), [0, 1, 2, 0]);
		assert.equal(bench.read(CR(0) + NDTR), 5);
		assert.equal(bench.read(CR(0)) & EN, 1);
	});

	it("FIFO mode: memory is written from the threshold on, in bursts, and the end is flushed", () => {
		const bench = new Bench();
		// Bytes in, INCR4 of half-words out, half full: 8 bytes.
		const cr = P2M | MINC | (1 << 13) | (1 << 23);
		bench.start(0, cr, DMDIS | 1, 21);
		bench.ask(0, 7);
		bench.run();
		assert.deepEqual(bench.memory(8), new Array(8).fill(0));
		assert.equal((bench.read(CR(0) + FCR) >>> 3) & 7, 1, "FS: below a half");
		bench.ask(0, 14);
		bench.run();
		assert.deepEqual(bench.memory(22), [...count(21), 0]);
		assert.deepEqual(
			bench.bursts.map(({ length, beats }) => [length, beats]),
			[
				[8, 4],
				[8, 4],
				[2, 1],
				[2, 1],
				[1, 1],
			],
		);
		assert.equal(bench.flags(0), 0x30);
		assert.equal(bench.read(CR(0)) & EN, 0);
	});

	it("packs and unpacks little endian between sizes", () => {
		const bench = new Bench();
		bench.machine.memory.writeBytes(RAM, Uint8Array.from(count(16, 1)));
		// Bytes from memory, words to the peripheral.
		bench.start(1, M2P | MINC | (2 << 11), DMDIS | 3, 4);
		bench.ask(1, 4);
		bench.run();
		assert.deepEqual(bench.taken, [0x04030201, 0x08070605, 0x0c0b0a09, 0x100f0e0d]);
	});

	it("memory to peripheral reads ahead as soon as it is enabled; NDTR counts what has been handed over", () => {
		const bench = new Bench();
		bench.start(0, M2P | MINC, DMDIS | 1, 40);
		bench.run();
		assert.equal((bench.read(CR(0) + FCR) >>> 3) & 7, 5, "FS: full");
		assert.equal(bench.read(CR(0) + NDTR), 40);
		bench.ask(0, 3);
		bench.run();
		assert.equal(bench.read(CR(0) + NDTR), 37);
	});

	it("peripheral bursts move several items for one request", () => {
		const bench = new Bench();
		bench.start(0, P2M | MINC | (1 << 21), DMDIS | 3, 10);
		bench.ask(0, 2);
		bench.run();
		assert.equal(bench.read(CR(0) + NDTR), 2);
		// The two that are left are no burst: one request each.
		bench.ask(0, 1);
		bench.run();
		assert.equal(bench.read(CR(0) + NDTR), 1);
	});

	it("circular mode begins again with the same addresses and count", () => {
		const bench = new Bench();
		bench.start(2, P2M | MINC | CIRC, 0, 4);
		bench.ask(2, 6);
		bench.run();
		assert.deepEqual(bench.memory(5), [4, 5, 2, 3, 0]);
		assert.equal(bench.read(CR(2) + NDTR), 2);
		assert.equal(bench.flags(2) & 0x20, 0x20);
	});

	it("double buffer: CT toggles, and only the address that is not in use may be written", () => {
		const bench = new Bench();
		bench.write(CR(0) + M1AR, RAM + 0x100);
		bench.start(0, P2M | MINC | DBM, 0, 4);
		bench.ask(0, 6);
		bench.run();
		assert.deepEqual([bench.memory(4), bench.memory(2, RAM + 0x100)], [count(4), [4, 5]]);
		assert.equal(bench.read(CR(0)) & CT, CT);
		bench.write(CR(0) + M0AR, RAM + 0x200);
		bench.ask(0, 3);
		bench.run();
		assert.deepEqual(bench.memory(1, RAM + 0x200), [8]);
		assert.equal(bench.read(CR(0)) & (CT | EN), EN);
		bench.write(CR(0) + M0AR, RAM + 0x300);
		assert.equal(bench.flags(0) & 8, 8, "TEIF");
		assert.equal(bench.read(CR(0)) & EN, 0);
	});

	it("legal bursts are those of the reference's table (2.3)", () => {
		// By MSIZE and burst, the thresholds 1/4 to full at which they are allowed.
		const table: Readonly<Record<string, string>> = {
			"0,1": "1111",
			"0,2": "0101",
			"0,3": "0001",
			"1,1": "0101",
			"1,2": "0001",
			"1,3": "0000",
			"2,1": "0001",
			"2,2": "0000",
			"2,3": "0000",
		};
		for (const [key, allowed] of Object.entries(table)) {
			const [size, burst] = key.split(",").map(Number);
			const seen = [0, 1, 2, 3].map((th) => (isLegal(P2M | (size << 13) | (burst << 23), DMDIS | th) ? 1 : 0));
			assert.equal(seen.join(""), allowed, key);
		}
	});

	it("an illegal combination sets FEIF and does not start", () => {
		const bench = new Bench();
		bench.start(0, P2M | MINC | (3 << 23), DMDIS, 16);
		assert.equal(bench.read(CR(0)) & EN, 0);
		assert.equal(bench.flags(0), 1);
		bench.start(1, M2M | MINC | PINC, 0, 16);
		assert.equal(bench.flags(1), 1);
	});

	it("with the knob off it starts nevertheless", () => {
		const bench = new Bench({ illegalFifoRaisesFei: false });
		bench.start(0, P2M | MINC | (3 << 23), DMDIS, 4);
		bench.ask(0, 4);
		bench.run();
		assert.deepEqual(bench.memory(4), count(4));
	});

	it("an enabled stream keeps its configuration", () => {
		const bench = new Bench();
		bench.start(0, P2M | MINC, 0, 4);
		bench.write(CR(0) + NDTR, 100);
		bench.write(CR(0) + PAR, 1);
		bench.write(CR(0) + M0AR, 1);
		bench.write(CR(0), EN | (1 << 4));
		assert.deepEqual(
			[CR(0), CR(0) + NDTR, CR(0) + PAR, CR(0) + M0AR].map((at) => bench.read(at)),
			[P2M | MINC | EN | (1 << 4), 4, PORT, RAM],
		);
	});

	it("clearing EN flushes what was read, then sets TCIF", () => {
		const bench = new Bench();
		bench.start(0, P2M | MINC, DMDIS | 3, 16);
		bench.ask(0, 5);
		bench.run();
		assert.deepEqual(bench.memory(5), [0, 0, 0, 0, 0]);
		bench.write(CR(0), P2M | MINC);
		assert.equal(bench.read(CR(0)) & EN, 1);
		bench.run();
		assert.equal(bench.read(CR(0)) & EN, 0);
		assert.deepEqual(bench.memory(6), [...count(5), 0]);
		assert.equal(bench.flags(0) & 0x20, 0x20);
	});

	it("the highest priority wins a port, the lower number among equals", () => {
		const bench = new Bench();
		const low = M2M | MINC | PINC;
		const high = low | (3 << 16);
		bench.machine.memory.fill(RAM, 7, 64);
		// A first access of stream 0 has the ports before the others come.
		bench.start(0, low, DMDIS, 4, RAM + 0x1000, RAM);
		bench.start(3, low, DMDIS, 4, RAM + 0x2000, RAM);
		bench.start(5, high, DMDIS, 4, RAM + 0x3000, RAM);
		bench.start(6, high, DMDIS, 4, RAM + 0x4000, RAM);
		bench.run();
		const ends = [...new Set(bench.bursts.map(({ channel }) => channel).reverse())].reverse();
		assert.deepEqual(ends.slice(0, 2), [5, 6]);
		assert.deepEqual(ends.slice(2), [0, 3]);
	});

	it("takes the cycles of the reference (2.7)", () => {
		const bench = new Bench();
		bench.start(0, P2M | MINC, 0, 1);
		bench.ask(0, 1);
		bench.run();
		// Request 3, arbitration 1, peripheral 4; then arbitration 1, DDR 8.
		assert.equal(bench.bursts[0]!.time, 17 * CYCLE);
	});

	it("a bus error sets TEIF and stops the stream", () => {
		const bench = new Bench();
		bench.start(0, P2M | MINC, 0, 4, RAM, 0x50000000);
		bench.ask(0, 1);
		bench.run();
		assert.equal(bench.flags(0), 8);
		assert.equal(bench.read(CR(0)) & EN, 0);
	});

	it("a request that finds no room is an overrun: DMEIF in direct mode, and nothing is lost", () => {
		const bench = new Bench();
		bench.start(0, P2M | MINC, 0, 4);
		bench.ask(0, 1);
		// The item is in the FIFO after 8 cycles and in memory after 17.
		bench.machine.advanceTo(10 * CYCLE);
		bench.ask(0, 1);
		assert.equal(bench.flags(0) & 4, 4);
		bench.run();
		assert.deepEqual(bench.memory(2), count(2));
	});

	it("an underrun of direct mode is DMEIF, too: the item is still on its way from memory", () => {
		const bench = new Bench();
		bench.machine.memory.writeBytes(RAM, Uint8Array.from(count(4, 1)));
		bench.start(0, M2P | MINC, 0, 4);
		bench.run();
		assert.equal(bench.flags(0), 0);
		bench.ask(0, 1);
		while (bench.taken.length === 0) bench.machine.advanceTo(bench.machine.time + CYCLE);
		bench.ask(0, 1);
		assert.equal(bench.flags(0) & 5, 4);
		bench.run();
		assert.deepEqual(bench.taken, [1, 2]);
		assert.equal(bench.read(CR(0)) & EN, EN);
	});

	it("a request that finds the FIFO full is FEIF in FIFO mode; the stream goes on and nothing is lost", () => {
		const bench = new Bench();
		// Bytes in, words out one by one, from the full FIFO on.
		bench.start(0, P2M | MINC | (2 << 13), DMDIS | 3, 32);
		bench.ask(0, 16);
		const isFull = () => ((bench.read(CR(0) + FCR) >>> 3) & 7) === 5;
		while (!isFull()) bench.machine.advanceTo(bench.machine.time + CYCLE);
		assert.equal(bench.flags(0) & 5, 0);
		bench.ask(0, 1);
		assert.equal(bench.flags(0) & 5, 1);
		assert.equal(bench.read(CR(0)) & EN, EN);
		bench.ask(0, 15);
		bench.run();
		assert.deepEqual(bench.memory(32), count(32));
	});

	it("a burst of the peripheral that the FIFO cannot hold is illegal: FEIF, and EN falls", () => {
		// INCR8 of words: 32 bytes; INCR4 of words fits.
		assert.equal(isLegal(P2M | (2 << 11) | (2 << 21), DMDIS | 3), false);
		assert.equal(isLegal(P2M | (2 << 11) | (1 << 21), DMDIS | 3), true);
		// Memory to memory needs the FIFO, and does not repeat.
		assert.equal(isLegal(M2M | CIRC, DMDIS), false);
		assert.equal(isLegal(M2M | DBM, DMDIS), false);
	});

	it("comes back from a snapshot in the middle of a burst", () => {
		const bench = new Bench();
		bench.machine.memory.writeBytes(RAM, Uint8Array.from(count(200)));
		bench.start(0, M2M | MINC | PINC | (1 << 21) | (1 << 23), DMDIS, 200, RAM + 0x1000, RAM);
		bench.machine.advanceTo(100 * CYCLE);
		const snapshot = bench.machine.snapshot();
		bench.run();
		const hash = bench.machine.hash();
		bench.machine.restore(snapshot);
		bench.machine.advanceTo(snapshot.time + 1e12);
		assert.equal(bench.machine.hash(), hash);
		assert.deepEqual(bench.memory(200, RAM + 0x1000), count(200));
	});
});
