import type { ToPage } from "../messages/dashboard";
import type { MachineState } from "../messages/state";
import { ChannelTable } from "./channel-table";
import { make } from "./element";
import { formatTime } from "./format";
import { Host } from "./host";
import { TimelinePanel } from "./timeline/panel";

/** Draws the dashboard into #dashboard and keeps it up to date with what the extension sends. */
export function startPage(): void {
	const root = document.getElementById("dashboard");
	if (!root) return;
	const host = new Host();
	const status = make("p", "status");
	const table = new ChannelTable((channel) => host.send({ type: "focus", channel }));
	const timeline = new TimelinePanel(host);
	root.append(status, table.element, timeline.element);

	const show = (session: string, state: MachineState) => {
		status.textContent = `${state.running ? "Running" : "Stopped"} at ${formatTime(state.timeNs)}`;
		if (state.channels.length === 0) status.textContent += ". No DMA controller has registered yet.";
		table.show(state.channels);
		timeline.show(session, state);
	};
	const clear = () => {
		status.textContent = "No machine is running.";
		table.show([]);
		timeline.clear();
	};

	window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
		switch (data.type) {
			case "empty":
				return clear();
			case "state":
				return show(data.session, data.state);
			case "trace":
			case "events":
				return host.answered(data);
			default:
				return data satisfies never;
		}
	});
	clear();
	host.send({ type: "ready" });
}
