/** What may be called where (reference 8.1): each row in process context, under a spinlock, in a hard interrupt, in a callback. */
import assert from "node:assert/strict";
import { bootAndRun, type Rig } from "./harness";

type Context = "process" | "atomic" | "hardirq" | "callback";
const CONTEXTS: readonly Context[] = ["process", "atomic", "hardirq", "callback"];
const ENTER: Readonly<Record<Context, string>> = {
	process: "\tbody();",
	atomic: "\tspin_lock_irqsave(&lock, flags);\n\tbody();\n\tspin_unlock_irqrestore(&lock, flags);",
	hardirq:
		"\thrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);\n\ttimer.function = fire;\n\thrtimer_start(&timer, us_to_ktime(10), HRTIMER_MODE_REL);\n\tmsleep(8);",
	callback: "\tcopy(chan, called);\n\tdma_async_issue_pending(chan);\n\tmsleep(8);",
};

/** A client with a channel, a prepared copy, a pool and memory; `body` runs in a context. */
const scenario = (context: Context, body: string) => `
static struct dma_chan *chan;
static struct device *dev;
static dma_addr_t src, dst;
static void *memory;
static struct dma_pool *pool;
static DEFINE_SPINLOCK(lock);
static DEFINE_MUTEX(mutex);
static struct hrtimer timer;
static dma_cap_mask_t mask;
static struct dma_async_tx_descriptor *ready;
static dma_cookie_t pending;

static struct dma_async_tx_descriptor *copy(struct dma_chan *c, void (*callback)(void *))
{
	struct dma_async_tx_descriptor *tx = dmaengine_prep_dma_memcpy(c, dst, src, 256, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);

	tx->callback = callback;
	pending = dmaengine_submit(tx);
	return tx;
}
static void body(void)
{
	${body}
}
static enum hrtimer_restart fire(struct hrtimer *t) { body(); return HRTIMER_NORESTART; }
static void called(void *p) { body(); }
static int f(void)
{
	unsigned long flags;
	dma_addr_t handle;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_chan_by_mask(&mask);
	dev = dmaengine_get_dma_device(chan);
	memory = dma_alloc_coherent(dev, 4096, &src, GFP_KERNEL);
	dst = src + 2048;
	pool = dma_pool_create("pool", dev, 64, 64, 0);
	ready = dmaengine_prep_dma_memcpy(chan, dst, src, 256, DMA_CTRL_ACK);
	(void)handle; (void)flags;
${ENTER[context]}
	pr_info("end of init\\n");
	return 0;
}
module_init(f);
`;

const run = (context: Context, body: string): Rig => bootAndRun({ "c.c": scenario(context, body) });
const complaints = (rig: Rig): string[] =>
	rig
		.log()
		.map((line) => line.slice(2))
		.filter((line) => /BUG|WARN|Attempt|INFO|timeout|Unable/.test(line));

const asleep = (place: string) => `BUG: sleeping function called from invalid context at ${place}`;
const MUTEX = asleep("kernel/locking/mutex.c:586");
const ALLOC = asleep("include/linux/sched/mm.h:321");

interface Row {
	readonly name: string;
	readonly body: string;
	/** The first complaint in each context where there is one. */
	readonly wrong?: Partial<Record<Context, string>>;
}
const everywhere = (text: string) => ({ atomic: text, hardirq: text, callback: text });

