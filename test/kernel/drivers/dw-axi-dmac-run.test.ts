import assert from "node:assert/strict";
import type { DwAxiDmac } from "../../../src/hardware/dw-axi-dmac/controller";
import { DmaStatus } from "../../../src/kernel/dmaengine/constants";
import { inspectChannel } from "../../../src/kernel/dmaengine/inspect";
import { axiChannel } from "../../../src/kernel/drivers/dw-axi-dmac/registers";
import { axiDmaChan, axiDmaChip, axiDmaDesc } from "../../../src/kernel/drivers/dw-axi-dmac/structs";
import { Client } from "../dmaengine/client";
import { pointer, Rig } from "../dmaengine/rig";
import { cases } from "./cases";
import { descOf, llis } from "./dw-axi-dmac";

const DMAC = 0x80000;
const blocks = (size: number) => `&dmac { snps,block-size = <${size} ${size} ${size} ${size}>; };`;

describe("dw-axi-dmac driver: transfers (controller-cases.json)", () => {
	it("dwaxi-10-cyclic-4-periods", () => {
		const { ops, expect, provider } = cases["dwaxi-10-cyclic-4-periods"];
		const config = ops[0].config!;
		const address = Number(config.dst_addr);
		const node = `codec: fifo@${address.toString(16)} { compatible = "sim,fifo"; reg = <${address} 4>; `;
		const rig = new Rig({
			dts: `/ { ${node} dmas = <&dmac 6>, <&dmac 7>; dma-names = "rx", "tx"; sim,word-rate = <1000000>; }; };`,
		});
		rig.k.state.dmaMemory.nextPoolPage = Number(provider.lliPool);
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("codec"), rig.text("tx")));
		client.configure({ direction: 1, dst_addr: address, dst_addr_width: config.dst_addr_width });
		const tx = client.cyclic(Number(ops[1].buf), ops[1].len ?? 0, ops[1].period ?? 0, 1);
		assert.deepEqual(llis(rig, tx), expect.llis);
		client.callback(tx);
		const cookie = client.submit(tx);
		// The registers as the handler finds them.
		const { bus } = rig.k.machine;
		const found: { status: number; llp: number }[] = [];
		rig.k.machine.observers.add({
			channelDone: () => found.push({ status: bus.peek(DMAC + 0x188, 4), llp: bus.peek(DMAC + 0x128, 4) }),
		});
		client.issue();
		assert.equal(expect.irq!.length, ops.at(-1)?.runBlocks);
		for (const [index, irq] of expect.irq!.entries()) {
			rig.writes.length = 0;
			rig.until(() => rig.callbacks.length === index + 1, `period ${index}`);
			assert.ok(irq.callback && irq.reEnable);
			assert.deepEqual(found[irq.block], { status: Number(irq.intstatus), llp: Number(irq.chLlp) });
			assert.equal(axiDmaDesc.completed_blocks.get(rig.k.space, descOf(tx)), irq.matchIndex);
			assert.equal(client.status(cookie).residue, irq.residueAfter, `residue after block ${irq.block}`);
			assert.equal(client.status(cookie).status, DmaStatus.IN_PROGRESS);
			assert.ok(
				rig.writes.some(([at, value]) => at === DMAC + 0x18 && value === 0x101),
				"enabled again",
			);
		}
		assert.equal(rig.call("dmaengine_terminate_sync", client.chan), 0);
	});

	it("dwaxi-12-residue-non-cyclic", () => {
		const { ops, expect, provider } = cases["dwaxi-12-residue-non-cyclic"];
		const { src, dst, len } = ops[0];
		const rig = new Rig({ dts: blocks(provider.blockSize) });
		const client = new Client(rig, rig.channel());
		// The case's source is the start of RAM, where this kernel's own memory is: reading does no harm.
		const cookie = client.submit(client.memcpy(Number(dst), Number(src), len ?? 0));
		const label = { [DmaStatus.IN_PROGRESS]: "DMA_IN_PROGRESS", [DmaStatus.COMPLETE]: "DMA_COMPLETE" } as const;
		const status = () => {
			const { status, residue } = client.status(cookie);
			return { status: label[status as keyof typeof label], residue };
		};
		assert.deepEqual(status(), expect.txStatus!["before-issue"]);
		const before = rig.k.state.irqs[27].count;
		let chunks = 0;
		rig.k.machine.observers.add({ chunk: () => chunks++ });
		client.issue();
		assert.equal(inspectChannel(rig.k, client.chan).state, "running");
		const wanted = ops.find(({ runBlocks }) => runBlocks)?.runBlocks ?? 0;
		// The third item is loaded when two blocks are over.
		while (chunks <= wanted) rig.run(1_000_000);
		assert.deepEqual(status(), expect.txStatus!.mid);
		rig.run();
		assert.deepEqual(status(), expect.txStatus!["after-irq"]);
		assert.equal(rig.k.state.irqs[27].count - before, expect.irqCount);
	});

	it("dwaxi-13-start-registers", () => {
		const { expect, ops, provider } = cases["dwaxi-13-start-registers"];
		const rig = new Rig();
		for (let earlier = 0; earlier < provider.chan; earlier++) rig.channel();
		rig.k.state.dmaMemory.nextPoolPage = Number(provider.lliPool);
		const client = new Client(rig, rig.channel());
		// Nothing is copied: the machine stands still behind the last write.
		client.submit(client.memcpy(Number(ops[0].dst), Number(ops[0].src), ops[0].len!));
		rig.writes.length = 0;
		client.issue();
		const axi = axiChannel(client.chan);
		const regs = axiDmaChip.regs.get(rig.k.space, axiDmaChan.chip.get(rig.k.space, axi));
		assert.equal(axiDmaChan.chan_regs.get(rig.k.space, axi) - regs, Number(expect.chanRegBase));
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
		rig.writes.length = 0;
		client.issue();
		rig.run();
		// Cleared with what it said, then the channel is disabled.
		const clear = rig.writes.findIndex(([at]) => at === DMAC + 0x198);
		assert.equal(rig.writes[clear][1], Number(cases["dwaxi-15-error-irq"].expect.intstatus));
		assert.deepEqual(rig.writes[clear + 1], [DMAC + 0x18, 0x100]);
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

	it("dwaxi-16-jh7110-cfg2", () => {
		const { ops, expect, provider } = cases["dwaxi-16-jh7110-cfg2"];
		const config = ops[1].config!;
		const dmac = 0x16050000;
		const rig = new Rig({ board: "jh7110" });
		for (let earlier = 0; earlier < provider.chan; earlier++) rig.channel();
		// The node's `dmas` entry carries the case's cell.
		assert.deepEqual(
			rig.k.devices.find(({ labels }) => labels.includes("i2stx0"))?.node.properties.has("dmas") && ops[0].xlate,
			[47],
		);
		const client = new Client(rig, rig.call("dma_request_chan", rig.device("i2stx0"), rig.text("tx")));
		const axi = axiChannel(client.chan);
		assert.deepEqual(
			[axiDmaChan.id.get(rig.k.space, axi), axiDmaChan.hw_handshake_num.get(rig.k.space, axi)],
			[provider.chan, ops[0].xlate![0]],
		);
		client.configure({ direction: 1, dst_addr: Number(config.dst_addr), dst_addr_width: config.dst_addr_width });
		client.submit(client.slaveSg([[0x41000000, 64]], 1));
		rig.writes.length = 0;
		client.issue();
		const written = new Map(rig.writes);
		const base = dmac + 0x100 * (provider.chan + 1);
		assert.equal(written.get(base + 0x20), Number(expect.CFG_L));
		assert.equal(written.get(base + 0x24), Number(expect.CFG_H));
		// The model reads the same numbers out of them.
		rig.run(1_000_000);
		const model = rig.k.devices.find(({ labels }) => labels.includes("dma"))!.model as unknown as DwAxiDmac;
		const view = model.channelView(provider.chan);
		assert.deepEqual([view.dstHandshake, view.direction, view.priority], [47, "mem-to-dev", 1]);
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
