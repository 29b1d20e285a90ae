/* Requests on a board whose controller is disabled. */
#include <linux/module.h>
#include <linux/dmaengine.h>
#include <sim.h>

static int __init none_init(void)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	pr_info("F52 none=%ld null=%ld\n", PTR_ERR(dma_request_chan_by_mask(&mask)), PTR_ERR(dma_request_chan_by_mask(NULL)));
	pr_info("F54 not_registered=%ld\n", PTR_ERR(dma_request_chan(sim_device("uart0"), "tx")));
	return 0;
}
module_init(none_init);
MODULE_LICENSE("Dual MIT/GPL");
