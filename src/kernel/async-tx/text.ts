/**
 * async_tx (core-semantics 5) as C text of the kernel: it only chains and submits descriptors and falls back to the CPU,
 * and so it runs as C. Behind the prototypes of the kernel's functions.
 */
export const asyncTxText: string = `
#define ASYNC_TX_XOR_ZERO_DST 1
#define ASYNC_TX_XOR_DROP_DST 2
#define ASYNC_TX_ACK 4
#define ASYNC_TX_FENCE 8
#define ASYNC_TX_PQ_XOR_DST 16
enum async_tx_flags { __ASYNC_TX_NONE };
typedef union { struct page *ptr; dma_addr_t phys; } addr_conv_t;
struct async_submit_ctl {
	enum async_tx_flags flags;
	struct dma_async_tx_descriptor *depend_tx;
	dma_async_tx_callback cb_fn;
	void *cb_param;
	void *scribble;
};
#define async_tx_issue_pending_all() dma_issue_pending_all()
#define async_tx_find_channel(dep, type, dst, dst_count, src, src_count, len) __async_tx_find_channel(dep, type)

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

static inline void dma_run_dependencies(struct dma_async_tx_descriptor *tx)
{
	struct dma_async_tx_descriptor *waiting = tx->next, *following;
	struct dma_chan *chan;

	if (!waiting)
		return;
	tx->next = NULL;
	chan = waiting->chan;
	while (waiting) {
		txd_lock(waiting);
		waiting->parent = NULL;
		following = waiting->next;
		if (following && following->chan != chan)
			following = NULL;
		if (following)
			waiting->next = NULL;
		txd_unlock(waiting);
		waiting->tx_submit(waiting);
		waiting = following;
	}
	chan->device->device_issue_pending(chan);
}

static inline void init_async_submit(struct async_submit_ctl *args, int flags, struct dma_async_tx_descriptor *tx,
				     dma_async_tx_callback cb_fn, void *cb_param, addr_conv_t *scribble)
{
	args->flags = (enum async_tx_flags)flags;
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
	if (tx && tx->chan)
		tx->chan->device->device_issue_pending(tx->chan);
}
static inline struct dma_chan *__async_tx_find_channel(struct async_submit_ctl *submit, enum dma_transaction_type type)
{
	struct dma_async_tx_descriptor *depend = submit->depend_tx;

	__async_tx_load();
	if (depend && dma_has_cap(type, depend->chan->device->cap_mask))
		return depend->chan;
	return dma_find_channel(type);
}
static inline void async_tx_quiesce(struct dma_async_tx_descriptor **tx)
{
	if (!*tx)
		return;
	BUG_ON(async_tx_test_ack(*tx));
	if (dma_wait_for_async_tx(*tx) != DMA_COMPLETE)
		panic("%s: DMA error waiting for transaction\\n", __func__);
	async_tx_ack(*tx);
	*tx = NULL;
}

/* The dependency is on another channel: an interrupt descriptor there starts tx here when it completes. */
static inline void async_tx_channel_switch(struct dma_async_tx_descriptor *depend, struct dma_async_tx_descriptor *tx)
{
	struct dma_chan *chan = depend->chan;
	struct dma_async_tx_descriptor *interrupt = NULL;
	bool queued = false;

	txd_lock(depend);
	if (depend->parent && depend->chan == tx->chan) {
		txd_chain(depend, tx);
		queued = true;
	}
	txd_unlock(depend);
	if (queued)
		return;
	if (dma_has_cap(DMA_INTERRUPT, chan->device->cap_mask))
		interrupt = chan->device->device_prep_dma_interrupt(chan, 0);
	if (!interrupt) {
		if (dma_wait_for_async_tx(depend) != DMA_COMPLETE)
			panic("%s: DMA error waiting for depend_tx\\n", __func__);
		tx->tx_submit(tx);
		return;
	}
	interrupt->callback = NULL;
	interrupt->callback_param = NULL;
	txd_chain(interrupt, tx);
	txd_lock(depend);
	if (depend->parent) {
		txd_chain(depend, interrupt);
		async_tx_ack(interrupt);
		queued = true;
	}
	txd_unlock(depend);
	if (!queued) {
		interrupt->parent = NULL;
		interrupt->tx_submit(interrupt);
		async_tx_ack(interrupt);
	}
	chan->device->device_issue_pending(chan);
}

static inline void async_tx_submit(struct dma_chan *chan, struct dma_async_tx_descriptor *tx, struct async_submit_ctl *submit)
{
	struct dma_async_tx_descriptor *depend = submit->depend_tx;
	bool same = true, queued = false;

	tx->callback = submit->cb_fn;
	tx->callback_param = submit->cb_param;
	if (depend) {
		/* One dependent each, and none after the acknowledgement: the descriptor may be gone then. */
		BUG_ON(async_tx_test_ack(depend) || depend->next || tx->parent);
		txd_lock(depend);
		same = depend->chan == chan;
		if (depend->parent && same) {
			txd_chain(depend, tx);
			queued = true;
		}
		txd_unlock(depend);
	}
	if (!same) {
		async_tx_channel_switch(depend, tx);
	} else if (!queued) {
		tx->parent = NULL;
		tx->tx_submit(tx);
	}
	if (submit->flags & ASYNC_TX_ACK)
		async_tx_ack(tx);
	if (depend)
		async_tx_ack(depend);
}

static inline unsigned long __async_tx_prep_flags(struct async_submit_ctl *submit)
{
	return (submit->cb_fn ? DMA_PREP_INTERRUPT : 0) | (submit->flags & ASYNC_TX_FENCE ? DMA_PREP_FENCE : 0);
}

static inline struct dma_async_tx_descriptor *async_trigger_callback(struct async_submit_ctl *submit)
{
	struct dma_async_tx_descriptor *depend = submit->depend_tx, *tx = NULL;

	if (depend && dma_has_cap(DMA_INTERRUPT, depend->chan->device->cap_mask))
		tx = depend->chan->device->device_prep_dma_interrupt(depend->chan, 0);
	if (tx) {
		async_tx_submit(depend->chan, tx, submit);
	} else {
		async_tx_quiesce(&submit->depend_tx);
		async_tx_sync_epilog(submit);
	}
	return tx;
}

static inline struct dma_async_tx_descriptor *async_memcpy(struct page *dest, struct page *src, unsigned int dest_offset,
							   unsigned int src_offset, size_t len,
							   struct async_submit_ctl *submit)
{
	struct dma_chan *chan = __async_tx_find_channel(submit, DMA_MEMCPY);
	struct dma_device *device = chan ? chan->device : NULL;
	struct dma_async_tx_descriptor *tx = NULL;
	struct dmaengine_unmap_data *unmap = NULL;

	if (device)
		unmap = dmaengine_get_unmap_data(device->dev, 2, GFP_NOWAIT);
	if (unmap && is_dma_copy_aligned(device, src_offset, dest_offset, len)) {
		unmap->to_cnt = 1;
		unmap->addr[0] = dma_map_page(device->dev, src, src_offset, len, DMA_TO_DEVICE);
		unmap->from_cnt = 1;
		unmap->addr[1] = dma_map_page(device->dev, dest, dest_offset, len, DMA_FROM_DEVICE);
		unmap->len = len;
		tx = device->device_prep_dma_memcpy(chan, unmap->addr[1], unmap->addr[0], len,
						    __async_tx_prep_flags(submit));
	}
	if (tx) {
		dma_set_unmap(tx, unmap);
		async_tx_submit(chan, tx, submit);
	} else {
		async_tx_quiesce(&submit->depend_tx);
		memcpy((u8 *)page_address(dest) + dest_offset, (u8 *)page_address(src) + src_offset, len);
		async_tx_sync_epilog(submit);
	}
	dmaengine_unmap_put(unmap);
	return tx;
}

/* Pieces of at most max_xor sources; from the second on the destination so far is the first source. */
static inline struct dma_async_tx_descriptor *__async_xor_pieces(struct dma_chan *chan, struct dmaengine_unmap_data *unmap,
								 struct async_submit_ctl *submit)
{
	struct dma_device *device = chan->device;
	dma_async_tx_callback cb_fn = submit->cb_fn;
	void *cb_param = submit->cb_param;
	int wanted = submit->flags, left = unmap->to_cnt;
	dma_addr_t dest = unmap->addr[unmap->to_cnt], *list = unmap->addr, saved;
	struct dma_async_tx_descriptor *tx = NULL;
	unsigned long flags = 0;

	for (;;) {
		int count = min(left, (int)device->max_xor);
		bool last = count == left;

		submit->flags = (enum async_tx_flags)(last ? wanted : (wanted & ~ASYNC_TX_ACK) | ASYNC_TX_FENCE);
		submit->cb_fn = last ? cb_fn : NULL;
		submit->cb_param = last ? cb_param : NULL;
		flags |= __async_tx_prep_flags(submit);
		saved = list[0];
		if (list != unmap->addr)
			list[0] = dest;
		tx = device->device_prep_dma_xor(chan, dest, list, count, unmap->len, flags);
		if (!tx)
			async_tx_quiesce(&submit->depend_tx);
		while (!tx) {
			dma_async_issue_pending(chan);
			tx = device->device_prep_dma_xor(chan, dest, list, count, unmap->len, flags);
		}
		list[0] = saved;
		dma_set_unmap(tx, unmap);
		async_tx_submit(chan, tx, submit);
		submit->depend_tx = tx;
		if (last)
			return tx;
		left -= count - 1;
		list += count - 1;
	}
}

static inline struct dma_async_tx_descriptor *async_xor_offs(struct page *dest, unsigned int offset, struct page **src_list,
							     unsigned int *src_offs, int src_cnt, size_t len,
							     struct async_submit_ctl *submit)
{
	struct dma_chan *chan = __async_tx_find_channel(submit, DMA_XOR);
	struct dma_device *device = chan ? chan->device : NULL;
	struct dmaengine_unmap_data *unmap = NULL;
	struct dma_async_tx_descriptor *tx = NULL;
	int i;

	BUG_ON(src_cnt <= 1);
	if (device)
		unmap = dmaengine_get_unmap_data(device->dev, src_cnt + 1, GFP_NOWAIT);
	if (unmap && is_dma_xor_aligned(device, offset, 0, len)) {
		unmap->len = len;
		for (i = 0; i < src_cnt; i++)
			if (src_list[i])
				unmap->addr[unmap->to_cnt++] = dma_map_page(device->dev, src_list[i],
									    src_offs ? src_offs[i] : offset, len,
									    DMA_TO_DEVICE);
		unmap->addr[unmap->to_cnt] = dma_map_page(device->dev, dest, offset, len, DMA_BIDIRECTIONAL);
		unmap->bidi_cnt = 1;
		tx = __async_xor_pieces(chan, unmap, submit);
	} else {
		u8 *to = (u8 *)page_address(dest) + offset;

		WARN_ONCE(chan, "%s: no space for dma address conversion\\n", __func__);
		async_tx_quiesce(&submit->depend_tx);
		if (submit->flags & ASYNC_TX_XOR_ZERO_DST)
			memset(to, 0, len);
		for (i = submit->flags & ASYNC_TX_XOR_DROP_DST ? 1 : 0; i < src_cnt; i++)
			if (src_list[i])
				__async_tx_xor_bytes(to, (u8 *)page_address(src_list[i]) + (src_offs ? src_offs[i] : offset), len);
		async_tx_sync_epilog(submit);
	}
	dmaengine_unmap_put(unmap);
	return tx;
}
static inline struct dma_async_tx_descriptor *async_xor(struct page *dest, struct page **src_list, unsigned int offset,
							int src_cnt, size_t len, struct async_submit_ctl *submit)
{
	return async_xor_offs(dest, offset, src_list, NULL, src_cnt, len, submit);
}

static inline struct dma_async_tx_descriptor *async_xor_val_offs(struct page *dest, unsigned int offset,
								 struct page **src_list, unsigned int *src_offs, int src_cnt,
								 size_t len, enum sum_check_flags *result,
								 struct async_submit_ctl *submit)
{
	struct dma_chan *chan = __async_tx_find_channel(submit, DMA_XOR_VAL);
	struct dma_device *device = chan ? chan->device : NULL;
	struct dmaengine_unmap_data *unmap = NULL;
	struct dma_async_tx_descriptor *tx = NULL;
	int i;

	BUG_ON(src_cnt <= 1);
	if (device)
		unmap = dmaengine_get_unmap_data(device->dev, src_cnt, GFP_NOWAIT);
	if (unmap && src_cnt <= device->max_xor && is_dma_xor_aligned(device, offset, 0, len)) {
		unmap->len = len;
		for (i = 0; i < src_cnt; i++) {
			unmap->addr[i] = dma_map_page(device->dev, src_list[i], src_offs ? src_offs[i] : offset, len,
						      DMA_TO_DEVICE);
			unmap->to_cnt++;
		}
		tx = device->device_prep_dma_xor_val(chan, unmap->addr, src_cnt, len, result,
						     __async_tx_prep_flags(submit));
		if (!tx)
			async_tx_quiesce(&submit->depend_tx);
		while (!tx) {
			dma_async_issue_pending(chan);
			tx = device->device_prep_dma_xor_val(chan, unmap->addr, src_cnt, len, result,
							     __async_tx_prep_flags(submit));
		}
		dma_set_unmap(tx, unmap);
		async_tx_submit(chan, tx, submit);
	} else {
		int wanted = submit->flags;

		submit->flags = (enum async_tx_flags)((wanted | ASYNC_TX_XOR_DROP_DST) & ~ASYNC_TX_ACK);
		tx = async_xor_offs(dest, offset, src_list, src_offs, src_cnt, len, submit);
		async_tx_quiesce(&tx);
		*result = (enum sum_check_flags)(!__async_tx_is_zero((u8 *)page_address(dest) + offset, len) << SUM_CHECK_P);
		async_tx_sync_epilog(submit);
		submit->flags = (enum async_tx_flags)wanted;
	}
	dmaengine_unmap_put(unmap);
	return tx;
}
static inline struct dma_async_tx_descriptor *async_xor_val(struct page *dest, struct page **src_list, unsigned int offset,
							    int src_cnt, size_t len, enum sum_check_flags *result,
							    struct async_submit_ctl *submit)
{
	return async_xor_val_offs(dest, offset, src_list, NULL, src_cnt, len, result, submit);
}

/* P and Q in pieces of what the controller takes; it goes on from P and Q with the second. */
static inline struct dma_async_tx_descriptor *__async_pq_pieces(struct dma_chan *chan, const u8 *coefficients, int disks,
								struct dmaengine_unmap_data *unmap, unsigned long flags,
								struct async_submit_ctl *submit)
{
	struct dma_device *device = chan->device;
	dma_async_tx_callback cb_fn = submit->cb_fn;
	void *cb_param = submit->cb_param;
	int wanted = submit->flags, left = disks - 2, at = 0;
	struct dma_async_tx_descriptor *tx = NULL;
	dma_addr_t dest[2];

	for (;;) {
		int count = min(left, dma_maxpq(device, (enum dma_ctrl_flags)flags));
		bool last = count == left;

		submit->flags = (enum async_tx_flags)(last ? wanted : (wanted & ~ASYNC_TX_ACK) | ASYNC_TX_FENCE);
		submit->cb_fn = last ? cb_fn : NULL;
		submit->cb_param = last ? cb_param : NULL;
		flags |= __async_tx_prep_flags(submit);
		for (tx = NULL; !tx;) {
			dest[0] = unmap->addr[disks - 2];
			dest[1] = unmap->addr[disks - 1];
			tx = device->device_prep_dma_pq(chan, dest, &unmap->addr[at], count, &coefficients[at], unmap->len, flags);
			if (!tx) {
				async_tx_quiesce(&submit->depend_tx);
				dma_async_issue_pending(chan);
			}
		}
		dma_set_unmap(tx, unmap);
		async_tx_submit(chan, tx, submit);
		submit->depend_tx = tx;
		if (last)
			return tx;
		left -= count;
		at += count;
		flags |= DMA_PREP_CONTINUE;
	}
}

static inline struct dma_async_tx_descriptor *async_gen_syndrome(struct page **blocks, unsigned int *offsets, int disks,
								 size_t len, struct async_submit_ctl *submit)
{
	int data = disks - 2, i, used = 0;
	struct page *p = blocks[disks - 2], *q = blocks[disks - 1];
	struct dma_chan *chan = __async_tx_find_channel(submit, DMA_PQ);
	struct dma_device *device = chan ? chan->device : NULL;
	struct dmaengine_unmap_data *unmap = NULL;
	struct dma_async_tx_descriptor *tx = NULL;
	bool aligned = true;

	BUG_ON(disks > 255 || !(p || q));
	if (device)
		unmap = dmaengine_get_unmap_data(device->dev, disks, GFP_NOWAIT);
	for (i = 0; device && i < disks; i++)
		if (!is_dma_pq_aligned(device, offsets[i], 0, len))
			aligned = false;
	if (unmap && !(submit->flags & ASYNC_TX_PQ_XOR_DST) && aligned &&
	    (data <= dma_maxpq(device, (enum dma_ctrl_flags)0) || dma_maxpq(device, DMA_PREP_CONTINUE) > 0)) {
		unsigned long flags = 0;
		u8 coefficients[256];

		unmap->len = len;
		for (i = 0; i < data; i++) {
			if (!blocks[i])
				continue;
			unmap->addr[used] = dma_map_page(device->dev, blocks[i], offsets[i], len, DMA_TO_DEVICE);
			coefficients[used++] = __raid6_gfexp(i);
			unmap->to_cnt++;
		}
		unmap->addr[used] = unmap->addr[used + 1] = 0;
		if (p)
			unmap->addr[used] = dma_map_page(device->dev, p, offsets[disks - 2], len, DMA_BIDIRECTIONAL);
		else
			flags |= DMA_PREP_PQ_DISABLE_P;
		if (q)
			unmap->addr[used + 1] = dma_map_page(device->dev, q, offsets[disks - 1], len, DMA_BIDIRECTIONAL);
		else
			flags |= DMA_PREP_PQ_DISABLE_Q;
		unmap->bidi_cnt = 2;
		tx = __async_pq_pieces(chan, coefficients, used + 2, unmap, flags, submit);
	} else {
		void *pointers[256];

		async_tx_quiesce(&submit->depend_tx);
		for (i = 0; i < disks; i++)
			pointers[i] = blocks[i] ? (u8 *)page_address(blocks[i]) + offsets[i] : NULL;
		__raid6_syndrome(disks, len, pointers, submit->flags & ASYNC_TX_PQ_XOR_DST);
		async_tx_sync_epilog(submit);
	}
	dmaengine_unmap_put(unmap);
	return tx;
}
`;
