import assert from "node:assert/strict";
import { CTL_FIELDS } from "../../../src/hardware/dw-axi-dmac/registers";
import { scatterlist, sgInitTable } from "../../../src/kernel/dma-mapping/scatterlist";
import { dmaSlaveConfig } from "../../../src/kernel/dmaengine/structs";
import { blockLength, writeSlaveBlock } from "../../../src/kernel/drivers/dw-axi-dmac/descriptors";
import { axiChannel, channelAt } from "../../../src/kernel/drivers/dw-axi-dmac/registers";
import { axiDmaChan } from "../../../src/kernel/drivers/dw-axi-dmac/structs";
import { Rig } from "../dmaengine/rig";
import { cases } from "./cases";
import { lengths, llis, totalLength } from "./dw-axi-dmac";

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
		// What the loop saw before it gave up: -EINVAL, at once and for this address alone.
		const channel = channelAt(rig.k, axiChannel(chan));
		assert.equal(writeSlaveBlock(rig.k, channel, 0, Number(ops[1].sg![0][0]), ops[1].sg![0][1]), -22);
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
		const { ops, expect, provider } = cases[id];
		const [address, length] = [Number(ops[1].sg![0][0]), ops[1].sg![0][1]];
		configure(rig, chan, ops[0].config!);
		const channel = channelAt(rig.k, axiChannel(chan));
		assert.equal(blockLength(rig.k, channel, address, length, MEM_TO_DEV), expect.axiBlockLen);
		assert.equal(Math.ceil(length / expect.axiBlockLen!), expect.slots);
		rig.call("dmaengine_prep_slave_sg", chan, list(rig, ops[1].sg!), 1, MEM_TO_DEV, 0);
		// The last slot, by count, has no LLI; its ctl_hi is at offset 0x24.
		assert.match(rig.oopses[0], /NULL pointer dereference at virtual address 0000000000000024/);
		assert.equal(axiDmaChan.descs_allocated.get(rig.k.space, axiChannel(chan)), expect.llisBuilt);
		// What was built before: one LLI after the other in the pool.
		const word = (index: number, offset: number) =>
			rig.k.machine.memory.read32(Number(provider.lliPool) + 64 * index + offset);
		let covered = 0;
		for (let index = 0; index < expect.llisBuilt!; index++) {
			assert.equal(word(index, 0), address + index * expect.segmentLen!);
			covered += (word(index, 0x10) + 1) << ((word(index, 0x20) >>> 8) & 7);
		}
		assert.deepEqual([covered, length - covered], [expect.bytesCovered, expect.bytesDropped]);
	});

	it("dwaxi-18-k210-burst-field-overflow", () => {
		const { ops, expect, provider } = cases["dwaxi-18-k210-burst-field-overflow"];
		// More memory than the chip has, so that the case's pool is in it.
		const rig = new Rig({ board: "k210", dts: "&sram { reg = <0x80000000 0x20000000>; };" });
		rig.k.state.dmaMemory.nextPoolPage = Number(provider.lliPool);
		const chan = rig.channel();
		const { src, dst, len } = ops[0];
		const tx = rig.call("dmaengine_prep_dma_memcpy", chan, Number(dst), Number(src), len ?? 0, 0);
		assert.deepEqual(llis(rig, tx), expect.llis);
		const high = Number(expect.llis![0].ctl_hi);
		const decoded = (name: string): number => {
			const { lsb, width } = CTL_FIELDS.find((field) => field.name === name)!;
			return (high >>> (lsb - 32)) & (2 ** width - 1);
		};
		const { ARLEN, AWLEN, ARLEN_EN, AWLEN_EN, bit24 } = expect.decoded!;
		assert.deepEqual(["ARLEN", "AWLEN", "ARLEN_EN", "AWLEN_EN", "SRC_STAT_EN"].map(decoded), [
			ARLEN,
			AWLEN,
			ARLEN_EN,
			AWLEN_EN,
			bit24,
		]);
	});

	it("a burst of 256 that fits by the knob sim,burst-field-raw: ARLEN and AWLEN are 255", () => {
		const rig = new Rig({ board: "k210", dts: "&dmac0 { sim,burst-field-raw = <0>; };" });
		const tx = rig.call("dmaengine_prep_dma_memcpy", rig.channel(), 0x80100000, 0x80000000, 64, 0);
		// VALID, LAST, AWLEN_EN, AWLEN 255, ARLEN_EN, ARLEN 255.
		assert.equal(
			llis(rig, tx)[0].ctl_hi,
			`0x${(0xc0000000 + (255 << 16) + (1 << 15) + (255 << 7) + (1 << 6)).toString(16)}`,
		);
	});

	it("a memcpy of 0 bytes touches the slot before the first one", () => {
		const rig = new Rig();
		const chan = rig.channel();
		rig.call("dmaengine_prep_dma_memcpy", chan, 0x80010000, 0x80000000, 0, 0);
		assert.equal(rig.oopses.length, 1);
	});
});
