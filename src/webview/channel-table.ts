/** The table of channels: states and queues as they are now. */
import { type ChannelState, QUEUES } from "../messages/state";
import { make } from "./element";
import { createRow, type Row } from "./row";

/** Column heads: the whole name, and two letters for a narrow side bar. */
const columns: readonly (readonly [name: string, short: string, className: string])[] = [
	["channel", "channel", "channel"],
	["client", "client", "client"],
	["state", "state", "state"],
	...QUEUES.map((queue) => [queue, queue.slice(0, 2), `queue ${queue}`] as const),
	["progress", "progress", "progress"],
	["residue", "residue", "residue"],
];

export class ChannelTable {
	readonly element = createTable();
	private readonly body = this.element.createTBody();
	private readonly rows = new Map<string, Row>();

	/** @param focusChannel what a click, Enter and Space on a channel do */
	constructor(focusChannel: (channel: string) => void) {
		const { body } = this;
		const focus = (row: HTMLTableRowElement) => focusChannel(row.dataset.channel ?? "");
		body.addEventListener("click", ({ target }) => {
			const row = target instanceof Element ? target.closest("tr") : null;
			if (!row) return;
			select(body, row);
			focus(row);
		});
		body.addEventListener("keydown", (event) => {
			const row = document.activeElement?.closest("tr");
			if (!row) return;
			if (event.key === "Enter" || event.key === " ") focus(row);
			else if (!moveFocus(body, row, event.key)) return;
			event.preventDefault();
		});
		this.show([]);
	}

	show(channels: readonly ChannelState[]): void {
		const { rows, body } = this;
		const gone = new Set(rows.keys());
		for (const channel of channels) {
			let row = rows.get(channel.id);
			if (!row) {
				row = createRow(channel.id);
				rows.set(channel.id, row);
				body.append(row.element);
			}
			row.update(channel);
			gone.delete(channel.id);
		}
		for (const id of gone) {
			rows.get(id)?.element.remove();
			rows.delete(id);
		}
		this.element.hidden = rows.size === 0;
		keepOneTabStop(body);
	}
}

function createTable(): HTMLTableElement {
	const table = make("table", "channels");
	table.setAttribute("role", "grid");
	table.ariaLabel = "DMA channels";
	const head = table.createTHead().insertRow();
	for (const [name, short, className] of columns) {
		const cell = head.appendChild(make("th", className));
		cell.scope = "col";
		cell.title = name;
		cell.ariaLabel = name;
		cell.append(make("span", "long", name), make("span", "short", short));
	}
	return table;
}

/** Tab reaches the table once; the arrow keys move inside it. */
function keepOneTabStop(body: HTMLTableSectionElement): void {
	const first = body.rows[0];
	if (first && !body.querySelector('tr[tabindex="0"]')) first.tabIndex = 0;
}

function select(body: HTMLTableSectionElement, row: HTMLTableRowElement): void {
	for (const other of body.rows) other.tabIndex = other === row ? 0 : -1;
	row.focus();
}

/** Moves the focus by an arrow key, Home or End; false for every other key. */
function moveFocus(body: HTMLTableSectionElement, row: HTMLTableRowElement, key: string): boolean {
	const last = body.rows.length - 1;
	const at = row.sectionRowIndex;
	const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[key];
	if (to === undefined) return false;
	select(body, body.rows[to]);
	return true;
}
