/** Gathers the bytes that devices send into pieces of text worth a record of their own (machine.md, Events). */
import type { TraceContext } from "./record";

/** A piece ends at a newline, at 256 bytes, or after 10 idle character times. */
const MOST_BYTES = 256;
const IDLE_CHARACTERS = 10;
const NEWLINE = 10;

interface Pending {
	bytes: number[];
	lastTime: number;
	/** ps of silence that end the piece. */
	idle: number;
}

export class OutputLines {
	private readonly pending = new Map<number, Pending>();
	private deadline = Number.POSITIVE_INFINITY;

	constructor(
		private readonly context: TraceContext,
		private readonly emit: (t: number, dev: string, text: string) => void,
	) {}

	add(device: number, bytes: Uint8Array): void {
		this.settle();
		const now = this.context.now();
		let line = this.pending.get(device);
		if (!line) {
			line = { bytes: [], lastTime: now, idle: IDLE_CHARACTERS * this.context.characterTime(device) };
			this.pending.set(device, line);
		}
		line.lastTime = now;
		for (const byte of bytes) {
			line.bytes.push(byte);
			if (byte === NEWLINE || line.bytes.length === MOST_BYTES) this.write(device, line, now);
		}
		this.updateDeadline();
	}

	/** Ends the pieces of the lines that have been idle long enough by now. */
	settle(): void {
		const now = this.context.now();
		if (now < this.deadline) return;
		const due = [...this.pending]
			.filter(([, line]) => line.bytes.length > 0 && line.lastTime + line.idle <= now)
			.sort(([a, x], [b, y]) => x.lastTime + x.idle - (y.lastTime + y.idle) || a - b);
		for (const [device, line] of due) this.write(device, line, line.lastTime + line.idle);
		this.updateDeadline();
	}

	/** Ends every piece. */
	flush(): void {
		this.settle();
		const now = this.context.now();
		for (const [device, line] of [...this.pending].sort(([a], [b]) => a - b)) if (line.bytes.length > 0) this.write(device, line, now);
		this.updateDeadline();
	}

	private write(device: number, line: Pending, t: number): void {
		this.emit(t, this.context.deviceName(device), decode(line.bytes));
		line.bytes = [];
	}

	private updateDeadline(): void {
		this.deadline = Number.POSITIVE_INFINITY;
		for (const line of this.pending.values())
			if (line.bytes.length > 0 && line.idle > 0) this.deadline = Math.min(this.deadline, line.lastTime + line.idle);
	}
}

/** UTF-8 where it is, else one character a byte: what goes over a serial line need not be text. */
function decode(bytes: readonly number[]): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
	} catch {
		return String.fromCharCode(...bytes);
	}
}
