/** What hovers say about serial ports, and about queues whose memory is handed to DMA. */
export const serialDocs: Readonly<Record<string, string>> = {
	tty_port_init: "Makes a port ready: nothing received, nobody to take it.",
	tty_port_destroy: "Waits until nothing is handed over any more and drops what was received.",
	tty_insert_flip_string:
		"Puts received bytes behind those that wait; returns how many there was room for. They stay until `tty_flip_buffer_push()`.",
	tty_insert_flip_string_fixed_flag: "`tty_insert_flip_string()` with one flag (`TTY_OVERRUN`, …) for all bytes.",
	tty_insert_flip_char: "Puts one received byte behind those that wait, with its flag.",
	tty_flip_buffer_push:
		"Has what was inserted handed to the port's `client_ops->receive_buf`, in a work of its own. Fit for interrupts.",
	uart_xmit_advance: "Takes bytes that were sent out of the port's ring, and counts them.",
	uart_write_wakeup: "Tells the port's client that there is room in the ring again.",
	uart_xchar_out: "Writes the pending XON or XOFF to a register and forgets it.",
	uart_tx_stopped: "Whether the other end has asked this port to be silent.",
	serial_lsr_in: "The line status, with the error bits that an earlier read would have cleared.",
	serial8250_set_THRI: "Switches the interrupt for an empty transmitter on; false when it was on.",
	serial8250_clear_THRI: "Switches the interrupt for an empty transmitter off; false when it was off.",
	kfifo_dma_out_prepare_mapped:
		"Fills a scatterlist with what waits in the queue: one entry, or two when it goes over the end of the ring. `dma` is where the ring is mapped. Returns the number of entries.",
	kfifo_dma_out_prepare: "`kfifo_dma_out_prepare_mapped()` for a ring that is not mapped yet.",
	kfifo_dma_out_finish: "Takes bytes that DMA has fetched out of the queue.",
	kfifo_dma_in_prepare_mapped:
		"Fills a scatterlist with the queue's free room: one entry or two. Returns the number of entries.",
	kfifo_dma_in_prepare: "`kfifo_dma_in_prepare_mapped()` for a ring that is not mapped yet.",
	kfifo_dma_in_finish: "Adds bytes that DMA has stored to the queue.",
};
