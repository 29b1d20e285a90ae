/*
 * Two controllers in software for async_tx: "xor" (max_xor 4, interrupt descriptors) and "copy". Descriptors complete
 * when issue_pending is called; what is prepared and submitted is printed.
 */
#define pr_fmt(fmt) fmt
#include <linux/module.h>
#include <linux/dmaengine.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include "dmaengine.h"

struct soft {
	struct dma_device dd;
	struct dma_chan chan;
	struct list_head queue;
	bool held;
};
struct work {
	struct dma_async_tx_descriptor tx;
	struct list_head node;
	int n;
	dma_addr_t src[8], dst, dst2;
	u8 coef[8];
	size_t len;
	enum sum_check_flags *check;
	char kind;
};
static struct soft xorer, copier;
static int made;
bool prov_quiet;
/* The XOR controller checks sums too, and takes 8 sources for P and Q. */
static bool prov_checks;
module_param_named(checks, prov_checks, bool, 0444);
EXPORT_SYMBOL_GPL(prov_quiet);

static struct soft *soft_of(struct dma_chan *c) { return container_of(c, struct soft, chan); }

static dma_cookie_t p_submit(struct dma_async_tx_descriptor *tx)
{
	struct work *w = container_of(tx, struct work, tx);
	dma_cookie_t k = dma_cookie_assign(tx);

	if (!prov_quiet)
		pr_info("P submit %c n=%d first=%s flags=0x%x callback=%d cookie=%d\n", w->kind, w->n,
			w->n && w->src[0] == w->dst ? "dest" : "source", tx->flags, !!tx->callback, k);
	list_add_tail(&w->node, &soft_of(tx->chan)->queue);
	return k;
}

static struct work *make(struct dma_chan *c, char kind, unsigned long flags)
{
	struct work *w = kzalloc(sizeof(*w), GFP_NOWAIT);

	dma_async_tx_descriptor_init(&w->tx, c);
	w->tx.flags = flags;
	w->tx.tx_submit = p_submit;
	w->kind = kind;
	made++;
	return w;
}
static struct dma_async_tx_descriptor *p_memcpy(struct dma_chan *c, dma_addr_t d, dma_addr_t s, size_t len, unsigned long f)
{
	struct work *w = make(c, 'c', f);

	w->src[0] = s;
	w->dst = d;
	w->len = len;
	w->n = 1;
	return &w->tx;
}
static struct dma_async_tx_descriptor *p_xor(struct dma_chan *c, dma_addr_t d, dma_addr_t *s, unsigned int n, size_t len,
					     unsigned long f)
{
	struct work *w = make(c, 'x', f);

	memcpy(w->src, s, n * sizeof(*s));
	w->n = n;
	w->dst = d;
	w->len = len;
	return &w->tx;
}
static struct dma_async_tx_descriptor *p_pq(struct dma_chan *c, dma_addr_t *d, dma_addr_t *s, unsigned int n,
					    const unsigned char *coef, size_t len, unsigned long f)
{
	struct work *w = make(c, 'q', f);

	memcpy(w->src, s, n * sizeof(*s));
	memcpy(w->coef, coef, n);
	w->n = n;
	w->dst = d[0];
	w->dst2 = d[1];
	w->len = len;
	return &w->tx;
}
static struct dma_async_tx_descriptor *p_xor_val(struct dma_chan *c, dma_addr_t *s, unsigned int n, size_t len,
						 enum sum_check_flags *check, unsigned long f)
{
	struct work *w = make(c, 'X', f);

	memcpy(w->src, s, n * sizeof(*s));
	w->n = n;
	w->len = len;
	w->check = check;
	return &w->tx;
}
static struct dma_async_tx_descriptor *p_pq_val(struct dma_chan *c, dma_addr_t *pq, dma_addr_t *s, unsigned int n,
						const unsigned char *coef, size_t len, enum sum_check_flags *check,
						unsigned long f)
{
	struct dma_async_tx_descriptor *tx = p_pq(c, pq, s, n, coef, len, f);
	struct work *w = container_of(tx, struct work, tx);

	w->kind = 'Q';
	w->check = check;
	return tx;
}
static struct dma_async_tx_descriptor *p_interrupt(struct dma_chan *c, unsigned long f) { return &make(c, 'i', f)->tx; }

