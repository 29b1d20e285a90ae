import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dmascope, dmatestInit, eventsOf, passedDmatest } from "./support";

const FILE = "samples/mem2mem-provider.dma";

describe("samples/mem2mem-provider.dma: a controller driver in C", () => {
	it("passes its suite, each case on a machine of its own", async () => {
		const { status, all: out } = await dmascope(["test", FILE]);
		assert.equal(status, 0, out);
		assert.match(out, /pass:6 fail:0 skip:0 total:6/);
	});

	it("passes it in one boot, and unloads", async () => {
		const { status, all: out } = await dmascope(["run", "--unload", FILE]);
		assert.equal(status, 0, out);
		assert.match(out, /sim-mem2mem 10010000\.dma-controller: 2 channels/);
	});

	it("tells of bursts and chunks under the name that Linux gave its channel", async () => {
		const events = eventsOf<{ chan?: string; len?: number }>(await dmascope(["run", "--json", FILE]));
		const chunks = events.filter(({ ev }) => ev === "chunk");
		assert.deepEqual([chunks[0]?.chan, chunks[0]?.len], ["dma1chan1", 101]);
	});

	it("passes 1,000 iterations of dmatest on both channels", async () => {
		const driver = readFileSync(FILE, "utf8").split("/* The client:")[0] ?? "";
		const channels = ["dma1chan0", "dma1chan1"];
		const text = `${driver}\n${dmatestInit(channels, { iterations: 1000, test_buf_size: 1500 })}`;
		passedDmatest(await dmascope(["run", "copier.dma"], { "copier.dma": text }), channels, 1000);
	});
});
