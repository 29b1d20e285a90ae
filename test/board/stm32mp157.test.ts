/** The stm32mp157 beside its bus clients (stm32mp157-clients.test.ts): controllers, router, request inputs (controllers.md 9). */
import assert from "node:assert/strict";
import { boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import { cell, cells, strings } from "../../src/devicetree/tree";

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);
/** GIC numbers of shared peripheral interrupts. */
const spi = (numbers: readonly number[]): number[] => numbers.map((number) => 32 + number);

/** Inputs of DMAMUX1, all with cell 0x400, and the features of timers, converters and audio: half of the FIFO. */
const INPUTS: Readonly<Record<string, readonly number[]>> = {
	adc: [9, 10],
	timers1: range(11, 17),
	timers2: range(18, 22),
	timers3: range(23, 28),
	timers4: range(29, 32),
	timers8: range(47, 53),
	timers5: range(55, 60),
	timers6: [69],
	timers7: [70],
	dcmi: [75],
	dfsdm: [101, 102, 103, 104, 91, 92],
	spdifrx: [93, 94],
	timers15: range(105, 108),
	timers16: range(109, 110),
	timers17: range(111, 112),
};
const UARTS: Readonly<Record<string, readonly [rx: number, tx: number]>> = {
	usart2: [43, 44],
	usart3: [45, 46],
	uart4: [63, 64],
	uart5: [65, 66],
	usart6: [71, 72],
	uart7: [79, 80],
	uart8: [81, 82],
};
/** Cells of the clients of MDMA: request, priority, configuration; no mask. */
const OF_MDMA: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
	hash1: { in: [31, 2, 0x1000a02] },
	fmc: { tx: [20, 2, 0x12000a02], rx: [20, 2, 0x12000a08], ecc: [21, 2, 0x12000a0a] },
	qspi: { tx: [22, 2, 0x10100002], rx: [22, 2, 0x10100008] },
	spi6: { rx: [34, 0, 0x40008], tx: [35, 0, 0x40002] },
};

describe("board stm32mp157 (reference chapter 9)", () => {
	const { devices, diagnostics, memory } = buildMachine(parseDts([boardSource("stm32mp157")!]).tree);
	const device = (label: string) => {
		const found = devices.find(({ labels }) => labels.includes(label));
		assert.ok(found, label);
		return found;
	};
	const entries = (label: string, length: number) => {
		const { node } = device(label);
		const dmas = cells(node, "dmas") ?? [];
		return Object.fromEntries(
			(strings(node, "dma-names") ?? []).map((name, n) => [name, dmas.slice(n * length + 1, (n + 1) * length)]),
		);
	};

	it("has its controllers at their addresses, with their channels and interrupts", () => {
		assert.deepEqual(diagnostics, []);
		const facts = (label: string) => {
			const { model, reg, interrupts } = device(label);
			return [model?.kind, reg[0], interrupts];
		};
		assert.deepEqual(facts("mdma1"), ["stm32-mdma", { base: 0x58000000, size: 0x1000 }, spi([122])]);
		const first = spi([...range(11, 17), 47]);
		const second = spi([...range(56, 60), ...range(68, 70)]);
		assert.deepEqual(facts("dma1"), ["stm32-dma", { base: 0x48000000, size: 0x400 }, first]);
		assert.deepEqual(facts("dma2"), ["stm32-dma", { base: 0x48001000, size: 0x400 }, second]);
		assert.deepEqual(facts("dmamux1"), ["stm32-dmamux", { base: 0x48002000, size: 0x40 }, []]);
		const number = (label: string, name: string) => cell(device(label).node, name, -1);
		assert.deepEqual([number("mdma1", "dma-channels"), number("mdma1", "dma-requests")], [32, 48]);
		assert.equal(device("mdma1").node.properties.has("st,ahb-addr-masks"), false);
		for (const label of ["dma1", "dma2"]) {
			assert.equal(number(label, "dma-requests"), 8);
			assert.ok(device(label).node.properties.has("st,mem2mem"));
		}
		assert.deepEqual([number("dmamux1", "dma-requests"), number("dmamux1", "dma-channels")], [128, 16]);
	});

	it("has DDR and SRAM where the chip has them", () => {
		assert.equal(memory[0]?.base, 0xc0000000);
		assert.equal(device("sram").reg[0]?.base, 0x10000000);
	});

	it("leads every request of the chip's table to DMAMUX1", () => {
		for (const [label, inputs] of Object.entries(INPUTS))
			assert.deepEqual(
				Object.values(entries(label, 4)),
				inputs.map((input) => [input, 0x400, 1]),
				label,
			);
		for (const [label, [rx, tx]] of Object.entries(UARTS))
			assert.deepEqual(entries(label, 4), { rx: [rx, 0x400, 0x15], tx: [tx, 0x400, 0x11] }, label);
	});

	it("and those of HASH, FMC, QSPI and SPI6 to MDMA", () => {
		for (const [label, requests] of Object.entries(OF_MDMA)) {
			const wanted = Object.entries(requests).map(([name, three]) => [name, [...three, 0, 0]]);
			assert.deepEqual(entries(label, 6), Object.fromEntries(wanted), label);
		}
	});
});
