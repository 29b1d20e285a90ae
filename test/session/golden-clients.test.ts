/** Whole debug sessions of the client samples. UPDATE_GOLDEN=1 writes them again. */
import { Transcript } from "./transcript";

describe("golden debug sessions of the clients", () => {
	it("uart-8250-dma: two pieces out of a ring, and a receive that silence ends", () => {
		const t = new Transcript("uart-8250-dma.dma", { test: "uart_8250_dma.*" });
		t.lineBreakpoints("dmaengine_prep_slave_sg(dma->txchan");
		t.go();
		t.evaluate("n");
		t.evaluate("sgl[0].dma_length");
		t.evaluate("sgl[1].dma_length");
		t.evaluate("dma->tx_size");
		t.step("over");
		t.evaluate("desc->flags");
		t.lineBreakpoints();
		t.functions("port_tx_complete");
		t.go();
		t.step("over");
		t.functions();
		t.lineBreakpoints("dmaengine_pause(dma->rxchan)");
		t.go();
		t.select("dma1chan0");
		for (const name of ["Channel", "Queues"]) t.scope(name);
		t.lineBreakpoints("port_insert(p, dma->rx_buf, count)");
		t.go();
		t.evaluate("state.residue");
		t.evaluate("count");
		t.lineBreakpoints();
		t.go();
		t.check("uart-8250-dma");
	});

	it("uart-rx-timeout: what the provider answers after the pause", () => {
		const t = new Transcript("uart-rx-timeout.dma", { test: "uart_rx_timeout.silence_loses_what_was_moved" });
		t.lineBreakpoints("dmaengine_pause(p->chan)");
		t.go();
		t.stack();
		t.step("over");
		t.step("into");
		t.step("over");
		t.step("over");
		t.evaluate("p->last_status");
		t.evaluate("p->last_residue");
		t.select("dma0chan0");
		for (const name of ["Channel", "Queues"]) t.scope(name);
		t.lineBreakpoints();
		t.go();
		t.check("uart-rx-timeout");
	});

	it("stm32-i2c: a byte that is refused in the middle of a transfer", () => {
		const t = new Transcript("stm32-i2c.dma", { test: "stm32_i2c.refused_byte" });
		t.functions("bus_event_thread", "bus_dma_abort");
		t.go();
		t.step("over");
		t.step("over");
		t.evaluate("status & 0xff");
		t.go();
		t.threads();
		t.select("dma1chan0");
		for (const name of ["Channel", "Queues", "Registers"]) t.scope(name);
		t.functions("bus_dma_callback");
		t.events("terminate");
		t.go();
		t.events();
		t.go();
		t.functions();
		t.go();
		t.check("stm32-i2c");
	});

	it("stm32-sai: a double buffer, period by period, until the writer is late", () => {
		const t = new Transcript("stm32-sai.dma", { test: "stm32_sai.late_writer_is_an_underrun" });
		t.functions("pcm_period_elapsed");
		t.go();
		t.select("dma1chan0");
		for (const name of ["Channel", "Queues", "Registers"]) t.scope(name);
		t.go();
		t.evaluate("pcm->periods");
		t.evaluate("pcm->hw_ptr");
		t.functions("pcm_stop");
		t.go();
		t.evaluate("pcm->hw_ptr");
		t.evaluate("pcm->appl_ptr");
		t.step("over");
		t.step("over");
		t.functions();
		t.go();
		t.check("stm32-sai");
	});

	it("stm32-spi: two channels, and which of them is the end", () => {
		const t = new Transcript("stm32-spi.dma", { test: "stm32_spi.far_end_answers" });
		t.events("start", "complete");
		t.go();
		t.go();
		t.threads();
		t.go();
		t.events();
		t.functions("spi_rx_done");
		t.go();
		t.step("over");
		t.evaluate("spi_read(spi, 0x14)");
		for (const name of ["dma1chan2", "dma1chan3"]) t.evaluate(`${name}->completed_cookie`, "watch");
		t.functions();
		t.go();
		t.check("stm32-spi");
	});
});
