import assert from "node:assert/strict";
import { scatterlist, sgInitTable } from "../../../src/kernel/dma-mapping/scatterlist";
import { dmaSlaveConfig, virtDmaDesc } from "../../../src/kernel/dmaengine/structs";
import { hwDescOf } from "../../../src/kernel/drivers/dw-axi-dmac/descriptors";
import { axiDmaDesc, axiDmaHwDesc, axiDmaLli } from "../../../src/kernel/drivers/dw-axi-dmac/structs";
import { Rig } from "../dmaengine/rig";
import { cases, type Lli } from "./cases";

const MEM_TO_DEV = 1;

function rigFor(id: string, knobs = ""): { rig: Rig; chan: number } {
	const { provider } = cases[id];
	const blocks = new Array(provider.nrChannels).fill(provider.blockSize).join(" ");
	const rig = new Rig({ dts: `&dmac { snps,block-size = <${blocks}>; ${knobs} };` });
	let chan = 0;
	for (let i = 0; i <= provider.chan; i++) {
		if (i === provider.chan) rig.k.state.dmaMemory.nextPoolPage = Number(provider.lliPool);
		chan = rig.channel();
	}
	return { rig, chan };
}

/** The LLIs of a descriptor as the cases write them. */
function llis(rig: Rig, tx: number): Lli[] {
	const desc = axiDmaDesc.vd.container(virtDmaDesc.tx.container(tx));
	const hex = (value: number, width: number) => `0x${value.toString(16).padStart(width, "0")}`;
	const list: Lli[] = [];
	for (let i = 0; i < axiDmaDesc.nr_hw_descs.get(rig.k.space, desc); i++) {
		const hwDesc = hwDescOf(rig.k, desc, i);
		const lli = axiDmaHwDesc.lli.get(rig.k.space, hwDesc);
		const field = (name: "sar" | "dar" | "block_ts_lo" | "llp" | "ctl_lo" | "ctl_hi") =>
			axiDmaLli[name].get(rig.k.space, lli);
		list.push({
			at: hex(axiDmaHwDesc.llp.get(rig.k.space, hwDesc), 8),
			sar: hex(field("sar"), 8),
			dar: hex(field("dar"), 8),
			block_ts_lo: hex(field("block_ts_lo"), 0),
			llp: hex(field("llp"), 8),
			ctl_lo: hex(field("ctl_lo"), 8),
			ctl_hi: hex(field("ctl_hi"), 8),
		});
	}
	return list;
}

const lengths = (rig: Rig, tx: number): number[] => {
	const desc = axiDmaDesc.vd.container(virtDmaDesc.tx.container(tx));
	const count = axiDmaDesc.nr_hw_descs.get(rig.k.space, desc);
	return Array.from({ length: count }, (_, i) => axiDmaHwDesc.len.get(rig.k.space, hwDescOf(rig.k, desc, i)));
};

const totalLength = (rig: Rig, tx: number): number =>
	axiDmaDesc.length.get(rig.k.space, axiDmaDesc.vd.container(virtDmaDesc.tx.container(tx)));

function configure(rig: Rig, chan: number, config: { dst_addr: string; dst_addr_width: number }): void {
	const at = rig.memory(dmaSlaveConfig.$size);
	dmaSlaveConfig.direction.set(rig.k.space, at, MEM_TO_DEV);
	dmaSlaveConfig.dst_addr.set(rig.k.space, at, Number(config.dst_addr));
	dmaSlaveConfig.dst_addr_width.set(rig.k.space, at, config.dst_addr_width);
	assert.equal(rig.call("dmaengine_slave_config", chan, at), 0);
}

function list(rig: Rig, entries: readonly (readonly [string, number])[]): number {
	const sg = rig.memory(scatterlist.$size * entries.length);
	sgInitTable(rig.k.space, sg, entries.length);
	entries.forEach(([address, length], i) => {
		scatterlist.dma_address.set(rig.k.space, sg + i * scatterlist.$size, Number(address));
		scatterlist.dma_length.set(rig.k.space, sg + i * scatterlist.$size, length);
	});
	return sg;
}

describe("dw-axi-dmac driver: descriptors (controller-cases.json)", () => {
	for (const id of ["dwaxi-01-memcpy-one-block", "dwaxi-02-memcpy-five-blocks", "dwaxi-04-memcpy-width-from-length"])
		it(id, () => {
			const { rig, chan } = rigFor(id);
			const { ops, expect } = cases[id];
			const { src, dst, len } = ops[0];
			const tx = rig.call("dmaengine_prep_dma_memcpy", chan, Number(dst), Number(src), len ?? 0, 0);
			assert.deepEqual(llis(rig, tx), expect.llis);
			assert.deepEqual(lengths(rig, tx), expect.lliLens);
			if (expect.descLength) assert.equal(totalLength(rig, tx), expect.descLength);
		});

	it("dwaxi-05-slave-tx-byte", () => {
		const { rig, chan } = rigFor("dwaxi-05-slave-tx-byte");
		const { ops, expect } = cases["dwaxi-05-slave-tx-byte"];
		configure(rig, chan, ops[0].config!);
		const tx = rig.call("dmaengine_prep_slave_sg", chan, list(rig, ops[1].sg!), 1, MEM_TO_DEV, 0);
		assert.deepEqual(llis(rig, tx), expect.llis);
		assert.equal(totalLength(rig, tx), expect.descLength);
		assert.ok(rig.log().some((line) => line.endsWith("apb_regs not initialized")));
	});

	it("dwaxi-07-slave-misaligned", () => {
		const id = "dwaxi-07-slave-misaligned";
		const { rig, chan } = rigFor(id);
		const { ops, expect } = cases[id];
		configure(rig, chan, ops[0].config!);
		rig.call("dmaengine_prep_slave_sg", chan, list(rig, ops[1].sg!), 1, MEM_TO_DEV, 0);
		assert.ok(rig.log().some((line) => line.endsWith(expect.log!)));
		// A free block begins with its successor and its own address: the pool writes the address at NULL + 8.
		assert.match(rig.oopses[0], /NULL pointer dereference at virtual address 0000000000000008/);
	});

	it("dwaxi-07-slave-misaligned with the knob sim,fix-desc-put: prep returns NULL", () => {
		const id = "dwaxi-07-slave-misaligned";
		const { rig, chan } = rigFor(id, "sim,fix-desc-put = <1>;");
		configure(rig, chan, cases[id].ops[0].config!);
		assert.equal(rig.call("dmaengine_prep_slave_sg", chan, list(rig, cases[id].ops[1].sg!), 1, MEM_TO_DEV, 0), 0);
		assert.deepEqual(rig.oopses, []);
	});

	it("dwaxi-09-slave-sg-tail-hazard", () => {
		const id = "dwaxi-09-slave-sg-tail-hazard";
		const { rig, chan } = rigFor(id);
		const { ops } = cases[id];
		configure(rig, chan, ops[0].config!);
		rig.call("dmaengine_prep_slave_sg", chan, list(rig, ops[1].sg!), 1, MEM_TO_DEV, 0);
		// The sixth slot has no LLI; its ctl_hi is at offset 0x24.
		assert.match(rig.oopses[0], /NULL pointer dereference at virtual address 0000000000000024/);
	});

	it("a memcpy of 0 bytes touches the slot before the first one", () => {
		const rig = new Rig();
		const chan = rig.channel();
		rig.call("dmaengine_prep_dma_memcpy", chan, 0x80010000, 0x80000000, 0, 0);
		assert.equal(rig.oopses.length, 1);
	});
});
