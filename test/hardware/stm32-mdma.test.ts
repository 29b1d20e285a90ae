import assert from "node:assert/strict";
import fc from "fast-check";
import { Stm32Dma } from "../../src/hardware/stm32-dma/controller";
import { Stm32Mdma } from "../../src/hardware/stm32-mdma/controller";
import type { Stm32MdmaConfig } from "../../src/hardware/stm32-mdma/state";
import { Machine } from "../../src/sim/machine";

const MDMA = 0x58000000;
const DMA = 0x48000000;
const RAM = 0xc0000000;
const SRAM = 0x10000000;
const PORT = 0x40000000;
const LINE = 122;
/** 266 MHz. */
const CYCLE = 3759;
const [CISR, CIFCR, CESR, CCR, CTCR, CBNDTR, CSAR, CDAR, CBRUR, CLAR, CTBR, CMAR, CMDR] = [
	0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 52,
] as const;
const [TEIF, CTCIF, BRTIF, BTIF, TCIF] = [1, 2, 4, 8, 16] as const;
const [EN, CTCIE, BTIE, SWRQ] = [1, 4, 16, 1 << 16] as const;
const SWRM = 1 << 30;
const PKE = 1 << 25;
const [BUFFER, BLOCK, REPEAT, LIST] = [0, 1, 2, 3] as const;
const [FIXED, INC, DEC] = [0, 2, 3] as const;

/** CTCR from its fields; sizes are log2 of bytes, steps those of the items unless said. */
function control(fields: {
	sinc?: number;
	dinc?: number;
	size?: number;
	dsize?: number;
	sstep?: number;
	dstep?: number;
	tlen?: number;
	mode?: number;
	more?: number;
}): number {
	const { sinc = INC, dinc = INC, size = 0, tlen = 128, mode = BLOCK, more = 0 } = fields;
	const { dsize = size, sstep = size, dstep = dsize } = fields;
	const low = sinc | (dinc << 2) | (size << 4) | (dsize << 6) | (sstep << 8) | (dstep << 10);
	return (low | ((tlen - 1) << 18) | (mode << 28) | more) >>> 0;
}

interface Burst {
	readonly channel: number;
	readonly src: number;
	readonly dst: number;
	readonly length: number;
	readonly time: number;
}

class Bench {
	readonly machine = new Machine();
	readonly mdma: Stm32Mdma;
	readonly dma: Stm32Dma;
	readonly bursts: Burst[] = [];
	readonly taken: number[] = [];
	private given = 0;
	private readonly lines: number[];
	private readonly wanted: number[] = [0, 0];
	readonly acknowledged: number[] = [0, 0];

	constructor(config: Partial<Stm32MdmaConfig> = {}) {
		const { machine } = this;
		machine.memory.addRegion(RAM, 0x100000);
		machine.memory.addRegion(SRAM, 0x1000, 4);
		machine.bus.attach({
			name: "port",
			base: PORT,
			size: 16,
			readLatency: 8,
			readLatencyPs: -1,
			read: (_, size) => {
				let value = 0;
				for (let byte = 0; byte < size; byte++) value += (this.given++ & 255) * 256 ** byte;
				return value;
			},
			peek: () => 0,
			write: (_, __, value) => {
				this.taken.push(value);
			},
		});
		const place = { name: "mdma", base: MDMA, size: 0x1000, interrupt: LINE, channels: 4, cyclePs: CYCLE };
		this.mdma = new Stm32Mdma(machine, { ...place, ...config });
		this.dma = new Stm32Dma(machine, { name: "dma", base: DMA, size: 0x400, interrupts: [] });
		this.dma.connectEnds(this.mdma, 0);
		this.lines = [0, 1].map((n) => {
			const source = {
				acknowledged: () => {
					this.acknowledged[n]++;
					this.wanted[n]--;
					machine.requests.set(this.lines[n], this.wanted[n] > 0);
				},
			};
			return this.mdma.connectRequest(source, 40 + n);
		});
		machine.observers.add({
			burst: (_, channel, src, dst, length) => this.bursts.push({ channel, src, dst, length, time: machine.time }),
		});
		machine.interrupts.unmask(LINE);
	}

