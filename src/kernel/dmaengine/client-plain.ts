/** The inline helpers of dmaengine.h that only compute or set members (core-semantics 1.3, 1.4). */
import { type KernelFunction, plain } from "../functions";
import type { Kernel } from "../kernel";
import type { Field } from "../struct";
import { readMask } from "./caps";
import {
	Cap,
	DIRECTION_TEXT,
	Direction,
	DMA_CTRL_ACK,
	DMA_CTRL_REUSE,
	DMA_HAS_PQ_CONTINUE,
	DMA_PREP_CONTINUE,
	DMA_PREP_PQ_DISABLE_P,
} from "./constants";
import { cookieState } from "./cookies";
import { deviceNamePointer, initLock, kernelBytes } from "./external";
import {
	dataChunk,
	dmaAsyncTxDescriptor,
	dmaChan,
	dmaChanDev,
	dmaDevice,
	dmaInterleavedTemplate,
	dmaTxState,
} from "./structs";

const { flags } = dmaAsyncTxDescriptor;
const setFlag = (bit: number) => (k: Kernel, tx: number) => flags.set(k.space, tx, flags.get(k.space, tx) | bit);
const clearFlag = (bit: number) => (k: Kernel, tx: number) => flags.set(k.space, tx, flags.get(k.space, tx) & ~bit);
const testFlag = (bit: number) => (k: Kernel, tx: number) => (flags.get(k.space, tx) & bit) !== 0;

/** Whether the low `shift` bits of all three are clear; addresses may exceed 32 bits, the shift may not. */
export const isAligned = (shift: number, ...values: number[]): boolean =>
	values.every((value) => ((value % 4294967296) & ((1 << shift) - 1)) === 0);

const alignedBy = (field: Field) => (k: Kernel, device: number, off1: number, off2: number, len: number) =>
	isAligned(field.get(k.space, device), off1, off2, len);

/** Gap after a chunk on one side of an interleaved transfer, in bytes. */
export const icg = (inc: number | boolean, sgl: number | boolean, gap: number, own: number): number =>
	inc ? own || (sgl ? gap : 0) : 0;

export function maxPq(k: Kernel, device: number, prepFlags: number): number {
	const field = dmaDevice.max_pq.get(k.space, device);
	const sources = field & ~DMA_HAS_PQ_CONTINUE;
	if (field & DMA_HAS_PQ_CONTINUE || !(prepFlags & DMA_PREP_CONTINUE)) return sources;
	return prepFlags & DMA_PREP_PQ_DISABLE_P ? sources - 1 : sources - 3;
}

/** The device to map memory for: the channel's own class device when it asks for that, else the controller. */
export function dmaDeviceOf(k: Kernel, chan: number): number {
	const dev = dmaChan.dev.get(k.space, chan);
	if (dmaChanDev.chan_dma_dev.get(k.space, dev)) return dmaChanDev.device.at(dev);
	return dmaDevice.dev.get(k.space, dmaChan.device.get(k.space, chan));
}

const pqContinue = DMA_PREP_CONTINUE | DMA_PREP_PQ_DISABLE_P;

