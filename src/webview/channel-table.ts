/** The table of channels: states and queues as they are now. */
import { type ChannelState, QUEUES } from "../messages/state";
import { make, setText } from "./element";
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

/** Controllers have dozens of channels: more unused ones than this are shown only when they are asked for. */
const MOST_UNUSED = 4;

export class ChannelTable {
	readonly element = make("div");
	private readonly table = createTable();
	private readonly body = this.table.createTBody();
	private readonly rows = new Map<string, Row>();
	private readonly unused = make("button", "link unused-channels");
	private all: readonly ChannelState[] = [];
	private unfolded = false;

	/** @param focusChannel what a click, Enter and Space on a channel do */
	constructor(focusChannel: (channel: string) => void) {
		const { body } = this;
		this.unused.type = "button";
		this.unused.addEventListener("click", () => {
			this.unfolded = !this.unfolded;
			this.show(this.all);
		});
		this.element.append(this.table, this.unused);
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

	show(all: readonly ChannelState[]): void {
		const { rows, body, unused } = this;
		this.all = all;
		const used = all.filter(({ state }) => state !== "unused");
		const foldable = all.length - used.length > MOST_UNUSED;
		const channels = foldable && !this.unfolded ? used : all;
		unused.hidden = !foldable;
		unused.ariaExpanded = String(this.unfolded);
		setText(unused, this.unfolded ? "Hide unused channels" : `${all.length - used.length} unused channels`);
		const gone = new Set(rows.keys());
		for (const channel of channels) {
			let row = rows.get(channel.id);
			if (!row) {
				row = createRow(channel.id);
				rows.set(channel.id, row);
			}
			row.update(channel);
			gone.delete(channel.id);
		}
		for (const id of gone) {
			rows.get(id)?.element.remove();
			rows.delete(id);
		}
		// In the order of the channels, whichever of them have come into use.
		channels.forEach(({ id }, index) => {
			const element = rows.get(id)?.element;
			if (element && body.rows[index] !== element) body.insertBefore(element, body.rows[index] ?? null);
		});
		this.table.hidden = rows.size === 0;
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
