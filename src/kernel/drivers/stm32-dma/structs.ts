/** The driver's private structs, in simulated memory as Linux 6.12 lays them out (stm32-dma.c). */
import { dmaDevice, dmaSlaveConfig, virtDmaChan, virtDmaDesc } from "../../dmaengine/structs";
import { array, as, bool, ptr, struct, u32 } from "../../struct";

export const MAX_CHANNELS = 8;

/** A full image of a stream's registers. */
export const chanReg = struct("stm32_dma_chan_reg", {
	dma_lisr: u32,
	dma_hisr: u32,
	dma_lifcr: u32,
	dma_hifcr: u32,
	dma_scr: u32,
	dma_sndtr: u32,
	dma_spar: u32,
	dma_sm0ar: u32,
	dma_sm1ar: u32,
	dma_sfcr: u32,
});

export const sgReq = struct("stm32_dma_sg_req", { len: u32, chan_reg: chanReg.$member });

/** `sg_req[num_sgs]` follows at `sg_req`. */
export const stm32DmaDesc = struct("stm32_dma_desc", {
	vdesc: virtDmaDesc.$member,
	cyclic: bool,
	num_sgs: u32,
	sg_req: { ...sgReq.$member, size: 0, c: "struct stm32_dma_sg_req %s[]" },
});

/** What MDMA needs to be triggered by a stream. */
export const mdmaConfig = struct("stm32_dma_mdma_config", { stream_id: u32, ifcr: u32, tcf: u32 });

export const stm32DmaChan = struct("stm32_dma_chan", {
	vchan: virtDmaChan.$member,
	config_init: bool,
	busy: bool,
	id: u32,
	irq: u32,
	desc: ptr("struct stm32_dma_desc"),
	next_sg: u32,
	dma_sconfig: dmaSlaveConfig.$member,
	chan_reg: chanReg.$member,
	threshold: u32,
	mem_burst: u32,
	mem_width: u32,
	status: as(u32, "enum dma_status"),
	trig_mdma: bool,
	mdma_config: mdmaConfig.$member,
});

export const stm32DmaDevice = struct("stm32_dma_device", {
	ddev: dmaDevice.$member,
	base: ptr("void"),
	clk: ptr("struct clk"),
	mem2mem: bool,
	chan: array(stm32DmaChan.$member, MAX_CHANNELS),
});
