import { type ChannelState, QUEUES } from "../messages/state";
import { setClass, setLabel, setText, setTitle } from "./element";
import { describeChannel, describeQueue, formatBytes, progressOf } from "./format";

/** One channel's row of the table; its cells are made once and changed only where the state changed. */
export interface Row {
	element: HTMLTableRowElement;
	update(channel: ChannelState): void;
}

/** Makes the row of a channel; Enter, Space and a click on it are the table's business. */
export function createRow(id: string): Row {
	const element = document.createElement("tr");
	element.dataset.channel = id;
	element.tabIndex = -1;

	const cell = (className: string) => {
		const made = element.insertCell();
		made.className = className;
		return made;
	};
	const part = (parent: HTMLElement, className: string) => {
		const made = document.createElement("span");
		made.className = className;
		return parent.appendChild(made);
	};
	const name = cell("channel");
	const nameText = part(name, "name");
	const clientBelow = part(name, "client-below");
	const client = cell("client");
	const state = cell("state");
	const badge = part(state, "badge");
	const queues = QUEUES.map((queue) => cell(`queue ${queue}`));
	const progress = cell("progress");
	const bar = progress.appendChild(document.createElement("progress"));
	bar.max = 1;
	const percent = part(progress, "percent");
	const residue = cell("residue");
	setText(nameText, id);

	return {
		element,
		update(channel) {
			const holder = channel.client ?? "–";
			const share = progressOf(channel);
			setText(clientBelow, channel.client ?? "");
			setText(client, holder);
			setTitle(name, `${channel.id} of ${channel.controller}${channel.client ? `, held by ${channel.client}` : ""}`);
			setText(badge, channel.state);
			setClass(badge, `badge ${channel.state}`);
			QUEUES.forEach((queue, index) => {
				const cookies = channel.queues[queue];
				setText(queues[index], cookies.length === 0 ? "·" : String(cookies.length));
				setTitle(queues[index], describeQueue(queue, cookies));
				setClass(queues[index], `queue ${queue}${cookies.length === 0 ? " none" : ""}`);
			});
			bar.hidden = share === null;
			if (share !== null && bar.value !== share) bar.value = share;
			setText(percent, share === null ? "" : `${Math.floor(share * 100)} %`);
			const way = [channel.direction, channel.cyclic ? "cyclic" : ""].filter(Boolean).join(", ");
			setTitle(
				progress,
				share === null
					? "no transfer"
					: `${formatBytes(channel.transferred)} of ${formatBytes(channel.length)} (${way})`,
			);
			setText(residue, share === null ? "–" : formatBytes(channel.residue));
			setLabel(element, describeChannel(channel));
		},
	};
}
