/** The router's private structs, in simulated memory as Linux 6.12 lays them out (stm32-dmamux.c). */
import { dmaRouter } from "../../dmaengine/structs";
import { array, as, ptr, struct, u32 } from "../../struct";

export const MAX_OUTPUTS = 32;

/** One route. */
export const stm32Dmamux = struct("stm32_dmamux", { master: u32, request: u32, chan_id: u32 });

/** `dma_reqs[]` follows: how many masters, then the outputs of each. */
export const stm32DmamuxData = struct("stm32_dmamux_data", {
	dmarouter: dmaRouter.$member,
	clk: ptr("struct clk"),
	iomem: ptr("void"),
	dma_requests: u32,
	dmamux_requests: u32,
	lock: as(u32, "spinlock_t"),
	dma_inuse: array(u32, 2),
	ccr: array(u32, MAX_OUTPUTS),
	dma_reqs: { ...u32, size: 0, c: "u32 %s[]" },
});
