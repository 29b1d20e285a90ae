/** C text of <linux/async_tx.h>, as far as it is not functions of the kernel. */
import { asyncSubmitCtl } from "./submit-ctl";

export const asyncTxHeader = `
enum async_tx_flags {
	ASYNC_TX_XOR_ZERO_DST = 1, ASYNC_TX_XOR_DROP_DST = 2, ASYNC_TX_ACK = 4, ASYNC_TX_FENCE = 8,
	ASYNC_TX_PQ_XOR_DST = 16
};
#define __async_inline __always_inline
typedef union { unsigned long addr; struct page *page; dma_addr_t dma; } addr_conv_t;
${asyncSubmitCtl.$c}
#define async_tx_issue_pending_all dma_issue_pending_all
#define async_tx_find_channel(dep, type, dst, dst_count, src, src_count, len) __async_tx_find_channel(dep, type)
`;

/** Behind the prototypes of the kernel's functions. */
export const asyncTxText = `
static inline void txd_lock(struct dma_async_tx_descriptor *txd) { spin_lock_bh(&txd->lock); }
static inline void txd_unlock(struct dma_async_tx_descriptor *txd) { spin_unlock_bh(&txd->lock); }
static inline void txd_chain(struct dma_async_tx_descriptor *txd, struct dma_async_tx_descriptor *next)
{
	txd->next = next;
	next->parent = txd;
}
static inline void txd_clear_parent(struct dma_async_tx_descriptor *txd) { txd->parent = NULL; }
static inline void txd_clear_next(struct dma_async_tx_descriptor *txd) { txd->next = NULL; }
static inline struct dma_async_tx_descriptor *txd_next(struct dma_async_tx_descriptor *txd) { return txd->next; }
static inline struct dma_async_tx_descriptor *txd_parent(struct dma_async_tx_descriptor *txd) { return txd->parent; }

static inline void init_async_submit(struct async_submit_ctl *args, enum async_tx_flags flags,
				     struct dma_async_tx_descriptor *tx, dma_async_tx_callback cb_fn, void *cb_param,
				     addr_conv_t *scribble)
{
	args->flags = flags;
	args->depend_tx = tx;
	args->cb_fn = cb_fn;
	args->cb_param = cb_param;
	args->scribble = scribble;
}
static inline void async_tx_sync_epilog(struct async_submit_ctl *submit)
{
	if (submit->cb_fn)
		submit->cb_fn(submit->cb_param);
}
static inline void async_tx_issue_pending(struct dma_async_tx_descriptor *tx)
{
	if (tx)
		tx->chan->device->device_issue_pending(tx->chan);
}
`;
