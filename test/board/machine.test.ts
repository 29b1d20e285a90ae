import assert from "node:assert/strict";
import * as fc from "fast-check";
import { boardNames, boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import { Ns16550 } from "../../src/hardware/ns16550";
import { decodeRegisters } from "../../src/hardware/registers";
import { Response } from "../../src/sim/observers";

function build(extra: string) {
	const parsed = parseDts([boardSource("generic-axi-dmac")!, { file: "x.dma", line: 1, text: extra }]);
	assert.deepEqual(parsed.diagnostics, []);
	return { tree: parsed.tree, ...buildMachine(parsed.tree) };
}

describe("boards", () => {
	it("generic-axi-dmac is as machine.md says", () => {
		assert.deepEqual(boardNames(), [
			"bcm2837",
			"generic-axi-dmac",
			"jh7110",
			"k210",
			"stm32mp157",
			"th1520",
			"zynq-7000",
		]);
		const { devices, memory, diagnostics, cpus } = build("");
		assert.deepEqual(diagnostics, []);
		assert.equal(cpus, 1);
		assert.deepEqual(memory, [{ base: 0x80000000, size: 512 * 1024 * 1024 }]);
		const facts = devices
			.filter((device) => device.reg.length > 0)
			.map((device) => [device.name, device.labels[0], device.reg[0]!.base, device.interrupts[0], device.model?.kind]);
		assert.deepEqual(facts, [
			["80000.dma-controller", "dmac", 0x80000, 27, "dw-axi-dmac"],
			["10000000.serial", "uart0", 0x10000000, 10, "ns16550"],
			["10001000.fifo", "fifo0", 0x10001000, 11, "sim-fifo"],
		]);
	});

	it("takes a user's changes and keeps devices without a model silent", () => {
		const { machine, devices, diagnostics } = build(`
&dmac { dma-channels = <2>; };
&fifo0 { status = "disabled"; };
/ { soc { #address-cells = <1>; #size-cells = <1>; compatible = "simple-bus"; ranges = <0 0x20000000 0x10000>;
	dev: thing@100 { compatible = "acme,thing"; reg = <0x100 0x10>; interrupts = <40>; }; }; };`);
		assert.deepEqual(diagnostics, []);
		const thing = devices.find((device) => device.labels.includes("dev"))!;
		assert.deepEqual([thing.name, thing.model, thing.interrupts], ["20000100.thing", null, [40]]);
		assert.equal(
			devices.some((device) => device.labels.includes("fifo0")),
			false,
		);
		machine.bus.write(0x20000104, 4, 5);
		assert.equal(machine.bus.result, Response.OKAY);
		assert.equal(machine.bus.read(0x20000104, 4), 0);
		machine.bus.read(0x20000200, 4);
		assert.equal(machine.bus.result, Response.DECERR);
	});

	it("puts errors where they are", () => {
		const { tree, diagnostics } = parseDts(`/ { #address-cells = <1>; #size-cells = <1>;
	a: a@0 { compatible = "x,a"; reg = <0x1000 0x100>; };
	b: b@0 { compatible = "x,b"; reg = <0x10f0 0x100>; };
	c { compatible = "x,c"; reg = <1 2 3>; };
};`);
		assert.deepEqual(diagnostics, []);
		const built = buildMachine(tree);
		assert.deepEqual(
			built.diagnostics.map((d) => [d.code, d.line]),
			[
				["DT020", 1],
				["DT021", 4],
				["DT024", 3],
			],
		);
	});

	it("sends 256 bytes from memory to the UART by DMA, at the line's rate", () => {
		const { machine, devices } = build("");
		const uart = devices.find((device) => device.labels.includes("uart0"))!.model as Ns16550;
		const { memory, bus } = machine;
		const bytes = Uint8Array.from({ length: 256 }, (_, at) => 32 + (at % 90));
		memory.writeBytes(0x80001000, bytes);
		const item = 0x80002000;
		memory.write32(item, 0x80001000);
		memory.write32(item + 8, 0x10000000);
		memory.write32(item + 16, 63);
		memory.write32(item + 32, 0x00044240);
		memory.write32(item + 36, 0xc0108840);
		const lengths: number[] = [];
		const outputs: [number, string][] = [];
		let finished = 0;
		machine.observers.add({
			burst: (_controller, _channel, _src, dst, length, beats) => {
				assert.equal(dst, 0x10000000);
				assert.equal(beats, length);
				lengths.push(length);
			},
			output: (_device, text) => outputs.push([machine.time, new TextDecoder().decode(text)]),
			channelDone: () => {
				finished = machine.time;
			},
		});
		bus.write(0x80010, 4, 3);
		bus.write(0x80120, 4, 0xf);
		// M2P, destination handshake 1, as dmas = <&dmac 1> of "tx".
		bus.write(0x80124, 4, 1 | (1 << 12));
		bus.write(0x80128, 4, item);
		bus.write(0x80018, 4, 0x101);
		machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(lengths, new Array(64).fill(4));
		assert.deepEqual(uart.takeSent(1000), bytes);
		assert.equal(uart.takeSent(1000).length, 0);
		// 10 bits at 115200 baud, 256 times; the first byte waits for the first burst only.
		const character = 1e13 / 115200;
		const [time, text] = outputs[0]!;
		assert.equal(text, new TextDecoder().decode(bytes));
		assert.ok(Math.abs(time - 256 * character) < 1e6, `${time}`);
		// The channel ends when the last 16 bytes are in the FIFO: 15 or 16 characters before the line is idle.
		assert.ok(finished > 238 * character && finished < 240 * character, `${finished / character}`);
	});

	it("receives by DMA from the trigger level on; what is below stays in the UART (case client-03)", () => {
		const { machine, devices } = build("");
		const uart = devices.find((device) => device.labels.includes("uart0"))!.model as Ns16550;
		const { memory, bus } = machine;
		const bytes = Uint8Array.from({ length: 300 }, (_, at) => at & 255);
		memory.write32(0x80002000, 0x10000000);
		memory.write32(0x80002008, 0x80001000);
		memory.write32(0x80002010, 4095);
		memory.write32(0x80002020, 0x00045010);
		memory.write32(0x80002024, 0xc0108840);
		bus.write(0x80010, 4, 3);
		bus.write(0x80120, 4, 0xf);
		bus.write(0x80124, 4, 2);
		bus.write(0x80128, 4, 0x80002000);
		bus.write(0x80018, 4, 0x101);
		bus.write(0x10000001, 1, 1);
		uart.receive(bytes);
		machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(memory.readBytes(0x80001000, 300), Uint8Array.from([...bytes.slice(0, 296), 0, 0, 0, 0]));
		assert.deepEqual([...uart.fifoView().rx], [40, 41, 42, 43]);
		assert.equal(bus.read(0x10000002, 1), 0xcc);
		const lsr = decodeRegisters(uart).find((register) => register.name === "LSR")!;
		assert.equal(lsr.fields.find((field) => field.name === "DR")!.value, 1);
		for (let n = 0; n < 4; n++) assert.equal(bus.read(0x10000000, 1), 40 + n);
		assert.equal(bus.read(0x10000002, 1), 0xc1);
	});

	it("moves words through the FIFO both ways at its rate", () => {
		const { machine, devices } = build("");
		const fifo = devices.find((device) => device.labels.includes("fifo0"))!;
		const { memory, bus } = machine;
		assert.equal(fifo.model?.kind, "sim-fifo");
		const bytes = Uint8Array.from({ length: 256 }, (_, at) => at ^ 0x5a);
		memory.writeBytes(0x80001000, bytes);
		const put = (at: number, sar: number, dar: number, low: number) => {
			memory.write32(at, sar);
			memory.write32(at + 8, dar);
			memory.write32(at + 16, 63);
			memory.write32(at + 32, low);
			memory.write32(at + 36, 0xc0108840);
		};
		put(0x80002000, 0x80001000, 0x10001000, 0x00045240);
		put(0x80002040, 0x10001000, 0x80003000, 0x00045210);
		bus.write(0x80010, 4, 3);
		bus.write(0x80120, 4, 0xf);
		bus.write(0x80124, 4, 1 | (3 << 12));
		bus.write(0x80128, 4, 0x80002000);
		bus.write(0x80220, 4, 0xf);
		bus.write(0x80224, 4, 2 | (2 << 7));
		bus.write(0x80228, 4, 0x80002040);
		bus.write(0x80018, 4, 0x303);
		const model = fifo.model as unknown as { receive(b: Uint8Array): void; takeSent(n: number): Uint8Array };
		model.receive(bytes.slice().reverse());
		machine.advanceTo(Number.POSITIVE_INFINITY);
		assert.deepEqual(model.takeSent(1000), bytes);
		assert.deepEqual(memory.readBytes(0x80003000, 256), bytes.slice().reverse());
		// 64 words at 1 M words/s.
		assert.ok(machine.time >= 64e6 && machine.time < 66e6, `${machine.time}`);
	});

	it("names devices as Linux does and leaves children of devices alone", () => {
		const { devices, diagnostics } = build(`/ {
	soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges;
		i2c: i2c@30000000 { compatible = "acme,i2c"; reg = <0x30000000 0x100>; #address-cells = <1>; #size-cells = <0>;
			codec@1a { compatible = "acme,codec"; reg = <0x1a>; }; };
		glue { compatible = "acme,glue"; }; }; };`);
		assert.deepEqual(diagnostics, []);
		assert.deepEqual(
			devices.map((device) => device.name),
			[
				"clock-core",
				"clock-cfgr",
				"80000.dma-controller",
				"10000000.serial",
				"10001000.fifo",
				"soc",
				"30000000.i2c",
				"soc:glue",
			],
		);
	});

	it("gives the same machine however its run is cut, and from any snapshot", () => {
		const begin = () => {
			const { machine, devices } = build("");
			const { memory, bus } = machine;
			for (let at = 0; at < 4096; at += 4) memory.write32(0x80001000 + at, Math.imul(at + 1, 0x9e3779b1));
			const items: [number, number, number, number, number][] = [
				[0x80001000, 0x80008000, 511, 0x45b04, 0],
				[0x80001000, 0x10000000, 15, 0x44240, 1 | (1 << 12)],
				[0x80001400, 0x8000a000, 255, 0x45b04, 2 << 17],
				[0x80001000, 0x10001000, 31, 0x45240, 1 | (3 << 12) | (3 << 17)],
			];
			items.forEach(([sar, dar, ts, low, cfg], channel) => {
				const at = 0x80002000 + channel * 64;
				memory.write32(at, sar);
				memory.write32(at + 8, dar);
				memory.write32(at + 16, ts);
				memory.write32(at + 32, low);
				memory.write32(at + 36, 0xc0108840);
				bus.write(0x80120 + channel * 0x100, 4, 0xf);
				bus.write(0x80124 + channel * 0x100, 4, cfg);
				bus.write(0x80128 + channel * 0x100, 4, at);
			});
			bus.write(0x80010, 4, 3);
			bus.write(0x80018, 4, 0xf0f);
			for (const device of devices)
				if (device.model instanceof Ns16550) device.model.receive(Uint8Array.of(1, 2, 3, 4, 5));
			return machine;
		};
		const END = 8e9;
		const whole = begin();
		whole.advanceTo(END);
		const expected = whole.hash();
		const times = fc.array(fc.oneof(fc.nat(60e6), fc.nat(END)), { maxLength: 12 });
		fc.assert(
			fc.property(times, fc.nat(), (cuts, pick) => {
				const machine = begin();
				const snapshots = [machine.snapshot()];
				for (const time of cuts.toSorted((a, b) => a - b)) {
					machine.advanceTo(time);
					snapshots.push(machine.snapshot());
				}
				machine.advanceTo(END);
				assert.equal(machine.hash(), expected);
				machine.restore(snapshots[pick % snapshots.length]!);
				machine.advanceTo(END);
				assert.equal(machine.hash(), expected);
			}),
			{ numRuns: 25 },
		);
	});
});
