/** A controller driver that breaks its contract: told in Linux's words or ours, and the run ends. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dmascope } from "./support";

const SAMPLE = readFileSync("samples/mem2mem-provider.dma", "utf8");
const DRIVER = SAMPLE.slice(0, SAMPLE.indexOf("/* The client:"));
/** Two copies; waits for both without a time limit. */
const CLIENT = `
static DECLARE_COMPLETION(done);
static void copied(void *param)
{
	complete(&done);
}
static int client_init(void)
{
	struct dma_chan *chan = dma_request_chan(sim_device("copier"), "copy");
	struct dma_async_tx_descriptor *tx;
	dma_addr_t src;
	int i;

	if (IS_ERR(chan))
		return PTR_ERR(chan);
	dma_alloc_coherent(dmaengine_get_dma_device(chan), 8192, &src, GFP_KERNEL);
	for (i = 0; i < 2; i++) {
		tx = dmaengine_prep_dma_memcpy(chan, src + 4096, src, 256, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
		tx->callback = copied;
		dmaengine_submit(tx);
	}
	dma_async_issue_pending(chan);
	wait_for_completion(&done);
	wait_for_completion(&done);
	pr_info("both copied\\n");
	return 0;
}
late_initcall(client_init);
`;

let limit: string[] = [];

async function run(...changes: readonly (readonly [string, string])[]) {
	let text = DRIVER;
	for (const [before, after] of changes) {
		assert.ok(text.includes(before), before);
		text = text.replace(before, after);
	}
	return dmascope(["run", "breach.dma", ...limit], { "breach.dma": text + CLIENT });
}

const COMPLETE = "vchan_cookie_complete(&desc->vd);";

describe("a provider that breaks its contract", () => {
	it("is fine as it is", async () => {
		const { status, out, err } = await run();
		assert.equal(status, 0, out + err);
		assert.match(out, /both copied/);
		assert.doesNotMatch(out, /WARNING|BUG|INFO/);
	});

	it("forgets to complete: the report of the deadlock names channel and cookies", async () => {
		const { status, err } = await run([COMPLETE, "(void)desc;"]);
		assert.equal(status, 1);
		assert.match(err, /init waits for completion done/);
		assert.match(
			err,
			/dma1chan1 \(10010000\.dma-controller\): cookie 2 to 3 was started or dropped, and never completed/,
		);
	});

	it("starts nothing: the cookies are still issued", async () => {
		const { status, err } = await run([
			"if (vchan_issue_pending(&mc->vc) && !mc->active)\n\t\tm2m_start_next(mc);",
			"vchan_issue_pending(&mc->vc);",
		]);
		assert.equal(status, 1);
		assert.match(err, /dma1chan1 .*: cookie 2, 3 is issued but was never started or completed/);
	});

	it("does not even issue: the cookies are still submitted", async () => {
		const { status, err } = await run([
			"if (vchan_issue_pending(&mc->vc) && !mc->active)\n\t\tm2m_start_next(mc);",
			"(void)mc;",
		]);
		assert.equal(status, 1);
		assert.match(err, /dma1chan1 .*: cookie 2, 3 is submitted/);
	});

	it("does not start the next one", async () => {
		const { status, err } = await run([
			`${COMPLETE}\n\t\t\tm2m_start_next(mc);`,
			`${COMPLETE}\n\t\t\tmc->active = NULL;`,
		]);
		assert.equal(status, 1);
		assert.match(err, /dma1chan1 .*: cookie 3 is issued but was never started or completed/);
	});

	it("completes twice: the cookie's BUG, at the line", async () => {
		const { status, out } = await run([COMPLETE, `${COMPLETE}\n${COMPLETE}`]);
		assert.equal(status, 1);
		assert.match(out, /kernel BUG at drivers\/dma\/dmaengine\.h/);
		assert.match(out, /m2m_irq \(breach\.dma:\d+\)/);
		assert.match(out, /Kernel panic - not syncing: Oops - BUG: Fatal exception in interrupt/);
	});

	it("completes without unlinking", async () => {
		const { status, out } = await run(["list_del(&vd->node);", ""]);
		assert.match(
			out,
			/vchan_cookie_complete: cookie 2 of dma1chan1 is still on desc_issued: list_del\(&vd->node\) first/,
		);
		assert.equal(status, 1);
	});

	it("unlinks twice: list debugging's BUG", async () => {
		const { status, out } = await run(["list_del(&vd->node);", "list_del(&vd->node);\nlist_del(&vd->node);"]);
		assert.equal(status, 1);
		assert.match(out, /list_del corruption, [0-9a-f]+->next is LIST_POISON1 \(dead000000000100\)/);
	});

	it("completes without the lock", async () => {
		const { status, out } = await run(
			["spin_lock(&mc->vc.lock);", ""],
			["spin_unlock(&mc->vc.lock);\n\t}\n\treturn IRQ_HANDLED;", "}\n\treturn IRQ_HANDLED;"],
		);
		assert.equal(status, 0);
		assert.match(out, /WARNING: CPU: 0 PID: \d+ at drivers\/dma\/virt-dma\.h:101/);
		assert.match(out, /m2m_irq \(breach\.dma:\d+\)/);
	});

	it("calls back with its lock held", async () => {
		const { out } = await run([COMPLETE, `dmaengine_desc_get_callback_invoke(&desc->vd.tx, NULL);\n${COMPLETE}`]);
		assert.match(out, /dmaengine: the client's callback is called with a lock held/);
		assert.match(
			out,
			/1 lock held by .*:\n.* #0: [0-9a-f]+ \(&vc->lock\)\{[-.+?]{4}\}-\{2:2\}, at: m2m_irq \(breach\.dma:\d+\)/,
		);
	});

	it("takes its lock without turning interrupts off", async () => {
		const { out } = await run([
			"spin_lock_irqsave(&mc->vc.lock, flags);\n\tif (vchan_issue_pending(&mc->vc) && !mc->active)\n\t\tm2m_start_next(mc);\n\tspin_unlock_irqrestore(&mc->vc.lock, flags);",
			"(void)flags; spin_lock(&mc->vc.lock);\n\tif (vchan_issue_pending(&mc->vc) && !mc->active)\n\t\tm2m_start_next(mc);\n\tspin_unlock(&mc->vc.lock);",
		]);
		assert.match(out, /inconsistent \{HARDIRQ-ON-W\} -> \{IN-HARDIRQ-W\} usage/);
	});

	it("does not clear its interrupt: a storm that ends", async () => {
		const { status, out } = await run(["if (!pending)\n\t\treturn IRQ_NONE;", "return IRQ_NONE;"]);
		assert.equal(status, 1);
		assert.match(out, /irq 40: nobody cared/);
	});

	it("says that it has handled an interrupt that never goes away: the run goes on to its limit, or to the watchdog's 20 s", async () => {
		limit = ["--until", "20000000"];
		const { status } = await run(["writel(status, mc->regs + M2M_STATUS);", ""]);
		limit = [];
		assert.equal(status, 3);
	});

	it("registers without the ops that Linux asks for", async () => {
		const { out, status } = await run(["ddev->device_prep_dma_memcpy = m2m_prep_memcpy;", ""]);
		assert.equal(status, 1);
		assert.match(out, /Device claims capability DMA_MEMCPY, but op is not defined/);
	});
});
