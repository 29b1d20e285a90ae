/** Stepping of channels: to the next burst, the next beat, the end of the chunk. Everything else runs meanwhile. */
import type { Machine } from "../sim/machine";
import type { Observer } from "../sim/observers";
import type { StepKind } from "./stepping";

export class ChannelStep {
	/** Beats of the burst that ended the step; 0 when something else did. */
	beats = 0;
	private done: string | null = null;
	private readonly observer: Observer;

	/** Watches channel `channel` of the controller with component index `controller`. */
	constructor(
		private readonly machine: Machine,
		readonly threadId: number,
		controller: number,
		channel: number,
		kind: StepKind,
	) {
		const mine = (c: number, n: number) => c === controller && n === channel;
		this.observer = {
			channelDone: (c, n) => {
				if (mine(c, n)) this.stop("transfer done");
			},
		};
		if (kind === "out") {
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

	/** What the step has come to: null while it goes on, else what to say about it ("" for nothing). */
	reached(): string | null {
		return this.done;
	}

	/** Stops watching. */
	end(): void {
		this.machine.observers.remove(this.observer);
	}

	private stop(text: string): void {
		if (this.done === null || text !== "") this.done = text;
		this.machine.stopRequested = true;
	}
}
