import assert from "node:assert/strict";
import fc from "fast-check";
import { mmFunctions } from "../../../src/kernel/mm/functions";
import { GFP_ATOMIC, GFP_KERNEL } from "../../../src/kernel/mm/gfp";
import { kfree, kmalloc, krealloc, ksize, kzalloc, ZERO_SIZE_PTR } from "../../../src/kernel/mm/kmalloc";
import { freePages, getFreePages, takeRun } from "../../../src/kernel/mm/pages";
import { usedObjects } from "../../../src/kernel/mm/slab";
import { allocateModuleSpace, vfree, vmalloc } from "../../../src/kernel/mm/vmalloc";
import { KernelBug } from "../../../src/kernel/sched/oops";
import { invoke, logTexts, RAM_BASE, SCRATCH, standIn } from "../lib/stand-in";

describe("kmalloc", () => {
	it("has Linux's size classes, powers of two naturally aligned", () => {
		const k = standIn();
		const classes: [number, number][] = [
			[1, 8],
			[8, 8],
			[9, 16],
			[65, 96],
			[96, 96],
			[97, 128],
			[129, 192],
			[193, 256],
			[4097, 8192],
		];
		for (const [size, bytes] of classes) {
			const p = kmalloc(k, size);
			assert.equal(ksize(k, p), bytes);
			assert.ok(p % (bytes === 96 || bytes === 192 ? 8 : bytes) === 0);
		}
	});

	it("gives whole pages above 8 KiB, naturally aligned", () => {
		const k = standIn();
		const p = kmalloc(k, 8193);
		assert.equal(ksize(k, p), 16384);
		assert.equal((p - SCRATCH) % 16384, 0);
		kfree(k, p);
		assert.equal(kmalloc(k, 16384), p);
	});

	it("gives the object freed last first, and shows what is not initialised", () => {
		const k = standIn();
		const a = kmalloc(k, 32);
		assert.equal(k.space.r32(a), 0x5a5a5a5a);
		const b = kmalloc(k, 32);
		kfree(k, a);
		kfree(k, b);
		assert.equal(k.space.r32(b), 0x6b6b6b6b);
		assert.equal(kmalloc(k, 20), b);
		assert.equal(kmalloc(k, 20), a);
		assert.equal(k.space.r32(kzalloc(k, 20)), 0);
	});

	it("knows kmalloc(0), kfree(NULL) and sizes that are too large", () => {
		const k = standIn();
		assert.equal(kmalloc(k, 0), ZERO_SIZE_PTR);
		kfree(k, 0);
		kfree(k, ZERO_SIZE_PTR);
		assert.equal(kmalloc(k, 4 * 1024 * 1024 + 1), 0);
		assert.equal(k.state.warnings, 1);
	});

	it("reports a double free as SLUB does", () => {
		const k = standIn();
		const p = kmalloc(k, 64);
		kfree(k, p);
		assert.throws(() => kfree(k, p), KernelBug);
		assert.ok(logTexts(k).some((t) => t.startsWith("BUG kmalloc-64") && t.endsWith("Object already free")));
	});

	it("reports pointers that kmalloc did not give", () => {
		const k = standIn();
		const p = kmalloc(k, 64);
		assert.throws(() => kfree(k, p + 8), KernelBug);
		assert.throws(() => kfree(k, SCRATCH), KernelBug);
		assert.throws(() => kfree(k, allocateModuleSpace(k, 100, false)), KernelBug);
	});

	it("reports a write after free when the object is given out again", () => {
		const k = standIn();
		const p = kmalloc(k, 64);
		kfree(k, p);
		k.space.w8(p + 10, 1);
		assert.equal(kmalloc(k, 64), p);
		assert.ok(logTexts(k).some((t) => t.includes("Poison overwritten")));
	});

	it("fails the nth allocation that sim_fault_alloc chose", () => {
		const k = standIn();
		k.state.mm.failNth = 2;
		assert.notEqual(kmalloc(k, 8), 0);
		assert.equal(kmalloc(k, 8), 0);
		assert.notEqual(kmalloc(k, 8), 0);
	});

	it("complains about GFP_KERNEL where sleeping is wrong, not about GFP_ATOMIC", () => {
		const k = standIn();
		k.current.preempt = 1;
		k.current.held = [];
		kmalloc(k, 8, GFP_ATOMIC);
		assert.deepEqual(logTexts(k), []);
		kmalloc(k, 8, GFP_KERNEL);
		assert.match(
			logTexts(k)[0]!,
			/^BUG: sleeping function called from invalid context at include\/linux\/sched\/mm\.h:\d+$/,
		);
	});

	it("moves with krealloc", () => {
		const k = standIn();
		const p = kmalloc(k, 16);
		k.space.w64(p, 0x123456789);
		const q = krealloc(k, p, 200, GFP_KERNEL);
		assert.notEqual(q, p);
		assert.equal(k.space.r64(q), 0x123456789);
	});

	it("never gives out overlapping memory, and all of it comes back with a snapshot", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 20000 })), { maxLength: 60 }), (steps) => {
				const k = standIn();
				const live: [number, number][] = [];
				for (const [take, n] of steps) {
					if (take || live.length === 0) {
						const p = kmalloc(k, n);
						for (const [q, size] of live) assert.ok(p + n <= q || q + size <= p);
						live.push([p, n]);
					} else {
						const [gone] = live.splice(n % live.length, 1);
						kfree(k, gone![0]);
					}
				}
				const small = live.filter(([, size]) => size <= 8192).map(([p]) => p);
				assert.deepEqual(
					[...usedObjects(k)].map((o) => o.address).sort((a, b) => a - b),
					small.sort((a, b) => a - b),
				);
			}),
			{ numRuns: 50 },
		);
	});

	it("lives in the machine's snapshots", () => {
		const k = standIn();
		const p = kmalloc(k, 64);
		const saved = structuredClone(k.state.mm);
		const memory = k.machine.memory.snapshot();
		const q = kmalloc(k, 64);
		kfree(k, p);
		k.machine.memory.restore(memory);
		k.space.restore(k.space.save());
		k.state.mm = saved;
		assert.equal(kmalloc(k, 64), q);
		kfree(k, p);
	});
});