	/** Requests 40 and 41. */
	ask(n: number, count: number): void {
		this.wanted[n] += count;
		this.machine.requests.set(this.lines[n], this.wanted[n] > 0);
	}
	at(channel: number, register: number): number {
		return MDMA + 0x40 + 0x40 * channel + register;
	}
	read(channel: number, register: number): number {
		return this.machine.bus.read(this.at(channel, register), 4);
	}
	write(channel: number, register: number, value: number): void {
		this.machine.bus.write(this.at(channel, register), 4, value);
	}
	set(channel: number, registers: readonly (readonly [number, number])[]): void {
		for (const [register, value] of registers) this.write(channel, register, value);
	}
	/** A copy from RAM to RAM + 0x8000 by software request. */
	copy(channel: number, bytes: number, ctcr: number, ccr = 0): void {
		this.set(channel, [
			[CTCR, (ctcr | SWRM) >>> 0],
			[CBNDTR, bytes],
			[CSAR, RAM],
			[CDAR, RAM + 0x8000],
			[CCR, ccr | EN],
			[CCR, ccr | EN | SWRQ],
		]);
	}
	run(ps = 1e12): void {
		this.machine.advanceTo(this.machine.time + ps);
	}
	fill(at: number, bytes: readonly number[]): void {
		this.machine.memory.writeBytes(at, Uint8Array.from(bytes));
	}
	memory(length: number, at = RAM + 0x8000): number[] {
		return [...this.machine.memory.readBytes(at, length)];
	}
	flags(channel = 0): number {
		return this.read(channel, CISR) & 0x1f;
	}
}

const count = (length: number, first = 0) => Array.from({ length }, (_, at) => (at + first) & 255);

/** A node in memory. */
function node(bench: Bench, at: number, words: readonly number[]): void {
	words.forEach((word, i) => {
		bench.machine.memory.write32(at + 4 * i, word);
	});
}

