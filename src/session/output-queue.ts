/** What comes out of a run, as lines for a front end's console. */
import type { OutputLine } from "./api";
import type { Simulation } from "./simulation";

export class OutputQueue {
	private readonly lines: OutputLine[] = [];
	private seen = 0;

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

	private collect(): void {
		const { store } = this.simulation;
		for (let index = Math.max(this.seen, store.first); index < store.end; index++) {
			const { ev, fields } = store.get(index);
			const place = {
				...(fields.file !== undefined && { file: fields.file }),
				...(fields.line !== undefined && { line: fields.line }),
			};
			if (ev === "printk")
				this.lines.push({
					category: "kernel",
					text: (fields.text ?? "").replace(/\n$/, ""),
					level: fields.level ?? 6,
					...place,
				});
			else if (ev === "output") this.lines.push({ category: "program", text: fields.text ?? "" });
			else if (ev === "finding")
				this.lines.push({ category: "console", text: `${fields.rule}: ${fields.text}`, ...place });
		}
		this.seen = store.end;
	}
}
