/** The driver's private structs, in simulated memory as Linux 6.12 lays them out (bcm2835-dma.c). */
import { dmaDevice, dmaSlaveConfig, virtDmaChan, virtDmaDesc } from "../../dmaengine/structs";
import { array, as, bool, ptr, s32, struct, u32, u64 } from "../../struct";

const unsignedInt = as(u32, "unsigned int");
const size = as(u64, "size_t");
const dmaAddress = as(u64, "dma_addr_t");

export const bcm2835DmaDev = struct("bcm2835_dmadev", {
	ddev: dmaDevice.$member,
	base: ptr("void"),
	zero_page: dmaAddress,
});

/** A control block: what the hardware reads. */
export const bcm2835DmaCb = struct("bcm2835_dma_cb", {
	info: u32,
	src: u32,
	dst: u32,
	length: u32,
	stride: u32,
	next: u32,
	pad: array(u32, 2),
});

export const bcm2835CbEntry = struct("bcm2835_cb_entry", { cb: ptr("struct bcm2835_dma_cb"), paddr: dmaAddress });

export const bcm2835Chan = struct("bcm2835_chan", {
	vc: virtDmaChan.$member,
	cfg: dmaSlaveConfig.$member,
	dreq: unsignedInt,
	ch: s32,
	desc: ptr("struct bcm2835_desc"),
	cb_pool: ptr("struct dma_pool"),
	chan_base: ptr("void"),
	irq_number: s32,
	irq_flags: unsignedInt,
	is_lite_channel: bool,
});

/** `cb_list[frames]` follows at `cb_list`. */
export const bcm2835Desc = struct("bcm2835_desc", {
	c: ptr("struct bcm2835_chan"),
	vd: virtDmaDesc.$member,
	dir: as(u32, "enum dma_transfer_direction"),
	frames: unsignedInt,
	size,
	cyclic: bool,
	cb_list: { ...bcm2835CbEntry.$member, size: 0, c: "struct bcm2835_cb_entry %s[]" },
});
