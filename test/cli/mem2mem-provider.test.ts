import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { main } from "../../src/cli/main";

const FILE = "samples/mem2mem-provider.dma";

async function dmascope(...argv: string[]): Promise<{ status: number; out: string }> {
	let out = "";
	const status = await main(argv, {
		stdout: (text) => {
			out += text;
		},
		stderr: (text) => {
			out += text;
		},
		readFile: (path) => (path === FILE ? readFileSync(path, "utf8") : null),
		writeFile: () => undefined,
	});
	return { status, out };
}

describe("samples/mem2mem-provider.dma: a controller driver in C", () => {
	it("passes its suite, each case on a machine of its own", async () => {
		const { status, out } = await dmascope("test", FILE);
		assert.equal(status, 0, out);
		assert.match(out, /pass:6 fail:0 skip:0 total:6/);
	});

	it("passes it in one boot, and unloads", async () => {
		const { status, out } = await dmascope("run", "--unload", FILE);
		assert.equal(status, 0, out);
		assert.match(out, /sim-mem2mem 10010000\.dma-controller: 2 channels/);
	});

	it("tells of bursts and chunks under the name that Linux gave its channel", async () => {
		const { out } = await dmascope("run", "--json", FILE);
		const chunks = out
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as { ev: string; chan?: string; len?: number })
			.filter(({ ev }) => ev === "chunk");
		assert.deepEqual([chunks[0]?.chan, chunks[0]?.len], ["dma1chan1", 101]);
	});

	it("passes 1,000 iterations of dmatest on both channels", async () => {
		const driver = readFileSync(FILE, "utf8").split("/* The client:")[0] ?? "";
		const text = `${driver}
static int test_init(void)
{
	sim_write_file("/sys/module/dmatest/parameters/iterations", "1000");
	sim_write_file("/sys/module/dmatest/parameters/test_buf_size", "1500");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma1chan0");
	sim_write_file("/sys/module/dmatest/parameters/channel", "dma1chan1");
	sim_write_file("/sys/module/dmatest/parameters/run", "1");
	return 0;
}
late_initcall(test_init);
`;
		let out = "";
		const status = await main(["run", "copier.dma"], {
			stdout: (chunk) => {
				out += chunk;
			},
			stderr: (chunk) => {
				out += chunk;
			},
			readFile: (path) => (path === "copier.dma" ? text : null),
			writeFile: () => undefined,
		});
		assert.equal(status, 0, out);
		for (const channel of ["dma1chan0", "dma1chan1"])
			assert.match(out, new RegExp(`dmatest: ${channel}-copy0: summary 1000 tests, 0 failures `), out);
		assert.doesNotMatch(out, /BUG|WARNING|INFO/);
	});
});
