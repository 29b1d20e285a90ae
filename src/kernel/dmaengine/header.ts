/** C text of dmaengine.h, virt-dma.h, the private dmaengine.h and of_dma.h, as far as it is not functions. */
import { seqFile } from "../fs/seq-file";
import type { StructMeta } from "../struct";
import * as structs from "./structs";

/** An enum with consecutive or given values. */
function enumText(tag: string, constants: Record<string, number>): string {
	const body = Object.entries(constants)
		.map(([name, value]) => `\t${name} = ${value},`)
		.join("\n");
	return `enum ${tag} {\n${body}\n};\n`;
}

const numbered = (prefix: string, names: readonly string[]): Record<string, number> =>
	Object.fromEntries(names.map((name, index) => [prefix + name, index]));

const enums = [
	enumText("dma_status", numbered("DMA_", ["COMPLETE", "IN_PROGRESS", "PAUSED", "ERROR", "OUT_OF_ORDER"])),
	enumText(
		"dma_transaction_type",
		numbered("DMA_", [
			"MEMCPY",
			"XOR",
			"PQ",
			"XOR_VAL",
			"PQ_VAL",
			"MEMSET",
			"MEMSET_SG",
			"INTERRUPT",
			"PRIVATE",
			"ASYNC_TX",
			"SLAVE",
			"CYCLIC",
			"INTERLEAVE",
			"COMPLETION_NO_ORDER",
			"REPEAT",
			"LOAD_EOT",
			"TX_TYPE_END",
		]),
	),
	enumText(
		"dma_transfer_direction",
		numbered("DMA_", ["MEM_TO_MEM", "MEM_TO_DEV", "DEV_TO_MEM", "DEV_TO_DEV", "TRANS_NONE"]),
	),
	enumText("dma_ctrl_flags", {
		DMA_PREP_INTERRUPT: 0x001,
		DMA_CTRL_ACK: 0x002,
		DMA_PREP_PQ_DISABLE_P: 0x004,
		DMA_PREP_PQ_DISABLE_Q: 0x008,
		DMA_PREP_CONTINUE: 0x010,
		DMA_PREP_FENCE: 0x020,
		DMA_CTRL_REUSE: 0x040,
		DMA_PREP_CMD: 0x080,
		DMA_PREP_REPEAT: 0x100,
		DMA_PREP_LOAD_EOT: 0x200,
	}),
	enumText("sum_check_bits", { SUM_CHECK_P: 0, SUM_CHECK_Q: 1 }),
	enumText("sum_check_flags", { SUM_CHECK_P_RESULT: 1, SUM_CHECK_Q_RESULT: 2 }),
	enumText("dma_desc_metadata_mode", { DESC_METADATA_NONE: 0, DESC_METADATA_CLIENT: 1, DESC_METADATA_ENGINE: 2 }),
	enumText("dma_slave_buswidth", {
		DMA_SLAVE_BUSWIDTH_UNDEFINED: 0,
		DMA_SLAVE_BUSWIDTH_1_BYTE: 1,
		DMA_SLAVE_BUSWIDTH_2_BYTES: 2,
		DMA_SLAVE_BUSWIDTH_3_BYTES: 3,
		DMA_SLAVE_BUSWIDTH_4_BYTES: 4,
		DMA_SLAVE_BUSWIDTH_8_BYTES: 8,
		DMA_SLAVE_BUSWIDTH_16_BYTES: 16,
		DMA_SLAVE_BUSWIDTH_32_BYTES: 32,
		DMA_SLAVE_BUSWIDTH_64_BYTES: 64,
		DMA_SLAVE_BUSWIDTH_128_BYTES: 128,
	}),
	enumText("dma_residue_granularity", numbered("DMA_RESIDUE_GRANULARITY_", ["DESCRIPTOR", "SEGMENT", "BURST"])),
	enumText("dmaengine_tx_result", numbered("DMA_TRANS_", ["NOERROR", "READ_FAILED", "WRITE_FAILED", "ABORTED"])),
	enumText("dmaengine_alignment", {
		DMAENGINE_ALIGN_1_BYTE: 0,
		DMAENGINE_ALIGN_2_BYTES: 1,
		DMAENGINE_ALIGN_4_BYTES: 2,
		DMAENGINE_ALIGN_8_BYTES: 3,
		DMAENGINE_ALIGN_16_BYTES: 4,
		DMAENGINE_ALIGN_32_BYTES: 5,
		DMAENGINE_ALIGN_64_BYTES: 6,
		DMAENGINE_ALIGN_128_BYTES: 7,
		DMAENGINE_ALIGN_256_BYTES: 8,
	}),
].join("");

