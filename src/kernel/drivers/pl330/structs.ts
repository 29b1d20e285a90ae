/** The driver's private structs, in simulated memory (pl330.c). Bit fields of Linux are whole words here. */

import { listHead, spinlock, tasklet } from "../../dmaengine/member-types";
import { dmaAsyncTxDescriptor, dmaChan, dmaDevice, dmaSlaveConfig } from "../../dmaengine/structs";
import { array, as, bool, ptr, s32, struct, u8, u32, u64 } from "../../struct";

export const MAX_IRQS = 32;

export const pl330Config = struct("pl330_config", {
	periph_id: u32,
	mode: u32,
	data_bus_width: u32,
	data_buf_dep: u32,
	num_chan: u32,
	num_peri: u32,
	peri_ns: u32,
	num_events: u32,
	irq_ns: u32,
});

/** How the bytes of a request travel; both sides have the same burst. */
export const pl330Reqcfg = struct("pl330_reqcfg", {
	dst_inc: u32,
	src_inc: u32,
	nonsecure: bool,
	privileged: bool,
	insnaccess: bool,
	brst_len: u32,
	brst_size: u32,
	dcctl: u32,
	scctl: u32,
	swap: u32,
	pcfg: ptr("struct pl330_config"),
});

export const pl330Xfer = struct("pl330_xfer", { src_addr: u32, dst_addr: u32, bytes: u32 });

/** enum desc_status. */
export enum DescStatus {
	FREE = 0,
	PREP = 1,
	BUSY = 2,
	PAUSED = 3,
	DONE = 4,
}

export const dmaPl330Desc = struct("dma_pl330_desc", {
	node: listHead,
	txd: dmaAsyncTxDescriptor.$member,
	px: pl330Xfer.$member,
	rqcfg: pl330Reqcfg.$member,
	status: as(u32, "enum desc_status"),
	bytes_requested: s32,
	last: bool,
	pchan: ptr("struct dma_pl330_chan"),
	rqtype: as(u32, "enum dma_transfer_direction"),
	peri: u32,
	rqd: listHead,
});

/** Half of a thread's microcode, and the descriptor that it was made for. */
export const pl330Req = struct("_pl330_req", {
	mc_bus: u32,
	mc_cpu: ptr("void"),
	desc: ptr("struct dma_pl330_desc"),
});

/** A hardware thread: a channel's, or at the end of the array the manager. */
export const pl330Thread = struct("pl330_thread", {
	id: u8,
	ev: s32,
	free: bool,
	dmac: ptr("struct pl330_dmac"),
	req: array(pl330Req.$member, 2),
	lstenq: u32,
	req_running: s32,
});

export const dmaPl330Chan = struct("dma_pl330_chan", {
	task: tasklet,
	chan: dmaChan.$member,
	submitted_list: listHead,
	work_list: listHead,
	completed_list: listHead,
	dmac: ptr("struct pl330_dmac"),
	lock: spinlock,
	thread: ptr("struct pl330_thread"),
	burst_sz: s32,
	burst_len: s32,
	fifo_addr: as(u64, "phys_addr_t"),
	fifo_dma: as(u64, "dma_addr_t"),
	dir: as(u32, "enum dma_data_direction"),
	slave_config: dmaSlaveConfig.$member,
	cyclic: bool,
	active: bool,
});

/** enum pl330_dmac_state. */
export enum DmacState {
	UNINIT = 0,
	INIT = 1,
	DYING = 2,
}

/** What pl330_dotask has to reset. */
export const pl330Tbd = struct("_pl330_tbd", { reset_dmac: bool, reset_mngr: bool, reset_chan: u8 });

export const pl330Dmac = struct("pl330_dmac", {
	ddma: dmaDevice.$member,
	desc_pool: listHead,
	pool_lock: spinlock,
	mcbufsz: u32,
	base: ptr("void"),
	pcfg: pl330Config.$member,
	lock: spinlock,
	events: array(s32, MAX_IRQS),
	mcode_bus: as(u64, "dma_addr_t"),
	mcode_cpu: ptr("void"),
	channels: ptr("struct pl330_thread"),
	manager: ptr("struct pl330_thread"),
	tasks: tasklet,
	dmac_tbd: pl330Tbd.$member,
	state: as(u32, "enum pl330_dmac_state"),
	req_done: listHead,
	num_peripherals: u32,
	peripherals: ptr("struct dma_pl330_chan"),
	quirks: u32,
});
