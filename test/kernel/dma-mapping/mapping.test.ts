import assert from "node:assert/strict";
import { device } from "../../../src/kernel/device/structs";
import { scatterlist, sgEntries } from "../../../src/kernel/dma-mapping/scatterlist";
import { callPlain } from "../../../src/kernel/dmaengine/external";
import { WINDOW_BASE } from "../../../src/language/vm/address-space";
import { pointer, Rig } from "../dmaengine/rig";

const TO_DEVICE = 1;
const FROM_DEVICE = 2;
const ERROR = -1;
const ENOMEM = -12;
const EIO = -5;

function rigAndDevice(): { rig: Rig; dev: number } {
	const rig = new Rig();
	return { rig, dev: rig.device("uart0") };
}

describe("dma-mapping on a coherent machine (core-semantics 7)", () => {
	it("a DMA address is the physical address; map, sync and unmap are told", () => {
		const { rig, dev } = rigAndDevice();
		assert.equal(rig.call("dma_map_single", dev, pointer(0x81000123), 100, TO_DEVICE), 0x81000123);
		rig.call("dma_sync_single_for_cpu", dev, 0x81000123, 100, TO_DEVICE);
		rig.call("dma_unmap_single", dev, 0x81000123, 100, TO_DEVICE);
		assert.deepEqual(
			rig
				.kinds("map", "sync", "unmap")
				.map(({ kind, fields }) => [kind, fields.dma, fields.len, fields.dir, fields.dev]),
			["map", "sync", "unmap"].map((kind) => [kind, 0x81000123, 100, "TO_DEVICE", "10000000.serial"]),
		);
		assert.equal(callPlain(rig.k, "dma_mapping_error", dev, 0x81000123), 0);
		assert.equal(callPlain(rig.k, "dma_need_sync", dev, 0x81000123), 0);
	});

	it("fact 64: a vmalloc pointer is rejected, with a warning", () => {
		const { rig, dev } = rigAndDevice();
		const dma = rig.call("dma_map_single", dev, WINDOW_BASE + 0x1000, 64, TO_DEVICE);
		assert.equal(dma, ERROR);
		assert.equal(rig.call("dma_mapping_error", dev, dma), ENOMEM);
		assert.ok(rig.log().some((line) => line.endsWith("rejecting DMA map of vmalloc memory")));
	});

	it("fact 65: DMA_NONE is a BUG", () => {
		const { rig, dev } = rigAndDevice();
		rig.call("dma_map_single", dev, pointer(0x81000000), 64, 3);
		assert.match(rig.oopses[0], /kernel BUG at/);
	});

	it("fact 67: masks; an address beyond the mask is an error", () => {
		const { rig, dev } = rigAndDevice();
		const { k } = rig;
		assert.equal(callPlain(k, "dma_get_mask", dev), 0xffffffff);
		assert.equal(callPlain(k, "dma_get_max_seg_size", dev), 65536);
		assert.equal(callPlain(k, "dma_get_max_seg_size", rig.device("dmac")), 4096);
		assert.equal(rig.call("dma_set_mask_and_coherent", dev, 2 ** 40 - 1), 0);
		assert.equal(callPlain(k, "dma_set_mask", dev, 0xffffff), EIO);
		k.space.w64(device.dma_mask.get(k.space, dev), 0x80ffffff);
		assert.equal(rig.call("dma_map_single", dev, pointer(0x81000000), 64, FROM_DEVICE), ERROR);
		assert.ok(
			rig.log().some((line) => line.includes("DMA addr 0x0000000081000000+64 overflow (mask 80ffffff, bus limit 0).")),
		);
	});

	it("fact 66: map_sg fills address and length of every entry", () => {
		const { rig, dev } = rigAndDevice();
		const { k } = rig;
		const sg = rig.memory(2 * scatterlist.$size);
		rig.call("sg_init_table", sg, 2);
		rig.call("sg_set_buf", sg, pointer(0x81000010), 100);
		rig.call("sg_set_buf", sg + scatterlist.$size, pointer(0x81002ff0), 32);
		assert.equal(rig.call("dma_map_sg", dev, sg, 2, FROM_DEVICE), 2);
		assert.deepEqual(
			sgEntries(k.space, sg).map((at) => [
				scatterlist.dma_address.get(k.space, at),
				scatterlist.dma_length.get(k.space, at),
			]),
			[
				[0x81000010, 100],
				[0x81002ff0, 32],
			],
		);
		assert.equal(rig.call("sg_virt", sg), pointer(0x81000010));
		assert.equal(callPlain(k, "sg_nents", sg), 2);
		assert.equal(callPlain(k, "sg_nents_for_len", sg, 101), 2);
		rig.call("dma_unmap_sg", dev, sg, 2, FROM_DEVICE);
		assert.equal(rig.kinds("unmap").length, 2);
	});

	it("coherent memory is zeroed and aligned to its order; pools hand out ascending blocks", () => {
		const { rig, dev } = rigAndDevice();
		const { k } = rig;
		const handle = rig.memory(8);
		const at = rig.call("dma_alloc_coherent", dev, 10000, handle, 0xcc0);
		assert.equal(k.space.r64(handle), k.space.toPhys(at));
		assert.equal(k.space.r64(handle) % 16384, 0);
		assert.ok(k.space.readBytes(at, 12288).every((byte) => byte === 0));
		rig.call("dma_free_coherent", dev, 10000, at, k.space.r64(handle));
		const pool = rig.call("dma_pool_create", rig.text("lli"), dev, 64, 64, 0);
		const blocks = [0, 1, 2].map(() => rig.call("dma_pool_alloc", pool, 0xcc0, handle));
		assert.deepEqual([blocks[1] - blocks[0], blocks[2] - blocks[1], Math.abs(blocks[0] % 64)], [64, 64, 0]);
		rig.call("dma_pool_free", pool, blocks[1], k.space.toPhys(blocks[1]));
		assert.equal(rig.call("dma_pool_zalloc", pool, 0xcc0, handle), blocks[1]);
		rig.call("dma_pool_destroy", pool);
		assert.ok(rig.log().some((line) => line.endsWith("dma_pool_destroy lli busy")));
	});

	it("unmap data: pools by count, one length for all, unmapped at the last put", () => {
		const { rig, dev } = rigAndDevice();
		const { k } = rig;
		const um = rig.call("dmaengine_get_unmap_data", dev, 3, 0);
		k.space.w8(um + 2, 1);
		k.space.w8(um + 3, 1);
		k.space.w64(um + 24, 64);
		k.space.w64(um + 32, 0x81000000);
		k.space.w64(um + 40, 0x82000000);
		rig.call("dmaengine_unmap_put", um);
		assert.deepEqual(
			rig.kinds("unmap").map(({ fields }) => [fields.dma, fields.len, fields.dir]),
			[
				[0x81000000, 64, "TO_DEVICE"],
				[0x82000000, 64, "FROM_DEVICE"],
			],
		);
		rig.call("dmaengine_get_unmap_data", dev, 257, 0);
		assert.match(rig.oopses[0], /kernel BUG at/);
	});
});