describe("STM32 MDMA", () => {
	it("a block is moved in buffers of TLEN + 1 bytes, the last one shorter", () => {
		const bench = new Bench();
		bench.fill(RAM, count(200));
		bench.copy(0, 200, control({ tlen: 64 }));
		bench.run();
		assert.deepEqual(bench.memory(201), [...count(200), 0]);
		assert.deepEqual(
			bench.bursts.map(({ length }) => length),
			[64, 64, 64, 8],
		);
		assert.equal(bench.flags(), CTCIF | BTIF);
		assert.equal(bench.read(0, CCR) & EN, 0);
		assert.equal(bench.read(0, CBNDTR), 0);
		assert.deepEqual([bench.read(0, CSAR), bench.read(0, CDAR)], [RAM + 200, RAM + 0x8000 + 200]);
	});

	it("takes arbitration 2, read latency 20 + beats, write 8 + beats cycles for a buffer (reference 4.4)", () => {
		const bench = new Bench();
		bench.copy(0, 256, control({ size: 3 }));
		bench.run();
		const buffer = (2 + 20 + 16 + 8 + 16) * CYCLE;
		assert.deepEqual(
			bench.bursts.map(({ time }) => time),
			[buffer, 2 * buffer],
		);
	});

	it("a link load takes 12 cycles and the latency of its memory", () => {
		const bench = new Bench();
		const ctcr = control({ size: 3, mode: LIST, more: SWRM });
		node(bench, RAM + 0x100, [ctcr, 128, RAM, RAM + 0x9000, 0, 0, 0, 0, 0, 0]);
		bench.write(0, CLAR, RAM + 0x100);
		bench.copy(0, 128, control({ size: 3, mode: LIST }));
		bench.run();
		const buffer = (2 + 20 + 16 + 8 + 16) * CYCLE;
		assert.deepEqual(
			bench.bursts.map(({ time }) => time),
			[buffer, 2 * buffer + (12 + 20) * CYCLE],
		);
	});

	describe("one request moves", () => {
		const slave = (bench: Bench, mode: number, words: readonly (readonly [number, number])[] = []) =>
			bench.set(0, [
				[CTCR, control({ sinc: FIXED, tlen: 8, mode })],
				[CBNDTR, 16],
				[CSAR, PORT],
				[CDAR, RAM],
				[CTBR, 40],
				...words,
				[CCR, EN],
			]);

		it("a buffer with TRGM 0, and TCIF is set", () => {
			const bench = new Bench();
			slave(bench, BUFFER);
			bench.run();
			assert.equal(bench.bursts.length, 0);
			bench.ask(0, 1);
			bench.run();
			assert.deepEqual(bench.memory(16, RAM), [...count(8), ...new Array(8).fill(0)]);
			assert.equal(bench.flags(), TCIF);
			assert.equal(bench.read(0, CBNDTR), 8);
			bench.ask(0, 1);
			bench.run();
			assert.deepEqual(bench.memory(16, RAM), count(16));
			assert.equal(bench.flags(), TCIF | BTIF | CTCIF);
			assert.equal(bench.acknowledged[0], 2);
		});

		it("a block with TRGM 1", () => {
			const bench = new Bench();
			slave(bench, BLOCK);
			bench.ask(0, 1);
			bench.run();
			assert.deepEqual(bench.memory(16, RAM), count(16));
			assert.equal(bench.flags(), BTIF | CTCIF);
			assert.equal(bench.acknowledged[0], 1);
		});

		it("all repetitions with TRGM 2, moved on by CBRUR; BRTIF at their end", () => {
			const bench = new Bench();
			// Twice more; the destination goes on by 16, the source (a port) stays.
			slave(bench, REPEAT, [
				[CBNDTR, (2 << 20) | 16],
				[CBRUR, 16 << 16],
			]);
			bench.ask(0, 1);
			bench.run();
			const part = (n: number) => bench.memory(32, RAM + 32 * n);
			assert.deepEqual(part(0), [...count(16), ...new Array(16).fill(0)]);
			assert.deepEqual(part(1), [...count(16, 16), ...new Array(16).fill(0)]);
			assert.deepEqual(part(2), [...count(16, 32), ...new Array(16).fill(0)]);
			assert.equal(bench.flags(), BTIF | BRTIF | CTCIF);
			assert.equal(bench.acknowledged[0], 1);
		});

		it("a block with TRGM 1 although it is repeated, and BRSUM goes back", () => {
			const bench = new Bench();
			bench.fill(RAM + 0x100, count(16));
			bench.set(0, [
				[CTCR, control({ mode: BLOCK })],
				[CBNDTR, (1 << 20) | (1 << 18) | 16],
				[CBRUR, 16],
				[CSAR, RAM + 0x100],
				[CDAR, RAM],
				[CTBR, 40],
				[CCR, EN],
			]);
			bench.ask(0, 1);
			bench.run();
			assert.deepEqual([bench.flags(), bench.read(0, CBNDTR)], [BTIF, (1 << 18) | 16]);
			bench.ask(0, 1);
			bench.run();
			assert.deepEqual(bench.memory(32, RAM), [...count(16), ...count(16)]);
			assert.equal(bench.flags(), BTIF | BRTIF | CTCIF);
		});

		for (const [name, mode, requests] of [
			["one block of a list with TRGM 1", BLOCK, 2],
			["the whole list with TRGM 3", LIST, 1],
		] as const)
			it(name, () => {
				const bench = new Bench();
				const ctcr = control({ sinc: FIXED, tlen: 8, mode });
				node(bench, RAM + 0x100, [ctcr, 16, PORT, RAM + 0x40, 0, 0, 40, 0, 0, 0]);
				slave(bench, mode, [[CLAR, RAM + 0x100]]);
				bench.ask(0, requests);
				bench.run();
				assert.deepEqual(bench.memory(16, RAM + 0x40), count(16, 16));
				assert.equal(bench.acknowledged[0], requests);
				assert.equal(bench.read(0, CLAR), 0);
				assert.equal(bench.flags(), BTIF | CTCIF);
			});
	});

	it("a line that stays active is a request again; software requests mode ignores it", () => {
		const bench = new Bench();
		bench.ask(0, 3);
		bench.set(0, [
			[CTCR, control({ sinc: FIXED, tlen: 4, mode: BUFFER })],
			[CBNDTR, 16],
			[CSAR, PORT],
			[CDAR, RAM],
			[CTBR, 40],
			[CCR, EN],
		]);
		bench.set(1, [
			[CTCR, (control({ mode: BUFFER }) | SWRM) >>> 0],
			[CBNDTR, 4],
			[CSAR, RAM],
			[CDAR, RAM + 0x100],
			[CTBR, 40],
			[CCR, EN],
		]);
		bench.run();
		assert.equal(bench.read(0, CBNDTR), 4);
		assert.equal(bench.read(1, CBNDTR), 4);
	});

	it("writes CMDR to CMAR when a request has been served", () => {
		const bench = new Bench();
		bench.set(0, [
			[CMAR, RAM + 0x200],
			[CMDR, 0x12345678],
		]);
		bench.copy(0, 16, control({ tlen: 8, mode: BUFFER }));
		assert.equal(bench.machine.memory.read32(RAM + 0x200), 0);
		bench.run();
		assert.equal(bench.machine.memory.read32(RAM + 0x200), 0x12345678);
		assert.equal(bench.read(0, CBNDTR), 8);
	});

	describe("addresses and items", () => {
		const move = (ctcr: number, bytes: number, words: readonly (readonly [number, number])[] = [], ccr = 0) => {
			const bench = new Bench();
			bench.fill(RAM, count(64, 1));
			bench.set(0, [
				[CTCR, (ctcr | SWRM) >>> 0],
				[CBNDTR, bytes],
				[CSAR, RAM],
				[CDAR, RAM + 0x8000],
				...words,
				[CCR, ccr | EN],
				[CCR, ccr | EN | SWRQ],
			]);
			bench.run();
			return bench;
		};

		it("decrement: items go backwards, each one as it is", () => {
			const bench = move(control({ sinc: DEC, size: 1 }), 6, [[CSAR, RAM + 4]]);
			assert.deepEqual(bench.memory(6), [5, 6, 3, 4, 1, 2]);
			assert.equal(bench.read(0, CSAR), RAM - 2);
		});

		it("SINCOS and DINCOS: items with gaps", () => {
			const bench = move(control({ sstep: 1, dstep: 2 }), 3);
			assert.deepEqual(bench.memory(9), [1, 0, 0, 0, 3, 0, 0, 0, 5]);
		});

		it("a fixed destination gets every item", () => {
			const bench = move(control({ dinc: FIXED, size: 2 }), 12, [[CDAR, PORT]]);
			assert.deepEqual(bench.taken, [0x04030201, 0x08070605, 0x0c0b0a09]);
		});

		it("PKE packs bytes into words and takes words apart", () => {
			assert.deepEqual(
				move(control({ dinc: FIXED, dsize: 2, more: PKE }), 8, [[CDAR, PORT]]).taken,
				[0x04030201, 0x08070605],
			);
			assert.deepEqual(
				move(control({ dinc: FIXED, size: 2, dsize: 0, more: PKE }), 4, [[CDAR, PORT]]).taken,
				[1, 2, 3, 4],
			);
		});

		it("without PKE each item is filled up or cut as PAM says", () => {
			const wide = (pam: number) => {
				const bench = new Bench();
				bench.fill(RAM, [0x11, 0x92]);
				bench.copy(0, 2, control({ dsize: 1, more: pam << 26 }));
				bench.run();
				return bench.memory(4);
			};
			assert.deepEqual(wide(0), [0x11, 0, 0x92, 0]);
			assert.deepEqual(wide(1), [0x11, 0, 0x92, 0xff]);
			assert.deepEqual(wide(2), [0, 0x11, 0, 0x92]);
			assert.deepEqual(move(control({ size: 2, dsize: 1 }), 8).memory(4), [1, 2, 5, 6]);
			assert.deepEqual(move(control({ size: 2, dsize: 1, more: 2 << 26 }), 8).memory(4), [3, 4, 7, 8]);
		});

		it("BEX, HEX and WEX exchange bytes, half-words and words of the items written", () => {
			const swapped = (bit: number) => move(control({ size: 3 }), 8, [], 1 << bit).memory(8);
			assert.deepEqual(swapped(12), [2, 1, 4, 3, 6, 5, 8, 7]);
			assert.deepEqual(swapped(13), [3, 4, 1, 2, 7, 8, 5, 6]);
			assert.deepEqual(swapped(14), [5, 6, 7, 8, 1, 2, 3, 4]);
		});
	});

	it("moves what a loop over items would, for any sizes, steps, buffers, packing and exchange", () => {
		const log2 = fc.integer({ min: 0, max: 3 });
		const mode = fc.constantFrom(FIXED, INC, DEC);
		const settings = fc.record({
			sinc: mode,
			dinc: mode,
			size: log2,
			dsize: log2,
			sstep: log2,
			dstep: log2,
			tlen: fc.integer({ min: 1, max: 128 }),
			packed: fc.boolean(),
			pam: fc.integer({ min: 0, max: 2 }),
			exchange: fc.integer({ min: 0, max: 7 }),
			units: fc.integer({ min: 1, max: 60 }),
		});
		// In the middle of a page, and at the begin of one: what goes down from there crosses it.
		const [from, to] = [RAM + 0x2800, RAM + 0x6000];
		const address = (first: number, mode: number, step: number, item: number) =>
			mode === FIXED ? first : mode === INC ? first + (item << step) : first - (item << step);
		const source = count(0x4000, 3).map((byte, at) => (byte ^ (at >> 5)) & 255);

		fc.assert(
			fc.property(settings, (one) => {
				const { size, dsize, pam } = one;
				const packed = one.packed || size === dsize;
				const bytes = one.units << Math.max(size, packed ? dsize : 0);
				const bench = new Bench();
				bench.fill(RAM, source);
				bench.copy(0, 0, 0);
				bench.write(0, CIFCR, 0x1f);
				bench.set(0, [
					[CTCR, (control({ ...one, more: (one.packed ? PKE : 0) | (pam << 26) }) | SWRM) >>> 0],
					[CBNDTR, bytes],
					[CSAR, from],
					[CDAR, to],
					[CCR, (one.exchange << 12) | EN],
					[CCR, (one.exchange << 12) | EN | SWRQ],
				]);
				bench.run();

				const items = Array.from({ length: bytes >> size }, (_, item) => {
					const at = address(from, one.sinc, one.sstep, item) - RAM;
					return source.slice(at, at + (1 << size));
				});
				const fit = (item: number[]): number[] => {
					const wide = 1 << dsize;
					if (pam === 2) return [...new Array(wide).fill(0), ...item].slice(-wide);
					const filler = pam === 1 && item.at(-1)! >= 128 ? 255 : 0;
					return [...item, ...new Array(wide).fill(filler)].slice(0, wide);
				};
				const stream = packed ? items.flat() : items.flatMap(fit);
				const expected = new Map<number, number>();
				for (let item = 0; item << dsize < stream.length; item++) {
					let parts = stream.slice(item << dsize, (item + 1) << dsize);
					for (const bit of [0, 1, 2])
						if (one.exchange & (1 << bit) && dsize > bit) parts = parts.map((_, byte) => parts[byte ^ (1 << bit)]);
					parts.forEach((byte, n) => {
						expected.set(address(to, one.dinc, one.dstep, item) + n, byte);
					});
				}
				assert.equal(bench.flags(), BTIF | CTCIF);
				for (const [at, byte] of expected) assert.equal(bench.machine.memory.read8(at), byte, `at ${at.toString(16)}`);
			}),
			{ numRuns: 300 },
		);
	});

	describe("errors", () => {
		it("a source that does not answer: TEIF, the low bits of the address, EN falls", () => {
			const bench = new Bench();
			bench.copy(0, 256, control({}));
			bench.machine.bus.fault(RAM + 0x80, 4, true, false);
			bench.run();
			assert.equal(bench.flags(), TEIF);
			assert.equal(bench.read(0, CESR), 0x80 & 0x7f);
			assert.equal(bench.read(0, CCR) & EN, 0);
			assert.equal(bench.read(0, CBNDTR), 128);
		});

		it("a destination: TED; a link: TELD; a mask write: TEMD", () => {
			const esr = (words: readonly (readonly [number, number])[]) => {
				const bench = new Bench();
				bench.copy(0, 8, control({}));
				bench.run();
				bench.write(0, CIFCR, 0x1f);
				bench.set(0, [[CBNDTR, 8], [CDAR, RAM], [CSAR, RAM], ...words, [CCR, EN], [CCR, EN | SWRQ]]);
				bench.run();
				assert.equal(bench.flags() & TEIF, TEIF);
				return bench.read(0, CESR);
			};
			assert.equal(esr([[CDAR, 0x0f000004]]), (1 << 7) | 4);
			assert.equal(esr([[CLAR, 0x0f000008]]), (1 << 8) | 8);
			assert.equal(esr([[CMAR, 0x0f00000c]]), (1 << 9) | (1 << 7) | 0xc);
		});

		it("ASE and BSE: addresses and lengths that are no multiple of the item", () => {
			const esr = (bytes: number, ctcr: number, source = RAM) => {
				const bench = new Bench();
				bench.set(0, [
					[CTCR, (ctcr | SWRM) >>> 0],
					[CBNDTR, bytes],
					[CSAR, source],
					[CDAR, RAM + 0x100],
					[CCR, EN],
				]);
				assert.deepEqual([bench.flags(), bench.read(0, CCR) & EN], [TEIF, 0]);
				return bench.read(0, CESR) & ~0x7f;
			};
			assert.equal(esr(8, control({ size: 2 }), RAM + 2), 1 << 10);
			assert.equal(esr(6, control({ size: 2 })), 1 << 11);
			assert.equal(esr(6, control({ size: 1, dsize: 2, more: PKE })), (1 << 11) | (1 << 7));
		});

		it("but not when told to do what it can", () => {
			const bench = new Bench({ checkSizes: false });
			bench.fill(RAM, count(6, 1));
			bench.copy(0, 6, control({ size: 2 }));
			bench.run();
			assert.deepEqual(bench.memory(7), [...count(6, 1), 0]);
		});
	});

	describe("EN", () => {
		it("cleared by software: the buffer in flight ends, then CTCIF; EN again goes on where it was", () => {
			const bench = new Bench();
			bench.fill(RAM, count(500));
			bench.copy(0, 500, control({}));
			bench.run(100 * CYCLE);
			bench.write(0, CCR, 0);
			assert.equal(bench.flags(), 0);
			bench.run();
			assert.equal(bench.flags(), CTCIF);
			assert.equal(bench.bursts.length, 1);
			assert.equal(bench.read(0, CBNDTR), 500 - 128);
			bench.write(0, CIFCR, CTCIF);
			bench.write(0, CCR, EN);
			bench.write(0, CCR, EN | SWRQ);
			bench.run();
			assert.deepEqual(bench.memory(500), count(500));
			assert.equal(bench.flags(), CTCIF | BTIF);
		});

		it("cleared while the channel waits for a request: CTCIF at once", () => {
			const bench = new Bench();
			bench.set(0, [
				[CTCR, control({})],
				[CBNDTR, 8],
				[CSAR, RAM],
				[CDAR, RAM],
				[CCR, EN],
				[CCR, 0],
			]);
			assert.equal(bench.flags(), CTCIF);
		});

		it("set with nothing left of the block: the next node, or the end", () => {
			const bench = new Bench();
			bench.fill(RAM, count(8));
			node(bench, RAM + 0x100, [control({ mode: LIST, more: SWRM }), 8, RAM, RAM + 0x8000, 0, 0, 0, 0, 0, 0]);
			bench.set(0, [
				[CTCR, (control({ mode: LIST }) | SWRM) >>> 0],
				[CLAR, RAM + 0x100],
				[CCR, EN],
				[CCR, EN | SWRQ],
			]);
			bench.run();
			assert.deepEqual(bench.memory(8), count(8));
			bench.write(0, CIFCR, 0x1f);
			bench.write(0, CCR, EN);
			assert.equal(bench.flags(), CTCIF);
		});

		it("protects the other registers, and says so once", () => {
			const bench = new Bench();
			const warnings: string[] = [];
			bench.machine.observers.add({ warning: (_, code) => warnings.push(code) });
			bench.set(0, [
				[CTBR, 40],
				[CBNDTR, 8],
				[CCR, EN],
				[CBNDTR, 16],
				[CSAR, RAM],
				[CCR, EN | (3 << 6) | CTCIE],
			]);
			assert.deepEqual([bench.read(0, CBNDTR), bench.read(0, CSAR), bench.read(0, CCR)], [8, 0, EN | CTCIE]);
			assert.deepEqual(warnings, ["locked"]);
		});
	});

	it("after each buffer the channel of the highest priority goes on; among equals the lowest number", () => {
		const bench = new Bench();
		for (const channel of [2, 1, 3]) bench.copy(channel, 256, control({}), channel === 3 ? 1 << 6 : 0);
		bench.run();
		assert.deepEqual(
			bench.bursts.map(({ channel }) => channel),
			// Channel 2 has begun before the others were there.
			[2, 3, 3, 1, 1, 2],
		);
	});

	it("one interrupt line: GISR0 shows the channels whose enabled flags are set", () => {
		const bench = new Bench();
		const pending = () => bench.machine.interrupts.pendingLine;
		bench.copy(1, 8, control({}), BTIE);
		bench.copy(2, 8, control({}));
		bench.run();
		assert.equal(bench.machine.bus.read(MDMA, 4), 1 << 1);
		assert.equal(pending(), LINE);
		bench.write(1, CIFCR, BTIF);
		assert.equal(bench.machine.bus.read(MDMA, 4), 0);
		assert.equal(pending(), -1);
		assert.equal(bench.flags(1), CTCIF);
	});

	it("a secure channel shows SM", () => {
		const bench = new Bench({ secureChannels: 0b10 });
		assert.deepEqual([bench.read(0, CCR), bench.read(1, CCR)], [0, 1 << 8]);
	});

	it("the end of an STM32 DMA transfer asks once; the mask write clears its flag", () => {
		const bench = new Bench();
		bench.fill(RAM, count(32));
		bench.set(0, [
			[CTCR, control({ size: 3, mode: BLOCK })],
			[CBNDTR, 32],
			[CSAR, SRAM],
			[CDAR, RAM + 0x8000],
			[CTBR, 1],
			[CMAR, DMA + 8],
			[CMDR, 1 << 11],
			[CCR, EN],
		]);
		// Stream 1 copies to SRAM.
		const stream = DMA + 0x28;
		const { bus } = bench.machine;
		bus.write(stream + 8, 4, RAM);
		bus.write(stream + 12, 4, SRAM);
		bus.write(stream + 4, 4, 32);
		bus.write(stream + 20, 4, 4);
		bus.write(stream, 4, (2 << 6) | (1 << 9) | (1 << 10) | EN);
		bench.run();
		assert.deepEqual(bench.memory(32), count(32));
		assert.equal(bus.read(DMA, 4) & (1 << 11), 0);
		assert.equal(bench.flags(), BTIF | CTCIF);
	});

	it("snapshots bring back a transfer in flight", () => {
		const bench = new Bench();
		bench.fill(RAM, count(1000));
		bench.copy(0, 1000, control({}));
		bench.run(70 * CYCLE);
		const snapshot = bench.machine.snapshot();
		bench.run();
		const hash = bench.machine.hash();
		bench.machine.restore(snapshot);
		bench.run();
		assert.equal(bench.machine.hash(), hash);
		assert.deepEqual(bench.memory(1000), count(1000));
	});

	it("shows a channel: what it moves, its FIFO, the request", () => {
		const bench = new Bench();
		bench.ask(0, 1);
		bench.set(0, [
			[CTCR, control({ sinc: FIXED, tlen: 8, mode: BUFFER })],
			[CBNDTR, 16],
			[CSAR, PORT],
			[CDAR, RAM],
			[CTBR, 40],
			[CCR, EN | (2 << 6)],
		]);
		assert.equal(bench.mdma.channelView(0).state, "running");
		// Arbitration, latency of a port, eight beats: the read is over, the write is not.
		bench.run((2 + 8 + 8) * CYCLE);
		assert.deepEqual([...bench.mdma.channelView(0).fifo], count(8));
		bench.run();
		const view = bench.mdma.channelView(0);
		assert.deepEqual(
			[
				view.state,
				view.direction,
				view.srcHandshake,
				view.dstHandshake,
				view.priority,
				view.blockDone,
				view.burstsTotal,
			],
			["waiting", "dev-to-mem", 40, -1, 2, 8, 2],
		);
	});

	it("shows a node with all ten words decoded", () => {
		const bench = new Bench();
		const ctcr = control({ size: 3, mode: LIST, more: SWRM });
		node(bench, RAM + 0x100, [ctcr, (1 << 20) | 64, RAM, RAM + 0x8000, 0x40, RAM + 0x140, 22, 0, DMA + 8, 0x20]);
		const item = bench.mdma.readChainItem(0, RAM + 0x100);
		assert.ok(item);
		assert.deepEqual(
			[item.src, item.dst, item.length, item.next, item.last],
			[RAM, RAM + 0x8000, 128, RAM + 0x140, false],
		);
		assert.deepEqual(
			item.fields.map(({ name }) => name),
			["CTCR", "CBNDTR", "CSAR", "CDAR", "CBRUR", "CLAR", "CTBR", "reserved", "CMAR", "CMDR"],
		);
		const text = (name: string) => item.fields.find((row) => row.name === name)?.value ?? "";
		assert.match(
			text("CTCR"),
			/SINC increment, DINC increment, SSIZE double word.*TLEN 127, TRGM whole list, SWRM software/,
		);
		assert.equal(text("CBNDTR"), "0x00100040 (BNDT 64, BRC 1)");
		assert.equal(text("CTBR"), "0x00000016 (TSEL 22)");
		assert.equal(bench.mdma.readChainItem(0, 0x0f000000), null);
	});
});
