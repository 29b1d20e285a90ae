/** async_tx and RAID6. */
export const asyncTxDocs: Readonly<Record<string, string>> = {
	init_async_submit: "Fills the control block of an `async_tx` operation: flags, dependency, callback, scribble space.",
	async_submit_ctl: "What an `async_tx` operation depends on, and what happens at its end.",
	async_memcpy:
		"Copies part of a page, by a controller if one can, else on the CPU. Returns the descriptor; NULL when all is done already.",
	async_xor:
		"XORs pages into one. A source list that holds the destination has it first, with `ASYNC_TX_XOR_DROP_DST`. Without scribble space the list is overwritten when the CPU does it.",
	async_xor_offs: "`async_xor()` with an offset for each page.",
	async_xor_val: "Checks that the XOR of pages is zero: bit 0 of the result is set when it is not.",
	async_xor_val_offs: "`async_xor_val()` with an offset for each page.",
	async_gen_syndrome: "P and Q of RAID6: the last two of `blocks`. One of them may be NULL; so may data blocks.",
	async_syndrome_val: "Checks P and Q: bit 0 of the result is for P, bit 1 for Q. The CPU's way needs a spare page.",
	async_raid6_2data_recov: "Recovers two lost data blocks from the others, P and Q.",
	async_raid6_datap_recov: "Recovers a lost data block and P from the others and Q.",
	async_trigger_callback: "Calls back when what it depends on is done.",
	async_tx_submit: "Puts a prepared descriptor into the chain: submits it, or lets it wait for its dependency.",
	async_tx_quiesce: "Waits for an operation, acknowledges it, and clears the pointer.",
	async_tx_issue_pending: "Starts the channel of a descriptor; NULL does nothing.",
	async_tx_issue_pending_all: "Starts all public channels.",
	xor_blocks: "XORs up to 4 blocks into a destination that is a source too, on the CPU.",
	raid6_call: "RAID6 on the CPU: `gen_syndrome`, `xor_syndrome`.",
	raid6_gfmul: "Products in GF(2^8), polynomial 0x11d.",
	raid6_gfexp: "Powers of 2 in GF(2^8).",
	raid6_gfinv: "1 / v in GF(2^8).",
	raid6_gfexi: "1 / (2^i ^ 1) in GF(2^8).",
	raid6_2data_recov: "Recovers two lost data blocks on the CPU; the first index is the lower one.",
	raid6_datap_recov: "Recovers a lost data block and P on the CPU.",
};
