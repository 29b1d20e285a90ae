/** dw-axi-dmac with more than 8 channels, and behind Keem Bay's glue (reference 1.2, 1.4). */
import assert from "node:assert/strict";
import { DwAxiDmac } from "../../../src/hardware/dw-axi-dmac/controller";
import { decodeRegisters } from "../../../src/hardware/registers";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { Client, DEVICE_WORD } from "../dmaengine/client";
import { Rig } from "../dmaengine/rig";

const DMAC = 0x80000;
const CHEN = DMAC + 0x18;
const CHSUSP = DMAC + 0x20;
const APB = 0x90000;
const SOURCE = 0x81000000;
const TARGET = 0x82000000;

const pattern = (length: number, seed: number): Uint8Array =>
	Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13 + seed) & 255);

/** The generic board with this many channels; priorities as on real boards: the higher channel wins. */
function wide(channels: number, more = ""): { rig: Rig; clients: Client[] } {
	const cells = (value: (n: number) => number) => Array.from({ length: channels }, (_, n) => value(n)).join(" ");
	const rig = new Rig({
		dts: `&dmac { reg = <${DMAC} 0x4000>; dma-channels = <${channels}>;
			snps,block-size = <${cells(() => 4096)}>; snps,priority = <${cells((n) => n)}>; };${more}`,
	});
	return { rig, clients: Array.from({ length: channels }, () => new Client(rig, rig.channel())) };
}

const written = (rig: Rig, at: number): number[] =>
	rig.writes.filter(([address]) => address === at).map(([, value]) => value);

function copy(client: Client, index: number, length: number): number {
	const { rig } = client;
	rig.k.machine.memory.writeBytes(SOURCE + index * 0x10000, pattern(length, index));
	const tx = client.memcpy(TARGET + index * 0x10000, SOURCE + index * 0x10000, length);
	client.callback(tx, index);
	const cookie = client.submit(tx);
	client.issue();
	return cookie;
}

