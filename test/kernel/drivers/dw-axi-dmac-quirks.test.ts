/** dw-axi-dmac: quirks of 6.12 that a client can run into, and the model's knobs (controllers.md 1.3 to 1.5, 11). */
import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { axiChannel } from "../../../src/kernel/drivers/dw-axi-dmac/registers";
import { axiDmaChan } from "../../../src/kernel/drivers/dw-axi-dmac/structs";
import { Client, DEVICE_WORD } from "../dmaengine/client";
import { Rig } from "../dmaengine/rig";
import { llis } from "./dw-axi-dmac";

const DMAC = 0x80000;
const [CFG, CHEN] = [DMAC + 0x10, DMAC + 0x18];
const [CH1_CFG_L, CH1_LLP, CH1_INTSTATUS_ENA] = [DMAC + 0x120, DMAC + 0x128, DMAC + 0x180];
const SOURCE = 0x81000000;
const TARGET = 0x82000000;
const [MEM_TO_DEV, DEV_TO_MEM] = [1, 2];

function fifo(dts = ""): { rig: Rig; client: Client } {
	const rig = new Rig({ dts });
	const client = new Client(rig, rig.call("dma_request_chan", rig.device("fifo0"), rig.text("tx")));
	client.configure({ direction: MEM_TO_DEV, dst_addr: DEVICE_WORD, dst_addr_width: 4, dst_maxburst: 1 });
	return { rig, client };
}

describe("dw-axi-dmac driver: quirks", () => {
	it("a copy on a channel that was a slave's last waits for a handshake that never comes", () => {
		// A word a second: once the FIFO is full it asks for nothing.
		const { rig, client } = fifo("&fifo0 { sim,word-rate = <1>; };");
		client.submit(client.slaveSg([[SOURCE, 4096]], MEM_TO_DEV));
		client.issue();
		rig.run(1e9);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		const cookie = client.submit(client.memcpy(TARGET, SOURCE, 64));
		rig.writes.length = 0;
		client.issue();
		// TT_FC 1, memory to peripheral, with the FIFO's handshake 3 as the destination.
		assert.equal(rig.writes.find(([at]) => at === CH1_CFG_L + 4)?.[1], 1 | (3 << 12));
		rig.run(1e9);
		assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
	});

	it("terminate leaves is_paused behind: the next resume writes SUSP although nobody has paused", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.channel());
		const start = () => {
			client.submit(client.memcpy(TARGET, SOURCE, 1 << 20));
			client.issue();
		};
		start();
		assert.equal(rig.call("dmaengine_resume", client.chan), 0);
		assert.equal(axiDmaChan.is_paused.get(rig.k.space, axiChannel(client.chan)), 0);
		assert.equal(rig.call("dmaengine_pause", client.chan), 0);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
		assert.equal(axiDmaChan.is_paused.get(rig.k.space, axiChannel(client.chan)), 1);
		start();
		rig.writes.length = 0;
		assert.equal(rig.call("dmaengine_resume", client.chan), 0);
		// SUSP_WE of channel 0, and SUSP itself 0.
		assert.equal((rig.writes.find(([at]) => at === CHEN)?.[1] ?? 0) & 0x01010000, 0x01000000);
	});

	it("a channel that the hardware still has enabled is not handed out: -EBUSY, and a line in the log", () => {
		const rig = new Rig();
		const { bus } = rig.k.machine;
		// An item that is not valid: the channel holds, enabled.
		bus.write(CFG, 4, 3);
		bus.write(CH1_CFG_L, 4, 0xf);
		bus.write(CH1_LLP, 4, TARGET);
		bus.write(CHEN, 4, 0x101);
		rig.run(1e6);
		assert.equal(bus.read(CHEN, 4) & 1, 1);
		assert.equal(rig.channel(), 0);
		assert.ok(rig.log().includes("dma dma0chan0: dma0chan0 is non-idle!"));
	});

	it("an entry whose items do not fit into a block is -EINVAL for the driver, and its error path an oops", () => {
		const blocks = "&dmac { snps,block-size = <1024 1024 1024 1024>; KNOB };";
		// The first entry's alignment decides: 1024 items of 4 bytes. The second one's length allows bytes only.
		const entries = [
			[SOURCE, 4096],
			[SOURCE + 0x2000, 4095],
		] as const;
		const plain = fifo(blocks.replace("KNOB", ""));
		plain.client.slaveSg(entries, MEM_TO_DEV);
		assert.match(plain.rig.oopses[0] ?? "", /NULL pointer dereference at virtual address 0000000000000008/);
		const mended = fifo(blocks.replace("KNOB", "sim,fix-desc-put = <1>;"));
		assert.equal(mended.client.slaveSg(entries, MEM_TO_DEV), 0);
		assert.deepEqual(mended.rig.oopses, []);
	});

	it("bursts are of 4 items, whatever maxburst says, and what a ring has behind its last period is left out", () => {
		const { rig, client } = fifo();
		const items = llis(rig, client.cyclic(SOURCE, 10000, 4096, MEM_TO_DEV));
		assert.deepEqual(
			items.map(({ sar, block_ts_lo, ctl_lo }) => [Number(sar), Number(block_ts_lo) + 1, Number(ctl_lo) & 0x3fc000]),
			[
				[SOURCE, 1024, 0x44000],
				[SOURCE + 4096, 1024, 0x44000],
			],
		);
	});

	it("a period of two blocks has its callback a block early (1.5)", () => {
		const { rig, client } = fifo(
			"&dmac { snps,block-size = <512 512 512 512>; }; &fifo0 { sim,word-rate = <1000000>; };",
		);
		const tx = client.cyclic(SOURCE, 8192, 4096, MEM_TO_DEV);
		assert.equal(llis(rig, tx).length, 4);
		client.callback(tx);
		client.submit(tx);
		const ends: number[] = [];
		rig.k.machine.observers.add({ channelDone: () => void ends.push(rig.callbacks.length) });
		client.issue();
		rig.until(() => ends.length === 6, "six blocks");
		// After the first block the handler finds the second item: (1 + 1) * 2048 bytes are a period.
		assert.deepEqual(ends, [0, 1, 1, 2, 2, 3]);
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
	});

	it("no channel left: -ENODEV for a client of the devicetree", () => {
		const rig = new Rig();
		for (let n = 0; n < 4; n++) assert.notEqual(rig.channel(), 0);
		assert.equal(rig.call("dma_request_chan", rig.device("fifo0"), rig.text("tx")), -19);
	});
});

