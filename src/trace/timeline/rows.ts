/** The rows of a time line and the samples that each of them has. */
import type { RecordKind } from "../../sim/observers";
import { type Budget, Series } from "./series";
import { CLASS_NAMES } from "./state-names";

export type RowKind = "cpu" | "softirq" | "interrupt" | "callback" | "log" | "channel" | "queue" | "fifo";

/** What a channel does, as codes of its states. */
export enum ChannelActivity {
	Idle = 0,
	Running = 1,
	Paused = 2,
	Error = 3,
}

/** Marks are single moments. The order is that of the bits in aggregated data. */
export const MARKS = [
	"prep",
	"submit",
	"issue_pending",
	"start",
	"chunk",
	"complete",
	"callback",
	"terminate",
	"pause",
	"resume",
	"synchronize",
	"irq",
	"printk",
	"mark",
	"finding",
] as const satisfies readonly RecordKind[];

export interface Row {
	/** "cpu0", "softirq", "irq27", "callback", "log", "dma0chan3", "dma0chan3:queue", "dma0chan3:fifo". */
	readonly id: string;
	readonly kind: RowKind;
	readonly label: string;
	/** Number within its kind, for the order of rows. */
	readonly order: number;
	/** Samples are codes of states; `code % CLASS_NAMES[kind].length` is its class. */
	readonly states: Series | null;
	/** Value: number of the details; extra: index in MARKS. */
	readonly marks: Series;
	/** Value: address of the item, -1 when there is none; extra: bytes of the block. */
	readonly chunks: Series | null;
	/** Value: bytes; extra: response of the bus. */
	readonly bursts: Series | null;
	/** Values that stand until the next sample. */
	readonly levels: readonly { readonly name: string; readonly series: Series }[];
	/** What fits in; 0 when there is no limit. */
	depth: number;
}

const LEVELS: Readonly<Partial<Record<RowKind, readonly string[]>>> = {
	queue: ["issued", "submitted"],
	fifo: ["level"],
};

const KIND_ORDER: readonly RowKind[] = ["cpu", "softirq", "interrupt", "callback", "log", "channel", "queue", "fifo"];

export function createRow(budget: Budget, id: string, kind: RowKind, label: string, order: number): Row {
	return {
		id,
		kind,
		label,
		order,
		states: CLASS_NAMES[kind].length > 0 ? new Series(budget) : null,
		marks: new Series(budget),
		chunks: kind === "channel" ? new Series(budget) : null,
		bursts: kind === "channel" ? new Series(budget) : null,
		levels: (LEVELS[kind] ?? []).map((name) => ({ name, series: new Series(budget) })),
		depth: 0,
	};
}

/** All series of a row. */
export function seriesOf({ states, marks, chunks, bursts, levels }: Row): Series[] {
	const own = [states, marks, chunks, bursts].filter((series) => series !== null);
	return [...own, ...levels.map(({ series }) => series)];
}

/** CPUs first, then softirqs, interrupts, callbacks and log, then each channel with its queue and FIFO, then devices. */
export function compareRows(a: Row, b: Row): number {
	return group(a) - group(b) || a.order - b.order || KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind);
}

function group({ kind, order }: Row): number {
	if (kind === "channel" || kind === "queue" || kind === "fifo") return order < DEVICE_ORDER ? 100 : 101;
	return KIND_ORDER.indexOf(kind);
}

/** Rows of devices that are no controller come behind those of all channels. */
export const DEVICE_ORDER = 1e6;
