/** What a run says of registers and bits without a model. */
import assert from "node:assert/strict";
import { dmascope } from "./support";

const SCENARIO = `
#include <board/generic-axi-dmac.dtsi>
#include <linux/module.h>
#include <linux/io.h>

static int __init touch_init(void)
{
	void __iomem *regs = ioremap(0x80000, 0x1000);

	writel(0, regs + 0x158);
	writel(7, regs + 0x158);
	writel(5, regs + 0x158);
	writel(1 << 3, regs + 0x124);
	readl(regs);
	iounmap(regs);
	return 0;
}
module_init(touch_init);
`;

describe("a run that uses what has no model", () => {
	it("says so once for each register and field, behind the run", async () => {
		const { status, err } = await dmascope(["run", "touch.dma"], { "touch.dma": SCENARIO });
		assert.equal(status, 0, err);
		const told = err.split("\n").filter((line) => line.includes("is not modelled"));
		assert.deepEqual(told, [
			"dmascope: 80000.dma-controller: CH1_AXI_QOS is not modelled: the bus knows no quality of service",
			"dmascope: 80000.dma-controller: CH1_CFG.HS_SEL_SRC is not modelled: there are no handshakes by software, a channel waits for the hardware's request",
			"dmascope: 80000.dma-controller: DMAC_ID is not modelled: it reads 0",
		]);
	});
});
