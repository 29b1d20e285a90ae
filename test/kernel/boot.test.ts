import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { listDirectory, readFile, writeFile } from "../../src/kernel/fs/files";
import { bootAndRun } from "./harness";

/** Without the levels and without what the DMA controller says of itself. */
const text = (log: string[]): string[] =>
	log.map((line) => line.slice(2)).filter((line) => !line.startsWith("dw_axi_dmac_platform"));
const said = (c: string): string[] => text(bootAndRun({ "test.c": c }).log());

describe("boot", () => {
	it("runs module_init in process context and reports nothing", () => {
		const { k, log } = bootAndRun({
			"hello.c": `static int f(void) { pr_info("hello %d %d\\n", in_task(), irqs_disabled()); return 0; } module_init(f);`,
		});
		assert.deepEqual(k.state.end, { reason: "idle", status: 0 });
		assert.equal(k.state.boot.phase, "done");
		assert.ok(text(log()).includes("hello 1 0"), log().join("\n"));
	});
	it("sends 256 bytes out of the UART (samples/uart-tx.dma)", () => {
		const { k, log } = bootAndRun({ "uart-tx.dma": readFileSync("samples/uart-tx.dma", "utf8") });
		assert.equal(k.state.modules.modules[0].state, "live", log().join("\n"));
		const uart = k.devices.find((d) => d.labels.includes("uart0"));
		const model = uart?.model as unknown as { takeSent(n: number): Uint8Array };
		assert.equal(new TextDecoder().decode(model.takeSent(1000)), "U".repeat(256));
	});
});

describe("waits and time", () => {
	it("a thread completes what init waits for", () => {
		const lines = said(`
			static DECLARE_COMPLETION(done);
			static int fn(void *data) { pr_info("thread %s %d\\n", current->comm, *(int *)data); complete(&done); return 7; }
			static int value = 5;
			static int f(void) {
				struct task_struct *t = kthread_run(fn, &value, "worker-%d", 3);
				wait_for_completion(&done);
				pr_info("stop %d\\n", kthread_stop(t));
				return 0;
			}
			module_init(f);`);
		assert.deepEqual(lines, ["thread worker-3 5", "stop 7"]);
	});
	it("wait_for_completion_timeout gives 0 after the time, else what is left", () => {
		const lines = said(`
			static DECLARE_COMPLETION(done);
			static struct timer_list timer;
			static void fire(struct timer_list *t) { pr_info("timer %d\\n", in_serving_softirq()); complete(&done); }
			static int f(void) {
				u64 start = sim_time_ns();
				pr_info("%lu\\n", wait_for_completion_timeout(&done, msecs_to_jiffies(100)));
				pr_info("%d\\n", sim_time_ns() - start >= 100000000 && sim_time_ns() - start <= 108000000);
				timer_setup(&timer, fire, 0);
				mod_timer(&timer, jiffies + 10);
				pr_info("%lu\\n", wait_for_completion_timeout(&done, 25));
				pr_info("%lu\\n", wait_for_completion_timeout(&done, 0));
				return 0;
			}
			module_init(f);`);
		assert.deepEqual(lines, ["0", "1", "timer 1", "14", "0"]);
	});
	it("wait_event and wake_up, with and without a limit", () => {
		const lines = said(`
			static DECLARE_WAIT_QUEUE_HEAD(queue);
			static int ready;
			static int fn(void *data) { msleep(8); ready = 1; wake_up(&queue); return 0; }
			static int f(void) {
				kthread_run(fn, NULL, "waker");
				wait_event(queue, ready);
				pr_info("ready %d\\n", ready);
				pr_info("%ld\\n", wait_event_timeout(queue, ready == 2, 5));
				pr_info("%d\\n", wait_event_interruptible(queue, ready == 1));
				return 0;
			}
			module_init(f);`);
		assert.deepEqual(lines, ["ready 1", "0", "0"]);
	});
	it("hrtimers run in hard interrupt context at their time and restart", () => {
		const lines = said(`
			static struct hrtimer timer;
			static int left = 3;
			static enum hrtimer_restart fire(struct hrtimer *t) {
				pr_info("%d %llu\\n", in_hardirq(), div_u64(ktime_get_ns(), 1000) / 1000);
				if (--left == 0) return HRTIMER_NORESTART;
				hrtimer_forward_now(t, ms_to_ktime(2));
				return HRTIMER_RESTART;
			}
			static int f(void) {
				hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
				timer.function = fire;
				hrtimer_start(&timer, ms_to_ktime(5), HRTIMER_MODE_ABS);
				mdelay(12);
				pr_info("left %d\\n", left);
				return 0;
			}
			module_init(f);`);
		assert.deepEqual(lines, ["1 5", "1 7", "1 9", "left 0"]);
	});
	it("work, delayed work, cancel and flush", () => {
		const lines = said(`
			static void run(struct work_struct *w) { pr_info("work in %s\\n", current->comm); }
			static void late(struct work_struct *w) { pr_info("late\\n"); }
			static DECLARE_WORK(work, run);
			static DECLARE_DELAYED_WORK(delayed, late);
			static int f(void) {
				pr_info("%d %d\\n", schedule_work(&work), schedule_work(&work));
				flush_work(&work);
				schedule_delayed_work(&delayed, 3);
				pr_info("%d\\n", cancel_delayed_work_sync(&delayed));
				schedule_delayed_work(&delayed, 3);
				flush_delayed_work(&delayed);
				return 0;
			}
			module_init(f);`);
		assert.deepEqual(lines, ["1 0", "work in kworker/0:0", "1", "late"]);
	});
	it("a tasklet scheduled in process context runs in ksoftirqd, under bh_disable at bh_enable", () => {
		const lines = said(`
			static void run(struct tasklet_struct *t) { pr_info("tasklet %d %s\\n", in_serving_softirq(), current->comm); }
			static DECLARE_TASKLET(t, run);
			static int f(void) {
				tasklet_schedule(&t);
				tasklet_kill(&t);
				local_bh_disable();
				tasklet_schedule(&t);
				pr_info("off\\n");
				local_bh_enable();
				pr_info("on\\n");
				return 0;
			}
			module_init(f);`);
		assert.deepEqual(lines, ["tasklet 1 ksoftirqd/0", "off", "tasklet 1 init", "on"]);
	});
});