describe("dw-axi-dmac with many channels", () => {
	for (const channels of [9, 12, 16, 17, 32])
		it(`${channels} channels copy at the same time, and nothing is mixed up`, () => {
			const { rig, clients } = wide(channels);
			for (const [index, client] of clients.entries()) copy(client, index, 5000 + index);
			rig.run();
			assert.deepEqual(
				rig.callbacks.map(({ param }) => param).sort((a, b) => a - b),
				clients.map((_, index) => index),
			);
			for (const index of clients.keys())
				assert.deepEqual(
					rig.k.machine.memory.readBytes(TARGET + index * 0x10000, 5000 + index),
					pattern(5000 + index, index),
				);
			assert.equal(rig.k.state.oopses + rig.k.state.warnings, 0);
		});

	it("12: enable and suspend are 32-bit registers with 16 channels each, handshakes and priority as in CFG2", () => {
		const { rig, clients } = wide(12);
		rig.writes.length = 0;
		const cookie = copy(clients[11], 11, 0x8000);
		assert.deepEqual(written(rig, CHEN), [(1 << 11) | (1 << 27)]);
		assert.deepEqual(written(rig, DMAC + 0xc00 + 0x24), [11 << 20]);
		assert.equal(rig.k.machine.bus.read(CHEN, 4), 1 << 11);
		assert.equal(rig.call("dmaengine_pause", clients[11].chan), 0);
		assert.deepEqual(written(rig, CHSUSP), [(1 << 11) | (1 << 27)]);
		assert.equal(rig.k.machine.bus.read(CHSUSP, 4), 1 << 11);
		rig.run(1_000_000_000);
		assert.equal(clients[11].status(cookie).status, DmaStatus.IN_PROGRESS);
		assert.equal(rig.call("dmaengine_resume", clients[11].chan), 0);
		assert.deepEqual(written(rig, CHSUSP).slice(1), [1 << 27]);
		rig.run();
		assert.equal(clients[11].status(cookie).status, DmaStatus.COMPLETE);
	});

	it("32: channels from 16 on are in the upper half, and each access takes both", () => {
		const { rig, clients } = wide(32);
		rig.writes.length = 0;
		const first = copy(clients[3], 3, 0x8000);
		assert.deepEqual([written(rig, CHEN), written(rig, CHEN + 4)], [[(1 << 3) | (1 << 19)], [0]]);
		rig.writes.length = 0;
		const second = copy(clients[20], 20, 0x8000);
		// The lower half goes back as it was read: no write enable in it, so channel 3 runs on.
		assert.deepEqual([written(rig, CHEN), written(rig, CHEN + 4)], [[1 << 3], [(1 << 4) | (1 << 20)]]);
		assert.deepEqual([rig.k.machine.bus.read(CHEN, 4), rig.k.machine.bus.read(CHEN + 4, 4)], [1 << 3, 1 << 4]);
		rig.writes.length = 0;
		assert.equal(rig.call("dmaengine_pause", clients[20].chan), 0);
		assert.deepEqual([written(rig, CHSUSP), written(rig, CHSUSP + 4)], [[0], [(1 << 4) | (1 << 20)]]);
		assert.equal(rig.call("dmaengine_resume", clients[20].chan), 0);
		rig.run();
		for (const [client, cookie] of [
			[clients[3], first],
			[clients[20], second],
		] as const)
			assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
	});

	it("32: terminate waits for channels of the lower half; for the others 6.12 looks at a bit that is always 0", () => {
		// Memory so slow that a burst is in flight for 100 µs: the first look comes too early, the next one 1 ms later.
		const { rig, clients } = wide(32, "/ { memory@80000000 { sim,read-latency-ns = <100000>; }; };");
		const wait = (client: Client): number => {
			copy(client, 0, 0x10000);
			rig.run(150_000_000);
			const begin = rig.k.machine.time;
			assert.equal(rig.call("dmaengine_terminate_async", client.chan), 0);
			return rig.k.machine.time - begin;
		};
		assert.ok(wait(clients[2]) >= 1e9);
		assert.ok(wait(clients[18]) < 1e8);
	});

	it("the suspend and abort registers of a controller of 8 are not there", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.channel());
		const cookie = copy(client, 0, 0x8000);
		rig.k.machine.bus.write(CHSUSP, 4, 0x00010001);
		rig.k.machine.bus.write(DMAC + 0x28, 4, 0x00010001);
		assert.equal(rig.k.machine.bus.read(CHSUSP, 4), 0);
		rig.run();
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
	});

	it("an abort drops the channel at once, in both halves", () => {
		const { rig, clients } = wide(32);
		copy(clients[1], 1, 0x8000);
		copy(clients[17], 17, 0x8000);
		const { bus } = rig.k.machine;
		bus.write(DMAC + 0x200 + 0x80, 4, 0x80000000);
		bus.write(DMAC + 0x28, 4, (1 << 1) | (1 << 17));
		bus.write(DMAC + 0x2c, 4, 1 << 17);
		assert.deepEqual([bus.read(CHEN, 4), bus.read(CHEN + 4, 4)], [0, 1 << 1]);
		assert.equal(bus.read(DMAC + 0x200 + 0x88, 4), 0x80000000);
		bus.write(DMAC + 0x2c, 4, (1 << 1) | (1 << 17));
		assert.equal(bus.read(CHEN + 4, 4), 0);
	});
});

