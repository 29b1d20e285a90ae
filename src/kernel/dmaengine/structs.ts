/** The public structs of dmaengine.h, virt-dma.h, the private dmaengine.h and of_dma.h, with 6.12's members in its order. */
import { as, bool, fn, ptr, s32, struct, u8, u16, u32, u64 } from "../struct";
import { device, ida, kref, listHead, spinlock, tasklet } from "./member-types";

const dmaAddress = as(u64, "dma_addr_t");
const physAddress = as(u64, "phys_addr_t");
const size = as(u64, "size_t");
const cookie = as(s32, "dma_cookie_t");
const capMask = as(u64, "dma_cap_mask_t");
const unsigned = as(u32, "unsigned int");
const unsignedShort = as(u16, "unsigned short");
const unsignedLong = as(u64, "unsigned long");

/** `sgl[]` follows at `$size`. */
export const dataChunk = struct("data_chunk", { size, icg: size, dst_icg: size, src_icg: size });

export const dmaInterleavedTemplate = struct("dma_interleaved_template", {
	src_start: dmaAddress,
	dst_start: dmaAddress,
	dir: as(u32, "enum dma_transfer_direction"),
	src_inc: bool,
	dst_inc: bool,
	src_sgl: bool,
	dst_sgl: bool,
	numf: size,
	frame_size: size,
	sgl: { ...u64, size: 0, c: "struct data_chunk %s[]" },
});

export const dmaVec = struct("dma_vec", { addr: dmaAddress, len: size });

export const dmaChanPercpu = struct("dma_chan_percpu", { memcpy_count: unsignedLong, bytes_transferred: unsignedLong });

export const dmaRouter = struct("dma_router", {
	dev: ptr("struct device"),
	route_free: fn("void (*%s)(struct device *dev, void *route_data)"),
});

export const dmaChan = struct("dma_chan", {
	device: ptr("struct dma_device"),
	slave: ptr("struct device"),
	cookie,
	completed_cookie: cookie,
	chan_id: s32,
	dev: ptr("struct dma_chan_dev"),
	name: ptr("const char"),
	dbg_client_name: ptr("char"),
	device_node: listHead,
	local: ptr("struct dma_chan_percpu"),
	client_count: s32,
	table_count: s32,
	router: ptr("struct dma_router"),
	route_data: ptr("void"),
	private: ptr("void"),
});

export const dmaChanDev = struct("dma_chan_dev", {
	chan: ptr("struct dma_chan"),
	device,
	dev_id: s32,
	chan_dma_dev: bool,
});

export const dmaSlaveConfig = struct("dma_slave_config", {
	direction: as(u32, "enum dma_transfer_direction"),
	src_addr: physAddress,
	dst_addr: physAddress,
	src_addr_width: as(u32, "enum dma_slave_buswidth"),
	dst_addr_width: as(u32, "enum dma_slave_buswidth"),
	src_maxburst: u32,
	dst_maxburst: u32,
	src_port_window_size: u32,
	dst_port_window_size: u32,
	device_fc: bool,
	peripheral_config: ptr("void"),
	peripheral_size: size,
});

export const dmaSlaveCaps = struct("dma_slave_caps", {
	src_addr_widths: u32,
	dst_addr_widths: u32,
	directions: u32,
	min_burst: u32,
	max_burst: u32,
	max_sg_burst: u32,
	cmd_pause: bool,
	cmd_resume: bool,
	cmd_terminate: bool,
	residue_granularity: as(u32, "enum dma_residue_granularity"),
	descriptor_reuse: bool,
});

export const dmaengineResult = struct("dmaengine_result", {
	result: as(u32, "enum dmaengine_tx_result"),
	residue: u32,
});

/** As with CONFIG_DMA_ENGINE_RAID; `addr[]` follows at `$size`. */
export const dmaengineUnmapData = struct("dmaengine_unmap_data", {
	map_cnt: u16,
	to_cnt: u8,
	from_cnt: u8,
	bidi_cnt: u8,
	dev: ptr("struct device"),
	kref,
	len: size,
	addr: { ...u64, size: 0, c: "dma_addr_t %s[]" },
});