describe("what goes wrong", () => {
	it("a NULL dereference is an oops at its line", () => {
		const { k, log } = bootAndRun({
			"bad.c": "static int *p;\nstatic int f(void)\n{\n\treturn *p;\n}\nmodule_init(f);",
		});
		const lines = text(log());
		assert.ok(lines.includes("Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000"));
		assert.ok(lines.includes(" f (bad.c:4)"), lines.join("\n"));
		assert.deepEqual(k.state.end, { reason: "oops", status: 1 });
	});
	it("names each blocked thread and what it waits for", () => {
		const { k } = bootAndRun({
			"stuck.c":
				"static DECLARE_COMPLETION(never); static int f(void) { wait_for_completion(&never); return 0; } module_init(f);",
		});
		const init = k.state.threads.find((t) => t.name === "init");
		assert.equal(init?.state.kind, "blocked");
		assert.ok(init?.state.kind === "blocked");
		assert.deepEqual([init.state.on.kind, init.state.on.name], ["completion", "never"]);
		assert.deepEqual(k.state.end, { reason: "idle", status: 0 });
	});
	it("sleeping under a spinlock, in Linux's words", () => {
		const lines = said(
			`static DEFINE_SPINLOCK(l); static int f(void) { spin_lock(&l); msleep(1); spin_unlock(&l); return 0; } module_init(f);`,
		);
		// msleep() does not check by itself: schedule() does.
		assert.ok(!lines.some((l) => l.startsWith("BUG: sleeping function")), lines.join("\n"));
		assert.ok(lines.includes("1 lock held by init/1:"), lines.join("\n"));
		assert.ok(lines.includes("BUG: scheduling while atomic: init/1/0x00000002"), lines.join("\n"));
	});
	it("a spinlock taken twice", () => {
		const { k, log } = bootAndRun({
			"twice.c":
				"static DEFINE_SPINLOCK(l); static int f(void) { spin_lock(&l); spin_lock(&l); return 0; } module_init(f);",
		});
		assert.ok(text(log()).includes("BUG: spinlock recursion on CPU#0, init/1"), log().join("\n"));
		assert.equal(k.state.end?.reason, "oops");
	});
	it("a CPU that spins for 20 s is a soft lockup", () => {
		const { k, log } = bootAndRun({
			"spin.c": "static volatile int x; static int f(void) { while (!x) udelay(1000); return 0; } module_init(f);",
		});
		assert.ok(
			text(log()).some((l) => l.startsWith("watchdog: BUG: soft lockup - CPU#0 stuck for ")),
			log().join("\n"),
		);
		assert.deepEqual(k.state.end, { reason: "limit", status: 3 });
	});
});

