import assert from "node:assert/strict";
import { pointer, Rig } from "./rig";

/** A controller whose driver is C: virt-dma, ops as function pointers, copies when it is told to. */
const PROVIDER = `
struct job { struct virt_dma_desc vd; dma_addr_t dst, src; size_t len; };
struct engine { struct virt_dma_chan vc; struct job *now; };
static struct dma_device dd;
static struct engine engines[2];
static struct device_driver driver = { .name = "softcopy" };
static struct device dev = { .init_name = "softcopy.0", .driver = &driver };

static struct engine *engine_of(struct dma_chan *c) { return container_of(c, struct engine, vc.chan); }
static void job_free(struct virt_dma_desc *vd) { kfree(container_of(vd, struct job, vd)); }
static void begin(struct engine *e)
{
	struct virt_dma_desc *vd = vchan_next_desc(&e->vc);

	e->now = NULL;
	if (!vd)
		return;
	list_del(&vd->node);
	e->now = container_of(vd, struct job, vd);
}
static struct dma_async_tx_descriptor *prep(struct dma_chan *c, dma_addr_t dst, dma_addr_t src, size_t len, unsigned long flags)
{
	struct job *j = kzalloc(sizeof(*j), GFP_NOWAIT);

	if (!j)
		return NULL;
	j->dst = dst; j->src = src; j->len = len;
	return vchan_tx_prep(&engine_of(c)->vc, &j->vd, flags);
}
static void issue(struct dma_chan *c)
{
	struct engine *e = engine_of(c);
	unsigned long flags;

	spin_lock_irqsave(&e->vc.lock, flags);
	if (vchan_issue_pending(&e->vc) && !e->now)
		begin(e);
	spin_unlock_irqrestore(&e->vc.lock, flags);
}
static enum dma_status status(struct dma_chan *c, dma_cookie_t cookie, struct dma_tx_state *state)
{
	return dma_cookie_status(c, cookie, state);
}
static int terminate(struct dma_chan *c)
{
	struct engine *e = engine_of(c);
	unsigned long flags;
	LIST_HEAD(head);

	spin_lock_irqsave(&e->vc.lock, flags);
	if (e->now)
		vchan_terminate_vdesc(&e->now->vd);
	e->now = NULL;
	vchan_get_all_descriptors(&e->vc, &head);
	spin_unlock_irqrestore(&e->vc.lock, flags);
	vchan_dma_desc_free_list(&e->vc, &head);
	return 0;
}
static void synchronize(struct dma_chan *c) { vchan_synchronize(&engine_of(c)->vc); }
static void release(struct dma_chan *c) { vchan_free_chan_resources(&engine_of(c)->vc); }

int finish_one(struct dma_chan *c)
{
	struct engine *e = engine_of(c);
	unsigned long flags;

	if (!e->now)
		return -EINVAL;
	memcpy((char *)0xffff000000000000UL + (e->now->dst - 0x80000000), (char *)0xffff000000000000UL + (e->now->src - 0x80000000), e->now->len);
	spin_lock_irqsave(&e->vc.lock, flags);
	vchan_cookie_complete(&e->now->vd);
	begin(e);
	spin_unlock_irqrestore(&e->vc.lock, flags);
	return 0;
}
int setup(void)
{
	int i;

	INIT_LIST_HEAD(&dd.channels);
	dd.dev = &dev;
	dma_cap_set(DMA_MEMCPY, dd.cap_mask);
	dma_cap_set(DMA_PRIVATE, dd.cap_mask);
	dd.device_prep_dma_memcpy = prep;
	dd.device_tx_status = status;
	dd.device_issue_pending = issue;
	dd.device_terminate_all = terminate;
	dd.device_synchronize = synchronize;
	dd.device_free_chan_resources = release;
	for (i = 0; i < 2; i++) {
		engines[i].vc.desc_free = job_free;
		vchan_init(&engines[i].vc, &dd);
	}
	return dma_async_device_register(&dd);
}
void teardown(void) { dma_async_device_unregister(&dd); }

static int asked;
static bool second(struct dma_chan *chan, void *param) { asked++; return chan->device == &dd && chan->chan_id == (long)param; }
static int called, last_residue = -1;
static void done(void *param) { called = called * 10 + (int)(long)param; }
static void done_result(void *param, const struct dmaengine_result *result) { last_residue = result->residue; done(param); }

struct dma_chan *ask(void)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	return dma_request_channel(mask, second, (void *)1L);
}
int work(struct dma_chan *chan, long n, int with_result)
{
	struct dma_async_tx_descriptor *tx = dmaengine_prep_dma_memcpy(chan, 0x82000000, 0x81000000, 256, DMA_CTRL_ACK);

	if (with_result)
		tx->callback_result = done_result;
	else
		tx->callback = done;
	tx->callback_param = (void *)n;
	return dmaengine_submit(tx);
}
int times_called(void) { return called; }
int times_asked(void) { return asked; }
int residue(void) { return last_residue; }
`;

describe("dmaengine with C on both sides", () => {
	it("a provider and a client in C: filter, ops, queues, callbacks, terminate", () => {
		const rig = new Rig();
		const at = rig.load(PROVIDER);
		const c = (name: string, ...args: number[]) => rig.call(at(name), ...args);
		assert.equal(c("setup"), 0);
		const chan = c("ask");
		assert.notEqual(chan, 0);
		// The dw-axi-dmac's four channels, then this controller's two.
		assert.equal(c("times_asked"), 6);
		assert.equal(rig.k.space.cstring(rig.call("dma_chan_name", chan)), "dma1chan1");
		assert.deepEqual([c("work", chan, 1, 0), c("work", chan, 2, 1)], [2, 3]);
		rig.call("dma_async_issue_pending", chan);
		rig.k.space.writeBytes(
			pointer(0x81000000),
			Uint8Array.from({ length: 256 }, (_, i) => i),
		);
		assert.equal(c("finish_one", chan), 0);
		rig.run();
		assert.equal(c("times_called"), 1);
		assert.equal(rig.k.space.r8(pointer(0x820000ff)), 255);
		assert.equal(c("finish_one", chan), 0);
		assert.equal(c("times_called"), 12);
		assert.equal(c("residue"), 0);
		c("work", chan, 3, 0);
		rig.call("dma_async_issue_pending", chan);
		assert.equal(rig.call("dmaengine_terminate_sync", chan), 0);
		assert.equal(c("finish_one", chan), -22);
		rig.call("dma_release_channel", chan);
		c("teardown");
		assert.deepEqual(rig.oopses, []);
		assert.equal(c("times_called"), 12);
	});
});
