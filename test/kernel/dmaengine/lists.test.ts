/** Walks along lists that a driver in C has broken: they end, however the links lead. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { listNodes } from "../../../src/kernel/dmaengine/lists";
import type { Memory } from "../../../src/kernel/struct";

/** Lists of nodes 16, 32, …: `next[i]` is the place of the node behind node i; place 0 is the head. */
function links(next: readonly number[]): Memory {
	return { r64: (address: number) => 16 * (next[address / 16] ?? 0) } as Memory;
}

describe("listNodes", () => {
	it("gives the nodes in their order", () => {
		assert.deepEqual(listNodes(links([3, 2, 0, 1]), 0), [48, 16, 32]);
		assert.deepEqual(listNodes(links([0]), 0), []);
	});

	it("gives each node of a walk in circles once", () => {
		fc.assert(
			fc.property(fc.array(fc.nat(30), { minLength: 31, maxLength: 31 }), (next) => {
				const met: number[] = [];
				for (let at = next[0]!; at !== 0 && !met.includes(16 * at); at = next[at]!) met.push(16 * at);
				assert.deepEqual(listNodes(links(next), 0), met);
			}),
		);
	});
});
