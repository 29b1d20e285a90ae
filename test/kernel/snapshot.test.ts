import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { startBoot } from "../../src/kernel/boot";
import { run } from "../../src/kernel/sched/run";
import { machineWith } from "./harness";

const uartTx = { "uart-tx.dma": readFileSync("samples/uart-tx.dma", "utf8") };

describe("snapshots of a machine with a kernel", () => {
	it("in mid-transfer: restored and run on, the end and the hash are the same", () => {
		const rig = machineWith(uartTx);
		const { k } = rig;
		startBoot(k, { tests: true });
		while (k.machine.time < 5e9) run(k, { limit: 60e12, turns: 10, single: false });
		const middle = k.machine.snapshot();
		const hash = k.machine.hash();
		rig.go();
		const end = [k.machine.hash(), k.machine.time, rig.log()];
		k.machine.restore(middle);
		assert.equal(k.machine.hash(), hash);
		rig.go();
		assert.deepEqual([k.machine.hash(), k.machine.time, rig.log()], end);
	});
	it("two machines go the same way", () => {
		const ends = [0, 1].map(() => {
			const rig = machineWith(uartTx);
			startBoot(rig.k, { tests: true });
			rig.go();
			return rig.k.machine.hash();
		});
		assert.equal(ends[0], ends[1]);
	});
	it("single steps end where a free run ends", () => {
		const free = machineWith(uartTx);
		startBoot(free.k, { tests: true });
		free.go();
		const stepped = machineWith(uartTx);
		startBoot(stepped.k, { tests: true });
		while (run(stepped.k, { limit: 60e12, turns: 1, single: true }).kind !== "end");
		assert.equal(stepped.k.machine.time, free.k.machine.time);
		assert.equal(stepped.k.vm.statements, free.k.vm.statements);
	});
});