/* P and Q of one byte of each source, on top of what is there when the flags say so. */
static void pq_byte(struct work *w, size_t i)
{
	bool wants_p = !(w->tx.flags & DMA_PREP_PQ_DISABLE_P), wants_q = !(w->tx.flags & DMA_PREP_PQ_DISABLE_Q);
	u8 *p = phys_to_virt(w->dst + i), *q = phys_to_virt(w->dst2 + i), sum_p = 0, sum_q = 0;
	int k;

	for (k = 0; k < w->n; k++) {
		u8 b = *(u8 *)phys_to_virt(w->src[k] + i);

		sum_p ^= b;
		sum_q ^= raid6_gfmul[w->coef[k]][b];
	}
	if (w->kind == 'Q') {
		if (wants_p && *p != sum_p)
			*w->check |= SUM_CHECK_P_RESULT;
		if (wants_q && *q != sum_q)
			*w->check |= SUM_CHECK_Q_RESULT;
		return;
	}
	if (wants_p)
		*p = sum_p ^ (w->tx.flags & DMA_PREP_CONTINUE ? *p : 0);
	if (wants_q)
		*q = sum_q ^ (w->tx.flags & DMA_PREP_CONTINUE ? *q : 0);
}
static void xor_byte(struct work *w, size_t i)
{
	u8 b = 0;
	int k;

	for (k = 0; k < w->n; k++)
		b ^= *(u8 *)phys_to_virt(w->src[k] + i);
	if (w->kind != 'X')
		*(u8 *)phys_to_virt(w->dst + i) = b;
	else if (b)
		*w->check |= SUM_CHECK_P_RESULT;
}
static void run(struct work *w)
{
	size_t i;

	if (w->check)
		*w->check = 0;
	for (i = 0; i < w->len; i++)
		if (w->kind == 'q' || w->kind == 'Q')
			pq_byte(w, i);
		else
			xor_byte(w, i);
}
static void p_issue(struct dma_chan *c)
{
	struct soft *s = soft_of(c);
	struct work *w;

	while (!s->held && !list_empty(&s->queue)) {
		w = list_first_entry(&s->queue, struct work, node);
		list_del(&w->node);
		run(w);
		dma_cookie_complete(&w->tx);
		dma_descriptor_unmap(&w->tx);
		if (w->tx.callback)
			w->tx.callback(w->tx.callback_param);
		dma_run_dependencies(&w->tx);
	}
}
void prov_hold(bool held)
{
	xorer.held = copier.held = held;
	if (!held) {
		p_issue(&xorer.chan);
		p_issue(&copier.chan);
	}
}
EXPORT_SYMBOL_GPL(prov_hold);
static enum dma_status p_status(struct dma_chan *c, dma_cookie_t k, struct dma_tx_state *s) { return dma_cookie_status(c, k, s); }

static int add(struct soft *s, struct device *dev)
{
	INIT_LIST_HEAD(&s->queue);
	INIT_LIST_HEAD(&s->dd.channels);
	s->dd.dev = dev;
	s->dd.device_tx_status = p_status;
	s->dd.device_issue_pending = p_issue;
	s->chan.device = &s->dd;
	dma_cookie_init(&s->chan);
	list_add_tail(&s->chan.device_node, &s->dd.channels);
	return dma_async_device_register(&s->dd);
}
static int prov_probe(struct platform_device *p)
{
	dma_set_mask_and_coherent(&p->dev, DMA_BIT_MASK(64));
	dma_cap_set(DMA_XOR, xorer.dd.cap_mask);
	dma_cap_set(DMA_INTERRUPT, xorer.dd.cap_mask);
	xorer.dd.max_xor = 4;
	dma_cap_set(DMA_PQ, xorer.dd.cap_mask);
	dma_set_maxpq(&xorer.dd, 4, 0);
	if (prov_checks) {
		dma_cap_set(DMA_XOR_VAL, xorer.dd.cap_mask);
		dma_cap_set(DMA_PQ_VAL, xorer.dd.cap_mask);
		xorer.dd.device_prep_dma_xor_val = p_xor_val;
		xorer.dd.device_prep_dma_pq_val = p_pq_val;
		dma_set_maxpq(&xorer.dd, 8, 0);
	}
	xorer.dd.device_prep_dma_pq = p_pq;
	xorer.dd.device_prep_dma_xor = p_xor;
	xorer.dd.device_prep_dma_interrupt = p_interrupt;
	dma_cap_set(DMA_MEMCPY, copier.dd.cap_mask);
	copier.dd.device_prep_dma_memcpy = p_memcpy;
	return add(&xorer, &p->dev) ?: add(&copier, &p->dev);
}
static struct platform_driver prov = { .probe = prov_probe, .driver = { .name = "prov" } };
static int __init prov_init(void)
{
	platform_driver_register(&prov);
	return PTR_ERR_OR_ZERO(platform_device_register_simple("prov", 0, NULL, 0));
}
module_init(prov_init);
MODULE_LICENSE("Dual MIT/GPL");
