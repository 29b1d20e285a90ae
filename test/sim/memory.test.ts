import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type MemorySnapshot, PhysicalMemory } from "../../src/sim/memory";

const BASE = 0x80000000;
const SIZE = 16 * 4096;

describe("physical memory", () => {
	it("reads zero before anything is written, and little endian afterwards", () => {
		const memory = new PhysicalMemory();
		memory.addRegion(BASE, SIZE);
		assert.equal(memory.read32(BASE + 8), 0);
		memory.write32(BASE + 8, 0x89abcdef);
		assert.equal(memory.read32(BASE + 8), 0x89abcdef);
		assert.equal(memory.read16(BASE + 10), 0x89ab);
		assert.equal(memory.read8(BASE + 8), 0xef);
	});

	it("crosses pages with odd accesses", () => {
		const memory = new PhysicalMemory();
		memory.addRegion(BASE, SIZE);
		memory.write32(BASE + 4094, 0x01020304);
		assert.deepEqual([...memory.readBytes(BASE + 4093, 6)], [0, 4, 3, 2, 1, 0]);
		assert.equal(memory.read32(BASE + 4094), 0x01020304);
	});

	it("says where RAM ends and refuses overlaps", () => {
		const memory = new PhysicalMemory();
		memory.addRegion(BASE, SIZE);
		assert.equal(memory.pageOffset(BASE - 1, false), -1);
		assert.equal(memory.pageOffset(BASE + SIZE, true), -1);
		assert.throws(() => memory.addRegion(BASE + 4096, 4096));
	});

	it("keeps its content when the pool grows", () => {
		const memory = new PhysicalMemory();
		memory.addRegion(0, 5000 * 4096);
		for (let page = 0; page < 5000; page++) memory.write32(page * 4096, page);
		for (let page = 0; page < 5000; page += 499) assert.equal(memory.read32(page * 4096), page);
	});

	it("behaves as a plain array under writes, snapshots and restores in any order", () => {
		const step = fc.oneof(
			fc.record({ op: fc.constant("write"), at: fc.nat(SIZE - 1), value: fc.nat(255) }),
			fc.record({ op: fc.constant("snapshot"), at: fc.constant(0), value: fc.constant(0) }),
			fc.record({ op: fc.constant("restore"), at: fc.nat(), value: fc.constant(0) }),
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const memory = new PhysicalMemory();
				memory.addRegion(BASE, SIZE);
				let model = new Uint8Array(SIZE);
				const saved: [MemorySnapshot, Uint8Array<ArrayBuffer>][] = [];
				for (const { op, at, value } of steps) {
					if (op === "write") {
						memory.write8(BASE + at, value);
						model[at] = value;
					} else if (op === "snapshot") saved.push([memory.snapshot(), model.slice()]);
					else if (saved.length > 0) {
						const [snapshot, content] = saved[at % saved.length]!;
						memory.restore(snapshot);
						model = content.slice();
					}
				}
				assert.deepEqual(memory.readBytes(BASE, SIZE), model);
			}),
			{ numRuns: 200 },
		);
	});
});
