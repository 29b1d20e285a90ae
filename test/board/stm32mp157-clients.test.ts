import assert from "node:assert/strict";
import { boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import { cells, strings } from "../../src/devicetree/tree";
import { Stm32I2c } from "../../src/hardware/stm32-i2c/controller";

/** Peripherals of controllers.md chapter 9: model, base where it is given, request inputs by name, features cell. */
const CLIENTS: readonly [
	label: string,
	kind: string,
	base: number,
	requests: Record<string, number>,
	features: number,
][] = [
	["i2c1", "stm32-i2c", 0x40012000, { rx: 33, tx: 34 }, 0x1],
	["i2c2", "stm32-i2c", 0x40013000, { rx: 35, tx: 36 }, 0x1],
	["i2c3", "stm32-i2c", 0x40014000, { rx: 73, tx: 74 }, 0x1],
	["i2c5", "stm32-i2c", 0x40015000, { rx: 115, tx: 116 }, 0x1],
	["spi1", "stm32-spi", 0x44004000, { rx: 37, tx: 38 }, 0x5],
	["spi2", "stm32-spi", 0x4000b000, { rx: 39, tx: 40 }, 0x5],
	["spi3", "stm32-spi", 0x4000c000, { rx: 61, tx: 62 }, 0x5],
	["spi4", "stm32-spi", 0x44005000, { rx: 83, tx: 84 }, 0x5],
	["spi5", "stm32-spi", 0x44009000, { rx: 85, tx: 86 }, 0x5],
	["sai1a", "stm32-sai", 0x4400a004, { tx: 87 }, 0x1],
	["sai1b", "stm32-sai", 0x4400a024, { rx: 88 }, 0x1],
	["sai2a", "stm32-sai", 0x4400b004, { tx: 89 }, 0x1],
	["sai2b", "stm32-sai", 0x4400b024, { rx: 90 }, 0x1],
	["sai3a", "stm32-sai", 0x4400c004, { tx: 113 }, 0x1],
	["sai3b", "stm32-sai", 0x4400c024, { rx: 114 }, 0x1],
	["sai4a", "stm32-sai", 0x50027004, { tx: 99 }, 0x1],
	["sai4b", "stm32-sai", 0x50027024, { rx: 100 }, 0x1],
];

describe("I2C, SPI and SAI of the stm32mp157", () => {
	const source = boardSource("stm32mp157");
	assert.ok(source);
	const { devices, diagnostics } = buildMachine(parseDts([source]).tree);

	it("have models at their addresses, and the chip's request inputs and cells", () => {
		assert.deepEqual(diagnostics, []);
		for (const [label, kind, base, requests, features] of CLIENTS) {
			const device = devices.find(({ labels }) => labels.includes(label));
			assert.ok(device, label);
			assert.deepEqual([device.model?.kind, device.reg[0]?.base], [kind, base], label);
			const names = strings(device.node, "dma-names") ?? [];
			const dmas = cells(device.node, "dmas") ?? [];
			const found = names.map((name, at) => [name, dmas.slice(4 * at + 1, 4 * at + 4)]);
			assert.deepEqual(
				found,
				Object.entries(requests).map(([name, input]) => [name, [input, 0x400, features]]),
				label,
			);
		}
	});

	it("an I2C controller has an interrupt for events and one for errors; SAI's halves share theirs", () => {
		const lines = (label: string) => devices.find(({ labels }) => labels.includes(label))?.interrupts;
		assert.deepEqual(lines("i2c1"), [63, 64]);
		for (const number of [1, 2, 3, 4]) assert.deepEqual(lines(`sai${number}a`), lines(`sai${number}b`));
	});

	it("children of an I2C controller are what is on its bus", () => {
		const bus = `&i2c1 {
			eeprom@50 { compatible = "sim,i2c-eeprom"; reg = <0x50>; size = <64>; };
			gone@51 { compatible = "sim,i2c-eeprom"; reg = <0x51>; status = "disabled"; };
			other@52 { compatible = "maker,other"; reg = <0x52>; };
		};`;
		const built = buildMachine(parseDts([source, { text: bus, file: "bus.dts", line: 1 }]).tree);
		assert.deepEqual(built.diagnostics, []);
		const model = built.devices.find(({ labels }) => labels.includes("i2c1"))?.model;
		assert.ok(model instanceof Stm32I2c);
		const sizes = [0x50, 0x51, 0x52].map((address) => model.targetMemory(address).length);
		assert.deepEqual(sizes, [64, 0, 0]);
	});
});
