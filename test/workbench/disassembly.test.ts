import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { Workbench } from "./workbench";

const folder = "out/disassembly-workspace";
const file = `${folder}/four-items.dma`;
/** One copy that the generic board needs four items for: an item takes at most 4096 words of 8 bytes. */
const scenario = `#include <board/generic-axi-dmac.dtsi>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>

static int four_items_init(void)
{
	struct dma_async_tx_descriptor *desc;
	struct dma_chan *chan;
	dma_cap_mask_t mask;
	dma_addr_t src, dst;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_chan_by_mask(&mask);
	dma_alloc_coherent(dmaengine_get_dma_device(chan), 4 * 32768, &src, GFP_KERNEL);
	dma_alloc_coherent(dmaengine_get_dma_device(chan), 4 * 32768, &dst, GFP_KERNEL);
	desc = dmaengine_prep_dma_memcpy(chan, dst, src, 4 * 32768, DMA_CTRL_ACK);
	dmaengine_submit(desc);
	dma_async_issue_pending(chan);
	return 0;
}
module_init(four_items_init);
`;
const LINE_AFTER_ISSUE = scenario.split("\n").indexOf("\treturn 0;") + 1;

describe("the Disassembly view of a channel in a real workbench", function () {
	this.bail(true);
	let workbench: Workbench;
	const rows = (text: RegExp) => workbench.page.locator(".disassembly-view .monaco-list-row", { hasText: text });
	/** The row that the arrow points at. */
	const current = (text: RegExp) =>
		rows(text)
			.filter({ has: workbench.page.locator("[class*=codicon-debug-stackframe]") })
			.first();

	before(async () => {
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		writeFileSync(file, scenario);
		workbench = await Workbench.open("disassembly", folder, file);
	});
	after(() => workbench?.close());
	afterEach(async function () {
		if (this.currentTest?.state === "failed") await workbench?.shot("failed");
	});

	it("lists the descriptor chain that the channel works on", async () => {
		await workbench.page.locator(".monaco-editor .view-lines").first().click();
		await workbench.breakpointAt(LINE_AFTER_ISSUE);
		await workbench.press("F5");
		await workbench.stoppedIn("four_items_init", LINE_AFTER_ISSUE);
		// What is scrolled out of sight is not in the page: the call stack gets the room.
		await workbench.fold("Watch");
		const dashboard = await workbench.dashboard();
		await dashboard.locator("tbody tr", { hasText: "dma0chan0" }).first().click();
		await workbench.stoppedIn(/burst|chunk|fetching/);
		await workbench.press("F10");
		await workbench.burstAfter(0);
		await workbench.command("Open Disassembly View");
		for (const item of [0, 1, 2, 3])
			await rows(new RegExp(`LLI ${item} of cookie 2 .*32768 bytes`))
				.first()
				.waitFor();
		await current(/LLI 0/).waitFor();
		await workbench.shot("chain");
	});

	it("goes from item to item by instruction steps", async () => {
		await workbench.press("F10");
		await current(/LLI 1/).waitFor();
		await workbench.press("F10");
		await current(/LLI 2/).waitFor();
		await workbench.shot("third-item");
	});
});
