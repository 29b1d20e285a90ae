/** The observer that waits for the events whose filters are on. */
import type { Machine } from "../sim/machine";
import { type Observer, type RecordFields, type RecordKind, Response } from "../sim/observers";
import type { BreakpointStatus, EventFilterRequest } from "./api";
import type { ConditionCheck } from "./condition-check";
import { type EventHit, eventFilters } from "./event-filters";

/** Record kinds and the filters that they trip. */
const BY_RECORD: Partial<Record<RecordKind, string>> = {
	submit: "submit",
	issue_pending: "issue_pending",
	irq: "irq",
	complete: "complete",
	callback: "callback",
	terminate: "terminate",
	finding: "oops",
};

/** Findings that are as bad as an oops: those of the memory checkers. */
const MEMORY_RULES = ["KASAN", "KMSAN"];

export class EventWatch {
	/** Hits since the run was last looked at; asking for a stop is all that an observer does. */
	hits: EventHit[] = [];
	private readonly conditions = new Map<string, string>();
	private observer: Observer | null = null;

	constructor(
		private readonly machine: Machine,
		private readonly channelName: (controller: number, channel: number) => string,
		private readonly itemName: (controller: number, channel: number, address: number) => string,
		private readonly check: ConditionCheck,
		private readonly stack: () => readonly string[],
	) {}

	/** Replaces the filters that are on. One with a condition that is no C is off, and says why. */
	set(requested: readonly EventFilterRequest[], nextId: () => number): BreakpointStatus[] {
		this.conditions.clear();
		const statuses = requested.map(({ id: known, filter, condition }): BreakpointStatus => {
			const id = known ?? nextId();
			if (!eventFilters.some((one) => one.filter === filter))
				return { id, verified: false, message: `There is no event ${filter}.` };
			const text = condition?.trim() ?? "";
			const wrong = this.check.condition(text, { kind: "event" });
			if (wrong !== "") return { id, verified: false, message: wrong };
			this.conditions.set(filter, text);
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
		if (this.wants("oops"))
			observer.kernelWarning = (text) => {
				const report = { id: "Warning", stack: this.stack() } as const;
				this.hit({ filter: "oops", text, chan: "", cookie: 0, addr: 0, len: 0, hardware: false, report });
			};
		if (this.wants("start"))
			observer.start = (controller, channel) => {
				const chan = this.channelName(controller, channel);
				this.hit({ filter: "start", text: `${chan} starts`, chan, cookie: 0, addr: 0, len: 0, hardware: true });
			};
		if (this.wants("chunk"))
			observer.chunk = (controller, channel, address, _src, _dst, length) => {
				const chan = this.channelName(controller, channel);
				const addr = Math.max(0, address);
				const from =
					address < 0 ? "its registers" : `${this.itemName(controller, channel, address)} 0x${address.toString(16)}`;
				const text = `${chan}: chunk of ${bytes(length)} from ${from}`;
				this.hit({ filter: "chunk", text, chan, cookie: 0, addr, len: length, hardware: true });
			};
		if (this.wants("bus-error"))
			observer.burst = (controller, channel, src, dst, length, _beats, response) => {
				if (response !== Response.OKAY) this.onBusError(controller, channel, src, dst, length, response);
			};
		return Object.keys(observer).length > 0 ? observer : null;
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
			hardware: false,
			...(kind === "finding" && { report: { id: "Memory error", stack: this.stack() } }),
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
		const decode = response === Response.DECERR;
		const what = decode ? "decode error" : "slave error";
		this.hit({
			filter: "bus-error",
			text: `${chan}: ${what} in a burst of ${bytes(length)} from 0x${src.toString(16)} to 0x${dst.toString(16)}`,
			chan,
			cookie: 0,
			addr: src,
			len: length,
			hardware: true,
			burst: { src, dst, length, decode },
		});
	}

	private hit(hit: EventHit): void {
		this.hits.push(hit);
		this.machine.stopRequested = true;
	}
}

const bytes = (count: number) => (count === 1 ? "1 byte" : `${count} bytes`);

function describe(kind: RecordKind, fields: RecordFields): string {
	const cookie = fields.cookie === undefined ? "" : `, cookie ${fields.cookie}`;
	if (kind === "finding") return `${fields.rule}: ${fields.text}`;
	if (kind === "irq") return `interrupt ${fields.line ?? fields.irq ?? "?"}${fields.dev ? ` of ${fields.dev}` : ""}`;
	return `${kind} on ${fields.chan ?? "?"}${cookie}`;
}
