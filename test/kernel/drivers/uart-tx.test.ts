import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { startBoot } from "../../../src/kernel/boot";
import type { RecordKind } from "../../../src/sim/observers";
import { machineWith } from "../harness";

const TOLD: readonly RecordKind[] = ["prep", "submit", "issue_pending", "complete", "callback", "synchronize"];

describe("samples/uart-tx.dma on the booted machine", () => {
	it("256 bytes leave the UART, step by step as Linux takes them", () => {
		const rig = machineWith({ "uart-tx.dma": readFileSync("samples/uart-tx.dma", "utf8") });
		const told: string[] = [];
		let sent = "";
		rig.k.machine.observers.add({
			record: (kind, fields) => {
				if (TOLD.includes(kind)) told.push(`${kind} ${fields.chan} ${fields.cookie ?? "-"} ${fields.ctx}`);
			},
			output: (_, bytes) => {
				sent += new TextDecoder().decode(bytes);
			},
		});
		startBoot(rig.k, { tests: true });
		rig.go();
		assert.equal(sent, "U".repeat(256));
		assert.deepEqual(told, [
			"prep dma0chan0 - process",
			"submit dma0chan0 2 process",
			"issue_pending dma0chan0 - process",
			"complete dma0chan0 2 hardirq",
			"callback dma0chan0 2 softirq",
			// Releasing the channel waits for its callbacks.
			"synchronize dma0chan0 - process",
		]);
		assert.equal(rig.k.state.oopses + rig.k.state.warnings, 0);
	});
});
