import assert from "node:assert/strict";
import type { DebugSessionApi } from "../../src/session/api";
import { launch } from "../../src/session/launch";
import { stop } from "./rig";
import { Transcript } from "./transcript";

const FILE = "copy.dma";
/** A copy of 200000 bytes by a list of four nodes; it stops in `look` in the first node, in the third, and paused. */
const TEXT = `
#include <board/stm32mp157.dtsi>
#include <linux/dmaengine.h>
#include <linux/slab.h>
#include <linux/delay.h>

static void look(void)
{
	cpu_relax();
}

static int copy_init(void)
{
	struct dma_async_tx_descriptor *desc;
	struct dma_chan *chan;
	dma_cap_mask_t mask;
	char *from = kzalloc(200000, GFP_KERNEL), *to = kzalloc(200000, GFP_KERNEL);

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_channel(mask, NULL, NULL);
	desc = dmaengine_prep_dma_memcpy(chan, virt_to_phys(to), virt_to_phys(from), 200000, 0);
	dmaengine_submit(desc);
	dma_async_issue_pending(chan);
	udelay(20);
	look();
	udelay(240);
	look();
	dmaengine_pause(chan);
	look();
	dmaengine_terminate_sync(chan);
	return 0;
}
module_init(copy_init);
`;

function session(): DebugSessionApi {
	const result = launch({ program: [FILE] }, { readFile: (path) => (path === FILE ? TEXT : null) });
	assert.equal(result.kind, "ok", JSON.stringify(result.kind === "diagnostics" ? result.diagnostics[0] : ""));
	return (result as { session: DebugSessionApi }).session;
}

describe("the debugger on a list of MDMA", () => {
	const s = session();
	const go = () => {
		s.setFunctionBreakpoints([{ name: "look" }]);
		s.continue();
		assert.equal(stop(s).kind, "function");
	};
	const channel = () => s.threads().find(({ kind }) => kind === "channel")!;
	const frames = () => s.frames(channel().id);
	const rows = (name: string) => s.variables(s.scopes(frames()[0]!.id).find((one) => one.name === name)!.reference);
	const values = (name: string) => Object.fromEntries(rows(name).map((row) => [row.name, row.value]));

	it("marks the node whose words software has written, as it marks those that the hardware has loaded", () => {
		go();
		assert.match(frames()[1]!.name, /^chunk 1 of 4 \(from the registers\)$/);
		assert.deepEqual(Object.keys(values("Descriptor chain")), ["node 0 ◀", "node 1", "node 2", "node 3"]);
		go();
		assert.match(frames()[1]!.name, /^chunk 3 of 4 \(node 0x[0-9a-f]+\)$/);
		assert.deepEqual(Object.keys(values("Descriptor chain")), ["node 0", "node 1", "node 2 ◀", "node 3"]);
	});

	it("shows all words of a node", () => {
		const node = rows("Descriptor chain")[3]!;
		assert.match(node.value, /, 3392 bytes, 128 bytes a buffer, software request$/);
		assert.deepEqual(
			s.variables(node.reference).map(({ name }) => name),
			["address", "CTCR", "CBNDTR", "CSAR", "CDAR", "CBRUR", "CLAR", "CTBR", "reserved", "CMAR", "CMDR"],
		);
	});

	it("shows this channel's registers and the common one; a transfer whose channel is off is paused", () => {
		const registers = values("Registers");
		assert.deepEqual(Object.keys(registers).slice(0, 4), ["GISR0", "SGISR0", "C0ISR", "C0IFCR"]);
		assert.equal(registers.C0CR, "0x00000017");
		go();
		assert.equal(s.machineState().channels.find(({ id }) => id === "dma0chan0")?.state, "paused");
	});
});

describe("golden debug session of stm32-mdma.dma", () => {
	it("a list node by node, then both channels of a chained capture", () => {
		const t = new Transcript("stm32-mdma.dma");
		t.functions("stm32_mdma_start_transfer");
		t.go();
		t.functions();
		t.channel("dma0chan0", "Descriptor chain");
		for (let step = 0; step < 4; step++) t.step("over");
		t.select("dma0chan0");
		t.scope("Descriptor chain");
		// The pause of the case, its resume, the end of the first node.
		for (let step = 0; step < 3; step++) t.step("out");
		t.scope("Descriptor chain");
		t.lineBreakpoints("sim_dev_receive(uart, message, HALVES * HALF);", "dma_unmap_single(dev, addr, HALVES * HALF");
		t.go();
		t.threads();
		t.channel("dma0chan0", "Channel", "Registers", "Descriptor chain");
		t.channel("dma1chan0", "Channel", "Descriptor chain");
		t.go();
		t.channel("dma0chan0", "Channel");
		t.evaluate("cat /sys/kernel/debug/dmaengine/summary");
		t.lineBreakpoints();
		t.go();
		t.check("stm32-mdma");
	});
});
