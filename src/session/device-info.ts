/** The board's DMA devices as a front end lists them: controllers, routers, clients, and the routes between them. */
import type { ChannelSummary } from "./api";

export interface PlaceInfo {
	readonly file: string;
	/** 1-based. */
	readonly line: number;
	/** A board of ours: `file` is the name of a page ("boards/stm32mp157.dtsi"), not a path. */
	readonly builtin: boolean;
}

export interface NamedText {
	readonly name: string;
	readonly value: string;
}

/** What all devices have. */
export interface DeviceInfo {
	/** dev_name(): "80000.dma-controller". */
	readonly name: string;
	/** Devicetree labels. */
	readonly labels: readonly string[];
	readonly compatible: string;
	/** Name of the bound driver; "" while there is none. */
	readonly driver: string;
	/** Where its node stands; null for a device without one. */
	readonly place: PlaceInfo | null;
	/** It has registers that `deviceRegisters` can show. */
	readonly registers: boolean;
}

export interface DmaChannelInfo extends Pick<ChannelSummary, "id" | "threadId" | "client" | "state"> {
	/** Its number on the controller. */
	readonly number: number;
	/** The route of the request that it serves; "" when it serves none. */
	readonly route: string;
	/** The call that prepared the descriptor it works on. */
	readonly prepared: PlaceInfo | null;
	/** It has a thread now. */
	readonly busy: boolean;
	/** What it does: direction, progress, residue, cookies by queue. */
	readonly details: readonly NamedText[];
}

export interface ControllerInfo extends DeviceInfo {
	/** "dma0"; "" before its driver has registered it. */
	readonly dma: string;
	readonly capabilities: readonly NamedText[];
	readonly channels: readonly DmaChannelInfo[];
}

export interface RouterInfo extends DeviceInfo {
	readonly outputs: readonly RouterOutputInfo[];
}

export interface RouterOutputInfo {
	readonly output: number;
	/** The request input that it listens to; 0: none. */
	readonly input: number;
	/** Where it leads: "48000000.dma-controller channel 3 (dma1chan3)". */
	readonly target: string;
	/** Whose request that is: "40010000.serial:rx"; "" for nobody's. */
	readonly client: string;
}

export interface ClientInfo extends DeviceInfo {
	readonly requests: readonly RequestInfo[];
}

/** An entry of a client's `dmas`. */
export interface RequestInfo {
	/** Of `dma-names`: "tx". */
	readonly name: string;
	/** From the request line to the channel: "request 1", "80000.dma-controller", "dma0chan1". */
	readonly route: readonly string[];
	/** The channel that serves it now; null: nobody has asked for it. */
	readonly channel: string | null;
}

export interface DmaDevices {
	readonly controllers: readonly ControllerInfo[];
	readonly routers: readonly RouterInfo[];
	readonly clients: readonly ClientInfo[];
}

export interface RegisterInfo {
	readonly name: string;
	/** Bus address: "0x80110". */
	readonly address: string;
	/** "(write only)" when reading is no use. */
	readonly value: string;
	readonly fields: readonly RegisterFieldInfo[];
}

export interface RegisterFieldInfo extends NamedText {
	/** "bit 3", "bits 7:4" */
	readonly bits: string;
}
