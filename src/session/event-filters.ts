/** Events that a debugger can stop at, and the observer that waits for them. */
import type { Machine } from "../sim/machine";
import type { Observer, RecordFields, RecordKind } from "../sim/observers";
import { Response } from "../sim/observers";
import type { BreakpointStatus, EventFilter, EventFilterRequest } from "./api";

const CHANNEL = "C over chan (struct dma_chan *), cookie (s32)";
const BURST = "C over chan (struct dma_chan *), addr (u64), len (u32)";

export const eventFilters: readonly EventFilter[] = [
	stop("submit", "Descriptor submitted", "dmaengine_submit has given a descriptor its cookie.", CHANNEL),
	stop("issue_pending", "Pending descriptors issued", "dma_async_issue_pending was called.", CHANNEL),
	stop("irq", "Interrupt", "The CPU takes an interrupt of a device.", "C over globals"),
	stop("callback", "Callback", "A descriptor's callback is about to run.", CHANNEL),
	exception("bus-error", "Bus error", "A DMA burst was answered with a slave or decode error.", BURST),
	exception(
		"oops",
		"Oops",
		"The kernel did what no kernel may do; or C touched memory that it must not.",
		"C over globals",
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
	readonly cookie: number;
	readonly addr: number;
	readonly len: number;
}

/** Record kinds and the filters that they trip. */
const BY_RECORD: Partial<Record<RecordKind, string>> = {
	submit: "submit",
	issue_pending: "issue_pending",
	irq: "irq",
	callback: "callback",
	finding: "oops",
};

/** Findings that are as bad as an oops: those of the memory checkers. */
const MEMORY_RULES = ["KASAN", "KMSAN"];

export class EventWatch {
	/** Hits since the run was last looked at; asking for a stop is all that an observer does. */
	hits: EventHit[] = [];
	private readonly conditions = new Map<string, string>();
	private ids = new Map<string, number>();
	private observer: Observer | null = null;

	constructor(
		private readonly machine: Machine,
		private readonly channelName: (controller: number, channel: number) => string,
	) {}

	/** Replaces the filters that are on. */
	set(requested: readonly EventFilterRequest[], nextId: () => number): BreakpointStatus[] {
		this.conditions.clear();
		this.ids = new Map();
		const statuses = requested.map(({ filter, condition }): BreakpointStatus => {
			const id = nextId();
			if (!eventFilters.some((known) => known.filter === filter))
				return { id, verified: false, message: `There is no event ${filter}.` };
			this.conditions.set(filter, condition?.trim() ?? "");
			this.ids.set(filter, id);
			return { id, verified: true };
		});
		if (this.observer) this.machine.observers.remove(this.observer);
		this.observer = this.makeObserver();
		if (this.observer) this.machine.observers.add(this.observer);
		return statuses;
	}

	wants(filter: string): boolean {
		return this.conditions.has(filter);
	}

	/** C condition of a filter; "" for none. */
	condition(filter: string): string {
		return this.conditions.get(filter) ?? "";
	}

	take(): EventHit[] {
		const { hits } = this;
		this.hits = [];
		return hits;
	}

	private makeObserver(): Observer | null {
		const observer: Observer = {};
		if (Object.values(BY_RECORD).some((filter) => this.wants(filter)))
			observer.record = (kind, fields) => this.onRecord(kind, fields);
		if (this.wants("bus-error")) {
			observer.burst = (controller, channel, src, dst, length, _beats, response) => {
				if (response !== Response.OKAY) this.onBusError(controller, channel, src, dst, length, response);
			};
		}
		return observer.record || observer.burst ? observer : null;
	}

	private onRecord(kind: RecordKind, fields: RecordFields): void {
		const filter = BY_RECORD[kind];
		if (!filter || !this.wants(filter)) return;
		if (kind === "finding" && !MEMORY_RULES.includes(fields.rule ?? "")) return;
		this.hit({
			filter,
			text: describe(kind, fields),
			chan: fields.chan ?? "",
			cookie: fields.cookie ?? 0,
			addr: fields.addr ?? 0,
			len: fields.len ?? 0,
		});
	}

	private onBusError(
		controller: number,
		channel: number,
		src: number,
		dst: number,
		length: number,
		response: Response,
	): void {
		const chan = this.channelName(controller, channel);
		const what = response === Response.DECERR ? "decode error" : "slave error";
		this.hit({
			filter: "bus-error",
			text: `${chan}: ${what} in a burst of ${length} bytes from 0x${src.toString(16)} to 0x${dst.toString(16)}`,
			chan,
			cookie: 0,
			addr: src,
			len: length,
		});
	}

	private hit(hit: EventHit): void {
		this.hits.push(hit);
		this.machine.stopRequested = true;
	}
}

function describe(kind: RecordKind, fields: RecordFields): string {
	const cookie = fields.cookie === undefined ? "" : `, cookie ${fields.cookie}`;
	if (kind === "finding") return `${fields.rule}: ${fields.text}`;
	if (kind === "irq") return `interrupt ${fields.line ?? fields.irq ?? "?"}${fields.dev ? ` of ${fields.dev}` : ""}`;
	return `${kind} on ${fields.chan ?? "?"}${cookie}`;
}
