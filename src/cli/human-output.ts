/** Records of a run as a person reads them: the kernel log and what peripherals send. */
import type { TraceRecord } from "../trace/record";
import type { TraceStore } from "../trace/store";

/** Time as the kernel log has it: `[    0.000123]`. */
export function kernelTime(ps: number): string {
	const microseconds = Math.floor(ps / 1e6);
	const seconds = Math.floor(microseconds / 1e6);
	return `[${String(seconds).padStart(5)}.${String(microseconds % 1e6).padStart(6, "0")}]`;
}

/** Text for the records from index `from` on. */
export class HumanOutput {
	/** A device's text is open: no newline has ended it yet. */
	private open = false;

	lines(store: TraceStore, from: number): string {
		let text = "";
		for (let index = Math.max(from, store.first); index < store.end; index++) text += this.line(store.get(index));
		return text;
	}

	/** Ends an open line. */
	close(): string {
		const { open } = this;
		this.open = false;
		return open ? "\n" : "";
	}

	private line({ t, ev, fields }: TraceRecord): string {
		if (ev === "printk") return `${this.close()}${kernelTime(t)} ${(fields.text ?? "").replace(/\n$/, "")}\n`;
		if (ev === "output") {
			const text = fields.text ?? "";
			this.open = !text.endsWith("\n");
			return text;
		}
		if (ev === "finding") return `${this.close()}${kernelTime(t)} ${fields.rule}: ${fields.text}\n`;
		return "";
	}
}
