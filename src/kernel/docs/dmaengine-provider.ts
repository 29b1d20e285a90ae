/** What hovers say about the dmaengine provider API, cookies, virt-dma and of-dma, in our own words. */
export const dmaengineProviderDocs: Readonly<Record<string, string>> = {
	dma_device:
		"A controller as its driver registers it: capabilities, channel list, and the ops that clients reach through the `dmaengine_*` calls.",
	dma_async_device_register:
		"Makes a controller's channels available. Checks that every announced capability has its prep op and that the obligatory ops are there (`-EIO`, `-EINVAL`). May sleep.",
	dmaenginem_async_device_register: "`dma_async_device_register()` that unregisters when the device loses its driver.",
	dma_async_device_unregister: "Takes a controller out. No client may hold a channel any more. May sleep.",
	dma_async_device_channel_register: "Adds a channel to a controller that is registered already.",
	dma_async_device_channel_unregister: "Takes one channel out of a registered controller.",
	dma_async_tx_descriptor_init:
		"Prepares the generic part of a descriptor for a channel; drivers call it when they make one.",
	dma_cookie_init: "A channel's cookies begin at `DMA_MIN_COOKIE`.",
	dma_cookie_assign: "Gives a descriptor the channel's next cookie; for `tx_submit`, under the channel's lock.",
	dma_cookie_complete:
		"Marks a descriptor's cookie as the last one that completed; once per descriptor, under the channel's lock.",
	dma_cookie_status: "Judges a cookie by the channel's two counters; the usual first line of `device_tx_status`.",
	dma_set_residue: "Stores how many bytes are left, where the client wants to know.",
	dma_set_in_flight_bytes: "Stores how many bytes the controller has fetched but not delivered.",
	dmaengine_desc_get_callback: "Copies a descriptor's callback, so that it can be called after the descriptor is gone.",
	dmaengine_desc_callback_invoke: "Calls a callback that was copied before, without the channel's lock.",
	dmaengine_desc_get_callback_invoke: "Copies and calls a descriptor's callback in one step.",
	dmaengine_desc_callback_valid: "Whether there is a callback to call.",
	dma_run_dependencies: "Submits the descriptors of `async_tx` that waited for this one.",
	virt_dma_chan:
		"A channel with the usual queues: allocated, submitted, issued, completed, terminated, one lock, one tasklet.",
	virt_dma_desc: "A descriptor in the queues of a `virt_dma_chan`.",
	vchan_init: "Sets up queues, lock and tasklet of a channel and adds it to its controller.",
	vchan_tx_prep: "Makes a driver's descriptor ready for its client and puts it into the allocated queue.",
	vchan_tx_submit: "The `tx_submit` of virt-dma: gives a cookie and moves the descriptor to the submitted queue.",
	vchan_tx_desc_free: "The `desc_free` of virt-dma: frees a descriptor that was kept for reuse.",
	vchan_issue_pending:
		"Moves everything submitted to the issued queue; true when something is there. Call with the channel's lock held and start the hardware when it is idle.",
	vchan_next_desc: "The first descriptor of the issued queue, or NULL. It stays in the queue. Call with the lock held.",
	vchan_find_desc: "The descriptor of a cookie in the issued queue, or NULL. Call with the lock held.",
	vchan_cookie_complete:
		"Completes a descriptor: cookie done, into the completed queue, tasklet scheduled for its callback. From the interrupt handler, with the lock held.",
	vchan_cyclic_callback: "Schedules the period callback of a cyclic descriptor, which stays active.",
	vchan_terminate_vdesc:
		"Puts the active descriptor aside when the channel is terminated; `vchan_synchronize()` frees it.",
	vchan_get_all_descriptors:
		"Moves the descriptors of every queue to a list, to be freed after a terminate. With the lock held.",
	vchan_dma_desc_free_list: "Frees the descriptors of such a list. Without the lock.",
	vchan_free_chan_resources: "Frees every descriptor of a channel; for `device_free_chan_resources`.",
	vchan_synchronize: "Waits for the channel's tasklet and frees what was terminated. Sleeps.",
	vchan_complete:
		"The tasklet of virt-dma: runs the callbacks of completed descriptors, in softirq context, without the lock.",
	vchan_vdesc_fini: "Frees a descriptor, or keeps it when it is to be reused.",
	of_dma_controller_register:
		"Makes a controller reachable from devicetree `dmas` properties; the translation function turns their cells into a channel.",
	of_dma_controller_free: "Ends what `of_dma_controller_register()` began.",
	of_dma_router_register: "Announces a request router, which stands between peripherals and controllers.",
	of_dma_request_slave_channel: "The devicetree half of `dma_request_chan()`.",
	of_dma_simple_xlate: "Translation for one cell: a request line, handed to a filter function.",
	of_dma_xlate_by_chan_id: "Translation for one cell: the number of the channel.",
};
