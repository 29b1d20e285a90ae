import assert from "node:assert/strict";
import fc from "fast-check";
import { dropByte, newByteQueue, pushByte, takeBytes } from "../../src/hardware/byte-queue";
import { SimFifo } from "../../src/hardware/sim-fifo";
import { BASE, LINE, lineRig } from "./line-rig";

describe("byte queue", () => {
	it("is a queue, however bytes come and go", () => {
		const moves = fc.array(
			fc.oneof(
				fc.record({ put: fc.integer({ min: 1, max: 700 }) }),
				fc.record({ take: fc.integer({ min: 0, max: 700 }) }),
				fc.record({ drop: fc.constant(1) }),
			),
			{ maxLength: 40 },
		);
		fc.assert(
			fc.property(moves, (list) => {
				const queue = newByteQueue();
				const model: number[] = [];
				let next = 0;
				for (const move of list) {
					if ("put" in move)
						for (let at = 0; at < move.put; at++) {
							pushByte(queue, next & 0xff);
							model.push(next++ & 0xff);
						}
					else if ("take" in move) assert.deepEqual([...takeBytes(queue, move.take)], model.splice(0, move.take));
					else {
						dropByte(queue);
						model.shift();
					}
					assert.equal(queue.length, model.length);
				}
				assert.deepEqual([...takeBytes(queue, 1e9)], model);
			}),
		);
	});

	it("what nobody takes is kept up to 16 MiB: then the oldest goes, and a warning says so once", () => {
		const most = 16 * 1024 * 1024;
		const { machine, device, write, warnings } = lineRig(
			(m) => new SimFifo(m, { name: "fifo", base: BASE, size: 4, interrupt: LINE, wordRate: 1e9 }),
		);
		const send = (from: number, to: number) => {
			for (let word = from; word < to; word += 16) {
				for (let at = word; at < Math.min(to, word + 16); at++) write(0, at);
				machine.advanceTo(Number.POSITIVE_INFINITY);
			}
		};
		send(0, most / 4);
		assert.deepEqual(warnings, []);
		send(most / 4, most / 4 + 2);
		assert.deepEqual(warnings, ["sent-full"]);
		assert.deepEqual([...new Uint32Array(device.takeSent(8).slice().buffer)], [2, 3]);
		assert.equal(device.takeSent(2 * most).length, most - 8);
	}).timeout(30000);
});
