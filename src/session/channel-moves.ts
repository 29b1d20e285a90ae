/** How the channels of a session are stepped: by bursts, by the beats inside one, by chunks, by descriptors. */
import type { Machine } from "../sim/machine";
import { SessionError } from "./api";
import type { BeatCursor } from "./channel-frames";
import { ChannelStep, type DescriptorGoal } from "./channel-stepping";
import { type ChannelEntry, isRunning, unfinishedDescriptor } from "./channels";
import type { StepKind } from "./stepping";

export class ChannelMoves {
	/** Where stepping by beats stands. */
	cursor: BeatCursor | null = null;
	/** The thread that has stopped at a beat of a burst that has ended: no machine is needed for that. */
	private beatStop: number | null = null;
	private under: { step: ChannelStep; entry: ChannelEntry; kind: StepKind | "item" } | null = null;

	constructor(private readonly machine: Machine) {}

	/** Begins a step; null when it is over already (a further beat of the same burst). Throws SessionError. */
	step(entry: ChannelEntry | null, kind: StepKind | "item"): ChannelStep | null {
		if (!entry?.hardware) throw new SessionError("This channel is no hardware of the board: it cannot be stepped.");
		const { cursor } = this;
		if (kind === "into" && cursor && cursor.channel === entry.name && cursor.beat < cursor.beats) {
			this.cursor = { ...cursor, beat: cursor.beat + 1 };
			this.beatStop = entry.threadId;
			return null;
		}
		this.cursor = null;
		const { controller, channel } = entry.hardware;
		const step = new ChannelStep(this.machine, entry.threadId, controller, channel, kind, entry.info?.cyclic ?? false);
		this.under = { step, entry, kind };
		return step;
	}

	/** Begins to run to the end of the descriptor that a channel works on. Throws SessionError. */
	toDescriptorEnd(entry: ChannelEntry | null): ChannelStep {
		if (!entry?.hardware) throw new SessionError("This is no channel of a controller on the board.");
		if (!entry.busy) throw new SessionError(`${entry.name} has no work.`);
		this.cursor = null;
		const { controller, channel } = entry.hardware;
		const descriptor = unfinishedDescriptor(entry);
		if (descriptor === null && !isRunning(entry.hardware.controller.channelView(entry.hardware.channel)))
			throw new SessionError(
				`What ${entry.name} had to do is complete: there is no descriptor whose end is still to come.`,
			);
		const cyclic = entry.info?.cyclic ?? false;
		const goal: DescriptorGoal = {
			name: entry.name,
			cookie: descriptor?.cookie ?? 0,
			first: descriptor?.chunks[0]?.address ?? -1,
			cyclic,
		};
		return new ChannelStep(this.machine, entry.threadId, controller, channel, goal, cyclic);
	}

	/** The thread that has stepped by a beat, once. */
	takeBeatStop(): number | null {
		const stop = this.beatStop;
		this.beatStop = null;
		return stop;
	}

	/** The machine has stopped: a step into a burst stands at its first beat. */
	stopped(): void {
		const { under } = this;
		this.under = null;
		if (under?.kind === "into" && under.step.beats > 0)
			this.cursor = { channel: under.entry.name, beat: 1, beats: under.step.beats };
	}
}
