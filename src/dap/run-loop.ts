/**
 * Lets the machine run without ever holding the event loop for long: a slice, then back to the loop, so that `pause`
 * is heard within 20 ms whatever the scenario does.
 */
import type { DebugSessionApi, Progress } from "../session/api";

/** Host time of one slice, ms. */
const SLICE_MS = 4;
/** Dashboards hear of a running machine at most ten times a second. */
const STATE_MS = 100;

export interface RunListener {
	/** After every slice: what came out can be fetched. */
	onSlice(): void;
	/** Now and then while the machine runs. */
	onState(): void;
	/** Stopped or ended; the loop is over. */
	onDone(progress: Exclude<Progress, { kind: "running" }>): void;
	/** Somebody stopped the loop from outside: nothing more will come. */
	onAbandoned?(): void;
	/** The session threw: our own mistake. The loop is over. */
	onFailure(error: unknown): void;
}

export class RunLoop {
	private timer: NodeJS.Immediate | null = null;
	private listener: RunListener | null = null;
	private lastState = 0;

	get running(): boolean {
		return this.timer !== null;
	}

	/** Runs until the session says that it has stopped or ended. */
	start(session: DebugSessionApi, listener: RunListener): void {
		this.stop();
		this.listener = listener;
		const turn = (): void => {
			this.timer = null;
			let progress: Progress;
			try {
				progress = session.advance(SLICE_MS);
			} catch (error) {
				this.listener = null;
				listener.onFailure(error);
				return;
			}
			listener.onSlice();
			if (progress.kind !== "running") {
				this.listener = null;
				listener.onDone(progress);
				return;
			}
			const now = performance.now();
			if (now - this.lastState >= STATE_MS) {
				this.lastState = now;
				listener.onState();
			}
			this.timer = setImmediate(turn);
		};
		this.timer = setImmediate(turn);
	}

	/** Forgets the machine; it stands where its last slice ended. */
	stop(): void {
		if (this.timer) clearImmediate(this.timer);
		this.timer = null;
		const { listener } = this;
		this.listener = null;
		listener?.onAbandoned?.();
	}
}