describe("pages", () => {
	it("are aligned to their order, lowest first, and reused", () => {
		const k = standIn();
		const a = getFreePages(k, GFP_KERNEL, 0);
		const b = getFreePages(k, GFP_KERNEL, 2);
		assert.equal((a - SCRATCH) % 4096, 0);
		assert.equal((b - SCRATCH) % 16384, 0);
		assert.equal(a, SCRATCH + 1024 * 1024);
		freePages(k, a, 0);
		assert.equal(getFreePages(k, GFP_KERNEL, 0), a);
		assert.throws(() => freePages(k, a + 4096, 0), KernelBug);
	});

	it("run out", () => {
		const k = standIn();
		let count = 0;
		while (getFreePages(k, GFP_KERNEL | 0x2000, 10) !== 0) count++;
		// 64 MiB less the first MiB: 15 aligned blocks of 4 MiB, and 3 MiB in smaller ones.
		assert.equal(count, 15);
		assert.ok(takeRun(k, 256) >= 0);
	});

	it("convert between page, pointer and physical address", () => {
		const k = standIn();
		const p = kmalloc(k, 100);
		const phys = Number(invoke(k, mmFunctions, "virt_to_phys", p));
		assert.equal(phys, RAM_BASE + (p - SCRATCH));
		assert.equal(invoke(k, mmFunctions, "phys_to_virt", phys), p);
		const page = Number(invoke(k, mmFunctions, "virt_to_page", p));
		assert.equal(invoke(k, mmFunctions, "page_address", page), p - ((p - SCRATCH) % 4096));
		assert.equal(invoke(k, mmFunctions, "page_to_phys", page), phys - (phys % 4096));
		assert.equal(invoke(k, mmFunctions, "get_order", 4096), 0);
		assert.equal(invoke(k, mmFunctions, "get_order", 4097), 1);
		assert.equal(invoke(k, mmFunctions, "get_order", 65536), 4);
	});
});

describe("vmalloc", () => {
	it("maps in the window with an unmapped page behind", () => {
		const k = standIn();
		const p = vmalloc(k, 5000, 0);
		assert.equal(p, -140737488355328);
		k.space.w8(p + 8191, 1);
		assert.throws(() => k.space.r8(p + 8192));
		const q = vmalloc(k, 1, 0);
		assert.equal(q, p + 3 * 4096);
		vfree(k, p);
		assert.throws(() => k.space.r8(p));
		assert.equal(vmalloc(k, 4096, 0), p);
	});

	it("gives modules read-only memory that C cannot write", () => {
		const k = standIn();
		const p = allocateModuleSpace(k, 10, true);
		k.machine.memory.write8(k.space.toPhys(p), 7);
		assert.equal(k.space.r8(p), 7);
		assert.throws(() => k.space.w8(p, 1));
	});
});