const ROWS: readonly Row[] = [
	{ name: "dma_request_chan_by_mask", body: "dma_request_chan_by_mask(&mask);", wrong: everywhere(MUTEX) },
	{ name: "dma_request_channel", body: "dma_request_channel(mask, NULL, NULL);", wrong: everywhere(MUTEX) },
	{ name: "dma_request_chan", body: 'dma_request_chan(sim_device("uart0"), "tx");', wrong: everywhere(MUTEX) },
	{ name: "dmaengine_get, dmaengine_put", body: "dmaengine_get(); dmaengine_put();", wrong: everywhere(MUTEX) },
	{
		name: "dmaengine_slave_config",
		body: "struct dma_slave_config config = { .direction = DMA_MEM_TO_DEV, .dst_addr = 0x10000000, .dst_addr_width = 1, .dst_maxburst = 4 }; dmaengine_slave_config(chan, &config);",
	},
	{ name: "dmaengine_prep_*", body: "dmaengine_prep_dma_memcpy(chan, dst, src, 64, 0);" },
	{ name: "dmaengine_submit", body: "dmaengine_submit(ready);" },
	{ name: "dma_async_issue_pending", body: "dma_async_issue_pending(chan);" },
	{ name: "dmaengine_tx_status", body: "dmaengine_tx_status(chan, 2, NULL);" },
	{ name: "dmaengine_pause, dmaengine_resume", body: "dmaengine_pause(chan); dmaengine_resume(chan);" },
	{ name: "dmaengine_terminate_async", body: "dmaengine_terminate_async(chan);" },
	{
		name: "dmaengine_desc_set_reuse, dmaengine_desc_free",
		body: "dmaengine_desc_set_reuse(ready); dmaengine_desc_clear_reuse(ready);",
	},
	{
		name: "dma_map_single, dma_unmap_single",
		body: "dma_unmap_single(dev, dma_map_single(dev, memory, 64, DMA_TO_DEVICE), 64, DMA_TO_DEVICE);",
	},
	{
		name: "dma_alloc_coherent with GFP_KERNEL",
		body: "dma_addr_t h; dma_alloc_coherent(dev, 64, &h, GFP_KERNEL);",
		wrong: everywhere(ALLOC),
	},
	{ name: "dma_alloc_coherent with GFP_ATOMIC", body: "dma_addr_t h; dma_alloc_coherent(dev, 64, &h, GFP_ATOMIC);" },
	{
		name: "dma_free_coherent",
		body: "static int freed; if (!freed++) dma_free_coherent(dev, 4096, memory, src);",
		wrong: {
			atomic: "WARNING: CPU: 0 PID: 1 at kernel/dma/mapping.c:650",
			hardirq: "WARNING: CPU: 0 PID: 0 at kernel/dma/mapping.c:650",
		},
	},
	{ name: "dma_pool_create", body: 'dma_pool_create("two", dev, 64, 64, 0);', wrong: everywhere(ALLOC) },
	{ name: "dma_pool_destroy", body: "dma_pool_destroy(pool);", wrong: everywhere(MUTEX) },
	{
		name: "dma_pool_alloc with GFP_KERNEL",
		body: "dma_addr_t h; dma_pool_alloc(pool, GFP_KERNEL, &h);",
		wrong: everywhere(ALLOC),
	},
	{
		name: "dma_pool_alloc with GFP_ATOMIC, dma_pool_free",
		body: "dma_addr_t h; void *p = dma_pool_alloc(pool, GFP_ATOMIC, &h); dma_pool_free(pool, p, h);",
	},
	{
		name: "dma_map_sg, dma_sync_sg_for_cpu, dma_unmap_sg",
		body: "struct scatterlist sg[2]; sg_init_table(sg, 2); sg_set_buf(&sg[0], memory, 64); sg_set_buf(&sg[1], memory + 128, 64); if (dma_map_sg(dev, sg, 2, DMA_FROM_DEVICE) != 2) WARN_ON(1); dma_sync_sg_for_cpu(dev, sg, 2, DMA_FROM_DEVICE); dma_sync_sg_for_device(dev, sg, 2, DMA_FROM_DEVICE); dma_unmap_sg(dev, sg, 2, DMA_FROM_DEVICE);",
	},
	{
		name: "dma_sync_single_for_cpu, dma_sync_single_for_device, dma_map_page, dma_map_resource",
		body: "dma_addr_t a = dma_map_page(dev, virt_to_page(memory), 0, 64, DMA_BIDIRECTIONAL), r; dma_sync_single_for_cpu(dev, a, 64, DMA_BIDIRECTIONAL); dma_sync_single_for_device(dev, a, 64, DMA_BIDIRECTIONAL); dma_unmap_page(dev, a, 64, DMA_BIDIRECTIONAL); r = dma_map_resource(dev, 0x10001000, 4, DMA_BIDIRECTIONAL, 0); dma_unmap_resource(dev, r, 4, DMA_BIDIRECTIONAL, 0);",
	},
	{ name: "dma_set_mask, dma_set_coherent_mask", body: "dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));" },
	{
		name: "metadata",
		body: "size_t n, m; if (dmaengine_desc_attach_metadata(ready, memory, 4) != -ENOTSUPP) WARN_ON(1); dmaengine_desc_get_metadata_ptr(ready, &n, &m); dmaengine_desc_set_metadata_len(ready, 4);",
	},
	{
		name: "dmaengine_desc_free",
		body: "struct dma_async_tx_descriptor *tx = dmaengine_prep_dma_memcpy(chan, dst, src, 64, DMA_CTRL_ACK | DMA_CTRL_REUSE); tx->flags |= DMA_CTRL_REUSE; if (dmaengine_desc_free(tx)) WARN_ON(1);",
	},
	{
		name: "dma_get_slave_caps",
		body: "struct dma_slave_caps caps; if (dma_get_slave_caps(chan, &caps)) WARN_ON(1);",
	},
	{
		name: "dma_async_device_register",
		body: `static struct dma_device d; INIT_LIST_HEAD(&d.channels); d.dev = chan->device->dev; d.device_tx_status = chan->device->device_tx_status; d.device_issue_pending = chan->device->device_issue_pending; d.device_release = NULL; dma_async_device_register(&d);`,
		wrong: everywhere(MUTEX),
	},
	{
		name: "dma_async_device_unregister",
		body: "static int n; if (!n++) dma_async_device_unregister(chan->device);",
		wrong: {
			// Its channel is in use.
			process: "WARNING: CPU: 0 PID: 1 at drivers/dma/dmaengine.c:1150 __dma_async_device_channel_unregister",
			...everywhere(asleep("kernel/locking/rwsem.c:1576")),
		},
	},
	{
		name: "of_dma_controller_register",
		body: "static int n; if (!n++) of_dma_controller_register(dev->of_node, of_dma_xlate_by_chan_id, chan->device);",
		wrong: everywhere(ALLOC),
	},
	{
		name: "of_dma_controller_free",
		body: "static int n; if (!n++) of_dma_controller_free(dev->of_node);",
		wrong: everywhere(MUTEX),
	},
	{ name: "kmalloc with GFP_KERNEL", body: "kfree(kmalloc(64, GFP_KERNEL));", wrong: everywhere(ALLOC) },
	{ name: "kmalloc with GFP_NOWAIT", body: "kfree(kmalloc(64, GFP_NOWAIT));" },
	{ name: "mutex_lock", body: "mutex_lock(&mutex); mutex_unlock(&mutex);", wrong: everywhere(MUTEX) },
	{
		name: "wait_for_completion of one that is complete",
		body: "static DECLARE_COMPLETION(c); complete(&c); wait_for_completion(&c);",
		wrong: everywhere(asleep("kernel/sched/completion.c:111")),
	},
	{ name: "might_sleep", body: "might_sleep();", wrong: everywhere(asleep("c.c:")) },
	{
		name: "dmaengine_synchronize",
		body: "dmaengine_synchronize(chan);",
		wrong: everywhere(asleep("include/linux/dmaengine.h:1189")),
	},
	{
		name: "dmaengine_terminate_sync",
		body: "dmaengine_terminate_sync(chan);",
		wrong: everywhere(asleep("include/linux/dmaengine.h:1189")),
	},
	{
		name: "dma_release_channel",
		body: "static int n; if (!n++) dma_release_channel(chan);",
		wrong: everywhere(MUTEX),
	},
];

