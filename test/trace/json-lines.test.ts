import assert from "node:assert/strict";
import * as fc from "fast-check";
import { jsonLines, nanoseconds, toJsonLine } from "../../src/trace/json-lines";
import { TraceStore } from "../../src/trace/store";

describe("JSON lines of a trace (design.md 4)", () => {
	it("writes ps as ns with at most three decimals", () => {
		assert.equal(nanoseconds(0), "0");
		assert.equal(nanoseconds(1000), "1");
		assert.equal(nanoseconds(1500), "1.5");
		assert.equal(nanoseconds(1), "0.001");
		assert.equal(nanoseconds(2 ** 53), "9007199254740.992");
	});

	it("writes a time that is the same number of picoseconds when read exactly", () => {
		fc.assert(
			fc.property(fc.maxSafeNat(), (ps) => {
				const [whole = "", fraction = ""] = nanoseconds(ps).split(".");
				assert.equal(BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, "0")), BigInt(ps));
			}),
		);
	});

	it("puts t and ev first, then the common fields, and leaves out what does not apply", () => {
		const line = toJsonLine({
			t: 2500,
			ev: "submit",
			fields: { cookie: 2, chan: "dma0chan1", ctx: "process", cpu: 0, residue: 7 },
		});
		assert.equal(line, '{"t":2.5,"ev":"submit","chan":"dma0chan1","cookie":2,"ctx":"process","cpu":0,"residue":7}');
	});

	it("keeps bursts and chunks as numbers and reads them back", () => {
		const store = new TraceStore();
		store.burst(1000, "dma0chan0", 0x80000000, 0x10000000, 4, 4, 3);
		store.chunk(2000, "dma0chan0", 0x80001000, 1, 2, 16);
		store.start(3000, "dma0chan0");
		assert.equal(
			jsonLines(store, 0),
			'{"t":1,"ev":"burst","chan":"dma0chan0","ctx":"hw","src":2147483648,"dst":268435456,"len":4,"beats":4,"resp":"DECERR"}\n' +
				'{"t":2,"ev":"chunk","chan":"dma0chan0","ctx":"hw","addr":2147487744,"src":1,"dst":2,"len":16}\n' +
				'{"t":3,"ev":"start","chan":"dma0chan0","ctx":"hw"}\n',
		);
	});

	it("never lets time fall", () => {
		const store = new TraceStore();
		store.add(5000, "mark", { label: "a" });
		store.add(4000, "mark", { label: "b" });
		assert.equal(store.get(1).t, 5000);
	});

	it("forgets old blocks of records and nothing else", () => {
		const store = new TraceStore(8192);
		for (let i = 0; i < 20_000; i++) store.add(i, "mark", { label: String(i) });
		assert.ok(store.first > 0 && store.end === 20_000);
		assert.equal(store.get(store.first).fields.label, String(store.first));
		assert.equal(store.get(19_999).fields.label, "19999");
		assert.throws(() => store.get(store.first - 1), RangeError);
	});

	it("forgets the records of a time that the run has gone back from", () => {
		const store = new TraceStore();
		for (let i = 0; i < 10; i++) store.add(i * 1000, "mark", { label: String(i) });
		store.truncate(4);
		store.add(3500, "mark", { label: "again" });
		assert.deepEqual([store.end, store.get(4).t, store.get(4).fields.label], [5, 3500, "again"]);
	});
});
