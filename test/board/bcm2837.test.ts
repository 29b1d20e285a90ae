/** Board bcm2837: the controller and its users (controllers.md 6 and 9). */
import assert from "node:assert/strict";
import { boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import { cell, cells, strings } from "../../src/devicetree/tree";

describe("board bcm2837 (reference chapters 6 and 9)", () => {
	const { devices, diagnostics } = buildMachine(parseDts([boardSource("bcm2837")!]).tree);
	const device = (label: string) => {
		const found = devices.find(({ labels }) => labels.includes(label));
		assert.ok(found, label);
		return found;
	};

	it("has the controller at the bus address that the CPU sees at 0x3f007000, and the mask of the firmware", () => {
		assert.deepEqual(diagnostics, []);
		const { model, reg, node } = device("dma");
		assert.equal(model?.kind, "bcm2835-dma");
		assert.deepEqual(reg, [{ base: 0x3f007000, size: 0xf00 }]);
		assert.deepEqual(cells(node, "reg"), [0x7e007000, 0xf00]);
		assert.equal(cell(node, "brcm,dma-channel-mask", 0), 0x7f35);
		assert.equal(cell(node, "#dma-cells", 0), 1);
	});

	it("gives channels 0 to 10 an interrupt each, 11 to 14 a common one, and one that all have", () => {
		const names = strings(device("dma").node, "interrupt-names");
		assert.deepEqual(names, [...Array.from({ length: 15 }, (_, n) => `dma${n}`), "dma-shared-all"]);
		const bank = cells(device("dma").node, "interrupts");
		const lines = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 27, 27, 27, 28];
		assert.deepEqual(
			bank,
			lines.flatMap((line) => [1, line]),
		);
	});

	it("leads the DREQs of its users to it", () => {
		const users: Readonly<Record<string, Readonly<Record<string, number>>>> = {
			i2s: { tx: 2, rx: 3 },
			pwm: { tx: 5 },
			spi: { tx: 6, rx: 7 },
			uart0: { tx: 12, rx: 14 },
			sdhost: { "rx-tx": 13 },
			hdmi: { "audio-rx": 17 },
		};
		for (const [label, dreqs] of Object.entries(users)) {
			const { node } = device(label);
			const numbers = (cells(node, "dmas") ?? []).filter((_, n) => n % 2 === 1);
			const found = (strings(node, "dma-names") ?? []).map((name, n) => [name, numbers[n]]);
			assert.deepEqual(Object.fromEntries(found), dreqs, label);
		}
	});
});
