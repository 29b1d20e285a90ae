/* Registration and lookup: a controller driver and a router of our own, and their clients. One line "Fnn …" each. */
#define pr_fmt(fmt) fmt
#include <linux/module.h>
#include <linux/dmaengine.h>
#include <linux/of.h>
#include <linux/of_dma.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <sim.h>

#define CHANNELS 4
static struct dma_device dd;
static struct dma_chan ch[CHANNELS];
static int allocs, frees, syncs, alloc_error;
static struct device *dmadev;

static int p_alloc(struct dma_chan *c)
{
	if (alloc_error)
		return alloc_error;
	allocs++;
	return 0;
}
static void p_free(struct dma_chan *c) { frees++; }
static void p_sync(struct dma_chan *c) { if (frees == 0) syncs++; }
static enum dma_status p_status(struct dma_chan *c, dma_cookie_t k, struct dma_tx_state *s) { return DMA_COMPLETE; }
static void p_issue(struct dma_chan *c) { }
static struct dma_async_tx_descriptor *p_memcpy(struct dma_chan *c, dma_addr_t d, dma_addr_t s, size_t n, unsigned long f)
{
	return NULL;
}

static bool by_param(struct dma_chan *c, void *p) { return c->device == &dd && c->chan_id == (long)p; }
static const struct dma_slave_map map[] = {
	{ "mapped.0", "rx", (void *)2 },
};

static int prov_probe(struct platform_device *p)
{
	int i, rc;

	dmadev = &p->dev;
	memset(&dd, 0, sizeof(dd));
	INIT_LIST_HEAD(&dd.channels);
	dd.dev = &p->dev;
	dma_cap_set(DMA_MEMCPY, dd.cap_mask);
	dma_cap_set(DMA_SLAVE, dd.cap_mask);
	dd.device_alloc_chan_resources = p_alloc;
	dd.device_free_chan_resources = p_free;
	dd.device_synchronize = p_sync;
	dd.device_prep_dma_memcpy = p_memcpy;
	dd.device_tx_status = p_status;
	dd.device_issue_pending = p_issue;
	dd.filter.fn = by_param;
	dd.filter.map = map;
	dd.filter.mapcnt = ARRAY_SIZE(map);
	for (i = 0; i < CHANNELS; i++) {
		ch[i].device = &dd;
		list_add_tail(&ch[i].device_node, &dd.channels);
	}
	rc = dma_async_device_register(&dd);
	if (rc)
		return rc;
	return of_dma_controller_register(p->dev.of_node, of_dma_xlate_by_chan_id, &dd);
}
static const struct of_device_id prov_ids[] = { { .compatible = "test,dma" }, { } };
static struct platform_driver prov = {
	.probe = prov_probe,
	.driver = { .name = "prov", .of_match_table = prov_ids },
};

/* A router that refuses line 99 and passes the others on to the channel of the same number. */
static int routes_freed;
static void *route_allocate(struct of_phandle_args *spec, struct of_dma *ofdma)
{
	struct device_node *np = dmadev->of_node;
	struct of_dma *o = ofdma;

	if (spec->args[0] == 99)
		return ERR_PTR(-EPERM);
	if (spec->args[0] == 50)
		np = of_parse_phandle(o->of_node, "dma-masters", 1);
	of_node_put(spec->np);
	spec->np = np;
	of_node_get(np);
	return kzalloc(8, GFP_KERNEL);
}
static void route_free(struct device *dev, void *data)
{
	routes_freed++;
	kfree(data);
}
static struct dma_router router = { .route_free = route_free };
static int mux_probe(struct platform_device *p)
{
	router.dev = &p->dev;
	return of_dma_router_register(p->dev.of_node, route_allocate, &router);
}
static const struct of_device_id mux_ids[] = { { .compatible = "test,mux" }, { } };
static struct platform_driver mux = {
	.probe = mux_probe,
	.driver = { .name = "mux", .of_match_table = mux_ids },
};

static struct dma_chan *get(const char *fact, const char *label, const char *name)
{
	struct dma_chan *c = dma_request_chan(sim_device(label), name);

	if (IS_ERR(c))
		pr_info("%s %s=%ld\n", fact, name, PTR_ERR(c));
	else
		pr_info("%s %s=%s\n", fact, name, dma_chan_name(c));
	return IS_ERR(c) ? NULL : c;
}

static void show(const char *fact, const char *path)
{
	static char text[512];

	if (sim_read_file(path, text, sizeof(text)) >= 0)
		pr_info("%s %s", fact, text);
}
#define SUMMARY "/sys/kernel/debug/dmaengine/summary"

