/** Stepping of channels: to the next burst, the next beat, the end of the chunk. Everything else runs meanwhile. */
import type { DmaController } from "../hardware/model";
import type { Machine } from "../sim/machine";
import type { Observer } from "../sim/observers";
import type { StepKind } from "./stepping";

/** A descriptor to run to the end of. */
export interface DescriptorGoal {
	/** The channel's name. */
	readonly name: string;
	/** 0: Linux knows of none. */
	readonly cookie: number;
	/** Address of its first item, -1 when it has none. */
	readonly first: number;
	readonly cyclic: boolean;
}

export class ChannelStep {
	/** Beats of the burst that ended the step; 0 when something else did. */
	beats = 0;
	private done: string | null = null;
	private readonly observer: Observer;

	/** Watches a channel of a controller. */
	constructor(
		private readonly machine: Machine,
		readonly threadId: number,
		private readonly controller: DmaController,
		private readonly channel: number,
		kind: StepKind | "item" | DescriptorGoal,
		private readonly cyclic: boolean,
	) {
		const mine = (c: number, n: number) => c === controller.index && n === channel;
		this.observer = {
			channelDone: (c, n) => {
				if (mine(c, n)) this.stop(this.idleText());
			},
		};
		if (typeof kind === "object") {
			this.watchDescriptor(kind, mine);
		} else if (kind === "item") {
			this.observer.chunk = (c, n) => {
				if (mine(c, n)) this.stop("");
			};
			this.observer.instruction = (c, n) => {
				if (mine(c, n)) this.stop("");
			};
		} else if (kind === "out") {
			let loaded = 0;
			this.observer.chunk = (c, n) => {
				if (mine(c, n) && ++loaded >= 1) this.stop("end of chunk");
			};
		} else {
			this.observer.burst = (c, n, _src, _dst, _length, beats) => {
				if (!mine(c, n)) return;
				this.beats = beats;
				this.stop("");
			};
		}
		machine.observers.add(this.observer);
	}

	/** A descriptor is done when its cookie is; one of a ring when its first item comes again. */
	private watchDescriptor(goal: DescriptorGoal, mine: (controller: number, channel: number) => boolean): void {
		const { observer } = this;
		observer.record = (kind, { chan, cookie }) => {
			if (kind === "complete" && chan === goal.name && cookie === goal.cookie)
				this.stop(`end of descriptor, cookie ${goal.cookie}`);
		};
		if (goal.cyclic)
			observer.chunk = (c, n, address) => {
				if (mine(c, n) && address === goal.first) this.stop("end of a lap");
			};
		// Not submitted by Linux: the hardware's own end is the only one that there is.
		observer.channelDone = (c, n) => {
			if (mine(c, n) && goal.cookie <= 0) this.stop(this.idleText());
		};
	}

	/** What the step has come to: null while it goes on, else what to say about it ("" for nothing). */
	reached(): string | null {
		return this.done;
	}

	/** Stops watching. */
	end(): void {
		this.machine.observers.remove(this.observer);
	}

	/** Why the channel is idle: a pause, a terminate or an error leaves a rest of its block. */
	private idleText(): string {
		const { blockDone, blockLength } = this.controller.channelView(this.channel);
		// Of a ring whose items are transfers of their own, software starts the next one.
		if (blockDone >= blockLength && this.cyclic) return "end of chunk";
		return blockDone < blockLength
			? `stopped: ${blockLength - blockDone} bytes of the block are left`
			: "transfer done";
	}

	private stop(text: string): void {
		if (this.done === null || text !== "") this.done = text;
		this.machine.stopRequested = true;
	}
}
