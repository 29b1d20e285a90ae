/** The events in view as a table: the time line for those who read rather than look. */
import type { TraceEvent, TraceEventsBody } from "../../messages/trace";
import { make, setText } from "../element";
import { moment } from "./ticks";
import type { View } from "./view";

/** More events are not listed. */
export const MOST_LISTED = 200;

export class EventTable {
	readonly element = make("details", "events");
	private readonly summary = make("summary", "", "Events in view");
	private readonly table = make("table");
	private readonly body = this.table.createTBody();
	private readonly more = make("p", "more");

	/** @param open what a click on an event does */
	constructor(
		toggled: () => void,
		private readonly open: (event: TraceEvent) => void,
	) {
		const head = this.table.createTHead().insertRow();
		for (const name of ["time", "row", "event", "source"]) {
			const cell = head.appendChild(make("th", "", name));
			cell.scope = "col";
		}
		this.element.append(this.summary, this.table, this.more);
		this.element.addEventListener("toggle", toggled);
	}

	get isOpen(): boolean {
		return this.element.open;
	}

	show({ events, count }: TraceEventsBody, { from, to }: View): void {
		const step = 10 ** Math.floor(Math.log10((to - from) / 1000));
		setText(this.summary, `Events in view (${count.toLocaleString("en")})`);
		this.body.replaceChildren(...events.map((event) => this.row(event, step)));
		setText(
			this.more,
			count > events.length ? `The first ${events.length} are listed. Zoom in to see the others.` : "",
		);
	}

	private row(event: TraceEvent, step: number): HTMLTableRowElement {
		const row = make("tr");
		row.append(make("td", "time", moment(event.timeNs, step)), make("td", "", event.row), make("td", "", event.text));
		const place = row.appendChild(make("td"));
		if (event.file !== undefined) {
			const link = place.appendChild(make("button", "link", sourceText(event)));
			link.type = "button";
			link.title = "Show this line";
			link.addEventListener("click", () => this.open(event));
		}
		return row;
	}
}

/** "uart-tx.dma:42" */
export function sourceText({ file = "", line }: TraceEvent): string {
	return `${file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)}:${line ?? 1}`;
}
