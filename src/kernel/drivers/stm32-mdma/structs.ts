/** The driver's private structs, in simulated memory as Linux 6.12 lays them out (stm32-mdma.c). */
import { dmaDevice, dmaSlaveConfig, virtDmaChan, virtDmaDesc } from "../../dmaengine/structs";
import { array, as, bool, ptr, s32, struct, u32, u64 } from "../../struct";

export const MAX_CHANNELS = 32;

export const mdmaChanConfig = struct("stm32_mdma_chan_config", {
	request: u32,
	priority_level: u32,
	transfer_config: u32,
	mask_addr: u32,
	mask_data: u32,
	m2m_hw: bool,
});

/** A node as the hardware reads it; in memory it takes 64 bytes, aligned to 64. */
export const mdmaHwdesc = struct("stm32_mdma_hwdesc", {
	ctcr: u32,
	cbndtr: u32,
	csar: u32,
	cdar: u32,
	cbrur: u32,
	clar: u32,
	ctbr: u32,
	dummy: u32,
	cmar: u32,
	cmdr: u32,
});
export const HWDESC_BYTES = 64;

export const mdmaDescNode = struct("stm32_mdma_desc_node", {
	hwdesc: ptr("struct stm32_mdma_hwdesc"),
	hwdesc_phys: as(u64, "dma_addr_t"),
});

/** `node[count]` follows at `node`. */
export const mdmaDesc = struct("stm32_mdma_desc", {
	vdesc: virtDmaDesc.$member,
	ccr: u32,
	cyclic: bool,
	count: u32,
	node: { ...mdmaDescNode.$member, size: 0, c: "struct stm32_mdma_desc_node %s[]" },
});

/** What STM32 DMA's driver gives a client to hand on to this one. */
export const mdmaDmaConfig = struct("stm32_mdma_dma_config", { request: u32, cmar: u32, cmdr: u32 });

export const mdmaChan = struct("stm32_mdma_chan", {
	vchan: virtDmaChan.$member,
	desc_pool: ptr("struct dma_pool"),
	id: u32,
	desc: ptr("struct stm32_mdma_desc"),
	curr_hwdesc: u32,
	dma_config: dmaSlaveConfig.$member,
	chan_config: mdmaChanConfig.$member,
	busy: bool,
	mem_burst: u32,
	mem_width: u32,
});

/** `ahb_addr_masks[nr_ahb_addr_masks]` follows at `ahb_addr_masks`. */
export const mdmaDevice = struct("stm32_mdma_device", {
	ddev: dmaDevice.$member,
	base: ptr("void"),
	clk: ptr("struct clk"),
	irq: s32,
	nr_channels: u32,
	nr_requests: u32,
	nr_ahb_addr_masks: u32,
	chan_reserved: u32,
	chan: array(mdmaChan.$member, MAX_CHANNELS),
	ahb_addr_masks: { ...u32, size: 0, c: "u32 %s[]" },
});