static int __init lookup_init(void)
{
	struct dma_chan *c, *d;
	struct platform_device *mapped;
	struct dmaengine_unmap_data *um;
	dma_cap_mask_t mask;
	struct device *dev;
	int i;

	get("F54", "client", "one");		/* before its controller */
	platform_driver_register(&prov);
	get("F57", "client", "routed");		/* the router is not there */
	platform_driver_register(&mux);

	/* public use: resources once for all clients */
	dmaengine_get();
	dmaengine_get();
	pr_info("F50 two allocs=%d client_count=%d\n", allocs, ch[0].client_count);
	dmaengine_put();
	pr_info("F50 one frees=%d client_count=%d\n", frees, ch[0].client_count);
	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	pr_info("F49 public=%d\n", !!dma_request_channel(mask, by_param, (void *)1));
	dmaengine_put();
	pr_info("F50 none frees=%d syncs=%d client_count=%d\n", frees, syncs > 0, ch[0].client_count);

	/* lookup by devicetree */
	get("F54", "nothing", "rx");
	get("F54", "client", "unknown");
	c = get("F54", "client", "one");
	get("F54", "client", "one");
	show("F59", "/sys/class/dma/dma1chan1/in_use");
	show("F59", "/sys/class/dma/dma1chan1/memcpy_count");
	show("F59", "/sys/class/dma/dma1chan1/bytes_transferred");
	dma_release_channel(c);
	get("F56", "client", "nine");
	{
		struct of_phandle_args spec = { .np = dmadev->of_node, .args_count = 2, .args = { 1, 0 } };
		struct of_dma ofdma = { .of_node = dmadev->of_node, .of_dma_data = &dd };

		pr_info("F56 two_cells=%d\n", !!of_dma_xlate_by_chan_id(&spec, &ofdma));
		spec.args_count = 1;
		c = of_dma_xlate_by_chan_id(&spec, &ofdma);
		pr_info("F56 one_cell=%s\n", c ? dma_chan_name(c) : "NULL");
		dma_release_channel(c);
	}
	c = get("F55", "pair", "pair");
	d = get("F55", "pair", "pair");
	dma_release_channel(c);
	dma_release_channel(d);
	c = get("F55", "pair", "pair");
	dma_release_channel(c);
	c = get("F55", "pair", "pair");
	dma_release_channel(c);

	/* routers */
	get("F57", "client", "refused");
	get("F57", "client", "nomaster");
	pr_info("F57 routes_freed=%d\n", routes_freed);
	c = get("F60", "client", "routed");
	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);
	d = dma_request_channel(mask, by_param, (void *)3);
	show("F60", SUMMARY);
	dma_release_channel(c);
	dma_release_channel(d);
	pr_info("F60 routes_freed=%d\n", routes_freed);

	/* filter maps */
	mapped = platform_device_register_simple("mapped", 0, NULL, 0);
	dev = &mapped->dev;
	c = dma_request_chan(dev, "rx");
	pr_info("F51 mapped=%s\n", IS_ERR(c) ? "error" : dma_chan_name(c));
	pr_info("F53 busy=%ld\n", PTR_ERR(dma_request_chan(dev, "rx")));
	dma_release_channel(c);
	alloc_error = -ENOMEM;
	pr_info("F51 by_map=%ld\n", PTR_ERR(dma_request_chan(dev, "rx")));
	pr_info("F51 by_filter=%d\n", !!dma_request_channel(mask, by_param, (void *)1));
	alloc_error = 0;
	pr_info("F53 nothing=%ld\n", PTR_ERR(dma_request_chan(dev, "tx")));
	dma_cap_zero(mask);
	dma_cap_set(DMA_PQ, mask);
	pr_info("F52 no_match=%ld\n", PTR_ERR(dma_request_chan_by_mask(&mask)));

	/* releasing a channel that has two clients */
	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);
	c = dma_request_channel(mask, by_param, (void *)0);
	pr_info("F48 private=%d privatecnt=%u\n", dma_has_cap(DMA_PRIVATE, dd.cap_mask), dd.privatecnt);
	c->client_count++;
	dma_release_channel(c);
	pr_info("F58 two clients released\n");

	for (i = 0; i < 3; i++) {
		static const int nr[] = { 2, 3, 17 };

		um = dmaengine_get_unmap_data(dmadev, nr[i], GFP_KERNEL);
		pr_info("F62 nr=%d ok=%d map_cnt=%d\n", nr[i], !!um, um->map_cnt);
		dmaengine_unmap_put(um);
	}
	dmaengine_get_unmap_data(dmadev, 257, GFP_KERNEL);
	pr_info("F62 not reached\n");
	return 0;
}
module_init(lookup_init);
MODULE_LICENSE("Dual MIT/GPL");