describe("devices and modules", () => {
	const driver = (name: string, probe: string, extra = ""): string => `
		static const struct of_device_id ids[] = { { .compatible = "test,${name}", .data = (void *)42 }, { } };
		${extra}
		static int ${name}_probe(struct platform_device *pdev) { ${probe} }
		static void ${name}_remove(struct platform_device *pdev) { pr_info("${name} remove\\n"); }
		static struct platform_driver ${name}_driver = { .probe = ${name}_probe, .remove = ${name}_remove, .driver = { .name = "${name}", .of_match_table = ids } };
		module_platform_driver(${name}_driver);`;
	it("probes by compatible, reads properties, defers and retries", () => {
		const dts = `/ { aa@20000000 { compatible = "test,user"; reg = <0x20000000 0x100>; value = <7 8>; label = "hi"; }; bb@20001000 { compatible = "test,giver"; reg = <0x20001000 0x100>; }; };`;
		const rig = bootAndRun(
			{
				"both.c": `static int given;
					static const struct of_device_id user_ids[] = { { .compatible = "test,user", .data = (void *)42 }, { } };
					static int user_probe(struct platform_device *pdev) {
						u32 v[2]; const char *s;
						if (!given) { pr_info("defer\\n"); return -EPROBE_DEFER; }
						of_property_read_u32_array(pdev->dev.of_node, "value", v, 2);
						of_property_read_string(pdev->dev.of_node, "label", &s);
						dev_info(&pdev->dev, "%u %u %s %ld\\n", v[0], v[1], s, (long)of_device_get_match_data(&pdev->dev));
						return 0;
					}
					static struct platform_driver user = { .probe = user_probe, .driver = { .name = "user", .of_match_table = user_ids } };
					module_platform_driver(user);
					${driver("giver", "given = 1; return 0;")}`,
			},
			dts,
		);
		assert.deepEqual(text(rig.log()), ["defer", "user 20000000.aa: 7 8 hi 42"]);
	});
	it("parameters come from the options and have files", () => {
		const rig = bootAndRun(
			{
				"my-mod.c": `static int count = 3; module_param(count, int, 0644); static bool on; module_param(on, bool, 0444); static int a[3]; static int n; module_param_array(a, int, &n, 0444); static int f(void) { pr_info("%d %d %d\\n", count, on, n); return 0; } module_init(f);`,
			},
			"",
			{ "my_mod.count": "0x10", "my-mod.on": "y", "my_mod.a": "4,5" },
		);
		assert.deepEqual(text(rig.log()), ["16 1 2"]);
		const dir = "/sys/module/my_mod/parameters";
		assert.deepEqual(listDirectory(rig.k, dir), ["a", "count", "on"]);
		assert.equal(readFile(rig.k, `${dir}/a`), "4,5\n");
		assert.equal(writeFile(rig.k, `${dir}/count`, "77\n"), 3);
		assert.equal(readFile(rig.k, `${dir}/count`), "77\n");
		assert.equal(writeFile(rig.k, `${dir}/on`, "n"), -13);
	});
	it("an interrupt handler and its thread", () => {
		const lines = said(`
			static irqreturn_t hard(int irq, void *dev) { u8 iir = readb((void __iomem *)dev + 2); writeb(0, (void __iomem *)dev + 1); pr_info("hard %d %d\\n", irq, in_hardirq()); return iir ? IRQ_WAKE_THREAD : IRQ_WAKE_THREAD; }
			static irqreturn_t thread(int irq, void *dev) { pr_info("thread %d %s\\n", in_task(), current->comm); return IRQ_HANDLED; }
			static int f(void) {
				void __iomem *base = ioremap(0x10000000, 0x100);
				int ret = request_threaded_irq(10, hard, thread, IRQF_ONESHOT, "uart", base);
				writeb(2, base + 1);
				msleep(1);
				free_irq(10, base);
				return ret;
			}
			module_init(f);`);
		assert.deepEqual(lines, ["hard 10 1", "thread 1 irq/10-uart"]);
	});
});
