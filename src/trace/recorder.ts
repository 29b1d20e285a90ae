/** Listens to a machine and puts what happens into a store. */
import type { Observer, RecordFields, RecordKind, Response } from "../sim/observers";
import { OutputLines } from "./output-lines";
import type { TraceContext } from "./record";
import type { TraceStore } from "./store";

/** Records that the CPU makes: they carry its context and place in the source. */
const HARDWARE: ReadonlySet<RecordKind> = new Set(["start", "chunk", "burst", "output", "end"]);

export class Recorder implements Observer {
	private readonly outputs: OutputLines;
	private readonly names = new Map<number, string>();

	constructor(
		private readonly context: TraceContext,
		private readonly store: TraceStore,
	) {
		this.outputs = new OutputLines(context, (t, dev, text) => store.add(t, "output", { ctx: "hw", dev, text }));
	}

	start(controller: number, channel: number): void {
		this.outputs.settle();
		this.store.start(this.context.now(), this.name(controller, channel));
	}

	chunk(controller: number, channel: number, address: number, src: number, dst: number, length: number): void {
		this.outputs.settle();
		this.store.chunk(this.context.now(), this.name(controller, channel), address, src, dst, length);
	}

	burst(controller: number, channel: number, src: number, dst: number, length: number, beats: number, response: Response): void {
		this.outputs.settle();
		this.store.burst(this.context.now(), this.name(controller, channel), src, dst, length, beats, response);
	}

	output(device: number, bytes: Uint8Array): void {
		this.outputs.add(device, bytes);
	}

	record(kind: RecordKind, fields: RecordFields): void {
		this.outputs.settle();
		const all = HARDWARE.has(kind) ? fields : { ...this.context.cpuContext(), ...fields };
		this.store.add(this.context.now(), kind, all);
	}

	/** Writes what devices have sent but not ended with a newline, when their lines have been idle long enough. */
	settle(): void {
		this.outputs.settle();
	}

	/** Writes all pending output, then the end of the run. */
	end(reason: string, blocked: string[]): void {
		this.outputs.flush();
		this.store.add(this.context.now(), "end", { reason, blocked });
	}

	private name(controller: number, channel: number): string {
		const key = controller * 1024 + channel;
		let name = this.names.get(key);
		if (name === undefined) {
			name = this.context.channelName(controller, channel);
			this.names.set(key, name);
		}
		return name;
	}
}
