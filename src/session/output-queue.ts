/** What comes out of a run, as lines for a front end's console. */
import { bytesToText } from "../kernel/printk/log";
import type { OutputLine } from "./api";
import type { Simulation } from "./simulation";

export class OutputQueue {
	private readonly lines: OutputLine[] = [];
	private seen = 0;
	private hintsSeen = 0;
	/** Characters of the kernel's open line that have been shown. */
	private openShown = 0;
	/** Characters shown of what each device holds back until its line is whole. */
	private readonly sentShown = new Map<string, number>();

	constructor(private readonly simulation: Simulation) {}

	add(line: OutputLine): void {
		this.collect();
		this.lines.push(line);
	}

	/** Everything since the last call, in order. */
	take(): OutputLine[] {
		this.collect();
		return this.lines.splice(0);
	}

	/** Shows what devices have sent since their last whole line. */
	showPendingOutput(): void {
		this.collect();
		for (const { name, model } of this.simulation.k.devices) {
			const bytes = pendingBytes(model);
			const shown = this.sentShown.get(name) ?? 0;
			// Text that may end within a character waits for the rest of it.
			if (bytes.length <= shown || bytes.some((byte) => byte >= 0x80)) continue;
			this.lines.push({ category: "program", text: String.fromCharCode(...bytes.slice(shown)) });
			this.sentShown.set(name, bytes.length);
		}
	}

	/** Shows a line of the kernel's that has no end yet; the log itself stays as it is, so that stops change nothing. */
	showOpenLine(): void {
		this.collect();
		const { open } = this.simulation.k.state.printk;
		const text = open ? bytesToText(open.text) : "";
		if (!open || text.length <= this.openShown) return;
		this.lines.push({
			category: "kernel",
			text: `${this.openShown > 0 ? "…" : ""}${text.slice(this.openShown)}`,
			level: open.level,
		});
		this.openShown = text.length;
	}

	private collect(): void {
		const { store } = this.simulation;
		for (let index = Math.max(this.seen, store.first); index < store.end; index++) {
			const { ev, fields } = store.get(index);
			const place = {
				...(fields.file !== undefined && { file: fields.file }),
				...(fields.line !== undefined && { line: fields.line }),
			};
			if (ev === "printk") {
				const text = (fields.text ?? "").replace(/\n$/, "");
				const rest = this.openShown > 0 ? text.slice(this.openShown) : text;
				if (rest !== "" || this.openShown === 0)
					this.lines.push({
						category: "kernel",
						text: this.openShown > 0 ? `…${rest}` : rest,
						level: fields.level ?? 6,
						...place,
					});
				this.openShown = 0;
			} else if (ev === "output") {
				const rest = (fields.text ?? "").slice(this.sentShown.get(fields.dev ?? "") ?? 0);
				if (rest !== "") this.lines.push({ category: "program", text: rest });
				this.sentShown.delete(fields.dev ?? "");
			} else if (ev === "finding")
				this.lines.push({ category: "console", text: `${fields.rule}: ${fields.text}`, ...place });
		}
		this.seen = store.end;
		const { hints } = this.simulation;
		for (; this.hintsSeen < hints.length; this.hintsSeen++)
			this.lines.push({ category: "console", text: `DMAscope: ${hints[this.hintsSeen]}` });
	}
}

/** Bytes that a device has sent and not yet reported: it reports whole lines. */
function pendingBytes(model: object | null): readonly number[] {
	if (!model || !("flushOutput" in model) || !("state" in model)) return [];
	const { state } = model;
	if (typeof state !== "object" || state === null || !("output" in state) || !Array.isArray(state.output)) return [];
	return state.output.filter((byte): byte is number => typeof byte === "number");
}
