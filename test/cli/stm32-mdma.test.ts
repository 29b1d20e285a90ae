import assert from "node:assert/strict";
import { dmascope, dmatestInit, eventsOf, passedDmatest } from "./support";

const FILE = "samples/stm32-mdma.dma";

describe("samples/stm32-mdma.dma", () => {
	it("passes its suite, each case on a machine of its own", async () => {
		const { status, all: out } = await dmascope(["test", FILE]);
		assert.equal(status, 0, out);
		assert.match(out, /pass:2 fail:0 skip:0 total:2/);
		assert.doesNotMatch(out, /BUG|WARNING|INFO:/);
	});

	it("passes it in one boot and moves what it says: nodes of MDMA, halves of the stream", async () => {
		const result = await dmascope(["run", "--json", FILE]);
		assert.equal(result.status, 0, result.all);
		const events = eventsOf<{ chan?: string; src?: number; len?: number; irq?: number; level?: number }>(result);
		const chunks = events.filter(({ ev }) => ev === "chunk");
		const of = (chan: string) => chunks.filter((event) => event.chan === chan).map(({ len }) => len);
		// The pause lies in the first node: its rest is a block of its own, after whole buffers of 128 bytes.
		const rest = of("dma0chan0")[1] ?? 0;
		assert.ok(rest > 0 && rest < 65536 && rest % 128 === 0, `${rest}`);
		assert.deepEqual(of("dma0chan0"), [65536, rest, 65536, 65536, 3392, 32, 32, 32, 32]);
		assert.ok(of("dma1chan0").length >= 4);
		assert.deepEqual(
			chunks
				.filter(({ chan }) => chan === "dma0chan0")
				.slice(-4)
				.map(({ src }) => src),
			[0x10000000, 0x10000020, 0x10000000, 0x10000020],
		);
		// One interrupt of MDMA for the chained message, none of the stream.
		const stream = events.filter(({ ev, irq, level }) => ev === "irq" && level === 1 && irq === 32 + 11);
		assert.equal(stream.length, 0);
	});
});

describe("dmatest on MDMA", () => {
	it("1000 copies on four channels, no failure", async () => {
		const channels = ["dma0chan0", "dma0chan1", "dma0chan2", "dma0chan9"];
		const text = `#include <board/stm32mp157.dtsi>\n${dmatestInit(channels, { iterations: 250 })}`;
		passedDmatest(await dmascope(["run", "copy.dma"], { "copy.dma": text }), channels, 250);
	}).timeout(60000);
});
