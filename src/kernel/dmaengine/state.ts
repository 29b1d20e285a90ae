/** What dmaengine's core keeps outside the public structs. */

/** Where a call was made: function index and pc of the C frame that called. */
export interface Origin {
	readonly fn: number;
	readonly pc: number;
}

/** What the core remembers of a descriptor beside its struct. */
export interface Prepared {
	/** The prep call; null when no C code made it. */
	readonly origin: Origin | null;
	/** Bytes to move. */
	readonly len: number;
	/** "memcpy", "slave_sg", "cyclic", … */
	readonly kind: string;
	/** The last cookie; completion clears the one in the struct before the callback runs. */
	cookie: number;
}

export interface DmaEngineState {
	/** Address of `dma_device_list` in simulated memory; 0 until the core has started. */
	deviceList: number;
	/** Address of dma_list_mutex; 0 until somebody needs it. */
	listMutex: number;
	/** Locks of channels for dmaengine_prep_config_*_safe, by address of the channel. */
	configLocks: Record<string, number>;
	/** Taken dma_device ids (the IDA gives out the lowest free one). */
	deviceIds: number[];
	/** Taken channel ids by dma_device address. */
	channelIds: Record<string, number[]>;
	/** Counts channels that came, went, got a client or lost one: what hardware stands behind a channel may have changed. */
	changes: number;
	/** Public clients: dmaengine_get minus dmaengine_put. */
	references: number;
	/** channel_table: dma_chan address by capability, 0 where there is none. */
	table: number[];
	/** Addresses of `struct of_dma`, in order of registration. */
	controllers: number[];
	/** The counter that spreads lookups over entries of the same name. */
	ofLookups: number;
	/** By address of the dma_async_tx_descriptor. */
	prepared: Record<string, Prepared>;
	/** C strings made for callers, by text. */
	texts: Record<string, number>;
	/** Address of the struct class `dma`. */
	class: number;
	/** What controllers' own dbg_summary_show has said, by address of the struct dma_device: made before each read. */
	summaries: Record<string, string>;
}

export const createDmaEngineState = (): DmaEngineState => ({
	deviceList: 0,
	listMutex: 0,
	configLocks: {},
	deviceIds: [],
	channelIds: {},
	changes: 0,
	references: 0,
	table: [],
	controllers: [],
	ofLookups: 0,
	prepared: {},
	texts: {},
	class: 0,
	summaries: {},
});

/** The number wanted, unless it is taken; else the lowest that is not. Takes it. */
export function takeId(taken: number[], wanted?: number): number {
	let id = wanted === undefined || taken.includes(wanted) ? 0 : wanted;
	while (taken.includes(id)) id++;
	taken.push(id);
	return id;
}