export const dmaDescriptorMetadataOps = struct("dma_descriptor_metadata_ops", {
	attach: fn("int (*%s)(struct dma_async_tx_descriptor *desc, void *data, size_t len)"),
	get_ptr: fn("void *(*%s)(struct dma_async_tx_descriptor *desc, size_t *payload_len, size_t *max_len)"),
	set_len: fn("int (*%s)(struct dma_async_tx_descriptor *desc, size_t payload_len)"),
});

export const dmaAsyncTxDescriptor = struct("dma_async_tx_descriptor", {
	cookie,
	flags: as(u32, "enum dma_ctrl_flags"),
	phys: dmaAddress,
	chan: ptr("struct dma_chan"),
	tx_submit: fn("dma_cookie_t (*%s)(struct dma_async_tx_descriptor *tx)"),
	desc_free: fn("int (*%s)(struct dma_async_tx_descriptor *tx)"),
	callback: as(u64, "dma_async_tx_callback"),
	callback_result: as(u64, "dma_async_tx_callback_result"),
	callback_param: ptr("void"),
	unmap: ptr("struct dmaengine_unmap_data"),
	desc_metadata_mode: as(u32, "enum dma_desc_metadata_mode"),
	metadata_ops: ptr("struct dma_descriptor_metadata_ops"),
	/** With ASYNC_TX_ENABLE_CHANNEL_SWITCH: the one that waits for this one, and the one that this one waits for. */
	next: ptr("struct dma_async_tx_descriptor"),
	parent: ptr("struct dma_async_tx_descriptor"),
	lock: spinlock,
});

export const dmaTxState = struct("dma_tx_state", { last: cookie, used: cookie, residue: u32, in_flight_bytes: u32 });

export const dmaSlaveMap = struct("dma_slave_map", {
	devname: ptr("const char"),
	slave: ptr("const char"),
	param: ptr("void"),
});

export const dmaFilter = struct("dma_filter", {
	fn: as(u64, "dma_filter_fn"),
	mapcnt: s32,
	map: ptr("const struct dma_slave_map"),
});

const prep = (parameters: string) => fn(`struct dma_async_tx_descriptor *(*%s)(struct dma_chan *chan, ${parameters})`);

