import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { main } from "../../src/cli/main";

const FILE = "samples/stm32-uart.dma";

async function dmascope(files: Readonly<Record<string, string>>, ...argv: string[]) {
	let out = "";
	const write = (text: string) => {
		out += text;
	};
	const status = await main(argv, {
		stdout: write,
		stderr: write,
		readFile: (path) => files[path] ?? (path === FILE ? readFileSync(path, "utf8") : null),
		writeFile: () => undefined,
	});
	return { status, out };
}

/** The two controllers, each tested on two streams. */
const DMATEST = `
#include <board/stm32mp157.dtsi>
static int test_init(void)
{
	sim_write_file("/sys/module/dmatest/parameters/iterations", "250");
	sim_write_file("/sys/module/dmatest/parameters/test_buf_size", "4096");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma1chan0");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma1chan1");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma2chan0");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma2chan1");
	sim_write_file("/sys/module/dmatest/parameters/run", "1");
	return 0;
}
late_initcall(test_init);
`;

describe("samples/stm32-uart.dma", () => {
	it("passes its suite, each case on a machine of its own", async () => {
		const { status, out } = await dmascope({}, "test", FILE);
		assert.equal(status, 0, out);
		assert.match(out, /pass:2 fail:0 skip:0 total:2/);
	});

	it("passes it in one boot, prints the line and says nothing bad", async () => {
		const { status, out } = await dmascope({}, "run", FILE);
		assert.equal(status, 0, out);
		assert.match(out, /^a line by DMA, through a router/m);
		assert.match(out, /stm32-dma 48001000\.dma-controller: STM32 DMA driver registered/);
		assert.doesNotMatch(out, /BUG|WARNING|INFO/);
	});

	it("tells of chunks under the names that Linux gave the channels: MDMA's is dma0", async () => {
		const { out } = await dmascope({}, "run", "--json", FILE);
		const chunks = out
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as { ev: string; chan?: string; len?: number })
			.filter(({ ev }) => ev === "chunk");
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
		const { status, out } = await dmascope({ "copy.dma": DMATEST }, "run", "copy.dma");
		assert.equal(status, 0, out);
		for (const channel of ["dma1chan0", "dma1chan1", "dma2chan0", "dma2chan1"])
			assert.match(out, new RegExp(`dmatest: ${channel}-copy0: summary 250 tests, 0 failures `), out);
		assert.doesNotMatch(out, /BUG|WARNING|INFO/);
	}).timeout(60000);
});
