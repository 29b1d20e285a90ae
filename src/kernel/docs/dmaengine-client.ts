/** What hovers say about the dmaengine client API (core-semantics 1.3, 2.4 to 2.10), in our own words. */
export const dmaengineClientDocs: Readonly<Record<string, string>> = {
	dma_request_chan:
		"Finds the channel that the device's devicetree node calls `name` (`dmas`, `dma-names`) and takes it. Returns an `ERR_PTR`: `-EPROBE_DEFER` while the controller has no driver yet, `-ENODEV` when there is no such channel. Never NULL. May sleep.",
	devm_dma_request_chan:
		"`dma_request_chan()` that gives the channel back when the device loses its driver. May sleep.",
	dma_request_chan_by_mask:
		"Takes any public channel that has all capabilities of the mask, for memory-to-memory work. Returns an `ERR_PTR`. May sleep.",
	dma_request_channel:
		"Takes a public channel with all capabilities of the mask that the filter function accepts. Returns NULL when none is free. May sleep.",
	__dma_request_channel:
		"What `dma_request_channel()` calls. The last argument restricts the search to the controller of a devicetree node. May sleep.",
	dma_request_slave_channel: "`dma_request_chan()` that returns NULL for every error. May sleep.",
	dma_request_slave_channel_compat:
		"Tries `dma_request_slave_channel()` first, then `dma_request_channel()` with mask and filter. May sleep.",
	dma_get_slave_channel:
		"Takes exactly this channel; for the translation functions of controllers. NULL when it is in use.",
	dma_get_any_slave_channel: "Takes any free channel of one controller; for the translation functions of controllers.",
	dma_release_channel:
		"Gives a channel back. Nothing may be running on it: terminate it first. The driver frees its resources with the last user. May sleep.",
	dma_find_channel:
		"The channel that `async_tx` uses for this kind of transfer. Only between `dmaengine_get()` and `dmaengine_put()`.",
	dmaengine_get: "Declares interest in the public channels that all clients share (`async_tx`).",
	dmaengine_put: "Ends what `dmaengine_get()` began.",
	dma_issue_pending_all: "Calls `issue_pending` on every public channel that has users.",
	dmaengine_slave_config:
		"Tells a slave channel how to reach its peripheral: FIFO address, bus width, burst, flow control. It counts for descriptors that are prepared from now on. `-ENOSYS` when the driver has no `device_config`.",
	dmaengine_prep_slave_single:
		"Descriptor for one buffer to or from a peripheral: a scatterlist of one entry. `buf` is a DMA address. NULL when the driver refuses. Fit for atomic context. Follow it with `dmaengine_submit()`.",
	dmaengine_prep_slave_sg:
		"Descriptor for a mapped scatterlist to or from a peripheral; `sg_len` is what `dma_map_sg()` returned. NULL when the driver refuses.",
	dmaengine_prep_peripheral_dma_vec: "Descriptor for an array of address and length pairs to or from a peripheral.",
	dmaengine_prep_dma_cyclic:
		"Descriptor that goes round a buffer for ever and calls back after each period. `buf_len` has to be a multiple of `period_len`. It ends only by terminating the channel.",
	dmaengine_prep_interleaved_dma:
		"Descriptor for a pattern of chunks with gaps, such as a rectangle of a frame buffer.",
	dmaengine_prep_dma_memcpy:
		"Descriptor that copies `len` bytes between two DMA addresses. NULL when the driver refuses.",
	dmaengine_prep_dma_memset: "Descriptor that fills memory with a byte.",
	dmaengine_submit:
		"Puts a prepared descriptor into the channel's submitted queue and returns its cookie (negative: an error, see `dma_submit_error()`). Nothing moves yet: `dma_async_issue_pending()` starts it.",
	dma_submit_error: "The error in a cookie, or 0 for a good one.",
	dma_async_issue_pending:
		"Moves what was submitted to the issued queue and starts the hardware when it is idle. Forgetting it is why many transfers never begin.",
	dmaengine_terminate_async:
		"Drops everything that is queued or running on the channel, without its callbacks. Does not wait: a callback may still be running. Fit for atomic context; follow with `dmaengine_synchronize()` before freeing memory.",
	dmaengine_terminate_sync:
		"`dmaengine_terminate_async()` and then `dmaengine_synchronize()`. Sleeps: not from a callback, not in atomic context.",
	dmaengine_terminate_all: "Old name for terminating without waiting. New code says `_sync` or `_async`.",
	dmaengine_synchronize:
		"Waits until callbacks that were running at the time of `dmaengine_terminate_async()` have ended. Sleeps; never from a callback.",
	dmaengine_pause: "Stops the channel where it is, so that the residue holds still. `-ENOSYS` when the driver cannot.",
	dmaengine_resume: "Lets a paused channel go on.",
	dmaengine_tx_status:
		"State of the descriptor behind a cookie: `DMA_COMPLETE`, `DMA_IN_PROGRESS`, `DMA_PAUSED`, `DMA_ERROR`. `state->residue` becomes the bytes that are left, as exact as the driver's residue granularity.",
	dma_async_is_tx_complete:
		"`dmaengine_tx_status()` for callers that want the last and the used cookie instead of the residue.",
	dma_async_is_complete: "Judges a cookie by the last completed and the last used one.",
	dma_sync_wait: "Issues what is pending and polls until the cookie is complete, at most 5 s. Burns CPU time.",
	dma_wait_for_async_tx: "Waits for a descriptor of `async_tx`, its parents first.",
	dmaengine_get_dma_device:
		"The device to use with `dma_map_*` for transfers of this channel: the controller, not the peripheral.",
	dma_get_slave_caps:
		"What a slave channel can do: widths, directions, bursts, pause, residue granularity. `-ENXIO` for a channel without `DMA_SLAVE` or a driver that says nothing.",
	dmaengine_desc_set_reuse:
		"Keeps a descriptor after completion so that it can be submitted again. `-EPERM` when the driver cannot.",
	dmaengine_desc_clear_reuse: "Ends what `dmaengine_desc_set_reuse()` began.",
	dmaengine_desc_test_reuse: "Whether a descriptor may be submitted again.",
	dmaengine_desc_free: "Frees a descriptor that was kept for reuse.",
	dmaengine_desc_attach_metadata: "Lets a buffer of the client's travel with a descriptor as its metadata.",
	dmaengine_desc_get_metadata_ptr: "The engine's own metadata area of a descriptor, for drivers in engine mode.",
	dmaengine_desc_set_metadata_len: "How much of the engine's metadata area is filled in.",
	dmaengine_is_metadata_mode_supported: "Whether a channel knows this way of handing metadata over.",
	dmaengine_get_unmap_data: "A counted list of addresses that are unmapped when the last user of a transfer is done.",
	dmaengine_unmap_put: "Gives up a reference to unmap data; the last one unmaps everything in it.",
	dma_set_unmap: "Ties unmap data to a descriptor.",
	async_tx_ack: "The client needs the descriptor no more: the driver may recycle it after completion.",
	async_tx_clear_ack: "The descriptor must stay until it is acknowledged.",
	async_tx_test_ack: "Whether the descriptor has been acknowledged.",
	DMA_PREP_INTERRUPT: "Flag of the prep calls: interrupt, and so the callback, when this descriptor completes.",
	DMA_CTRL_ACK: "Flag of the prep calls: acknowledged from the start, so that the driver may recycle the descriptor.",
	DMA_PREP_FENCE: "Flag of the prep calls: later descriptors depend on this one's result.",
	DMA_PREP_REPEAT: "Flag of the prep calls: repeat this descriptor until another one takes its place.",
	DMA_PREP_LOAD_EOT: "Flag of the prep calls: takes the place of a repeated descriptor at its end.",
	dma_async_tx_descriptor:
		"One transfer as the client sees it: set `callback` and `callback_param` between preparing and submitting; `cookie` names it afterwards.",
	dma_slave_config: "How a channel reaches its peripheral; see `dmaengine_slave_config()`. Zero it first.",
	dma_chan: "One channel of a controller.",
	dma_tx_state: "What `dmaengine_tx_status()` tells besides the status: last and used cookie, residue in bytes.",
	dma_slave_caps: "What a slave channel can do; see `dma_get_slave_caps()`.",
};
