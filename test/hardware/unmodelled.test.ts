import assert from "node:assert/strict";
import { boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import {
	decodeRegister,
	field,
	type Register,
	unmodelled,
	withoutModel,
	withoutValues,
	word,
} from "../../src/hardware/registers";
import { watchUnmodelled } from "../../src/hardware/unmodelled";
import { Machine } from "../../src/sim/machine";
import { COPY, item, LAST, newRig, RAM, start } from "./rig";

const BASE = 0x1000;
const DEVICE = 7;

/** A device of these registers, and what is told of its use. */
function watched(registers: readonly Register[]): { machine: Machine; told: string[] } {
	const machine = new Machine();
	const target = { name: "dev", base: BASE, size: 0x100, readLatency: 8, readLatencyPs: -1 };
	machine.bus.attach({ ...target, read: () => 0, peek: () => 0, write: () => {} });
	watchUnmodelled(machine, [{ device: DEVICE, bank: { base: BASE, registers, peek: () => 0 } }]);
	const told: string[] = [];
	machine.observers.add({ warning: (device, _code, text) => told.push(`${device} ${text}`) });
	return { machine, told };
}

describe("registers and bits without a model", () => {
	it("a field is told of once, when it is changed from its reset value", () => {
		const cr = word("CR", 4, "rw", [field("EN", 0), unmodelled("MODE", 4, 4, "there is one mode")], 0x30);
		const { machine, told } = watched([cr]);
		machine.bus.write(BASE + 4, 4, 0x31);
		machine.bus.read(BASE + 4, 4);
		assert.deepEqual(told, []);
		machine.bus.write(BASE + 4, 4, 0x51);
		machine.bus.write(BASE + 4, 4, 0x41);
		assert.deepEqual(told, ["7 CR.MODE is not modelled: there is one mode"]);
	});

	it("of a field with some values that are not modelled, only those count", () => {
		const mode = withoutValues(field("MODE", 4, 3, { 5: "odd" }), [5, 6], "it is even");
		const { machine, told } = watched([word("CR", 0, "rw", [mode])]);
		for (const value of [1, 2, 3, 4, 7]) machine.bus.write(BASE, 4, value << 4);
		assert.deepEqual(told, []);
		machine.bus.write(BASE, 4, 0xff5f);
		machine.bus.write(BASE, 1, 0x60);
		assert.deepEqual(told, ["7 CR.MODE is not modelled: it is even"]);
		const bank = (value: number) => ({ base: BASE, registers: [word("CR", 0, "rw", [mode])], peek: () => value });
		const text = (value: number) => decodeRegister(bank(value), word("CR", 0, "rw", [mode])).fields[0]!.text;
		assert.deepEqual([text(0x50), text(0x60), text(0x10)], ["odd, not modelled", "not modelled", ""]);
	});

	it("a whole register counts when it is written, one that is only read when it is read", () => {
		const { machine, told } = watched([
			withoutModel(word("ID", 0, "ro"), "it reads 0"),
			withoutModel(word("QOS", 4, "rw"), "there is none"),
			word("OTHER", 8, "rw"),
		]);
		machine.bus.read(BASE + 4, 4);
		machine.bus.write(BASE, 4, 5);
		machine.bus.write(BASE + 4, 4, 0);
		machine.bus.write(BASE + 8, 4, 5);
		assert.deepEqual(told, []);
		machine.bus.write(BASE + 4, 4, 1);
		machine.bus.read(BASE, 4);
		assert.deepEqual(told, ["7 QOS is not modelled: there is none", "7 ID is not modelled: it reads 0"]);
	});

	it("finds bits in both halves of a 64-bit register, and in bytes", () => {
		const wide: Register = {
			name: "W",
			offset: 0x10,
			size: 8,
			access: "rw",
			reset: 0,
			fields: [unmodelled("LOW", 3), unmodelled("HIGH", 40, 2), unmodelled("BOTH", 31, 2)],
		};
		const byte: Register = { name: "B", offset: 0x21, size: 1, access: "rw", reset: 0, fields: [unmodelled("TOP", 7)] };
		const { machine, told } = watched([wide, byte]);
		const names = (): string[] => told.splice(0).map((text) => text.split(" ")[1]!);
		machine.bus.write(BASE + 0x10, 4, 0x7ffffff7);
		assert.deepEqual(names(), []);
		machine.bus.write(BASE + 0x14, 4, 0x100);
		assert.deepEqual(names(), ["W.HIGH"]);
		machine.bus.write(BASE + 0x14, 4, 1);
		assert.deepEqual(names(), ["W.BOTH"]);
		machine.bus.write(BASE + 0x10, 1, 8);
		assert.deepEqual(names(), ["W.LOW"]);
		machine.bus.write(BASE + 0x20, 1, 0x80);
		machine.bus.write(BASE + 0x21, 1, 0x7f);
		assert.deepEqual(names(), []);
		machine.bus.write(BASE + 0x21, 1, 0x80);
		assert.deepEqual(names(), ["B.TOP"]);
	});

	it("reading a byte beside a register is no use of it", () => {
		const status: Register = { name: "S", offset: 6, size: 1, access: "ro", reset: 0, fields: [] };
		const { machine, told } = watched([withoutModel(status, "there is none")]);
		machine.bus.read(BASE + 5, 1);
		machine.bus.read(BASE + 7, 1);
		machine.bus.read(BASE + 4, 2);
		assert.deepEqual(told, []);
		machine.bus.read(BASE + 4, 4);
		assert.deepEqual(told, ["7 S is not modelled: there is none"]);
	});

	it("a board's machine tells of its models' registers", () => {
		const { tree } = parseDts([boardSource("generic-axi-dmac")!]);
		const { machine, devices } = buildMachine(tree);
		const told: [number, string][] = [];
		machine.observers.add({ warning: (device, _code, text) => told.push([device, text]) });
		machine.bus.write(0x80000 + 0x158, 4, 3);
		const dmac = devices.find(({ labels }) => labels.includes("dmac"))!.model!;
		assert.deepEqual(told, [[dmac.index, "CH1_AXI_QOS is not modelled: the bus knows no quality of service"]]);
	});

	it("dw-axi-dmac: bits of an item in memory count, too", () => {
		const rig = newRig();
		const told: string[] = [];
		rig.machine.observers.add({ warning: (_, code) => told.push(code) });
		const at = RAM + 0x1000;
		for (let round = 0; round < 2; round++) {
			item(rig, at, { sar: RAM, dar: RAM + 0x2000, items: 8, low: COPY, high: LAST | (1 << 24) });
			start(rig, 0, at);
			rig.machine.advanceTo(Number.POSITIVE_INFINITY);
		}
		assert.deepEqual(told, ["SRC_STAT_EN"]);
	});
});
