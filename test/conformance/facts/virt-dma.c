/* What virt-dma does, seen by a client of softdma.c (auto_ms=0): one line "Fnn …" an observation. */
#define pr_fmt(fmt) fmt
#include <linux/module.h>
#include <linux/dmaengine.h>
#include <linux/dma-mapping.h>
#include <linux/delay.h>
#include <linux/slab.h>
#include <sim.h>
#include "virt-dma.h"

u32 softdma_step(struct dma_chan *c, u32 n);
int softdma_fail(struct dma_chan *c, int result);

static struct dma_chan *chan;
static u8 *src, *dst;
static char order[64];

static void cb(void *p)
{
	strlcat(order, p, sizeof(order));
}

static struct dma_async_tx_descriptor *mk(char *name, unsigned long flags)
{
	struct dma_async_tx_descriptor *t =
		dmaengine_prep_dma_memcpy(chan, virt_to_phys(dst), virt_to_phys(src), 64, flags);

	t->callback = cb;
	t->callback_param = name;
	return t;
}

static dma_cookie_t submit(char *name)
{
	return dmaengine_submit(mk(name, DMA_CTRL_ACK));
}

static int length(struct list_head *list)
{
	struct list_head *at;
	int n = 0;

	list_for_each(at, list)
		n++;
	return n;
}
#define VC to_virt_chan(chan)

static enum dma_status status(dma_cookie_t c)
{
	return dmaengine_tx_status(chan, c, NULL);
}

static void fresh(void)
{
	dmaengine_terminate_sync(chan);
	order[0] = 0;
}

static int runs;
static void cb_count(void *p)
{
	runs++;
}

static dma_cookie_t seen;
static enum dma_status seen_status;
static void cb_status(void *p)
{
	seen_status = status(seen);
}

static void cb_terminate(void *p)
{
	strlcat(order, "T", sizeof(order));
	dmaengine_terminate_async(chan);
}

static bool only_softdma(struct dma_chan *c, void *p)
{
	return !strcmp(dev_name(c->device->dev), "softdma.0");
}

static void f17(void)
{
	fresh();
	submit("a");
	submit("b");
	pr_info("F17 submitted=%d issued=%d\n", length(&VC->desc_submitted), length(&VC->desc_issued));
	dma_async_issue_pending(chan);
	submit("c");
	pr_info("F17 submitted=%d issued=%d\n", length(&VC->desc_submitted), length(&VC->desc_issued));
}

static void f20(void)
{
	fresh();
	submit("a");
	submit("b");
	submit("c");
	dma_async_issue_pending(chan);
	sim_softirq_hold();
	softdma_step(chan, 192);
	pr_info("F20 held order=%s completed=%d\n", order, length(&VC->desc_completed));
	sim_softirq_release();
	pr_info("F20 order=%s completed=%d\n", order, length(&VC->desc_completed));
}

static void f21(void)
{
	struct dma_async_tx_descriptor *t;

	fresh();
	submit("a");
	t = dmaengine_prep_dma_cyclic(chan, virt_to_phys(dst), 64, 16, DMA_DEV_TO_MEM, DMA_CTRL_ACK);
	t->callback = cb;
	t->callback_param = "P";
	dmaengine_submit(t);
	dma_async_issue_pending(chan);
	sim_softirq_hold();
	softdma_step(chan, 64 + 16);
	sim_softirq_release();
	pr_info("F21 order=%s\n", order);
	order[0] = 0;
	sim_softirq_hold();
	softdma_step(chan, 48);
	sim_softirq_release();
	pr_info("F22 periods=3 order=%s\n", order);
}

static void f23(void)
{
	struct dma_async_tx_descriptor *t;

	fresh();
	t = mk("", DMA_CTRL_ACK);
	t->callback = cb_status;
	seen = dmaengine_submit(t);
	dma_async_issue_pending(chan);
	seen_status = DMA_ERROR;
	sim_softirq_hold();
	softdma_step(chan, 64);
	pr_info("F23 before_callback=%d\n", status(seen));
	sim_softirq_release();
	pr_info("F23 in_callback=%d\n", seen_status);
}