describe("dw-axi-dmac model: knobs of the boards (controllers.md 11)", () => {
	const ring = (knob: string) => {
		const rig = new Rig({ dts: `&dmac { ${knob} };` });
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("fifo0"), rig.text("rx")));
		client.configure({ direction: DEV_TO_MEM, src_addr: DEVICE_WORD, src_addr_width: 4 });
		const tx = client.cyclic(TARGET, 256, 64, DEV_TO_MEM);
		const items = llis(rig, tx).map(({ at }) => Number(at));
		client.callback(tx);
		client.submit(tx);
		client.issue();
		rig.run(1e6);
		const feed = () => {
			const model = rig.k.devices.find(({ labels }) => labels.includes("fifo0"))!.model as unknown as {
				receive(bytes: Uint8Array): void;
			};
			model.receive(new Uint8Array(64));
			rig.run(1e9);
		};
		return { rig, items, feed, llp: () => rig.k.machine.bus.peek(CH1_LLP, 4) };
	};

	it("sim,llp-advances-on-fetch: while an item runs, LLP is the next one's address, or its own", () => {
		const advanced = ring("");
		assert.equal(advanced.llp(), advanced.items[1]);
		const kept = ring("sim,llp-advances-on-fetch = <0>;");
		assert.equal(kept.llp(), kept.items[0]);
		for (let period = 1; period <= 5; period++) {
			kept.feed();
			assert.equal(kept.rig.callbacks.length, period);
			assert.equal(kept.llp(), kept.items[period % 4]);
		}
	});

	it("sim,write-back-clears-valid: an item that is over is not valid in memory, or as it was", () => {
		const valid = ({ rig, items, feed }: ReturnType<typeof ring>) => {
			const control = () => rig.k.machine.memory.read32(items[0]! + 0x24) >>> 31;
			const before = control();
			feed();
			return [before, control()];
		};
		// The handler makes the item behind valid again, not the one that is over.
		assert.deepEqual(valid(ring("")), [1, 0]);
		assert.deepEqual(valid(ring("sim,write-back-clears-valid = <0>;")), [1, 1]);
	});

	it("INTSTATUS_ENA decides what is latched: without BLOCK_TFR_DONE its end is seen nowhere", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.channel());
		const seen: number[] = [];
		rig.k.machine.observers.add({ channelDone: () => void seen.push(rig.k.machine.bus.peek(DMAC + 0x188, 4)) });
		client.submit(client.memcpy(TARGET, SOURCE, 64));
		client.issue();
		assert.equal(rig.k.machine.bus.peek(CH1_INTSTATUS_ENA, 4) & 1, 0);
		rig.run();
		assert.deepEqual(seen, [2]);
	});
});