export const dmaDevice = struct("dma_device", {
	ref: kref,
	chancnt: unsigned,
	privatecnt: unsigned,
	channels: listHead,
	global_node: listHead,
	filter: dmaFilter.$member,
	cap_mask: capMask,
	desc_metadata_modes: as(u32, "enum dma_desc_metadata_mode"),
	max_xor: unsignedShort,
	max_pq: unsignedShort,
	copy_align: as(u32, "enum dmaengine_alignment"),
	xor_align: as(u32, "enum dmaengine_alignment"),
	pq_align: as(u32, "enum dmaengine_alignment"),
	fill_align: as(u32, "enum dmaengine_alignment"),
	dev_id: s32,
	dev: ptr("struct device"),
	owner: ptr("struct module"),
	chan_ida: ida,
	src_addr_widths: u32,
	dst_addr_widths: u32,
	directions: u32,
	min_burst: u32,
	max_burst: u32,
	max_sg_burst: u32,
	descriptor_reuse: bool,
	residue_granularity: as(u32, "enum dma_residue_granularity"),
	device_alloc_chan_resources: fn("int (*%s)(struct dma_chan *chan)"),
	device_router_config: fn("int (*%s)(struct dma_chan *chan)"),
	device_free_chan_resources: fn("void (*%s)(struct dma_chan *chan)"),
	device_prep_dma_memcpy: prep("dma_addr_t dst, dma_addr_t src, size_t len, unsigned long flags"),
	device_prep_dma_xor: prep("dma_addr_t dst, dma_addr_t *src, unsigned int src_cnt, size_t len, unsigned long flags"),
	device_prep_dma_xor_val: prep(
		"dma_addr_t *src, unsigned int src_cnt, size_t len, enum sum_check_flags *result, unsigned long flags",
	),
	device_prep_dma_pq: prep(
		"dma_addr_t *dst, dma_addr_t *src, unsigned int src_cnt, const unsigned char *scf, size_t len, unsigned long flags",
	),
	device_prep_dma_pq_val: prep(
		"dma_addr_t *pq, dma_addr_t *src, unsigned int src_cnt, const unsigned char *scf, size_t len, enum sum_check_flags *pqres, unsigned long flags",
	),
	device_prep_dma_memset: prep("dma_addr_t dest, int value, size_t len, unsigned long flags"),
	device_prep_dma_memset_sg: prep("struct scatterlist *sg, unsigned int nents, int value, unsigned long flags"),
	device_prep_dma_interrupt: prep("unsigned long flags"),
	device_prep_peripheral_dma_vec: prep(
		"const struct dma_vec *vecs, size_t nents, enum dma_transfer_direction direction, unsigned long flags",
	),
	device_prep_slave_sg: prep(
		"struct scatterlist *sgl, unsigned int sg_len, enum dma_transfer_direction direction, unsigned long flags, void *context",
	),
	device_prep_dma_cyclic: prep(
		"dma_addr_t buf_addr, size_t buf_len, size_t period_len, enum dma_transfer_direction direction, unsigned long flags",
	),
	device_prep_interleaved_dma: prep("struct dma_interleaved_template *xt, unsigned long flags"),
	device_prep_dma_imm_data: prep("dma_addr_t dst, u64 data, unsigned long flags"),
	device_caps: fn("void (*%s)(struct dma_chan *chan, struct dma_slave_caps *caps)"),
	device_config: fn("int (*%s)(struct dma_chan *chan, struct dma_slave_config *config)"),
	device_pause: fn("int (*%s)(struct dma_chan *chan)"),
	device_resume: fn("int (*%s)(struct dma_chan *chan)"),
	device_terminate_all: fn("int (*%s)(struct dma_chan *chan)"),
	device_synchronize: fn("void (*%s)(struct dma_chan *chan)"),
	device_tx_status: fn(
		"enum dma_status (*%s)(struct dma_chan *chan, dma_cookie_t cookie, struct dma_tx_state *txstate)",
	),
	device_issue_pending: fn("void (*%s)(struct dma_chan *chan)"),
	device_release: fn("void (*%s)(struct dma_device *dev)"),
	dbg_summary_show: fn("void (*%s)(struct seq_file *s, struct dma_device *dev)"),
	dbg_dev_root: ptr("struct dentry"),
	/** Not in 6.12. Later kernels have it behind device_prep_slave_sg; here the members of 6.12 stay where they are. */
	device_prep_config_sg: prep(
		"struct scatterlist *sgl, unsigned int sg_len, enum dma_transfer_direction direction, unsigned long flags, struct dma_slave_config *config",
	),
});

/** drivers/dma/dmaengine.h (private). */
export const dmaengineDescCallback = struct("dmaengine_desc_callback", {
	callback: as(u64, "dma_async_tx_callback"),
	callback_result: as(u64, "dma_async_tx_callback_result"),
	callback_param: ptr("void"),
});

export const virtDmaDesc = struct("virt_dma_desc", {
	tx: dmaAsyncTxDescriptor.$member,
	tx_result: dmaengineResult.$member,
	node: listHead,
});

export const virtDmaChan = struct("virt_dma_chan", {
	chan: dmaChan.$member,
	task: tasklet,
	desc_free: fn("void (*%s)(struct virt_dma_desc *vd)"),
	lock: spinlock,
	desc_allocated: listHead,
	desc_submitted: listHead,
	desc_issued: listHead,
	desc_completed: listHead,
	desc_terminated: listHead,
	cyclic: ptr("struct virt_dma_desc"),
});

export const ofDma = struct("of_dma", {
	of_dma_controllers: listHead,
	of_node: ptr("struct device_node"),
	of_dma_xlate: fn("struct dma_chan *(*%s)(struct of_phandle_args *spec, struct of_dma *ofdma)"),
	of_dma_route_allocate: fn("void *(*%s)(struct of_phandle_args *spec, struct of_dma *ofdma)"),
	dma_router: ptr("struct dma_router"),
	of_dma_data: ptr("void"),
});

export const ofDmaFilterInfo = struct("of_dma_filter_info", {
	dma_cap: capMask,
	filter_fn: as(u64, "dma_filter_fn"),
});

/** Members of a channel's five lists in the order in which terminate collects them. */
export const VIRT_LISTS = [
	virtDmaChan.desc_allocated,
	virtDmaChan.desc_submitted,
	virtDmaChan.desc_issued,
	virtDmaChan.desc_completed,
	virtDmaChan.desc_terminated,
] as const;