describe("dw-axi-dmac behind Keem Bay's glue", () => {
	const keemBay = (reg = `<${DMAC} 0x1000>, <${APB} 0x24>`) =>
		new Rig({
			dts: `&dmac { compatible = "intel,kmb-axi-dma"; reg = ${reg}; dma-channels = <8>; snps,dma-masters = <1>;
				snps,data-width = <4>; snps,block-size = <1024 1024 1024 1024 1024 1024 1024 1024>;
				snps,priority = <0 0 0 0 0 0 0 0>; /delete-property/ snps,axi-max-burst-len; };`,
		});
	const HS_SEL = APB + 0x10;
	const BYTE_WR = APB + 0x1c;
	const HALFWORD_WR = APB + 0x20;

	it("prep selects the handshake of the channel, which then listens to an input of its own", () => {
		const rig = keemBay();
		const { bus, memory } = rig.k.machine;
		assert.deepEqual([bus.read(HS_SEL, 4), bus.read(HS_SEL + 4, 4)], [0x3f3f3f3f, 0x3f3f3f3f]);
		// Channels 0 to 4 are taken, so this is channel 5; the FIFO's transmit handshake is 3.
		for (let n = 0; n < 5; n++) rig.channel();
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("fifo0"), rig.text("tx")));
		client.configure({ direction: 1, dst_addr: DEVICE_WORD, dst_addr_width: 4 });
		memory.writeBytes(SOURCE, pattern(256, 1));
		const tx = client.slaveSg([[SOURCE, 256]], 1);
		assert.equal(bus.read(HS_SEL + 4, 4), 0x3f3f033f);
		client.callback(tx, 1);
		client.submit(tx);
		rig.writes.length = 0;
		client.issue();
		// DST_PER is the channel's number; a width of 4 bytes counts as bytes.
		assert.deepEqual(written(rig, DMAC + 0x600 + 0x24), [1 | (5 << 12)]);
		assert.equal(bus.read(BYTE_WR, 4), 1 << 5);
		const model = rig.k.devices.find(({ labels }) => labels.includes("dmac"))!.model;
		assert.ok(model instanceof DwAxiDmac);
		rig.run(2_000_000);
		assert.equal(model.channelView(5).dstHandshake, 3);
		rig.run();
		assert.equal(rig.callbacks.length, 1);
		const fifo = rig.k.devices.find(({ labels }) => labels.includes("fifo0"))!.model as unknown as {
			takeSent(max: number): Uint8Array;
		};
		assert.deepEqual(fifo.takeSent(300), pattern(256, 1));
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		assert.deepEqual([bus.read(HS_SEL + 4, 4), bus.read(BYTE_WR, 4)], [0x3f3f3f3f, 0]);
		assert.equal(
			rig.log().some((line) => line.includes("apb_regs")),
			false,
		);
		assert.ok(decodeRegisters(model).some(({ name, address }) => name === "APB_HW_HS_SEL_1" && address === HS_SEL + 4));
	});

	it("a transfer of 16-bit items is told to the other register, a capture to none", () => {
		const rig = keemBay();
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("fifo0"), rig.text("tx")));
		client.configure({ direction: 1, dst_addr: DEVICE_WORD, dst_addr_width: 2 });
		client.submit(client.slaveSg([[SOURCE, 64]], 1));
		client.issue();
		const { bus } = rig.k.machine;
		assert.deepEqual([bus.read(BYTE_WR, 4), bus.read(HALFWORD_WR, 4)], [0, 1]);
		rig.call("dmaengine_terminate_sync", client.chan);
		assert.equal(bus.read(HALFWORD_WR, 4), 0);
		const capture = new Client(rig, rig.call("dma_request_chan", rig.device("fifo0"), rig.text("rx")));
		capture.configure({ direction: 2, src_addr: DEVICE_WORD, src_addr_width: 4 });
		capture.submit(capture.slaveSg([[TARGET, 64]], 2));
		capture.issue();
		assert.deepEqual([bus.read(BYTE_WR, 4), bus.read(HALFWORD_WR, 4)], [0, 0]);
		assert.equal(bus.read(HS_SEL, 4), 0x3f3f023f);
	});

	it("without the second register block there is no probe", () => {
		const rig = keemBay(`<${DMAC} 0x1000>`);
		assert.ok(
			rig.log().some((line) => line.includes("80000.dma-controller") && line.includes("-22")),
			rig.log().join("\n"),
		);
	});

	it("any other controller complains at every prep of a slave transfer, and goes on", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("fifo0"), rig.text("tx")));
		client.configure({ direction: 1, dst_addr: DEVICE_WORD, dst_addr_width: 4 });
		for (let n = 0; n < 2; n++) assert.notEqual(client.slaveSg([[SOURCE, 64]], 1), 0);
		const lines = rig.log().filter((line) => line.includes("apb_regs"));
		assert.deepEqual(lines, new Array(2).fill("dw_axi_dmac_platform 80000.dma-controller: apb_regs not initialized"));
	});
});
