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

	const show = (state: MachineState, how: "Running" | "Stopped" | "Ended") => {
		status.textContent = `${how} at ${formatTime(state.timeNs)}`;
		if (state.channels.length === 0) status.textContent += ". No DMA controller has registered yet.";
		table.show(state.channels);
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
				show(data.state, data.state.running ? "Running" : "Stopped");
				return timeline.show(data.session, data.state);
			case "ended":
				show(data.state, "Ended");
				return timeline.end(data.session, data.state, data.end);
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
