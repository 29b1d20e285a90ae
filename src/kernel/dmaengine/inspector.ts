/** What a controller's driver tells a debugger of its channels. */
import type { Kernel } from "../kernel";

/** A block that the hardware moves in one go. Addresses are bus addresses, lengths bytes. */
export interface ChunkInfo {
	/** Address of the item that describes it; -1 when only the driver has it, in registers to be written. */
	readonly address: number;
	readonly src: number;
	readonly dst: number;
	readonly len: number;
}

/** Where a descriptor can be. */
export const QUEUES = ["allocated", "submitted", "issued", "active", "completed", "terminated"] as const;

/** What a driver's channels have beside the public structs. Called while looking (io/looking.ts): reads change nothing. */
export interface DriverInspector {
	/** Name of its device_tx_status: how a channel's driver is recognised. */
	readonly txStatus: string;
	/** Whether the hardware works on the active descriptor: the head of the issued list unless `active` says more. */
	isRunning(k: Kernel, chan: number): boolean;
	/** For a driver that takes what it runs off the issued list: its dma_async_tx_descriptor, 0 for none. */
	active?(k: Kernel, chan: number): number;
	/** For a driver with lists of its own instead of virt-dma's: the dma_async_tx_descriptors on them, in order. */
	queues?(k: Kernel, chan: number): Readonly<Partial<Record<(typeof QUEUES)[number], readonly number[]>>>;
	/** The tasklet that completes the channel's descriptors, where that is not virt-dma's. */
	tasklet?(chan: number): number;
	isPaused(k: Kernel, chan: number): boolean;
	isCyclic(k: Kernel, chan: number): boolean;
	/** Address of the channel's copy of its slave config. */
	config(k: Kernel, chan: number): number;
	length(k: Kernel, tx: number): number;
	chunks(k: Kernel, tx: number): ChunkInfo[];
	residue(k: Kernel, tx: number): number;
	channelNumber(k: Kernel, chan: number): number;
}
