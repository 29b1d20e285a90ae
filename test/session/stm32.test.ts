import assert from "node:assert/strict";
import type { DebugSessionApi } from "../../src/session/api";
import { launch } from "../../src/session/launch";
import { stop, value } from "./rig";

const FILE = "ring.dma";
/** A ring of four periods from UART4, and a copy in pieces; both stop in `look`. */
const TEXT = `
#include <board/stm32mp157.dtsi>
#include <linux/dmaengine.h>
#include <linux/io.h>
#include <linux/slab.h>
#include <linux/delay.h>

static void look(void)
{
	cpu_relax();
}

static int ring_init(void)
{
	struct dma_slave_config config = {
		.direction = DMA_DEV_TO_MEM, .src_addr = 0x40010024, .src_addr_width = 1,
	};
	struct dma_chan *rx = dma_request_chan(sim_device("uart4"), "rx");
	void __iomem *regs = ioremap(0x40010000, 0x400);
	char *buf = kzalloc(256, GFP_KERNEL);
	struct dma_async_tx_descriptor *desc;

	dmaengine_slave_config(rx, &config);
	desc = dmaengine_prep_dma_cyclic(rx, virt_to_phys(buf), 256, 64, DMA_DEV_TO_MEM, 0);
	dmaengine_submit(desc);
	dma_async_issue_pending(rx);
	writel(1 << 6, regs + 8);
	sim_dev_receive(sim_device("uart4"), buf, 100);
	msleep(20);
	look();
	dmaengine_pause(rx);
	look();
	dmaengine_terminate_sync(rx);
	look();
	return 0;
}
module_init(ring_init);
`;

function session(): DebugSessionApi {
	const result = launch({ program: [FILE] }, { readFile: (path) => (path === FILE ? TEXT : null) });
	assert.equal(result.kind, "ok", JSON.stringify(result.kind === "diagnostics" ? result.diagnostics[0] : ""));
	return (result as { session: DebugSessionApi }).session;
}

/** Id and title of the threads that are channels. */
const channels = (s: DebugSessionApi) => s.threads().filter(({ kind }) => kind === "channel");

describe("the debugger on a stream of the STM32MP157", () => {
	const s = session();
	const go = () => {
		s.setFunctionBreakpoints([{ name: "look" }]);
		s.continue();
		assert.equal(stop(s).kind, "function");
	};
	const scope = (name: string): Record<string, string> => {
		const [channel] = channels(s);
		const found = s.scopes(s.frames(channel!.id)[0]!.id).find((one) => one.name === name);
		return Object.fromEntries(s.variables(found!.reference).map((row) => [row.name, row.value]));
	};

	const chunkText = (n: number): string => Object.values(scope("Descriptor chain"))[n] ?? "";

	it("shows a double buffer: which half is live, which period runs, what is left", () => {
		go();
		const [channel] = channels(s);
		assert.equal(channel!.name, "dma1chan0 (40010000.serial:rx)");
		// 100 bytes of 256 are in: 36 of the second period.
		assert.deepEqual(
			s.frames(channel!.id).map(({ name }) => name),
			["burst 36 of 64 (waiting)", "chunk 2 of 4 (from the registers)", "transfer (cookie 2)"],
		);
		const rows = scope("Channel");
		assert.equal(rows.residue, "156 bytes");
		assert.equal(rows.direction, "dev-to-mem");
		assert.equal(rows.block, "36 of 64 bytes");
		// Memory 0 had the first period; it is over, and the handler has put the third one there.
		const halves = /^memory 1 \((0x[0-9a-f]+)\) is live, memory 0 \((0x[0-9a-f]+)\) is next$/.exec(
			rows["double buffer"] ?? "",
		);
		const [second, third] = [1, 2].map((n) => Number(/→ (0x[0-9a-f]+)/.exec(chunkText(n))?.[1]));
		assert.deepEqual(halves?.slice(1).map(Number), [second, third]);
		assert.deepEqual(Object.keys(scope("Descriptor chain")), ["chunk 0", "chunk 1 ◀", "chunk 2", "chunk 3"]);
		assert.match(scope("Queues").active ?? "", /^1: 2/);
	});

	it("shows the registers of this stream and the common ones, decoded", () => {
		const registers = scope("Registers");
		assert.deepEqual(Object.keys(registers), [
			"LISR",
			"HISR",
			"LIFCR",
			"HIFCR",
			"S0CR",
			"S0NDTR",
			"S0PAR",
			"S0M0AR",
			"S0M1AR",
			"S0FCR",
		]);
		// As the case stm32dma-02, with CT set and EN.
		assert.equal(registers.S0CR, "0x001c2417");
		assert.equal(registers.S0NDTR, "0x0000001c");
	});

	it("names the stream in expressions, and says when it is paused", () => {
		assert.equal(value(s, "dma1chan0->chan_id"), "0");
		go();
		assert.equal(s.machineState().channels.find(({ id }) => id === "dma1chan0")?.state, "paused");
		// Until the period is over the stream does not repeat: the driver has taken DBM away.
		assert.equal(scope("Channel")["double buffer"], undefined);
		go();
		assert.equal(channels(s).length, 0);
	});
});
