import assert from "node:assert/strict";
import { dmascope, dmatestInit, eventsOf, passedDmatest } from "./support";

const FILE = "samples/stm32-uart.dma";

describe("samples/stm32-uart.dma", () => {
	it("passes its suite, each case on a machine of its own", async () => {
		const { status, all: out } = await dmascope(["test", FILE]);
		assert.equal(status, 0, out);
		assert.match(out, /pass:2 fail:0 skip:0 total:2/);
	});

	it("passes it in one boot, prints the line and says nothing bad", async () => {
		const { status, all: out } = await dmascope(["run", FILE]);
		assert.equal(status, 0, out);
		assert.match(out, /^a line by DMA, through a router/m);
		assert.match(out, /stm32-dma 48001000\.dma-controller: STM32 DMA driver registered/);
		assert.doesNotMatch(out, /BUG|WARNING|INFO/);
	});

	it("tells of chunks under the names that Linux gave the channels: MDMA's is dma0", async () => {
		const events = eventsOf<{ chan?: string; len?: number }>(await dmascope(["run", "--json", FILE]));
		const chunks = events.filter(({ ev }) => ev === "chunk");
		// The pause in the second case splits its 32 bytes after the twelfth.
		assert.deepEqual(
			chunks.map(({ chan, len }) => [chan, len]),
			[
				["dma1chan1", 64],
				["dma1chan0", 32],
				["dma1chan0", 20],
			],
		);
	});
});

describe("dmatest on the STM32MP157", () => {
	it("1000 copies on four streams of two controllers, no failure", async () => {
		const channels = ["dma1chan0", "dma1chan1", "dma2chan0", "dma2chan1"];
		const init = dmatestInit(channels, { iterations: 250, test_buf_size: 4096 });
		const text = `#include <board/stm32mp157.dtsi>\n${init}`;
		passedDmatest(await dmascope(["run", "copy.dma"], { "copy.dma": text }), channels, 250);
	}).timeout(60000);
});
