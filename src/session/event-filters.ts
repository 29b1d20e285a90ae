/** Events that a debugger can stop at. */
import type { EventFilter } from "./api";

const NAMES = "C over chan (struct dma_chan *), cookie (s32), addr (u64), len (u32): ";
const DESCRIPTOR = `${NAMES}addr and len are the descriptor's first source address and its bytes`;
const CHUNK = `${NAMES}addr is the item's address, len the block's bytes`;
const BURST = `${NAMES}addr is the address that failed, len the burst's bytes`;
const NONE = `${NAMES}here chan is NULL and the others are 0`;
const FAULT = `${NAMES}addr is the address that faulted; chan is NULL`;

export const eventFilters: readonly EventFilter[] = [
	stop("submit", "Descriptor submitted", "dmaengine_submit has given a descriptor its cookie.", DESCRIPTOR),
	stop("issue_pending", "Pending descriptors issued", "dma_async_issue_pending was called.", DESCRIPTOR),
	stop("start", "Channel starts", "The hardware fetches the first item of a transfer.", DESCRIPTOR),
	stop("chunk", "Chunk begins", "The hardware has loaded a block: a linked-list item or its registers.", CHUNK),
	stop("irq", "Interrupt", "The CPU takes an interrupt of a device.", NONE),
	stop("complete", "Descriptor complete", "The driver marks a descriptor's cookie as complete.", DESCRIPTOR),
	stop("callback", "Callback", "A descriptor's callback is about to run.", DESCRIPTOR),
	stop("terminate", "Channel terminated", "dmaengine_terminate_async or _sync was called.", DESCRIPTOR),
	exception("bus-error", "Bus error", "A DMA burst was answered with a slave or decode error.", BURST),
	exception(
		"oops",
		"Oops",
		"The kernel did what no kernel may do; a WARN(); or C touched memory that it must not.",
		FAULT,
	),
];

function stop(filter: string, label: string, description: string, conditionHelp: string): EventFilter {
	return { filter, label, description, byDefault: false, kind: "stop", conditionHelp };
}
function exception(filter: string, label: string, description: string, conditionHelp: string): EventFilter {
	return { filter, label, description, byDefault: true, kind: "exception", conditionHelp };
}

/** Something happened that a filter asks for. */
export interface EventHit {
	readonly filter: string;
	readonly text: string;
	/** Name of the channel; "" where there is none. */
	readonly chan: string;
	/** 0: not known yet, or none. */
	readonly cookie: number;
	readonly addr: number;
	readonly len: number;
	/** The hardware did it, not the CPU: the stop is the channel's. */
	readonly hardware: boolean;
	/** Of a bus error. */
	readonly burst?: BurstError;
	/** Of a report after which the kernel goes on: what it is, and the stack where it was made, innermost frame first. */
	readonly report?: { readonly id: "Memory error" | "Warning"; readonly stack: readonly string[] };
}

export interface BurstError {
	readonly src: number;
	readonly dst: number;
	readonly length: number;
	readonly decode: boolean;
}
