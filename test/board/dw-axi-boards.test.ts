/** The boards around a dw-axi-dmac (reference 9): what is where, and that a booted kernel moves bytes there. */
import assert from "node:assert/strict";
import { boardSource } from "../../src/board/boards";
import { buildMachine } from "../../src/board/machine";
import { parseDts } from "../../src/devicetree/parser";
import type { DwAxiDmac } from "../../src/hardware/dw-axi-dmac/controller";
import type { Ns16550 } from "../../src/hardware/ns16550";
import { startBoot } from "../../src/kernel/boot";
import { axiChannel, channelAt } from "../../src/kernel/drivers/dw-axi-dmac/registers";
import { dwAxiDmaHcfg } from "../../src/kernel/drivers/dw-axi-dmac/structs";
import { Client } from "../kernel/dmaengine/client";
import { LINEAR, Rig } from "../kernel/dmaengine/rig";
import { dmatestMachine, linesOf } from "../kernel/dmatest/rig";

interface BoardFacts {
	readonly board: string;
	/** Label of the controller. */
	readonly dmac: string;
	readonly name: string;
	readonly base: number;
	readonly interrupts: readonly number[];
	readonly channels: number;
	readonly masters: number;
	/** log2 of bytes. */
	readonly width: number;
	readonly blockItems: number;
	readonly burst: number;
	readonly cfg2: boolean;
	readonly ram: number;
	readonly ramSize: number;
	/** Label and address of UARTs. */
	readonly uarts: readonly (readonly [string, number])[];
}

const BOARDS: readonly BoardFacts[] = [
	{
		board: "jh7110",
		dmac: "dma",
		name: "16050000.dma-controller",
		base: 0x16050000,
		interrupts: [73],
		channels: 4,
		masters: 1,
		width: 3,
		blockItems: 65536,
		burst: 16,
		cfg2: true,
		ram: 0x40000000,
		ramSize: 0x40000000,
		uarts: [
			["uart0", 0x10000000],
			["uart3", 0x12000000],
			["uart5", 0x12020000],
		],
	},
	{
		board: "k210",
		dmac: "dmac0",
		name: "50000000.dma-controller",
		base: 0x50000000,
		interrupts: [27, 28, 29, 30, 31, 32],
		channels: 6,
		masters: 2,
		width: 5,
		blockItems: 0x200000,
		burst: 256,
		cfg2: false,
		ram: 0x80000000,
		ramSize: 0x800000,
		uarts: [
			["uart1", 0x50210000],
			["uart2", 0x50220000],
			["uart3", 0x50230000],
		],
	},
	{
		board: "th1520",
		dmac: "dmac0",
		name: "ffefc00000.dma-controller",
		base: 0xffefc00000,
		interrupts: [27],
		channels: 4,
		masters: 1,
		width: 4,
		blockItems: 65536,
		burst: 16,
		cfg2: false,
		ram: 0,
		ramSize: 0x40000000,
		uarts: [
			["uart0", 0xffe7014000],
			["uart5", 0xfff7f0c000],
		],
	},
];

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13) & 255);

