import assert from "node:assert/strict";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { inspectChannel } from "../../../src/kernel/dmaengine/inspect";
import { axiChannel } from "../../../src/kernel/drivers/dw-axi-dmac/registers";
import { axiDmaChan } from "../../../src/kernel/drivers/dw-axi-dmac/structs";
import { Client, DEVICE_WORD } from "../dmaengine/client";
import { pointer, Rig } from "../dmaengine/rig";
import { cases } from "./cases";

const DMAC = 0x80000;
const blocks = (size: number) => `&dmac { snps,block-size = <${size} ${size} ${size} ${size}>; };`;

describe("dw-axi-dmac driver: transfers (controller-cases.json)", () => {
	it("dwaxi-10-cyclic-4-periods", () => {
		const { ops, expect } = cases["dwaxi-10-cyclic-4-periods"];
		const { config } = ops[0];
		const rig = new Rig({ dts: "&fifo0 { sim,word-rate = <1000000>; };" });
		rig.k.state.dmaMemory.nextPoolPage = 0x90000000;
		const client = new Client(rig, rig.channel());
		// The device is the FIFO here: what the case's codec would be.
		client.configure({ direction: 1, dst_addr: DEVICE_WORD, dst_addr_width: config?.dst_addr_width ?? 0 });
		axiDmaChan.hw_handshake_num.set(rig.k.space, axiChannel(client.chan), 3);
		const tx = client.cyclic(Number(ops[1].buf), ops[1].len ?? 0, ops[1].period ?? 0, 1);
		const expected = expect.llis!.map((lli) => ({ ...lli, dar: `0x${DEVICE_WORD.toString(16)}` }));
		assert.deepEqual(
			inspectChannel(rig.k, client.chan).queues.allocated[0].chunks.map(({ address, src, dst }) => [address, src, dst]),
			expected.map((lli) => [Number(lli.at), Number(lli.sar), Number(lli.dar)]),
		);
		client.callback(tx);
		const cookie = client.submit(tx);
		client.issue();
		for (const [index, irq] of expect.irq!.entries()) {
			rig.until(() => rig.callbacks.length === index + 1, `period ${index}`);
			assert.equal(client.status(cookie).residue, irq.residueAfter, `residue after block ${irq.block}`);
			assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
			assert.equal(rig.k.machine.bus.read(DMAC + 0x18, 4) & 1, 1, "enabled again");
		}
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
	});

	it("dwaxi-12-residue-non-cyclic", () => {
		const rig = new Rig({ dts: blocks(256) });
		const client = new Client(rig, rig.channel());
		const cookie = client.submit(client.memcpy(0x80010000, 0x80000000 + 0x1000000, 10000));
		const expected = cases["dwaxi-12-residue-non-cyclic"].expect.txStatus!;
		assert.deepEqual(client.status(cookie), {
			status: DmaStatus.IN_PROGRESS,
			residue: expected["before-issue"].residue,
		});
		const before = rig.k.state.irqs[27].count;
		client.issue();
		const view = () => inspectChannel(rig.k, client.chan);
		assert.equal(view().state, "running");
		assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: expected.mid.residue });
		rig.run();
		assert.deepEqual(client.status(cookie), { status: DmaStatus.COMPLETE, residue: expected["after-irq"].residue });
		assert.equal(rig.k.state.irqs[27].count - before, 1);
	});

	it("dwaxi-13-start-registers", () => {
		const { expect } = cases["dwaxi-13-start-registers"];
		const rig = new Rig();
		rig.channel();
		rig.channel();
		rig.k.state.dmaMemory.nextPoolPage = 0x90000000;
		const client = new Client(rig, rig.channel());
		client.submit(client.memcpy(0x80010000, 0x81000000, 64));
		rig.writes.length = 0;
		client.issue();
		const names: Record<string, number> = {
			DMAC_CFG: DMAC + 0x10,
			CH3_CFG_L: DMAC + 0x320,
			CH3_CFG_H: DMAC + 0x324,
			CH3_LLP_LO: DMAC + 0x328,
			CH3_LLP_HI: DMAC + 0x32c,
			CH3_INTSIGNAL_ENA: DMAC + 0x390,
			CH3_INTSTATUS_ENA: DMAC + 0x380,
			DMAC_CHEN: DMAC + 0x18,
		};
		const starts = rig.writes.slice(0, expect.writes!.length);
		assert.deepEqual(
			starts,
			expect.writes!.map(([name, value]) => [names[name], Number(value)]),
		);
	});

	it("dwaxi-15-error-irq", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.channel());
		const a = client.memcpy(0x80010000, 0x50000000, 64);
		const b = client.memcpy(0x80020000, 0x81000000, 64);
		client.callbackResult(a, 0xa);
		client.callback(b, 0xb);
		const [cookieA, cookieB] = [client.submit(a), client.submit(b)];
		client.issue();
		rig.run();
		const bad = rig.log().find((line) => line.includes("Bad descriptor"));
		assert.equal(bad, `dma dma0chan0: Bad descriptor submitted for dma0chan0, cookie: ${cookieA}, irq: 0x00000020`);
		assert.ok(rig.log().some((line) => line.includes("SAR: 0x50000000 DAR: 0x80010000 LLP: 0x0 BTS 0x7")));
		assert.deepEqual(
			rig.callbacks.map((c) => [c.param, c.result?.result]),
			[
				[0xa, 0],
				[0xb, undefined],
			],
		);
		assert.equal(client.status(cookieA).status, DmaStatus.COMPLETE);
		// B was started by the error path, without another issue_pending.
		assert.equal(client.status(cookieB).status, DmaStatus.COMPLETE);
	});

	for (const startNextInIrq of [false, true])
		it(`dwaxi-19-queue-two${startNextInIrq ? " with the knob sim,start-next-in-irq" : ""}`, () => {
			const rig = new Rig({ dts: startNextInIrq ? "&dmac { sim,start-next-in-irq = <1>; };" : "" });
			const client = new Client(rig, rig.channel());
			const a = client.submit(client.memcpy(0x80010000, 0x81000000, 64));
			const b = client.submit(client.memcpy(0x80020000, 0x81000000, 64));
			client.issue();
			rig.run();
			assert.equal(client.status(a).status, DmaStatus.COMPLETE);
			assert.equal(client.status(b).status, startNextInIrq ? DmaStatus.COMPLETE : DmaStatus.IN_PROGRESS);
			if (startNextInIrq) return;
			assert.equal(client.status(b).residue, 64);
			client.issue();
			rig.run();
			assert.equal(client.status(b).status, DmaStatus.COMPLETE);
		});

	for (const [index, { probe }] of cases["dwaxi-20-probe-errors"].ops.entries())
		it(`dwaxi-20-probe-errors: ${JSON.stringify(probe)}`, () => {
			const lines = Object.entries(probe!).map(([name, value]) => {
				const list = Array.isArray(value) ? value : [value];
				// The other channels' values stay valid.
				if (name === "snps,block-size") list.push(4096, 4096, 4096);
				return `${name} = <${list.join(" ")}>;`;
			});
			const rig = new Rig({ dts: `&dmac { ${lines.join(" ")} };`, probe: false });
			rig.call("dw_axi_dmac_driver_init");
			assert.equal(rig.probeResult(), -22, `case ${index}`);
		});

	it("the copied bytes arrive, by MMIO and interrupts only", () => {
		const rig = new Rig();
		const client = new Client(rig, rig.channel());
		const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);
		rig.k.space.writeBytes(pointer(0x81000000), bytes);
		const tx = client.memcpy(0x81800000, 0x81000000, 1000);
		client.callback(tx, 1);
		client.submit(tx);
		assert.equal(rig.callbacks.length, 0);
		client.issue();
		rig.run();
		assert.deepEqual(rig.k.space.readBytes(pointer(0x81800000), 1000), bytes);
		assert.equal(rig.callbacks.length, 1);
	});

	it("pause stops the channel, resume lets it go on; tx_status never says PAUSED", () => {
		const rig = new Rig({ dts: blocks(4096) });
		const client = new Client(rig, rig.channel());
		const cookie = client.submit(client.memcpy(0x82000000, 0x81000000, 1 << 20));
		client.issue();
		rig.run(20_000_000);
		assert.equal(rig.call("dmaengine_pause", client.chan), 0);
		assert.equal(inspectChannel(rig.k, client.chan).state, "paused");
		rig.run(1_000_000_000_000);
		assert.deepEqual(client.status(cookie), { status: DmaStatus.IN_PROGRESS, residue: 1 << 20 });
		assert.equal(rig.call("dmaengine_resume", client.chan), 0);
		rig.run();
		assert.equal(client.status(cookie).status, DmaStatus.COMPLETE);
	});
});
