import assert from "node:assert/strict";
import { startUnload } from "../../src/kernel/boot";
import { bootAndRun } from "./harness";

const text = (log: string[]): string[] =>
	log.map((line) => line.slice(2)).filter((line) => !line.startsWith("dw_axi_dmac_platform"));

describe("contexts", () => {
	it("mutexes block and hand over; interrupts wait while they are off", () => {
		const { log } = bootAndRun({
			"m.c": `static DEFINE_MUTEX(m);
			static struct hrtimer timer;
			static enum hrtimer_restart fire(struct hrtimer *t) { pr_info("irq\\n"); return HRTIMER_NORESTART; }
			static int fn(void *data) { mutex_lock(&m); pr_info("thread has it\\n"); mutex_unlock(&m); return 0; }
			static int f(void) {
				unsigned long flags;
				mutex_lock(&m);
				kthread_run(fn, NULL, "t");
				msleep(4);
				pr_info("unlock\\n");
				mutex_unlock(&m);
				msleep(4);
				hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
				timer.function = fire;
				local_irq_save(flags);
				hrtimer_start(&timer, us_to_ktime(10), HRTIMER_MODE_REL);
				udelay(50);
				pr_info("still off\\n");
				local_irq_restore(flags);
				pr_info("on\\n");
				return 0;
			} module_init(f);`,
		});
		assert.deepEqual(text(log()), ["unlock", "thread has it", "still off", "irq", "on"]);
	});
	it("an interrupt that nobody handles is disabled: irq 10: nobody cared", () => {
		const { k, log } = bootAndRun({
			"storm.c": `static irqreturn_t h(int irq, void *dev) { return IRQ_NONE; }
			static int f(void) { void __iomem *b = ioremap(0x10000000, 0x100); int r = request_irq(10, h, 0, "storm", b); writeb(2, b + 1); mdelay(2000); return r; }
			module_init(f);`,
		});
		const lines = text(log());
		assert.ok(lines.includes('irq 10: nobody cared (try booting with the "irqpoll" option)'), lines.join("\n"));
		assert.ok(lines.includes("Disabling IRQ #10"));
		assert.equal(k.state.irqs[10].count, 100000);
	});
	it("an oops in an interrupt is a panic", () => {
		const { k, log } = bootAndRun({
			"p.c": `static struct hrtimer t; static enum hrtimer_restart fire(struct hrtimer *x) { *(volatile int *)8 = 1; return HRTIMER_NORESTART; }
			static int f(void) { hrtimer_init(&t, CLOCK_MONOTONIC, HRTIMER_MODE_REL); t.function = fire; hrtimer_start(&t, 1000, HRTIMER_MODE_REL); msleep(10); return 0; } module_init(f);`,
		});
		assert.ok(text(log()).includes("Kernel panic - not syncing: Oops: Fatal exception in interrupt"), log().join("\n"));
		assert.equal(k.state.end?.reason, "oops");
	});
	it("an oops in a kernel thread kills that thread only", () => {
		const { k, log } = bootAndRun({
			"k.c": `static int fn(void *d) { *(volatile int *)0 = 1; return 0; } static int f(void) { kthread_run(fn, NULL, "bad"); msleep(10); pr_info("alive\\n"); return 0; } module_init(f);`,
		});
		assert.ok(text(log()).includes("alive"), log().join("\n"));
		assert.deepEqual(k.state.end, { reason: "oops", status: 1 });
	});
	it("sim_exit ends the run with its status", () => {
		const { k, log } = bootAndRun({
			"e.c": `static int f(void) { sim_exit(5); pr_info("never\\n"); return 0; } module_init(f);`,
		});
		assert.deepEqual(k.state.end, { reason: "exit", status: 5 });
		assert.deepEqual(text(log()), []);
	});
	it("a failing init is the module's failure", () => {
		const { k } = bootAndRun({ "m.c": "static int f(void) { return -EINVAL; } module_init(f);" });
		assert.deepEqual([k.state.modules.modules[0].state, k.state.modules.modules[0].result], ["failed", -22]);
	});
	it("unloading runs exits last first, remove, and what devm_ left to do", () => {
		const rig = bootAndRun({
			"drv.c": `static void act(void *data) { pr_info("action %s\\n", (char *)data); }
			static int p(struct platform_device *pdev) { devm_add_action(&pdev->dev, act, "one"); devm_add_action(&pdev->dev, act, "two"); return 0; }
			static void r(struct platform_device *pdev) { pr_info("remove %s\\n", dev_name(&pdev->dev)); }
			static const struct of_device_id ids[] = { { .compatible = "ns16550a" }, { } };
			static struct platform_driver d = { .probe = p, .remove = r, .driver = { .name = "drv", .of_match_table = ids } };
			module_platform_driver(d);`,
		});
		startUnload(rig.k);
		rig.go();
		assert.deepEqual(text(rig.log()), ["remove 10000000.serial", "action two", "action one"]);
		assert.equal(rig.k.state.modules.modules[0].state, "gone");
	});
});

describe("interrupts between the steps of a kernel function", () => {
	it("leave the result of what the function has called alone", () => {
		const { log } = bootAndRun({
			"r.c": `static struct hrtimer timer;
			static int fired;
			static enum hrtimer_restart fire(struct hrtimer *t)
			{
				hrtimer_forward_now(t, ns_to_ktime(2700));
				return fired++ < 4000 ? HRTIMER_RESTART : HRTIMER_NORESTART;
			}
			static int f(void)
			{
				dma_cap_mask_t mask;
				struct dma_chan *chan;
				int i, bad = 0;

				dma_cap_zero(mask);
				dma_cap_set(DMA_MEMCPY, mask);
				chan = dma_request_chan_by_mask(&mask);
				hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
				timer.function = fire;
				hrtimer_start(&timer, ns_to_ktime(1000), HRTIMER_MODE_REL);
				for (i = 0; i < 500; i++)
					bad += !dmaengine_prep_dma_memcpy(chan, 0x80001000, 0x80000000, 64, 0);
				pr_info("bad %d, fired %d\\n", bad, fired > 100);
				return 0;
			} module_init(f);`,
		});
		assert.deepEqual(text(log()), ["bad 0, fired 1"]);
	});
});