describe("dma-mapping behind a bus with dma-ranges", () => {
	/** RAM at 0 is at 0xc0000000 for the devices of bcm2837's soc, up to 0xfeffffff. */
	const pi = () => {
		const rig = new Rig({ board: "bcm2837" });
		return { rig, dev: rig.device("dma"), cpu: (phys: number) => rig.k.space.fromPhys(phys) };
	};

	it("a DMA address is the bus's alias of the physical one", () => {
		const { rig, dev, cpu } = pi();
		const before = rig.kinds("map").length;
		assert.equal(rig.call("dma_map_single", dev, cpu(0x01234567), 100, TO_DEVICE), 0xc1234567);
		assert.deepEqual(
			rig
				.kinds("map")
				.slice(before)
				.map(({ fields }) => fields.dma),
			[0xc1234567],
		);
		const handle = rig.memory(8);
		const coherent = rig.call("dma_alloc_coherent", dev, 4096, handle, 0xcc0);
		assert.equal(rig.k.space.r64(handle), 0xc0000000 + rig.k.space.toPhys(coherent));
		assert.equal(callPlain(rig.k, "dma_get_required_mask", dev), 0xffffffff);
	});

	it("memory that the bus does not show cannot be mapped", () => {
		const { rig, dev, cpu } = pi();
		assert.equal(rig.call("dma_map_single", dev, cpu(0x3f000000), 64, TO_DEVICE), ERROR);
		assert.ok(
			rig
				.log()
				.some((line) => line.includes("DMA addr 0xffffffffffffffff+64 overflow (mask ffffffff, bus limit feffffff).")),
		);
	});

	it("a DMA pool hands out the alias, too", () => {
		const { rig, dev } = pi();
		const pool = rig.call("dma_pool_create", rig.text("blocks"), dev, 32, 32, 0);
		const handle = rig.memory(8);
		const block = rig.call("dma_pool_alloc", pool, 0xcc0, handle);
		assert.equal(rig.k.space.r64(handle), 0xc0000000 + rig.k.space.toPhys(block));
	});

	it("device memory is not translated (dma_map_resource)", () => {
		const { rig, dev } = pi();
		assert.equal(rig.call("dma_map_resource", dev, 0x3f203004, 4, TO_DEVICE, 0), 0x3f203004);
	});
});
