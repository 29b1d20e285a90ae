import assert from "node:assert/strict";
import { boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import { cell } from "../../src/devicetree/tree";

/** GIC numbers of shared peripheral interrupts. */
const spi = (number: number): number => 32 + number;

describe("board zynq-7000 (reference chapter 9)", () => {
	const parsed = parseDts([boardSource("zynq-7000")!]);
	const built = buildMachine(parsed.tree);
	const device = (label: string) => built.devices.find(({ labels }) => labels.includes(label))!;

	it("has the PL330 where the chip has it, with the abort line, eight event lines and its clock", () => {
		assert.deepEqual(parsed.diagnostics, []);
		assert.deepEqual(built.diagnostics, []);
		const { name, reg, interrupts, compatible, model, node } = device("dmac_s");
		assert.equal(name, "f8003000.dma-controller");
		assert.deepEqual(reg, [{ base: 0xf8003000, size: 0x1000 }]);
		assert.deepEqual(interrupts, [13, 14, 15, 16, 17, 40, 41, 42, 43].map(spi));
		assert.deepEqual(compatible, ["arm,pl330", "arm,primecell"]);
		assert.equal(model?.kind, "pl330");
		assert.equal(cell(node, "#dma-cells", 0), 1);
		// CR0 and CRD: 8 channels, 4 requests, 16 events; 64 bit, 128 entries.
		const register = (offset: number) => built.machine.bus.read(0xf8003000 + offset, 4);
		assert.equal(register(0xe00), 0x001e3071);
		assert.equal(register(0xe14) & 7, 3);
		assert.equal(register(0xe14) >>> 20, 127);
	});

	it("has its four request ports in the programmable logic, and none for the processing system's devices", () => {
		for (const label of ["fifo0", "fifo1"]) assert.equal(device(label).model?.kind, "sim-fifo");
		for (const label of ["uart0", "uart1", "spi0", "spi1"])
			assert.equal(device(label).node.properties.has("dmas"), false);
		const { requests } = built.machine;
		// Both FIFOs are empty: they have room for a burst, and nothing to be read.
		assert.deepEqual(
			[0, 1, 2, 3].map((line) => [requests.active(line), requests.single(line)]),
			[
				[false, false],
				[true, true],
				[false, false],
				[true, true],
			],
		);
	});

	it("has RAM at 0, where the cases have their addresses", () => {
		assert.deepEqual(built.memory, [{ base: 0, size: 0x20000000 }]);
		assert.equal(built.machine.memory.regionOf(0xfffc0000)?.size, 0x40000);
	});
});
