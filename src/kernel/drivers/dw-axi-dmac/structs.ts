/** The driver's private structs, in simulated memory as Linux 6.12 lays them out (dw-axi-dmac.h). */
import { atomic } from "../../dmaengine/member-types";
import { dmaDevice, dmaSlaveConfig, virtDmaChan, virtDmaDesc } from "../../dmaengine/structs";
import { array, as, bool, ptr, s32, struct, u8, u32, u64 } from "../../struct";

export const MAX_CHANNELS = 32;

export const dwAxiDmaHcfg = struct("dw_axi_dma_hcfg", {
	nr_channels: u32,
	nr_masters: u32,
	m_data_width: u32,
	block_size: array(u32, MAX_CHANNELS),
	priority: array(u32, MAX_CHANNELS),
	axi_rw_burst_len: u32,
	reg_map_8_channels: bool,
	restrict_axi_burst_len: bool,
	use_cfg2: bool,
});

export const axiDmaChan = struct("axi_dma_chan", {
	chip: ptr("struct axi_dma_chip"),
	chan_regs: ptr("void"),
	id: u8,
	hw_handshake_num: u8,
	descs_allocated: atomic,
	desc_pool: ptr("struct dma_pool"),
	vc: virtDmaChan.$member,
	desc: ptr("struct axi_dma_desc"),
	config: dmaSlaveConfig.$member,
	direction: as(u32, "enum dma_transfer_direction"),
	cyclic: bool,
	is_paused: bool,
});

const deviceDmaParameters = struct("device_dma_parameters", {
	max_segment_size: as(u32, "unsigned int"),
	min_align_mask: as(u32, "unsigned int"),
	segment_boundary_mask: as(u64, "unsigned long"),
});

export const dwAxiDma = struct("dw_axi_dma", {
	dma: dmaDevice.$member,
	hdata: ptr("struct dw_axi_dma_hcfg"),
	dma_parms: deviceDmaParameters.$member,
	chan: ptr("struct axi_dma_chan"),
});

export const axiDmaChip = struct("axi_dma_chip", {
	dev: ptr("struct device"),
	irq: array(s32, MAX_CHANNELS),
	regs: ptr("void"),
	apb_regs: ptr("void"),
	core_clk: ptr("struct clk"),
	cfgr_clk: ptr("struct clk"),
	dw: ptr("struct dw_axi_dma"),
});

/** A linked-list item as the hardware reads it: 64 bytes, aligned to 64. */
export const axiDmaLli = struct("axi_dma_lli", {
	sar: u64,
	dar: u64,
	block_ts_lo: u32,
	block_ts_hi: u32,
	llp: u64,
	ctl_lo: u32,
	ctl_hi: u32,
	sstat: u32,
	dstat: u32,
	status_lo: u32,
	status_hi: u32,
	reserved_lo: u32,
	reserved_hi: u32,
});

export const axiDmaHwDesc = struct("axi_dma_hw_desc", {
	lli: ptr("struct axi_dma_lli"),
	llp: as(u64, "dma_addr_t"),
	len: u32,
});

export const axiDmaDesc = struct("axi_dma_desc", {
	hw_desc: ptr("struct axi_dma_hw_desc"),
	vd: virtDmaDesc.$member,
	chan: ptr("struct axi_dma_chan"),
	completed_blocks: u32,
	length: u32,
	period_len: u32,
	nr_hw_descs: u32,
});
