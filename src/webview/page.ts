import type { ToHost, ToPage } from "../messages/dashboard";
import { type MachineState, QUEUES } from "../messages/state";
import { formatTime } from "./format";
import { createRow, type Row } from "./row";

/** What VS Code puts into every webview. */
declare function acquireVsCodeApi(): { postMessage(message: ToHost): void };

/** Column heads: the whole name, and two letters for a narrow side bar. */
const columns: readonly (readonly [name: string, short: string, className: string])[] = [
	["channel", "channel", "channel"],
	["client", "client", "client"],
	["state", "state", "state"],
	...QUEUES.map((queue) => [queue, queue.slice(0, 2), `queue ${queue}`] as const),
	["progress", "progress", "progress"],
	["residue", "residue", "residue"],
];

/** Draws the dashboard into #dashboard and keeps it up to date with what the extension sends. */
export function startPage(): void {
	const host = acquireVsCodeApi();
	const root = document.getElementById("dashboard");
	if (!root) return;
	const status = root.appendChild(document.createElement("p"));
	status.className = "status";
	const table = root.appendChild(createTable());
	const body = table.createTBody();
	const rows = new Map<string, Row>();
	let session = "";

	const show = (state: MachineState) => {
		status.textContent = `${state.running ? "Running" : "Stopped"} at ${formatTime(state.timeNs)}`;
		const gone = new Set(rows.keys());
		for (const channel of state.channels) {
			let row = rows.get(channel.id);
			if (!row) {
				row = createRow(channel.id);
				rows.set(channel.id, row);
				body.append(row.element);
			}
			row.update(channel);
			gone.delete(channel.id);
		}
		for (const id of gone) removeRow(rows, id);
		table.hidden = rows.size === 0;
		if (rows.size === 0) status.textContent += ". No DMA controller has registered yet.";
		keepOneTabStop(body);
	};

	const clear = () => {
		for (const id of [...rows.keys()]) removeRow(rows, id);
		table.hidden = true;
		status.textContent = "No machine is running.";
	};

	window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
		if (data.type === "empty") return clear();
		if (data.session !== session) clear();
		session = data.session;
		show(data.state);
	});
	const focusChannel = (row: HTMLTableRowElement) =>
		host.postMessage({ type: "focus", channel: row.dataset.channel ?? "" });
	body.addEventListener("click", ({ target }) => {
		const row = target instanceof Element ? target.closest("tr") : null;
		if (!row) return;
		select(body, row);
		focusChannel(row);
	});
	body.addEventListener("keydown", (event) => {
		const row = document.activeElement?.closest("tr");
		if (!row) return;
		if (event.key === "Enter" || event.key === " ") focusChannel(row);
		else if (!moveFocus(body, row, event.key)) return;
		event.preventDefault();
	});
	clear();
	host.postMessage({ type: "ready" });
}

function createTable(): HTMLTableElement {
	const table = document.createElement("table");
	table.setAttribute("role", "grid");
	table.ariaLabel = "DMA channels";
	const head = table.createTHead().insertRow();
	for (const [name, short, className] of columns) {
		const cell = head.appendChild(document.createElement("th"));
		cell.scope = "col";
		cell.className = className;
		cell.title = name;
		cell.ariaLabel = name;
		for (const [text, size] of [
			[name, "long"],
			[short, "short"],
		] as const) {
			const span = cell.appendChild(document.createElement("span"));
			span.className = size;
			span.textContent = text;
		}
	}
	return table;
}

function removeRow(rows: Map<string, Row>, id: string): void {
	rows.get(id)?.element.remove();
	rows.delete(id);
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
