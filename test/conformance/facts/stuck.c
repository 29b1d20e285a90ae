/* Fact 32: dmaengine_synchronize() in the channel's own callback waits for itself. */
#include <linux/module.h>
#include <linux/dmaengine.h>
#include <linux/slab.h>

u32 softdma_step(struct dma_chan *c, u32 n);
static struct dma_chan *chan;

static void cb(void *p)
{
	pr_info("F32 before\n");
	dmaengine_synchronize(chan);
	pr_info("F32 after\n");
}

static bool only_softdma(struct dma_chan *c, void *p)
{
	return !strcmp(dev_name(c->device->dev), "softdma.0");
}

static int __init stuck_init(void)
{
	struct dma_async_tx_descriptor *t;
	dma_cap_mask_t mask;
	void *buf = kzalloc(128, GFP_KERNEL);

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_channel(mask, only_softdma, NULL);
	t = dmaengine_prep_dma_memcpy(chan, virt_to_phys(buf), virt_to_phys(buf) + 64, 64, DMA_CTRL_ACK);
	t->callback = cb;
	dmaengine_submit(t);
	dma_async_issue_pending(chan);
	softdma_step(chan, 64);
	return 0;
}
module_init(stuck_init);
MODULE_LICENSE("Dual MIT/GPL");
