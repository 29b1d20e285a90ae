/** Listens to a machine and puts what happens into a store. */
import type { Observer, RecordFields, RecordKind, Response } from "../sim/observers";
import type { TraceContext } from "./record";
import type { TraceStore } from "./store";

/** Records that the CPU makes: they carry its context and place in the source. */
const HARDWARE: ReadonlySet<RecordKind> = new Set(["start", "chunk", "burst", "output", "end"]);

export class Recorder implements Observer {
	constructor(
		private readonly context: TraceContext,
		private readonly store: TraceStore,
	) {}

	start(controller: number, channel: number): void {
		this.store.start(this.context.now(), this.context.channelName(controller, channel));
	}

	chunk(controller: number, channel: number, address: number, src: number, dst: number, length: number): void {
		this.store.chunk(this.context.now(), this.context.channelName(controller, channel), address, src, dst, length);
	}

	burst(
		controller: number,
		channel: number,
		src: number,
		dst: number,
		length: number,
		beats: number,
		response: Response,
	): void {
		this.store.burst(
			this.context.now(),
			this.context.channelName(controller, channel),
			src,
			dst,
			length,
			beats,
			response,
		);
	}

	output(device: number, bytes: Uint8Array): void {
		this.store.add(this.context.now(), "output", {
			ctx: "hw",
			dev: this.context.deviceName(device),
			text: decode(bytes),
		});
	}

	record(kind: RecordKind, fields: RecordFields): void {
		this.store.add(this.context.now(), kind, this.complete(kind, fields));
	}

	private complete(kind: RecordKind, fields: RecordFields): RecordFields {
		if (HARDWARE.has(kind)) return fields;
		if (kind !== "irq") return { ...this.context.cpuContext(), ...fields };
		// Here `line` is that of the interrupt, not of the source.
		const line = fields.irq ?? fields.line ?? -1;
		return { ctx: "hardirq", cpu: 0, line, dev: this.context.interruptDevice(line) || (fields.dev ?? "") };
	}

	/** The end of the run: the last record. */
	end(reason: string, blocked: string[]): void {
		this.store.add(this.context.now(), "end", { reason, blocked });
	}
}

/** UTF-8 where it is, else one character a byte: what goes over a serial line need not be text. */
function decode(bytes: Uint8Array): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return String.fromCharCode(...bytes);
	}
}
