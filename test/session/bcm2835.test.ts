/** The debugger on samples/bcm2835-cyclic.dma: a circle of control blocks at bus addresses. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { DebugSessionApi } from "../../src/session/api";
import { launch } from "../../src/session/launch";
import { stop } from "./rig";

const FILE = "samples/bcm2835-cyclic.dma";

function session(): DebugSessionApi {
	const result = launch(
		{ program: [FILE] },
		{ readFile: (path) => (path === FILE ? readFileSync(path, "utf8") : null) },
	);
	assert.equal(result.kind, "ok", JSON.stringify(result.kind === "diagnostics" ? result.diagnostics[0] : ""));
	return (result as { session: DebugSessionApi }).session;
}

describe("the debugger on the BCM2835's DMA controller", () => {
	const s = session();
	const channel = () => s.threads().find(({ name }) => name.startsWith("dma0chan0 "))!;
	const rows = (name: string) => {
		const found = s.scopes(s.frames(channel().id)[0]!.id).find((one) => one.name === name);
		return s.variables(found!.reference);
	};
	const values = (name: string): Record<string, string> =>
		Object.fromEntries(rows(name).map((row) => [row.name, row.value]));

	it("names channel, block and period", () => {
		s.setFunctionBreakpoints([{ name: "pcm_period" }]);
		s.continue();
		assert.equal(stop(s).kind, "function");
		assert.equal(channel().name, "dma0chan0 (3f203004.i2s:tx)");
		const frames = s.frames(channel().id).map(({ name }) => name);
		assert.match(frames[0]!, /^burst \d+ of 64/);
		assert.match(frames[1]!, /^chunk 2 of 4 \(CB 0xc[0-9a-f]{7}\)$/);
		assert.equal(frames[2], "transfer (cookie 2)");
	});

	it("shows the circle of control blocks", () => {
		const chain = rows("Descriptor chain");
		assert.equal(chain.length, 4);
		for (const row of chain) assert.match(row.name + row.value, /CB/);
		const fields = s.variables(chain[3]!.reference);
		const next = fields.find(({ name }) => name === "next")!.value;
		const first = s.variables(chain[0]!.reference).find(({ name }) => name === "address")!.value;
		assert.equal(Number(next), Number(first));
		assert.ok(Number(first) >= 0xc0000000);
		assert.match(
			fields.find(({ name }) => name === "info")!.value,
			/^0x00020149 INTEN WAIT_RESP DEST_DREQ SRC_INC PERMAP PCM TX$/,
		);
	});

	it("finds the buffers behind their bus addresses", () => {
		const { source, destination } = values("Buffers");
		// The second period of the ring is that of frames 64 and up.
		assert.match(source!, /^0xc[0-9a-f]{7}, 256 bytes: 40 00 00 00 41 00 00 00 /);
		assert.equal(destination, "0x7e203004 (3f203004.i2s)");
	});

	it("decodes the channel's registers", () => {
		const registers = rows("Registers");
		const ti = registers.find(({ name }) => name.endsWith("TI"))!;
		assert.match(ti.value, /0x00020149/);
		const fields = s.variables(ti.reference);
		assert.equal(fields.find(({ name }) => name.startsWith("PERMAP"))!.value.includes("PCM TX"), true);
	});

	it("tells the way of a DREQ to its channel", () => {
		const { controllers, clients } = s.devices();
		assert.deepEqual(
			controllers.map(({ name, dma, driver }) => [name, dma, driver]),
			[["3f007000.dma", "dma0", "bcm2835-dma"]],
		);
		const i2s = clients.find(({ name }) => name === "3f203004.i2s")!;
		assert.deepEqual(i2s.requests, [
			{ name: "tx", route: ["DREQ 2", "3f007000.dma", "dma0chan0"], channel: "dma0chan0" },
			{ name: "rx", route: ["DREQ 3", "3f007000.dma", "no channel yet"], channel: null },
		]);
	});

	it("stops in the driver's own functions", () => {
		for (const name of ["bcm2835_dma_callback", "bcm2835_dma_terminate_all", "bcm2835_dma_abort"]) {
			s.setFunctionBreakpoints([{ name }]);
			s.continue();
			assert.equal(stop(s).kind, "function", name);
		}
	});
});