export const clientPlainFunctions: KernelFunction[] = plain({
	"int dma_submit_error(dma_cookie_t cookie)": (_, cookie) => Math.min(cookie, 0),
	"bool is_slave_direction(enum dma_transfer_direction direction)": (_, direction) =>
		direction >= Direction.MEM_TO_DEV && direction <= Direction.DEV_TO_DEV,
	"const char *dma_chan_name(struct dma_chan *chan)": (k, chan) =>
		deviceNamePointer(k, dmaChanDev.device.at(dmaChan.dev.get(k.space, chan))),
	"char *dmaengine_get_direction_text(enum dma_transfer_direction dir)": (k, dir) =>
		kernelBytes(k, DIRECTION_TEXT[dir] ?? "invalid"),
	"struct device *dmaengine_get_dma_device(struct dma_chan *chan)": dmaDeviceOf,
	"enum dma_status dma_async_is_complete(dma_cookie_t cookie, dma_cookie_t last_complete, dma_cookie_t last_used)": (
		_,
		cookie,
		last,
		used,
	) => cookieState(cookie, last, used),
	"void dma_set_tx_state(struct dma_tx_state *st, dma_cookie_t last, dma_cookie_t used, u32 residue)": (
		k,
		st,
		last,
		used,
		residue,
	) => {
		if (st === 0) return;
		dmaTxState.last.set(k.space, st, last);
		dmaTxState.used.set(k.space, st, used);
		dmaTxState.residue.set(k.space, st, residue);
	},
	"bool dmaengine_is_metadata_mode_supported(struct dma_chan *chan, enum dma_desc_metadata_mode mode)": (
		k,
		chan,
		mode,
	) => chan !== 0 && (dmaDevice.desc_metadata_modes.get(k.space, dmaChan.device.get(k.space, chan)) & mode) !== 0,
	"void dmaengine_desc_clear_reuse(struct dma_async_tx_descriptor *tx)": clearFlag(DMA_CTRL_REUSE),
	"bool dmaengine_desc_test_reuse(struct dma_async_tx_descriptor *tx)": testFlag(DMA_CTRL_REUSE),
	"void async_tx_ack(struct dma_async_tx_descriptor *tx)": setFlag(DMA_CTRL_ACK),
	"void async_tx_clear_ack(struct dma_async_tx_descriptor *tx)": clearFlag(DMA_CTRL_ACK),
	"bool async_tx_test_ack(struct dma_async_tx_descriptor *tx)": testFlag(DMA_CTRL_ACK),

	"bool dmaengine_check_align(enum dmaengine_alignment align, size_t off1, size_t off2, size_t len)": (
		_,
		align,
		off1,
		off2,
		len,
	) => isAligned(align, off1, off2, len),
	"bool is_dma_copy_aligned(struct dma_device *dev, size_t off1, size_t off2, size_t len)": alignedBy(
		dmaDevice.copy_align,
	),
	"bool is_dma_xor_aligned(struct dma_device *dev, size_t off1, size_t off2, size_t len)": alignedBy(
		dmaDevice.xor_align,
	),
	"bool is_dma_pq_aligned(struct dma_device *dev, size_t off1, size_t off2, size_t len)": alignedBy(dmaDevice.pq_align),
	"bool is_dma_fill_aligned(struct dma_device *dev, size_t off1, size_t off2, size_t len)": alignedBy(
		dmaDevice.fill_align,
	),

	"void dma_set_maxpq(struct dma_device *dma, int maxpq, int has_pq_continue)": (k, device, count, native) =>
		dmaDevice.max_pq.set(k.space, device, native ? count | DMA_HAS_PQ_CONTINUE : count),
	"bool dmaf_continue(enum dma_ctrl_flags flags)": (_, f) => (f & DMA_PREP_CONTINUE) !== 0,
	"bool dmaf_p_disabled_continue(enum dma_ctrl_flags flags)": (_, f) => (f & pqContinue) === pqContinue,
	"bool dma_dev_has_pq_continue(struct dma_device *dma)": (k, device) =>
		(dmaDevice.max_pq.get(k.space, device) & DMA_HAS_PQ_CONTINUE) !== 0,
	"u16 dma_dev_to_maxpq(struct dma_device *dma)": (k, device) =>
		dmaDevice.max_pq.get(k.space, device) & ~DMA_HAS_PQ_CONTINUE,
	"int dma_maxpq(struct dma_device *dma, enum dma_ctrl_flags flags)": maxPq,

	"size_t dmaengine_get_icg(bool inc, bool sgl, size_t icg, size_t dir_icg)": (_, inc, sgl, gap, own) =>
		icg(inc, sgl, gap, own),
	"size_t dmaengine_get_dst_icg(struct dma_interleaved_template *xt, struct data_chunk *chunk)": (k, xt, chunk) =>
		icg(
			dmaInterleavedTemplate.dst_inc.get(k.space, xt),
			dmaInterleavedTemplate.dst_sgl.get(k.space, xt),
			dataChunk.icg.get(k.space, chunk),
			dataChunk.dst_icg.get(k.space, chunk),
		),
	"size_t dmaengine_get_src_icg(struct dma_interleaved_template *xt, struct data_chunk *chunk)": (k, xt, chunk) =>
		icg(
			dmaInterleavedTemplate.src_inc.get(k.space, xt),
			dmaInterleavedTemplate.src_sgl.get(k.space, xt),
			dataChunk.icg.get(k.space, chunk),
			dataChunk.src_icg.get(k.space, chunk),
		),

	"void __dma_cap_set(enum dma_transaction_type tx_type, dma_cap_mask_t *dstp)": (k, cap, mask) =>
		k.space.w32(mask, k.space.r32(mask) | (1 << cap)),
	"void __dma_cap_clear(enum dma_transaction_type tx_type, dma_cap_mask_t *dstp)": (k, cap, mask) =>
		k.space.w32(mask, k.space.r32(mask) & ~(1 << cap)),
	"void __dma_cap_zero(dma_cap_mask_t *dstp)": (k, mask) => k.space.w64(mask, 0),
	"int __dma_has_cap(enum dma_transaction_type tx_type, dma_cap_mask_t *srcp)": (k, cap, mask) =>
		cap < Cap.TX_TYPE_END && (readMask(k, mask) & (1 << cap)) !== 0 ? 1 : 0,

	"void dma_async_tx_descriptor_init(struct dma_async_tx_descriptor *tx, struct dma_chan *chan)": (k, tx, chan) => {
		dmaAsyncTxDescriptor.chan.set(k.space, tx, chan);
		initLock(k, dmaAsyncTxDescriptor.lock.at(tx), "&tx->lock");
	},
});
