/** Numbers of include/linux/dmaengine.h (core-semantics 1.1). */
import { isError } from "../errno";

export enum DmaStatus {
	COMPLETE = 0,
	IN_PROGRESS = 1,
	PAUSED = 2,
	ERROR = 3,
	OUT_OF_ORDER = 4,
}

/** enum dma_transaction_type: bit numbers in a dma_cap_mask_t. */
export enum Cap {
	MEMCPY = 0,
	XOR = 1,
	PQ = 2,
	XOR_VAL = 3,
	PQ_VAL = 4,
	MEMSET = 5,
	MEMSET_SG = 6,
	INTERRUPT = 7,
	PRIVATE = 8,
	ASYNC_TX = 9,
	SLAVE = 10,
	CYCLIC = 11,
	INTERLEAVE = 12,
	COMPLETION_NO_ORDER = 13,
	REPEAT = 14,
	LOAD_EOT = 15,
	TX_TYPE_END = 16,
}

/** enum dma_transfer_direction. */
export enum Direction {
	MEM_TO_MEM = 0,
	MEM_TO_DEV = 1,
	DEV_TO_MEM = 2,
	DEV_TO_DEV = 3,
	TRANS_NONE = 4,
}
/** is_slave_direction: between two devices, too, whether a driver can do that or not. */
export const isSlaveDirection = (direction: number): boolean =>
	direction >= Direction.MEM_TO_DEV && direction <= Direction.DEV_TO_DEV;
export const DIRECTION_TEXT: readonly string[] = ["MEM_TO_MEM", "MEM_TO_DEV", "DEV_TO_MEM", "DEV_TO_DEV"];

/** enum dma_ctrl_flags. */
export const DMA_PREP_INTERRUPT = 0x001;
export const DMA_CTRL_ACK = 0x002;
export const DMA_PREP_PQ_DISABLE_P = 0x004;
export const DMA_PREP_PQ_DISABLE_Q = 0x008;
export const DMA_PREP_CONTINUE = 0x010;
export const DMA_PREP_FENCE = 0x020;
export const DMA_CTRL_REUSE = 0x040;
export const DMA_PREP_REPEAT = 0x100;
export const DMA_HAS_PQ_CONTINUE = 1 << 15;

export const METADATA_CLIENT = 1;
export const METADATA_ENGINE = 2;

export const DMA_MIN_COOKIE = 1;
export const RESIDUE_GRANULARITY_BURST = 2;

export {
	EAGAIN,
	EBUSY,
	EINVAL,
	EIO,
	ENODEV,
	ENOMEM,
	ENOSYS,
	ENOTSUPP,
	ENXIO,
	EOVERFLOW,
	EPERM,
	EPROBE_DEFER,
	isError as isErr,
} from "../errno";

export const isErrOrNull = (pointer: number): boolean => pointer === 0 || isError(pointer);
