/** Whole debug sessions of the samples, compared with what was written down. UPDATE_GOLDEN=1 writes them again. */
import { Transcript } from "./transcript";

describe("golden debug sessions", () => {
	it("uart-tx: entry, submit, issue_pending, bursts, interrupt, callback, output", () => {
		const t = new Transcript("uart-tx.dma", { stopOnEntry: true });
		t.go();
		t.lineBreakpoints("dmaengine_submit(desc)");
		t.go();
		t.scope("Locals");
		t.scope("Globals");
		t.step("into");
		t.step("over");
		t.step("out");
		t.functions("dma_async_issue_pending");
		t.go();
		t.step("out");
		t.threads();
		t.select("dma0chan0");
		for (const name of ["Channel", "Queues", "Descriptor chain", "Buffers"]) t.scope(name);
		t.step("over");
		t.step("into");
		t.step("into");
		t.step("out");
		t.scope("Queues");
		t.functions("tx_done");
		t.events("irq");
		t.go();
		t.go();
		t.step("over");
		t.step("out");
		t.evaluate("cat /sys/kernel/debug/dmaengine/summary");
		t.evaluate("dmaengine_submit", "hover");
		t.evaluate("config.dst_addr");
		t.events();
		t.functions();
		t.lineBreakpoints("dma_unmap_single");
		t.go();
		t.evaluate("dmaengine_tx_status(tx, 2, 0)");
		t.evaluate("dma0chan0->completed_cookie", "watch");
		t.step("over");
		t.step("over");
		t.step("over");
		t.step("over");
		t.go();
		t.check("uart-tx");
	});

	it("memcpy-batch: every event of the first two descriptors", () => {
		const t = new Transcript("memcpy-batch.dma");
		t.events("submit", "issue_pending", "start", ["chunk", "len > 0"], ["complete", "cookie <= 3"], "callback");
		for (let stop = 0; stop < 16 && !t.ended; stop++) t.go();
		t.events();
		if (!t.ended) t.go();
		t.check("memcpy-batch");
	});

	it("bus-error: what stopped the channel, and what the driver hears of it", () => {
		const t = new Transcript("bus-error.dma");
		t.events(["bus-error", "addr >= 0x80000000 && len == 128"], "oops", "callback");
		t.go();
		t.story();
		t.scope("Channel");
		t.go();
		if (!t.ended) t.step("out");
		if (!t.ended) t.go();
		t.check("bus-error");
	});

	it("kunit-memcpy: a case stepped through, the others run", () => {
		const t = new Transcript("kunit-memcpy.dma");
		t.functions("submit_alone_starts_nothing");
		t.go();
		t.step("over");
		t.step("over");
		t.step("over");
		t.scope("Locals");
		t.step("out");
		t.functions("memcpy_test_exit");
		t.go();
		t.functions();
		t.go();
		t.check("kunit-memcpy");
	});

	it("mem2mem-provider: a controller driver in C", () => {
		const t = new Transcript("mem2mem-provider.dma");
		t.functions("m2m_probe", "m2m_issue_pending", "m2m_irq");
		t.go();
		t.step("over");
		t.step("out");
		t.go();
		t.step("over");
		t.step("into");
		t.go();
		t.step("over");
		t.threads();
		t.functions();
		t.go();
		t.check("mem2mem-provider");
	});
});