describe("boards with a dw-axi-dmac", () => {
	for (const facts of BOARDS) {
		it(`${facts.board}: memory, controller and UARTs are where they are on the chip`, () => {
			const parsed = parseDts([boardSource(facts.board)!]);
			assert.deepEqual(parsed.diagnostics, []);
			const { devices, memory, diagnostics } = buildMachine(parsed.tree);
			assert.deepEqual(diagnostics, []);
			assert.deepEqual(memory, [{ base: facts.ram, size: facts.ramSize }]);
			const labelled = (label: string) => devices.find(({ labels }) => labels.includes(label))!;
			const dmac = labelled(facts.dmac);
			const model = dmac.model as DwAxiDmac;
			assert.deepEqual(
				[dmac.name, model.base, dmac.interrupts, model.channelCount, model.busBytes],
				[facts.name, facts.base, facts.interrupts, facts.channels, 1 << facts.width],
			);
			for (const [label, base] of facts.uarts)
				assert.deepEqual([labelled(label).model?.kind, labelled(label).reg[0]!.base], ["ns16550", base]);
		});

		it(`${facts.board}: the driver takes the controller as it is, and copies`, () => {
			const rig = new Rig({ board: facts.board });
			assert.ok(
				rig.log().some((line) => line.endsWith(`DesignWare AXI DMA Controller, ${facts.channels} channels`)),
				rig.log().join("\n"),
			);
			const client = new Client(rig, rig.channel());
			const { hdata } = channelAt(rig.k, axiChannel(client.chan));
			assert.deepEqual(
				[
					dwAxiDmaHcfg.nr_masters.get(rig.k.space, hdata),
					dwAxiDmaHcfg.m_data_width.get(rig.k.space, hdata),
					rig.k.space.r32(dwAxiDmaHcfg.block_size.at(hdata)),
					dwAxiDmaHcfg.axi_rw_burst_len.get(rig.k.space, hdata),
					dwAxiDmaHcfg.use_cfg2.get(rig.k.space, hdata) !== 0,
				],
				[facts.masters, facts.width, facts.blockItems, facts.burst, facts.cfg2],
			);
			const bytes = pattern(10000);
			const [from, to] = [facts.ram + 0x500000, facts.ram + 0x600000];
			rig.k.space.writeBytes(LINEAR + 0x500000, bytes);
			const tx = client.memcpy(to, from, bytes.length);
			client.callback(tx, 1);
			client.submit(tx);
			client.issue();
			rig.run();
			assert.equal(rig.callbacks.length, 1);
			assert.deepEqual(rig.k.machine.memory.readBytes(to, bytes.length), bytes);
			assert.equal(rig.k.state.oopses, 0);
		});
	}

	for (const { board, channels } of BOARDS)
		it(`${board}: 1,000 dmatest iterations on the first and the last channel, zero failures`, () => {
			const last = `dma0chan${channels - 1}`;
			const rig = dmatestMachine(`iterations 1000; channel dma0chan0; channel ${last}; run 1`, {}, {}, board);
			startBoot(rig.k, { tests: false });
			rig.go();
			const summaries = linesOf(rig).filter((line) => line.includes("summary"));
			assert.equal(summaries.length, 2);
			for (const line of summaries) assert.match(line, /: summary 1000 tests, 0 failures /);
		});

	for (const [board, label, address] of [
		["jh7110", "uart0", 0x10000000],
		["k210", "uart2", 0x50220000],
	] as const)
		it(`${board}: ${label} sends and receives by DMA at 115200 baud`, () => {
			const rig = new Rig({ board });
			const request = (name: string) =>
				new Client(rig, rig.call("dma_request_chan", rig.device(label), rig.text(name)));
			const [rx, tx] = [request("rx"), request("tx")];
			rx.configure({ direction: 2, src_addr: address, src_addr_width: 1 });
			tx.configure({ direction: 1, dst_addr: address, dst_addr_width: 1 });
			const uart = rig.k.devices.find(({ labels }) => labels.includes(label))!.model as unknown as Ns16550;
			const bytes = pattern(64);
			const ram = rig.k.machine.memory.regions[0]!.base;
			const [from, to] = [ram + 0x500000, ram + 0x600000];
			rig.k.machine.memory.writeBytes(from, bytes);
			const sending = tx.slaveSg([[from, 64]], 1);
			// Less than a receive trigger (8 bytes) stays in the FIFO.
			const receiving = rx.slaveSg([[to, 56]], 2);
			tx.callback(sending, 1);
			rx.callback(receiving, 2);
			tx.submit(sending);
			rx.submit(receiving);
			tx.issue();
			rx.issue();
			uart.receive(bytes);
			rig.run();
			assert.deepEqual(uart.takeSent(100), bytes);
			assert.deepEqual(rig.k.machine.memory.readBytes(to, 56), bytes.subarray(0, 56));
			assert.deepEqual(rig.callbacks.map(({ param }) => param).sort(), [1, 2]);
			// 115200 baud within 1 %: the divisor is a whole number.
			assert.ok(Math.abs(uart.characterTime() / (10e12 / 115200) - 1) < 0.01);
		});

	it("k210: every channel has an interrupt of its own", () => {
		const rig = new Rig({ board: "k210" });
		const clients = [0, 1, 2, 3].map(() => new Client(rig, rig.channel()));
		const counts = () => [27, 28, 29, 30, 31, 32].map((line) => rig.k.state.irqs[line]?.count ?? 0);
		const before = counts();
		for (const n of [3, 1, 3]) {
			clients[n]!.submit(clients[n]!.memcpy(0x80600000, 0x80500000, 4096));
			clients[n]!.issue();
			rig.run();
		}
		assert.deepEqual(
			counts().map((count, n) => count - before[n]!),
			[0, 1, 0, 2, 0, 0],
		);
	});

	it("jh8100: resets as the JH7110, handshake numbers in the high word of CFG", () => {
		const dts = '&dma { compatible = "starfive,jh8100-axi-dma"; RESETS };';
		const rig = new Rig({ board: "jh7110", dts: dts.replace("RESETS", "") });
		assert.equal(rig.k.state.devices.resets.filter(({ asserted }) => !asserted).length, 3);
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("i2stx0"), rig.text("tx")));
		client.configure({ direction: 1, dst_addr: 0x120b0020, dst_addr_width: 4 });
		client.submit(client.slaveSg([[0x41000000, 64]], 1));
		rig.writes.length = 0;
		client.issue();
		const written = new Map(rig.writes);
		// 47 does not fit the five bits of DST_PER: what is beyond them runs into PRIOR.
		assert.deepEqual([written.get(0x16050120), written.get(0x16050124)], [0xf, 1 | (47 << 12)]);
		const bare = new Rig({ board: "jh7110", dts: dts.replace("RESETS", "/delete-property/ resets;") });
		assert.ok(bare.log().some((line) => /16050000\.dma-controller: .*failed with error -2/.test(line)));
	});

	it("jh7110: both reset lines are released before the controller is used; without them there is no probe", () => {
		const rig = new Rig({ board: "jh7110" });
		const lines = rig.k.state.devices.resets.filter(({ index }) => index >= 0);
		assert.deepEqual(
			lines.map(({ index, asserted }) => [index, asserted]),
			[
				[5, false],
				[6, false],
			],
		);
		const bare = new Rig({ board: "jh7110", dts: "&dma { /delete-property/ resets; };" });
		assert.ok(bare.log().some((line) => /16050000\.dma-controller: .*failed with error -2/.test(line)));
	});
});