describe("what may be called where", () => {
	for (const { name, body, wrong = {} } of ROWS)
		it(name, () => {
			for (const context of CONTEXTS) {
				const rig = run(context, body);
				const said = complaints(rig);
				const first = wrong[context];
				if (first === undefined) assert.deepEqual(said, [], `${context}: ${rig.log().join("\n")}`);
				else assert.ok(said[0]?.startsWith(first), `${context}: expected ${first}, got ${rig.log().join("\n")}`);
			}
		});

	it("dma_sync_wait: ends in process context and in a callback; not with interrupts off", () => {
		const TIMEOUT = "dw_axi_dmac_platform 80000.dma-controller: dma_sync_wait: timeout!";
		const body =
			'struct dma_async_tx_descriptor *tx = copy(chan, NULL); (void)tx; pr_info("status %d\\n", dma_sync_wait(chan, pending));';
		const status = (context: Context) =>
			run(context, body)
				.log()
				.map((line) => line.slice(2))
				.filter((line) => /status|timeout/.test(line));
		assert.deepEqual(status("process"), ["status 0"]);
		// The cookie is completed in the interrupt, which a softirq lets in.
		assert.equal(status("callback")[0], "status 0");
		assert.deepEqual(status("hardirq"), [TIMEOUT, "status 3"]);
		assert.deepEqual(status("atomic"), [TIMEOUT, "status 3"]);
	});

	it("terminate_sync in the channel's own callback is a deadlock: told, and the run ends", () => {
		const rig = run("callback", 'dmaengine_terminate_sync(chan); pr_info("never\\n");');
		const lines = rig.log().map((line) => line.slice(2));
		const at = (text: string) => lines.findIndex((line) => line.startsWith(text));
		assert.ok(at(asleep("include/linux/dmaengine.h:1189")) >= 0);
		assert.ok(at("Attempt to kill tasklet from interrupt") > 0);
		assert.ok(at("BUG: scheduling while atomic: ") > at("Attempt to kill"));
		assert.equal(at("never"), -1);
		assert.ok(rig.k.state.end);
	});

	it("sleeping under a spinlock and in a callback is scheduling while atomic", () => {
		for (const context of ["atomic", "hardirq", "callback"] as const) {
			const said = complaints(run(context, "msleep(1);"));
			assert.match(said[0] ?? "", /^BUG: scheduling while atomic: /, context);
		}
	});

	it("free_irq and disable_irq in an interrupt", () => {
		assert.equal(complaints(run("hardirq", "disable_irq(10);"))[0], asleep("kernel/irq/manage.c:739"));
		assert.match(
			complaints(run("hardirq", "free_irq(10, NULL);"))[0] ?? "",
			/^WARNING: .* at kernel\/irq\/manage\.c:1898/,
		);
	});
});
