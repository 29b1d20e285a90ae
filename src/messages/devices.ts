/** What a debug adapter tells about the board's DMA devices. Shared by adapter and extension. */
import type { ChannelActivity } from "./state";

/** Request without arguments; answers {@link DevicesMessage}. */
export const DEVICES_REQUEST = "dmascope/devices";
/** Request with {@link RegistersArguments}; answers {@link RegistersMessage}. */
export const REGISTERS_REQUEST = "dmascope/registers";

export interface PlaceMessage {
	readonly file: string;
	/** As the client counts them. */
	readonly line: number;
	/** `file` is the name of a built-in board's page ("boards/stm32mp157.dtsi"), not a path. */
	readonly builtin: boolean;
}

export interface NamedTextMessage {
	readonly name: string;
	readonly value: string;
}

export interface DeviceMessage {
	/** dev_name(): "80000.dma-controller". */
	readonly name: string;
	/** Devicetree labels. */
	readonly labels: readonly string[];
	readonly compatible: string;
	/** Name of the bound driver; "" while there is none. */
	readonly driver: string;
	/** Where its node stands; null for a device without one. */
	readonly place: PlaceMessage | null;
	/** {@link REGISTERS_REQUEST} has an answer for it. */
	readonly registers: boolean;
}

export interface DmaChannelMessage {
	/** "dma0chan3" */
	readonly id: string;
	readonly threadId: number;
	/** Who holds it; null when nobody does. */
	readonly client: string | null;
	readonly state: ChannelActivity;
	/** Its number on the controller. */
	readonly number: number;
	/** From the request line to the channel in words; "" when it serves none. */
	readonly route: string;
	/** The call that prepared the descriptor it works on. */
	readonly prepared: PlaceMessage | null;
	/** It has a thread now. */
	readonly busy: boolean;
	/** What it does: direction, progress, residue, cookies by queue. */
	readonly details: readonly NamedTextMessage[];
}

export interface ControllerMessage extends DeviceMessage {
	/** "dma0"; "" before its driver has registered it. */
	readonly dma: string;
	readonly capabilities: readonly NamedTextMessage[];
	readonly channels: readonly DmaChannelMessage[];
}

export interface RouterMessage extends DeviceMessage {
	readonly outputs: readonly {
		readonly output: number;
		/** The request input that it listens to; 0: none. */
		readonly input: number;
		/** "48000000.dma-controller channel 3 (dma1chan3)" */
		readonly target: string;
		/** Whose request that is; "" for nobody's. */
		readonly client: string;
	}[];
}

export interface ClientMessage extends DeviceMessage {
	readonly requests: readonly {
		/** Of `dma-names`. */
		readonly name: string;
		/** From the request line to the channel. */
		readonly route: readonly string[];
		/** The channel that serves it now; null: nobody has asked for it. */
		readonly channel: string | null;
	}[];
}

export interface DevicesMessage {
	readonly controllers: readonly ControllerMessage[];
	readonly routers: readonly RouterMessage[];
	readonly clients: readonly ClientMessage[];
}

export interface RegistersArguments {
	/** A device's name. */
	readonly device: string;
	/** A channel's number; without it the registers that belong to no channel. */
	readonly channel?: number;
}

export interface RegisterMessage {
	readonly name: string;
	readonly address: string;
	readonly value: string;
	readonly fields: readonly (NamedTextMessage & {
		/** "bit 3", "bits 7:4" */
		readonly bits: string;
	})[];
}

export interface RegistersMessage {
	readonly registers: readonly RegisterMessage[];
}