const forward = `
typedef s32 dma_cookie_t;
#define DMA_MIN_COOKIE 1
#define DMA_HAS_PQ_CONTINUE (1 << 15)
struct xarray { spinlock_t xa_lock; gfp_t xa_flags; void *xa_head; };
struct ida { struct xarray xa; };
struct dma_chan;
struct dma_chan_dev;
struct dma_device;
struct dma_async_tx_descriptor;
struct dmaengine_result;
struct dmaengine_unmap_data;
struct dma_slave_caps;
struct dma_slave_config;
struct dma_tx_state;
struct virt_dma_desc;
struct virt_dma_chan;
struct of_dma;
struct of_phandle_args;
struct scatterlist;
${seqFile.$c}
struct dentry;
struct device_node;
`;

const typedefs = `
typedef struct { unsigned long bits[1]; } dma_cap_mask_t;
typedef bool (*dma_filter_fn)(struct dma_chan *chan, void *filter_param);
typedef void (*dma_async_tx_callback)(void *dma_async_param);
typedef void (*dma_async_tx_callback_result)(void *dma_async_param, const struct dmaengine_result *result);
`;

const macros = `
#define dma_cap_set(tx, mask) __dma_cap_set((tx), &(mask))
#define dma_cap_clear(tx, mask) __dma_cap_clear((tx), &(mask))
#define dma_cap_zero(mask) __dma_cap_zero(&(mask))
#define dma_has_cap(tx, mask) __dma_has_cap((tx), &(mask))
#define for_each_dma_cap_mask(cap, mask) \\
	for ((cap) = 0; (cap) < DMA_TX_TYPE_END; (cap)++) \\
		if (!((mask).bits[0] & (1UL << (cap)))) {} else
#define dma_request_channel(mask, x, y) __dma_request_channel(&(mask), x, y, NULL)
#define of_dma_router_free of_dma_controller_free
#define async_dmaengine_get() dmaengine_get()
#define async_dmaengine_put() dmaengine_put()
#define async_dma_find_channel(type) dma_find_channel(type)
`;

/** In the order in which C needs them. */
const text: readonly StructMeta[] = [
	structs.dataChunk,
	structs.dmaInterleavedTemplate,
	structs.dmaVec,
	structs.dmaChanPercpu,
	structs.dmaRouter,
	structs.dmaChan,
	structs.dmaChanDev,
	structs.dmaSlaveConfig,
	structs.dmaSlaveCaps,
	structs.dmaengineResult,
	structs.dmaengineUnmapData,
	structs.dmaDescriptorMetadataOps,
	structs.dmaAsyncTxDescriptor,
	structs.dmaTxState,
	structs.dmaSlaveMap,
	structs.dmaFilter,
	structs.dmaDevice,
	structs.dmaengineDescCallback,
	structs.virtDmaDesc,
	structs.virtDmaChan,
	structs.ofDma,
	structs.ofDmaFilterInfo,
];

/** Needs the headers of lists, locks, tasklets, devices and the device tree in front of it. */
export const dmaengineHeader = `${forward}${enums}${typedefs}${text.map((s) => s.$c).join("\n")}\n${macros}`;
