/** The time line of a debuggable run: observes the machine while somebody looks at it. */
import type { Machine } from "../sim/machine";
import { type Events, type EventsQuery, eventsOf } from "../trace/timeline/events";
import { type Stretch, type StretchQuery, stretchOf } from "../trace/timeline/query";
import { ChannelActivity } from "../trace/timeline/rows";
import { type ChannelNow, Timeline } from "../trace/timeline/timeline";
import { summarize } from "./channel-summary";
import { controllersOf, listChannels } from "./channels";
import type { Simulation } from "./simulation";

export class SessionTimeline {
	private readonly timeline: Timeline;
	private readonly machine: Machine;

	constructor(private readonly simulation: Simulation) {
		const { machine, k } = simulation;
		const controllers = new Set(controllersOf(k.devices).map(({ controller }) => controller.index));
		this.machine = machine;
		this.timeline = new Timeline({
			now: () => machine.time,
			channelName: (controller, channel) => simulation.channelName(controller, channel),
			deviceName: (device) => machine.components[device]?.name ?? `component${device}`,
			interruptDevice: (line) => k.devices.find(({ interrupts }) => interrupts.includes(line))?.name ?? "",
			isController: (device) => controllers.has(device),
		});
	}

	/** Begins to keep what happens, or stops it. */
	observe(on: boolean): void {
		if (on === this.timeline.observing) return;
		if (on) {
			this.timeline.begin(this.channels());
			this.machine.observers.add(this.timeline);
		} else {
			this.timeline.end();
			this.machine.observers.remove(this.timeline);
		}
	}

	/** A stretch of it at a resolution; null when it would have too many buckets. */
	stretch(query: StretchQuery): Stretch | null {
		return stretchOf(this.timeline, query, (id) => this.threadName(id));
	}

	events(query: EventsQuery): Events {
		return eventsOf(this.timeline, query, (id) => this.threadName(id));
	}

	private threadName(id: number): string {
		return this.simulation.k.state.threads[id]?.name ?? "";
	}

	private channels(): ChannelNow[] {
		return listChannels(this.simulation.k).map((entry) => {
			const { id, state, queues } = summarize(entry);
			const activity =
				state === "running"
					? ChannelActivity.Running
					: state === "paused"
						? ChannelActivity.Paused
						: ChannelActivity.Idle;
			return { id, activity, submitted: queues.submitted.length, issued: queues.issued.length + queues.active.length };
		});
	}
}
