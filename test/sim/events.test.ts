import assert from "node:assert/strict";
import * as fc from "fast-check";
import { EventQueue } from "../../src/sim/events";

describe("event queue", () => {
	it("gives events by time, equal times in scheduling order, without the cancelled ones", () => {
		const step = fc.oneof(
			{ weight: 4, arbitrary: fc.record({ op: fc.constant("push"), n: fc.nat(9) }) },
			{ weight: 2, arbitrary: fc.record({ op: fc.constant("pop"), n: fc.constant(0) }) },
			{ weight: 1, arbitrary: fc.record({ op: fc.constant("cancel"), n: fc.nat() }) },
			{ weight: 1, arbitrary: fc.record({ op: fc.constant("reload"), n: fc.constant(0) }) },
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
				let queue = new EventQueue();
				let model: { time: number; arg: number; id: number }[] = [];
				let next = 0;
				for (const { op, n } of steps) {
					if (op === "push") {
						const arg = next++;
						model.push({ time: n, arg, id: queue.push(n, 1, 2, arg) });
					} else if (op === "pop" && model.length > 0) {
						const first = model.reduce((a, b) => (b.time < a.time ? b : a));
						assert.equal(queue.nextTime, first.time);
						queue.pop();
						assert.equal(queue.arg, first.arg);
						model = model.filter((event) => event !== first);
					} else if (op === "cancel" && model.length > 0) {
						const victim = model[n % model.length]!;
						assert.equal(queue.cancel(victim.id), true);
						assert.equal(queue.cancel(victim.id), false);
						model = model.filter((event) => event !== victim);
					} else if (op === "reload") {
						const snapshot = queue.snapshot();
						queue = new EventQueue();
						queue.restore(snapshot);
					}
				}
				const order = model.toSorted((a, b) => a.time - b.time || a.arg - b.arg).map((event) => event.arg);
				assert.deepEqual(
					queue.list().map((event) => event.arg),
					order,
				);
			}),
		);
	});

	it("says so when too many events wait", () => {
		const queue = new EventQueue();
		assert.throws(() => {
			for (let n = 0; n < 70000; n++) queue.push(n, 0, 0, 0);
		}, /65536 events/);
	});
});
