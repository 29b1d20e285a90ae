import assert from "node:assert/strict";
import { launch } from "../../../src/session/launch";
import { stop } from "../../session/rig";
import { checkMarks, moduleText, runText } from "./rig";

const HEAD = `#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>`;

describe("memory checks and DMA", () => {
	it("count what a device may write as written", () => {
		checkMarks(
			moduleText(
				`	struct device *dev = sim_device("dmac");
	dma_addr_t handle, both;
	u32 *in = kmalloc(64, GFP_KERNEL), *out = kmalloc(64, GFP_KERNEL);
	u32 *coherent = dma_alloc_coherent(dev, 64, &handle, GFP_KERNEL);
	both = dma_map_single(dev, in, 64, DMA_FROM_DEVICE);
	dma_unmap_single(dev, both, 64, DMA_FROM_DEVICE);
	both = dma_map_single(dev, out, 64, DMA_BIDIRECTIONAL);
	dma_unmap_single(dev, both, 64, DMA_BIDIRECTIONAL);
	if (in[15] + out[15] + coherent[15] == 1)
		pr_info("one\\n");
	dma_free_coherent(dev, 64, coherent, handle);
	kfree(in);
	kfree(out);`,
				HEAD,
			),
		);
	});

	it("report memory that a device is to read and nobody has written", () => {
		checkMarks(
			moduleText(
				`	struct device *dev = sim_device("dmac");
	u8 *p = kmalloc(64, GFP_KERNEL);
	dma_addr_t addr;
	memset(p, 0, 60);
	addr = dma_map_single(dev, p, 64, DMA_TO_DEVICE); //! uninit-value
	dma_unmap_single(dev, addr, 64, DMA_TO_DEVICE);
	memset(p, 0, 64);
	addr = dma_map_single(dev, p, 64, DMA_TO_DEVICE);
	dma_unmap_single(dev, addr, 64, DMA_TO_DEVICE);
	kfree(p);`,
				HEAD,
			),
		);
	});

	it("report a descriptor that is submitted after it has completed and gone", () => {
		const { log } = runText(
			moduleText(
				`	struct dma_async_tx_descriptor *tx;
	struct dma_chan *chan;
	dma_cap_mask_t mask;
	dma_addr_t addr;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_chan_by_mask(&mask);
	dma_alloc_coherent(sim_device("dmac"), 4096, &addr, GFP_KERNEL);
	tx = dmaengine_prep_dma_memcpy(chan, addr, addr + 2048, 64, DMA_PREP_INTERRUPT);
	dmaengine_submit(tx);
	dma_async_issue_pending(chan);
	msleep(10);
	dmaengine_submit(tx);`,
				HEAD,
			),
		);
		assert.match(
			log.find((line) => line.startsWith("BUG: KASAN")) ?? "",
			/^BUG: KASAN: slab-use-after-free in test_init/,
		);
	});

	it("stop the debugger as an oops does, and the program can go on", () => {
		const text = moduleText("\tchar *p = kzalloc(8, GFP_KERNEL);\n\tp[8] = 1;\n\tp[1] = 1;\n\tkfree(p);");
		const result = launch({ program: ["t.c"] }, { readFile: (path) => (path === "t.c" ? text : null) });
		assert.ok(result.kind === "ok");
		const { session } = result;
		session.setEventFilters([{ filter: "oops" }]);
		session.continue();
		const reached = stop(session);
		assert.equal(reached.kind, "exception");
		assert.match(reached.text ?? "", /^KASAN: slab-out-of-bounds in test_init\+0x\w+\/0x\w+ \(t\.c:7\)$/);
		assert.equal(session.frames(reached.threadId)[0]?.name, "test_init");
		session.continue();
		for (let slices = 0; session.advance(50).kind === "running"; slices++) assert.ok(slices < 1000);
	});
});
