/** Debug sessions of the samples that show one thing each; see golden.test.ts. */
import { Transcript } from "./transcript";

describe("golden debug sessions of the samples", () => {
	it("terminate-queues: what is on every queue before and after", () => {
		const t = new Transcript("terminate-queues.dma");
		t.lineBreakpoints("dmaengine_terminate_async(chan);", "sim_softirq_release();", "ret = callbacks");
		t.events("terminate");
		t.go();
		t.select("dma1chan0");
		t.scope("Queues");
		t.functions("stm32_dma_terminate_all");
		t.go();
		t.go();
		for (let step = 0; step < 2; step++) t.step("over");
		t.channel("dma1chan0", "Queues");
		t.functions();
		t.events();
		t.go();
		t.channel("dma1chan0", "Queues");
		t.go();
		t.evaluate("callbacks", "watch");
		t.threads();
		t.go();
		t.check("terminate-queues");
	});

	it("cyclic-ring: a ring of four items, a lap, coalesced periods", () => {
		const t = new Transcript("cyclic-ring.dma");
		t.functions("ring_period");
		t.go();
		t.step("over");
		t.evaluate("ring->callbacks", "watch");
		t.select("dma0chan0");
		for (const name of ["Channel", "Queues", "Descriptor chain"]) t.scope(name);
		t.toDescriptorEnd();
		t.functions();
		t.lineBreakpoints("sim_softirq_release();");
		t.go();
		t.evaluate("ring.callbacks", "watch");
		t.lineBreakpoints();
		t.events(["callback", "cookie == 2"]);
		t.go();
		t.events();
		t.go();
		t.check("cyclic-ring");
	});

	it("pause-residue: residue and registers around a pause", () => {
		const t = new Transcript("pause-residue.dma");
		t.functions("dmaengine_pause", "dmaengine_resume");
		for (let stop = 0; stop < 2; stop++) {
			t.go();
			t.step("out");
			t.channel("dma1chan0", "Channel", "Registers");
		}
		t.evaluate("dmaengine_tx_status(rx, cookie, 0)");
		t.evaluate("cat /sys/kernel/debug/dmaengine/summary");
		t.go();
		t.check("pause-residue");
	});

	it("client-guide: the five steps, and into one of them", () => {
		const t = new Transcript("client-guide.dma");
		t.lineBreakpoints("ret = dmaengine_slave_config(chan, &config);");
		t.functions("guide_callback");
		t.go();
		t.step("over");
		t.step("over");
		t.step("over");
		t.step("over");
		t.step("into");
		t.step("out");
		t.go();
		t.step("over");
		t.functions();
		t.go();
		t.check("client-guide");
	});

	it("stm32-wiki: probe, both channels, the debugfs summary", () => {
		const t = new Transcript("stm32-wiki.dma");
		t.lineBreakpoints("ret = peripheral_run(peripheral_dev);");
		t.functions("peripheral_driver_dma_callback");
		t.go();
		t.evaluate("*peripheral_dev->chan_tx->device->dev", "watch");
		t.evaluate("cat /sys/kernel/debug/dmaengine/summary");
		t.evaluate("cat /sys/class/dma/dma1chan0/in_use");
		t.go();
		t.threads();
		t.go();
		t.go();
		t.check("stm32-wiki");
	});

	it("probe-defer: probed twice", () => {
		const t = new Transcript("probe-defer.dma");
		t.functions("client_probe", "soft_probe");
		t.go();
		for (let step = 0; step < 3; step++) t.step("over");
		t.evaluate("chan", "watch");
		t.go();
		t.evaluate("cat /sys/kernel/debug/devices_deferred");
		t.go();
		for (let step = 0; step < 3; step++) t.step("over");
		t.evaluate("chan->device->dev->driver->name", "watch");
		t.functions();
		t.go();
		t.check("probe-defer");
	});
});
