import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { main } from "../../src/cli/main";

const FILE = "samples/stm32-mdma.dma";

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

const DMATEST = `
#include <board/stm32mp157.dtsi>
static int test_init(void)
{
	sim_write_file("/sys/module/dmatest/parameters/iterations", "250");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma0chan0");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma0chan1");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma0chan2");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma0chan9");
	sim_write_file("/sys/module/dmatest/parameters/run", "1");
	return 0;
}
late_initcall(test_init);
`;

describe("samples/stm32-mdma.dma", () => {
	it("passes its suite, each case on a machine of its own", async () => {
		const { status, out } = await dmascope({}, "test", FILE);
		assert.equal(status, 0, out);
		assert.match(out, /pass:2 fail:0 skip:0 total:2/);
		assert.doesNotMatch(out, /BUG|WARNING|INFO:/);
	});

	it("passes it in one boot and moves what it says: nodes of MDMA, halves of the stream", async () => {
		const { status, out } = await dmascope({}, "run", "--json", FILE);
		assert.equal(status, 0, out);
		const events = out
			.split("\n")
			.filter((line) => line.startsWith("{"))
			.map(
				(line) =>
					JSON.parse(line) as { ev: string; chan?: string; src?: number; len?: number; irq?: number; level?: number },
			);
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
		const { status, out } = await dmascope({ "copy.dma": DMATEST }, "run", "copy.dma");
		assert.equal(status, 0, out);
		for (const channel of [0, 1, 2, 9])
			assert.match(out, new RegExp(`dmatest: dma0chan${channel}-copy0: summary 250 tests, 0 failures `), out);
		assert.doesNotMatch(out, /BUG|WARNING|INFO/);
	}).timeout(60000);
});