static void f28(void)
{
	dma_cookie_t c;

	fresh();
	c = submit("a");
	dma_async_issue_pending(chan);
	sim_softirq_hold();
	softdma_step(chan, 64);
	dmaengine_terminate_async(chan);
	sim_softirq_release();
	dmaengine_synchronize(chan);
	pr_info("F28 status=%d order=[%s]\n", status(c), order);
}

static void f29(void)
{
	struct dma_async_tx_descriptor *t;

	fresh();
	t = mk("", DMA_CTRL_ACK);
	t->callback = cb_terminate;
	dmaengine_submit(t);
	submit("b");
	submit("c");
	dma_async_issue_pending(chan);
	sim_softirq_hold();
	softdma_step(chan, 128);
	sim_softirq_release();
	dmaengine_synchronize(chan);
	pr_info("F29 order=%s\n", order);
}

static void f31(void)
{
	fresh();
	submit("a");
	dma_async_issue_pending(chan);
	softdma_step(chan, 64);
	msleep(1);
	pr_info("F31 order=%s\n", order);
}

/* Golden trace G5 */
static void g5(void)
{
	struct dma_async_tx_descriptor *t;
	dma_cookie_t a, b, c;

	fresh();
	t = mk("r", DMA_CTRL_ACK);
	pr_info("G5 set_reuse=%d\n", dmaengine_desc_set_reuse(t));
	a = dmaengine_submit(t);
	dma_async_issue_pending(chan);
	softdma_step(chan, 64);
	msleep(1);
	pr_info("G5 first status=%d allocated=%d order=%s\n", status(a), length(&VC->desc_allocated), order);
	b = dmaengine_submit(t);
	dma_async_issue_pending(chan);
	dmaengine_terminate_sync(chan);
	pr_info("G5 terminated cookie+%d status=%d allocated=%d order=%s\n", b - a, status(b),
		length(&VC->desc_allocated), order);
	c = dmaengine_submit(t);
	dma_async_issue_pending(chan);
	softdma_step(chan, 64);
	msleep(1);
	pr_info("G5 again cookie+%d status=%d order=%s\n", c - a, status(c), order);
	dmaengine_desc_clear_reuse(t);
	pr_info("G5 desc_free without reuse=%d\n", dmaengine_desc_free(t));
	c = dmaengine_submit(t);
	dma_async_issue_pending(chan);
	softdma_step(chan, 64);
	msleep(1);
	pr_info("G5 last cookie+%d allocated=%d order=%s\n", c - a, length(&VC->desc_allocated), order);
	t = mk("f", DMA_CTRL_ACK);
	dmaengine_desc_set_reuse(t);
	pr_info("G5 desc_free=%d allocated=%d\n", dmaengine_desc_free(t), length(&VC->desc_allocated));
	t = mk("f", DMA_CTRL_ACK);
	dmaengine_desc_set_reuse(t);
	dma_release_channel(chan);
	pr_info("G5 released allocated=%d\n", length(&VC->desc_allocated));
}

/* Golden trace G6: completion out of order on a channel that only has cookies */
static void g6(void)
{
	struct dma_chan c = {};
	struct dma_async_tx_descriptor t[3] = {};
	int i;

	dma_cookie_init(&c);
	for (i = 0; i < 3; i++) {
		t[i].chan = &c;
		dma_cookie_assign(&t[i]);
	}
#define G6(what) pr_info("G6 " what " completed=%d 2=%d 3=%d 4=%d\n", c.completed_cookie, \
	dma_cookie_status(&c, 2, NULL), dma_cookie_status(&c, 3, NULL), dma_cookie_status(&c, 4, NULL))
	G6("assigned");
	dma_cookie_complete(&t[1]);
	G6("complete(3)");
	dma_cookie_complete(&t[0]);
	G6("complete(2)");
	dma_cookie_complete(&t[2]);
	G6("complete(4)");
}

static int __init facts_init(void)
{
	dma_cap_mask_t mask;

	src = kzalloc(64, GFP_KERNEL);
	dst = kzalloc(64, GFP_KERNEL);
	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_channel(mask, only_softdma, NULL);
	if (!chan)
		return -ENODEV;
	f17();
	f20();
	f21();
	f23();
	f28();
	f29();
	f31();
	g5();
	g6();
	return 0;
}
module_init(facts_init);
MODULE_LICENSE("Dual MIT/GPL");
