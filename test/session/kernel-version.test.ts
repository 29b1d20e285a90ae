/** The version switch: what differs behind 6.12 (core-semantics 0.1, docs/kernel-versions.md), both ways. */
import assert from "node:assert/strict";
import { logRecords } from "../../src/kernel/printk/log";
import type { KernelVersion } from "../../src/kernel/version";
import { DebugSession } from "../../src/session/debug-session";
import { load } from "../../src/session/load";
import { settle } from "./rig";

function log(text: string, kernel?: KernelVersion): string[] {
	const host = { readFile: (name: string) => (name === "t.c" ? text : null) };
	const result = load({ program: ["t.c"], kernel }, host);
	if (result.kind === "diagnostics") return result.diagnostics.map(({ message, line }) => `${line}: ${message}`);
	settle(new DebugSession(result.simulation));
	return logRecords(result.simulation.k).map(({ text: line }) => line.trim());
}

/** A controller that is never registered: the helpers look at its ops alone. */
const CONTROLLER = (ops: string) => `
static int refuse;
static struct dma_async_tx_descriptor tx;
static int config(struct dma_chan *c, struct dma_slave_config *cfg)
{
	pr_info("config width=%u irqs_off=%d\\n", cfg->dst_addr_width, irqs_disabled());
	return refuse ? -EINVAL : 0;
}
static struct dma_async_tx_descriptor *slave(struct dma_chan *c, struct scatterlist *sg, unsigned int n,
	enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	pr_info("slave n=%u len=%u irqs_off=%d\\n", n, sg_dma_len(sg), irqs_disabled());
	return &tx;
}
${ops}
static struct dma_chan chan = { .device = &dd };
static struct dma_slave_config cfg = { .dst_addr_width = 4 };
`;
const PLAIN = "static struct dma_device dd = { .device_config = config, .device_prep_slave_sg = slave };";
const BOTH = `
static struct dma_async_tx_descriptor *both(struct dma_chan *c, struct scatterlist *sg, unsigned int n,
	enum dma_transfer_direction dir, unsigned long flags, struct dma_slave_config *cfg)
{
	pr_info("both n=%u len=%u cfg=%d irqs_off=%d\\n", n, sg_dma_len(sg), !!cfg, irqs_disabled());
	return &tx;
}
static struct dma_device dd = { .device_config = config, .device_prep_slave_sg = slave, .device_prep_config_sg = both };`;
const init = (body: string) => `static int f(void)\n{\n${body}\n	return 0;\n}\nmodule_init(f);\n`;

describe("the version of the kernel", () => {
	it("is 6.12 unless the launch says otherwise", () => {
		const text = init(
			'	pr_info("%d.%d %s %d\\n", LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL, UTS_RELEASE, LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0));',
		);
		assert.deepEqual(log(text).slice(-1), ["6.12 6.12.0 1"]);
		assert.deepEqual(log(text, "6.12").slice(-1), ["6.12 6.12.0 1"]);
		assert.deepEqual(log(text, "next").slice(-1), ["7.2 7.2.0 0"]);
	});

	it("6.12 has neither dmaengine_prep_config_* nor the op: errors at their lines", () => {
		for (const name of ["dmaengine_prep_config_sg", "dmaengine_prep_config_sg_safe"]) {
			const said = log(`${CONTROLLER(PLAIN)}${init(`	${name}(&chan, NULL, 0, DMA_MEM_TO_DEV, 0, &cfg);`)}`);
			assert.ok(
				said.some((line) => line.includes(name)),
				said.join("\n"),
			);
		}
		assert.ok(log(`${CONTROLLER(BOTH)}${init("")}`).some((line) => line.includes("device_prep_config_sg")));
	});

	it("6.12: dmaengine_prep_slave_single calls device_prep_slave_sg", () => {
		const text = `${CONTROLLER(PLAIN)}${init("	dmaengine_prep_slave_single(&chan, 0x1000, 64, DMA_MEM_TO_DEV, 0);")}`;
		assert.deepEqual(log(text).slice(-1), ["slave n=1 len=64 irqs_off=0"]);
		assert.deepEqual(log(text, "next").slice(-1), ["slave n=1 len=64 irqs_off=0"]);
	});

	it("later: a driver that does both at once is asked for both, and for a prep without configuration", () => {
		const text = `${CONTROLLER(BOTH)}${init(`
	dmaengine_prep_slave_single(&chan, 0x1000, 64, DMA_MEM_TO_DEV, 0);
	dmaengine_prep_config_single(&chan, 0x1000, 32, DMA_MEM_TO_DEV, 0, &cfg);
	dmaengine_prep_config_single_safe(&chan, 0x1000, 16, DMA_MEM_TO_DEV, 0, &cfg);`)}`;
		assert.deepEqual(log(text, "next").slice(-3), [
			"both n=1 len=64 cfg=0 irqs_off=0",
			"both n=1 len=32 cfg=1 irqs_off=0",
			"both n=1 len=16 cfg=1 irqs_off=0",
		]);
	});

	it("later: without such an op it is configuration, then preparation; under a lock in the _safe variant", () => {
		const text = `${CONTROLLER(PLAIN)}${init(`
	dmaengine_prep_config_single(&chan, 0x1000, 32, DMA_MEM_TO_DEV, 0, &cfg);
	dmaengine_prep_config_single(&chan, 0x1000, 8, DMA_MEM_TO_DEV, 0, NULL);
	dmaengine_prep_config_single_safe(&chan, 0x1000, 16, DMA_MEM_TO_DEV, 0, &cfg);
	pr_info("after irqs_off=%d preempt=%d\\n", irqs_disabled(), preempt_count());
	refuse = 1;
	pr_info("refused %d\\n", dmaengine_prep_config_single(&chan, 0x1000, 32, DMA_MEM_TO_DEV, 0, &cfg) == NULL);
	pr_info("none %d\\n", dmaengine_prep_config_single_safe(NULL, 0x1000, 32, DMA_MEM_TO_DEV, 0, &cfg) == NULL);`)}`;
		const lines = log(text, "next");
		assert.deepEqual(lines.slice(lines.findIndex((line) => line.startsWith("config"))), [
			"config width=4 irqs_off=0",
			"slave n=1 len=32 irqs_off=0",
			"slave n=1 len=8 irqs_off=0",
			"config width=4 irqs_off=1",
			"slave n=1 len=16 irqs_off=1",
			"after irqs_off=0 preempt=0",
			"config width=4 irqs_off=0",
			"refused 1",
			"none 1",
		]);
	});

	it("dma_map_phys is there later", () => {
		const text = init(`	struct device *dev = sim_device("dmac");
	void *p = kmalloc(64, GFP_KERNEL);
	dma_addr_t a = dma_map_phys(dev, virt_to_phys(p), 64, DMA_TO_DEVICE, 0);
	pr_info("same %d error %d\\n", a == dma_map_single(dev, p, 64, DMA_TO_DEVICE), dma_mapping_error(dev, a));`);
		assert.ok(log(text).some((line) => line.includes("dma_map_phys")));
		assert.deepEqual(log(text, "next").slice(-1), ["same 1 error 0"]);
	});

	it("names itself in the locking validator's reports", () => {
		const text = `static DEFINE_SPINLOCK(a);\n${init("	spin_unlock(&a);")}`;
		assert.ok(log(text).includes("6.12.0 Not tainted"));
		assert.ok(log(text, "next").includes("7.2.0 Not tainted"));
	});
});
